"""The requests of clients: one entry per request, and counts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from time import perf_counter, time

_ID = re.compile(r"/\d+(?=/|$)")


@dataclass(frozen=True)
class Entry:
    """One request; `at` is the machine's clock, `took` seconds on the server, `path` is below the store."""

    at: float
    store_time: float
    method: str
    path: str
    query: str
    status: int
    took: float


class RequestLog:
    """All requests since the start or the last `clear`."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = Lock()

    def add(self, entry: Entry) -> None:
        """Records a request."""
        with self._lock:
            self._entries.append(entry)

    def all(self) -> list[Entry]:
        """A copy of the entries, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()

    def by_path(self) -> Counter[str]:
        """Requests per path, ids written as `*`."""
        with self._lock:
            return Counter(_ID.sub("/*", entry.path) for entry in self._entries)

    def by_status(self) -> Counter[int]:
        """Requests per status; 0 is an aborted connection."""
        with self._lock:
            return Counter(entry.status for entry in self._entries)


class Pending:
    """A request under way, written down once: before the client can have seen any of its response."""

    def __init__(self, log: RequestLog, store_time: float, method: str, path: str, query: str) -> None:
        self._log = log
        self._request = (time(), store_time, method, path, query)
        self._started = perf_counter()
        self._written = False
        self.status = 0

    def write(self) -> None:
        """Adds the entry, unless it is there already; without a response its status is 0."""
        if not self._written:
            self._written = True
            self._log.add(Entry(*self._request, self.status, perf_counter() - self._started))

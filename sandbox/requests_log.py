"""What clients asked for: one entry per request, and counts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from threading import Lock

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
        self.entries: list[Entry] = []
        self._lock = Lock()

    def add(self, entry: Entry) -> None:
        """Records a request."""
        with self._lock:
            self.entries.append(entry)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self.entries.clear()

    def by_path(self) -> Counter[str]:
        """Requests per path, ids written as `*`."""
        with self._lock:
            return Counter(_ID.sub("/*", entry.path) for entry in self.entries)

    def by_status(self) -> Counter[int]:
        """Requests per status; 0 is a connection that was broken off."""
        with self._lock:
            return Counter(entry.status for entry in self.entries)

"""How far a stream has been read, for people to see; what is read next never depends on it."""

from __future__ import annotations

import threading


class Tally:
    """The records of one stream in one sync. Safe to use from several threads."""

    def __init__(self) -> None:
        self.expected: int | None = None  # about how many records; None where the store does not tell
        self.records = 0
        self._lock = threading.Lock()

    def add(self, records: int) -> None:
        """Counts records that were read."""
        with self._lock:
            self.records += records

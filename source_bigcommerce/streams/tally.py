"""How far a stream has been read, for people to see; what is read next never depends on it."""

from __future__ import annotations

import threading


class Tally:
    """The records of one stream in one sync. Safe to use from several threads."""

    def __init__(self) -> None:
        self.expected: int | None = None  # about how many entries the list has; None where the store does not tell
        self.listed = 0
        self.records = 0
        self._lock = threading.Lock()

    def add(self, listed: int, records: int) -> None:
        """Counts entries of the list that were read, and the records that they became."""
        with self._lock:
            self.listed += listed
            self.records += records

"""The progress of a stream, for the log only."""

from __future__ import annotations

import threading


class StreamCounters:
    """The numbers of entries and records of one stream in one sync. Safe to use from several threads.

    A reconciliation counts the entries that it `compared` (of a list, for one of its streams), and the records that it
    emitted again and deleted.
    """

    def __init__(self) -> None:
        self.entries_read = 0
        self.records = 0
        self.compared = 0
        self.emitted_again = 0
        self.deleted = 0
        self._lock = threading.Lock()

    def add(self, entries: int, records: int) -> None:
        """Counts entries of the list that were read, and the records made from them."""
        with self._lock:
            self.entries_read += entries
            self.records += records

"""Which records a sync has passed on, so that one which is edited meanwhile is not told twice without need.

A record that was read in one slice and then edited turns up again in the open last slice. Destinations that merge by
primary key batch by batch, such as PyAirbyte's, would make two rows of it.
"""

from __future__ import annotations

import threading
from typing import Any

_BITS = 6  # ids are dense: one word of 64 bits for each 64 of them takes a bit or two per record


class Once:
    """The ids of a stream's records in one sync. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: dict[int, int] = {}
        self._late: set[int] = set()

    def __contains__(self, key: int) -> bool:
        return bool(self._words.get(key >> _BITS, 0) & 1 << (key & (1 << _BITS) - 1))

    def admits(self, key: Any, is_late: bool) -> bool:
        """Whether to pass on the record with this key. `is_late` says that it changed after the sync had begun.

        A late record that was passed on before may wait: the window of the next sync begins where this one did, so it
        is read then. An older version gives way to a late one. Any other is passed on, twice if need be.
        """
        if type(key) is not int:
            return True
        word, bit = key >> _BITS, 1 << (key & (1 << _BITS) - 1)
        with self._lock:
            known = self._words.get(word, 0)
            if known & bit and (is_late or key in self._late):
                return False
            self._words[word] = known | bit
            if is_late:
                self._late.add(key)
            return True

"""The records that a sync has emitted, so that none is emitted twice without need when it is edited during the sync.

A record that was read in one slice and then edited appears again in the open last slice. Destinations that merge by
primary key batch by batch, such as PyAirbyte's, would make two rows of it.
"""

from __future__ import annotations

import threading
from typing import Any

_BITS = 6  # ids are dense: one word of 64 bits for each 64 of them takes a bit or two per record


class RecordDeduplicator:
    """The ids of the records emitted from one list in one sync. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: dict[int, int] = {}
        self._changed_during_sync: set[int] = set()

    def __contains__(self, key: int) -> bool:
        return bool(self._words.get(key >> _BITS, 0) & 1 << (key & (1 << _BITS) - 1))

    def should_emit(self, key: Any, changed_during_sync: bool) -> bool:
        """Returns True if the record with this key must be emitted now; always True for a key that is not an integer.

        A version changed during the sync may wait if another one was emitted: the window of the next sync begins where
        this one did. Once such a version was emitted, an older one is dropped. Any other record is emitted, if
        necessary twice.
        """
        if type(key) is not int:
            return True
        word, bit = key >> _BITS, 1 << (key & (1 << _BITS) - 1)
        with self._lock:
            known = self._words.get(word, 0)
            if known & bit and (changed_during_sync or key in self._changed_during_sync):
                return False
            self._words[word] = known | bit
            if changed_during_sync:
                self._changed_during_sync.add(key)
            return True

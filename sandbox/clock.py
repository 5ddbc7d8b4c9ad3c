"""The store's clock: real UTC time plus an offset that a test may move."""

from __future__ import annotations

import time


class Clock:
    """The store's time; `date_modified` of an edit is this clock's whole second.

    It never runs behind the generated data: when the machine's clock is earlier than `not_before`, the offset
    starts at the difference.
    """

    def __init__(self, not_before: int = 0) -> None:
        self._offset = max(0.0, not_before - time.time())

    def time(self) -> float:
        """Seconds since 1970, with fractions."""
        return time.time() + self._offset

    def now(self) -> int:
        """Seconds since 1970, whole: the resolution of every `date_modified`."""
        return int(self.time())

    def advance(self, seconds: float) -> None:
        """Moves the clock forward (or back, to imitate a store whose clock was corrected)."""
        self._offset += seconds

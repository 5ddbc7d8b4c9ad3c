"""A copy of a table that lags, as a database replica behind an endpoint does."""

from __future__ import annotations

from collections import deque

from sandbox.clock import Clock
from sandbox.table import Entry, Table


class Replica:
    """The table as it was some seconds ago, or without the records that changed since then.

    `catch_up` must be called before the copy is read. The clock must not be moved back.
    """

    def __init__(self, table: Table, clock: Clock, lag: int, *, hides: bool) -> None:
        self.copy = table.copied()
        self._table = table
        self._clock = clock
        self._lag = lag
        self._hides = hides
        self._due: deque[tuple[float, int, Entry]] = deque()
        table.on_change = self._note

    def _note(self, id_: int) -> None:
        self._due.append((self._clock.time() + self._lag, id_, self._table.entry(id_)))
        if self._hides:
            self.copy.set_entry(id_, Entry())

    def catch_up(self) -> None:
        """Applies the changes that are old enough."""
        now, shown = self._clock.time(), set()
        while self._due and self._due[0][0] <= now:
            _, id_, entry = self._due.popleft()
            self.copy.set_entry(id_, entry)
            shown.add(id_)
        if self._hides:
            for id_ in shown & {id_ for _, id_, _ in self._due}:  # changed again since
                self.copy.set_entry(id_, Entry())

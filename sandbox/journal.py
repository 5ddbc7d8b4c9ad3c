"""Every change of the store while it runs, and what a sync therefore owes."""

from __future__ import annotations

from typing import Any, NamedTuple


class Change(NamedTuple):
    """One change: when (store clock, with fractions), to what, and the record's date before and after it."""

    at: float
    kind: str
    id: Any
    action: str
    before: int | None
    after: int | None


class Journal:
    """The changes, in order."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def add(self, change: Change) -> None:
        """Records one change."""
        self.changes.append(change)

    def touched(self, kind: str, since: float, until: float) -> set[Any]:
        """Ids of a kind that changed in a stretch of time, both ends included."""
        return {one.id for one in self.changes if one.kind == kind and since <= one.at <= until}

    def dates_at(self, kind: str, moment: float, current: dict[Any, int]) -> dict[Any, int]:
        """Id to modification of all records just before a moment, worked back from the present.

        The clock must not have been moved back in between.
        """
        dates = dict(current)
        for change in reversed(self.changes):
            if change.at < moment:
                break
            if change.kind != kind:
                continue
            if change.before is None:
                dates.pop(change.id, None)
            else:
                dates[change.id] = change.before
        return dates

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


class NestedChange(NamedTuple):
    """One row nested in a record that came, changed or went, for whatever reason."""

    at: float
    kind: str
    parent: int
    id: int
    action: str


class Journal:
    """The changes of records, in order, and those of the rows nested in them."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.nested: list[NestedChange] = []

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

    def nested_touched(self, kind: str, since: float, until: float) -> set[tuple[int, int]]:
        """Parent and id of the rows of a kind that came, changed or went in a stretch of time, ends included."""
        return {(one.parent, one.id) for one in self.nested if one.kind == kind and since <= one.at <= until}

    def nested_at(self, kind: str, moment: float, current: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """Parent and id of all rows of a kind just before a moment, worked back from the present."""
        keys = set(current)
        for change in reversed(self.nested):
            if change.at < moment:
                break
            if change.kind != kind or change.action == "edit":
                continue
            if change.action == "create":
                keys.discard((change.parent, change.id))
            else:
                keys.add((change.parent, change.id))
        return keys

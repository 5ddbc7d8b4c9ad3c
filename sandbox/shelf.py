"""The rows of a collection while the store runs: how they are changed, and what a sync of them must have read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sandbox.clock import Clock
from sandbox.collection import Collection, Row, World


class Change(NamedTuple):
    """Something that happened to a row."""

    at: float
    key: Any
    action: str


class Shelf:
    """The rows of one collection, in the order in which they were made."""

    def __init__(
        self, collection: Collection, world: World, clock: Clock, size: int, parents: Callable[[], Iterable[Any]]
    ) -> None:
        self.collection = collection
        self.changes: list[Change] = []
        self._world = world
        self._clock = clock
        self._size = size
        self._parents = parents
        self._made = 0
        self._held: dict[Any, Row] | None = None

    @property
    def _rows(self) -> dict[Any, Row]:
        if self._held is None:
            self._held = {}
            for _ in range(self._size):
                self._make()
        return self._held

    def _make(self) -> Any:
        self._made += 1
        row = self.collection.row(self._made, self._world)
        key = self.key_of(row)
        assert self._held is not None
        self._held.setdefault(key, row)
        return key

    def key_of(self, row: Row) -> Any:
        """What a row is known by: a value, or a tuple where that takes several."""
        key = tuple(_inside(row, name) for name in self.collection.key)
        return key[0] if len(key) == 1 else key

    def rows(self) -> list[Row]:
        """All rows whose parent, if they have one, is there."""
        if self.collection.parent is None:
            return list(self._rows.values())
        parents = {*self._parents(), 0}
        return [row for row in self._rows.values() if row[self.collection.parent_field] in parents]

    def keys(self) -> list[Any]:
        """The keys of all rows."""
        return [self.key_of(row) for row in self.rows()]

    def row(self, key: Any) -> Row:
        """One row. Raises KeyError."""
        return self._rows[key]

    def edit(self, key: Any, **changes: Any) -> None:
        """Changes fields of a row; its date of change is now."""
        dated = {"date_modified": self._clock.now()} if self.collection.is_dated else {}
        self._rows[key] = {**self._rows[key], **dated, **changes}
        self._log(key, "edit")

    def create(self) -> Any:
        """Makes one more row, now; returns its key."""
        assert self._rows is not None
        key = self._make()
        now, dates = self._clock.now(), ("date_created", "date_modified")
        self._rows[key].update({name: now for name in dates if name in self.collection.dates})
        self._log(key, "create")
        return key

    def delete(self, key: Any) -> None:
        """Takes a row away for good."""
        del self._rows[key]
        self._log(key, "delete")

    def touched(self, since: float) -> set[Any]:
        """The keys of rows to which something happened."""
        return {change.key for change in self.changes if change.at >= since}

    def must_emit(self, since: float, lower: float = 0) -> set[Any]:
        """The keys that a sync must have emitted which began at `since` and has ended: of rows to which nothing
        happened meanwhile, changed at `lower` or later where the collection has a date."""
        rows = [row for row in self.rows() if not self.collection.is_dated or row["date_modified"] >= lower]
        return {self.key_of(row) for row in rows} - self.touched(since)

    def _log(self, key: Any, action: str) -> None:
        self.changes.append(Change(self._clock.time(), key, action))


def _inside(row: Row, name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value

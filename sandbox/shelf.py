"""The rows of a collection while the store runs: how they are changed, and when they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.clock import Clock
from sandbox.collection import Collection, Row, World, inside
from sandbox.journal import Change, Journal

_TRIES = 50


class Shelf:
    """The rows of one collection, in the order in which they were made."""

    def __init__(
        self,
        collection: Collection,
        world: World,
        clock: Callable[[], Clock],
        size: int,
        parents: Callable[[], Iterable[Any]],
        journal: Journal,
    ) -> None:
        self.collection = collection
        self.is_filled = False
        self._world = world
        self._clock = clock
        self._size = size
        self._parents = parents
        self._journal = journal
        self._made = 0
        self._held: dict[Any, Row] | None = None
        self._ranks: dict[Any, int] = {}
        self._gone: dict[Any, Row] = {}
        self.on_change: Callable[[Row], None] | None = None

    @property
    def _rows(self) -> dict[Any, Row]:
        if self._held is None:
            self._held = {}
            for _ in range(self._size):
                self._put(self._held, self._next())
            self.is_filled = True
        return self._held

    def _next(self) -> Row:
        self._made += 1
        return self.collection.row(self._made, self._world)

    def _put(self, held: dict[Any, Row], row: Row) -> bool:
        """Adds a row unless there is one with its key."""
        key = self.key_of(row)
        if key in held:
            return False
        held[key], self._ranks[key] = row, self._made
        return True

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def key_of(self, row: Row) -> Any:
        """The key of a row: a value, or a tuple where that takes several."""
        key = tuple(inside(row, name) for name in self.collection.key)
        return key[0] if len(key) == 1 else key

    def rank(self, key: Any) -> int:
        """The place of a row in the order of making, also of one that is gone. Raises KeyError."""
        return self._ranks[key]

    def rows(self) -> list[Row]:
        """All rows whose parent, if they have one, is there."""
        if self.collection.parent is None:
            return list(self._rows.values())
        parents = {*self._parents(), 0}
        return [row for row in self._rows.values() if row[self.collection.parent_field] in parents]

    def example_path(self) -> str:
        """The path of a list with something in it: below the parent of the first row, or with the parameter for it."""
        one, rows = self.collection, self.rows()
        parent = rows[0][one.parent_field] if rows and one.parent_field else 0
        path = one.path.replace("{parent}", str(parent)).replace("{address:int}", "1")
        return f"{path}?{one.chosen_by}={parent}" if one.chosen_by and parent else path

    def keys(self) -> list[Any]:
        """The keys of all rows."""
        return [self.key_of(row) for row in self.rows()]

    def dates(self) -> dict[Any, int]:
        """Key to modification, in seconds; to 0 where rows carry none."""
        return {self.key_of(row): self._modification(row) for row in self.rows()}

    def held_dates(self) -> dict[Any, int]:
        """The same of all rows, also of those whose parent is gone."""
        return {key: self._modification(row) for key, row in self._rows.items()}

    def parent_of(self, key: Any) -> Any:
        """The key of the record that a row is below, also of a row that is gone. Raises KeyError."""
        row = self._rows[key] if key in self._rows else self._gone[key]
        return row[self.collection.parent_field]

    def row(self, key: Any) -> Row:
        """One row. Raises KeyError."""
        return self._rows[key]

    def edit(self, key: Any, *, at: int | None = None, **changes: Any) -> None:
        """Changes fields of a row, now or at a given second, which becomes its modification.

        Raises KeyError without such a row, ValueError when its key would change.
        """
        moment = self._clock().now() if at is None else at
        dated = {self.collection.modified: moment} if self.collection.modified else {}
        self._change(key, {**dated, **changes})
        self._changed(self._rows[key])

    def edit_silently(self, key: Any, **changes: Any) -> None:
        """Changes fields of a row and leaves its date. Raises KeyError, ValueError when its key would change."""
        self._change(key, changes)

    def _change(self, key: Any, changes: Row) -> None:
        before = self._rows[key]
        after = {**before, **changes}
        if self.key_of(after) != key:
            raise ValueError(f"the key of a row of {self.collection.name} cannot change")
        self._rows[key] = after
        self._log(key, "edit", self._modification(before), self._modification(after))

    def create(self, *, at: int | None = None, **fields: Any) -> Any:
        """Makes one more row, now or at a given second; returns its key, None when none is left to be made.

        Some rows are no more than a pair of other records, of which there are only so many.
        """
        held = self._rows
        moment = self._clock().now() if at is None else at
        names = (self.collection.created, self.collection.modified)
        for _ in range(_TRIES):
            row = {**self._next(), **{name: moment for name in names if name}, **fields}
            if self._put(held, row):
                self._log(self.key_of(row), "create", None, self._modification(row))
                self._changed(row)
                return self.key_of(row)
        return None

    def delete(self, key: Any) -> None:
        """Takes a row away for good; rows of other collections below it are no longer shown. Raises KeyError."""
        before = self._gone[key] = self._rows.pop(key)
        self._log(key, "delete", self._modification(before), None)
        self._changed(before)

    def recreate(self, key: Any, *, at: int | None = None, **fields: Any) -> None:
        """Makes a deleted row again: the same key, parent and place, the dates of now or a given second, new content.

        Raises KeyError for a row that never was, ValueError for one that is there.
        """
        if key in self._rows:
            raise ValueError(f"{self.collection.name} has a row {key}")
        gone, moment = self._gone[key], self._clock().now() if at is None else at
        same = {name.split(".")[0] for name in self.collection.key} | {self.collection.parent_field}
        kept = {name: value for name, value in gone.items() if name in same}
        names = (self.collection.created, self.collection.modified)
        row = {**self._next(), **kept, **{name: moment for name in names if name}, **fields}
        if self.key_of(row) != key:
            raise ValueError(f"the key of a row of {self.collection.name} cannot change")
        del self._gone[key]
        self._rows[key] = row
        self._held = dict(sorted(self._rows.items(), key=lambda item: self._ranks[item[0]]))
        self._log(key, "create", None, self._modification(row))
        self._changed(row)

    def _changed(self, row: Row) -> None:
        """Reports a change that is not silent, with the row that came, went or was edited."""
        if self.on_change:
            self.on_change(row)

    def _modification(self, row: Row) -> int:
        return int(row[self.collection.modified] or 0) if self.collection.modified else 0

    def _log(self, key: Any, action: str, before: int | None, after: int | None) -> None:
        self._journal.add(Change(self._clock().time(), self.collection.name, key, action, before, after))

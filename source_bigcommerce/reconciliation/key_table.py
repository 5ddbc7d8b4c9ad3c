"""A sorted table of keys, in columns: a key takes a few bytes instead of a few hundred."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

Key = tuple[int | str, ...]  # the parent's key first, where a record has a parent
Column = Any  # array[int] or list[str], which share the methods used here


class KeyTable:
    """Different keys in their order. All have the same number of parts, and all parts at one position the same type."""

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.columns: list[Column] = list(columns)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, position: int) -> Key:
        return tuple(column[position] for column in self.columns)

    def is_sorted(self) -> bool:
        """Returns True if the keys are different and in their order."""
        return all(one < next_one for one, next_one in pairwise(zip(*self.columns, strict=True)))

    def find(self, key: Key) -> tuple[int, int]:
        """Returns the position of a key and the next one; twice the position where it belongs if it is not there."""
        start, end = 0, len(self)
        for column, part in zip(self.columns, key, strict=bool(self.columns)):
            start = bisect_left(column, part, start, end)
            end = bisect_right(column, part, start, end)
        return start, end

    def keys(self, start: int, end: int) -> Iterator[Key]:
        """Yields the keys from the position `start` until before `end`."""
        return zip(*(column[start:end] for column in self.columns), strict=True)

    def between(self, after: int | str | None, upto: int | str | None) -> tuple[int, int]:
        """Returns the positions of the keys of the parents after `after`, up to and including `upto`; None is open."""
        if not self.columns:
            return 0, 0
        parents = self.columns[0]
        start = 0 if after is None else bisect_right(parents, after)
        return start, len(parents) if upto is None else bisect_right(parents, upto)

    def of_parent(self, parent: int | str) -> tuple[int, int]:
        """Returns the positions of the keys with one parent."""
        if not self.columns:
            return 0, 0
        return bisect_left(self.columns[0], parent), bisect_right(self.columns[0], parent)

    def count_parents(self, start: int, end: int) -> int:
        """Returns the number of different parents from the position `start` until before `end`."""
        parents = self.columns[0][start:end] if self.columns else ()
        return len(parents) and 1 + sum(1 for one, next_one in pairwise(parents) if one != next_one)

    def insert(self, positions: Sequence[int], keys: Sequence[Key]) -> None:
        """Inserts keys before those at these positions."""
        if not self.columns:
            self.columns = [[] if isinstance(part, str) else array("q") for part in keys[0]]
        for number, column in enumerate(self.columns):
            self.columns[number] = inserted(column, positions, [key[number] for key in keys])

    def replace(self, start: int, end: int, others: KeyTable) -> None:
        """Replaces the keys from the position `start` until before `end` by those of another table."""
        if not self.columns:
            self.columns = [column[:0] for column in others.columns]
        for number, column in enumerate(self.columns):
            column[start:end] = others.columns[number] if others.columns else column[:0]

    def part(self, start: int, end: int) -> KeyTable:
        """Returns a table with the keys from the position `start` until before `end`."""
        return KeyTable([column[start:end] for column in self.columns])


def inserted(column: Column, positions: Sequence[int], values: Sequence[Any]) -> Column:
    """Returns a column with values inserted before the elements at these positions, which are sorted."""
    merged = column[:0]
    start = 0
    for position, value in zip(positions, values, strict=True):
        if position > start:
            merged.extend(column[start:position])
            start = position
        merged.append(value)
    merged.extend(column[start:])
    return merged

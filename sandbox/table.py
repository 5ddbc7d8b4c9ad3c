"""One kind of record: its index in flat arrays, and lookups that do not scan.

A row is id, creation, modification, owner; the content comes from a shared `Body` unless the record was
edited. Filters by id and by modification are binary searches; the result of any other filter is kept sorted
and updated as records change, so that a page costs the same in a store of a million orders that is edited on
every request.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from sandbox.templates import Body, Stamp, filled

ENDLESS = 2**32 - 1
LATER_BY = 6 * 3600
STORE_ORDER = "(store order)"
"""A sort by nothing that a client could name: stable, but not by id."""
_KEPT_RESULTS = 64

DateForm = Callable[[int], bytes]
Sort = tuple[str, bool]
"""Field and whether it descends."""


@dataclass(frozen=True)
class Check:
    """A condition on a field that has no index."""

    field: str
    op: str
    value: Any

    def holds(self, actual: Any) -> bool:
        """True when a record's value passes; `None` passes only the negative ones."""
        return _TESTS[self.op](actual, self.value)


def _like(actual: Any, parts: Any) -> bool:
    return any(str(part).lower() in str(actual or "").lower() for part in parts)


def _number(actual: Any) -> float:
    return math.nan if actual is None or actual == "" else float(actual)  # NaN fails every comparison


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda actual, value: bool(actual == value),
    "not": lambda actual, value: bool(actual != value),
    "in": lambda actual, values: actual in values,
    "not_in": lambda actual, values: actual not in values,
    "has_any": lambda actual, values: any(one in values for one in actual or ()),
    "has_all": lambda actual, values: all(one in (actual or ()) for one in values),
    "is_only": lambda actual, value: bool(actual == [value]),
    "like": _like,
    "min": lambda actual, value: _number(actual) >= float(value),
    "max": lambda actual, value: _number(actual) <= float(value),
    "greater": lambda actual, value: _number(actual) > float(value),
    "less": lambda actual, value: _number(actual) < float(value),
}


@dataclass(frozen=True)
class Where:
    """A filter: inclusive ranges, an optional list of ids, and checks."""

    modified: tuple[int, int] = (0, ENDLESS)
    created: tuple[int, int] = (0, ENDLESS)
    id_range: tuple[int, int] = (0, ENDLESS)
    ids: tuple[int, ...] | None = None
    checks: tuple[Check, ...] = ()

    @property
    def is_modified_only(self) -> bool:
        """True when the index by modification suffices."""
        return replace(self, modified=(0, ENDLESS)) == _EVERYTHING


_EVERYTHING = Where()


class Entry(NamedTuple):
    """The state of one record; a modification of 0 is a record that is not there."""

    created: int = 0
    modified: int = 0
    owner: int = 0
    body: Body | None = None


class Listing(Protocol):
    """Records in an order, by position."""

    def __len__(self) -> int: ...

    def ids(self, start: int, stop: int) -> list[int]: ...


class _Ids:
    """A stretch of a sorted list of ids, in either direction."""

    def __init__(self, found: Sequence[int], start: int, stop: int, descending: bool) -> None:
        self._found, self._start, self._stop, self._descending = found, start, max(start, stop), descending

    def __len__(self) -> int:
        return self._stop - self._start

    def ids(self, start: int, stop: int) -> list[int]:
        if not self._descending:
            return list(self._found[self._start + start : min(self._start + stop, self._stop)])
        top = self._stop - start
        return list(self._found[max(self._start, self._stop - stop) : max(top, self._start)])[::-1]


class _Modified(_Ids):
    """A stretch of the index by modification."""

    def ids(self, start: int, stop: int) -> list[int]:
        return [key & 0xFFFFFFFF for key in super().ids(start, stop)]


class Table:
    """All records of one kind."""

    def __init__(self, kind: str, first_id: int, shared: Callable[[int], Body]) -> None:
        self.kind = kind
        self.first_id = first_id
        self.version = 0
        self.created = array("I")
        self.modified = array("I")
        self.owner = array("I")
        self.present: array[int] = array("I")
        self._by_modified: array[int] = array("Q")
        self.on_change: Callable[[int], None] | None = None
        self._shared = shared
        self._computed: dict[str, Callable[[Body], Any]] = {}
        self._private: dict[int, Body] = {}
        self._results: OrderedDict[Where, list[int]] = OrderedDict()
        self._sorted: OrderedDict[tuple[Where, Sort], tuple[int, list[int]]] = OrderedDict()

    def compute(self, field: str, value: Callable[[Body], Any]) -> None:
        """Lets filters use a value that is no field, such as the whole name of a customer."""
        self._computed[field] = value

    def __len__(self) -> int:
        return len(self.present)

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, int) and 0 <= id_ - self.first_id < len(self.modified) and self._is_present(id_)

    def _is_present(self, id_: int) -> bool:
        return self.modified[id_ - self.first_id] != 0

    def body(self, id_: int) -> Body:
        """The content of a record."""
        return self._private.get(id_) or self._shared(id_)

    def modified_of(self, id_: int) -> int:
        """The last modification of a present record, in Unix seconds."""
        return self.modified[id_ - self.first_id]

    def created_of(self, id_: int) -> int:
        """The creation of a record, in Unix seconds."""
        return self.created[id_ - self.first_id]

    def stamp(self, id_: int, date: DateForm) -> Stamp:
        """The values that fill the gaps of this record's body."""
        row = id_ - self.first_id
        created = self.created[row]
        owner, modified = self.owner[row], self.modified[row]
        return Stamp(b"%d" % id_, b"%d" % owner, date(created), date(modified), date(created + LATER_BY))

    def value(self, id_: int, field: str) -> Any:
        """A field's value for filtering and sorting; dates as seconds."""
        if field == "id":
            return id_
        if field == "date_modified":
            return self.modified_of(id_)
        if field == "date_created":
            return self.created_of(id_)
        if field == "customer_id":
            return self.owner[id_ - self.first_id]
        if field == STORE_ORDER:
            return id_ * 2654435761 & 0xFFFFFFFF
        body = self.body(id_)
        compute = self._computed.get(field)
        raw = compute(body) if compute else body.fields.get(field, body.parts.get(field))
        return raw if raw is None or isinstance(raw, (bool, float)) else filled(raw, self.stamp(id_, _seconds))

    def load(self, created: array[int], modified: array[int], owner: array[int]) -> None:
        """Takes the generated rows; a modification of 0 is an id that was given away and deleted long ago."""
        self.created, self.modified, self.owner = created, modified, owner
        self.present = array("I", (self.first_id + row for row, at in enumerate(modified) if at))
        self._by_modified = array("Q", sorted((modified[i - self.first_id] << 32) | i for i in self.present))

    def next_id(self) -> int:
        """The id that the next record will get: ids only grow."""
        return self.first_id + len(self.modified)

    def add(self, at: int, owner: int = 0, body: Body | None = None) -> int:
        """Makes a record and returns its id."""
        id_ = self.next_id()
        self.created.append(at)
        self.modified.append(at)
        self.owner.append(owner)
        self.present.append(id_)
        if body is not None:
            self._private[id_] = body
        insort(self._by_modified, (at << 32) | id_)
        self._touched(id_)
        return id_

    def restore(self, id_: int, at: int, owner: int, body: Body) -> None:
        """Makes a record with an id that was deleted."""
        row = id_ - self.first_id
        self.created[row], self.modified[row], self.owner[row] = at, at, owner
        insort(self.present, id_)
        self._private[id_] = body
        insort(self._by_modified, (at << 32) | id_)
        self._touched(id_)

    def fresh_body(self) -> Body:
        """The content of the next record."""
        return self._shared(self.next_id())

    def was_given(self, id_: int) -> bool:
        """True for the id of a record that is or was there."""
        return 0 <= id_ - self.first_id < len(self.modified)

    def put(self, id_: int, body: Body, at: int, owner: int | None = None) -> None:
        """Replaces a record's content and date."""
        row = id_ - self.first_id
        self._unindex(id_)
        self.modified[row] = at
        if owner is not None:
            self.owner[row] = owner
        self._private[id_] = body
        insort(self._by_modified, (at << 32) | id_)
        self._touched(id_)

    def remove(self, id_: int) -> None:
        """Deletes a record; new ones have larger ids."""
        self._unindex(id_)
        self.modified[id_ - self.first_id] = 0
        del self.present[bisect_left(self.present, id_)]
        self._private.pop(id_, None)
        self._touched(id_)

    def copied(self) -> Table:
        """A table with the same records, which can be changed on its own."""
        copy = Table(self.kind, self.first_id, self._shared)
        copy.load(self.created[:], self.modified[:], self.owner[:])
        copy._private = dict(self._private)
        copy._computed = self._computed
        return copy

    def entry(self, id_: int) -> Entry:
        """The state of a record."""
        row = id_ - self.first_id
        return Entry(self.created[row], self.modified[row], self.owner[row], self._private.get(id_))

    def set_entry(self, id_: int, entry: Entry) -> None:
        """Puts a record into a state."""
        row = id_ - self.first_id
        for column in (self.created, self.modified, self.owner):
            column.extend([0] * (row + 1 - len(column)))
        if self._is_present(id_):
            self.remove(id_)
        self.created[row], self.modified[row], self.owner[row] = entry[:3]
        if entry.modified:
            insort(self.present, id_)
            insort(self._by_modified, (entry.modified << 32) | id_)
        if entry.body is not None:
            self._private[id_] = entry.body
        self._touched(id_)

    def _unindex(self, id_: int) -> None:
        key = (self.modified_of(id_) << 32) | id_
        del self._by_modified[bisect_left(self._by_modified, key)]

    def _touched(self, id_: int) -> None:
        self.version += 1
        if self.on_change:
            self.on_change(id_)
        for where, found in self._results.items():
            at = bisect_left(found, id_)
            was_in = at < len(found) and found[at] == id_
            is_in = self._is_present(id_) and self._matches(id_, where)
            if was_in and not is_in:
                del found[at]
            elif is_in and not was_in:
                found.insert(at, id_)

    def select(self, where: Where, sort: Sort = ("id", False)) -> Listing:
        """The records that pass a filter, in an order; ties of a sort go by id."""
        field, descending = sort
        if field == "date_modified" and where.is_modified_only:
            low, high = where.modified
            start = bisect_left(self._by_modified, low << 32)
            stop = bisect_left(self._by_modified, (high + 1) << 32)
            return _Modified(self._by_modified, start, stop, descending)
        if field == "id":
            found, start, stop = self._matching(where)
            return _Ids(found, start, stop, descending)
        ordered = self._ordered(where, sort)
        return _Ids(ordered, 0, len(ordered), False)

    def _ordered(self, where: Where, sort: Sort) -> list[int]:
        version, ordered = self._sorted.get((where, sort), (-1, []))
        if version != self.version:
            found, start, stop = self._matching(where)
            field, descending = sort
            ordered = sorted(found[start:stop], key=lambda id_: _sortable(self.value(id_, field)))
            if descending:
                ordered.reverse()
            _keep(self._sorted, (where, sort), (self.version, ordered), 16)
        return ordered

    def _matching(self, where: Where) -> tuple[Sequence[int], int, int]:
        """Sorted ids that pass everything but the id range, and the stretch that passes that too."""
        low, high = where.id_range
        where = replace(where, id_range=(0, ENDLESS))
        if where == _EVERYTHING:
            found: Sequence[int] = self.present
        elif where.ids is not None:
            found = sorted({id_ for id_ in where.ids if id_ in self and self._matches(id_, where)})
        else:
            found = self._remembered(where)
        return found, bisect_left(found, low), bisect_right(found, high)

    def _remembered(self, where: Where) -> list[int]:
        found = self._results.get(where)
        if found is None:
            found = self._search(where)
            _keep(self._results, where, found, _KEPT_RESULTS)
        else:
            self._results.move_to_end(where)
        return found

    def _search(self, where: Where) -> list[int]:
        (low, high), (oldest, newest) = where.modified, where.created
        start = bisect_left(self._by_modified, low << 32)
        stop = bisect_left(self._by_modified, (high + 1) << 32)
        if (stop - start) * 8 < len(self.present):
            candidates: Sequence[int] = sorted(key & 0xFFFFFFFF for key in self._by_modified[start:stop])
        else:
            modified, first = self.modified, self.first_id
            candidates = [id_ for id_ in self.present if low <= modified[id_ - first] <= high]
        if where.created != (0, ENDLESS):
            candidates = [id_ for id_ in candidates if oldest <= self.created[id_ - self.first_id] <= newest]
        if where.checks:
            candidates = [id_ for id_ in candidates if self._passes(id_, where.checks)]
        return list(candidates)

    def _matches(self, id_: int, where: Where) -> bool:
        row = id_ - self.first_id
        return (
            where.modified[0] <= self.modified[row] <= where.modified[1]
            and where.created[0] <= self.created[row] <= where.created[1]
            and self._passes(id_, where.checks)
        )

    def _passes(self, id_: int, checks: tuple[Check, ...]) -> bool:
        return all(check.holds(self.value(id_, check.field)) for check in checks)


def _seconds(at: int) -> bytes:
    return b"%d" % at


def _sortable(value: Any) -> tuple[int, float, str]:
    """A key that orders numbers before text, and "none" first."""
    if value is None or value == "":
        return (0, 0.0, "")
    if isinstance(value, (bool, int, float)):
        return (1, float(value), "")
    return (2, 0.0, str(value).lower())


def _keep(results: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    results[key] = value
    while len(results) > most:
        results.popitem(last=False)

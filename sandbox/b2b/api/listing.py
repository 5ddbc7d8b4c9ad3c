"""Lists of B2B Edition: filters, order, pages by offset, and the forms of their responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import orjson

from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.responses import SUCCESS, B2BProblem, enveloped, shown
from sandbox.b2b.variants import B2BVariant
from sandbox.collection import Row, inside
from sandbox.responses import ApiResponse, BadValue
from sandbox.shelf import Shelf

Rows = Callable[[Call], list[Row]]
View = Callable[[Call, Row], Row]


class Form(Enum):
    """What stands where in the response of a list."""

    PAGED = auto()  # `data` is the list, `meta.pagination` the totals
    WHOLE = auto()  # `data` is the list, all of it
    INSIDE = auto()  # `data` holds `list` and `pagination`; the message is beside it
    BESIDE = auto()  # `data` is the list, all of it; the message is beside it


@dataclass(frozen=True)
class Listing:
    """A list below `/api/v3/io/`.

    `of` is the collection that its rows are of. `periods` are the date filters, by what follows `min` and `max` in
    their names, and `inclusive` says that the documents include the bounds. `filters` name the fields that a parameter
    must equal, `partly` those that it must be a part of, `search` those that `q` looks at. `sorts` are the fields by
    the values of `sortBy`; `order` is the field by which rows come without it, largest first, by id where none is
    documented. `asked` are fields that are shown only when a parameter has a value, `own` those that only the address
    of one row shows. `most` is the documented maximum of `limit`. `objects` marks what is documented as an object.
    """

    path: str
    of: str
    form: Form = Form.PAGED
    most: int | None = None
    default: int = 10
    periods: Mapping[str, str] = field(default_factory=dict)
    inclusive: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    partly: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    sorts: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    objects: bool = False
    rows: Rows | None = None  # those to choose from, if not all of the collection
    view: View | None = None  # another form of each row

    def endpoint(self) -> Endpoint:
        """The endpoint of the list."""
        return Endpoint(self.path, self.respond, self.of)

    def respond(self, call: Call) -> ApiResponse:
        """One page of the list."""
        shelf = call.shelf(self.of)
        found = [row for row in self._candidates(call) if self._passes(call, row)]
        found = self._sorted(call, shelf, found)
        if self.form in (Form.WHOLE, Form.BESIDE):
            return self._response(call, shelf, found, {})
        limit, offset = self._limit(call), _number(call, "offset", 0)
        total = len(found) + _behind(call, shelf, call.variant.total_lag)
        pagination = {"totalCount": max(0, total), "limit": limit, "offset": offset}
        return self._response(call, shelf, found[offset : offset + limit], pagination)

    def _candidates(self, call: Call) -> list[Row]:
        return self.rows(call) if self.rows else call.rows(self.of)

    # Filters

    def _passes(self, call: Call, row: Row) -> bool:
        return (
            all(_is(row, path, call.query.text(name)) for name, path in self.filters.items() if name in call.query)
            and all(_has(row, path, call.query.text(name)) for name, path in self.partly.items() if name in call.query)
            and (not self.search or not call.query.text("q") or self._is_found(row, call.query.text("q") or ""))
            and all(self._is_within(call, row, name, path) for name, path in self.periods.items())
        )

    def _is_found(self, row: Row, text: str) -> bool:
        return any(_has(row, path, text) for path in self.search)

    def _is_within(self, call: Call, row: Row, name: str, path: str) -> bool:
        least, most = _number(call, f"min{name}", None), _number(call, f"max{name}", None)
        return is_within(inside(row, path), least, most, call.variant, documented=self.inclusive)

    # Order

    def _sorted(self, call: Call, shelf: Shelf, rows: list[Row]) -> list[Row]:
        """By a field, rows of one value by their key; the newest or largest first, unless `orderBy` is `ASC`.

        Without `sortBy` an edit moves a row in a list that comes by modification, and not in one by id.
        """
        variant, query = call.variant, call.query
        requested = None if variant.sort_ignored else query.choice("sortBy", self.sorts)
        ascending = not variant.sort_ignored and (query.text("orderBy") or "").upper() == "ASC"
        modified = shelf.collection.modified
        if requested:
            path = self.sorts[requested]
        elif variant.order == "id":
            path, ascending = "", ascending or not query.text("orderBy")
        elif variant.order == "modified":
            path = modified or ""
        else:
            path = self.order
        rows = sorted(rows, key=lambda row: _sortable(shelf.rank(shelf.key_of(row))))
        if path:
            rows = sorted(rows, key=lambda row: _sortable(inside(row, path)))
        return rows if ascending else rows[::-1]

    # Pages

    def _limit(self, call: Call) -> int:
        variant = call.variant
        limit: int = _number(call, "limit", self.default)
        if variant.limit_ignored:
            return self.default
        most = variant.undocumented_maximum if self.most is None else self.most
        if limit < 1:
            raise BadValue("limit", "Ensure this value is greater than or equal to 1.")
        if not most or limit <= most:
            return limit
        if variant.limit_over_max == "422":
            raise BadValue("limit", f"Ensure this value is less than or equal to {most}.")
        if variant.limit_over_max == "400":
            raise B2BProblem(400, "Bad Requests Error", {"limit": [f"The maximum is {most}."]})
        return most if variant.limit_over_max == "cap" else self.default

    # Responses

    def _response(self, call: Call, shelf: Shelf, rows: list[Row], pagination: Row) -> ApiResponse:
        found = [self.shown(call, row) for row in rows]
        listed = [shelf.key_of(row) for row in rows]
        if self.form is Form.BESIDE:
            return _bare({"code": 200, "data": _data(found, call.variant), "message": SUCCESS}, listed)
        if self.form is Form.INSIDE:
            paged = {} if call.variant.pagination == "absent" else {"pagination": pagination}
            is_plain = found or call.variant.empty_data == "[]"
            data = {"list": found, **paged} if is_plain else _data([], call.variant)
            return _bare({"code": 200, "data": data, "message": SUCCESS}, listed)
        data = found[0] if self._is_object(call, found) else _data(found, call.variant)
        return enveloped(data, _meta(pagination, call.variant), listed)

    def _is_object(self, call: Call, rows: list[Row]) -> bool:
        return self.objects and len(rows) == 1 and call.variant.single_rows == "object"

    def shown(self, call: Call, row: Row) -> Row:
        """A row as the list shows it."""
        if self.view:
            return shown(self.view(call, row), call.variant)
        hidden = {name for name, (asked, value) in self.asked.items() if call.query.text(asked) != value}
        hidden |= self.own
        return written(call, self.of, {name: value for name, value in row.items() if name not in hidden})


def written(call: Call, kind: str, row: Row) -> Row:
    """A row of a collection as its responses write it."""
    dates = call.shelf(kind).collection.dates
    return shown(row, call.variant, [name for name, write in dates.items() if isinstance(write(0), str)])


def _bare(body: Row, listed: list[Any]) -> ApiResponse:
    return ApiResponse(orjson.dumps(body), listed=listed)


def _data(rows: list[Row], variant: B2BVariant) -> Any:
    if rows or variant.empty_data == "[]":
        return rows
    return {} if variant.empty_data == "{}" else None


def _meta(pagination: Row, variant: B2BVariant) -> Row:
    if not pagination or variant.pagination == "absent":
        return {}
    return pagination if variant.pagination == "flat" else {"pagination": pagination}


def _behind(call: Call, shelf: Shelf, seconds: int) -> int:
    """What a total that lags has too many or too few: rows that went and came in the last seconds."""
    if not seconds:
        return 0
    since, difference = call.store.clock.time() - seconds, 0
    for change in reversed(call.store.changes):
        if change.at < since:
            break
        if change.kind == shelf.collection.name:
            difference += (change.action == "delete") - (change.action == "create")
    return difference


def is_within(at: Any, least: float | None, most: float | None, variant: B2BVariant, *, documented: bool) -> bool:
    """True when a second passes a date filter; `documented` says that its documents include the bounds."""
    if variant.date_filter_ignored or (least is None and most is None):
        return True
    if at is None:
        return False
    is_least = at == least and _includes(variant.lower_bounds, documented=documented)
    is_most = at == most and _includes(variant.upper_bounds, documented=documented)
    return (least is None or at > least or is_least) and (most is None or at < most or is_most)


def _includes(bounds: str, *, documented: bool) -> bool:
    return documented if bounds == "documented" else bounds == "inclusive"


def _number(call: Call, name: str, default: Any) -> Any:
    try:
        found = call.query.integer(name)
    except BadValue:
        raise BadValue(name, "A valid integer is required.") from None
    if found is not None and found < 0:
        raise BadValue(name, "Ensure this value is greater than or equal to 0.")
    return default if found is None else found


def _texts(row: Row, path: str) -> list[str]:
    value = inside(row, path)
    return [str(one).lower() for one in (value if isinstance(value, list) else [value])]


def _is(row: Row, path: str, text: str | None) -> bool:
    """True when a field has one of the values of a comma list."""
    wanted = {one.strip().lower() for one in (text or "").split(",")}
    return not wanted.isdisjoint(_texts(row, path))


def _has(row: Row, path: str, text: str | None) -> bool:
    return any((text or "").lower() in one for one in _texts(row, path))


def _sortable(value: Any) -> tuple[int, float, str]:
    """A key that orders "none" first, then numbers, then text."""
    if value is None or value == "":
        return (0, 0.0, "")
    return (1, float(value), "") if isinstance(value, (bool, int, float)) else (2, 0.0, str(value).lower())

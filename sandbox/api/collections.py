"""How every small collection answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from sandbox.answers import NOT_FOUND, Answer, BadValue, Problem, json
from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint
from sandbox.collection import Collection, Row, Shape
from sandbox.dates import parse_v3
from sandbox.paging import Page, cursor, cursor_meta, envelope, offset_meta, opened_cursor
from sandbox.query import Query
from sandbox.readings import Readings
from sandbox.shelf import Shelf
from sandbox.store import KINDS

_OPERATORS = ("in", "not_in", "min", "max", "greater", "less", "like")
_WHOLE = (Shape.V2_WHOLE, Shape.V2_TAGS, Shape.DATA, Shape.BARE)
_OBJECTS = (Shape.OBJECT, Shape.BARE_OBJECT)


def endpoints(collections: tuple[Collection, ...]) -> list[Endpoint]:
    """The endpoints of all collections."""
    found = []
    for one in collections:
        parameter = "{parent:int}" if one.parent not in _TEXT_KEYS else "{parent:str}"
        path = one.path.replace("{parent}", parameter)
        lists = None if one.shape in _OBJECTS else one.name
        found.append(Endpoint(path, one.scope, _answer(one), _known(one), lists))
        if one.also_at:
            found.append(Endpoint(one.also_at.replace("{parent}", "{parent:int}"), one.scope, _answer(one)))
    return found


_TEXT_KEYS = frozenset({"shopper_profiles", "themes"})


def _known(one: Collection) -> frozenset[str] | None:
    if not one.is_v2:
        return None
    paged = PAGE_PARAMETERS if one.shape is Shape.V2 else frozenset()
    bounds = {f"{side}_id" for side in ("min", "max")} if "id" in one.filters else set()
    operators = {f"{name}:{side}" for name in one.filters for side in ("min", "max")}
    return paged | one.filters | bounds | operators


def _answer(one: Collection) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        shelf = call.store.collections[one.name]
        rows = _chosen(one, call, shelf)
        rows = [row for row in rows if _passes(one, row, call.query, call.readings)]
        rows = _sorted(rows, call.query)
        return _SHAPES.get(one.shape, _offset)(one, call, shelf, rows)

    return answer


def _chosen(one: Collection, call: Call, shelf: Shelf) -> list[Row]:
    """The rows of the parent that the path or a parameter names."""
    if one.needs and one.needs not in call.query:
        raise BadValue(one.needs, "is required")
    rows = shelf.rows()
    if "parent" in call.path:
        parent = call.path["parent"]
        if one.parent and parent not in call.store.keys(one.parent):
            raise Problem(404, NOT_FOUND)
        return [row for row in rows if row[one.parent_field] == parent]
    if one.chosen_by:
        wanted = call.query.integer(one.chosen_by) or 0
        return [row for row in rows if row[one.parent_field] == wanted]
    if one.also_at:
        return [row for row in rows if row[one.parent_field] == 0]
    return rows


def _passes(one: Collection, row: Row, query: Query, readings: Readings) -> bool:
    for name, text in query.pairs():
        if one.is_v2 and name in ("min_id", "max_id"):
            name = f"id:{name[:3]}"
        field, _, operator = name.partition(":")
        is_filter = field in one.filters and (not operator or operator in _OPERATORS)
        if is_filter and not _holds(one, row.get(field), field, operator, text, readings):
            return False
    return True


def _holds(one: Collection, value: Any, field: str, operator: str, text: str, readings: Readings) -> bool:
    if field in one.dates:
        return _holds_for_date(value, operator, text, readings)
    if operator in ("in", "not_in"):
        return (str(value) in text.split(",")) == (operator == "in")
    if operator == "like":
        return text.lower() in str(value).lower()
    if not operator:
        return str(value).lower() == text.lower()
    bound = float(text)
    inclusive = not one.is_v2 or field != "id" or readings.v2_min_id_inclusive
    if operator == "min":
        return bool(value >= bound if inclusive else value > bound)
    if operator == "max":
        return bool(value <= bound)
    return bool(value > bound if operator == "greater" else value < bound)


def _holds_for_date(value: Any, operator: str, text: str, readings: Readings) -> bool:
    if readings.date_filter_ignored:
        return True
    moment = parse_v3(text)
    inclusive = readings.v3_dates_inclusive
    if operator == "min":
        return bool(value >= moment if inclusive else value > moment)
    if operator == "max":
        return bool(value <= moment if inclusive else value < moment)
    return bool(value == moment)


def _sorted(rows: list[Row], query: Query) -> list[Row]:
    field, _, direction = (query.text("sort") or "").partition(":")
    direction = direction or query.text("direction") or "asc"
    if field and all(field in row for row in rows):
        rows = sorted(rows, key=lambda row: (row[field] is not None, row[field]))
    return rows[::-1] if direction == "desc" else rows


# Shapes


def _object(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    if not rows and one.parent in KINDS:  # a customer who never chose, an order made by hand
        return (
            json({"allow": [], "deny": [], "updated_at": None})
            if one.name == "customer_consents"
            else Answer(status=204)
        )
    if not rows:
        raise Problem(404, NOT_FOUND)
    shown = _shown(one, rows[0], call.query)
    return json({"data": shown, "meta": {}} if one.shape is Shape.OBJECT else shown)


def _whole(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    shown = [_shown(one, row, call.query) for row in rows]
    listed = [shelf.key_of(row) for row in rows]
    if one.shape is Shape.DATA:
        return Answer(orjson.dumps({"data": shown, "meta": {}}), listed=listed)
    if not shown and one.is_v2 and call.readings.empty_v2_page == "204":
        return Answer(status=204, listed=listed)
    return Answer(orjson.dumps([shown] if one.shape is Shape.V2_TAGS else shown), listed=listed)


def _v2(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    page = _page(one, call)
    found = rows[page.start : page.stop]
    listed = [shelf.key_of(row) for row in found]
    if not found and call.readings.empty_v2_page == "204":
        return Answer(status=204, listed=listed)
    return Answer(orjson.dumps([_shown(one, row, call.query) for row in found]), listed=listed)


def _offset(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    page = _page(one, call)
    found = rows[page.start : page.stop]
    meta = offset_meta(call.query, page, len(rows), len(found))
    meta = {one.spelling.get(name, name): value for name, value in meta.items() if one.spelling.get(name) != ""}
    return _enveloped(one, call, shelf, found, {"pagination": meta})


def _cursor(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    query, page = call.query, _page(one, call)
    behind, before = query.text("after"), query.text("before")
    start = 0 if behind is None and before is None else page.start
    places = {_cursor_of(shelf.key_of(row)): n for n, row in enumerate(rows)}
    if behind is not None:
        start = _place(behind, "after", places, rows, shelf)
    elif before is not None:
        start = max(0, _place(before, "before", places, rows, shelf) - 1 - page.limit)
    else:
        start = page.start
    found = rows[start : start + page.limit]
    cursors = [_cursor_of(shelf.key_of(row)) for row in found]
    meta = {}
    if behind is None and before is None:
        meta["pagination"] = offset_meta(query, page, len(rows), len(found))
    if page.number == 1 or behind is not None:
        meta["cursor_pagination"] = cursor_meta(
            query,
            page.limit,
            cursors,
            has_next=start + page.limit < len(rows),
            has_previous=start > 0,
            always_next=call.readings.cursor_next_link_always,
        )
    return _enveloped(one, call, shelf, found, meta)


def _cursor_of(key: Any) -> str:
    return cursor({"key": list(key) if isinstance(key, tuple) else key})


def _place(text: str, name: str, places: dict[str, int], rows: list[Row], shelf: Shelf) -> int:
    """The place behind the row of a cursor, whether it is still there or not."""
    if text in places:
        return places[text] + 1
    key = opened_cursor(name, text)["key"]
    wanted = tuple(key) if isinstance(key, list) else key
    return sum(shelf.key_of(row) <= wanted for row in rows)


def _listing(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> Answer:
    page, after = _page(one, call), call.query.integer("after")
    key = one.key[-1]
    left = [row for row in sorted(rows, key=lambda row: row[key]) if after is None or row[key] > after]
    found = left[: page.limit]
    meta = offset_meta(call.query, page, len(rows), len(found))
    kept = {name: meta[name] for name in ("total", "count", "total_pages", "links")}
    return _enveloped(one, call, shelf, found, {"pagination": kept})


_SHAPES = {
    **dict.fromkeys(_OBJECTS, _object),
    **dict.fromkeys(_WHOLE, _whole),
    Shape.V2: _v2,
    Shape.CURSOR: _cursor,
    Shape.LISTING: _listing,
}


def _enveloped(one: Collection, call: Call, shelf: Shelf, rows: list[Row], meta: dict[str, Any]) -> Answer:
    pieces: list[bytes] = []
    for row in rows:
        if pieces:
            pieces.append(b",")
        pieces.append(orjson.dumps(_shown(one, row, call.query)))
    return envelope(pieces, meta, listed=[shelf.key_of(row) for row in rows])


def _page(one: Collection, call: Call) -> Page:
    number, limit = call.query.integer("page") or 1, call.query.integer("limit") or one.default
    if number < 1 or limit < 1:
        raise BadValue("page", "must be greater than 0")
    if limit > one.most and call.readings.limit_over_max == "413":
        raise Problem(413, f"Too many objects requested: limit must not be more than {one.most}.")
    if one.is_v2 and call.readings.limit_ignored_v2:
        limit = one.default
    return Page(number, min(limit, one.most))


def _shown(one: Collection, row: Row, query: Query) -> Row:
    included = set(query.texts("include") or ())
    return {
        name: one.dates[name](value) if name in one.dates and value is not None else value
        for name, value in row.items()
        if not name.startswith("_") and (name not in one.included or name in included)
    }

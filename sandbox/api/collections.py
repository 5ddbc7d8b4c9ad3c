"""Endpoints of the small collections."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import Any

import orjson

from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint
from sandbox.collection import ByChannel, Collection, Row, Shape, inside
from sandbox.dates import parse_v2, parse_v3
from sandbox.paging import Page, cursor, cursor_meta, envelope, offset_meta, opened_cursor
from sandbox.query import Query
from sandbox.records import KINDS
from sandbox.responses import NOT_FOUND, ApiResponse, BadValue, Problem, json
from sandbox.shelf import Shelf
from sandbox.variants import ApiVariant

_BOUNDS = ("min", "max", "greater", "less")
_OPERATORS = ("in", "not_in", "min", "max", "greater", "less", "like")
_OWN_ADDRESSES = frozenset(
    {
        "abandoned_cart_emails", "banners", "blog_posts", "brands", "categories", "channel_listings", "channels",
        "countries", "currencies", "customer_groups", "email_templates", "gift_certificates", "order_statuses", "pages",
        "placements", "price_lists", "product_complex_rules", "promotions", "scripts", "shipping_methods",
        "shipping_zones", "site_routes", "sites", "store_metafields", "subscribers", "tax_classes", "themes",
        "webhooks", "widget_templates", "widgets", "wishlists",
    }
)  # fmt: skip
"""The collections of which one row can be requested by its id (documented)."""
_WHOLE = (Shape.V2_WHOLE, Shape.V2_TAGS, Shape.DATA, Shape.BARE)
_OBJECTS = (Shape.OBJECT, Shape.BARE_OBJECT)


def endpoints(collections: tuple[Collection, ...]) -> list[Endpoint]:
    """The endpoints of all collections."""
    found = []
    for one in collections:
        lists = None if one.shape in _OBJECTS else one.name
        found.append(Endpoint(one.path, one.scope, _respond(one), _known(one), lists))
        if one.name in _OWN_ADDRESSES:
            found.append(Endpoint(f"{one.path}/{{key}}", one.scope, _one(one)))
        if one.counted:
            found.append(Endpoint(f"{one.path}/count", one.scope, _count(one), _known(one)))
        if one.also_at:
            found.append(Endpoint(one.also_at, one.scope, _respond(one)))
    return found


def _known(one: Collection) -> frozenset[str] | None:
    if not one.is_v2:
        return None
    paged = PAGE_PARAMETERS if one.shape is Shape.V2 else frozenset()
    bounds = {"min_id", "max_id"} if "id" in one.filters else set()
    operators = {f"{name}:{side}" for name in one.dates if name in one.filters for side in ("min", "max")}
    sorting = {"sort", "direction"} if one.sorts else set()
    return paged | one.filters | bounds | operators | sorting


def _respond(one: Collection) -> Callable[[Call], ApiResponse]:
    def respond(call: Call) -> ApiResponse:
        call = _with_carried_filters(one, call)
        rows = _sorted(one, _found(one, call), call.query)
        return _SHAPES.get(one.shape, _offset)(one, call, call.store.collections[one.name], rows)

    return respond


def _one(one: Collection) -> Callable[[Call], ApiResponse]:
    """One row at its own address; 404 without such a row."""

    def respond(call: Call) -> ApiResponse:
        rows = _chosen(one, call, call.store.collections[one.name])
        row = next((row for row in rows if str(inside(row, one.key[-1])) == call.path["key"]), None)
        if row is None:
            raise Problem(404, NOT_FOUND)
        shown = _shown(one, row, call.query)
        return json(shown if one.is_v2 else {"data": shown, "meta": {}})

    return respond


def _count(one: Collection) -> Callable[[Call], ApiResponse]:
    return lambda call: json({"count": len(_found(one, call))})


def _found(one: Collection, call: Call) -> list[Row]:
    """The rows that a request is about, in the order of their making."""
    tests = [test for name, text in call.query.pairs() if (test := _test(one, name, text, call.api_variant))]
    if one.by_channel and one.by_channel.parameter in call.query:
        tests.append(_of_channels(one.by_channel, call.query))
    return [row for row in _chosen(one, call, call.store.collections[one.name]) if all(test(row) for test in tests)]


def _chosen(one: Collection, call: Call, shelf: Shelf) -> list[Row]:
    """The rows of the parent that the path or a parameter names."""
    if one.needs and one.needs not in call.query:
        raise BadValue(one.needs, "is required")
    rows = shelf.rows()
    if one.also_needs:
        granted = {"", *call.store.options.scopes}
        rows = [row for row in rows if one.also_needs(row) in granted]
    if "parent" in call.path:
        parent = _key(call.path["parent"])
        is_lenient = one.shape is Shape.LISTING  # documented: no listings for a channel that is not there
        if one.parent and parent not in call.store.keys(one.parent) and not is_lenient:
            raise Problem(404, NOT_FOUND)
        return [row for row in rows if row[one.parent_field] == parent]
    if one.chosen_by:
        wanted = call.query.integer(one.chosen_by) or 0
        return [row for row in rows if row[one.parent_field] == wanted]
    if one.also_at:
        return [row for row in rows if row[one.parent_field] == 0]
    return rows


def _key(text: str) -> int | str:
    """A key in a path: a number, or text such as a UUID."""
    return int(text) if text.isdecimal() else text


Test = Callable[[Row], bool]


def _of_channels(by: ByChannel, query: Query) -> Test:
    one = query.integer(by.parameter) if by.takes_one else None
    wanted = query.integers(by.parameter) or () if one is None else (one,)
    return lambda row: by.passes(row, wanted)


def _test(one: Collection, name: str, text: str, api_variant: ApiVariant) -> Test | None:
    """The test that a parameter makes of a row; None where it is no filter."""
    requested, _, operator = name.partition(":")
    if one.is_v2 and name[:4] in ("min_", "max_") and (name in one.filters or name[4:] in one.filter_names):
        requested, operator = name[4:], name[:3]
    path = one.filter_names.get(requested, requested if name in one.filters else "")
    path = one.renamed.get(requested, path)
    if not path or (operator and operator not in _OPERATORS):
        return None
    if operator in _BOUNDS or path in one.dates:
        return _bound(one, path, operator, name, text, api_variant)
    if operator in ("in", "not_in"):
        wanted = {part.strip().lower() for part in text.split(",")}
        return lambda row: wanted.isdisjoint(_written(row, path)) == (operator == "not_in")
    if operator == "like":
        return lambda row: any(text.lower() in value for value in _written(row, path))
    return lambda row: text.lower() in _written(row, path)


def _written(row: Row, path: str) -> list[str]:
    """A value as requests write it; each of a list."""
    value = inside(row, path)
    return [str(one).lower() for one in (value if isinstance(value, list) else [value])]


def _bound(one: Collection, path: str, operator: str, name: str, text: str, api_variant: ApiVariant) -> Test | None:
    is_date = path in one.dates
    if is_date and api_variant.date_filter_ignored:
        return None
    try:
        wanted = (parse_v2 if one.is_v2 else parse_v3)(text) if is_date else float(text)
    except ValueError:
        raise BadValue(name, "must be a date" if is_date else "must be a number") from None
    compared = _comparison(operator, includes=_includes_bound(one, is_date, operator, api_variant))

    def test(row: Row) -> bool:
        value = inside(row, path)
        return value not in (None, "") and compared(float(value), wanted)

    return test


def _includes_bound(one: Collection, is_date: bool, operator: str, api_variant: ApiVariant) -> bool:
    if is_date:
        return api_variant.v2_dates_inclusive if one.is_v2 else api_variant.v3_dates_inclusive
    if one.is_v2:
        return api_variant.v2_min_id_inclusive if operator == "min" else api_variant.v2_max_id_inclusive
    return True


def _comparison(operator: str, *, includes: bool) -> Callable[[float, float], bool]:
    if operator == "min":
        return ge if includes else gt
    if operator == "max":
        return le if includes else lt
    return {"greater": gt, "less": lt}.get(operator, eq)


def _sorted(one: Collection, rows: list[Row], query: Query) -> list[Row]:
    field, _, direction = (query.text("sort") or "").partition(":")
    descending = (direction or query.text("direction")) == "desc"
    if not field and one.order:
        field, descending = one.order.lstrip("-"), one.order.startswith("-")
    if field and all(isinstance(row.get(field), str | int | float | None) for row in rows):
        rows = sorted(rows, key=lambda row: (row.get(field) is not None, row.get(field)))
    return rows[::-1] if descending else rows


# Shapes


def _object(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
    if not rows and one.parent in KINDS:  # a customer who never chose, an order made by hand
        return (
            json({"allow": [], "deny": [], "updated_at": None})
            if one.name == "customer_consents"
            else ApiResponse(status=204)
        )
    if not rows:
        raise Problem(404, NOT_FOUND)
    shown = _shown(one, rows[0], call.query)
    return json({"data": shown, "meta": {}} if one.shape is Shape.OBJECT else shown)


def _whole(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
    shown = [_shown(one, row, call.query) for row in rows]
    listed = [shelf.key_of(row) for row in rows]
    if one.shape is Shape.DATA:
        return ApiResponse(orjson.dumps({"data": shown, "meta": {}}), listed=listed)
    if not shown and one.is_v2 and call.api_variant.empty_v2_page == "204":
        return ApiResponse(status=204, listed=listed)
    return ApiResponse(orjson.dumps([shown] if one.shape is Shape.V2_TAGS else shown), listed=listed)


def _v2(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
    page = _page(one, call)
    found = rows[page.start : page.stop]
    listed = [shelf.key_of(row) for row in found]
    if not found and call.api_variant.empty_v2_page == "204":
        return ApiResponse(status=204, listed=listed)
    return ApiResponse(orjson.dumps([_shown(one, row, call.query) for row in found]), listed=listed)


def _offset(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
    page = _page(one, call)
    found = rows[page.start : page.stop]
    meta = offset_meta(call.query, page, len(rows), len(found))
    meta = {one.spelling.get(name, name): value for name, value in meta.items() if one.spelling.get(name) != ""}
    return _enveloped(one, call, shelf, found, {"pagination": meta})


def _with_carried_filters(one: Collection, call: Call) -> Call:
    """The request with the filters that its cursor brings along, if the store's cursors do."""
    place = call.query.text("after") or call.query.text("before")
    if one.shape is not Shape.CURSOR or not place:
        return call
    carried = str(opened_cursor("after", place).get("filters", ""))
    return Call(call.store, call.query.with_defaults(carried), call.path) if carried else call


def _cursor(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
    query, page = call.query, _page(one, call)
    after, before = query.text("after"), query.text("before")
    start, stop = page.start, page.stop
    if after:
        start = _place(after, "after", rows, shelf, query)
        stop = start + page.limit
    elif before:
        stop = _place(before, "before", rows, shelf, query)
        start = max(0, stop - page.limit)
    found = rows[start:stop]
    meta = {}
    if not after and not before:
        meta["pagination"] = offset_meta(query, page, len(rows), len(found))
    if page.number == 1 or after or before:
        carried = _filters_of(query) if call.api_variant.cursor_includes_filters else {}
        meta["cursor_pagination"] = cursor_meta(
            query,
            page.limit,
            [_cursor_of(shelf.key_of(row), carried) for row in found],
            has_next=stop < len(rows),
            has_previous=start > 0,
            always_next=call.api_variant.cursor_next_link_always,
        )
    return _enveloped(one, call, shelf, found, meta)


def _filters_of(query: Query) -> dict[str, str]:
    place = ("after", "before", "page")
    return {"filters": "&".join(part for part in query.raw.split("&") if part.split("=")[0] not in place)}


def _cursor_of(key: Any, carried: dict[str, str]) -> str:
    return cursor({"key": list(key) if isinstance(key, tuple) else key, **carried})


def _place(text: str, name: str, rows: list[Row], shelf: Shelf, query: Query) -> int:
    """The position of a cursor in the list, whether its row is still there or not."""
    key = opened_cursor(name, text).get("key")
    try:
        rank = shelf.rank(tuple(key) if isinstance(key, list) else key)
    except (KeyError, TypeError):
        raise BadValue(name, "is not a cursor") from None
    ranks = [shelf.rank(shelf.key_of(row)) for row in rows]
    if rank in ranks:
        return ranks.index(rank) + (name == "after")
    return sum((one > rank) if query.text("direction") == "desc" else (one < rank) for one in ranks)


def _listing(one: Collection, call: Call, shelf: Shelf, rows: list[Row]) -> ApiResponse:
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


def _enveloped(one: Collection, call: Call, shelf: Shelf, rows: list[Row], meta: dict[str, Any]) -> ApiResponse:
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
    if limit > one.most and call.api_variant.limit_over_max == "413":
        raise Problem(413, f"Too many objects requested: limit must not be more than {one.most}.")
    if one.is_v2 and call.api_variant.limit_ignored_v2:
        limit = one.default
    return Page(number, min(limit, one.most))


def _shown(one: Collection, row: Row, query: Query) -> Row:
    included = set(query.texts("include") or ())
    return {
        name: one.dates[name](value) if name in one.dates and value is not None else value
        for name, value in row.items()
        if not name.startswith("_") and (name not in one.included or name in included)
    }

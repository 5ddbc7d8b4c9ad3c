"""Records that several questions choose from. Each sample is requested once per probe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Any

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.probe.answer import Undecided
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

PARTS = ("variants", "images", "custom_fields", "bulk_pricing_rules", "videos")
"""The lists that products can include without a documented limit."""

DETAILS: Params = MappingProxyType({"include": "consignments.line_items,fees", "consignment_structure": "object"})
"""The parameters with which orders include their consignments, lines and fees."""

_ORDERS_WITH_DETAILS = 100
_PRODUCTS_TO_A_PAGE = 50
_PRODUCT_PAGES = 5


def date_of(row: Row, field: str = "date_modified") -> datetime | None:
    """Returns a date of a record in whole seconds; None if it has none, or one with a fraction of a second."""
    try:
        found = parse_timestamp(row.get(field) or "")
    except (ValueError, TypeError):
        return None
    return found if found and not found.microsecond else None


def orders(probe: ProbeSession) -> list[Row]:
    """Returns the oldest and the newest orders of the plain list, without duplicates."""
    return _without_duplicates(page.rows for page in order_pages(probe))


def order_pages(probe: ProbeSession) -> list[Reply]:
    """Returns the first page of orders by ascending and by descending id."""
    return [probe.get("v2/orders", Scope.ORDERS, {"limit": 250, "sort": f"id:{way}"}) for way in ("asc", "desc")]


def orders_with_details(probe: ProbeSession) -> list[Row]:
    """Returns some of the oldest and newest orders with their consignments, lines and fees."""
    return _without_duplicates(
        probe.get("v2/orders", Scope.ORDERS, {"limit": _ORDERS_WITH_DETAILS, "sort": f"id:{way}", **DETAILS}).rows
        for way in ("asc", "desc")
    )


def order_near(probe: ProbeSession, id_: int, params: Params | None = None, *, is_fresh: bool = False) -> Row | None:
    """Returns an order from the list narrowed down to its id, with further filters; None if it is not listed.

    The bounds are one wider than the id, so that it does not matter whether they are inclusive.
    """
    narrowed: Params = {"min_id": id_ - 1, "max_id": id_ + 1, "limit": 10, **(params or {})}
    reply = probe.get("v2/orders", Scope.ORDERS, narrowed, is_fresh=is_fresh)
    return next((row for row in reply.rows if row.get("id") == id_), None)


def customers(probe: ProbeSession) -> list[Row]:
    """Returns the first page of customers."""
    return _with_ids(probe.get("v3/customers", Scope.CUSTOMERS, {"limit": 250}).rows)


def products(probe: ProbeSession) -> list[Row]:
    """Returns some products with their parts."""
    found: dict[int, Row] = {}
    position: Params = {}
    for _ in range(_PRODUCT_PAGES):
        page = _product_page(probe, position).rows
        new = {row["id"]: row for row in _with_ids(page) if row["id"] not in found}
        found |= new
        if not new or len(found) >= _PRODUCTS_TO_A_PAGE:
            break
        position = {"id:greater": max(new)}
    return list(found.values())


def _product_page(probe: ProbeSession, position: Params) -> Reply:
    for limit in (_PRODUCTS_TO_A_PAGE, 10):
        params: Params = {"include": ",".join(PARTS), "limit": limit, "sort": "id", "direction": "asc", **position}
        try:
            return probe.get("v3/catalog/products", Scope.PRODUCTS, params)
        except BigCommerceError:
            if limit == 10:
                raise
    raise AssertionError("the last page size either returns or raises")


def first_of(candidates: Iterable[Row], wanted: Callable[[Row], Any], most: int) -> list[Row]:
    """Returns at most so many of the candidates that are wanted."""
    found: list[Row] = []
    for row in candidates:
        if len(found) == most:
            break
        if wanted(row):
            found.append(row)
    return found


def enough(rows: list[Row], least: int, what: str) -> list[Row]:
    """Returns the rows. Raises Undecided if there are fewer than `least`, which are `what`."""
    if len(rows) < least:
        raise Undecided(f"needs {what}")
    return rows


def _with_ids(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if type(row.get("id")) is int]


def _without_duplicates(pages: Iterable[list[Row]]) -> list[Row]:
    return list({row["id"]: row for page in pages for row in _with_ids(page)}.values())

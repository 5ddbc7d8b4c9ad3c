"""Filters and sorts of `/v3/catalog/products` (BigCommerce's reference/catalog/products_catalog.v3.yml)."""

from __future__ import annotations

from sandbox.api.v3 import date_range
from sandbox.dates import DAY, is_date_only, parse_v3
from sandbox.query import Query, span
from sandbox.table import ENDLESS, STORE_ORDER, Check, Sort, Where
from sandbox.variants import ApiVariant

_SORTS = (
    "id", "name", "sku", "price", "date_modified", "date_last_imported", "inventory_level", "is_visible",
    "total_sold", "calculated_price",
)  # fmt: skip
_BY_TEXT = ("name", "mpn", "upc", "sku")
_BY_NUMBER = ("price", "weight", "brand_id", "inventory_level", "total_sold")
_BY_FLAG = ("is_visible", "is_featured", "is_free_shipping")
_WORDS = {
    "type": ("physical", "digital"),
    "availability": ("available", "disabled", "preorder"),
}
_CONDITIONS = {"new": "New", "used": "Used", "refurbished": "Refurbished"}


def product_sort(query: Query, api_variant: ApiVariant) -> Sort:
    """`sort=field&direction=asc`; by id when not given, which is not documented."""
    field = query.choice("sort", _SORTS) or "id"
    descending = query.choice("direction", ("asc", "desc")) == "desc"
    return (STORE_ORDER, False) if api_variant.v3_sort_ignored else (field, descending)


def product_where(query: Query, api_variant: ApiVariant, now: int) -> Where:
    """The filter of a list request, made at `now`."""

    def parse(text: str) -> float:
        # A date without time of day is completed with the time of the request (documented).
        return parse_v3(text) + (now % DAY if is_date_only(text) else 0)

    least, most, above, below = (query.integer(f"id:{op}") for op in ("min", "max", "greater", "less"))
    if above is not None:
        least = max(least or 0, above + 1)
    if below is not None:
        most = min(ENDLESS if most is None else most, below - 1)
    ids = query.integers("id:in")
    if (exactly := query.integer("id")) is not None:
        ids = (exactly,) if ids is None or exactly in ids else ()
    return Where(
        modified=date_range(query, "date_modified", api_variant, parse),
        id_range=span(least, most, ENDLESS),
        ids=ids,
        checks=(*_checks(query), *_list_checks(query), *_import_checks(query)),
    )


def _checks(query: Query) -> list[Check]:
    checks = [Check(name, "eq", query.text(name)) for name in _BY_TEXT if name in query]
    checks += [Check(name, "eq", query.number(name)) for name in _BY_NUMBER if name in query]
    checks += [Check(name, "eq", query.flag(name)) for name in _BY_FLAG if name in query]
    checks += [Check(name, "eq", query.choice(name, words)) for name, words in _WORDS.items() if name in query]
    if condition := query.choice("condition", _CONDITIONS):
        checks.append(Check("condition", "eq", _CONDITIONS[condition]))
    for op in ("min", "max", "greater", "less"):
        if f"inventory_level:{op}" in query:
            checks.append(Check("inventory_level", op, query.integer(f"inventory_level:{op}")))
    if query.flag("out_of_stock"):
        checks.append(Check("inventory_level", "max", 0))
    if query.flag("inventory_low"):
        checks.append(Check("inventory_level", "max", 5))
    if "keyword" in query:
        checks.append(Check("keyword", "like", (query.text("keyword"),)))
    return checks


def _list_checks(query: Query) -> list[Check]:
    checks: list[Check] = []
    for name in ("id", "inventory_level"):
        if f"{name}:not_in" in query:
            checks.append(Check(name, "not_in", query.integers(f"{name}:not_in")))
    if "inventory_level:in" in query:
        checks.append(Check("inventory_level", "in", query.integers("inventory_level:in")))
    if "sku:in" in query:
        checks.append(Check("sku", "in", query.texts("sku:in")))
    if "categories:in" in query:
        checks.append(Check("categories", "has_all", query.integers("categories:in")))
    if (category := query.integer("categories")) is not None:
        # A product in more than one category is not found this way (documented).
        checks.append(Check("categories", "is_only", category))
    if "channel_id:in" in query:
        checks.append(Check("channels", "has_any", query.integers("channel_id:in")))
    return checks


def _import_checks(query: Query) -> list[Check]:
    checks = [
        Check("date_last_imported", op, query.moment(f"date_last_imported:{op}", parse_v3))
        for op in ("min", "max")
        if f"date_last_imported:{op}" in query
    ]
    for name, op in (("date_last_imported", "eq"), ("date_last_imported:not", "not")):
        moment = query.moment(name, parse_v3)
        if moment is not None:
            checks.append(Check("date_last_imported", op, str(int(moment))))
    return checks

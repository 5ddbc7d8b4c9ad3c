"""V3 products and variants (BigCommerce's reference/catalog/)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.api.endpoint import Call, Endpoint, existing, rendered
from sandbox.api.product_filters import product_sort, product_where
from sandbox.api.v3 import NestedRows, chosen_fields, paged_rows, row_id
from sandbox.dates import iso_offset, iso_z
from sandbox.options import PRODUCTS
from sandbox.paging import envelope, offset_meta, requested_page
from sandbox.query import Query
from sandbox.responses import ApiResponse, BadValue
from sandbox.store import Store
from sandbox.table import DateForm, Where
from sandbox.templates import ID, Body, Template
from sandbox.variants import ApiVariant

_SLOW_INCLUDES = frozenset({"options", "modifiers"})
_SLOW_PAGE = 10
"""With options or modifiers a page holds at most ten products (documented)."""

_CAPPED = ("variants", "images", "custom_fields", "bulk_pricing_rules", "videos")
_PARTS = (*_CAPPED, "options", "modifiers", "reviews", "parent_relations", "channels")
_INCLUDES = frozenset((*_PARTS, "primary_image"))


def date_form(api_variant: ApiVariant) -> DateForm:
    """The catalog writes `+00:00` unless the API variant says otherwise."""
    return iso_z if api_variant.v3_date_format == "Z" else iso_offset


def _includes(query: Query) -> frozenset[str]:
    requested = frozenset(query.texts("include") or ())
    if requested - _INCLUDES:
        raise BadValue("include", "has an unknown value")
    return requested


def _product(body: Body, include: frozenset[str], api_variant: ApiVariant) -> dict[str, Any]:
    shown = dict(body.fields)
    for name in _PARTS:
        if name in include:
            cap = getattr(api_variant, f"include_cap_{name}") if name in _CAPPED else None
            shown[name] = body.parts[name][:cap]
    if "primary_image" in include:
        shown["primary_image"] = next((row for row in body.parts["images"] if row["is_thumbnail"]), None)
    return shown


def _view(query: Query, api_variant: ApiVariant) -> Callable[[int, Body], Template]:
    include = _includes(query)
    fields_key, cut = chosen_fields(query)
    key = f"product {sorted(include)} {fields_key}"

    def build(body: Body) -> dict[str, Any]:
        whole = _product(body, include, api_variant)
        return {**cut(whole), **{name: whole[name] for name in include if name in whole}}

    return lambda _, body: body.view(key, build)


def _page_size(include: frozenset[str], api_variant: ApiVariant) -> int | None:
    sizes = [_SLOW_PAGE] if include & _SLOW_INCLUDES else []
    if include and api_variant.product_page_shrinks:
        sizes.append(api_variant.product_page_shrinks)
    return min(sizes, default=None)


def list_products(call: Call) -> ApiResponse:
    """`GET /v3/catalog/products`."""
    query, api_variant, products = call.query, call.api_variant, call.store.listed("products")
    shrunk = _page_size(_includes(query), api_variant)
    page = requested_page(query, api_variant, version="v3", shrunk_to=shrunk)
    found = products.select(product_where(query, api_variant, call.store.clock.now()), product_sort(query, api_variant))
    ids = found.ids(page.start, page.stop)
    plain = requested_page(query, api_variant, version="v3").limit if api_variant.total_pages_lies else None
    meta = {"pagination": offset_meta(query, page, len(found), len(ids), counted_limit=plain)}
    rows = rendered(products, ids, date_form(api_variant), _view(query, api_variant))
    return envelope(rows, meta, listed=ids)


def one_product(call: Call) -> ApiResponse:
    """`GET /v3/catalog/products/{id}`."""
    products, id_ = call.store.addressed("products"), call.path["product_id"]
    existing(products, id_)
    rows = rendered(products, [id_], date_form(call.api_variant), _view(call.query, call.api_variant))
    return ApiResponse(b'{"data":' + b"".join(rows) + b',"meta":{}}')


def _part(name: str) -> Callable[[Body], Any]:
    return lambda body: body.parts[name]


class _Lists:
    """Nested rows of products: of one, and all variants."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nested = {name: NestedRows(store.addressed("products"), name, _part(name)) for name in _PARTS}
        self._variants = NestedRows(store.listed("products"), "variants", _part("variants"))

    def of_product(self, name: str) -> Callable[[Call], ApiResponse]:
        """`GET /v3/catalog/products/{id}/...`."""

        def respond(call: Call) -> ApiResponse:
            id_ = call.path["product_id"]
            existing(self._store.addressed("products"), id_)
            found = self._nested[name].of([id_])
            if not found and name == "images" and call.api_variant.product_sublist_empty == "204":
                return ApiResponse(status=204)
            view, cut = chosen_fields(call.query)
            whole = name == "bulk_pricing_rules" and not call.api_variant.bulk_pricing_rules_paged
            return paged_rows(call, self._nested[name], found, date_form(call.api_variant), view, cut, whole=whole)

        return respond

    def variants(self, call: Call) -> ApiResponse:
        """`GET /v3/catalog/variants`: every variant, by product."""
        query = call.query
        id_, products = query.integer("id"), query.integers("product_id:in")
        sku, upc = query.text("sku"), query.text("upc")
        found = None
        if any(one is not None for one in (id_, products, sku, upc)):
            if id_ is not None:
                products = (id_ // 1000,) if products is None or id_ // 1000 in products else ()
            parents = self._store.listed("products").select(Where(ids=products))

            def keep(parent: int, row: Any) -> bool:
                return (
                    (id_ is None or row_id(parent, row) == id_)
                    and (sku is None or _filled_sku(parent, row) == sku)
                    and (upc is None or row["upc"] == upc)
                )

            found = self._variants.of(parents.ids(0, len(parents)), keep)
        return paged_rows(call, self._variants, found, date_form(call.api_variant), *chosen_fields(query))


def _filled_sku(parent: int, row: Any) -> str:
    return str(row["sku"]).replace(str(ID), str(parent))


_SUB_LISTS = {
    "variants": "variants",
    "images": "images",
    "custom-fields": "custom_fields",
    "bulk-pricing-rules": "bulk_pricing_rules",
    "videos": "videos",
    "options": "options",
    "modifiers": "modifiers",
    "reviews": "reviews",
}


def endpoints(store: Store) -> list[Endpoint]:
    """The catalog endpoints of one store."""
    lists = _Lists(store)
    of_product = "v3/catalog/products/{product_id:int}"
    return [
        Endpoint("v3/catalog/products", PRODUCTS, list_products, lists="products"),
        Endpoint(of_product, PRODUCTS, one_product),
        *(Endpoint(f"{of_product}/{path}", PRODUCTS, lists.of_product(part)) for path, part in _SUB_LISTS.items()),
        Endpoint("v3/catalog/variants", PRODUCTS, lists.variants),
    ]

"""The records of a store that exist, in the terms of streams: what may not be deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import Store, nested
from sandbox.children import id_of

ROWS = {  # streams of rows nested in records, and what the sandbox calls them
    "product_variants": "variants",
    "product_images": "images",
    "product_videos": "videos",
    "product_custom_fields": "custom_fields",
    "product_bulk_pricing_rules": "bulk_pricing_rules",
    "product_reviews": "reviews",
    "product_options": "options",
    "product_modifiers": "modifiers",
    "customer_addresses": "addresses",
    "customer_attribute_values": "attributes",
    "order_products": "lines",
    "order_shipping_addresses": "shipping_addresses",
    "order_fees": "fees",
    "order_taxes": "taxes",
    "order_shipments": "shipments",
    "order_coupons": "coupons",
    "order_messages": "messages",
    "transactions": "transactions",
}
_SAME_FOR_ALL_TIME = ("customer_attributes",)
_OF_PARENT = {  # streams with the key of a parent first, and its kind
    "order_consignments": "orders",
    "customer_consents": "customers",
    "customer_stored_instruments": "customers",
}
_OPTION_VALUES = {"product_option_values": "options", "product_modifier_values": "modifiers"}


def exists(store: Store, stream: str, key: Any) -> bool:
    """True if the store certainly has the record with this key; records of some streams follow their parents."""
    with store.lock:
        if stream in _B2B:
            return _B2B[stream](store, *(key if isinstance(key, tuple) else (key,)))
        return _exists(store, stream, key)


def _exists(store: Store, stream: str, key: Any) -> bool:
    if stream in ("orders", "products", "customers"):
        return key in store.dates(stream)
    if stream == "order_refunds":
        return key in store.refunds.ids()
    if stream in ROWS:
        return _row_exists(store, ROWS[stream], key[-1] if isinstance(key, tuple) else key)
    if stream in _OPTION_VALUES:
        return _value_exists(store, _OPTION_VALUES[stream], *key)
    if stream in _OF_PARENT:
        return _first(key) in store.dates(_OF_PARENT[stream])
    if stream == "order_shipping_quotes":
        return key[0] in store.ids("orders") and key[1] in store.child_ids(key[0], "shipping_addresses")
    if stream == "product_complex_rules":
        return any(row["id"] == key for row in store.collections[stream].rows())
    if stream in _SAME_FOR_ALL_TIME:
        return True
    shelf = store.collections[stream]
    return _shelf_key(stream, key) in set(map(_text, shelf.keys()))


def _is_subsidiary(store: Store, parent: int, company: int) -> bool:
    return _has_row(store, "companies", company) and _parent_of(store, company) == parent


def _is_root(store: Store, root: int, company: int) -> bool:
    return _has_row(store, "companies", root) and _parent_of(store, root) is None


def _parent_of(store: Store, company: int) -> int | None:
    return (store.collections["companies"].row(company)["parentCompany"] or {}).get("id")


def _in_list(kind: str, field: str) -> Callable[..., bool]:
    """A check for the record at a position of a list in a row."""

    def is_there(store: Store, key: int, position: int = 1) -> bool:
        return _has_row(store, kind, key) and (not field or position <= len(store.collections[kind].row(key)[field]))

    return is_there


def _has_file(store: Store, company: int, file: str) -> bool:
    return _has_row(store, "companies", company) and _has_row(store, "company_attachments", file)


def _of_company(store: Store, company: int) -> bool:
    return _has_row(store, "companies", company)


def _has_row(store: Store, kind: str, key: Any) -> bool:
    return key in set(store.collections[kind].keys())


_B2B: dict[str, Callable[..., bool]] = {
    "company_subsidiaries": _is_subsidiary,
    "company_hierarchy": _is_root,
    "company_attachments": _has_file,
    "company_credit": _of_company,
    "company_payment_terms": _of_company,
    "b2b_order_products": _in_list("b2b_orders", "_products"),
    "quote_details": _in_list("quotes", ""),
    "quote_line_items": _in_list("quotes", "productList"),
}


def _row_exists(store: Store, kind: str, key: int) -> bool:
    return any(key in store.child_ids(parent, kind) for parent in store.ids(nested.table_of(kind)))


def _value_exists(store: Store, kind: str, option: int, value: int) -> bool:
    return any(
        id_of(row, product) == option and any(id_of(one, product) == value for one in row["option_values"])
        for product in store.ids("products")
        for row in store.products.body(product).parts[kind]
    )


def _first(key: Any) -> Any:
    return key[0] if isinstance(key, tuple) else key


def _shelf_key(stream: str, key: Any) -> str:
    return _text(key[1] if stream == "channel_listings" else key)


def _text(key: Any) -> str:
    """Keys of some collections are texts in the store and numbers in records."""
    return str(key)

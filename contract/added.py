"""Fields that the connector adds to what BigCommerce documents: keys of parents, and dates of theirs."""

from __future__ import annotations

from typing import Any

from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.children import BelowAll, BelowEach
from source_bigcommerce.streams.singleton import Singleton

_INTEGER = {"type": ["null", "integer"]}
_TEXT = {"type": ["null", "string"]}
_TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}

_OTHERS: dict[str, dict[str, dict[str, Any]]] = {
    "order_shipping_quotes": {"shipping_address_id": _INTEGER},
    "product_option_values": {"option_id": _INTEGER},
    "product_modifier_values": {"modifier_id": _INTEGER},
    "inventory_items": {"product_id": _INTEGER, "variant_id": _INTEGER, "sku": _TEXT, "sku_id": _INTEGER},
    "inventory_location_items": {"product_id": _INTEGER, "variant_id": _INTEGER, "sku": _TEXT},
    "search_filter_contexts": {"channel_id": _INTEGER, "category_id": _INTEGER},
}
_NAMED_BY_TEXT = frozenset({"shopper_profile_segments"})  # whose parents have text for an id


def added_to(stream: BigCommerceStream) -> dict[str, dict[str, Any]]:
    """The fields that a stream's records have beside the documented ones, by name, without descriptions."""
    fields: dict[str, dict[str, Any]] = {}
    if isinstance(stream, Singleton):
        fields["id"] = _INTEGER
    if isinstance(stream, (BelowEach, BelowAll)):
        fields[stream.parent_field] = _TEXT if stream.name in _NAMED_BY_TEXT else _INTEGER
    if isinstance(stream, BelowEach) and isinstance(stream, IncrementalStream):
        fields[stream.cursor_field] = _TIMESTAMP
    return {**fields, **_OTHERS.get(stream.name, {})}

"""Fields that the connector adds to what BigCommerce documents: keys of parents, and dates of theirs."""

from __future__ import annotations

import json
from typing import Any

from source_bigcommerce.api.b2b_pagination import Offset
from source_bigcommerce.streams.stream import NestedStream, PerParentStream, SingletonStream, Stream
from tools.project import SCHEMAS

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
    "b2b_orders": {"b2b_id": _INTEGER},
    "b2b_order_products": {"position": _INTEGER},
    "quote_line_items": {"position": _INTEGER},
    "b2b_payment_transactions": {"position": _INTEGER},
    # Of a file outside the folder, to which the documents refer.
    "invoices": {
        "terms_conditions": _TEXT,
        "extra_fields": {
            "type": ["null", "array"],
            "items": {
                "type": ["null", "object"],
                "additionalProperties": True,
                "properties": {"field_name": _TEXT, "field_value": _TEXT},
            },
        },
    },
}


def added_to(stream: Stream) -> dict[str, dict[str, Any]]:
    """The fields that a stream's records have in addition to the documented ones, by name, without descriptions."""
    fields: dict[str, dict[str, Any]] = {}
    if isinstance(stream, SingletonStream):
        fields["id"] = _INTEGER
    pagination, dates = stream.listing.pagination, stream.listing.date_filter
    if isinstance(pagination, Offset) and pagination.key != "id" and stream.one_record_per_entry:
        fields["id"] = _INTEGER
    if dates and not dates.is_returned:
        fields[dates.field] = _TIMESTAMP
    is_child = isinstance(stream, (NestedStream, PerParentStream))
    if is_child or stream.listing.parents:
        fields[stream.parent_field] = _parent_key(stream)
    if is_child and isinstance(stream.cursor_field, str):
        fields[stream.cursor_field] = _TIMESTAMP
    return {**fields, **_OTHERS.get(stream.name, {})}


def _parent_key(stream: Stream) -> dict[str, Any]:
    """The type of the key of the stream's parents; text where the schema of their own stream says so."""
    if not (parents := stream.listing.parents):
        return _INTEGER
    schema = json.loads((SCHEMAS / f"{parents.name}.json").read_text(encoding="utf-8"))
    return _TEXT if "string" in schema["properties"][parents.key]["type"] else _INTEGER

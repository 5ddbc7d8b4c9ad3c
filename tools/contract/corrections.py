"""Differences between the streams' schemas and the documents, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
NUMBER = {"type": ["null", "number"]}
INTEGER = {"type": ["null", "integer"]}
BOOLEAN = {"type": ["null", "boolean"]}
TEXT = {"type": ["null", "string"]}
LEFT_OUT = None
AS_WRITTEN = "as written"


@dataclass(frozen=True)
class Correction:
    """The replacement for the derived schema of a field; `LEFT_OUT` if the field is not one of the record,
    `AS_WRITTEN` where the schema file itself says it, by hand.

    `stream` may be "*" for all; `path` is dotted, with `[]` for the entries of a list.
    """

    stream: str
    path: str
    schema: dict[str, Any] | str | None
    reason: str


_TREE = {"type": ["null", "object"], "additionalProperties": True}
_FORM = {"type": ["null", "array"], "items": _TREE}
_COUNTS = ("items_total", "items_shipped")
_LINES = tuple(f"{group}[].line_items" for group in ("pickups", "shipping", "downloads", "email.gift_certificates"))
_PIECES = "counts pieces, which come whole"
_APART = "line items are one list of the order, and a consignment names its own in `line_item_ids`"
_CURRENCIES = {
    "type": ["null", "object"],
    "additionalProperties": True,
    "properties": {
        "channel_id": INTEGER,
        "enabled_currencies": {"type": ["null", "array"], "items": TEXT},
        "default_currency": TEXT,
    },
}
_LINK = "a link in place of the object, which is followed"
_TREES = {"type": ["null", "array"], "items": _TREE}
_FEES = {
    "type": ["null", "array"],
    "items": {**_TREE, "properties": {"type": TEXT, "description": TEXT, "amount": NUMBER}},
}
_CODE = "a code, which comes whole"
_NUMERIC_ID = "the id of a record that is a number in its own stream"
_CODES = {
    "b2b_payments": (
        "processing_status",
        "applied_status",
        "funding_status",
        "allowed_operations[]",
        "allowed_statuses[]",
    ),
    "receipt_lines": ("payment_status",),
    "b2b_payment_transactions": ("card.expiry_year", "card.expiry_month"),
    "companies": ("company_status", "extra_fields[].field_type"),
    "quote_details": ("extra_fields_info[].field_type", "extra_fields_info[].config_type"),
}
_IDS = {
    "companies": ("catalog_id",),
    "quotes": ("bc_order_id", "order_id"),
    "quote_details": ("bc_order_id", "order_id"),
    "invoices": ("customer_id",),
    "b2b_payments": ("customer_id", "channel_id"),
    "receipts": ("customer_id",),
    "receipt_lines": ("customer_id",),
    "sales_staff_companies": ("bc_id",),
}
_MONEY = {
    "b2b_payments": ("total.value", "line_items[].amount.value"),
    "receipts": ("total.value",),
    "receipt_lines": ("amount.value",),
    "invoices": (
        "details.details.line_items[].quantity",
        "details.details.line_items[].unit_price.value",
        "details.details.line_items[].unit_discount.value",
    ),
}

_B2B_CORRECTIONS = (
    *(
        Correction(stream, path, schema, reason)
        for fields, schema, reason in (
            (_CODES, INTEGER, _CODE),
            (_IDS, INTEGER, _NUMERIC_ID),
            (_MONEY, NUMBER, "an amount, documented as text"),
        )
        for stream, paths in fields.items()
        for path in paths
    ),
    *(
        Correction(f"{stream}_extra_fields", name, INTEGER, _CODE)
        for stream in ("company", "company_user", "company_address", "b2b_order", "quote", "invoice")
        for name in ("field_type", "config_type")
    ),
    *(
        Correction(stream, "subsidiaries", _TREES, "a tree that nests in itself, which no table can hold")
        for stream in ("company_subsidiaries", "company_hierarchy")
    ),
    Correction("b2b_orders", "cart_id", TEXT, "a UUID, by its example"),
    Correction("b2b_order_extra_fields", "uuid", TEXT, "text in the other lists of extra fields"),
    Correction("b2b_order_products", "options[].value", TEXT, "text for options that buyers fill in"),
    Correction("b2b_payments", "fees", _FEES, "as documented for a single payment"),
    Correction("b2b_payments", "module_data.transactions[].raw_transaction", TEXT, "whatever the gateway returned"),
)

CORRECTIONS = (
    *_B2B_CORRECTIONS,
    Correction("promotions", "rules[].condition", _TREE, "a tree that nests in itself, which no table can hold"),
    Correction("promotions", "rules[].action", _TREE, "holds the same trees"),
    Correction("promotions", "customer.segments", _TREE, "holds the same trees"),
    Correction("promotions", "created_from", TEXT, "the program that made it, by name"),
    Correction("widget_templates", "schema", _FORM, "the description of a form, which nests in itself"),
    Correction("widgets", "widget_template.schema", _FORM, "the description of a form, which nests in itself"),
    Correction(
        "placements", "widget.widget_template.schema", _FORM, "the description of a form, which nests in itself"
    ),
    Correction("product_options", "config.date_limit_mode", TEXT, "earliest, range or latest"),
    Correction("product_modifiers", "config.date_limit_mode", TEXT, "earliest, range or latest"),
    Correction("site_certificates", "validity_not_before", TIMESTAMP, "a date, by its text and example"),
    Correction("site_certificates", "validity_not_after", TIMESTAMP, "a date, by its text and example"),
    Correction(
        "coupons",
        "restricted_to.countries",
        {"type": ["null", "array"], "items": TEXT},
        "documented as text, and comes as a list of codes",
    ),
    Correction("order_settings", "meta", LEFT_OUT, "part of the envelope, which this endpoint does not set apart"),
    *(
        Correction(stream, f"{place}{name}", INTEGER, _PIECES)
        for stream, place in (
            ("orders", ""),
            ("orders", "consignments.shipping[]."),
            ("order_consignments", "shipping[]."),
            ("order_shipping_addresses", ""),
        )
        for name in _COUNTS
    ),
    Correction("orders", "shipping_address_count", INTEGER, "counts addresses"),
    Correction("order_products", "quantity_shipped", INTEGER, _PIECES),
    Correction("order_products", "quantity_refunded", INTEGER, _PIECES),
    *(Correction("orders", f"consignments.{place}", LEFT_OUT, _APART) for place in _LINES),
    *(Correction("order_consignments", place, LEFT_OUT, _APART) for place in _LINES),
    Correction("orders", "consignments.url", LEFT_OUT, _LINK),
    Correction("orders", "consignments.resource", LEFT_OUT, _LINK),
    Correction("orders", "fees", AS_WRITTEN, "documented as a link, and requested as a list with `include=fees`"),
    Correction("order_taxes", "priority", INTEGER, "the order in which taxes are applied, a whole number"),
    Correction("order_taxes", "order_product_id", INTEGER, "the id of a line item, spelled as text"),
    Correction("customers", "channel_ids[]", INTEGER, "ids of channels; the entries have no type in the documents"),
    Correction("products", "categories[]", INTEGER, "ids of categories"),
    Correction("products", "reviews_rating_sum", NUMBER, "a sum of ratings, which V3 may send with a fraction"),
    Correction("products", "primary_image.image_url", TEXT, "is returned too, as in the images of the product"),
    Correction("product_variants", "map_price", NUMBER, "is returned too, as documented for variants inside a product"),
    Correction("product_images", "image_file", TEXT, "is returned too, as documented for images inside a product"),
    Correction("widget_templates", "channel_id", INTEGER, "is returned too, as in the documented examples"),
    Correction("channels", "currencies", _CURRENCIES, "is requested with `include=currencies`"),
    Correction("products", "options", LEFT_OUT, "not requested with products; the stream `product_options` has them"),
    Correction("products", "modifiers", LEFT_OUT, "not requested with products: `product_modifiers` has them"),
)


@dataclass(frozen=True)
class Example:
    """The beginning of a difference that `examples` reports for a documented example, and why the stream is right."""

    stream: str
    difference: str
    reason: str


EXAMPLES = (
    Example(
        "store_metafields",
        "cannot be read: ",
        "counts four records and shows one, and nothing leads to the others",
    ),
    Example("coupons", "restricted_to.countries is ['AU'] for 'AU'", "one code stands for a list of one"),
    Example("gift_certificates", "expiry_date ", "an example of seven digits, which are no date for certain"),
)

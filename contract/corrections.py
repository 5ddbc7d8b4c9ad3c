"""Where a stream's schema is not what the documents say, and why."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
NUMBER = {"type": ["null", "number"]}
INTEGER = {"type": ["null", "integer"]}
BOOLEAN = {"type": ["null", "boolean"]}
TEXT = {"type": ["null", "string"]}
LEFT_OUT = None
AS_WRITTEN: dict[str, Any] = {}


@dataclass(frozen=True)
class Correction:
    """What stands in place of the derived schema of a field: `LEFT_OUT` where the field is not one of the record,
    `AS_WRITTEN` where the schema file knows better.

    `stream` and `path` may hold `*`; `path` is dotted, with `[]` for the entries of a list.
    """

    stream: str
    path: str
    schema: dict[str, Any] | None
    reason: str

    def concerns(self, stream: str, path: str) -> bool:
        """Whether it is of this field."""
        pattern = self.path.replace("[", "[[]")  # no set of characters
        return fnmatchcase(stream, self.stream) and fnmatchcase(path, pattern)


_TREE = {"type": ["null", "object"]}
_FORM = {"type": ["null", "array"]}

CORRECTIONS = (
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
    Correction("*", "*form_fields[].value", AS_WRITTEN, "text, a number or a list: text holds each of them"),
    Correction("orders", "fees", AS_WRITTEN, "a list, or a link, or an object around the list: a list here"),
    Correction(
        "orders", "consignments", AS_WRITTEN, "made one shape of several; line items are in a list of their own"
    ),
    Correction("order_consignments", "*", AS_WRITTEN, "made one shape of several; line items are another table"),
    Correction("order*", "*items_*", AS_WRITTEN, "counts come as integers"),
    Correction("order*", "*_id", AS_WRITTEN, "ids come as integers"),
    Correction("orders", "shipping_address_count", AS_WRITTEN, "counts come as integers"),
    Correction("order_products", "quantity_*", AS_WRITTEN, "counts come as integers"),
    Correction("order_products", "weight", NUMBER, "a decimal in text"),
    Correction("order_fees", "*cost*", NUMBER, "a decimal in text"),
    Correction("order_taxes", "priority", INTEGER, "comes as an integer"),
    Correction("coupons", "min_purchase", NUMBER, "a decimal in text"),
    Correction("customers", "channel_ids[]", INTEGER, "ids come as integers"),
    Correction("products", "options", LEFT_OUT, "a table of its own: with it a page shrinks to ten products"),
    Correction("products", "modifiers", LEFT_OUT, "a table of its own: with it a page shrinks to ten products"),
    Correction("products", "categories[]", INTEGER, "ids come as integers"),
    Correction("products", "tax_class_id", INTEGER, "ids come as integers"),
    Correction("products", "reviews_rating_sum", NUMBER, "a sum of ratings, which may be fractions"),
    Correction("order_settings", "meta", LEFT_OUT, "part of the envelope, which this endpoint does not set apart"),
)

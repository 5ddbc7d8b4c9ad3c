"""Where a stream's schema is not what the documents say, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
NUMBER = {"type": ["null", "number"]}
INTEGER = {"type": ["null", "integer"]}
BOOLEAN = {"type": ["null", "boolean"]}
TEXT = {"type": ["null", "string"]}
LEFT_OUT = None


@dataclass(frozen=True)
class Correction:
    """What stands in place of the derived schema of a field; `LEFT_OUT` where the field is not one of the record.

    `stream` may be "*" for all; `path` is dotted, with `[]` for the entries of a list.
    """

    stream: str
    path: str
    schema: dict[str, Any] | None
    reason: str


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
    Correction("order_settings", "meta", LEFT_OUT, "part of the envelope, which this endpoint does not set apart"),
)

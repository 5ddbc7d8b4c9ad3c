"""The records in a response, and their fields with dates, decimals and texts."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from integration_tests.faults.kinds import Kind
from source_bigcommerce.streams.stream import Stream
from tools.streams import streams


def rows_of(body: Any) -> list[dict[str, Any]]:
    """The records in a decoded response, of V2 or V3; they can be changed."""
    rows = body.get("data") if isinstance(body, dict) else body
    return rows if isinstance(rows, list) else []


def shaped(body: Any) -> Any:
    """The same content in another shape: an object for a list, a list for an object."""
    if isinstance(body, list):
        return {"data": body}
    return body["data"] if isinstance(body, dict) and "data" in body else [body]


def cursor_field(kind: Kind) -> str | None:
    """The field that the list is selected by; none for parts of a record."""
    stream = _streams()[kind.stream]
    dates = stream.listing.date_filter
    return _spelled(kind, dates.field) if dates and stream.cursor_field == dates.field else None


def date_field(kind: Kind) -> str | None:
    return _spelled(kind, _field(kind.schema_of, "string", "date-time"))


def number_field(kind: Kind) -> str | None:
    return _spelled(kind, _field(kind.schema_of, "number", None))


def text_field(kind: Kind) -> str | None:
    return _spelled(kind, _field(kind.schema_of, "string", None))


def _spelled(kind: Kind, field: str | None) -> str | None:
    """The name of a field in the responses of its API."""
    if field is None or not kind.is_of_b2b_edition:
        return field
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), field)


@cache
def _streams() -> dict[str, Stream]:
    return {stream.name: stream for stream in streams()}


@cache
def _field(stream: str, type_: str, format_: str | None) -> str | None:
    schema = _streams()[stream].get_json_schema()
    names = (
        name
        for name, field in schema["properties"].items()
        if type_ in field["type"] and field.get("format") == format_ and not name.startswith(("order_", "_ab_"))
    )
    return next(names, None)

"""Where the records are in an answer, and which of their fields are dates, decimals and texts."""

from __future__ import annotations

from functools import cache
from typing import Any

from docs.streams_table import streams
from integration_tests.faults.kinds import Kind
from source_bigcommerce.streams.base import IncrementalStream


def rows_of(body: Any) -> list[dict[str, Any]]:
    """The records in a decoded answer, of V2 or V3; they can be changed."""
    rows = body.get("data") if isinstance(body, dict) else body
    return rows if isinstance(rows, list) else []


def shaped(body: Any) -> Any:
    """The same content in another shape: an object for a list, a list for an object."""
    if isinstance(body, list):
        return {"data": body}
    return body["data"] if isinstance(body, dict) and "data" in body else [body]


def cursor_field(kind: Kind) -> str | None:
    """The field that the list is selected by; none for parts of a record."""
    stream = next(s for s in streams() if s.name == kind.stream)
    is_its_own = isinstance(stream, IncrementalStream) and stream.cursor_field == stream.dated_by
    return stream.cursor_field if is_its_own and isinstance(stream.cursor_field, str) else None


def date_field(kind: Kind) -> str | None:
    return _field(kind.schema_of, "string", "date-time")


def number_field(kind: Kind) -> str | None:
    return _field(kind.schema_of, "number", None)


def text_field(kind: Kind) -> str | None:
    return _field(kind.schema_of, "string", None)


@cache
def _field(stream: str, type_: str, format_: str | None) -> str | None:
    schema = next(s for s in streams() if s.name == stream).get_json_schema()
    names = (
        name
        for name, field in schema["properties"].items()
        if type_ in field["type"] and field.get("format") == format_ and not name.startswith("order_")
    )
    return next(names, None)

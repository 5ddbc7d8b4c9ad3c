"""Writes docs/data-dictionary.md from the schemas, and the demo's queries into docs/data-model.md: `make docs`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from demo.queries import B2B_EDITION, NEXT, Query
from source_bigcommerce.streams.stream import DELETED_AT, Stream
from tools.project import DOCS
from tools.streams import streams

DICTIONARY = DOCS / "data-dictionary.md"
MODEL = DOCS / "data-model.md"
_MARKS = {"queries": NEXT, "queries of B2B Edition": B2B_EDITION}
_INTRODUCTION = """# Data dictionary

All streams and fields, generated from the schemas (`make docs`). `a.b` is a field of the object `a`; `a[].b` is a field
of each entry of the list `a`. Every field except a primary key may be null. Fields that are not listed here, such as
those BigCommerce adds later, are passed through unchanged. Every incremental stream also has the timestamp
`_ab_cdc_deleted_at`, which is null for records that exist ([deletions](deletions.md)).
"""


def dictionary() -> str:
    """Returns the whole document."""
    parts = [_INTRODUCTION]
    for stream in streams():
        about = re.sub(r"\s+", " ", (type(stream).__doc__ or "").strip())
        rows = "\n".join(f"| `{path}` | {kind} | {text} |" for path, kind, text in _fields(_own_schema(stream)))
        parts.append(f"## {stream.name}\n\n{about}\n\n| Field | Type | Meaning |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def with_queries(text: str) -> str:
    """Returns the text of docs/data-model.md with the current queries."""
    for mark, queries in _MARKS.items():
        before, rest = text.split(f"<!-- {mark} -->\n")
        after = rest.split(f"<!-- /{mark} -->")[1]
        text = f"{before}<!-- {mark} -->\n\n{_blocks(queries)}\n<!-- /{mark} -->{after}"
    return text


def _blocks(queries: Iterable[Query]) -> str:
    return "\n".join(f"### {one.title}\n\n```sql\n{_broken(one.sql)}\n```\n" for one in queries)


def _own_schema(stream: Stream) -> Mapping[str, Any]:
    """Returns the stream's schema without the field that all incremental streams have."""
    schema = stream.get_json_schema()
    return {**schema, "properties": {name: field for name, field in schema["properties"].items() if name != DELETED_AT}}


def _fields(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, _kind(field), field.get("description", "")
        yield from _fields(field, here)
        if "items" in field:
            yield from _fields(field["items"], f"{here}[]")


def _kind(field: Mapping[str, Any]) -> str:
    declared = field["type"]
    kind = declared if isinstance(declared, str) else declared[1]  # a primary key is never null
    return "timestamp" if field.get("format") == "date-time" else str(kind)


def _broken(sql: str) -> str:
    """Return the SQL with a line break before each clause."""
    return re.sub(r"(?<!LEFT) (?=(?:FROM|LEFT JOIN|JOIN|WHERE|GROUP BY|ORDER BY)\b)", "\n", sql)


if __name__ == "__main__":
    DICTIONARY.write_text(dictionary(), encoding="utf-8")
    MODEL.write_text(with_queries(MODEL.read_text(encoding="utf-8")), encoding="utf-8")

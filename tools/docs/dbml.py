"""Writes docs/data-model.dbml, tables with columns and relations in DBML (https://dbml.dbdiagram.io): `make docs`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from source_bigcommerce.streams.stream import DELETED_AT, Stream
from tools.docs.relations import key_of, relations
from tools.project import DOCS
from tools.streams import streams

FILE = DOCS / "data-model.dbml"

_TYPES = {
    "array": "json",
    "boolean": "boolean",
    "integer": "bigint",
    "number": "decimal",
    "object": "json",
    "string": "text",
}
_HEAD = """// Tables, columns and relations, generated from the schemas by `make docs`.

Project bigcommerce {
  Note: '''Tables that source-bigcommerce writes. Every incremental one also has the timestamp _ab_cdc_deleted_at.
  0 or null in a reference stands for none, such as customer_id 0 for a guest.'''
}
"""


def dbml() -> str:
    """Returns the whole document: tables, relations, and the tables of each domain of the API as a group."""
    everything = streams()
    parts = (_HEAD, *map(_table, everything), "\n".join(_references()) + "\n", *_groups(everything))
    return "\n".join(parts)


def _table(stream: Stream) -> str:
    key = key_of(stream)
    lines = [
        f"  {name} {_type(field)} [{', '.join(_settings(stream.name, name, field, key))}]"
        for name, field in stream.get_json_schema()["properties"].items()
        if name != DELETED_AT
    ]
    if len(key) > 1:
        lines += ["", "  indexes {", f"    ({', '.join(key)}) [pk]", "  }"]
    about = _text((type(stream).__doc__ or "").strip())
    return "\n".join((f"Table {stream.name} {{", *lines, "", f"  Note: {about}", "}", ""))


def _settings(table: str, column: str, field: Mapping[str, Any], key: tuple[str, ...]) -> Iterator[str]:
    if key == (column,):
        yield "pk"
    elif column in key:
        yield "not null"
    if key != (column,) and (table, column) in _targets():
        yield "unique"  # a relation leads to a column without duplicates
    yield f"note: {_text(field['description'])}"


def _targets() -> set[tuple[str, str]]:
    return {(one.target, one.target_column) for one in relations().values()}


def _type(field: Mapping[str, Any]) -> str:
    declared = field["type"]
    kind = declared if isinstance(declared, str) else next(one for one in declared if one != "null")
    return "timestamp" if field.get("format") == "date-time" else _TYPES[kind]


def _text(words: str) -> str:
    one_line = re.sub(r"\s+", " ", words).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{one_line}'"


def _references() -> Iterator[str]:
    for name, one in relations().items():
        yield f"Ref: {name} {'-' if one.is_unique else '>'} {one.target}.{one.target_column}"


def _groups(everything: Iterable[Stream]) -> Iterator[str]:
    for domain, members in groupby(everything, key=lambda stream: type(stream).__module__.rpartition(".")[2]):
        names = "".join(f"  {stream.name}\n" for stream in members)
        yield f"TableGroup {domain} {{\n{names}}}\n"


if __name__ == "__main__":
    FILE.write_text(dbml(), encoding="utf-8")

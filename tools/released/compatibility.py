"""The changes of a catalog that break the connections and the tables that were created with the former one.

The rules are those of Airbyte's acceptance tests. For specifications the CDK has them (`compare_specs`); for catalogs
it does not. Everything here works on plain JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def broken_by(former: Json, current: Json) -> list[str]:
    """Yields a sentence for each breaking change between two catalogs."""
    streams = {stream["name"]: stream for stream in current["streams"]}
    broken: list[str] = []
    for stream in former["streams"]:
        name = stream["name"]
        if name in streams:
            broken.extend(f"{name}: {what}" for what in _stream(stream, streams[name]))
        else:
            broken.append(f"{name}: the stream is gone")
    return broken


def _stream(former: Json, current: Json) -> Iterator[str]:
    lost = set(former["supported_sync_modes"]) - set(current["supported_sync_modes"])
    if lost:
        yield f"it cannot be synced any more in the mode {', '.join(sorted(lost))}"
    for key in ("namespace", "source_defined_primary_key", "default_cursor_field", "source_defined_cursor"):
        if former.get(key) != current.get(key):
            yield f"{key} was {former.get(key)} and is {current.get(key)}"
    keys = {".".join(path) for path in former.get("source_defined_primary_key") or []}
    yield from _schema(former["json_schema"], current["json_schema"], "", keys)


def _schema(former: Json, current: Json, path: str, never_null: Collection[str]) -> Iterator[str]:
    """The differences at a path. A primary key is `never_null`, whatever the schema says."""
    where = path or "the record"
    types, new_types = _types(former), _types(current)
    if types - {"null"} != new_types - {"null"}:
        yield f"{where} was of type {_listed(types)} and is of type {_listed(new_types)}"
        return  # which says it for all that is in it
    if "null" in types - new_types and path not in never_null:
        yield f"{where} can no longer be null"
    for key in ("format", "airbyte_type"):
        if former.get(key) != current.get(key):
            yield f"{key} of {where} was {former.get(key)} and is {current.get(key)}"
    if former.get("additionalProperties", True) and not current.get("additionalProperties", True):
        yield f"{where} no longer takes fields that are not declared"
    yield from _fields(former, current, path, never_null)
    if "items" in former:
        yield from _schema(former["items"], current.get("items", {}), f"{path}[]", never_null)


def _fields(former: Json, current: Json, path: str, never_null: Collection[str]) -> Iterator[str]:
    declared = current.get("properties", {})
    for name, field in former.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        if name in declared:
            yield from _schema(field, declared[name], inner, never_null)
        else:
            yield f"{inner} is gone"


def _types(schema: Json) -> set[str]:
    declared = schema.get("type", [])
    return {declared} if isinstance(declared, str) else set(declared)


def _listed(types: set[str]) -> str:
    return " or ".join(sorted(types - {"null"})) or "any kind"

"""A stream's schema, derived from the documented response of its endpoint.

Types are those that an analyst expects: amounts are numbers also where V2 sends text, dates are timestamps, everything
but a primary key may be null, as the documents mark that sparsely. Descriptions are this project's own words: they
come from the schema file as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tools.contract.documents import Operation

Schema = dict[str, Any]

_TIMESTAMP = re.compile(r"(^|_)(date|created|modified|updated|timestamp)(_|$)|_at$|^expires$|^last_updated$")
_NO_TIMESTAMP = re.compile(
    r"date_(type|format)|_format$|date_range|_by$|(^|_)(is|has|can)_|_email$|_id$|display|timezone"
)
_DECIMAL = re.compile(r"-?\d+\.\d+")
_AMOUNT = re.compile(
    r"(^|_)(amount|balance|cost|discount|min_purchase|percentage_surcharge|fixed_surcharge|price|weight)(_(ex_|inc_)?tax)?$"
)
_ID = re.compile(r"(^|_)id$")
_DATE_FORMATS = ("date-time", "date")
_COMBINED = ("allOf", "oneOf", "anyOf")


def record_schema(operation: Operation, place: str = "") -> Schema:
    """Returns the schema of one record in the operation's response.

    `place` leads from a record to a field of it that holds the records instead, such as `variants` or `options.values`.
    Where the schema is that of another document, the examples show the fields.
    """
    node = _flat(operation, operation.body.get("schema", {}))
    if "data" in node.get("properties", {}):
        node = _flat(operation, node["properties"]["data"])
    node = _entry(operation, node)
    for name in filter(None, place.split(".")):
        below = {operation.name_of(field): child for field, child in node["properties"].items()}
        node = _entry(operation, _flat(operation, below[name]))
    if "properties" not in node:
        node = _entry(operation, _flat(operation, {"anyOf": [_shown(body["data"]) for body in operation.examples()]}))
    fields = _fields(operation, node)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": fields,
    }


def described(derived: Schema, existing: Mapping[str, Any]) -> Schema:
    """The derived schema with the descriptions, and in the order, of the existing one; what only that has stays."""
    fields = derived.get("properties", {})
    known = existing.get("properties", {})
    if fields or known:
        names = [*known, *(name for name in fields if name not in known)]
        derived["properties"] = {
            name: described(fields[name], known.get(name, {})) if name in fields else known[name] for name in names
        }
    if "items" in derived:
        derived["items"] = described(derived["items"], existing.get("items", {}))
    if "description" in existing:
        derived = {**derived, "description": existing["description"]}
    return {name: derived[name] for name in _in_order(derived)}


def _in_order(schema: Schema) -> list[str]:
    order = ("$schema", "type", "format", "airbyte_type", "description", "additionalProperties", "properties", "items")
    return [name for name in order if name in schema]


def _entry(operation: Operation, node: dict[str, Any]) -> dict[str, Any]:
    while node.get("type") == "array" or ("items" in node and "properties" not in node):
        node = _flat(operation, node["items"])
    return node


def _flat(operation: Operation, raw: Any) -> dict[str, Any]:
    """A node without references and branches: the union of what it may be."""
    node: dict[str, Any] = dict(operation.resolve(raw) or {})
    branches = [_flat(operation, branch) for kind in _COMBINED for branch in node.pop(kind, [])]
    for branch in branches:
        both = _merged(branch.get("properties", {}), node.get("properties", {}))
        entries = [one["items"] for one in (node, branch) if "items" in one]
        kinds = [kind for kind in (node.get("type"), branch.get("type")) if isinstance(kind, str)]
        node = {**branch, **node}
        if both:
            node["properties"] = both
        if len(entries) > 1:
            node["items"] = {"anyOf": entries}
        if kinds:
            node["type"] = _widest(kinds)
        if len(set(kinds)) > 1:
            node.pop("format", None)  # of one of them
            node.pop("example", None)
    if isinstance(node.get("type"), list):
        node["type"] = _widest([kind for kind in node["type"] if kind != "null"] or ["string"])
    return node


def _merged(fields: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of two branches; one that both describe may be what either says."""
    twice = {name: {"allOf": [others[name], fields[name]]} for name in fields if name in others}
    return {**fields, **others, **{name: both for name, both in twice.items() if fields[name] != others[name]}}


def _widest(kinds: Sequence[str]) -> str:
    """The type that holds the values of all these: text, which can spell everything else, where they do not agree."""
    found = set(kinds)
    if len(found) == 1:
        return kinds[0]
    if "object" in found:
        return "object"  # in addition to `[]`, which is how PHP encodes an empty one
    return "number" if found == {"integer", "number"} else "string"


def _shown(value: Any) -> dict[str, Any]:
    """The schema of an example."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: _shown(one) for name, one in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": {"anyOf": list(map(_shown, value))}}
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": kinds[type(value)], "example": value} if type(value) in kinds else {}


def _fields(operation: Operation, node: Mapping[str, Any]) -> dict[str, Schema]:
    """The schemas of the fields of an object, by their names in records."""
    names = {field: operation.name_of(field) for field in node.get("properties", {})}
    return {name: _field(operation, node["properties"][field], name) for field, name in names.items()}


def _field(operation: Operation, node: Any, name: str) -> Schema:
    node = _flat(operation, node)
    kind = node.get("type") or ("object" if "properties" in node else "array" if "items" in node else "string")
    if kind == "object":
        fields = _fields(operation, node)
        return {
            "type": ["null", "object"],
            "additionalProperties": True,
            **({"properties": fields} if fields else {}),
        }
    if kind == "array":
        return {"type": ["null", "array"], "items": _field(operation, node.get("items") or {}, "")}
    if _is_timestamp(node, name, kind):
        return {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
    if kind == "string" and _is_decimal(node, name):
        return {"type": ["null", "number"]}
    if kind == "number" and _ID.search(name):
        return {"type": ["null", "integer"]}
    return {"type": ["null", kind]}


def _is_timestamp(node: Mapping[str, Any], name: str, kind: str) -> bool:
    if kind not in ("string", "integer", "number") or _NO_TIMESTAMP.search(name):
        return False
    return node.get("format") in _DATE_FORMATS or bool(_TIMESTAMP.search(name))


def _is_decimal(node: Mapping[str, Any], name: str) -> bool:
    example = node.get("example")
    return (
        node.get("format") in ("float", "double")
        or ("enum" not in node and bool(_AMOUNT.search(name)))
        or (isinstance(example, str) and bool(_DECIMAL.fullmatch(example)) and "version" not in name)
    )

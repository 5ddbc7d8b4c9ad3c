"""`python -m tools.contract.schemas <folder> [--check] [names]`: the schema files, from BigCommerce's OpenAPI files.

A field that is new comes without a description: that is written by hand, in this project's own words.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import unified_diff
from pathlib import Path
from typing import Any

from source_bigcommerce.streams.stream import Stream
from tools.contract.added import added_to
from tools.contract.corrections import CORRECTIONS
from tools.contract.derive import Schema, described, record_schema
from tools.contract.documents import Documents
from tools.contract.sources import source_of
from tools.project import SCHEMAS
from tools.streams import streams

_SHORT_LISTS = re.compile(r"\[\s+(\"[^\"]*\"(?:,\s+\"[^\"]*\")*)\s+\]")


def schema_of(stream: Stream, documents: Documents, existing: Mapping[str, Any]) -> Schema:
    """The schema of a stream: documented fields, those that the connector adds, corrections, known descriptions."""
    source = source_of(stream)
    derived: Schema = {}
    for endpoint in source.endpoints:
        one = record_schema(documents.operation(endpoint), ".".join(filter(None, (source.list_place, source.place))))
        derived = {**one, "properties": {**one["properties"], **derived.get("properties", {})}}
    derived["properties"].update(added_to(stream))
    return described(_with_keys(_corrected(derived, stream.name), stream), existing)


def schema_at(endpoint: str, name: str, documents: Documents, existing: Mapping[str, Any]) -> Schema:
    """The schema of a stream that does not exist yet: what its endpoint documents, with corrections."""
    return described(_corrected(record_schema(documents.operation(endpoint)), name), existing)


def _with_keys(derived: Schema, stream: Stream) -> Schema:
    """The schema, in which no part of the primary key may be null: a record without one fails its stream."""
    for name in [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key:
        field = derived["properties"][name]
        derived["properties"][name] = {**field, "type": next(kind for kind in field["type"] if kind != "null")}
    return derived


def _corrected(derived: Schema, name: str) -> Schema:
    for correction in CORRECTIONS:
        if correction.stream in (name, "*"):
            _correct(derived, correction.path.replace("[]", ".[]").split("."), correction.schema)
    return derived


def _correct(schema: Schema, path: list[str], correct: Schema | str | None) -> None:
    name, *below = path
    fields, key = (schema, "items") if name == "[]" else (schema.get("properties", {}), name)
    if below and key in fields:
        _correct(fields[key], below, correct)
    elif not below and isinstance(correct, dict):
        fields[key] = deepcopy(correct)
    elif not below:
        fields.pop(key, None)  # `described` keeps what is written, if anything is


def written(schema: Mapping[str, Any]) -> str:
    """The text of a schema file."""
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return _SHORT_LISTS.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text) + "\n"


def differences(documents: Documents) -> list[str]:
    """The names of the streams whose file is not what the tool would write."""
    return [name for name, before, after in _texts(documents, []) if before != after]


def _texts(documents: Documents, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Names of streams, and the text of each file as it is and as it should be."""
    known = {stream.name: stream for stream in streams()}
    for argument in names or known:
        name, _, endpoint = argument.partition("=")
        if not endpoint and name not in known:
            raise SystemExit(f"There is no stream '{name}': declare it first, or name its endpoint, {name}=v3/...")
        file = SCHEMAS / f"{name}.json"
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        existing = json.loads(before or "{}")
        made = schema_at(endpoint, name, documents, existing) if endpoint else None
        yield name, before, written(made or schema_of(known[name], documents, existing))


def without_description(schema: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The paths of the fields that nobody has described yet."""
    for name, field in schema.get("properties", {}).items():
        if not field.get("description"):
            yield f"{place}{name}"
        yield from without_description(field, f"{place}{name}.")
    if "items" in schema:
        yield from without_description(schema["items"], f"{place.removesuffix('.')}[].")


def main(argv: Iterable[str] | None = None) -> int:
    """Writes the files, or with `--check` reports how they differ; exit code 1 if some do."""
    parser = argparse.ArgumentParser(prog="python -m tools.contract.schemas", description=__doc__)
    parser.add_argument("folder", type=Path, help="with BigCommerce's OpenAPI files")
    parser.add_argument("names", nargs="*", help="of streams, or `name=v3/...` for one that does not exist yet")
    parser.add_argument("--check", action="store_true", help="write nothing, print differences")
    options = parser.parse_args(None if argv is None else list(argv))
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder")
    documents, names = Documents(options.folder), [name for one in options.names for name in one.split(",") if name]
    different = 0
    for name, before, after in _texts(documents, names):
        if after == before:
            continue
        different += 1
        if options.check:
            lines = unified_diff(before.splitlines(), after.splitlines(), f"{name}.json", "derived", lineterm="", n=2)
            print("\n".join(lines))
            continue
        (SCHEMAS / f"{name}.json").write_text(after, encoding="utf-8")
        print(f"{name}: written")
        for field in without_description(json.loads(after)):
            print(f"  describe {field}")
    return 1 if options.check and different else 0


if __name__ == "__main__":
    sys.exit(main())

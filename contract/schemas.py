"""`python -m contract.schemas <folder> [--check] [names]`: the schema files, from BigCommerce's OpenAPI files.

A field that is new comes without a description: that is written by hand, in this project's own words.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from contract.added import added_to
from contract.corrections import AS_WRITTEN, CORRECTIONS, LEFT_OUT
from contract.derive import Schema, described, record_schema
from contract.documents import Documents
from contract.sources import source_of
from docs.streams_table import streams
from source_bigcommerce.streams.base import BigCommerceStream

SCHEMAS = Path(__file__).parents[1] / "source_bigcommerce" / "schemas"
_SHORT_LISTS = re.compile(r"\[\s+((?:\"[^\"]*\",?\s*)+?)\s*\]")


def schema_of(stream: BigCommerceStream, documents: Documents, existing: Mapping[str, Any]) -> Schema:
    """The schema of a stream: documented fields, those that the connector adds, corrections, known descriptions."""
    source = source_of(stream)
    derived: Schema = {}
    for endpoint in source.endpoints:
        one = record_schema(documents.operation(endpoint), source.place)
        derived = {**one, "properties": {**one["properties"], **derived.get("properties", {})}}
    derived["properties"].update(added_to(stream))
    _correct(derived, existing, stream.name, "")
    return described(derived, existing)


def _correct(schema: Schema, existing: Mapping[str, Any], stream: str, path: str) -> None:
    """Puts the corrections into a schema, from the outside in."""
    fields, known = schema.get("properties", {}), existing.get("properties", {})
    for name in list(fields):
        here = f"{path}.{name}" if path else name
        found = next((one for one in CORRECTIONS if one.concerns(stream, here)), None)
        if found is None or (found.schema is AS_WRITTEN and name not in known):
            _correct(fields[name], known.get(name, {}), stream, here)
        elif found.schema is LEFT_OUT:
            del fields[name]
        else:
            fields[name] = dict(known[name] if found.schema is AS_WRITTEN else found.schema)
    if "items" in schema:
        found = next((one for one in CORRECTIONS if one.concerns(stream, f"{path}[]")), None)
        if found and found.schema:
            schema["items"] = dict(found.schema)
        else:
            _correct(schema["items"], existing.get("items", {}), stream, f"{path}[]")


def written(schema: Mapping[str, Any]) -> str:
    """The text of a schema file."""
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return _SHORT_LISTS.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]).strip() + "]", text) + "\n"


def main(argv: Iterable[str] | None = None) -> int:
    """Writes the files, or with `--check` tells which differ; exit code 1 when some do."""
    parser = argparse.ArgumentParser(prog="python -m contract.schemas", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", default=[], help="a stream")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(None if argv is None else list(argv))
    documents, different = Documents(options.folder), []
    for stream in streams():
        if options.only and stream.name not in options.only:
            continue
        file = SCHEMAS / f"{stream.name}.json"
        before = file.read_text(encoding="utf-8") if file.exists() else "{}"
        after = written(schema_of(stream, documents, json.loads(before)))
        if after != before:
            different.append(stream.name)
            if not options.check:
                file.write_text(after, encoding="utf-8")
    for name in different:
        print(f"{name}: {'is not what the documents say' if options.check else 'written'}")
    return 1 if options.check and different else 0


if __name__ == "__main__":
    sys.exit(main())

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
from contract.corrections import CORRECTIONS
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
    for correction in CORRECTIONS:
        if correction.stream in (stream.name, "*"):
            _correct(derived, correction.path.replace("[]", ".[]").split("."), correction.schema)
    return described(derived, existing)


def _correct(schema: Schema, path: list[str], correct: Schema | None) -> None:
    name, *below = path
    fields, key = (schema, "items") if name == "[]" else (schema.get("properties", {}), name)
    if below and key in fields:
        _correct(fields[key], below, correct)
    elif not below and correct is None:
        fields.pop(key, None)
    elif not below:
        fields[key] = dict(correct or {})


def written(schema: Mapping[str, Any]) -> str:
    """The text of a schema file."""
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return _SHORT_LISTS.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text) + "\n"


def main(argv: Iterable[str] | None = None) -> int:
    """Writes the files, or with `--check` tells which differ; exit code 1 when some do."""
    parser = argparse.ArgumentParser(prog="python -m contract.schemas", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(None if argv is None else list(argv))
    documents, different = Documents(options.folder), []
    for stream in streams():
        if options.names and stream.name not in options.names:
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

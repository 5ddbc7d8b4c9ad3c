"""Field descriptions are column comments and the data dictionary: each must say what its field means."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import source_bigcommerce

SCHEMAS = sorted((Path(source_bigcommerce.__file__).parent / "schemas").glob("*.json"))
_VAGUE_START = re.compile(r"(Id|Ids) of|(What|When|How|Where|Which|Who)\b")
_SENTENCE_END = re.compile(r"\.(\s|$)")


def descriptions(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Return the path and description of every field, at every depth; an empty description where there is none."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}{name}", field.get("description", "")
        yield from descriptions(field, f"{path}{name}.")
        yield from descriptions(field.get("items", {}), f"{path}{name}[].")


def problem(description: str) -> str | None:
    """Return the rule that a description breaks, or None."""
    if not description:
        return "missing"
    if _VAGUE_START.match(description):
        return "begins with a vague word"
    if len(description.split()) < 2:
        return "too short to say anything beyond the name"
    if description != description.strip() or not description[0].isupper():
        return "not a phrase that begins with a capital letter"
    if len(_SENTENCE_END.findall(description)) == 1:
        return "a single phrase with a period"
    if "|" in description or "\n" in description:
        return "breaks the table of the data dictionary"
    return None


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_every_field_is_described_by_a_meaningful_phrase(file: Path) -> None:
    """At every depth, as analysts see nothing else of a column before the first sync."""
    found = {path: problem(text) for path, text in descriptions(json.loads(file.read_text(encoding="utf-8")))}
    assert found
    assert {path: rule for path, rule in found.items() if rule} == {}


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_top_level_descriptions_of_a_stream_are_distinct(file: Path) -> None:
    """Two columns of one table must not share a description: a reader could not choose between them."""
    fields = json.loads(file.read_text(encoding="utf-8"))["properties"]
    counts = Counter(field["description"] for field in fields.values())
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("description", "is_good"),
    [
        ("Identifier of the subscriber", True),
        ("Whether the store is live. A trial store is not.", True),
        ("", False),
        ("Name", False),
        ("Id of the record", False),
        ("Ids of the channels", False),
        ("What was agreed to", False),
        ("When it was made", False),
        ("How often it was used", False),
        ("Whatever remains", True),
        ("Identifier of the subscriber.", False),
        ("identifier of the subscriber", False),
        ("Either a | or b", False),
    ],
)
def test_vague_descriptions_are_recognized(description: str, is_good: bool) -> None:
    """The check itself must be able to fail."""
    assert (problem(description) is None) is is_good

"""Schemas are derived from documents; what they say in words is written by people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from source_bigcommerce.api.pagination import PageNumber
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import Listing, Parents
from source_bigcommerce.streams.customers import Segments
from source_bigcommerce.streams.stream import Stream
from tools.contract import schemas
from tools.contract.corrections import AS_WRITTEN, LEFT_OUT, Correction
from tools.contract.derive import Schema
from tools.contract.documents import Documents
from tools.contract.examples import lost
from tools.streams import streams

TEXT = {"type": ["null", "string"]}
NUMBER = {"type": ["null", "number"]}
INTEGER = {"type": ["null", "integer"]}
TIMESTAMP = {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
DOCUMENT = """
paths:
  /things/{thing_id}/parts:
    get:
      responses:
        '200':
          $ref: '#/components/responses/Parts'
components:
  responses:
    Parts:
      content:
        application/json:
          schema:
            type: object
            properties:
              meta: {type: object}
              data:
                type: array
                items:
                  allOf:
                    - type: object
                      properties:
                        id: {type: number, description: Words of theirs.}
                        rate: {type: string, example: '1.0000000000'}
                        base_cost: {type: string}
                        name: {type: string, example: '1.0'}
                        app_version: {type: string, example: '1.0'}
                    - $ref: '#/components/schemas/More'
  schemas:
    More:
      type: object
      properties:
        created_at: {type: string}
        added: {type: string, format: date-time}
        created_by: {type: integer}
        scalar: {oneOf: [{type: integer}, {type: number}]}
        mixed: {anyOf: [{type: string}, {type: number, format: float}, {type: array, items: {type: string}}]}
        place:
          oneOf:
            - {type: array, items: {}}
            - {type: object, properties: {city: {type: string}}}
            - {type: object, properties: {country: {type: string}}}
        words: {type: array, items: {type: string}}
        anything: {type: array, items: {}}
"""
ENDPOINT = "v3/things/{id}/parts"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documents, with one of a version that has nothing to do with it, and an empty one of schemas."""
    documents = tmp_path / "documents"
    (documents / "catalog").mkdir(parents=True)
    (documents / "catalog" / "things.v3.yml").write_text(DOCUMENT)
    (documents / "things.v2.oas2.yml").write_text("paths: {'/things/{id}/parts': {get: {responses: {}}}}")
    monkeypatch.setattr(schemas, "SCHEMAS", tmp_path)
    return documents


def derive(folder: Path, existing: dict[str, Any] | None = None) -> Schema:
    return schemas.schema_at(ENDPOINT, "parts", Documents(folder), existing or {})


def test_types_are_those_that_an_analyst_expects(folder: Path) -> None:
    """Across a reference, an envelope, a list and branches."""
    fields = derive(folder)["properties"]
    assert fields["id"] == INTEGER
    assert fields["rate"] == fields["base_cost"] == fields["scalar"] == NUMBER
    assert fields["app_version"] == fields["mixed"] == TEXT
    assert fields["created_at"] == fields["added"] == TIMESTAMP
    assert fields["created_by"] == INTEGER
    assert fields["words"] == fields["anything"] == {"type": ["null", "array"], "items": TEXT}
    assert fields["place"] == {
        "type": ["null", "object"],
        "additionalProperties": True,
        "properties": {"city": TEXT, "country": TEXT},
    }


def test_an_endpoint_that_no_document_has_is_named(folder: Path) -> None:
    """A schema of nothing would hide a misspelled address."""
    with pytest.raises(KeyError, match="v2/things"):
        schemas.schema_at("v2/things/{id}/parts", "parts", Documents(folder), {})


class Parts(Stream):
    """A stream whose schema file is yet to be written."""

    listing = Listing(ENDPOINT, Scope.NONE, PageNumber(), parents=Parents("segments", Segments.listing, "thing_id"))
    primary_key = ["thing_id", "id"]


def test_a_stream_is_declared_before_its_schema_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys may not be null, and that of the parent has the type that the parent's own schema gives it."""
    monkeypatch.setattr(schemas, "streams", lambda: [Parts(streams()[0].store)])
    assert schemas.main([str(folder), "parts"]) == 0
    fields = json.loads((schemas.SCHEMAS / "parts.json").read_text(encoding="utf-8"))["properties"]
    assert (fields["thing_id"]["type"], fields["id"]["type"]) == ("string", "integer")


def test_words_and_order_are_those_of_the_schema_file(folder: Path) -> None:
    """BigCommerce's own descriptions are never taken; fields that are new come last, and fields of ours stay."""
    existing = {
        "properties": {
            "ours": {"type": ["null", "boolean"], "description": "Ours."},
            "place": {"type": ["null", "string"], "properties": {"country": {"description": "Where."}}},
            "id": {"type": ["null", "string"], "description": "Its id."},
        }
    }
    found = derive(folder, existing)
    assert list(found["properties"])[:3] == ["ours", "place", "id"]
    assert found["properties"]["ours"] == existing["properties"]["ours"]
    assert found["properties"]["id"] == {**INTEGER, "description": "Its id."}
    assert found["properties"]["place"]["properties"] == {"country": {**TEXT, "description": "Where."}, "city": TEXT}
    assert "Words of theirs" not in schemas.written(found)


def test_corrections_replace_leave_out_and_leave_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also inside objects and lists."""
    corrections = (
        Correction("parts", "rate", TEXT, "-"),
        Correction("parts", "place.city", LEFT_OUT, "-"),
        Correction("parts", "words[]", INTEGER, "-"),
        Correction("parts", "mixed", AS_WRITTEN, "-"),
        Correction("others", "name", LEFT_OUT, "-"),
    )
    monkeypatch.setattr(schemas, "CORRECTIONS", corrections)
    fields = derive(folder, {"properties": {"mixed": {"type": "object", "description": "Mixed."}}})["properties"]
    assert fields["rate"] == TEXT
    assert list(fields["place"]["properties"]) == ["country"]
    assert fields["words"]["items"] == INTEGER
    assert fields["mixed"] == {"type": "object", "description": "Mixed."}
    assert "name" in fields


def test_a_file_is_written_once_and_checked_after(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stream that does not exist yet has a name and an endpoint; a second run changes nothing."""
    requested = [str(folder), f"parts={ENDPOINT}"]
    assert schemas.main([*requested, "--check"]) == 1
    assert "+++ derived" in capsys.readouterr().out
    assert not (schemas.SCHEMAS / "parts.json").exists()
    assert schemas.main(requested) == 0
    assert "describe place.city" in capsys.readouterr().out
    text = (schemas.SCHEMAS / "parts.json").read_text()
    assert '"type": ["null", "integer"]' in text and text.endswith("}\n")
    assert schemas.main([*requested, "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_stream_that_nobody_knows_needs_an_endpoint(folder: Path) -> None:
    """Silence would look like success."""
    with pytest.raises(SystemExit, match="bananas=v3/"):
        schemas.main([str(folder), "bananas"])


@pytest.mark.parametrize("file", sorted(schemas.SCHEMAS.iterdir()), ids=lambda file: file.stem)
def test_every_field_is_described(file: Path) -> None:
    """The tool leaves that to people."""
    assert list(schemas.without_description(json.loads(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("entry", "record", "differences"),
    [
        ({"a": "5.50", "b": "", "c": True}, {"a": 5.5, "b": None, "c": True}, 0),
        ({"at": "Wed, 05 Dec 2018 20:16:55 +0000"}, {"at": "2018-12-05T20:16:55Z"}, 0),
        ({"at": "0"}, {"at": None}, 0),
        ({"at": "2018-12-05"}, {"at": None}, 1),
        ({"a": "5"}, {"a": None}, 1),
        ({"a": 0}, {"a": None}, 1),
        ({"a": 1}, {"a": True}, 0),
        ({"a": 5}, {}, 1),
        ({"a": [{"b": 1}]}, {"a": [{}]}, 1),
        ({"a": [1, 2]}, {"a": [1]}, 1),
    ],
)
def test_what_a_record_lost_is_noticed(entry: Any, record: Any, differences: int) -> None:
    """A value in another form is not lost; one that means something else is."""
    assert len(lost(entry, record, {"properties": {"at": TIMESTAMP}})) == differences

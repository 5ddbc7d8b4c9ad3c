"""The catalog, by the rules of Airbyte's acceptance tests that the CDK's standard tests do not check."""

from __future__ import annotations

from pathlib import Path

import pytest
from airbyte_cdk.models import AirbyteMessage, Type

from integration_tests.acceptance.catalog import CATALOG, EVERY_INCREMENTAL, EVERY_STREAM, discovered, fields
from integration_tests.harness import START_DATE, CommandLine, as_dict, messages


def test_the_command_prints_one_catalog_and_needs_no_store(tmp_path: Path) -> None:
    """A schema can be shown before the credentials work."""
    cli = CommandLine(tmp_path)
    config = {"start_date": START_DATE, "client_id": "id", "access_token": "token", "store_hash": "hash"}
    code, output = cli.run("discover", "--config", cli.write("config.json", config))
    printed = [m for m in messages(output.splitlines(keepends=True)) if m["type"] != "LOG"]
    assert code == 0
    assert printed == [as_dict(AirbyteMessage(type=Type.CATALOG, catalog=discovered()))]


@pytest.mark.parametrize("name", EVERY_STREAM)
def test_every_field_has_a_type_and_a_description(name: str) -> None:
    """At every depth: the description is all that a user knows of a column before the first sync."""
    declared = list(fields(CATALOG[name].json_schema))
    assert declared
    for path, field in declared:
        assert field.get("type"), path
        assert field.get("description"), path


@pytest.mark.parametrize("name", EVERY_STREAM)
def test_no_schema_uses_what_destinations_do_not_support(name: str) -> None:
    """They know one type a column; alternatives end as text, or not at all."""
    schema = CATALOG[name].json_schema
    assert schema["additionalProperties"] is True
    for path, node in [((), schema), *fields(schema)]:
        assert not {"$ref", "oneOf", "anyOf", "allOf", "not", "enum", "const"} & node.keys(), path


@pytest.mark.parametrize("name", EVERY_STREAM)
def test_a_primary_key_is_a_number_or_text_and_never_null(name: str) -> None:
    """Destinations merge by it, and may refuse a key that is declared nullable."""
    keys = CATALOG[name].source_defined_primary_key
    assert keys
    declared = dict(fields(CATALOG[name].json_schema))
    for key in keys:
        assert declared[tuple(key)]["type"] in ("integer", "string")


@pytest.mark.parametrize("name", EVERY_INCREMENTAL)
def test_a_cursor_is_a_timestamp(name: str) -> None:
    """Destinations keep the record with the latest one."""
    cursor = dict(fields(CATALOG[name].json_schema))[tuple(CATALOG[name].default_cursor_field or ())]
    assert set(cursor["type"]) == {"null", "string"}
    assert (cursor["format"], cursor["airbyte_type"]) == ("date-time", "timestamp_with_timezone")

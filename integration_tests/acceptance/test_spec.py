"""`spec`, by the rules of Airbyte's acceptance tests that the CDK's standard tests do not check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import CommandLine, messages


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    code, output = CommandLine(tmp_path_factory.mktemp("spec")).run("spec")
    assert code == 0
    return list(messages(output.splitlines(keepends=True)))


@pytest.fixture(scope="module")
def schema(printed: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of the form."""
    (message,) = [m for m in printed if m["type"] == "SPEC"]
    connection = message["spec"]["connectionSpecification"]
    assert isinstance(connection, dict)
    return connection


def test_one_specification_is_printed_and_nothing_but_logs_next_to_it(printed: list[dict[str, Any]]) -> None:
    """The platform takes the first one that it finds, and an error next to it for a failure."""
    assert sorted(m["type"] for m in printed if m["type"] != "LOG") == ["SPEC"]
    (spec,) = [m["spec"] for m in printed if m["type"] == "SPEC"]
    assert spec["documentationUrl"].startswith("https://docs.airbyte.com/")


def test_settings_that_it_does_not_know_are_let_pass(schema: dict[str, Any]) -> None:
    """An older connection keeps settings that a newer connector has dropped."""
    assert schema["additionalProperties"] is True


def test_nothing_is_used_that_the_form_cannot_show(schema: dict[str, Any]) -> None:
    """Combinations and references are not resolved by the form, and one type a field is all that it can draw."""
    for path, node in _nodes(schema):
        assert not {"$ref", "oneOf", "anyOf", "allOf", "not", "if"} & node.keys(), path
        assert isinstance(node["type"], str), path


def test_required_settings_are_listed_once_at_the_top(schema: dict[str, Any]) -> None:
    """`required: true` inside of a field is ignored by JSON Schema, so the field would not be required."""
    assert set(schema["required"]) <= schema["properties"].keys()
    for path, node in _nodes(schema):
        assert path == "" or "required" not in node, path


def test_lists_and_objects_say_what_they_hold(schema: dict[str, Any]) -> None:
    """The form draws nothing for an object without fields or a list without a type."""
    for path, node in _nodes(schema):
        assert node["type"] != "object" or node["properties"], path
        assert node["type"] != "array" or node["items"]["type"] in ("string", "integer", "number", "object"), path


def test_a_date_is_bounded_by_a_pattern_and_a_pattern_is_described(schema: dict[str, Any]) -> None:
    """A format alone is not enforced by the form; a pattern without a description is shown to users as it is.

    The start date has a pattern and no format on purpose: `date-time` would refuse 01/31/2024.
    """
    for path, node in _nodes(schema):
        assert node.get("format") not in ("date", "date-time") or "pattern" in node, path
    assert "pattern" in schema["properties"]["start_date"]
    assert schema["properties"]["start_date"]["pattern_descriptor"]


def test_an_unknown_command_does_not_leave_a_traceback(tmp_path: Path) -> None:
    """A user who starts it by hand sees its commands."""
    code, output = CommandLine(tmp_path).run()
    assert code != 0
    assert "spec, check, discover" in output
    assert "Traceback" not in output


def _nodes(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, schema
    for name, node in schema.get("properties", {}).items():
        yield from _nodes(node, f"{path}/{name}")
    if "items" in schema:
        yield from _nodes(schema["items"], f"{path}[]")

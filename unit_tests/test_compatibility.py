"""Changes that break a connection from an earlier version, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from airbyte_cdk.test.standard_tests._spec_compatibility import compare_specs

from tools.released.compatibility import broken_by
from tools.released.snapshot import Snapshot

Change = Callable[[Any], object]

NOW = Snapshot.of_this_version()


def orders(catalog: dict[str, Any]) -> dict[str, Any]:
    (stream,) = [stream for stream in catalog["streams"] if stream["name"] == "orders"]
    assert isinstance(stream, dict)
    return stream


def field(catalog: dict[str, Any], *path: str) -> dict[str, Any]:
    """A field of orders; `[]` leads to the entries of a list."""
    schema: dict[str, Any] = orders(catalog)["json_schema"]
    for name in path:
        schema = schema["items"] if name == "[]" else schema["properties"][name]
    return schema


def settings(spec: dict[str, Any]) -> dict[str, Any]:
    properties = spec["connectionSpecification"]["properties"]
    assert isinstance(properties, dict)
    return properties


BREAKING_CATALOG_CHANGES: dict[str, tuple[Change, str]] = {
    "a stream removed": (lambda c: c["streams"].remove(orders(c)), "orders: the stream is gone"),
    "a sync mode dropped": (
        lambda c: orders(c)["supported_sync_modes"].remove("incremental"),
        "orders: it cannot be synced any more in the mode incremental",
    ),
    "another primary key": (
        lambda c: orders(c).update(source_defined_primary_key=[["id"], ["channel_id"]]),
        "orders: source_defined_primary_key was [['id']] and is [['id'], ['channel_id']]",
    ),
    "no primary key": (
        lambda c: orders(c).pop("source_defined_primary_key"),
        "orders: source_defined_primary_key was [['id']] and is None",
    ),
    "another cursor": (
        lambda c: orders(c).update(default_cursor_field=["date_created"]),
        "orders: default_cursor_field was ['date_modified'] and is ['date_created']",
    ),
    "a cursor that users choose": (
        lambda c: orders(c).update(source_defined_cursor=False),
        "orders: source_defined_cursor was True and is False",
    ),
    "a namespace": (lambda c: orders(c).update(namespace="store"), "orders: namespace was None and is store"),
    "a field removed": (lambda c: field(c)["properties"].pop("status"), "orders: status is gone"),
    "a nested field removed": (
        lambda c: field(c, "billing_address")["properties"].pop("city"),
        "orders: billing_address.city is gone",
    ),
    "a field of a list's entries removed": (
        lambda c: field(c, "line_items", "[]")["properties"].pop("sku"),
        "orders: line_items[].sku is gone",
    ),
    "another type": (
        lambda c: field(c, "total_inc_tax").update(type=["null", "string"]),
        "orders: total_inc_tax was of type number and is of type string",
    ),
    "a wider type": (
        lambda c: field(c, "items_total").update(type=["null", "integer", "number"]),
        "orders: items_total was of type integer and is of type integer or number",
    ),
    "null no longer allowed": (
        lambda c: field(c, "status").update(type=["string"]),
        "orders: status can no longer be null",
    ),
    "an object that becomes a list": (
        lambda c: field(c, "billing_address").update(type=["null", "array"]),
        "orders: billing_address was of type object and is of type array",
    ),
    "another type of a list's entries": (
        lambda c: field(c, "line_items", "[]").update(type=["null", "integer"]),
        "orders: line_items[] was of type object and is of type integer",
    ),
    "entries of a list no longer described": (
        lambda c: field(c, "line_items").pop("items"),
        "orders: line_items[] was of type object and is of type any kind",
    ),
    "a date that becomes text": (
        lambda c: field(c, "date_created").pop("format"),
        "orders: format of date_created was date-time and is None",
    ),
    "a date that loses its zone": (
        lambda c: field(c, "date_created").update(airbyte_type="timestamp_without_timezone"),
        "orders: airbyte_type of date_created was timestamp_with_timezone and is timestamp_without_timezone",
    ),
    "a closed record": (
        lambda c: field(c).update(additionalProperties=False),
        "orders: the record no longer takes fields that are not declared",
    ),
}

HARMLESS_CATALOG_CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    "a new stream": lambda c: c["streams"].append({**orders(c), "name": "shopping_lists"}),
    "another order of streams": lambda c: c["streams"].reverse(),
    "a new sync mode": lambda c: orders(c)["supported_sync_modes"].append("another"),
    "a new field": lambda c: field(c)["properties"].update(news={"type": ["null", "string"]}),
    "a new nested field": lambda c: field(c, "line_items", "[]")["properties"].update(
        news={"type": ["null", "string"]}
    ),
    "another description": lambda c: field(c, "status").update(description="Something else."),
    "another order of types": lambda c: field(c, "status")["type"].reverse(),
}

BREAKING_SPEC_CHANGES: dict[str, Change] = {
    "a setting removed": lambda s: settings(s).pop("num_workers"),
    "an old setting that becomes required": lambda s: s["connectionSpecification"]["required"].append("channel_ids"),
    "a new setting that is required": lambda s: (
        settings(s).update(region={"type": "string"}),
        s["connectionSpecification"]["required"].append("region"),
    ),
    "another type": lambda s: settings(s)["num_workers"].update(type="string"),
    "another type of a list's entries": lambda s: settings(s)["channel_ids"]["items"].update(type="string"),
    "a list of allowed values where there was none": lambda s: settings(s)["store_hash"].update(enum=["abc123"]),
    "a lower bound": lambda s: settings(s)["num_workers"].update(maximum=10),
    "a pattern where there was none": lambda s: settings(s)["api_url"].update(pattern="^https://"),
    "a format where there was none": lambda s: settings(s)["start_date"].update(format="date"),
    "settings that it does not know are refused": lambda s: s["connectionSpecification"].update(
        additionalProperties=False
    ),
    "a secret that is none any more": lambda s: settings(s)["access_token"].update(airbyte_secret=False),
}

HARMLESS_SPEC_CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    "a new setting": lambda s: settings(s).update(region={"type": "string", "default": "eu"}),
    "a setting no longer required": lambda s: s["connectionSpecification"]["required"].remove("client_id"),
    "a higher bound": lambda s: settings(s)["num_workers"].update(maximum=100),
    "another title": lambda s: settings(s)["num_workers"].update(title="Threads"),
    "another default": lambda s: settings(s)["num_workers"].update(default=4),
}


@pytest.mark.parametrize("name", BREAKING_CATALOG_CHANGES)
def test_a_breaking_change_of_the_catalog_is_found_and_reported_in_one_sentence(name: str) -> None:
    """Each rule on its own, so that none is covered by another one only."""
    change, sentence = BREAKING_CATALOG_CHANGES[name]
    assert broken_by(NOW.catalog, _changed(NOW.catalog, change)) == [sentence]


@pytest.mark.parametrize("name", HARMLESS_CATALOG_CHANGES)
def test_a_harmless_change_of_the_catalog_is_let_pass(name: str) -> None:
    """A connector that may not grow is as useless as one that breaks."""
    assert broken_by(NOW.catalog, _changed(NOW.catalog, HARMLESS_CATALOG_CHANGES[name])) == []


@pytest.mark.parametrize("name", BREAKING_SPEC_CHANGES)
def test_a_breaking_change_of_the_specification_is_found(name: str) -> None:
    """The CDK compares; this holds it to the rules that are relied on here."""
    assert compare_specs(NOW.spec, _changed(NOW.spec, BREAKING_SPEC_CHANGES[name])).breaking


@pytest.mark.parametrize("name", HARMLESS_SPEC_CHANGES)
def test_a_harmless_change_of_the_specification_is_let_pass(name: str) -> None:
    """A saved config stays valid."""
    assert compare_specs(NOW.spec, _changed(NOW.spec, HARMLESS_SPEC_CHANGES[name])).breaking == []


def test_a_value_less_to_choose_from_is_a_breaking_change() -> None:
    """No setting has such a list today, so the rule is held on one made up."""
    before = _changed(NOW.spec, lambda s: settings(s).update(region={"type": "string", "enum": ["eu", "us"]}))
    fewer = _changed(before, lambda s: settings(s)["region"]["enum"].remove("us"))
    assert compare_specs(before, fewer).breaking
    assert compare_specs(fewer, before).breaking == []


def _changed(what: dict[str, Any], change: Change) -> dict[str, Any]:
    copy = deepcopy(what)
    change(copy)
    return copy

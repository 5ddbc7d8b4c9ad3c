"""Records of a sync are validated against schemas, and streams without records are reported."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import Options, serve
from source_bigcommerce.streams.marketing import Banners, Coupons
from tools.contract import records
from tools.contract.records import read_records


def test_a_record_that_its_schema_does_not_allow_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that the sandbox does not play are named, not passed over."""
    monkeypatch.setattr(records, "ALL_STREAMS", (Coupons, Banners))
    with serve(Options(orders=1, products=1, customers=1, coupons=8)) as server:
        endpoints = [one for one in server.endpoints if "banners" not in one]
        number, found, unplayed = read_records(server, endpoints)
        assert (number, found, unplayed) == (len(server.store.ids("coupons")), [], ["banners"])
        right = Coupons.get_json_schema

        def wrong(self: Any) -> Any:
            schema = dict(right(self))
            return {**schema, "properties": {**schema["properties"], "name": {"type": ["null", "boolean"]}}}

        monkeypatch.setattr(Coupons, "get_json_schema", wrong)
        assert any("the field name of 'coupons'" in one for one in read_records(server, endpoints)[1])


def test_a_field_that_its_schema_does_not_declare_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A destination drops it or makes a column of it, as it likes; those inside of others count too."""
    monkeypatch.setattr(records, "ALL_STREAMS", (Coupons,))
    right = Coupons.get_json_schema

    def without(self: Any) -> Any:
        properties = {name: field for name, field in right(self)["properties"].items() if name != "code"}
        applies_to = {**properties["applies_to"], "properties": {}}
        return {**right(self), "properties": {**properties, "applies_to": applies_to}}

    with serve(Options(orders=1, products=1, customers=1, coupons=8)) as server:
        assert read_records(server, server.endpoints)[1] == []
        monkeypatch.setattr(Coupons, "get_json_schema", without)
        reported = read_records(server, server.endpoints)[1]
    assert "coupons: code: the schema does not declare it" in reported
    assert "coupons: applies_to.entity: the schema does not declare it" in reported

"""Records of a sync are held against schemas, and what cannot be is told."""

from __future__ import annotations

from typing import Any

import pytest

from contract import records
from contract.records import read_records
from sandbox import Options, serve
from source_bigcommerce.streams.marketing import Banners, Coupons


def test_a_record_that_its_schema_does_not_allow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
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

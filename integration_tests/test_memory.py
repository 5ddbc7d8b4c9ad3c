"""Memory: what was passed on is let go, however long the list is."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Any

import pytest
import requests
from airbyte_cdk.models import SyncMode

from integration_tests.harness import config_for
from sandbox import Options, serve
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams import base, slicing
from source_bigcommerce.streams.base import IncrementalStream


class Entry(dict[str, Any]):
    """An entry of a decoded page; unlike a plain dict it can be watched."""


@pytest.mark.parametrize("name", ["orders", "order_products", "products", "customers"])
def test_a_page_is_let_go_before_the_next_is_fetched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker holds one decoded page at a time: two of them took the connector beyond its 250 MB."""
    monkeypatch.setattr(slicing, "SAMPLE_SIZE", 20)
    entries: list[weakref.ref[Entry]] = []
    kept: list[int] = []
    decode, send = base.decode, base.BigCommerceStream._send

    def watched(response: requests.Response) -> Any:
        body = decode(response)
        rows = body["data"] if isinstance(body, dict) and isinstance(body.get("data"), list) else body
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, Entry):
                rows[number] = Entry(row)
                entries.append(weakref.ref(rows[number]))
        return body

    def counting(stream: base.BigCommerceStream, path: str) -> requests.Response:
        kept.append(sum(entry() is not None for entry in entries))
        return send(stream, path)

    with serve(Options(orders=200, products=200, customers=200, oddities=False)) as server:
        stream = next(one for one in SourceBigcommerce().streams(config_for(server)) if one.name == name)
        assert isinstance(stream, IncrementalStream)
        monkeypatch.setattr(type(stream), "paging", replace(stream.paging, limit=20))
        monkeypatch.setattr(type(stream), "pages_per_slice", 3)
        slices = list(stream.stream_slices(sync_mode=SyncMode.incremental))
        monkeypatch.setattr(base, "decode", watched)
        monkeypatch.setattr(base.BigCommerceStream, "_send", counting)
        for one in slices:
            for _, records in stream.read_pages([stream], one):
                for _ in records:
                    pass
    assert len(slices) > 1
    assert len(entries) >= 190
    assert len(kept) >= 8
    assert max(kept) <= 1, "the entry that was yielded last may be alive still, but not its page"

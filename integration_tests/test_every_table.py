"""Every table there is: read whole, while its rows are edited, added and taken away; and after that what is new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.harness import CORE, INCREMENTAL, STREAMS, Sync, sync
from sandbox import READINGS, Options, Server, serve
from sandbox.collection import Shape
from sandbox.collections import COLLECTIONS
from source_bigcommerce.streams import ALL_STREAMS, base, slicing

# Those of which the store has rows of its own, not parts of products, customers and orders.
TABLES = {one.name: one for one in COLLECTIONS if one.name in STREAMS}
SMALL = Options(orders=60, products=60, customers=60, coupons=10)
PAGE = 20
AWKWARD = (
    "likeliest",
    "V3 dates are exclusive",
    "date filters are ignored",
    "min_id is exclusive",
    "everything awkward",
)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that these small collections have several, and a change falls between two."""
    for stream in ALL_STREAMS:
        if getattr(stream.paging, "limit", 0) > 1:
            monkeypatch.setattr(stream, "paging", replace(stream.paging, limit=PAGE))
    monkeypatch.setattr(slicing, "SAMPLE_SIZE", PAGE - 1)
    monkeypatch.setattr(base.IncrementalStream, "pages_per_slice", 2)


def shown(name: str, record: dict[str, Any]) -> Any:
    """The key by which the sandbox knows a record."""
    inner = {"_channel": "channel_id", "_location": "location_id", "_parent": OWNERS.get(name, "")}
    values = []
    for part in TABLES[name].key:
        value: Any = record
        for step in inner.get(part, part).split("."):
            value = value.get(step) if isinstance(value, dict) else None
        values.append(value)
    return values[0] if len(values) == 1 else tuple(values)


OWNERS = {
    "customer_consents": "customer_id",
    "order_shipping_quotes": "order_id",
    "product_complex_rules": "product_id",
}


def missing(server: Server, result: Sync, since: float) -> dict[str, set[Any]]:
    """Rows that the sync had to bring and did not."""
    found = {}
    for name in TABLES:
        if TABLES[name].shape in (Shape.OBJECT, Shape.BARE_OBJECT) or name == "inventory_items":
            continue
        owed = server.store.must_emit(name, 0, since)
        if name == "product_tax_properties":  # which are asked for by product, and some products are deleted
            owed &= set(server.store.ids("products"))
        if lost := owed - {shown(name, record) for record in result.records[name]}:
            found[name] = lost
    return found


def test_every_stream_brings_records_and_every_row_of_a_table() -> None:
    """From a store at rest: nothing is empty, nothing is missing, nothing fails."""
    with serve(replace(SMALL, rows=260)) as server:
        since = server.store.clock.time()
        result = sync(server)
        assert not result.failure, result.errors
        assert [name for name in STREAMS if not result.records[name]] == []
        assert missing(server, result, since) == {}
    assert len(STREAMS) >= 95


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("reading", AWKWARD)
def test_tables_that_change_at_every_page_lose_no_row(reading: str, workers: int) -> None:
    """Lists by key, by cursor and by page number alike."""
    options = replace(SMALL, rows=70, live_every=1, readings=READINGS[reading])
    names = [name for name in STREAMS if name in TABLES]
    with serve(options) as server:
        since = server.store.clock.time()
        first = sync(server, names, num_workers=workers)
        assert not first.failure, first.errors
        assert missing(server, first, since) == {}

        server.set_live(0)
        server.store.clock.advance(3600)
        changed = {
            name: edited(server, name)
            for name in names
            if name in INCREMENTAL and "date_modified" in TABLES[name].dates
        }
        second = sync(server, names, state=first.state(), num_workers=workers)
        assert not second.failure, second.errors
        for name, key in changed.items():
            assert key in {shown(name, record) for record in second.records[name]}, name
    assert all(len(second.records[name]) < len(first.records[name]) for name in changed)


def edited(server: Server, name: str) -> Any:
    """Edits a row of a table; returns its key."""
    shelf = server.store.collections[name]
    key = shelf.keys()[3]
    shelf.edit(key)
    return key


def test_the_core_and_the_tables_are_all_there_is() -> None:
    """What is neither is a part of customers or products, which `shared_list` reads with them."""
    parts = {name for name in STREAMS if name not in CORE and name not in TABLES}
    assert parts <= {name for name in STREAMS if name.startswith(("product_", "customer_", "wishlist_", "store"))}

"""The requirements of the connector, line by line."""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from airbyte_cdk.models import Status, SyncMode
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.streams import IncrementalMixin
from airbyte_cdk.sources.streams.http import HttpStream

from integration_tests.harness import (
    CORE,
    INCREMENTAL,
    KEYS,
    KINDS,
    LISTED,
    STREAMS,
    Sync,
    as_dict,
    catalog_of,
    config_for,
    seconds_of,
    sync,
)
from sandbox import Options, serve
from sandbox.options import MISSION_SCOPES
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.stream import Stream as BigCommerceStream
from unit_tests.representatives import ONE_OF_EACH_KIND, representatives
from unit_tests.support import set_page_size

LOGGER = logging.getLogger("airbyte")
MISSION = {"customers", "orders", "products", "coupons"}
LATE = datetime(2025, 6, 1, tzinfo=timezone.utc)
CURSORS = {"order_refunds": "created"}
BELOW_A_PARENT = re.compile(r"/\d+/")


def test_the_source_and_its_streams_are_what_the_cdk_expects() -> None:
    """Every tool that works with an ordinary source works with this one."""
    source = SourceBigcommerce()
    assert isinstance(source, AbstractSource)
    streams = {
        s.name: s
        for s in source.streams({"start_date": "2024-01-01", "client_id": "c", "access_token": "t", "store_hash": "h"})
    }
    for stream in streams.values():
        assert isinstance(stream, BigCommerceStream)
        assert isinstance(stream, HttpStream)
        assert isinstance(stream, IncrementalMixin)
    assert list(streams) == list(STREAMS)
    assert {name: streams[name].primary_key for name in KINDS} == dict.fromkeys(MISSION, "id")
    incremental = {name for name, stream in streams.items() if isinstance(stream.reader, IncrementalListReader)}
    assert incremental == set(INCREMENTAL)
    assert incremental & set(KINDS) == MISSION - {"coupons"}


def test_discover_offers_the_documented_modes() -> None:
    """Customers, orders and products on their source-defined cursor; coupons whole. No network is needed."""
    for configured in catalog_of().streams:
        stream = configured.stream
        assert stream.source_defined_primary_key == [[part] for part in KEYS[stream.name]]
        if stream.name in INCREMENTAL:
            assert stream.supported_sync_modes == [SyncMode.full_refresh, SyncMode.incremental]
            assert (stream.source_defined_cursor, stream.default_cursor_field) == (
                True,
                [cursor_of(stream.name)],
            )
            assert stream.is_resumable
        else:
            assert stream.supported_sync_modes == [SyncMode.full_refresh]
            assert not stream.is_resumable


def cursor_of(name: str) -> str:
    """Child records use the date of their parent."""
    if name in CORE and name not in KINDS:
        return CURSORS.get(name, "order_date_modified")
    of = name.partition("_")[0]
    parts = of in ("product", "customer", "order") and name not in OWN_DATES
    return f"{of}_date_modified" if parts else "date_modified"


OWN_DATES = (
    "customer_attributes",
    "customer_attribute_values",
    "customer_groups",
    "customer_metafields",
    "order_metafields",
    "product_metafields",
)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "start_date", representatives(["06/01/2025", "2025-06-01", "2025-06-01T00:00:00Z"], {"06/01/2025"})
)
def test_the_start_date_bounds_customers_and_orders_but_not_the_first_sync_of_products(start_date: str) -> None:
    """An order of today may be for a product of ten years ago."""
    with serve(Options(orders=400, products=300, customers=300)) as server:
        result = sync(server, start_date=start_date)
        assert set(result.ids("products")) == set(server.store.ids("products"))
        assert set(result.ids("coupons")) == set(server.store.ids("coupons"))
        for kind in ("orders", "customers"):
            wanted = {id_ for id_, modified in server.store.dates(kind).items() if modified >= LATE.timestamp()}
            assert 0 < len(wanted) < len(server.store.ids(kind))
            assert set(result.ids(kind)) == wanted


def test_the_second_sync_of_products_reads_new_and_changed_ones_only() -> None:
    """Also when the start date lies after the first sync's state."""
    with serve(Options(orders=10, products=400, customers=10)) as server:
        first = sync(server, ["products"])
        server.store.clock.advance(3600)
        changed = {server.store.ids("products")[7], server.store.create("products")}
        server.store.edit("products", min(changed), name="New name")
        second = sync(server, ["products"], state=first.state())
    assert set(second.ids("products")) == changed
    assert second.latest("products")[min(changed)]["name"] == "New name"


def test_coupons_are_read_whole_each_time() -> None:
    """The number of uses of a coupon changes without a date."""
    with serve(Options(orders=10, products=10, customers=10, coupons=600)) as server:
        first = sync(server, ["coupons"])
        second = sync(server, ["coupons"], state=first.state())
    assert first.ids("coupons") == second.ids("coupons")
    assert len(set(first.ids("coupons"))) == 600


@pytest.mark.parametrize("kind", representatives(STREAMS, ONE_OF_EACH_KIND.values()))
def test_two_full_refreshes_give_the_same_records(kind: str) -> None:
    """A full refresh of a store at rest is repeatable."""
    with serve(Options(orders=300, products=300, customers=300)) as server:
        first = sync(server, [kind], mode=SyncMode.full_refresh)
        second = sync(server, [kind], mode=SyncMode.full_refresh)
    assert first.latest(kind) == second.latest(kind)
    assert first.statuses[kind] == ["STARTED", "RUNNING", "COMPLETE"]


@pytest.mark.exhaustive
def test_a_stream_read_on_its_own_gives_the_same_records_and_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the concurrent source: `AbstractSource` reads the plain streams one after the other."""
    set_page_size(monkeypatch, 20, pages_per_slice=2)
    with serve(Options(orders=50, products=50, customers=50)) as server:
        concurrent = sync(server)
        sequential = Sync()
        for message in AbstractSource.read(SourceBigcommerce(), LOGGER, config_for(server), catalog_of(), []):
            sequential.take(as_dict(message))
    for name in STREAMS:
        assert sequential.latest(name) == concurrent.latest(name)
        assert sequential.statuses[name] == concurrent.statuses[name]
    for name in INCREMENTAL:
        assert seconds_of(sequential.states[name][-1]) >= seconds_of(concurrent.states[name][-1])


def test_four_read_only_scopes_are_enough_and_nothing_else_is_touched() -> None:
    """Customers, Marketing, Orders and Products; the sandbox refuses what needs another scope."""
    with serve(Options(orders=600, products=300, customers=300, live_every=3, scopes=MISSION_SCOPES)) as server:
        status = SourceBigcommerce().check(LOGGER, config_for(server))
        checked = len(server.requests)
        result = sync(server, KINDS)
        refused = [request for request in server.requests[checked:] if request.status in (401, 403)]
        methods = {request.method for request in server.requests}
    assert status.status is Status.SUCCEEDED
    assert not result.failure
    assert refused == []
    assert methods == {"GET"}


@pytest.mark.parametrize("b2b", [False, True])
def test_check_waits_for_the_store_three_times_only(b2b: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for its clock, once for the scopes, which are requested together, and once for what is below a record that
    had to be found first: three round trips, however slow."""
    scopes = len(set(Scope) - {Scope.NONE, Scope.CHECKOUT_CONTENT}) - (not b2b)
    # Breaks when one of the requests is not sent before another one of them is served.
    together = threading.Barrier(scopes)
    below: list[str] = []
    send = requests.Session.send

    def send_together(session: Any, request: Any, **settings: Any) -> Any:
        path = request.path_url.partition("?")[0]
        if BELOW_A_PARENT.search(path):
            below.append(path.rsplit("/", 1)[1])
        elif not path.endswith("/v2/time"):
            together.wait(timeout=60)
        return send(session, request, **settings)

    monkeypatch.setattr(requests.Session, "send", send_together)
    with serve(Options(orders=50, products=50, customers=50, b2b=b2b)) as server:
        status = SourceBigcommerce().check(LOGGER, config_for(server))
        clock, *others = server.requests
    assert status.status is Status.SUCCEEDED
    assert not together.broken
    assert clock.path == "v2/time"
    assert sorted(below) == ["listings", "stored-instruments", "transactions"]
    assert len(others) == scopes + len(below)


def test_only_the_chosen_channels_are_read() -> None:
    """Multi-storefront: orders and products of other channels stay out; customers and coupons have none."""
    with serve(Options(orders=500, products=300, customers=20)) as server:
        everything = sync(server, LISTED)
        channels = {order["channel_id"] for order in everything.records["orders"]}
        assert len(channels) > 1
        chosen = sorted(channels)[:1]
        result = sync(server, LISTED, channel_ids=chosen)
    assert set(result.ids("orders")) == {o["id"] for o in everything.records["orders"] if o["channel_id"] in chosen}
    assert set(result.ids("products")) == {
        p["id"] for p in everything.records["products"] if set(p["channels"]) & set(chosen)
    }
    assert {line["order_id"] for line in result.records["order_products"]} == {
        line["order_id"] for line in everything.records["order_products"]
    } & set(result.ids("orders"))
    assert set(result.ids("customers")) == set(everything.ids("customers"))

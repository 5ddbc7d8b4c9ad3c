"""Settings that let in more records than before: what they left out comes with the next sync, without a reset."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from integration_tests.harness import DATED, Sync, sync
from integration_tests.test_moving_in import as_state
from sandbox import Options, Server, serve
from sandbox.collections.forms import CHANNELS
from source_bigcommerce.lists import sampling
from unit_tests.representatives import representatives

ONE, OTHERS = CHANNELS[0], CHANNELS[1:3]
OPTIONS = Options(orders=400, products=200, customers=150, coupons=5)
LATE = "2025-06-01"
NARROWED = ("orders", "order_products", "products", "product_variants", "channels", "channel_listings")


def held(first: Sync, *later: Sync) -> dict[str, set[Any]]:
    """The keys in a destination after some syncs."""
    names = first.records.keys() | {name for one in later for name in one.records}
    return {name: {key for one in (first, *later) for key in one.ids(name)} for name in names}


@pytest.mark.exhaustive
@pytest.mark.parametrize("workers", representatives([1, 8], {8}))
@pytest.mark.parametrize("chosen", [[], [ONE, *OTHERS]], ids=["all channels", "two more"])
def test_another_channel_brings_its_older_records(
    monkeypatch: pytest.MonkeyPatch, chosen: list[int], workers: int
) -> None:
    """Of every stream that the channels narrow down; what the destination has is not read again."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 20)
    with serve(OPTIONS) as server:
        spread_products(server)
        first = sync(server, NARROWED, channel_ids=[ONE])
        second = sync(server, NARROWED, channel_ids=chosen, state=first.state(), num_workers=workers)
        expected = sync(server, NARROWED, channel_ids=chosen)
        third = sync(server, NARROWED, channel_ids=chosen, state=second.state())
    assert not first.failure and not second.failure, second.errors
    for name in NARROWED:
        assert set(expected.ids(name)) <= held(first, second)[name], name
        assert set(expected.ids(name)) > set(first.ids(name)), f"{name} gains nothing"
        assert third.ids(name) == [], name
    for name in ("orders", "products"):
        assert set(second.ids(name)).isdisjoint(first.ids(name)), f"{name} that were there came again"


def test_an_earlier_start_date_brings_what_lies_before() -> None:
    """And nothing of what lies behind it."""
    with serve(OPTIONS) as server:
        first = sync(server, DATED, start_date=LATE)
        second = sync(server, DATED, state=first.state())
    assert not second.failure, second.errors
    assert held(first, second)["orders"] == set(server.store.ids("orders"))
    assert held(first, second)["customers"] == set(server.store.ids("customers"))
    for name in ("orders", "customers"):
        assert first.ids(name) and set(second.ids(name)).isdisjoint(first.ids(name))
    assert second.ids("products") == []


def test_the_log_names_what_is_read_in_addition(caplog: pytest.LogCaptureFixture) -> None:
    """A sync that suddenly takes long needs a reason."""
    caplog.set_level("INFO", "airbyte")
    with serve(OPTIONS) as server:
        first = sync(server, ["orders"], start_date=LATE)
        assert "include more records" not in caplog.text
        second = sync(server, ["orders"], state=first.state())
        assert "include more records of 'orders'" in caplog.text
        caplog.clear()
        sync(server, ["orders"], state=second.state())
    assert "include more records" not in caplog.text


def test_fewer_channels_and_a_later_start_date_go_on() -> None:
    """Nothing comes again, nothing is deleted; a change back brings what was left out in the meantime."""
    with serve(OPTIONS) as server:
        first = sync(server, ["orders"])
        server.store.clock.advance(600)
        narrowed = sync(server, ["orders"], channel_ids=[ONE], state=first.state())
        assert not narrowed.failure and narrowed.ids("orders") == []
        server.store.clock.advance(600)
        other = next(id_ for id_ in server.store.ids("orders") if channel_of(server, id_) != ONE)
        server.store.edit("orders", other)
        server.store.clock.advance(600)
        unseen = sync(server, ["orders"], channel_ids=[ONE], state=narrowed.state())
        assert unseen.ids("orders") == []
        widened = sync(server, ["orders"], state=unseen.state())
    assert other in widened.ids("orders")


def test_every_state_of_a_backfill_is_a_good_place_to_go_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is interrupted, also by another change of the settings."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 20)
    with serve(OPTIONS) as server:
        everything = set(server.store.ids("orders"))
        first = sync(server, ["orders"], channel_ids=[ONE], start_date=LATE)
        second = sync(server, ["orders"], state=first.state(), num_workers=1)
        backfilled = [state for state, _ in second.progress["orders"] if "backfill" in state]
        assert backfilled, "the store is too small"
        for state, printed in second.progress["orders"]:
            rest = sync(server, ["orders"], state=as_state(state, "orders"))
            assert everything <= {*first.ids("orders"), *second.ids("orders")[:printed], *rest.ids("orders")}
            again = sync(server, ["orders"], channel_ids=[ONE, *OTHERS], state=as_state(state, "orders"))
            narrower = {id_ for id_ in everything if channel_of(server, id_) in (ONE, *OTHERS)}
            assert narrower <= {*first.ids("orders"), *second.ids("orders")[:printed], *again.ids("orders")}


def test_a_state_without_a_selection_warns_once(caplog: pytest.LogCaptureFixture) -> None:
    """It was written before selections were recorded: the log names the streams, what may be missing and a remedy."""
    with serve(OPTIONS) as server:
        old = as_state({"date_modified": "2025-06-01T00:00:00Z"}, "orders", "customers", "customer_groups")
        first = sync(server, ["orders", "customers", "customer_groups"], state=old, channel_ids=[ONE])
        (line,) = [line for line in caplog.messages if "do not record the start date" in line]
        assert "orders, customers do not" in line and "customer_groups" not in line and "reset these streams" in line
        caplog.clear()
        sync(server, ["orders", "customers"], state=first.state(), channel_ids=[ONE])
    assert "do not record" not in caplog.text


def test_the_state_of_another_store_is_not_gone_on_from(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is pointed at another store would get nothing but that store's changes."""
    state = {"date_modified": "2025-06-01T00:00:00Z", "selection": {"store_hash": "other1", "channel_ids": []}}
    with serve(OPTIONS) as server:
        result = sync(server, ["products"], state=as_state(state, "products"))
        assert set(result.ids("products")) == set(server.store.ids("products"))
    assert "of another store, other1" in caplog.text


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", list(SyncMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("kind", ["orders", "order_products", "customers", "coupons"])
def test_a_finished_full_refresh_starts_again(kind: str, mode: SyncMode) -> None:
    """Older platforms and other runners hand its state to the next one: nothing read would empty the table."""
    with serve(OPTIONS) as server:
        first = sync(server, [kind], mode=SyncMode.full_refresh)
        if kind == "coupons" and mode is SyncMode.incremental:
            return
        second = sync(server, [kind], mode=mode, state=first.state())
    assert first.ids(kind) and sorted(second.ids(kind)) == sorted(first.ids(kind))
    if kind != "coupons":
        assert first.states[kind][-1] == {"__ab_full_refresh_sync_complete": True}


def test_a_full_refresh_after_incremental_syncs_is_whole() -> None:
    """The state of an incremental sync says nothing of a table that is written again."""
    with serve(OPTIONS) as server:
        first = sync(server, ["orders"])
        second = sync(server, ["orders"], mode=SyncMode.full_refresh, state=first.state())
    assert sorted(second.ids("orders")) == sorted(first.ids("orders"))


def test_a_full_refresh_that_was_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """In full-refresh mode and with the same settings; otherwise it starts again."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 20)
    with serve(OPTIONS) as server:
        everything = set(server.store.ids("orders"))
        first = sync(server, ["orders"], mode=SyncMode.full_refresh, num_workers=1)
        state, printed = first.progress["orders"][0]
        rest = sync(server, ["orders"], mode=SyncMode.full_refresh, state=as_state(state, "orders"))
        assert 0 < len(rest.ids("orders")) < len(everything)
        assert everything == {*first.ids("orders")[:printed], *rest.ids("orders")}
        changed = sync(
            server, ["orders"], mode=SyncMode.full_refresh, state=as_state(state, "orders"), start_date="2020-02-02"
        )
        incremental = sync(server, ["orders"], state=as_state(state, "orders"))
    assert set(changed.ids("orders")) == set(incremental.ids("orders")) == everything


def spread_products(server: Server) -> None:
    for number, product in enumerate(server.store.ids("products")):
        server.store.edit("products", product, channels=[CHANNELS[number % len(CHANNELS)]])
    server.store.clock.advance(3600)  # out of the look-back


def channel_of(server: Server, order: int) -> int:
    channel: int = server.store.record("orders", order)["channel_id"]
    return channel


OF_PRODUCTS = ("products", "product_variants", "product_images", "product_options")


@pytest.mark.parametrize("with_filters", [True, False], ids=["filters", "filters ignored"])
def test_a_product_that_joins_a_chosen_channel_comes(with_filters: bool) -> None:
    """With all that belongs to it, though its date stays; no other product comes again."""
    with serve(OPTIONS) as server:
        spread_products(server)
        if not with_filters:
            server.fail("*", times=10**6, kind="deaf", ignored=("channel_id", "channel_id:in"))
        first = sync(server, OF_PRODUCTS, channel_ids=[ONE])
        joins, *_ = [id_ for id_ in server.store.ids("products") if id_ not in first.ids("products")]
        join(server, joins)
        second = sync(server, OF_PRODUCTS, channel_ids=[ONE], state=first.state())
        third = sync(server, OF_PRODUCTS, channel_ids=[ONE], state=second.state())
        whole = sync(server, OF_PRODUCTS, channel_ids=[ONE])
    assert not second.failure, second.errors
    assert second.ids("products") == [joins]
    for name in OF_PRODUCTS:
        assert held(first, second)[name] == set(whole.ids(name)), name
        assert third.ids(name) == [], name


@pytest.mark.parametrize(
    "fault", [{"edit": lambda *_: {"data": [], "meta": {}}}, {"edit": lambda body, _: {**body, "data": []}}]
)
def test_a_product_that_joined_and_does_not_come_is_compared_again(fault: dict[str, Any]) -> None:
    """A response without it proves nothing: the state must not count it as emitted."""
    with serve(OPTIONS) as server:
        spread_products(server)
        first = sync(server, ["products"], channel_ids=[ONE])
        joins, *_ = [id_ for id_ in server.store.ids("products") if id_ not in first.ids("products")]
        join(server, joins)
        server.fail("v3/catalog/products?*&id:in=*", times=1000, kind="edit", **fault)
        second = sync(server, ["products"], channel_ids=[ONE], state=first.state())
        assert second.ids("products") == []
        server.clear_faults()
        third = sync(
            server, ["products"], channel_ids=[ONE], state=(second if second.states["products"] else first).state()
        )
    assert third.ids("products") == [joins]


@pytest.mark.exhaustive
def test_a_product_that_joined_comes_when_all_channels_are_chosen_next() -> None:
    """Its channel is one whose products are there; the product itself is not."""
    with serve(OPTIONS) as server:
        spread_products(server)
        first = sync(server, OF_PRODUCTS, channel_ids=[ONE])
        joins, *_ = [id_ for id_ in server.store.ids("products") if id_ not in first.ids("products")]
        join(server, joins)
        for chosen in ([], [ONE, *OTHERS]):
            second = sync(server, OF_PRODUCTS, channel_ids=chosen, state=first.state())
            assert joins in second.ids("products")
            assert set(second.ids("products")).isdisjoint(first.ids("products"))


def test_a_first_sync_that_was_broken_off_misses_no_product_that_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its states do not say yet which products the chosen channels have."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 10)
    with serve(Options(orders=5, products=900, customers=5)) as server:
        spread_products(server)
        first = sync(server, ["products"], channel_ids=[ONE], num_workers=1)
        state, printed = first.progress["products"][0]
        assert "product_ids" not in state
        joins, *_ = [id_ for id_ in server.store.ids("products") if id_ not in first.ids("products")]
        join(server, joins)
        rest = sync(server, ["products"], channel_ids=[ONE], state=as_state(state, "products"))
        whole = sync(server, ["products"], channel_ids=[ONE])
    assert set(whole.ids("products")) == {*first.ids("products")[:printed], *rest.ids("products")}


def test_a_full_refresh_does_not_compare_channels() -> None:
    """It reads everything: the comparison would double the requests."""
    with serve(OPTIONS) as server:
        sync(server, ["products"], channel_ids=[ONE], mode=SyncMode.full_refresh)
        assert not [entry for entry in server.requests if "include_fields=id" in entry.query]


def join(server: Server, product: int) -> None:
    """The product moves to the first channel, and keeps its date."""
    server.store.edit("products", product, at=server.store.products.modified_of(product), channels=[ONE])

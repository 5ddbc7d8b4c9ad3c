"""One parent whose own list cannot be read: the others are read, and it is requested again until it can be."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import Sync, key_of, sync
from integration_tests.test_moving_in import as_state
from sandbox import Options, Server, serve
from unit_tests.representatives import in_turn

OPTIONS = Options(orders=40, products=25, customers=25, coupons=5, rows=40)
CHILDREN = {
    "transactions": ("order_id", "v3/orders/{}/transactions"),
    "order_taxes": ("order_id", "v2/orders/{}/taxes"),
    "order_shipments": ("order_id", "v2/orders/{}/shipments"),
    "order_coupons": ("order_id", "v2/orders/{}/coupons"),
    "order_messages": ("order_id", "v2/orders/{}/messages"),
    "order_shipping_quotes": ("order_id", "v2/orders/{}/shipping_addresses/*/shipping_quotes"),
    "customer_consents": ("customer_id", "v3/customers/{}/consent"),
    "customer_stored_instruments": ("customer_id", "v3/customers/{}/stored-instruments"),
    "product_complex_rules": ("product_id", "v3/catalog/products/{}/complex-rules"),
    "channel_listings": ("channel_id", "v3/channels/{}/listings"),
    "price_list_records": ("price_list_id", "v3/pricelists/{}/records"),
}
WHOLE = {
    "promotion_codes": ("promotion_id", "v3/promotions/{}/codes"),
    "site_routes": ("site_id", "v3/sites/{}/routes"),
    "shipping_methods": ("zone_id", "v2/shipping/zones/{}/methods"),
    "product_sort_orders": ("category_id", "v3/catalog/categories/{}/products/sort-order"),
    "inventory_location_items": ("location_id", "v3/inventory/locations/{}/items"),
    "shopper_profile_segments": ("shopper_profile_id", "v3/shopper-profiles/{}/segments"),
}
FAULTS = [{"status": 404}, {"status": 422}, {"status": 500}]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the waiting between them."""
    monkeypatch.setattr("time.sleep", lambda _: None)


def one_with_rows(server: Server, whole: Sync, stream: str, parent_field: str) -> Any:
    """A parent in the middle of those that have something below them; no archived order, which may return 404."""
    parents = list(dict.fromkeys(record[parent_field] for record in whole.records[stream]))
    if parent_field == "order_id":
        parents = [one for one in parents if server.store.record("orders", one).get("is_deleted") is not True]
    assert len(parents) > 1, "the store has nothing to lose"
    return parents[len(parents) // 2]


@pytest.mark.parametrize(("stream", "fault"), in_turn(CHILDREN, FAULTS), ids=str)
def test_the_others_are_read_and_the_parent_comes_when_it_can(stream: str, fault: dict[str, Any]) -> None:
    """The stream is incomplete and names it; the state keeps it through syncs that fail in the same way."""
    parent_field, path = CHILDREN[stream]
    with serve(OPTIONS) as server:
        server.store.clock.advance(3600)
        whole = sync(server, [stream])
        parent = one_with_rows(server, whole, stream, parent_field)
        its_rows = {key_of(stream, one) for one in whole.records[stream] if one[parent_field] == parent}
        server.fail(path.format(parent), times=1000, **fault)
        first = sync(server, [stream])
        assert first.statuses[stream][-1] == "INCOMPLETE"
        assert f"({parent_field} {parent})" in first.errors[stream]
        assert set(whole.ids(stream)) - set(first.ids(stream)) == its_rows
        assert first.states[stream][-1]["unread_parents"] == [parent]
        server.log.clear()
        second = sync(server, [stream], state=first.state())
        assert second.errors[stream] and second.ids(stream) == []
        assert second.states[stream][-1]["unread_parents"] == [parent]
        server.clear_faults()
        third = sync(server, [stream], state=second.state())
        assert not third.failure, third.errors
        assert set(third.ids(stream)) == its_rows
        assert "unread_parents" not in third.states[stream][-1]
        assert sync(server, [stream], state=third.state()).ids(stream) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(("stream", "fault"), in_turn(WHOLE, FAULTS), ids=str)
def test_a_table_that_is_read_whole_is_incomplete_without_it(stream: str, fault: dict[str, Any]) -> None:
    """All that can be read comes; nothing says that the table is whole."""
    parent_field, path = WHOLE[stream]
    with serve(OPTIONS) as server:
        whole = sync(server, [stream])
        parent = one_with_rows(server, whole, stream, parent_field)
        server.fail(path.format(parent), times=1000, **fault)
        result = sync(server, [stream])
    assert result.statuses[stream][-1] == "INCOMPLETE" and not result.states[stream]
    assert f"({parent_field} {parent})" in result.errors[stream]
    assert result.records[stream] == [one for one in whole.records[stream] if one[parent_field] != parent]


def test_settings_of_the_other_channels_come_when_one_fails() -> None:
    """Also when it is the store's own."""
    for pattern, missing in (("v3/settings/catalog?channel_id=667159", 667159), ("v3/settings/catalog", 0)):
        with serve(OPTIONS) as server:
            whole = sync(server, ["catalog_settings"])
            fails_global = missing == 0
            server.fail(pattern, times=1000, status=500, **({"nth": 1} if not fails_global else {}))
            result = sync(server, ["catalog_settings"])
        if not fails_global:
            assert set(whole.ids("catalog_settings")) - set(result.ids("catalog_settings")) == {missing}
        assert result.statuses["catalog_settings"][-1] == "INCOMPLETE"


def test_a_parent_is_remembered_until_all_of_it_has_been_read() -> None:
    """Its list is read again after the page with the parent, which may fail."""
    with serve(Options(customers=300, heavy=True, oddities=False)) as server:
        now = sync(server, ["customers"])
        wholesaler = next(one["id"] for one in now.records["customers"] if len(one["addresses"]) > 10)
        state = {**now.states["customers"][-1], "unread_parents": [wholesaler]}
        server.fail("v3/customers/addresses", times=1000, status=503)
        result = sync(server, ["customers"], state=as_state(state, "customers"))
        server.clear_faults()
        kept = result.state() if result.states["customers"] else as_state(state, "customers")
        again = sync(server, ["customers"], state=kept)
    assert result.statuses["customers"][-1] == "INCOMPLETE"
    assert again.ids("customers") == [wholesaler]
    assert "unread_parents" not in again.states["customers"][-1]


def test_a_parent_that_was_deleted_is_not_requested_forever() -> None:
    """The state forgets it."""
    with serve(OPTIONS) as server:
        now = sync(server, ["order_taxes"])
        state = {**now.states["order_taxes"][-1], "unread_parents": [999_999]}
        result = sync(server, ["order_taxes"], state=as_state(state, "order_taxes"))
    assert not result.failure, result.errors
    assert "unread_parents" not in result.states["order_taxes"][-1]


@pytest.mark.parametrize(("status", "most"), [(500, 3 * 22), (404, 11 * 3), (403, 1)])
def test_a_list_that_no_parent_has_ends_the_stream_soon(status: int, most: int) -> None:
    """It is not a single parent that is at fault, so the others are not tried one by one."""
    with serve(OPTIONS) as server:
        server.fail("v2/orders/*/taxes", times=10_000, status=status)
        result = sync(server, ["order_taxes"], num_workers=1)
        requested = sum(times for path, times in server.log.by_path().items() if path.startswith("v2/orders/"))
    assert result.statuses["order_taxes"][-1] == "INCOMPLETE"
    assert not result.states["order_taxes"]
    assert requested <= most + 1


def test_a_sync_that_is_broken_off_keeps_the_parent() -> None:
    """Every state that passes it names it."""
    with serve(OPTIONS) as server:
        whole = sync(server, ["order_taxes"])
        parent = one_with_rows(server, whole, "order_taxes", "order_id")
        server.fail(f"v2/orders/{parent}/taxes", times=1000, status=404)
        first = sync(server, ["order_taxes"], num_workers=1)
        server.clear_faults()
        for state, printed in first.progress["order_taxes"]:
            rest = sync(server, ["order_taxes"], state=as_state(state, "order_taxes"))
            assert set(whole.ids("order_taxes")) <= {*first.ids("order_taxes")[:printed], *rest.ids("order_taxes")}


def test_many_parents_that_stay_unread_do_not_hold_the_others_back() -> None:
    """They are requested one after the other, and say nothing about those that are read."""
    with serve(OPTIONS) as server:
        whole = sync(server, ["order_taxes"])
        orders = list(dict.fromkeys(record["order_id"] for record in whole.records["order_taxes"]))[:12]
        orders = [one for one in orders if server.store.record("orders", one).get("is_deleted") is not True]
        server.store.clock.advance(3600)
        for order in orders:
            server.fail(f"v2/orders/{order}/taxes", times=1000, status=404)
        state = {**whole.states["order_taxes"][-1], "unread_parents": orders}
        server.store.bulk_edit("orders", [server.store.ids("orders")[-1]])
        server.store.clock.advance(3600)
        result = sync(server, ["order_taxes"], state=as_state(state, "order_taxes"))
    (reached,) = [one["order_date_modified"] for one in result.states["order_taxes"][-1:]]
    assert result.statuses["order_taxes"][-1] == "INCOMPLETE"
    assert reached > state["order_date_modified"]
    assert sorted(result.states["order_taxes"][-1]["unread_parents"]) == sorted(orders)


def test_a_parent_that_the_start_date_leaves_out_is_forgotten() -> None:
    """The remedy for an order whose list stays out of reach."""
    with serve(OPTIONS) as server:
        now = sync(server, ["order_taxes"])
        order = min(server.store.ids("orders"), key=server.store.dates("orders").__getitem__)
        server.fail(f"v2/orders/{order}/taxes", times=1000, status=422)
        state = {**now.states["order_taxes"][-1], "unread_parents": [order]}
        late = "2025-12-01"
        assert server.store.dates("orders")[order] < 1_764_547_200
        result = sync(server, ["order_taxes"], state=as_state(state, "order_taxes"), start_date=late)
    assert not result.failure, result.errors
    assert "unread_parents" not in result.states["order_taxes"][-1]


def test_parents_whose_list_is_too_heavy_are_explained() -> None:
    """A list of channels that is not served fails what is below it with a sentence."""
    with serve(OPTIONS) as server:
        server.fail("v3/channels", times=10_000, status=504)
        result = sync(server, ["channel_menus", "coupons"])
    assert (
        "needs the list of 'channels', which could not be read: BigCommerce cannot serve"
        in (result.errors["channel_menus"])
    )
    assert result.statuses["coupons"][-1] == "COMPLETE"


FAMILIES = {
    "orders": ("v2/orders/{}/products", ("orders", "order_products", "order_fees"), "id"),
    "products": ("v3/catalog/products/{}/images", ("products", "product_images", "product_variants"), "id"),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("status", [404, 422])
@pytest.mark.parametrize("stream", FAMILIES)
def test_an_entry_that_cannot_be_completed_does_not_keep_the_others_back(stream: str, status: int) -> None:
    """Each table of the list is incomplete without it, names it, and gets it once it can be read."""
    path, family, _ = FAMILIES[stream]
    part = "images" if stream == "products" else "line_items"
    with serve(OPTIONS) as server:
        ids = server.store.ids(stream)
        bad = next(id_ for id_ in ids[5:] if server.store.record(stream, id_).get("is_deleted") is not True)
        server.store.clock.advance(3600)
        whole = sync(server, family)
        possibly_truncated = "v3/catalog/products" if stream == "products" else "v2/orders"
        server.fail(possibly_truncated, times=1000, kind="edit", edit=lambda body, _: _without(body, bad, part))
        server.fail(path.format(bad), times=1000, status=status)
        first = sync(server, family)
        for name in family:
            missing = set(whole.ids(name)) - set(first.ids(name))
            assert missing == {key_of(name, one) for one in whole.records[name] if _parent_of(name, one) == bad}, name
            assert first.statuses[name][-1] == "INCOMPLETE" and f" {bad})" in first.errors[name]
            assert first.states[name][-1]["unread_parents"] == [bad]
        server.clear_faults()
        second = sync(server, family, state=first.state())
    assert not second.failure, second.errors
    for name in family:
        assert {*first.ids(name), *second.ids(name)} == set(whole.ids(name))
        assert "unread_parents" not in second.states[name][-1]


def _parent_of(name: str, record: dict[str, Any]) -> Any:
    return record.get("order_id") or record.get("product_id") or record["id"]


def _without(body: Any, bad: int, part: str) -> Any:
    """The list as it is, except that a part of one entry is not embedded."""
    for one in body["data"] if isinstance(body, dict) else body or ():
        if one["id"] == bad and part == "images":
            one.pop("images", None)
        elif one["id"] == bad:
            one["items_total"] = 10_000
    return body

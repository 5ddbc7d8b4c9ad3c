"""Pages that the store does not serve: in smaller ones, and around single records that it cannot serve at all."""

from __future__ import annotations

from itertools import product

import pytest

from integration_tests.harness import seconds_of, sync
from sandbox import API_VARIANTS, Options, serve
from sandbox.faults import holding, longer_than
from source_bigcommerce.lists import sampling, unreadable_records
from source_bigcommerce.streams.orders import ORDERS
from unit_tests.representatives import representatives
from unit_tests.support import set_listing

SIZE = {"orders": 500, "products": 500, "customers": 500, "coupons": 500, "rows": 300}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the waiting between them."""
    monkeypatch.setattr("time.sleep", lambda _: None)


LISTS = {
    "orders": "v2/orders",
    "customers": "v3/customers",
    "products": "v3/catalog/products",
    "coupons": "v2/coupons",
    "brands": "v3/catalog/brands",
    "customer_groups": "v2/customer_groups",
    "subscribers": "v3/customers/subscribers",
    "redirects": "v3/storefront/redirects",
    "blog_posts": "v2/blog/posts",
}
PLACES = list(product(LISTS, ("first", "middle", "last")))
BELOW_OTHERS = {"channel_listings": "v3/channels/*/listings", "promotion_codes": "v3/promotions/*/codes"}


@pytest.mark.parametrize(
    ("stream", "status"),
    representatives(
        [*((stream, 504) for stream in LISTS), ("orders", 500), ("brands", 413)],
        {("orders", 500), ("customers", 504), ("brands", 413), ("blog_posts", 504)},
    ),
)
def test_a_page_too_heavy_to_serve_comes_in_smaller_ones(stream: str, status: int) -> None:
    """A store that serves 60 records at a time is read in full, in a number of requests that is no surprise."""
    with serve(Options(**SIZE)) as server:
        server.fail(LISTS[stream], times=10_000, kind="when", when=longer_than(60), status=status)
        result = sync(server, [stream])
        expected, failed = server.store.ids(stream), server.log.by_status()[status]
    assert not result.errors
    assert result.statuses[stream][-1] == "COMPLETE"
    assert len(expected) >= 300
    assert set(result.ids(stream)) == set(expected)
    assert failed <= (1 if status == 413 else 9)


@pytest.mark.exhaustive
@pytest.mark.parametrize("stream", BELOW_OTHERS)
def test_so_do_pages_of_lists_below_other_records(stream: str) -> None:
    with serve(Options(rows=40)) as server:
        whole = sync(server, [stream])
        server.fail(BELOW_OTHERS[stream], times=10_000, kind="when", when=longer_than(1), status=503)
        result = sync(server, [stream])
    assert not result.errors
    assert len(whole.ids(stream)) > 20
    assert set(result.ids(stream)) == set(whole.ids(stream))


@pytest.mark.parametrize(
    ("stream", "place"), representatives(PLACES, [case for n, case in enumerate(PLACES) if not n % 12])
)
def test_a_record_that_cannot_be_served_hides_no_other(stream: str, place: str) -> None:
    """It is named, or its neighbour is; no state passes it, so the next sync reads it."""
    with serve(Options(**SIZE)) as server:
        ids = server.store.ids(stream)
        bad = {"first": ids[0], "middle": ids[len(ids) // 2 + 30], "last": ids[-1]}[place]
        server.fail(LISTS[stream], times=10_000, kind="when", when=holding(bad))
        result = sync(server, [stream])
        requested = len(server.requests)
        server.clear_faults()
        again = sync(server, [stream], state=result.state())
    assert result.statuses[stream][-1] == "INCOMPLETE"
    assert set(ids) - set(result.ids(stream)) == {bad}
    neighbour = {"first": ids[1], "middle": bad, "last": ids[-2]}[place]
    assert any(f"id {key}" in result.errors[stream] for key in (bad, neighbour)), result.errors
    assert bad in again.ids(stream)
    assert requested <= 100


def test_later_slices_are_read_behind_a_record_that_cannot_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state stays before the slice with the record, and does not go back behind those before it."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 20)
    set_listing(monkeypatch, ORDERS, pages_per_slice=2)
    with serve(Options(orders=500, oddities=False)) as server:
        by_date = sorted(server.store.ids("orders"), key=server.store.dates("orders").get)  # type: ignore[arg-type]
        bad = by_date[150]
        server.fail("v2/orders", times=10_000, kind="when", when=holding(bad))
        result = sync(server, ["orders", "order_products"], num_workers=1)
        server.clear_faults()
        again = sync(server, ["orders", "order_products"], state=result.state())
        expected, changed = set(server.store.ids("orders")), server.store.dates("orders")
    assert expected - set(result.ids("orders")) == {bad}
    assert f"id {bad}" in result.errors["orders"]
    assert f"id {bad}" in result.errors["order_products"]
    reached = seconds_of(result.states["orders"][-1])
    assert changed[by_date[20]] < reached <= changed[bad]
    assert bad in again.ids("orders")
    assert len(again.ids("orders")) < 480
    assert again.statuses["orders"][-1] == "COMPLETE"


@pytest.mark.parametrize("stream", ["customers", "orders"])
def test_entries_that_wait_to_be_read_again_are_read_behind_it(stream: str) -> None:
    """Customers with more than ten addresses, and orders with ten lines and perhaps more."""
    variant = API_VARIANTS["includes are capped at 10"]
    with serve(Options(**{stream: 900}, heavy=True, oddities=False, api_variant=variant)) as server:
        ids = server.store.ids(stream)
        bad = ids[600]
        server.fail(LISTS[stream], times=10_000, kind="when", when=holding(bad))
        result = sync(server, [stream])
    assert set(ids) - set(result.ids(stream)) == {bad}


def test_two_records_in_a_row_are_left_out_together() -> None:
    with serve(Options(orders=400, oddities=False)) as server:
        ids = server.store.ids("orders")
        server.fail("v2/orders", times=10_000, kind="when", when=holding(ids[100], ids[101]))
        result = sync(server, ["orders"])
    assert set(ids) - set(result.ids("orders")) == {ids[100], ids[101]}
    assert f"between the ids {ids[99]} and {ids[102]}" in result.errors["orders"]


@pytest.mark.exhaustive
def test_many_records_that_cannot_be_served_fail_the_stream() -> None:
    """Looking for the way around each costs requests: that is for single records."""
    with serve(Options(orders=400, oddities=False)) as server:
        server.fail("v2/orders", times=10_000, kind="when", when=holding(*server.store.ids("orders")[20::7]))
        result = sync(server, ["orders"])
        assert result.statuses["orders"][-1] == "INCOMPLETE"
        assert "cannot serve the list of 'orders'" in result.errors["orders"]
        assert len(server.requests) <= 40 * unreadable_records.MOST


def test_a_store_that_was_down_for_a_moment_is_read_in_large_pages_again() -> None:
    with serve(Options(products=3000)) as server:
        server.fail("v3/catalog/products", nth=2, times=6, status=502)
        result = sync(server, ["products"])
        assert set(result.ids("products")) == set(server.store.ids("products"))
        assert "limit=250" in server.requests[-1].query
        assert len(server.requests) <= 45


@pytest.mark.parametrize(
    "stream",
    representatives(["inventory_locations", "inventory_items", "inventory_location_items"], {"inventory_items"}),
)
def test_smaller_pages_are_requested_from_a_store_whose_largest_page_is_smaller(stream: str) -> None:
    """Documented: 413 for a `limit` above the maximum, which is 250 in some stores."""
    with serve(Options(rows=60)) as server:
        whole = sync(server, [stream])
        server.fail(
            "v3/inventory/*",
            times=1000,
            kind="when",
            when=lambda _, requested: int(requested["limit"]) > 250,
            status=413,
        )
        server.log.clear()
        result = sync(server, [stream])
        assert 1 <= server.log.by_status()[413] <= 10, "the requests that were under way"
    assert not result.errors
    assert whole.ids(stream)
    assert sorted(map(str, result.ids(stream))) == sorted(map(str, whole.ids(stream)))


EMBEDDED = {
    "product_options": ("v3/catalog/products?*id:in=*", 3),
    "product_tax_properties": ("v3/tax/products/properties", 3),
    "customer_addresses": ("v3/customers/addresses", 3),
    "order_messages": ("v2/orders/*/messages", 1),
    "transactions": ("v3/orders/*/transactions", 1),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("stream", representatives(EMBEDDED, {"product_options", "order_messages"}))
def test_so_are_lists_that_belong_to_other_records(stream: str) -> None:
    """Fewer parents at a time, or smaller pages."""
    path, most = EMBEDDED[stream]
    with serve(
        Options(orders=40, products=60, customers=60, api_variant=API_VARIANTS["transactions have pages"])
    ) as server:
        whole = sync(server, [stream])
        server.fail(path, times=10_000, kind="when", when=longer_than(most), status=504)
        result = sync(server, [stream])
        assert server.log.by_status()[504]
    assert not result.errors
    assert whole.ids(stream)
    assert sorted(map(str, result.ids(stream))) == sorted(map(str, whole.ids(stream)))

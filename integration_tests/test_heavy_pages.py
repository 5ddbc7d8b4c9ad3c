"""Pages that the store does not serve: in smaller ones, and around single records that it cannot serve at all."""

from __future__ import annotations

import pytest

from integration_tests.harness import sync
from sandbox import Options, serve
from sandbox.faults import holding, longer_than

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
BELOW_OTHERS = {"channel_listings": "v3/channels/*/listings", "promotion_codes": "v3/promotions/*/codes"}


@pytest.mark.parametrize(("stream", "status"), [*((stream, 504) for stream in LISTS), ("orders", 500), ("brands", 413)])
def test_a_page_too_heavy_to_serve_comes_in_smaller_ones(stream: str, status: int) -> None:
    """A store that serves 60 records at a time is read whole, in a number of requests that is no surprise."""
    with serve(Options(**SIZE)) as server:
        server.fail(LISTS[stream], times=10_000, kind="when", when=longer_than(60), status=status)
        result = sync(server, [stream])
        expected, failed = server.store.ids(stream), server.log.by_status()[status]
    assert not result.errors
    assert result.statuses[stream][-1] == "COMPLETE"
    assert len(expected) >= 300
    assert set(result.ids(stream)) == set(expected)
    assert failed <= (1 if status == 413 else 9)


@pytest.mark.parametrize("stream", BELOW_OTHERS)
def test_so_do_pages_of_lists_below_other_records(stream: str) -> None:
    with serve(Options(rows=40)) as server:
        whole = sync(server, [stream])
        server.fail(BELOW_OTHERS[stream], times=10_000, kind="when", when=longer_than(1), status=503)
        result = sync(server, [stream])
    assert not result.errors
    assert len(whole.ids(stream)) > 20
    assert set(result.ids(stream)) == set(whole.ids(stream))


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("stream", LISTS)
def test_a_record_that_cannot_be_served_hides_no_other(stream: str, place: str) -> None:
    """It is named, or its neighbour is; no state passes it, so the next sync reads it."""
    with serve(Options(**SIZE)) as server:
        ids = server.store.ids(stream)
        bad = {"first": ids[0], "middle": ids[len(ids) // 2 + 30], "last": ids[-1]}[place]
        server.fail(LISTS[stream], times=10_000, kind="when", when=holding(bad))
        result = sync(server, [stream])
        asked = len(server.requests)
        server.clear_faults()
        again = sync(server, [stream], state=result.state())
    assert result.statuses[stream][-1] == "INCOMPLETE"
    assert set(ids) - set(result.ids(stream)) == {bad}
    neighbour = {"first": ids[1], "middle": bad, "last": ids[-2]}[place]
    assert any(f"id {key}" in result.errors[stream] for key in (bad, neighbour)), result.errors
    assert bad in again.ids(stream)
    assert asked <= 100

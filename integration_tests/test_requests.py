"""Promises P4 and P5: how many requests a sync makes, and how it treats the store's quota."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import pytest
import requests

from integration_tests.harness import DATED, KINDS, sync
from sandbox import API_VARIANTS, Options, Server, serve
from source_bigcommerce.api.rate_limit import governor
from tools.docs import request_counts
from unit_tests.representatives import representatives

LISTS = {
    "orders": "v2/orders",
    "customers": "v3/customers",
    "products": "v3/catalog/products",
    "coupons": "v2/coupons",
}


def counted(server: Server) -> Counter[str]:
    return server.log.by_path()


@pytest.mark.exhaustive
@pytest.mark.parametrize("variant", ["likeliest", "min_id is exclusive"])
def test_ten_thousand_orders_take_forty_five_requests(variant: str) -> None:
    """Forty pages, three requests to learn how to share them out, and two to be sure that none is archived.

    Their line items, too; and orders, line items, consignments and fees together: each page is requested once.
    """
    options = Options(
        orders=10_000, products=5, customers=5, coupons=5, api_variant=API_VARIANTS[variant], oddities=False
    )
    together = ["orders", "order_products", "order_consignments", "order_fees"]
    found: dict[str, list[Any]] = {}
    requests: set[int] = set()
    with serve(options) as server:
        for names in (["orders"], ["order_products"], together):
            server.log.clear()
            result = sync(server, names)
            requested = counted(server)
            requests.add(sum(requested.values()) - requested["v2/time"])
            for name in {"orders", "order_products"} & set(names):
                assert len({record.get("order_id", record["id"]) for record in result.records[name]}) == 10_000
                assert found.setdefault(name, sorted(result.ids(name))) == sorted(result.ids(name))
    assert len(requests) == 1
    assert max(requests) <= 45


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_list_takes_one_request(kind: str) -> None:
    """A store that fits into one page pays nothing for sampling, nor for proving that it is at the end. Of archived
    orders, "none" is requested twice."""
    options = Options(orders=190, products=190, customers=190, coupons=190, oddities=False)
    with serve(options) as server:
        result = sync(server, [kind])
        requested = counted(server)
    assert len(result.ids(kind)) == 190
    archived = 2 if kind == "orders" else 0
    assert requested == {"v2/time": 1, LISTS[kind]: 1 + archived}


@pytest.mark.exhaustive
# Orders take three requests more, for their count and to be sure that none is archived, however many there are.
@pytest.mark.parametrize(("kind", "records"), [("orders", 50_000), ("customers", 25_000), ("products", 25_000)])
def test_a_long_list_takes_five_percent_more_than_its_pages_at_most(kind: str, records: int) -> None:
    """Slices are made by looking into the list; what is seen there need not be listed again."""
    options = Options(**{"products": 5, "customers": 5, "orders": 5, kind: records}, coupons=1, oddities=False)
    with serve(options) as server:
        result = sync(server, [kind])
        requested = counted(server)
    assert len(set(result.ids(kind))) == records
    assert sum(requested.values()) - requested["v2/time"] <= 1.05 * records / 250


@pytest.mark.parametrize("kind", representatives(DATED, {"orders"}))
def test_an_incremental_sync_reads_what_changed_and_little_more(kind: str) -> None:
    """One percent changed: a request or two, not the whole list again."""
    options = Options(**{"products": 5, "customers": 5, "orders": 5, kind: 5200}, coupons=1, oddities=False)
    with serve(options) as server:
        first = sync(server, [kind])
        server.store.clock.advance(3600)
        changed = server.store.ids(kind)[::100]
        server.store.bulk_edit(kind, changed)
        server.log.clear()
        second = sync(server, [kind], state=first.state())
        requested = counted(server)
    assert sorted(second.ids(kind)) == changed
    assert sum(requested.values()) <= math.ceil(len(changed) / 250) + 3


@pytest.mark.exhaustive
def test_the_figures_in_the_table_of_streams_are_counted() -> None:
    """`make docs` renews them."""
    assert json.loads(request_counts.COUNTS.read_text(encoding="utf-8")) == request_counts.count_requests()


@pytest.mark.exhaustive
def test_the_reserve_of_the_quota_is_left_to_other_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of each window is not touched, and no request is refused."""
    left: list[int] = []
    learn = governor.RateLimitGovernor.update_from_response

    def listening(self: governor.RateLimitGovernor, request: Any, response: requests.Response) -> None:
        left.append(int(response.headers["X-Rate-Limit-Requests-Left"]))
        learn(self, request, response)

    monkeypatch.setattr(governor.RateLimitGovernor, "update_from_response", listening)
    with serve(Options(orders=3000, products=800, customers=800, quota=8, window_ms=400)) as server:
        result = sync(server, DATED, quota_reserve_percent=50, num_workers=4)
        statuses = Counter(request.status for request in server.requests)
    assert not result.failure
    assert len(set(result.ids("orders"))) == 3000
    assert statuses[429] == 0
    assert min(left) == 4


@pytest.mark.parametrize("headerless", representatives([False, True], {True}))
def test_a_refused_request_is_repeated_and_nothing_is_lost(headerless: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 429 in the middle of a list, with and without the headers that say how long to wait."""
    monkeypatch.setattr(governor, "_FIRST_BLIND_WAIT", 0.1)
    with serve(Options(orders=1500, products=10, customers=10, quota=1000, window_ms=500)) as server:
        server.fail("v2/orders", nth=3, times=2, status=429, rate_headers=not headerless)
        result = sync(server, ["orders"])
        refused = sum(1 for request in server.requests if request.status == 429)
    assert refused == 2
    assert not result.failure
    assert len(set(result.ids("orders"))) == 1500

"""Pages that the store does not serve: in smaller ones, and around single records that it cannot serve at all."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import sync
from sandbox import Options, serve
from sandbox.faults import longer_than

SIZE = {"orders": 900, "products": 900, "customers": 900, "coupons": 900, "rows": 300}


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
    "channel_listings": "v3/channels/*/listings",
    "redirects": "v3/storefront/redirects",
    "price_list_records": "v3/pricelists/*/records",
    "promotion_codes": "v3/promotions/*/codes",
    "blog_posts": "v2/blog/posts",
}


@pytest.mark.parametrize("failure", [{"status": 504}, {"status": 500}, {"status": 413}], ids=str)
@pytest.mark.parametrize("stream", LISTS)
def test_a_page_too_heavy_to_serve_comes_in_smaller_ones(stream: str, failure: dict[str, Any]) -> None:
    with serve(Options(**SIZE)) as server:
        whole = sync(server, [stream])
        asked = len(server.requests)
        server.log.clear()
        server.fail(LISTS[stream], times=10_000, kind="when", when=longer_than(60), **failure)
        result = sync(server, [stream])
        print(asked, len(server.requests), [e.status for e in server.requests].count(failure["status"]))
    assert not result.errors
    assert result.statuses[stream][-1] == "COMPLETE"
    assert len(whole.ids(stream)) > 60
    assert sorted(map(str, result.ids(stream))) == sorted(map(str, whole.ids(stream)))

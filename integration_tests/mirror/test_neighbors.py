"""Other apps of the store during a reconciliation: the part of the quota that is kept for them is not used."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import sync
from integration_tests.mirror.destination import is_deletion
from integration_tests.test_quota import NEIGHBOURS
from sandbox import Options, serve
from sandbox.quota import Quota
from unit_tests.support import set_page_size

STREAMS = ("orders", "order_products", "products", "customers", "subscribers")
QUOTA = 40
DAY = 86_400.0


RESERVE = 35  # percent, as much as other apps may take in an instant: how fast this machine is does not matter then


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "neighbors",
    [
        pytest.param({}, id="none"),
        *(pytest.param(apps, id=when, marks=pytest.mark.exhaustive) for when, apps in NEIGHBOURS.items()),
    ],
)
def test_a_reconciliation_leaves_the_reserved_quota(neighbors: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten workers that use up window after window. A 429 would mean that requests of others are refused, too."""
    left: list[int] = []
    take = Quota.take

    def counted(self: Quota) -> bool:
        is_taken = take(self)
        left.append(self.left)
        return is_taken

    options = Options(orders=200, products=150, customers=150, quota=QUOTA, window_ms=1_000, **neighbors)
    with serve(options) as server:
        settings = {"num_workers": 10, "quota_reserve_percent": RESERVE, "reconcile": "every_sync"}
        first = sync(server, STREAMS, **settings)
        server.store.clock.advance(2 * DAY)
        orders = server.store.ids("orders")[5:10]
        for order in orders:
            server.store.delete("orders", order)
        set_page_size(monkeypatch, 4)
        monkeypatch.setattr(Quota, "take", counted)
        before = len(server.requests)
        result = sync(server, STREAMS, state=first.state(), **settings)
        requests = server.requests[before:]
    assert not result.failure
    refused = [request.path for request in requests if request.status == 429]
    assert refused == [], f"{len(refused)} of {len(requests)} requests were refused"
    assert len(requests) > 2 * QUOTA, "the reconciliation fits in one window: make the store larger"
    # By the response to its first request, the sync knows the quota.
    assert neighbors or min(left[1:]) >= QUOTA * RESERVE // 100
    assert {record["id"] for record in result.records["orders"] if is_deletion(record)} == set(orders)

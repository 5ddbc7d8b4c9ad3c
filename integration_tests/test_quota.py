"""Promise P5, the good neighbour: whole syncs on a small quota, against a store that other apps use too."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import sync
from sandbox import Options, serve
from sandbox.quota import UNANNOUNCED

STREAMS = ("orders", "products", "customers", "coupons")


NEIGHBOURS: dict[str, dict[str, Any]] = {
    "announced": {"other_apps": 0.3},
    **{when: {"unannounced_apps": 0.3, "unannounced_when": when} for when in UNANNOUNCED},
}


@pytest.mark.parametrize(
    ("neighbours", "reserve"),
    # A reserve as large as what others may take in an instant: how fast this machine is does not matter then.
    [
        pytest.param({}, 10, id="none"),
        *(pytest.param(apps, 35, id=when, marks=pytest.mark.exhaustive) for when, apps in NEIGHBOURS.items()),
    ],
)
def test_a_sync_on_a_small_quota_meets_no_429(neighbours: dict[str, Any], reserve: int) -> None:
    """Ten workers that spend window after window: a 429 would mean that somebody's requests are refused for us."""
    options = Options(
        orders=8_000, products=3_000, customers=2_000, quota=40, window_ms=2_000, latency_ms=20, **neighbours
    )
    with serve(options) as server:
        result = sync(server, STREAMS, num_workers=10, quota_reserve_percent=reserve)
        refused = [request.path for request in server.requests if request.status == 429]
        requested = len(server.requests)
        ids = set(server.store.ids("orders"))
    assert not result.failure
    assert refused == [], f"{len(refused)} of {requested} requests were refused: the governor spent what was not left"
    assert requested > 40, "the sync fits in one window: make the store larger, or the quota smaller"
    assert set(result.ids("orders")) == ids

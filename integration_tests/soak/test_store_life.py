"""Promises P1 to P3 through days of a store's life, whatever happens in them; `make soak` does the same for hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from integration_tests.soak.lives import run_seed
from integration_tests.soak.world import Lost, Setup, Step, replay
from source_bigcommerce.api import client
from source_bigcommerce.api.pagination import KeysetV2, Page
from source_bigcommerce.config import Config


@pytest.mark.exhaustive
def test_nothing_is_lost_in_the_life_of_a_store() -> None:
    """Edits, outages, kills, wrong clocks: what the destination holds is what was claimed, at every state."""
    counts, failure = run_seed(1, lives=12, steps=40)
    assert failure is None, f"{failure}\n\nOnce it is mended, keep the shortest such life in KEPT below."
    assert counts["syncs"] > 100
    assert counts["killed"] > 10
    assert counts["failed"] > 10
    assert counts["compared"] > 10_000


KEPT: dict[str, tuple[Setup, list[Step]]] = {
    "hundreds of orders change in one second, and the sync is interrupted among them": (
        Setup(records=60, page=5),
        [
            ("sync", {}),
            ("wait", {"seconds": 86_400}),
            ("bulk", {"kind": "orders", "start": 0, "number": 60}),
            *[("sync", {"workers": 2, "kill_at": kill_at}) for kill_at in (20, 90, 200)],
            ("sync", {}),
        ],
    ),
    "the token is revoked in the middle of a sync, and granted again": (
        Setup(),
        [("sync", {"during": [(30, "token", {"valid": False})]}), ("token", {"valid": True}), ("sync", {})],
    ),
    "the store's clock cannot be read at first, and the store changes in the meantime": (
        Setup(pace=2.0),
        [
            ("fault", {"path": "v2/time", "nth": 1, "times": 2, "status": 503}),
            ("sync", {"during": [(2, "edit", {"kind": "orders", "which": 7, "late": 0})]}),
        ],
    ),
    "a scope is withdrawn in the middle of a sync, and orders change before it is granted again": (
        Setup(pace=2.0),
        [
            ("sync", {"during": [(40, "scopes", {"without": ["store_v2_transactions_read_only"]})]}),
            ("edit", {"kind": "orders", "which": 7, "late": 300}),
            ("scopes", {"without": []}),
            ("sync", {"workers": 1}),
        ],
    ),
    "orders are archived while a list that hides them is read by a machine whose clock is slow": (
        Setup(api_variant="everything awkward", records=20, pace=0.3),
        [
            ("skew", {"hours": -12}),
            ("sync", {"during": [(n, "archive", {"which": n}) for n in (9, 25, 60, 100)], "live": 2}),
            ("wait", {"seconds": 1}),
            ("sync", {"workers": 3}),
        ],
    ),
    "rows are added to an order that leave no date, and an edit brings them": (
        Setup(),
        [
            ("sync", {}),
            ("add_row", {"kind": "transactions", "which": 3}),
            ("wait", {"seconds": 3600}),
            ("sync", {}),
            ("edit", {"kind": "orders", "which": 3}),
            ("sync", {}),
        ],
    ),
    "refunds go while their list, which has page numbers only, is read": (
        Setup(page=5, refunds=25),
        [
            (
                "sync",
                {
                    "streams": ["order_refunds"],
                    "workers": 1,
                    "during": [(3, "remove_refund", {"which": 1}), (4, "remove_refund", {"which": 20})],
                },
            )
        ],
    ),
    "a list ends too early, once": (
        Setup(),
        [("vanish", {"path": "v2/orders?*min_id=*", "body": None, "nth": 2}), ("sync", {"workers": 1})],
    ),
    "a record that was passed by is edited and joins a list that fills its pages exactly": (
        Setup(records=8, api_variant="everything awkward", page=3, pages_per_slice=1, lookback_minutes=5, pace=0.3),
        [("sync", {"live": 1, "workers": 3})],
    ),
    "a page of children fails for good, and the next sync brings them": (
        Setup(),
        [
            ("sync", {}),
            ("bulk", {"kind": "orders", "start": 0, "number": 30}),
            ("wait", {"seconds": 1000}),
            ("fault", {"path": "v2/orders/*/messages", "status": 503, "nth": 12, "times": 100}),
            ("sync", {"streams": ["order_messages", "order_taxes"], "workers": 1}),
            ("sync", {}),
        ],
    ),
}
"""Lives that are hard on a reader; and those in which a promise was once broken, as `make soak` printed them."""


@pytest.mark.parametrize("life", KEPT)
def test_a_hard_life_loses_nothing(life: str) -> None:
    """The same each time, described in plain steps."""
    world = replay(*KEPT[life])
    assert world.audit.compared


def test_a_page_that_is_dropped_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the tests above: they must notice what they are there to notice."""
    monkeypatch.setattr(KeysetV2, "page", _without_its_records(KeysetV2.page))
    with pytest.raises(Lost, match="is not there"):
        replay(Setup(), [("sync", {"workers": 1})])


def test_a_late_change_needs_the_look_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise: the simulation shows changes as late as the look-back allows."""
    life: list[Step] = [("sync", {}), ("edit", {"kind": "products", "which": 3, "late": 299}), ("sync", {})]
    replay(Setup(lookback_minutes=5), life)
    monkeypatch.setattr(Config, "lookback", timedelta(0))
    with pytest.raises(Lost, match="products"):
        replay(Setup(lookback_minutes=5), life)


def test_the_clock_of_this_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise: where the connector reads its own clock, the simulation returns a wrong time."""
    life: list[Step] = [("skew", {"hours": 12}), ("sync", {"streams": ["products"]})]
    replay(Setup(), life)
    monkeypatch.setattr(client, "_server_time", _now_here)
    with pytest.raises(Lost, match="behind the store's clock"):
        replay(Setup(), life)


def test_a_sync_that_is_broken_off_keeps_what_was_printed() -> None:
    """Likewise: the simulation breaks off where it says, and hands the last state to the next sync."""
    world = replay(Setup(), [("sync", {"streams": ["orders"], "kill_at": 25}), ("sync", {"streams": ["orders"]})])
    assert world.counts["killed"] == 1
    assert len(world.held["orders"]) == world.setup.records


def _without_its_records(page: Callable[..., Page]) -> Callable[..., Page]:
    def dropped(*arguments: Any) -> Page:
        found = page(*arguments)
        return found if found.next is None else replace(found, records=[])

    return dropped


def _now_here(response: requests.Response) -> datetime:
    return client.datetime.now(timezone.utc)

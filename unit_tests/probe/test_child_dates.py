"""Dates show which changes move the date of their order or product, and which do not."""

from __future__ import annotations

import pytest

from sandbox import ApiVariant
from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.order_children import _KINDS
from unit_tests.probe.world import World, world

DAY = 86_400


def add(store: World, kind: str, count: int) -> list[int]:
    """Adds a child to each of some orders, days apart and long after anything else. Returns the orders."""
    orders: list[int] = []
    for id_ in store.store.ids("orders")[40:]:
        if len(orders) == count:
            break
        store.store.clock.advance(3 * DAY)
        try:
            store.store.add_child(id_, kind)
        except ValueError:
            continue  # nothing is left to ship
        orders.append(id_)
    return orders


def request_first(patches: pytest.MonkeyPatch, kind: str, orders: list[int]) -> None:
    """Has the probe choose these orders: it looks at a few."""
    if kind in _KINDS:
        path, scope, _ = _KINDS[kind]
        patches.setitem(_KINDS, kind, (path, scope, lambda order: order["id"] in orders))


@pytest.mark.parametrize(
    ("kind", "switch"),
    [
        ("shipments", "new_shipment_bumps_date_modified"),
        ("messages", "message_bumps_date_modified"),
        ("transactions", "transaction_bumps_date_modified"),
        ("refunds", "refund_bumps_date_modified"),
    ],
)
@pytest.mark.parametrize("moves", [True, False])
def test_a_new_child_shows_whether_it_moved_its_order(
    kind: str, switch: str, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its date and that of the order; that it did, only for a child that does not come with another status."""
    key = f"{kind[:-1]}_moves_order_date"
    with world(api_variant=ApiVariant(**{switch: moves})) as store:
        assert store.probe()[key] == UNDECIDED
        request_first(monkeypatch, kind, add(store, kind, 6))
        assert store.probe()[key] == (UNDECIDED if moves and kind != "messages" else moves)


def test_a_few_cases_are_needed_for_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single order could have changed in the same second for another reason."""
    with world(api_variant=ApiVariant(message_bumps_date_modified=True)) as store:
        request_first(monkeypatch, "messages", add(store, "messages", 2))
        assert store.probe()["message_moves_order_date"] == UNDECIDED


def test_dates_that_follow_the_product_prove_nothing() -> None:
    """An image that is saved with its product has its date."""
    with world() as store:
        answers = store.probe()
    assert answers["image_moves_product_date"] == answers["variant_edit_moves_product_date"] == UNDECIDED


def test_an_image_that_is_younger_than_its_product_did_not_move_it() -> None:
    """The only case in which dates of images decide."""
    with world() as store:
        id_ = store.store.ids("products")[10]
        images = [
            {**row, "date_modified": "2026-06-01T00:00:00+00:00"}
            for row in store.store.record("products", id_)["images"]
        ]
        store.store.edit("products", id_, images=images, at=store.store.dates("products")[id_])
        assert store.probe()["image_moves_product_date"] is False

"""What a copy owes to the store, worked back from the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import ApiVariant, Options, Store

KINDS = (
    "orders", "products", "customers", "coupons", "refunds", "brands", "price_lists", "price_list_records",
    "orders/lines", "orders/messages", "products/variants", "products/images", "customers/addresses",
)  # fmt: skip


@pytest.fixture
def store() -> Store:
    return Store(Options(orders=60, products=40, customers=40, coupons=10, seed=2, oddities=False))


def actual(store: Store, kind: str) -> set[Any]:
    """The keys of a kind at present, without the journal."""
    table, _, rows = kind.partition("/")
    if rows:
        return {(id_, row) for id_ in store.ids(table) for row in store.child_ids(id_, rows)}
    return set(store.ids(kind))


def parent_with(store: Store, kind: str) -> int:
    """A record with a row of a kind."""
    table, _, rows = kind.partition("/")
    return int(next(id_ for id_ in store.ids(table) if store.child_ids(id_, rows)))


@settings(max_examples=40)
@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(["edit", "silent", "create", "delete", "recreate", "add", "remove"]), st.integers(0, 99)
        ),
        max_size=25,
    ),
    cut=st.integers(0, 25),
)
def test_the_keys_of_any_moment_are_worked_back(edits: list[tuple[str, int]], cut: int) -> None:
    """Also of rows below records that were deleted and restored since."""
    store = Store(Options(orders=40, products=6, customers=6, coupons=5, oddities=False))
    gone: list[tuple[str, Any]] = []
    then, moment = {kind: actual(store, kind) for kind in KINDS}, store.clock.time()
    for number, (action, choice) in enumerate(edits):
        if number == cut:
            then, moment = {kind: actual(store, kind) for kind in KINDS}, store.clock.time()
        _act(store, action, choice, gone)
    assert {kind: store.keys_at(kind, moment) for kind in KINDS} == then
    now = {kind: actual(store, kind) for kind in KINDS}
    assert {kind: store.keys_at(kind) for kind in KINDS} == now
    for kind in KINDS:
        assert store.deleted(kind, moment) >= then[kind] - now[kind]
        assert not store.deleted(kind, moment) & now[kind]
        assert store.changed_silently(kind, moment) <= now[kind]


def _act(store: Store, action: str, choice: int, gone: list[tuple[str, Any]]) -> None:
    kinds = ("orders", "products", "customers", "brands", "price_lists", "price_list_records")
    kind = kinds[choice % len(kinds)]
    rows = {"orders": "messages", "products": "variants", "customers": "addresses"}.get(kind, "")
    if action == "create":
        store.collections[kind].create() if kind in store.collections else store.create(kind)
    elif action == "recreate" and gone:
        store.recreate(*gone.pop())
    elif keys := store.ids(kind):
        key = keys[choice % len(keys)]
        if action in ("add", "remove"):
            _act_below(store, action, key, rows)
        elif action == "delete":
            store.delete(kind, key)
            gone += [(kind, key)] if kind != "price_list_records" else []  # its parent may be gone
        elif action == "edit":
            store.collections[kind].edit(key) if kind in store.collections else store.edit(kind, key)
        else:
            store.edit_silently(kind, key)


def _act_below(store: Store, action: str, key: Any, rows: str) -> None:
    if rows and action == "add":
        store.add_child(key, rows)
    elif rows and (ids := store.child_ids(key, rows)):
        store.remove_child(key, rows, ids[0])


def test_deleted_is_what_was_there_and_is_not(store: Store) -> None:
    """A restored one is there, one that came and went counts; archived orders are there."""
    orders = store.ids("orders")
    store.delete("orders", orders[0])
    store.clock.advance(5)
    since = store.clock.time()
    store.delete("orders", orders[1])
    store.delete("orders", orders[2])
    store.recreate("orders", orders[2])
    store.archive_order(orders[3])
    brief = store.create("orders")
    store.delete("orders", brief)
    until = store.clock.time()
    store.clock.advance(5)
    store.delete("orders", orders[4])
    assert store.deleted("orders", since, until) == {orders[1], brief}
    assert store.deleted("orders", since) == {orders[1], brief, orders[4]}
    assert {order for order, _ in store.deleted("orders/lines", since, until)} >= {orders[1]}


def test_rows_below_a_deleted_record_are_deleted(store: Store) -> None:
    """Of products as of small collections; the list of refunds keeps its own."""
    product, order = parent_with(store, "products/images"), parent_with(store, "orders/refunds")
    images, refunds = store.child_ids(product, "images"), set(store.ids("refunds"))
    records = {key for key in store.ids("price_list_records") if key[0] == 1}
    since = store.clock.time()
    store.delete("products", product)
    store.delete("orders", order)
    store.delete("price_lists", 1)
    assert store.deleted("products/images", since) == {(product, image) for image in images}
    assert store.deleted("price_list_records", since) == records != set()
    assert store.deleted("refunds", since) == store.changed_silently("refunds", since) == set()
    assert store.keys_at("refunds") == refunds


def test_a_restored_record_has_other_rows(store: Store) -> None:
    """Those of before are gone for good, unless one has the same id."""
    product = next(id_ for id_ in store.ids("products") if len(store.child_ids(id_, "variants")) == 6)
    while len(store.products.fresh_body().parts["variants"]) == 6:
        store.create("products")
    variants = set(store.child_ids(product, "variants"))
    since = store.clock.time()
    store.delete("products", product)
    between = store.clock.time()
    store.recreate("products", product)
    now = set(store.child_ids(product, "variants"))
    assert store.deleted("products/variants", since) == {(product, id_) for id_ in variants - now} != set()
    assert store.keys_at("products/variants", since) >= {(product, id_) for id_ in variants}
    assert store.journal.nested_touched("products/variants", between, store.clock.time()) == {
        (product, id_) for id_ in now
    }


def test_changes_without_a_date_are_owed(store: Store) -> None:
    """Not those that a date shows as well, nor what is gone."""
    first, second, third, fourth = store.ids("products")[:4]
    store.edit_silently("products", fourth, description="before")
    store.clock.advance(5)
    since = store.clock.time()
    store.edit_silently("products", first, description="new")
    store.edit_silently("products", second, description="new")
    store.edit("products", second, name="Another")
    store.edit_silently("products", third, description="new")
    store.delete("products", third)
    store.assign_channel(fourth, 667159)
    assert store.changed_silently("products", since) == {first, fourth}
    store.edit_silently("brands", 2, name="Another")
    assert store.changed_silently("brands", since) == {2}
    store.collections["price_lists"].edit(2, name="Another")
    store.edit_silently("price_lists", 1, name="Another")
    assert store.changed_silently("price_lists", since) == {1}


@pytest.mark.parametrize(
    ("kind", "is_shown"),
    [("products/variants", True), ("customers/addresses", True), ("orders/lines", True), ("orders/messages", False)],
)
def test_nested_rows_are_owed_when_their_parent_keeps_its_date(store: Store, kind: str, is_shown: bool) -> None:
    """And so is a parent that shows them."""
    table, _, rows = kind.partition("/")
    parent = parent_with(store, kind)
    row = store.child_ids(parent, rows)[0]
    since = store.clock.time()
    store.edit_child(parent, rows, row, dated=False, **_other(kind))
    assert store.changed_silently(kind, since) == {(parent, row)}
    assert store.changed_silently(table, since) == ({parent} if is_shown else set())
    store.edit(table, parent)
    assert store.changed_silently(kind, since) == store.changed_silently(table, since) == set()


def _other(kind: str) -> dict[str, Any]:
    return {
        "products/variants": {"upc": "036000291452"},
        "customers/addresses": {"city": "Lyon"},
        "orders/lines": {"name": "Renamed"},
        "orders/messages": {"message": "Never mind"},
    }[kind]


@pytest.mark.parametrize("moves", [True, False])
def test_a_refund_is_owed_by_its_creation(moves: bool) -> None:
    """An old one that was declined shows no date, whatever its order does."""
    variant = ApiVariant(refund_bumps_date_modified=moves)
    store = Store(Options(orders=60, products=20, customers=20, coupons=5, oddities=False, api_variant=variant))
    order = parent_with(store, "orders/refunds")
    old = store.child_ids(order, "refunds")[0]
    since = store.clock.time()
    new = store.add_child(order, "refunds")
    assert store.changed_silently("refunds", since) == set()
    store.edit_child(order, "refunds", old, reason="Declined")
    assert store.changed_silently("refunds", since) == {old}
    store.remove_child(order, "refunds", new)
    assert store.deleted("refunds", since) == {new}


def test_unknown_rows_are_refused(store: Store) -> None:
    calls: tuple[Callable[[str], Any], ...] = (store.keys_at, lambda kind: store.deleted(kind, 0))
    for call in calls:
        for kind in ("pets", "orders/variants", "orders/refunds", "products/pets"):
            with pytest.raises(KeyError):
                call(kind)

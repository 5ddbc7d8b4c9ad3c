"""Sequences found by review: each was once a false deletion, a lost record, or one that is emitted for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.harness import CURSORS, Sync
from integration_tests.mirror.copy import Copy
from integration_tests.mirror.test_mirror import DAY, OF_ORDERS, OF_PRODUCTS, cases
from integration_tests.mirror.test_no_false_deletion import EMPTY, FOR_GOOD
from sandbox import API_VARIANTS, Options, Server
from sandbox.faults import holding, rows_of
from source_bigcommerce.lists.state import RECONCILIATION
from source_bigcommerce.reconciliation import list_reconciliation, messages
from source_bigcommerce.reconciliation.ledger import Ledger
from unit_tests.support import set_page_size

OPTIONS = Options(orders=14, products=12, customers=30, coupons=3, rows=8, oddities=False)


def serve(variant: str = "likeliest", **options: Any) -> AbstractContextManager[Server]:
    """A small store of its own."""
    return Server(replace(OPTIONS, api_variant=API_VARIANTS[variant], **options))


def copy_of(server: Server, streams: Iterable[str], **config: Any) -> Copy:
    """A copy made by a first sync, long after the last change."""
    server.store.clock.advance(2 * DAY)
    copy = Copy(server, streams, **config)
    copy.sync()
    return copy


def kept(copy: Copy, *streams: str) -> None:
    """Something of each stream is in the copy, and nothing of it was deleted by the last sync."""
    for stream in streams:
        assert copy.destinations[0].rows(stream), f"nothing of {stream} can be lost"
        assert stream not in copy.deleted


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it requests again."""
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_a_start_date_that_empties_a_list_deletes_nothing_that_exists() -> None:
    """Although the ten records with the lowest ids are gone for good: they say nothing about the others."""
    with serve() as server:
        server.store.edit("orders", server.store.ids("orders")[0])
        # One worker, which reads a list with records first: without any, nothing is deleted anyway.
        copy = copy_of(server, ("orders", "customers", "customer_addresses"), num_workers=1)
        ids = server.store.ids("customers")
        for id_ in ids[:10]:
            server.store.delete("customers", id_)
        for _ in range(3):
            copy.sync(start_date="2026-11-01")
            assert copy.deleted.get("customers", set()) <= set(ids[:10])
            assert set(ids[10:]) <= set(copy.destinations[0].rows("customers"))
        copy.sync()
        assert not copy.differences()


def test_lists_below_parents_that_are_empty_at_once_are_believed_the_second_time() -> None:
    """The number of records counts, not that of their few parents."""
    with serve(rows=24) as server:
        copy = copy_of(server, ("channels", "channel_listings"))
        assert len(copy.destinations[0].rows("channel_listings")) > 10
        server.fail("v3/channels/*/listings", times=FOR_GOOD, **EMPTY["an empty list"])
        copy.sync()
        kept(copy, "channel_listings")
        server.clear_faults()
        copy.sync()
        kept(copy, "channel_listings")
        assert not copy.differences()


@pytest.mark.exhaustive
@pytest.mark.parametrize("nothing", ["204", "an empty list"])
@pytest.mark.parametrize("recent", [slice(0, 20), slice(388, 400)], ids=["in the first range", "in the last range"])
def test_children_that_all_orders_lack_at_once_are_not_deleted(
    nothing: str, recent: slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of older orders are not read again, so that all that is read may be a small part of the known ones."""
    set_page_size(monkeypatch, 64)
    monkeypatch.setattr(list_reconciliation, "PAGES_PER_RANGE", 2)
    with serve(orders=400) as server:
        for id_ in server.store.ids("orders")[recent]:
            server.store.edit("orders", id_)
        copy = copy_of(server, ("orders", "transactions"))
        server.fail("v3/orders/*/transactions", times=FOR_GOOD, **EMPTY[nothing])
        copy.sync()
        kept(copy, "transactions")
        server.clear_faults()
        copy.sync()
        kept(copy, "transactions")
        assert not copy.differences()


def test_children_that_all_of_a_few_orders_lack_at_once_are_not_deleted() -> None:
    """However few they are: nothing shows that their list works."""
    with serve(orders=8) as server:
        for id_ in server.store.ids("orders"):
            server.store.edit("orders", id_)
        copy = copy_of(server, ("orders", "order_taxes"))
        server.fail("v2/orders/*/taxes", times=FOR_GOOD, **EMPTY["204"])
        copy.sync()
        kept(copy, "order_taxes")
        server.clear_faults()
        copy.sync()
        kept(copy, "order_taxes")
        assert not copy.differences()


def copy_of_messages(server: Server) -> tuple[Copy, int, list[int]]:
    """A copy of orders with messages: the first order, which has several, and the others."""
    first, *others = server.store.ids("orders")
    for id_ in (first, first, first, *others):
        server.store.add_child(id_, "messages", subject="About the order")
        server.store.edit("orders", id_)
    return copy_of(server, ("orders", "order_messages")), first, others


def test_all_messages_that_one_order_lacks_at_once_are_believed_the_second_time() -> None:
    """The list of the order is their only address, and another request for it may be as wrong."""
    with serve(orders=8) as server:
        store = server.store
        copy, first, others = copy_of_messages(server)
        server.fail(f"v2/orders/{first}/messages", times=FOR_GOOD, **EMPTY["an empty list"])
        copy.sync()
        kept(copy, "order_messages")
        server.clear_faults()
        copy.sync()
        kept(copy, "order_messages")
        assert not copy.differences()
        messages = store.child_ids(first, "messages")
        for message in messages:
            store.remove_child(first, "messages", message, dated=False)
        single = store.child_ids(others[0], "messages")[-1]
        store.remove_child(others[0], "messages", single, dated=False)
        copy.sync()
        assert copy.deleted["order_messages"] == {(others[0], single)}
        copy.sync()
        assert copy.deleted["order_messages"] == {(first, message) for message in messages}
        assert not copy.differences()


def test_what_was_held_back_is_deleted_although_its_order_has_become_old() -> None:
    """The list of an order that has not changed for thirty days is not read again otherwise."""
    with serve(orders=8) as server:
        store = server.store
        copy, first, _ = copy_of_messages(server)
        messages = store.child_ids(first, "messages")
        for message in messages:
            store.remove_child(first, "messages", message, dated=False)
        copy.sync()
        kept(copy, "order_messages")
        store.clock.advance(40 * DAY)
        copy.sync()
        assert copy.deleted["order_messages"] == {(first, message) for message in messages}
        assert not copy.differences()


def test_the_listings_of_one_channel_that_is_empty_at_once_are_believed_the_second_time() -> None:
    """They are few among those of all channels, and can be requested only through their list."""
    with serve(rows=32) as server:
        copy = copy_of(server, ("channels", "channel_listings"))
        rows = copy.destinations[0].rows("channel_listings")
        number, channel = min((n, key) for key, n in Counter(key[0] for key in rows).items() if n > 1)
        assert number <= 10, "the rule for the whole stream holds them back"
        server.fail(f"v3/channels/{channel}/listings", times=FOR_GOOD, **EMPTY["an empty list"])
        copy.sync()
        kept(copy, "channel_listings")
        server.clear_faults()
        copy.sync()
        kept(copy, "channel_listings")
        assert not copy.differences()


def test_an_archived_order_keeps_the_children_that_the_store_no_longer_returns() -> None:
    """A 404 says that they cannot be read: the order itself exists."""
    with serve("archived orders have no transactions") as server:
        store = server.store
        order = next(id_ for id_ in store.ids("orders") if store.child_ids(id_, "transactions"))
        copy = copy_of(server, OF_ORDERS)
        store.archive_order(order)
        for _ in range(3):
            copy.sync()
            assert not copy.deleted
        assert {row["order_id"] for row in copy.destinations[0].rows("transactions").values()} >= {order}


@pytest.mark.exhaustive
@pytest.mark.parametrize("own", cases(["204", "an empty list"], "an empty list"))
def test_a_product_without_any_variant_is_not_believed(own: str) -> None:
    """Every product has one: neither its list nor that of the variants can be right."""
    with serve() as server:
        copy = copy_of(server, OF_PRODUCTS)
        product = server.store.ids("products")[3]
        server.fail("v3/catalog/products?*", times=FOR_GOOD, kind="edit", edit=without_variants(product))
        server.fail("v3/catalog/variants", times=FOR_GOOD, **EMPTY[own])
        for _ in range(3):
            copy.sync(fails=True)
            kept(copy, "product_variants")
        server.clear_faults()
        copy.sync()
        assert not copy.deleted
        assert not copy.differences()


@pytest.mark.exhaustive
def test_a_parent_that_was_unread_once_leaves_a_ledger_in_order(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its failure concerns the range that it belongs to, and no later one."""
    monkeypatch.setattr(list_reconciliation, "PAGES_PER_RANGE", 1)
    set_page_size(monkeypatch, 3)
    with serve(orders=40) as server:
        for id_ in server.store.ids("orders"):
            server.store.edit("orders", id_)
        copy = copy_of(server, ("orders", "transactions"))
        assert len(ranges(copy.sync(), "transactions")) > 2
        order = min(row["order_id"] for row in copy.destinations[0].rows("transactions").values())
        server.fail(f"v3/orders/{order}/transactions", times=FOR_GOOD, status=400)
        copy.sync(fails=True)
        assert "are missing from 'transactions'" in caplog.text
        server.clear_faults()
        copy.sync()
        assert not copy.deleted
        assert "cannot be read" not in caplog.text, "the ledger is damaged"
        keys = ledger_of(copy, "transactions")
        assert keys == sorted(set(keys))
        assert not copy.differences()
        copy.sync()
        assert not any(copy.last.records.values())


@pytest.mark.exhaustive
def test_an_archived_order_that_cannot_be_read_does_not_end_the_reconciliation() -> None:
    """Nothing is deleted then, as what the list hides is not known; what is wrong with other orders is mended."""
    with serve("archived orders need the filter") as server:
        store = server.store
        first, second, other = store.ids("orders")[2:5]
        copy = copy_of(server, ("orders", "order_products"))
        store.archive_order(first)
        store.archive_order(second)
        copy.sync()
        store.clock.advance(DAY)  # otherwise they are read as changed ones, too
        copy.sync()
        server.fail("v2/orders?*is_deleted=true*", times=FOR_GOOD, kind="when", when=holding(first))
        store.edit_silently("orders", other, staff_notes="Another one")
        store.clock.advance(DAY)
        finished = copy.states["orders"][RECONCILIATION]["finished"]
        copy.sync(fails=True)
        assert not copy.deleted
        assert (other,) in copy.emitted("orders")
        assert copy.states["orders"][RECONCILIATION]["finished"] > finished
        server.clear_faults()
        store.delete("orders", second)
        copy.sync()
        assert copy.deleted["orders"] == {second}
        assert not copy.differences()


@pytest.mark.exhaustive
@pytest.mark.parametrize("hours", [5, 14])
def test_a_deletion_replaces_a_row_with_a_date_of_another_time_zone(hours: int) -> None:
    """The dates of customer groups have no known zone: they may be ahead of the store's own clock."""
    with serve() as server:
        groups = server.store.collections["customer_groups"]
        key = groups.keys()[1]
        groups.edit(key, at=int(server.store.clock.now() + 2 * DAY) + hours * 3600)
        copy = copy_of(server, ("customer_groups", "channels"))
        groups.delete(key)
        copy.sync()
        assert copy.deleted["customer_groups"] == {key}
        assert not copy.differences()


@pytest.mark.exhaustive
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("kind", cases(["customers", "orders", "subscribers"], "customers"))
def test_a_list_that_has_become_empty_is_emptied_by_the_second_reconciliation(kind: str, workers: int) -> None:
    """Whichever list is read first: the records of any other show that the store works."""
    with serve() as server:
        shelf = server.store.collections.get(kind)
        keys = list(shelf.keys() if shelf else server.store.ids(kind))
        copy = copy_of(server, (kind, "channels"), num_workers=workers)
        for key in keys:
            server.store.delete(kind, key)
        copy.sync()
        assert not copy.deleted
        copy.sync()
        assert copy.deleted.get(kind) == set(keys)
        assert not copy.differences()


@pytest.mark.exhaustive
def test_orders_that_only_their_own_address_returns_are_not_emitted_again_and_again() -> None:
    """Each reconciliation requests them one by one, and finds them as they were."""
    with serve("archived orders are unreachable") as server:
        copy = copy_of(server, ("orders", "order_products", "order_fees"))
        for order in server.store.ids("orders")[3:5]:
            server.store.archive_order(order)
        copy.sync()
        server.store.clock.advance(DAY)
        copy.sync()
        copy.sync()
        assert not copy.deleted
        assert not any(copy.last.records.values())


@pytest.mark.exhaustive
def test_unchanged_children_of_scattered_parents_are_not_emitted() -> None:
    """Those of the parents between are not read again, so that a block is read in part: at first, that is not known to
    be unchanged."""
    streams = ("transactions", "order_taxes", "order_shipments")
    with serve(orders=40) as server:
        for id_ in server.store.ids("orders")[::5]:
            server.store.edit("orders", id_)
        copy = copy_of(server, ("orders", *streams))
        copy.sync()
        for _ in range(2):
            copy.sync()
            assert not any(copy.last.records.values())
        assert all(copy.destinations[0].rows(stream) for stream in streams)
        assert not copy.differences()


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.exhaustive), 8])
def test_the_streams_of_a_list_report_the_same_positions(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where ledgers are too large for every state. Otherwise a sync that was killed reads the list once for each
    stream."""
    monkeypatch.setattr(messages, "_SMALL", 0)
    monkeypatch.setattr(list_reconciliation, "PAGES_PER_RANGE", 1)
    set_page_size(monkeypatch, 5, pages_per_slice=1)
    streams = ("orders", "order_products", "order_fees")
    with serve(orders=80) as server:
        copy = copy_of(server, streams, num_workers=workers)
        first = {stream: dates(copy.last, stream) for stream in streams}
        copy.sync()
        positions = {stream: ranges(copy.last, stream) for stream in streams}
    assert positions["orders"], "it has no ranges"
    assert all(found == positions["orders"] for found in positions.values())
    assert all(found == first["orders"] for found in first.values())


def test_new_records_are_saved_before_a_reconciliation_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the ledgers are: a sync that is killed in its reconciliation does not read them again."""
    monkeypatch.setattr(messages, "_SMALL", 0)
    with serve(orders=80) as server:
        copy = copy_of(server, ("orders", "order_products"))
        server.store.clock.advance(DAY)
        server.store.edit("orders", server.store.ids("orders")[7])
        before = dict(copy.states)
        copy.sync()
        assert copy.emitted("orders")
        for stream in copy.streams:
            saved = [one for one in copy.last.states[stream] if date_of(one) > date_of(before[stream])]
            assert "begun" not in saved[0][RECONCILIATION]
            assert saved[0][RECONCILIATION]["finished"] == before[stream][RECONCILIATION]["finished"]
            assert saved[-1][RECONCILIATION]["finished"] > before[stream][RECONCILIATION]["finished"]


def dates(found: Sync, stream: str) -> list[str]:
    """The dates up to which the states of a sync are complete, in their order; each once."""
    return list(dict.fromkeys(map(date_of, found.states[stream])))


def date_of(state: Mapping[str, Any]) -> str:
    """The date up to which a state is complete."""
    return next((str(state[name]) for name in CURSORS if state.get(name)), "")


def ledger_of(copy: Copy, stream: str) -> list[Any]:
    """The keys in the saved ledger of a stream, in their order there."""
    keys = Ledger.load(copy.states[stream][RECONCILIATION]).keys
    return list(keys.keys(0, len(keys)))


def ranges(found: Sync, stream: str) -> list[Any]:
    """The positions in the states of a sync: where each of its ranges ended, but the last."""
    return [state[RECONCILIATION]["position"] for state in found.states[stream] if "position" in state[RECONCILIATION]]


def without_variants(product: int) -> Callable[[Any, Mapping[str, str]], Any]:
    """An edit of a list of products by which one of them has no variants."""

    def empty(body: Any, _: Mapping[str, str]) -> Any:
        for row in rows_of(body):
            if row.get("id") == product and "variants" in row:
                row["variants"] = []
        return body

    return empty

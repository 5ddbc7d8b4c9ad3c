"""Promise P9: whatever a store returns and whatever the settings become, no record that exists is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.mirror.copy import Copy
from integration_tests.mirror.test_mirror import COLLECTIONS, DAY, OF_CUSTOMERS, OF_ORDERS, OF_PRODUCTS, cases, deletes
from sandbox import READ_SCOPES, Options, Server
from sandbox.faults import rows_of
from source_bigcommerce.reconciliation import list_reconciliation
from unit_tests.support import set_page_size

OPTIONS = Options(orders=30, products=30, customers=30, coupons=3, rows=8, oddities=False)
FOR_GOOD = 10_000
YEAR = 365 * DAY
EMPTY: Mapping[str, dict[str, Any]] = {
    "204": {"status": 204, "body": ""},
    "an empty list": {"kind": "edit", "edit": lambda body, _: emptied(body)},
    "null": {"status": 200, "body": "null"},
    "an empty object": {"status": 200, "body": "{}"},
}
LISTS = {  # lists, and the requests of a reconciliation by which they are read
    "orders": "v2/orders?*limit=250*",
    "customers": "v3/customers?*limit=250*",
    "products": "v3/catalog/products?*limit=250*",
    "subscribers": "v3/customers/subscribers?*limit=250*",
}
BY_ID = ("orders", "products", "customers", "subscribers")


def emptied(body: Any) -> Any:
    """A response without its rows; one that is no list as it is."""
    if isinstance(body, list):
        return []
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        pagination = {"total": 0, "count": 0, "total_pages": 1, "current_page": 1, "per_page": 50}
        return {"data": [], "meta": {"pagination": pagination}}
    return body


def without(*keys: Any, field: str = "id") -> Callable[[Any, Mapping[str, str]], Any]:
    """An edit of a response that hides these records, also from its total."""

    def hide(body: Any, _: Mapping[str, str]) -> Any:
        rows = rows_of(body)
        before = len(rows)
        rows[:] = [row for row in rows if row.get(field) not in keys]
        pagination = body["meta"].get("pagination") if isinstance(body, dict) else None
        if pagination and "total" in pagination:
            pagination["total"] -= before - len(rows)
        return body

    return hide


def until(last: int) -> Callable[[Any, Mapping[str, str]], Any]:
    """An edit by which a list ends after this id."""

    def cut(body: Any, _: Mapping[str, str]) -> Any:
        rows = rows_of(body)
        rows[:] = [row for row in rows if row["id"] <= last]
        if isinstance(body, dict):
            body["meta"] = {"pagination": {"total": len(rows), "count": len(rows)}}
        return body

    return cut


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A store; nothing waits before it requests again."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    with Server(OPTIONS) as running:
        yield running


def keeps(copy: Copy, syncs: int = 2, **config: Any) -> None:
    """None of the next syncs deletes anything, although the store or the settings are wrong."""
    for _ in range(syncs):
        copy.sync(fails=True, **config)
        assert not copy.deleted, copy.last.logs


def recovers(copy: Copy) -> None:
    """Once everything is right again, the copies are those of the store, without a deletion."""
    copy.server.clear_faults()
    keeps(copy)
    assert not copy.last.failure
    assert not copy.differences()


@pytest.fixture
def copy(server: Server) -> Copy:
    """A copy of the main lists, made by a first sync."""
    made = Copy(server, MAIN)
    made.sync()
    return made


MAIN = (
    "orders", "order_products", "customers", "customer_addresses", "products", "product_variants", "subscribers",
    "customer_groups", "order_metafields", "price_lists", "price_list_records", "channels",
)  # fmt: skip


def test_a_scope_that_is_withdrawn_deletes_nothing(copy: Copy) -> None:
    options = copy.server._app.options
    for scope in ("store_v2_orders_read_only", "store_v2_products_read_only", "store_v2_customers_read_only"):
        copy.server._app.options = replace(options, scopes=READ_SCOPES - {scope})
        keeps(copy, 1)
    copy.server._app.options = options
    recovers(copy)


@pytest.mark.exhaustive
def test_fewer_channels_delete_nothing(server: Server) -> None:
    """Neither when they are chosen nor while reconciliations follow."""
    copy = Copy(server, (*OF_PRODUCTS, *OF_ORDERS, "channels", "channel_listings", "channel_metafields"))
    copy.sync()
    chosen = server.store.products.body(server.store.ids("products")[0]).parts["channels"][:1]
    keeps(copy, 3, channel_ids=chosen)
    recovers(copy)


@pytest.mark.exhaustive
def test_a_later_start_date_deletes_nothing(server: Server) -> None:
    copy = Copy(server, (*OF_CUSTOMERS, *OF_ORDERS))
    copy.sync()
    keeps(copy, 3, start_date="2025-06-01")
    recovers(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize("nothing", cases(EMPTY, "204"))
def test_a_store_that_returns_nothing_at_all_deletes_nothing(copy: Copy, nothing: str) -> None:
    """In one sync as in many."""
    for path in ("v2/[!t]*", "v3/*"):
        copy.server.fail(path, times=FOR_GOOD, **EMPTY[nothing])
    keeps(copy, 4)
    recovers(copy)


@pytest.mark.parametrize("nothing", cases(EMPTY, "an empty list"))
@pytest.mark.parametrize(
    "kind", cases([*LISTS, "customer_groups", "order_metafields", "price_lists"], "orders", "customers")
)
def test_a_list_that_is_empty_once_deletes_nothing(copy: Copy, kind: str, nothing: str) -> None:
    """Although the store returns the records of other lists."""
    path = {
        "customer_groups": "v2/customer_groups*", "order_metafields": "v3/orders/metafields*",
        "price_lists": "v3/pricelists*", "orders": "v2/orders*", "products": "v3/catalog/products*",
        "customers": "v3/customers*", "subscribers": "v3/customers/subscribers*",
    }[kind]  # fmt: skip
    copy.server.fail(path, times=FOR_GOOD, **EMPTY[nothing])
    keeps(copy, 1)
    recovers(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize("nothing", cases(EMPTY, "an empty list"))
@pytest.mark.parametrize("kind", cases(["orders", "products"], "orders"))
def test_a_list_that_stays_empty_deletes_nothing_that_has_an_address(copy: Copy, kind: str, nothing: str) -> None:
    """The records themselves are still returned at their own addresses."""
    path = {"orders": "v2/orders", "products": "v3/catalog/products"}[kind]
    copy.server.fail(path, times=FOR_GOOD, **EMPTY[nothing])
    keeps(copy, 4)
    recovers(copy)


@pytest.mark.parametrize("kind", cases(BY_ID, "customers"))
def test_a_page_that_misses_a_record_deletes_nothing(copy: Copy, kind: str) -> None:
    """It is returned by its id, in the form in which the copy has it."""
    keys = copy.server.store.collections[kind].keys() if kind == "subscribers" else copy.server.store.ids(kind)
    copy.server.fail(LISTS[kind], times=FOR_GOOD, kind="edit", edit=without(keys[3], keys[-1]))
    keeps(copy)
    assert not copy.differences("by cursor", truth=_truth_without_faults(copy))
    recovers(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "kind",
    cases(["customer_groups", "order_metafields", "price_list_records", "price_lists", "channels"], "order_metafields"),
)
def test_a_page_that_misses_a_record_once_deletes_nothing(copy: Copy, kind: str) -> None:
    """Where the list is all that there is, it is read again."""
    path = {
        "customer_groups": "v2/customer_groups", "order_metafields": "v3/orders/metafields", "channels": "v3/channels",
        "price_list_records": "v3/pricelists/*/records", "price_lists": "v3/pricelists",
    }[kind]  # fmt: skip
    key = copy.server.store.collections[kind].keys()[2]
    hidden = without(key[1], field="variant_id") if kind == "price_list_records" else without(key)
    # The incremental work comes first, and reads nothing but what is new.
    whole = f"{path}?*" if kind != "price_list_records" else path
    for nth in range(1, 4):
        copy.server.fail(whole, nth=nth, times=1, kind="edit", edit=hidden)
        keeps(copy, 1)
        copy.server.clear_faults()
    recovers(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", cases(BY_ID, "products"))
@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
def test_a_list_that_ends_early_deletes_nothing(copy: Copy, kind: str, many: bool) -> None:
    keys = copy.server.store.collections[kind].keys() if kind == "subscribers" else copy.server.store.ids(kind)
    last = sorted(keys)[1 if many else -4]
    copy.server.fail(LISTS[kind], times=FOR_GOOD, kind="edit", edit=until(last))
    keeps(copy, 3)
    recovers(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", cases(["products", "customers", "subscribers"], "products"))
def test_a_filter_by_id_that_is_ignored_deletes_nothing(copy: Copy, kind: str) -> None:
    """The response is then the first page of the list, not the requested records."""
    store, path = copy.server.store, LISTS[kind].partition("?")[0]
    keys = store.collections[kind].keys() if kind == "subscribers" else store.ids(kind)
    copy.server.fail(LISTS[kind], times=FOR_GOOD, kind="edit", edit=without(keys[-1]))

    def first_page(body: Any, requested: Mapping[str, str]) -> Any:
        first = store.record(kind, keys[0]) if kind != "subscribers" else {"id": keys[0]}
        return {"data": [first], "meta": {"pagination": {"total": 1, "count": 1}}}

    copy.server.fail(f"{path}?*id:in*", times=FOR_GOOD, kind="edit", edit=first_page)
    keeps(copy, 2)
    recovers(copy)


CONFIRMATIONS = {  # of deletions: the requests that only they need
    "orders": "v2/orders/*",
    "products": "v3/catalog/products?*id:in*limit=50*",
    "customers": "v3/customers?*id:in*",
    "subscribers": "v3/customers/subscribers?*id:in*",
}
UNANSWERED: dict[str, dict[str, Any]] = {
    **{str(status): {"status": status} for status in (400, 403, 422, 500, 503)},
    "429": {"status": 429, "headers": {"X-Rate-Limit-Time-Reset-Ms": "10"}},
}


@pytest.mark.parametrize("answer", cases([*UNANSWERED, *EMPTY, "reset"], "204"))
@pytest.mark.parametrize("kind", cases(BY_ID, "orders", "products"))
def test_a_deletion_that_is_not_confirmed_waits(server: Server, kind: str, answer: str) -> None:
    """For the first reconciliation that can confirm it. A record that only its list misses is not deleted then."""
    copy = Copy(server, (kind, "channels"))
    copy.sync()
    store = server.store
    keys = store.collections[kind].keys() if kind == "subscribers" else store.ids(kind)
    server.fail(LISTS[kind], times=FOR_GOOD, kind="edit", edit=without(keys[3]))
    server.fail(CONFIRMATIONS[kind], times=FOR_GOOD, **{**UNANSWERED, **EMPTY, "reset": {"kind": "reset"}}[answer])
    keeps(copy)
    recovers(copy)
    assert deletes(copy, lambda: store.delete(kind, keys[3]))[kind] == {keys[3]}


@pytest.mark.exhaustive
@pytest.mark.parametrize("seconds", [YEAR, -YEAR], ids=["forward", "back"])
def test_a_clock_that_jumps_deletes_nothing(copy: Copy, seconds: float) -> None:
    """And back again; what is really deleted in the meantime is found."""
    server = copy.server
    server.store.clock.advance(2 * YEAR)
    copy.sync("daily")
    server.store.clock.advance(seconds)
    keeps(copy, 2, reconcile="daily")
    server.store.clock.advance(-seconds)
    keeps(copy, 2, reconcile="daily")
    server.store.clock.advance(seconds)
    order = server.store.delete("orders", server.store.ids("orders")[3])
    copy.sync()
    assert copy.deleted["orders"] == {order}
    assert not copy.differences()


def test_a_clock_that_was_a_year_ahead_does_not_end_reconciliation(copy: Copy) -> None:
    """The next one is due although the last one lies in the future."""
    server = copy.server
    server.store.clock.advance(2 * DAY)
    copy.sync("daily")
    server.store.clock.advance(YEAR)
    copy.sync("daily")
    server.store.clock.advance(-YEAR)
    order = server.store.delete("orders", server.store.ids("orders")[3])
    copy.sync("daily")
    assert copy.deleted["orders"] == {order}


@pytest.mark.exhaustive
def test_other_page_sizes_delete_nothing(copy: Copy) -> None:
    """Two reconciliations need not see the same pages; ranges end elsewhere then."""
    for size in (250, 7, 3, 11):
        with pytest.MonkeyPatch.context() as patches:
            set_page_size(patches, size)
            patches.setattr(list_reconciliation, "PAGES_PER_RANGE", 2)
            keeps(copy, 1)
            assert not any(copy.last.records.values()), "something was emitted though nothing changed"
    recovers(copy)


@pytest.mark.parametrize("kind", cases(["orders", "products", "customers"], "orders"))
def test_a_mass_disappearance_is_believed_the_second_time(server: Server, kind: str) -> None:
    copy = Copy(server, (kind, "channels"))
    copy.sync()
    gone = set(server.store.ids(kind)[5:25])
    for key in gone:
        server.store.delete(kind, key)
    keeps(copy, 1)
    copy.sync()
    assert copy.deleted == {kind: gone}
    assert not copy.differences()


@pytest.mark.exhaustive
def test_an_empty_store_is_believed_the_second_time(server: Server) -> None:
    """All of it was really deleted; what a store always has is left."""
    copy = Copy(server)
    copy.sync()
    for kind in ("orders", "products", "customers"):
        for key in server.store.ids(kind):
            server.store.delete(kind, key)
    for kind in COLLECTIONS:
        if kind != "channels":
            for key in list(server.store.collections[kind].held_dates()):
                server.store.delete(kind, key)
    copy.sync()
    assert not copy.deleted.keys() & {"orders", "products", "customers"}
    copy.sync()
    assert not copy.differences()


@pytest.mark.exhaustive
def test_channels_without_a_record_delete_nothing(server: Server) -> None:
    """The list is empty then, and the records exist."""
    copy = Copy(server, (*OF_PRODUCTS, "orders", "channels"))
    copy.sync()
    keeps(copy, 4, channel_ids=[4711])
    recovers(copy)


@pytest.mark.exhaustive
def test_a_start_date_after_all_records_deletes_nothing(server: Server) -> None:
    copy = Copy(server, ("orders", "customers", "channels"))
    copy.sync()
    keeps(copy, 4, start_date="2026-11-01")
    recovers(copy)


def _truth_without_faults(copy: Copy) -> Any:
    faults = list(copy.server._app.faults._faults)
    copy.server.clear_faults()
    try:
        return copy.truth()
    finally:
        for fault in faults:
            copy.server._app.faults.add(fault)

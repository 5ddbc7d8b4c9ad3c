"""The store's data, its log of changes, and what a sync owes."""

from __future__ import annotations

from collections import Counter
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import Options, Server, Store
from sandbox.dates import iso_offset, iso_z, parse_iso, parse_v2, rfc2822
from sandbox.live import Live
from sandbox.table import Check, Where
from unit_tests.sandbox.conftest import Client, Direct, Open

PATHS = (
    "v2/orders?limit=250&include=consignments.line_items,fees&consignment_structure=object",
    "v3/customers?limit=250&include=addresses,attributes,formfields,storecredit",
    "v3/catalog/products?limit=250&include=variants,images",
    "v2/coupons?limit=250",
    "v3/orders/payment_actions/refunds?limit=250",
    "v2/orders/101/shipments",
)


@pytest.fixture
def store() -> Store:
    """A store of its own for a test that edits."""
    return Store(Options(orders=300, products=120, customers=100, coupons=30, seed=2))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Whenever the store is started and whatever was requested before; another seed gives others."""
    sizes = {"orders": 120, "products": 60, "customers": 60}
    first, second, other = Direct(seed=4, **sizes), Direct(seed=4, **sizes), Direct(seed=6, **sizes)
    second.get("v2/orders?page=2")
    for path in PATHS:
        assert first.get(path).body == second.get(path).body
        assert first.get(path).body != other.get(path).body


def test_relations_hold(store: Store) -> None:
    """Orders name customers, products and coupons that exist."""
    customers, products, coupons = (set(store.ids(kind)) for kind in ("customers", "products", "coupons"))
    variants = {id_: {row["id"] for row in store.record("products", id_)["variants"]} for id_ in products}
    guests = 0
    for id_ in store.ids("orders"):
        order = store.record("orders", id_)
        guests += order["customer_id"] == 0
        assert order["customer_id"] in customers | {0}
        for line in order["lines"]:
            assert line["order_id"] == id_
            assert line["product_id"] in products | {0}
            if line["product_id"]:
                assert line["variant_id"] in variants[line["product_id"]]
        assert {row["coupon_id"] for row in order["coupon_rows"]} <= coupons
        assert order["items_total"] == sum(line["quantity"] for line in order["lines"])
    assert 0 < guests < 100


def test_dates_end_yesterday_and_hold_bulk_updates() -> None:
    """Hundreds of orders share a second; half the store is not modified in the order of ids."""
    store = Store(Options(orders=5000))
    dates = store.dates("orders")
    assert max(dates.values()) <= store.options.now - 86400
    assert max(dates.values()) - min(dates.values()) > 2.5 * 365 * 86400
    shared = [count for _, count in Counter(dates.values()).most_common(4)]
    assert shared[0] > 250
    assert shared[2] > 100
    falls = sum(1 for a, b in zip(list(dates.values()), list(dates.values())[1:], strict=False) if a > b)
    assert falls > 1000
    assert all(store.orders.created_of(id_) <= at for id_, at in dates.items())


def test_ids_have_gaps_but_odd_records_are_where_they_are_documented() -> None:
    """As after deletions."""
    store = Store(Options(orders=2000))
    ids = store.ids("orders")
    assert len(ids) == 2000
    assert ids[-1] - ids[0] > 2000
    assert list(store.oddities["orders"].values()) == ids[: len(store.oddities["orders"])]
    assert Store(Options(orders=0, products=0, customers=0, coupons=0)).oddities["orders"] == {}
    assert Store(Options(orders=50, oddities=False)).oddities["orders"] == {}


@pytest.mark.parametrize("count", [10, 50, 250, 251, 400])
def test_odd_orders_have_the_documented_number_of_lines(store: Store, count: int) -> None:
    """Exactly the sizes at which an embedded list may have been cut."""
    assert len(store.record("orders", store.oddities["orders"][f"lines_{count}"])["lines"]) == count


def test_odd_records_have_what_their_names_say(store: Store) -> None:
    """The values that were seen in the wild."""

    def order(name: str) -> dict[str, Any]:
        return store.record("orders", store.oddities["orders"][name])

    assert order("no_lines")["items_total"] == 0
    assert order("custom_line")["lines"][0]["product_id"] == 0
    assert "variant_id" not in order("custom_line")["lines"][0]
    assert order("form_fields_blank")["billing_address"]["form_fields"] == ""
    kinds = [type(row["value"]) for row in order("form_fields_each_kind")["billing_address"]["form_fields"]]
    assert kinds == [str, int, list]
    assert isinstance(order("external_id_integer")["external_id"], int)
    assert order("incomplete")["status_id"] == 0
    assert order("archived")["is_deleted"] is True
    assert "is_deleted" not in order("no_is_deleted")
    assert order("digital_only")["order_is_digital"] is True
    assert order("several_addresses")["shipping_address_count"] == 3

    def product(name: str) -> dict[str, Any]:
        return store.record("products", store.oddities["products"][name])

    assert product("prices_null_on_variants")["variants"][0]["price"] is None
    assert [product(name)["price"] for name in ("price_integer", "price_float")] == [5, 5.25]
    assert product("related_automatic")["related_products"] == [-1]
    assert "base_variant_id" not in product("no_base_variant")
    unset = store.record("customers", store.oddities["customers"]["unset_text"])
    assert unset["company"] == unset["phone"] == ""


def test_an_edit_changes_the_record_and_its_date(store: Store) -> None:
    """At the store's clock, in whole seconds; the neighbours that share its body stay as they are."""
    before = {id_: store.record("orders", id_) for id_ in store.ids("orders")}
    id_ = store.ids("orders")[80]
    at = store.edit("orders", id_, staff_notes="call back", lines=[])
    assert at == store.clock.now()
    after = store.record("orders", id_)
    assert (after["staff_notes"], after["lines"]) == ("call back", [])
    assert store.dates("orders")[id_] == at
    assert all(store.record("orders", other) == row for other, row in before.items() if other != id_)


def test_new_ids_grow_and_deleted_ones_do_not_come_back(store: Store) -> None:
    """Also after the newest was deleted."""
    newest = store.create("orders", staff_notes="by phone")
    assert newest > max(store.ids("orders")[:-1])
    assert store.record("orders", newest)["staff_notes"] == "by phone"
    store.delete("orders", newest)
    assert store.create("orders") == newest + 1
    with pytest.raises(KeyError):
        store.edit("orders", newest)
    with pytest.raises(KeyError, match="no record"):
        store.delete("orders", newest)
    for gone in (newest, 5, 10**6):
        with pytest.raises(KeyError, match="no record"):
            store.record("orders", gone)
        with pytest.raises(KeyError, match="no record"):
            store.archive_order(gone)
    assert store.ids("orders") == sorted(store.dates("orders"))
    with pytest.raises(KeyError, match="there are orders"):
        store.edit("pets", 1)


@pytest.mark.parametrize("field", ["id", "date_modified", "date_created"])
def test_the_stores_own_fields_cannot_be_set(store: Store, field: str) -> None:
    """The response would show another value than the one that filters go by."""
    for change in (lambda: store.edit("products", 80, **{field: 1}), lambda: store.create("products", **{field: 1})):
        with pytest.raises(ValueError, match="cannot be set"):
            change()


def test_a_bulk_edit_happens_in_one_second(store: Store) -> None:
    """More records than fit on a page."""
    ids = store.ids("orders")[:260]
    at = store.bulk_edit("orders", ids, status_id=2)
    assert {store.dates("orders")[id_] for id_ in ids} == {at}


@settings(max_examples=40)
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(["edit", "create", "delete", "archive"]), st.integers(0, 10**6)), max_size=30
    )
)
def test_lookups_stay_true_while_the_store_is_edited(edits: list[tuple[str, int]]) -> None:
    """Remembered results are updated, not recomputed: they must agree with a plain loop over the records."""
    store = Store(Options(orders=60, products=10, customers=10, coupons=0))
    middle = sorted(store.dates("orders").values())[30]
    filters = [
        Where(),
        Where(modified=(middle, 2**32 - 1)),
        Where(modified=(0, middle), checks=(Check("is_deleted", "not", True),)),
        Where(checks=(Check("status_id", "eq", 2),)),
    ]
    for action, number in edits:
        for where in filters:
            store.orders.select(where)
        ids = store.ids("orders")
        id_ = ids[number % len(ids)]
        match action:
            case "edit":
                store.edit("orders", id_, status_id=number % 3)
            case "create":
                store.create("orders")
            case "archive":
                store.archive_order(id_)
            case "delete" if len(ids) > 1:
                store.delete("orders", id_)
    for where in filters:
        for sort in (("id", False), ("date_modified", True)):
            found = store.orders.select(where, sort)
            rows = [
                (at, id_)
                for id_, at in store.dates("orders").items()
                if where.modified[0] <= at <= where.modified[1]
                and all(check.holds(store.orders.value(id_, check.field)) for check in where.checks)
            ]
            expected = sorted(id_ for _, id_ in rows) if sort[0] == "id" else [i for _, i in sorted(rows)[::-1]]
            assert found.ids(0, len(found)) == expected


def test_what_a_sync_owes_is_what_was_there_and_stayed_untouched(store: Store) -> None:
    """Records that were there at the start and not touched, by the log; later changes make no difference."""
    lower = sorted(store.dates("orders").values())[150]
    at_start = {id_ for id_, at in store.dates("orders").items() if at >= lower}
    older = sorted(set(store.ids("orders")) - at_start)
    edited, archived, gone, edited_later, gone_later = sorted(at_start)[20:25]
    store.edit("orders", older[20])
    since = store.clock.time()
    store.clock.advance(10)
    store.edit("orders", edited)
    store.archive_order(archived)
    store.delete("orders", gone)
    made = store.create("orders")
    until = store.clock.time()
    store.clock.advance(10)
    store.edit("orders", edited_later)
    store.edit("orders", older[21])
    store.delete("orders", gone_later)
    store.create("orders")
    expected = (at_start | {older[20]}) - {edited, archived, gone}
    assert store.must_emit("orders", lower, since, until) == expected
    assert store.touched("orders", since, until) == {edited, archived, gone, made}
    assert store.must_emit("orders", lower, since) == expected - {edited_later, gone_later}
    actions = [change.action for change in store.changes]
    assert actions == ["edit", "edit", "archive", "delete", "create", "edit", "edit", "delete", "create"]


def test_a_live_store_changes_on_every_kth_page(open_store: Open) -> None:
    """Edits, deletions and new records around the reader, all in the log; other endpoints change nothing."""
    client = open_store(live_every=2)
    client.get("v2/time")
    client.get("v2/orders?limit=50")
    assert client.store.changes == []
    client.get("v2/orders?limit=50&page=2")
    changes = client.store.changes
    actions = {change.action for change in changes}
    assert "edit" in actions
    assert "archive" in actions or {"create", "delete"} <= actions
    assert {change.kind.partition("/")[0] for change in changes} == {"orders"}
    odd = set(client.store.oddities["orders"].values())
    assert not odd & client.store.touched("orders")
    for kind, path in (("customers", "v3/customers"), ("products", "v3/catalog/products"), ("coupons", "v2/coupons")):
        client.get(path)
        client.get(path)
        assert client.store.touched(kind)


@pytest.mark.parametrize("when", ["before", "after"])
def test_changes_come_before_or_after_the_page_is_made(open_store: Open, when: str) -> None:
    """Both are needed: a change while the page is under way, and one between pages."""
    client = open_store(live_every=1, live_when=when)
    rows = client.get("v2/orders?limit=250").json()
    shown = {row["id"]: int(parse_v2(row["date_modified"])) for row in rows}
    now = client.store.dates("orders")
    outdated = [id_ for id_, at in shown.items() if now.get(id_) != at]
    assert client.store.touched("orders")
    assert bool(outdated) == (when == "after")


def test_page_numbers_lose_rows_on_a_live_store_and_keys_do_not(open_store: Open) -> None:
    """The reason for all of this."""

    def lost(client: Client, keyed: bool) -> int:
        since = client.store.clock.time()
        seen: list[int] = []
        page = 0
        while True:
            page += 1
            last = max(seen, default=0)
            place = f"min_id={last}" if keyed else f"page={page}"
            ids = client.ids(f"v2/orders?limit=50&sort=id:asc&{place}")
            if not [id_ for id_ in ids if id_ not in seen]:
                break
            seen += ids
        return len(client.store.must_emit("orders", 0, since) - set(seen))

    assert lost(open_store(orders=500, live_every=1), keyed=False) > 0
    assert lost(open_store(orders=500, live_every=1), keyed=True) == 0


def test_a_store_can_be_made_live_and_quiet_again(open_store: Open) -> None:
    """While it runs; less often than never is refused."""
    client = open_store(orders=100)
    client.get("v2/orders")
    assert client.store.changes == []
    client.server.set_live(1)
    client.get("v2/orders")
    changes = len(client.store.changes)
    assert changes
    client.server.set_live(0)
    client.get("v2/orders")
    assert len(client.store.changes) == changes
    client.server.set_live(2)
    assert [client.get("v2/orders").ok for _ in range(4)] == [True] * 4
    assert len(client.store.changes) > changes
    with pytest.raises(ValueError, match="less than 0"):
        client.server.set_live(-1)


def test_a_switch_waits_for_the_page_that_is_being_made() -> None:
    """It would change the rhythm between the two ends of a page."""
    server = Server(Options(orders=30))
    switching = Thread(target=lambda: server.set_live(3))
    with server.store.lock:
        switching.start()
        switching.join(0.05)
        assert switching.is_alive()
    switching.join()


def test_a_wrong_moment_for_changes_is_refused(store: Store) -> None:
    """At the start, not silently."""
    with pytest.raises(ValueError, match="when must be one of"):
        Live(store, 1, "sometimes")


@given(st.integers(0, 4 * 10**9))
def test_dates_are_read_back_as_they_were_written(seconds: int) -> None:
    """All three forms."""
    assert parse_v2(rfc2822(seconds).decode()) == seconds
    assert parse_iso(iso_z(seconds).decode()) == parse_iso(iso_offset(seconds).decode()) == seconds

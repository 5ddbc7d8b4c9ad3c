"""B2B Edition and the rest of the store: relations, edits, and what a copy owes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import B2BVariant
from sandbox.b2b.collections import COLLECTIONS
from sandbox.silent_changes import row_edit
from unit_tests.sandbox.conftest import B2B

WHOLE_LISTS = B2BVariant(orders_of_last_year=False, unnamed_channels="all")
GROWING = [one.name for one in COLLECTIONS if one.grows]
PAIRS = ("company_credit", "company_payment_terms", "company_payment_methods")
"""Rows that every company has already: no other can be made."""
DATED = [one.name for one in COLLECTIONS if one.modified]


@pytest.fixture(scope="module")
def store() -> B2B:
    return B2B(b2b_variant=WHOLE_LISTS)


def rows(store: B2B, kind: str) -> list[dict[str, Any]]:
    return store.store.collections[kind].rows()


def values(store: B2B, kind: str, field: str) -> set[Any]:
    return {row[field] for row in rows(store, kind)}


def test_people_are_customers_of_the_store(store: B2B) -> None:
    """Users and super admins, each a customer of their own, by the customer's name."""
    people = [*rows(store, "company_users"), *rows(store, "super_admins")]
    assert len({one["customerId"] for one in people}) == len(people) > 50
    for one in people:
        customer = store.store.record("customers", one["customerId"])
        assert (one["firstName"], one["email"]) == (customer["first_name"], customer["email"])
    assert values(store, "company_users", "companyId") <= values(store, "companies", "companyId")
    assert values(store, "company_users", "companyRoleId") <= values(store, "company_roles", "id")


def test_orders_are_those_of_the_store(store: B2B) -> None:
    """All of them, with their totals, dates and lines; those of a user's customer are of the user's company."""
    company_of = {user["customerId"]: user["companyId"] for user in rows(store, "company_users")}
    for row in rows(store, "b2b_orders"):
        order = store.store.record("orders", row["bcOrderId"])
        assert row["totalIncTax"] == float(order["total_inc_tax"])
        assert row["updatedAt"] == store.store.dates("orders")[row["bcOrderId"]]
        assert row["companyId"] == company_of.get(order["customer_id"])
        assert [line["id"] for line in row["_products"]] == [line["id"] for line in order["lines"]]
    assert values(store, "b2b_orders", "bcOrderId") == set(store.store.ids("orders"))
    assert any(row["companyId"] for row in rows(store, "b2b_orders"))


def test_quotes_become_orders(store: B2B) -> None:
    """Of the company that the quote was made for."""
    orders = {str(row["bcOrderId"]): row for row in rows(store, "b2b_orders")}
    ordered = [row for row in rows(store, "quotes") if row["status"] == 4]
    assert ordered
    for quote in ordered:
        order = orders[quote["bcOrderId"]]
        assert quote["orderId"] == str(order["id"])
        assert quote["companyInfo"]["companyId"] == order["companyId"]
    assert {row["bcOrderId"] for row in rows(store, "quotes") if row["status"] != 4} == {""}
    products = {line["productId"] for row in rows(store, "quotes") for line in row["productList"]}
    assert products <= {0, *store.store.ids("products")}


def test_invoices_payments_and_receipts_refer_to_each_other(store: B2B) -> None:
    """An invoice to an order and its company, a payment to invoices of one company, a receipt to a payment."""
    orders = {str(row["bcOrderId"]): row for row in rows(store, "b2b_orders")}
    invoices = {row["id"]: row for row in rows(store, "invoices")}
    payments = {row["id"]: row for row in rows(store, "b2b_payments")}
    for invoice in invoices.values():
        assert invoice["customerId"] == str(orders[invoice["orderNumber"]]["companyId"])
    for payment in payments.values():
        assert {invoices[line["invoiceId"]]["customerId"] for line in payment["lineItems"]} == {payment["customerId"]}
        paid = sum(float(line["amount"]["value"]) for line in payment["lineItems"])
        assert float(payment["total"]["value"]) == pytest.approx(paid)
    for receipt in rows(store, "receipts"):
        assert receipt["total"] == payments[receipt["paymentId"]]["total"]
    for line in rows(store, "receipt_lines"):
        assert line["invoiceId"] in invoices


def test_channels_groups_and_price_lists_are_those_of_the_store(store: B2B) -> None:
    channels = set(store.store.ids("channels"))
    assert values(store, "b2b_channels", "channelId") == channels
    for kind in ("quotes", "invoices", "shopping_lists", "b2b_orders"):
        assert values(store, kind, "channelId") <= channels
    assert values(store, "companies", "bcGroupId") <= {0, *store.store.ids("customer_groups")}


@pytest.mark.parametrize(("companies", "users"), [(20, 50), (4, 10), (40, 100)])
def test_the_number_of_companies_scales_the_rest(companies: int, users: int) -> None:
    store = B2B(companies=companies, customers=200, orders=10)
    assert (len(store.store.ids("companies")), len(store.store.ids("company_users"))) == (companies, users)
    assert len(store.store.ids("b2b_channels")) == 4


def test_the_number_of_rows_can_be_set() -> None:
    store = B2B(rows=6)
    assert len(store.store.ids("companies")) == len(store.store.ids("quotes")) == 6


def test_the_same_seed_gives_the_same_rows() -> None:
    for kind in ("companies", "company_users", "b2b_orders", "quotes"):
        assert rows(B2B(), kind) == rows(B2B(), kind)


@pytest.mark.parametrize("kind", DATED)
def test_modifications_are_in_another_order_than_rows(store: B2B, kind: str) -> None:
    """Otherwise a list in the order of its ids would look as if it were in that of its dates."""
    dates = list(store.store.dates(kind).values())
    assert len(dates) < 3 or dates != sorted(dates)
    assert max(dates) < store.options.now


@pytest.mark.parametrize("kind", GROWING)
def test_every_kind_is_edited_created_and_deleted(kind: str) -> None:
    """By the operations of every small collection; the journal holds each change."""
    world = B2B().store
    shelf = world.collections[kind]
    since = world.clock.time()
    key, other, *_ = shelf.keys()
    if change := row_edit(shelf, key, "silent"):
        before = world.dates(kind)[key]
        shelf.edit_silently(key, **change)
        assert change.items() <= shelf.row(key).items()
        assert world.dates(kind)[key] == before
        assert key in world.changed_silently(kind, since)
    shelf.edit(key, **row_edit(shelf, key, "dated"))
    if shelf.collection.modified:
        assert world.dates(kind)[key] >= int(since)
    shelf.delete(other)
    assert world.deleted(kind, since) == {other}
    assert {key, other}.isdisjoint(world.must_emit(kind, 0, since))
    shelf.recreate(other)
    assert world.deleted(kind, since) == set()
    made = shelf.create()
    assert (made is None) is (kind in PAIRS)
    assert made is None or made in world.keys_at(kind)
    assert len(world.must_emit(kind, 0, since)) == len(shelf.keys()) - 2 - (made is not None)


def test_every_kind_has_a_text_to_edit() -> None:
    """By which an edit of it is seen; two have none."""
    world = B2B().store
    without = {kind for kind in GROWING if not row_edit(world.collections[kind], world.ids(kind)[0], "text")}
    assert without == {"company_payment_terms", "quote_shipping_methods"}


def test_an_order_of_b2b_edition_that_is_made_is_an_order_of_the_store() -> None:
    """And one that the store made since is taken first."""
    world = B2B().store
    placed = world.create("orders")
    shelf = world.collections["b2b_orders"]
    assert shelf.create() == placed
    made = shelf.create()
    assert made == world.ids("orders")[-1] > placed
    customers = len(world.ids("customers"))
    while len(world.ids("customers")) == customers:
        key = world.collections["company_users"].create()
    assert world.collections["company_users"].row(key)["customerId"] == world.ids("customers")[-1]


def test_what_is_below_a_deleted_record_goes_with_it() -> None:
    """Users and addresses with their company, lists with their user, orders with those of the store."""
    store = B2B(b2b_variant=WHOLE_LISTS)
    world = store.store
    since = world.clock.time()
    gone = {row["id"] for row in rows(store, "company_users") if row["companyId"] == 8002}
    lists = {row["id"] for row in rows(store, "shopping_lists") if row["userId"] in gone}
    world.collections["companies"].delete(8002)
    assert gone <= world.deleted("company_users", since)
    assert lists
    assert lists <= world.deleted("shopping_lists", since)
    assert store.get(f"users/{min(gone)}").status == 404
    assert store.get("companies/8002/credit").status == 404
    world.delete("orders", 120)
    assert store.get("orders/120/products").status == 404
    assert 120 in world.deleted("b2b_orders", since)


def test_a_company_that_was_made_later_has_no_credit() -> None:
    """Its settings are those of a company that nobody set up."""
    store = B2B()
    key = store.store.collections["companies"].create()
    assert store.get(f"companies/{key}/credit").json["data"]["creditEnabled"] is False
    assert store.get(f"companies/{key}/payment-terms").json["data"] == {"isEnabled": False, "paymentTerms": 0}
    assert store.get(f"companies/{key}/payments").json["data"] == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [("orders", "b2b_orders"), ("rfq", "quotes"), ("ip/invoices", "invoices"), ("addresses", "company_addresses")],
)
def test_a_store_that_changes_loses_rows_of_a_careless_reader(path: str, kind: str) -> None:
    """Pages by offset, newest first: rows are shown twice when some come in front, and lost when some go there."""
    store = B2B(live_every=1, b2b_variant=WHOLE_LISTS, companies=40)
    field = store.store.collections[kind].collection.key[0]
    since = store.store.clock.time()
    found: list[Any] = []
    while page := store.rows(f"{path}?limit=5&offset={len(found)}&minModified=0"):
        found += [row[field] for row in page]
        assert len(found) < 1000, "the list has no end"
    assert len(found) > len(set(found)), "none is shown twice"
    assert store.store.must_emit(kind, 0, since) - set(found), "none is lost"


def test_random_changes_come_by_the_control_paths_of_the_store() -> None:
    """As of every collection: so many edited, made and deleted."""
    store = B2B()
    assert store.app.live.random_changes("quotes", edit=2, create=1, delete=1).keys() == {
        "edited",
        "created",
        "deleted",
    }
    silent = store.app.live.silent.random("quotes", edit=3)
    assert len(silent["edited_silently"]) == 3
    since = store.store.clock.time()
    store.app.live.disturb("invoices")
    assert store.store.touched("invoices", since)


def test_edits_follow_a_clock_that_a_simulation_puts_in() -> None:
    """A store whose clock was replaced dates its rows by the new one."""
    store = B2B().store

    class Fixed(type(store.clock)):  # type: ignore[misc]
        def time(self) -> float:
            return 1_800_000_000.0

    store.clock = Fixed()
    store.collections["companies"].edit(8001, companyPhone="1")
    assert store.dates("companies")[8001] == 1_800_000_000

"""The seasonal store: what reports are tried on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

import pytest

from sandbox import Options
from sandbox.data.order_children import cents
from sandbox.options import DATA_EPOCH
from sandbox.store import Store

FIRST_USUAL = 300
"""An id of an order behind the odd ones."""


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(Options(orders=3000, customers=1000, products=200, coupons=40, seasonal=True))


def test_orders_grow_and_peak_before_christmas(store: Store) -> None:
    months = Counter(_created(store, id_).strftime("%Y-%m") for id_ in store.ids("orders"))
    assert sum(months.values()) == 3000
    years = [sum(n for month, n in months.items() if month.startswith(year)) for year in ("2023", "2024", "2025")]
    assert years == sorted(years)
    assert years[2] > 1.5 * years[0]
    for year in ("2023", "2024", "2025"):
        assert months[f"{year}-12"] > 1.5 * months[f"{year}-07"]


def test_orders_are_dated_in_the_order_of_their_ids_and_end_before_the_store_starts(store: Store) -> None:
    """Roughly, as in every generated store."""
    dates = [store.orders.created_of(id_) for id_ in store.ids("orders")]
    assert max(dates) < DATA_EPOCH
    assert all(earlier < later for earlier, later in zip(dates, dates[100:], strict=False))


def test_customers_register_before_they_order_and_some_come_back(store: Store) -> None:
    buyers = Counter(store.orders.value(id_, "customer_id") for id_ in store.ids("orders"))
    assert 0.1 < buyers.pop(0) / 3000 < 0.2
    assert len([n for n in buyers.values() if n == 1]) > 200
    assert len([n for n in buyers.values() if n > 4]) > 50
    for id_ in store.ids("orders"):
        buyer = store.orders.value(id_, "customer_id")
        assert not buyer or store.customers.created_of(buyer) <= store.orders.created_of(id_)


def test_lines_are_of_variants_of_the_catalog_and_some_sell_best(store: Store) -> None:
    sold: Counter[int] = Counter()
    for order in _usual(store):
        for line in order["lines"]:
            product = store.record("products", line["product_id"])
            variant = next(row for row in product["variants"] if row["id"] == line["variant_id"])
            assert (line["name"], line["sku"]) == (product["name"], variant["sku"])
            assert cents(line["price_ex_tax"]) == cents(variant["calculated_price"])
            sold[line["product_id"]] += line["quantity"]
    best = sum(count for _, count in sold.most_common(20))
    assert best > 0.3 * sum(sold.values())


def test_discounts_are_deducted_from_the_total(store: Store) -> None:
    """By the lines, and by the coupons and promotions of the order."""
    kinds: Counter[str] = Counter()
    for order in _usual(store):
        given = [row for line in order["lines"] for row in line["applied_discounts"]]
        amount = sum(cents(row["amount"]) for row in given)
        assert amount == cents(order["coupon_discount"]) + cents(order["discount_amount"])
        assert cents(order["coupon_discount"]) == sum(cents(row["discount"]) for row in order["coupon_rows"])
        lines = sum(cents(line["discounted_total_inc_tax"]) for line in order["lines"])
        assert cents(order["total_inc_tax"]) == lines + cents(order["shipping_cost_inc_tax"])
        assert cents(order["total_inc_tax"]) == cents(order["total_ex_tax"]) + cents(order["total_tax"])
        kinds["coupon" if order["coupon_rows"] else "promotion" if amount else "none"] += 1
    assert kinds["none"] > kinds["coupon"] > 100 < kinds["promotion"]


def test_no_more_is_refunded_than_was_paid(store: Store) -> None:
    refunded = 0
    for order in _usual(store):
        amount = sum(cents(row["total_amount"]) for row in order["refunds"])
        assert amount <= cents(order["total_inc_tax"])
        refunded += bool(amount)
    assert refunded > 50


def test_the_same_seed_gives_the_same_orders(store: Store) -> None:
    again = Store(store.options)
    assert again.record("orders", 1500) == store.record("orders", 1500)
    assert again.dates("orders") == store.dates("orders")


def _usual(store: Store) -> list[dict]:
    return [store.record("orders", id_) for id_ in store.ids("orders") if id_ >= FIRST_USUAL]


def _created(store: Store, id_: int) -> datetime:
    return datetime.fromtimestamp(store.orders.created_of(id_), timezone.utc)

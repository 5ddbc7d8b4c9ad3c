"""Customers and their cohorts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from decimal import Decimal

from integration_tests.dbt.truth.values import Figures, Order, StoreWorld, month, text


class Buyers:
    """The customer of each order."""

    def __init__(self, world: StoreWorld) -> None:
        self._guests = world.rules.guests
        self.accounts = {row["id"]: row for row in world.rows("customers")}
        self._by_email: dict[str, list[int]] = defaultdict(list)
        for id_, row in sorted(self.accounts.items()):
            self._by_email[row["email"].lower()].append(id_)
        self.of = {order.id: self._key(order) for order in world.orders}
        self.numbers: dict[int, int] = {}
        self.counted: dict[str, list[Order]] = defaultdict(list)
        for order in sorted(world.counted, key=lambda one: (one.created, one.id)):
            if (key := self.of[order.id]) is not None:
                self.counted[key].append(order)
                self.numbers[order.id] = len(self.counted[key])

    def _key(self, order: Order) -> str | None:
        email = (text(order.row["billing_address"]["email"]) or "").lower()
        account = order.row["customer_id"] or (self._account(order, email) if self._guests == "by_email" else None)
        if account:
            return f"customer-{account}"
        if self._guests == "none":
            return None
        return f"guest-{hashlib.md5(email.encode()).hexdigest()}" if email else f"guest-order-{order.id}"

    def _account(self, order: Order, email: str) -> int | None:
        """The account with an address: the one of the storefront of the order, where storefronts have their own."""
        accounts = self._by_email[email]
        there = [id_ for id_ in accounts if self.accounts[id_]["origin_channel_id"] == order.row["channel_id"]]
        return next(iter(there or accounts), None)


def customers(world: StoreWorld) -> Figures:
    """Returns whether each customer is there, the first and last day, the number of orders, and what they brought."""
    buyers = Buyers(world)
    keys = {f"customer-{id_}" for id_ in buyers.accounts} | {key for key in buyers.of.values() if key}
    return {key: _customer(buyers, key) for key in keys}


def _customer(buyers: Buyers, key: str) -> tuple[object, ...]:
    orders = buyers.counted.get(key, [])
    number = key.removeprefix("customer-")
    registered = key != number
    present = registered and int(number) in buyers.accounts
    email = buyers.accounts[int(number)]["email"].lower() if present else None
    net = sum((order.in_store(order.net) for order in orders), Decimal(0))
    return (
        not registered,
        present,
        email,
        orders[0].id if orders else None,
        min((order.day for order in orders), default=None),
        max((order.day for order in orders), default=None),
        month(orders[0].day) if orders else None,
        len(orders),
        sum((order.in_store(order.gross) for order in orders), Decimal(0)),
        sum((order.in_store(order.back) for order in orders), Decimal(0)),
        net,
        net / len(orders) if orders else None,
    )


def customer_cohorts(world: StoreWorld) -> Figures:
    """Returns the size, the active customers, the orders and the revenue of each cohort in each month."""
    buyers = Buyers(world)
    sizes: dict[object, int] = defaultdict(int)
    active: dict[object, set[str]] = defaultdict(set)
    orders: dict[object, list[Order]] = defaultdict(list)
    for key, found in buyers.counted.items():
        cohort = month(min(order.day for order in found))
        sizes[cohort] += 1
        for order in found:
            active[cohort, month(order.day)].add(key)
            orders[cohort, month(order.day)].append(order)
    return {
        (cohort, at): (
            (at.year - cohort.year) * 12 + at.month - cohort.month,
            sizes[cohort],
            len(active[cohort, at]),
            Decimal(len(active[cohort, at])) / sizes[cohort],
            len(found),
            sum((order.in_store(order.net) for order in found), Decimal(0)),
        )
        for (cohort, at), found in orders.items()  # type: ignore[misc]
    }

"""Orders, lines, refunds and days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integration_tests.dbt.truth.customers import Buyers
from integration_tests.dbt.truth.values import Figures, Order, Row, StoreWorld, amount


@dataclass(frozen=True)
class Line:
    """A line of an order, with what was paid and given back for it."""

    order: Order
    row: Row

    @property
    def product_id(self) -> int | None:
        return self.row.get("product_id") or None

    @property
    def variant_id(self) -> int | None:
        return self.row.get("variant_id") or None

    @property
    def quantity(self) -> int:
        return int(self.row["quantity"])

    @property
    def returned(self) -> int:
        """The pieces that came back: all of them if the order was refunded by its status."""
        return self.quantity if self.order.refunded_by_status else int(self.row["quantity_refunded"])

    @property
    def refunded(self) -> Decimal:
        """The share of the pieces that BigCommerce reports as refunded, with tax."""
        return amount(self.row["discounted_total_inc_tax"]) * self.row["quantity_refunded"] / self.quantity

    @property
    def cost(self) -> Decimal | None:
        """What the pieces cost the merchant, None where it is not known."""
        return amount(self.row["cost_price_ex_tax"]) * self.quantity or None

    @property
    def paid(self) -> Decimal:
        """What was paid for the line, on the basis of revenue."""
        paid = amount(self.row["discounted_total_inc_tax"])
        if self.order.rules.basis == "total_inc_tax":
            return paid
        return paid * amount(self.row["total_ex_tax"]) / amount(self.row["total_inc_tax"])

    @property
    def gross(self) -> Decimal:
        return self.paid if self.order.counts else Decimal(0)

    @property
    def net(self) -> Decimal:
        return self.gross * (self.quantity - self.returned) / self.quantity


def lines(world: StoreWorld) -> list[Line]:
    """Returns the lines of all orders."""
    return [Line(order, row) for order in world.orders for row in order.row["lines"]]


def orders(world: StoreWorld) -> Figures:
    """Returns state, customer, day, currencies, and each step from the total to net revenue."""
    buyers = Buyers(world)
    return {order.id: _order(world, buyers, order) for order in world.orders}


def _order(world: StoreWorld, buyers: Buyers, order: Order) -> tuple[Any, ...]:
    row, number = order.row, buyers.numbers.get(order.id)
    values = (order.gross, order.back, order.net)
    return (
        order.state,
        order.counts,
        order.archived,
        buyers.of[order.id],
        row["customer_id"] == 0,
        number,
        number == 1,
        world.channel_name(row["channel_id"]),
        order.created,
        order.day,
        len(row["lines"]),
        order.currency,
        row["currency_code"],
        order.store_currency,
        amount(row["total_inc_tax"]),
        amount(row["total_inc_tax"]) - order.refunded,
        _fees(row),
        len(order.refunds),
        order.refunded_by_status,
        order.refunded,
        order.refunded_tax,
        *values,
        *(order.in_store(value) for value in values),
        *(order.in_display(value) for value in values),
    )


def _fees(row: Row) -> Decimal:
    return sum((amount(fee["cost_inc_tax"]) for fee in row["fee_rows"]), Decimal(0))


def order_lines(world: StoreWorld) -> Figures:
    """Returns product, quantities and revenue of each line."""
    return {
        line.row["id"]: (
            line.order.id,
            line.order.counts,
            line.order.day,
            line.product_id,
            line.variant_id,
            line.quantity,
            line.returned,
            amount(line.row["total_inc_tax"]),
            line.refunded,
            line.cost,
            line.gross,
            line.gross - line.net,
            line.net,
            line.order.in_store(line.gross),
            line.order.in_store(line.net),
        )
        for line in lines(world)
    }


def refunds(world: StoreWorld) -> Figures:
    """Returns day, amounts and parts of each refund; those of deleted orders have no order."""
    figures: Figures = {}
    for refund in world.refunds:
        order = world.by_id.get(refund.row["order_id"])
        items = refund.row["items"]
        figures[refund.row["id"]] = (
            refund.row["order_id"],
            order is not None,
            order.counts if order else False,
            order.currency if order else None,
            refund.day,
            amount(refund.row["total_amount"]),
            refund.declined,
            refund.total,
            refund.tax,
            order.in_store(refund.total) if order else None,
            sum(item["quantity"] for item in items if item["item_type"] == "PRODUCT"),
            *(_requested(items, kind) for kind in ("SHIPPING", "HANDLING", "GIFT_WRAPPING", "FEE", "ORDER")),
        )
    return figures


def _requested(items: list[Row], kind: str) -> Decimal:
    return sum((amount(item["requested_amount"]) for item in items if item["item_type"] == kind), Decimal(0))


@dataclass
class Day:
    """The sums of one day, channel and currency."""

    orders: int = 0
    first: int = 0
    incomplete: int = 0
    cancelled: int = 0
    declined: int = 0
    archived: int = 0
    pieces: int = 0
    gross: Decimal = Decimal(0)
    back: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    gross_store: Decimal = Decimal(0)
    back_store: Decimal = Decimal(0)
    net_store: Decimal = Decimal(0)
    discounts: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    issued: Decimal = Decimal(0)


def daily_store(world: StoreWorld) -> Figures:
    """Returns the orders by their day, and the refunds by theirs."""
    days: dict[tuple[date, int, str], Day] = defaultdict(Day)
    numbers = Buyers(world).numbers
    for order in world.orders:
        day = days[order.day, order.row["channel_id"], order.currency]
        day.orders += order.counts
        day.first += numbers.get(order.id) == 1
        day.incomplete += order.state == "incomplete"
        day.cancelled += order.state == "cancelled"
        day.declined += order.state == "declined"
        day.archived += order.state == "archived"
        day.gross += order.gross
        day.back += order.back
        day.net += order.net
        day.gross_store += order.in_store(order.gross)
        day.back_store += order.in_store(order.back)
        day.net_store += order.in_store(order.net)
        if order.counts:
            day.pieces += order.row["items_total"]
            day.discounts += amount(order.row["discount_amount"]) + amount(order.row["coupon_discount"])
            day.shipping += amount(order.row["shipping_cost_inc_tax"])
            day.tax += amount(order.row["total_tax"])
            for refund in order.refunds:
                days[refund.day, order.row["channel_id"], order.currency].issued += refund.total
    return {key: tuple(vars(day).values()) for key, day in days.items()}

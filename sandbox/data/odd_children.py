"""Orders that are odd by what hangs on them: more rows than a page, and every rare kind of row."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.data import order_children as children
from sandbox.data import payments
from sandbox.data.archetypes import Oddity
from sandbox.data.order_children import Row, cents
from sandbox.data.order_lines import Goods, bought
from sandbox.data.words import money
from sandbox.templates import ID, Body, child_id

MANY = 260
"""More than the largest page."""
_MORE = 60
"""More than a page of the usual size."""

_LINE_TOTALS = ("base_total", "total_ex_tax", "total_inc_tax", "total_tax", "discounted_total_inc_tax")

Order = Callable[..., Body]
"""Builds an order from a random source, its lines and what else is given."""


def oddities(order: Order, goods: Goods, coupon_of: Callable[[int], int]) -> list[Oddity]:
    """The odd orders, by name; `coupon_of` gives the id of a coupon of a type."""

    def coupon(code: str | None, kind: int) -> list[Row]:
        return [children.coupon(1, coupon_of(kind), code, kind)]

    def plain(rng: Random, **given: Any) -> Body:
        return order(rng, [goods.line(rng, 1), goods.line(rng, 2)], **given)

    return [
        Oddity("many_children", lambda rng: _many(rng, order, goods)),
        Oddity("free_shipping_coupon", lambda rng: plain(rng, coupons=coupon("POST-FREE", 4))),
        Oddity("promotion_coupon", lambda rng: plain(rng, coupons=coupon(None, 5))),
        Oddity("staff_messages", lambda rng: plain(rng).changed({"messages": _messages()})),
        Oddity("partly_shipped", lambda rng: _partly_shipped(plain(rng, status_id=3))),
        Oddity("automatic_tax", lambda rng: _automatic_tax(plain(rng))),
        Oddity("refunded_each_way", lambda rng: _refunded(plain(rng, status_id=11))),
        Oddity("transactions_each_kind", lambda rng: plain(rng, status_id=11).changed({"transactions": _moved()})),
    ]


def _many(rng: Random, order: Order, goods: Goods) -> Body:
    line = goods.line(rng, 1)
    totals = {name: money(cents(line[name]) * MANY // line["quantity"]) for name in _LINE_TOTALS}
    body = order(rng, [bought(line, quantity=MANY, **totals)], status_id=2)
    line, address = body.parts["lines"][0], body.parts["shipping"][0]
    billing, each = body.fields["billing_address"], cents(line["price_inc_tax"])
    paid = [payments.transaction(1, "purchase", body.fields["total_inc_tax"], "Credit Card")]
    paid[0]["amount"] = float(paid[0]["amount"])
    paid += [payments.transaction(n, "refund", each / 100, "Credit Card", after=paid[0]) for n in range(2, _MORE + 2)]
    return body.changed(
        {
            "lines": [bought(line, quantity_refunded=_MORE)],
            "shipments": [
                children.shipment(n, billing, address, [children.shipped_item(line, 1)]) for n in range(1, MANY + 1)
            ],
            "messages": [
                children.message(n, f"Parcel {n}?", staff=n % 2 == 0, flagged=n % 50 == 0) for n in range(1, MANY + 1)
            ],
            "transactions": paid,
            "refunds": [
                payments.refund(n, [payments.product_item(line, 1)], each, cents(line["price_tax"]), paid[n])
                for n in range(1, _MORE + 1)
            ],
        }
    )


def _messages() -> list[Row]:
    return [
        children.message(1, "Zoë asks: is it “waterproof”?", flagged=True, status="unread"),
        children.message(2, "It is.", staff=True),
        children.message(3, "We changed your address.", staff=True, flagged=True, status="unread"),
        children.message(4, ""),
    ]


def _partly_shipped(body: Body) -> Body:
    """One of two lines has left."""
    first, second = body.parts["lines"]
    first = bought(first, quantity_shipped=first["quantity"])
    address = {**body.parts["shipping"][0], "items_shipped": first["quantity"]}
    item = children.shipped_item(first, first["quantity"])
    parcel = children.shipment(1, body.fields["billing_address"], address, [item])
    link = {"tracking_link": "https://parcels.example.com/1", "generated_tracking_link": ""}
    return body.changed(
        {
            "items_shipped": first["quantity"],
            "lines": [first, second],
            "shipping": [address],
            "shipments": [{**parcel, **link}],
        }
    )


def _automatic_tax(body: Body) -> Body:
    rows = children.taxes(body.parts["lines"], body.parts["shipping"])
    return body.changed({"taxes": [children.automatic(row) for row in rows], "tax_provider_id": "AvaTaxProvider"})


def _refunded(body: Body) -> Body:
    """Each type of item, a refund of tax alone, and one that the payment provider declined."""
    first = body.parts["lines"][0]
    paid = payments.transaction(1, "purchase", 500, "Credit Card")
    backs = [payments.transaction(n, "refund", 10, "Credit Card", after=paid) for n in range(2, 6)]
    backs[3]["status"] = "error"
    fee = {"amount": -10.2, "description": "Service fee"}
    others = [
        payments.other_item("GIFT_WRAPPING", first["id"], 1.5),
        payments.other_item("SHIPPING", child_id(1), 4.95),
        payments.other_item("HANDLING", child_id(1), 1),
        payments.other_item("FEE", child_id(1), 2.55),
    ]
    order_level = [payments.other_item("ORDER", ID, 5)]
    refunds = [
        payments.refund(1, [payments.product_item(first, 1, adjustments=(fee,))], 1000, 91, backs[0]),
        payments.refund(2, others, 1000, 0, backs[1], uses_merchant_override_values=True),
        payments.refund(3, [], 1000, 1000, backs[2]),
        payments.refund(4, order_level, 500, -50, backs[3]),
        payments.refund(5, order_level, 250, 0, None),
    ]
    refunds[3]["payments"][0].update(is_declined=True, declined_message="Insufficient funds")
    lines = [bought(first, quantity_refunded=1, is_refunded=first["quantity"] == 1), *body.parts["lines"][1:]]
    return body.changed(
        {
            "status_id": 14,
            "status": "Partially Refunded",
            "custom_status": "Partially Refunded",
            "lines": lines,
            "transactions": [paid, *backs],
            "refunds": refunds,
        }
    )


def _moved() -> list[Row]:
    """Every event, and the objects that belong to one method each."""
    tokens: Row = {"provider_instrument_token": "pm_1N9f", "provider_customer_id": "cus_9f1c"}
    provider: Row = {
        "receipt_number": "R-100",
        "authorization_code": "A1B2",
        "fraud_response": "review",
        "amount_received": 100,
    }
    first = payments.transaction(
        1, "authorization", 100, "Credit Card", fraud_review=True, custom_provider_field_result=provider, **tokens
    )
    credit: Row = {"method": "store_credit", "gateway": "storecredit", "store_credit": {"remaining_balance": 35.42}}
    certificate: Row = {
        "method": "gift_certificate",
        "gateway": "giftcertificate",
        "gift_certificate": {
            "code": "MB345",
            "original_balance": 100,
            "starting_balance": 100,
            "remaining_balance": 35.42,
            "status": "active",
        },
    }
    wallet: Row = {"method": "electronic_wallet", "gateway": "paypalcommerce", "payment_instrument_token": "9f1c"}
    return [
        first,
        payments.transaction(2, "capture", 99.99, "Credit Card", after=first),
        payments.transaction(3, "void", 0.01, "Credit Card", after=first),
        payments.transaction(4, "purchase", 12.5, "Manual"),
        payments.transaction(5, "purchase", 8, "Cash on Delivery"),
        payments.transaction(6, "purchase", 4.58, "Manual", **credit, custom=None),
        payments.transaction(7, "purchase", 64.58, "Manual", **certificate, custom=None),
        payments.transaction(8, "pending", 7.77, "Manual", **wallet, custom=None),
        payments.transaction(9, "settled", 7.77, "Manual", **wallet, custom=None),
        payments.transaction(10, "refund", 5, "Credit Card", after=first, status="error"),
    ]

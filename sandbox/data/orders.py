"""Orders (BigCommerce's reference/orders.v2.oas2.yml): fields, lines, consignments, fees, and what hangs on them.

Odd orders are the first of the store, from `FIRST_ID`, in the order of `oddities`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from sandbox.data import odd_children, order_children, payments, words
from sandbox.data.archetypes import Oddity
from sandbox.data.bodies import body
from sandbox.data.order_children import COUPON_TYPES
from sandbox.data.order_lines import Goods, bought, custom_line, full_line, gift_certificate_line, product_option
from sandbox.data.words import Locale, money
from sandbox.templates import CREATED, ID, LATER, MODIFIED, OWNER, Body, child_id

FIRST_ID = 101

STATUSES: dict[int, str] = {
    0: "Incomplete",
    1: "Pending",
    2: "Shipped",
    3: "Partially Shipped",
    4: "Refunded",
    5: "Cancelled",
    6: "Declined",
    7: "Awaiting Payment",
    8: "Awaiting Pickup",
    9: "Awaiting Shipment",
    10: "Completed",
    11: "Awaiting Fulfillment",
    12: "Manual Verification Required",
    13: "Disputed",
    14: "Partially Refunded",
}
_SHIPPED = {2, 10}
USUAL_STATUSES = (2, 2, 2, 10, 10, 10, 11, 11, 9, 7, 5, 4, 14, 1, 12)


class OrderMaker:
    """Builds order bodies that refer to products and coupons which exist."""

    def __init__(self, goods: Goods, coupons: list[tuple[int, str, str]]) -> None:
        """`coupons` are id, code and type of some coupons."""
        self.goods = goods
        self._coupons = coupons

    def usual(self, rng: Random) -> Body:
        """An everyday order: one to four lines, shipped to one address."""
        lines = [self.goods.line(rng, n) for n in range(1, rng.choice((1, 1, 1, 2, 2, 3, 4)) + 1)]
        status = rng.choice(USUAL_STATUSES)
        fees = [order_children.fee(rng, 1)] if rng.random() < 0.15 else []
        coupons = [self.coupon(rng, 1)] if self._coupons and rng.random() < 0.15 else []
        return order(rng, lines, status_id=status, fees=fees, coupons=coupons)

    def coupon(self, rng: Random, n: int) -> dict[str, Any]:
        """The n-th coupon of an order."""
        coupon_id, code, kind = rng.choice(self._coupons) if self._coupons else (0, "SPRING", "per_total_discount")
        return order_children.coupon(n, coupon_id, None if kind == "promotion" else code, COUPON_TYPES[kind])

    def _coupon_of(self, kind: int) -> int:
        """The id of a coupon, of the given type if there is one."""
        ids = {COUPON_TYPES[word]: id_ for id_, _, word in reversed(self._coupons)}
        return ids.get(kind, next(iter(ids.values()), 0))

    def oddities(self) -> list[Oddity]:
        """The odd orders, by name."""
        return [
            Oddity("lines_400", self._with_lines(400)),
            Oddity("lines_10", self._with_lines(10)),
            Oddity("lines_50", self._with_lines(50)),
            Oddity("lines_250", self._with_lines(250)),
            Oddity("lines_251", self._with_lines(251)),
            Oddity("digital_only", self._digital),
            Oddity("pickup", self._pickup),
            Oddity("gift_certificate", lambda rng: order(rng, [gift_certificate_line(1)])),
            Oddity("several_addresses", self._several_addresses),
            Oddity("no_lines", lambda rng: order(rng, [], status_id=1)),
            Oddity("custom_line", lambda rng: order(rng, [custom_line(1), self.goods.line(rng, 2)])),
            Oddity("discounted_lines", self._discounted),
            Oddity("odd_options", self._odd_options),
            Oddity("two_fees", lambda rng: self._fields(rng, fees=[order_children.fee(rng, n) for n in (1, 2)])),
            Oddity("form_fields_blank", lambda rng: self._billing(rng, "")),
            Oddity("form_fields_each_kind", lambda rng: self._billing(rng, words.form_fields())),
            Oddity("not_shipped", lambda rng: self._fields(rng, status_id=11)),
            Oddity("external_id_integer", self._external_ids),
            Oddity("incomplete", lambda rng: self._fields(rng, status_id=0)),
            Oddity("incomplete_guest", lambda rng: self._fields(rng, status_id=0)),
            Oddity("archived", lambda rng: self._fields(rng, status_id=5).changed({"is_deleted": True})),
            Oddity("archived_shipped", lambda rng: self._fields(rng, status_id=2).changed({"is_deleted": True})),
            Oddity("coupons", lambda rng: self._fields(rng, coupons=[self.coupon(rng, n) for n in (1, 2)])),
            Oddity("mixed_consignments", self._mixed),
            Oddity("no_is_deleted", self._old),
            Oddity("numbers_for_strings", self._numbers),
            Oddity("every_field", self._every_field),
            *odd_children.oddities(order, self.goods, self._coupon_of),
        ]

    def _with_lines(self, count: int) -> Callable[[Random], Body]:
        return lambda rng: order(rng, [self.goods.line(rng, n) for n in range(1, count + 1)])

    def _fields(self, rng: Random, **given: Any) -> Body:
        return order(rng, [self.goods.line(rng, 1)], **given)

    def _digital(self, rng: Random) -> Body:
        return order(rng, [bought(self.goods.line(rng, n), type="digital", order_address_id=0) for n in (1, 2)])

    def _pickup(self, rng: Random) -> Body:
        return order(rng, [bought(self.goods.line(rng, 1), order_address_id=0, order_pickup_method_id=child_id(1))])

    def _mixed(self, rng: Random) -> Body:
        lines = [
            self.goods.line(rng, 1),
            bought(self.goods.line(rng, 2), type="digital", order_address_id=0),
            bought(self.goods.line(rng, 3), order_address_id=0, order_pickup_method_id=child_id(1)),
            gift_certificate_line(4),
        ]
        return order(rng, lines)

    def _several_addresses(self, rng: Random) -> Body:
        lines = [bought(self.goods.line(rng, n), order_address_id=child_id((n - 1) % 3 + 1)) for n in range(1, 7)]
        return order(rng, lines)

    def _discounted(self, rng: Random) -> Body:
        discounts = [
            {
                "id": "manual-discount",
                "amount": "1.5000",
                "name": "Manual Discount",
                "code": None,
                "target": "order",
            },
            {
                "id": "total-coupon",
                "amount": "2.0000",
                "name": "Spring",
                "code": "SPRING",
                "target": "product",
            },
            {"id": "57", "amount": 0.5, "name": "Buy two", "code": None},
        ]
        return order(rng, [bought(self.goods.line(rng, 1), applied_discounts=discounts)])

    def _odd_options(self, rng: Random) -> Body:
        rows = [
            ("Checkbox", "Yes"),
            ("Date field", "1735689600"),
            ("File Upload", '{"originalName": "logo.png", "path": "x/1.png"}'),
            ("Text field", "Zoë & co"),
            ("Numbers only text field", 12),
        ]
        options = [product_option(n, kind, value) for n, (kind, value) in enumerate(rows, start=1)]
        line = bought(self.goods.line(rng, 1), product_options=options, external_id=90017, weight=1.5)
        return order(rng, [line])

    def _billing(self, rng: Random, form_fields: Any) -> Body:
        body = self._fields(rng)
        return body.changed({"billing_address": {**body.fields["billing_address"], "form_fields": form_fields}})

    def _external_ids(self, rng: Random) -> Body:
        ids = {"external_id": 5501, "external_merchant_id": 77, "external_source": "M-MIG"}
        return self._fields(rng).changed(ids)

    def _old(self, rng: Random) -> Body:
        body = self._fields(rng)
        return Body({k: v for k, v in body.fields.items() if k != "is_deleted"}, body.parts)

    def _numbers(self, rng: Random) -> Body:
        body = self._fields(rng)
        amounts = {
            "total_inc_tax": 45.5,
            "total_ex_tax": 45,
            "payment_provider_id": 812,
            "payment_status": "",
        }
        return body.changed(amounts)

    def _every_field(self, rng: Random) -> Body:
        """Nothing is left empty that the others leave empty."""
        option = {**product_option(1, "Multiple choice", "Oak"), "display_style": "Pick list"}
        line = bought(self.goods.line(rng, 1), **full_line(), product_options=[option])
        return order(rng, [line]).changed(
            {
                "credit_card_type": "Visa",
                "external_order_id": "PO-2024-118",
                "form_fields": [{"name": "How did you find us", "value": "A friend"}],
                "ip_address_v6": "2001:db8::7",
                "staff_notes": "Call before shipping",
            }
        )


def _shipping(rng: Random, n: int, lines: list[dict[str, Any]], cost: int, locales: Sequence[Locale]) -> dict[str, Any]:
    """A shipping consignment; its amounts are cents, written by the endpoint that shows it."""
    return {
        "id": child_id(n),
        **words.order_address(rng, f"{ID}@example.com", locales),
        "form_fields": [{"name": "Gate code", "value": "none"}] if n == 1 and rng.random() < 0.1 else [],
        "items_total": sum(line["quantity"] for line in lines),
        "items_shipped": sum(line["quantity_shipped"] for line in lines),
        "shipping_method": rng.choice(("Flat Rate", "Free Shipping", "Courier (next day)")),
        "cost": cost,
        "tax": cost // 10,
        "handling": 0,
        "shipping_zone_id": 1,
        "shipping_zone_name": "Domestic",
    }


def _pickup(n: int) -> dict[str, Any]:
    return body(
        "order_pickup",
        id=child_id(n),
    )


def order(
    rng: Random,
    lines: list[dict[str, Any]],
    *,
    status_id: int = 2,
    fees: list[dict[str, Any]] | None = None,
    coupons: list[dict[str, Any]] | None = None,
    discount: int = 0,
    locales: Sequence[Locale] = words.LOCALES,
) -> Body:
    """An order whose totals, counts and consignments follow from its lines.

    `discount` is deducted from the total: cents, without the tax on them, `coupons` included.
    """
    shipped = status_id in _SHIPPED
    if shipped:
        lines = [bought(line, quantity_shipped=line["quantity"] * bool(line["order_address_id"])) for line in lines]
    addresses = sorted({line["order_address_id"] for line in lines} - {0})
    pickups = sorted({line["order_pickup_method_id"] for line in lines} - {0})
    shipping_cost = rng.choice((0, 495, 1250)) if addresses else 0
    shipping = [
        _shipping(rng, n, [line for line in lines if line["order_address_id"] == address], shipping_cost, locales)
        for n, address in enumerate(addresses, start=1)
    ]
    fields = _fields(rng, lines, status_id, shipping_cost * len(shipping), bool(shipped and addresses), locales)
    by_coupon = sum(order_children.cents(row["discount"]) for row in coupons or [])
    fields["coupon_discount"] = money(by_coupon)
    if discount:
        fields |= _reduced(fields, discount) | {"discount_amount": money(discount - by_coupon)}
    fields["shipping_address_count"] = len(shipping)
    fields["order_is_digital"] = bool(lines) and all(line["type"] != "physical" for line in lines)
    parcels = order_children.shipments(rng, fields["billing_address"], lines, shipping) if shipped else []
    lines, paid, refunds = payments.refunded(rng, fields, lines, payments.transactions(rng, fields))
    return Body(
        fields,
        {
            "lines": lines,
            "shipping": shipping,
            "pickups": [_pickup(n) for n, _ in enumerate(pickups, start=1)],
            "fee_rows": fees or [],
            "coupon_rows": coupons or [],
            "shipments": parcels,
            "taxes": order_children.taxes(lines, shipping) if rng.random() < 0.8 else [],
            "messages": order_children.messages(rng) if lines else [],
            "transactions": paid,
            "refunds": refunds,
        },
    )


def _reduced(fields: dict[str, Any], discount: int) -> dict[str, str]:
    """The totals less a discount and the tax on it."""
    off = {"total_ex_tax": discount, "total_tax": discount // 10, "total_inc_tax": discount + discount // 10}
    return {name: money(order_children.cents(fields[name]) - amount) for name, amount in off.items()}


def fresh(body: Body) -> Body:
    """The body of an order that was placed just now: nobody has written about it and nothing was paid back."""
    kept = [row for row in body.parts["transactions"] if row["event"] != "refund"]
    return body.changed({"messages": [], "refunds": [], "transactions": kept})


def _fields(
    rng: Random,
    lines: list[dict[str, Any]],
    status_id: int,
    shipping: int,
    sent: bool,
    locales: Sequence[Locale],
) -> dict[str, Any]:
    ex_tax = sum(round(float(line["total_ex_tax"]) * 100) for line in lines)
    tax = sum(round(float(line["total_tax"]) * 100) for line in lines)
    status = STATUSES[status_id]
    return body(
        "order",
        id=ID,
        customer_id=OWNER,
        date_created=CREATED,
        date_modified=MODIFIED,
        date_shipped=LATER if sent else "",
        status_id=status_id,
        status=status,
        subtotal_ex_tax=money(ex_tax),
        subtotal_inc_tax=money(ex_tax + tax),
        subtotal_tax=money(tax),
        base_shipping_cost=money(shipping),
        shipping_cost_ex_tax=money(shipping),
        shipping_cost_inc_tax=money(shipping + shipping // 10),
        shipping_cost_tax=money(shipping // 10),
        total_ex_tax=money(ex_tax + shipping),
        total_inc_tax=money(ex_tax + tax + shipping + shipping // 10),
        total_tax=money(tax + shipping // 10),
        items_total=sum(line["quantity"] for line in lines),
        items_shipped=sum(line["quantity_shipped"] for line in lines),
        payment_method=rng.choice(words.PAYMENTS),
        payment_provider_id=rng.choice(("", "ch_1a2b3c", None)),
        payment_status=rng.choice(("captured", "authorized", "paid", "pending", "")),
        ip_address=f"192.0.2.{rng.randrange(1, 255)}",
        customer_message=rng.choice(("", "", "Please wrap it twice — it's glass")),
        cart_id=None if status_id == 1 else f"3f1c{rng.randrange(16**4):04x}-7a10-4b6e-9d52-{ID}abc",
        billing_address={**words.order_address(rng, f"{ID}@example.com", locales), "form_fields": []},
        is_email_opt_in=rng.random() < 0.3,
        order_source=rng.choice(("www", "manual", "external")),
        channel_id=rng.choice((1, 1, 1, 667159)),
        store_default_currency_code=rng.choice(("USD", "")),
        custom_status=status,
    )

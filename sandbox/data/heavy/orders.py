"""Heavy orders: about 8 KB each (half of them less than 7.2 KB) with consignments, line items and fees."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from sandbox.data import order_children
from sandbox.data.archetypes import Usual
from sandbox.data.heavy.text import Language, language, sizes
from sandbox.data.order_children import cents
from sandbox.data.order_lines import Goods, bought, full_line, gift_certificate_line, product_option
from sandbox.data.orders import USUAL_STATUSES, OrderMaker, order
from sandbox.data.words import money
from sandbox.templates import ID, Body, child_id

LINES = sizes(
    {
        1: 850, 2: 570, 3: 300, 4: 150, 5: 80, 6: 42, 7: 20, 8: 12, 9: 7, 10: 4, 11: 4, 12: 2,
        20: 1, 35: 1, 50: 2, 60: 1, 75: 1, 320: 1,
    }
)  # fmt: skip
"""The number of lines of each body. Of all orders, 0.3 % have exactly 10 or 50, at which an embedded list may be cut.

Two and a half on average; one order in two thousand has several hundred.
"""
_ARCHIVED = 0.01
"""The share of archived orders."""
_SCATTERED = 9
"""The most lines of an order with several consignments: those of larger ones must not end at 10 or 50 by chance."""


def usual(maker: OrderMaker) -> Usual:
    """Returns the orders."""
    return Usual(partial(_order, maker), len(LINES))


def _order(maker: OrderMaker, n: int, rng: Random) -> Body:
    spoken = language(rng)
    lines = [_line(maker.goods, spoken, rng, number) for number in range(1, LINES[n] + 1)]
    if len(lines) <= _SCATTERED:
        lines = _scattered(lines, rng)
    fees = [
        {**order_children.fee(rng, number), "display_name_customer": name, "display_name_merchant": name}
        for number, name in enumerate(rng.sample(spoken.fee, rng.choice((0, 0, 0, 1, 1, 2))), start=1)
    ]
    coupons = [maker.coupon(rng, 1)] if rng.random() < 0.3 else []
    body = order(rng, lines, status_id=rng.choice(USUAL_STATUSES), fees=fees, coupons=coupons, locales=spoken.locales)
    shipping = [{**row, "form_fields": spoken.fields(rng, 1)} for row in body.parts["shipping"]]
    return body.changed({**_texts(body, spoken, rng), "shipping": shipping})


def _texts(body: Body, spoken: Language, rng: Random) -> dict[str, Any]:
    """The fields that slim orders leave empty or alike."""
    billing = body.fields["billing_address"]
    return {
        "billing_address": {**billing, "form_fields": spoken.fields(rng, 1)},
        "credit_card_type": rng.choice(("visa", "mastercard", "american_express")),
        "currency_exchange_rate": f"{rng.uniform(0.5, 2):.10f}",
        "customer_locale": spoken.code,
        "customer_message": rng.choice(spoken.message),
        "external_id": f"ERP-{ID}",
        "external_merchant_id": f"M-{rng.randrange(10**6):06d}",
        "external_order_id": f"PO-{rng.randrange(10**4):04d}-{ID}",
        "external_source": "M-ERP",
        "form_fields": spoken.fields(rng, 1),
        "geoip_country": billing["country"],
        "geoip_country_iso2": billing["country_iso2"],
        "is_deleted": rng.random() < _ARCHIVED,
        "ip_address_v6": f"2001:db8::{rng.randrange(16**4):x}",
        "payment_provider_id": f"ch_{rng.randrange(16**12):012x}",
        "staff_notes": rng.choice(spoken.note),
    }


def _scattered(lines: list[dict[str, Any]], rng: Random) -> list[dict[str, Any]]:
    """Some orders are collected or downloaded, go to two addresses, or contain a gift certificate."""
    chance = rng.random()
    if chance < 0.04:
        return [bought(line, order_address_id=0, order_pickup_method_id=child_id(1)) for line in lines]
    *rest, last = lines
    if chance < 0.08:
        return [*rest, bought(last, type="digital", order_address_id=0)]
    if chance < 0.12 and rest:
        return [*rest, bought(last, order_address_id=child_id(2))]
    if chance < 0.14:
        return [*rest, gift_certificate_line(len(lines))]
    return lines


def _line(goods: Goods, spoken: Language, rng: Random, n: int) -> dict[str, Any]:
    line = goods.line(rng, n)
    name = rng.choice(spoken.product)
    cost = money(cents(line["base_price"]) * 2 // 5)
    filled = {
        **full_line(),
        "name": name,
        "name_customer": name,
        "name_merchant": name,
        "upc": f"{rng.randrange(10**12):012d}",
        "base_cost_price": cost,
        "cost_price_ex_tax": cost,
        "cost_price_inc_tax": cost,
        "wrapping_message": rng.choice(spoken.wrapping) if rng.random() < 0.3 else "",
        "event_date": f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        "external_id": f"L-{rng.randrange(10**6):06d}",
        "parent_order_product_id": child_id(1) if n > 1 else None,
        "configurable_fields": [{"name": "Engraving", "value": "A.L."}] if rng.random() < 0.1 else [],
        "product_options": _options(spoken, rng, n),
    }
    return bought(line, **filled, **(_discount(line, rng) if rng.random() < 0.2 else {}))


def _options(spoken: Language, rng: Random, line: int) -> list[dict[str, Any]]:
    """The choices of a buyer, in one line of five."""
    chosen = rng.sample(spoken.option, rng.choice((0, 0, 0, 0, 1)))
    found = []
    for n, (name, values) in enumerate(chosen, start=1):
        option = product_option(line * 2 + n - 2, "Multiple choice", rng.choice(values))
        names = dict.fromkeys(("display_name", "display_name_customer", "display_name_merchant", "name"), name)
        found.append({**option, **names, "order_product_id": child_id(line), "display_style": "Pick list"})
    return found


def _discount(line: dict[str, Any], rng: Random) -> dict[str, Any]:
    amount = cents(line["total_inc_tax"]) * rng.choice((5, 10, 15)) // 100
    discount = {"id": "coupon", "amount": money(amount), "name": "Spring", "code": "SPRING", "target": "product"}
    return {
        "applied_discounts": [discount],
        "discounted_total_inc_tax": money(cents(line["total_inc_tax"]) - amount),
    }

"""Order lines, which BigCommerce calls order products (reference/orders.v2.oas2.yml)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.words import money
from sandbox.templates import ID, child_id


class Goods:
    """Products that can be bought; `pick` gives the id of one, or None when the store has none."""

    def __init__(self, pick: Callable[[Random], int | None]) -> None:
        self._pick = pick

    def line(self, rng: Random, n: int) -> dict[str, Any]:
        """The n-th line of an order, of an ordinary product."""
        product_id = self._pick(rng)
        if product_id is None:
            return custom_line(n)
        price = rng.randrange(300, 20000)
        name = f"{rng.choice(words.QUALITIES)} {rng.choice(words.THINGS)}"
        line = _line(n, name, price, quantity=rng.choice((1, 1, 1, 2, 3)), sku=f"SKU-{product_id}")
        return bought(line, product_id=product_id, variant_id=product_id * 1000 + 1)


def bought(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A line with some fields changed."""
    return {**line, **changes}


def custom_line(n: int) -> dict[str, Any]:
    """A product typed in by staff: no product and no variant behind it (inferred)."""
    line = _line(n, "Made to measure", 4500, quantity=1, sku="")
    del line["variant_id"]
    return line


def gift_certificate_line(n: int) -> dict[str, Any]:
    """A gift certificate, sent by e-mail."""
    line = _line(n, "Gift Certificate", 2500, quantity=1, sku="")
    return bought(line, type="giftcertificate", order_address_id=0, gift_certificate_id=77, variant_id=0)


def full_line() -> dict[str, Any]:
    """What the fields hold that most lines leave empty."""
    return {
        "upc": "036000291452",
        "brand": "Millwright",
        "bin_picking_number": "A-12-3",
        "wrapping_name": "Kraft paper",
        "wrapping_message": "Happy birthday",
        "event_name": "Delivery date",
        "event_date": "2026-05-09",
        "ebay_item_id": "110043671232",
        "ebay_transaction_id": "28120990001",
        "option_set_id": 44,
        "parent_order_product_id": child_id(2),
        "fulfillment_source": "warehouse",
        "configurable_fields": [{"name": "Engraving", "value": "For Ada"}],
    }


def _line(n: int, name: str, price: int, *, quantity: int, sku: str) -> dict[str, Any]:
    tax = price // 10
    none = money(0)
    return {
        "id": child_id(n),
        "order_id": ID,
        "product_id": 0,
        "variant_id": 0,
        "order_pickup_method_id": 0,
        "order_address_id": child_id(1),
        "name": name,
        "name_customer": name,
        "name_merchant": name,
        "sku": sku,
        "upc": "",
        "type": "physical",
        "base_price": money(price),
        "price_ex_tax": money(price),
        "price_inc_tax": money(price + tax),
        "price_tax": money(tax),
        "base_total": money(price * quantity),
        "total_ex_tax": money(price * quantity),
        "total_inc_tax": money((price + tax) * quantity),
        "total_tax": money(tax * quantity),
        "quantity": quantity,
        "base_cost_price": none,
        "cost_price_inc_tax": none,
        "cost_price_ex_tax": none,
        "cost_price_tax": none,
        "weight": 1 if n % 2 else "0.7500",
        "width": "10.0000",
        "height": "4.0000",
        "depth": "2.5000",
        "is_refunded": False,
        "quantity_refunded": 0,
        "refund_amount": none,
        "return_id": 0,
        "wrapping_id": 0,
        "wrapping_name": None if n % 2 else "",
        "base_wrapping_cost": none if n % 2 else 0,
        "wrapping_cost_ex_tax": none,
        "wrapping_cost_inc_tax": none,
        "wrapping_cost_tax": none,
        "wrapping_message": "",
        "quantity_shipped": 0,
        "event_name": None,
        "event_date": None,
        "fixed_shipping_cost": none,
        "ebay_item_id": "",
        "ebay_transaction_id": "",
        "option_set_id": None,
        "parent_order_product_id": None,
        "is_bundled_product": False,
        "bin_picking_number": "",
        "external_id": None,
        "fulfillment_source": "",
        "brand": "",
        "gift_certificate_id": None,
        "discounted_total_inc_tax": money((price + tax) * quantity),
        "applied_discounts": [],
        "product_options": [],
        "configurable_fields": [],
    }

"""Order lines, which BigCommerce calls order products (reference/orders.v2.oas2.yml)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.bodies import body
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
        line = line_of(n, name, price, quantity=rng.choice((1, 1, 1, 2, 3)), sku=f"SKU-{product_id}")
        return bought(line, product_id=product_id, variant_id=product_id * 1000 + 1)


def bought(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A line with some fields changed."""
    return {**line, **changes}


def custom_line(n: int) -> dict[str, Any]:
    """A product typed in by staff: no product and no variant behind it (inferred)."""
    line = line_of(n, "Made to measure", 4500, quantity=1, sku="")
    del line["variant_id"]
    return line


def gift_certificate_line(n: int) -> dict[str, Any]:
    """A gift certificate, sent by e-mail."""
    line = line_of(n, "Gift Certificate", 2500, quantity=1, sku="")
    return bought(line, type="giftcertificate", order_address_id=0, gift_certificate_id=77, variant_id=0)


def full_line() -> dict[str, Any]:
    """Values of the fields that most lines leave empty."""
    return body(
        "order_line_with_every_field",
        parent_order_product_id=child_id(2),
    )


def product_option(n: int, kind: str, value: Any) -> dict[str, Any]:
    """The n-th choice that the buyer of the first line made."""
    shown = str(value)
    return {
        "id": child_id(n),
        "option_id": 300 + n,
        "order_product_id": child_id(1),
        "product_option_id": 40 + n,
        "display_name": f"Choice {n}",
        "display_value": shown,
        "value": value,
        "type": kind,
        "name": f"choice-{n}",
        "display_style": "",
        "display_name_customer": f"Choice {n}",
        "display_name_merchant": f"Choice {n}",
        "display_value_customer": shown,
        "display_value_merchant": shown,
    }


def line_of(n: int, name: str, price: int, *, quantity: int, sku: str) -> dict[str, Any]:
    """The n-th line of an order; the price is in cents, without tax."""
    tax = price // 10
    none = money(0)
    return body(
        "order_line",
        id=child_id(n),
        order_id=ID,
        order_address_id=child_id(1),
        name=name,
        name_customer=name,
        name_merchant=name,
        sku=sku,
        base_price=money(price),
        price_ex_tax=money(price),
        price_inc_tax=money(price + tax),
        price_tax=money(tax),
        base_total=money(price * quantity),
        total_ex_tax=money(price * quantity),
        total_inc_tax=money((price + tax) * quantity),
        total_tax=money(tax * quantity),
        quantity=quantity,
        weight=1 if n % 2 else "0.7500",
        wrapping_name=None if n % 2 else "",
        base_wrapping_cost=none if n % 2 else 0,
        discounted_total_inc_tax=money((price + tax) * quantity),
    )

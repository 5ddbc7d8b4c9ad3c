"""Orders of a seasonal store: some products sell best, discounts are taken off, and every channel sells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.data import order_children
from sandbox.data.order_children import COUPON_TYPES, cents
from sandbox.data.order_lines import Goods, bought, line_of
from sandbox.data.orders import USUAL_STATUSES, OrderMaker, order
from sandbox.data.words import money
from sandbox.templates import ID, Body

BODIES = 1024
"""The number of bodies that the orders share."""

_CHANNELS = (1, 1, 1, 1, 1, 1, 667159, 667159, 667159, 667160)
_REDUCING = ("per_item_discount", "per_total_discount", "percentage_discount")
_UNREFUNDED = tuple(status for status in USUAL_STATUSES if status not in (4, 14))


@dataclass(frozen=True)
class Discount:
    """A discount on every line: a coupon if it has a code, otherwise a promotion that applies by itself."""

    id: int
    name: str
    percent: int
    code: str | None = None
    type: int = 5

    def reduced(self, line: dict[str, Any]) -> dict[str, Any]:
        """Returns the line with the discount."""
        amount = cents(line["total_ex_tax"]) * self.percent // 1000 * 10  # of which a tenth is a whole number of cents
        row = {
            "id": "total-coupon" if self.code else str(self.id),
            "amount": money(amount),
            "name": self.name,
            "code": self.code,
            "target": "product",
        }
        total = cents(line["discounted_total_inc_tax"]) - amount - amount // 10
        return bought(line, applied_discounts=[row], discounted_total_inc_tax=money(total))


_PROMOTIONS = (Discount(1, "Three for less", 12), Discount(2, "Summer sale", 20), Discount(3, "Welcome back", 8))


class Bestsellers(Goods):
    """The products of the catalog with their own names and prices; the first in a shuffled order sell best."""

    def __init__(self, ids: Sequence[int], product: Callable[[int], Body], seed: int) -> None:
        self._ids = Random(f"{seed}/bestsellers").sample(ids, len(ids))
        self._product = product
        super().__init__(self._popular)

    def line(self, rng: Random, n: int) -> dict[str, Any]:
        """The n-th line of an order, of a variant of a product; most buyers choose the first."""
        product_id = self._pick(rng)
        if product_id is None:
            return super().line(rng, n)
        product = self._product(product_id)
        place = min(int(rng.expovariate(0.8)), len(product.parts["variants"]) - 1)
        variant = product.parts["variants"][place]
        made = line_of(
            n,
            product.fields["name"].replace(str(ID), str(product_id)),
            cents(variant["calculated_price"]),
            quantity=rng.choice((1, 1, 1, 2, 3)),
            sku=variant["sku"].replace(str(ID), str(product_id)),
        )
        return bought(made, product_id=product_id, variant_id=product_id * 1000 + place + 1)

    def _popular(self, rng: Random) -> int | None:
        return self._ids[int(len(self._ids) * rng.random() ** 2)] if self._ids else None


class SeasonalOrders(OrderMaker):
    """Builds orders of which some have a coupon or a promotion, which is deducted from the total."""

    def __init__(self, goods: Goods, coupons: list[tuple[int, str, str]]) -> None:
        super().__init__(goods, coupons)
        reducing = [(id_, code, kind) for id_, code, kind in coupons if kind in _REDUCING][:8]
        self._offers = [
            Discount(id_, f"Coupon {id_}", 5 + 5 * (n % 4), code, COUPON_TYPES[kind])
            for n, (id_, code, kind) in enumerate(reducing)
        ]

    def usual(self, rng: Random) -> Body:
        """An everyday order; larger with a discount."""
        discount = self._discount(rng)
        count = rng.choice((1, 2, 2, 3, 4) if discount else (1, 1, 1, 2, 2, 3))
        lines = [self.goods.line(rng, n) for n in range(1, count + 1)]
        made = (
            _discounted(rng, lines, discount) if discount else order(rng, lines, status_id=rng.choice(USUAL_STATUSES))
        )
        return made.changed({"channel_id": rng.choice(_CHANNELS)})

    def _discount(self, rng: Random) -> Discount | None:
        kind = rng.choices(("none", "coupon", "promotion"), (0.72, 0.16, 0.12))[0]
        if kind == "coupon" and self._offers:
            return self._offers[int(len(self._offers) * rng.random() ** 2)]
        return rng.choice(_PROMOTIONS) if kind == "promotion" else None


def _discounted(rng: Random, lines: list[dict[str, Any]], discount: Discount) -> Body:
    reduced = [discount.reduced(line) for line in lines]
    total = sum(cents(line["applied_discounts"][0]["amount"]) for line in reduced)
    coupons = []
    if discount.code:
        used = order_children.coupon(1, discount.id, discount.code, discount.type)
        amount = discount.percent if discount.type == COUPON_TYPES["percentage_discount"] else money(total)
        coupons = [{**used, "amount": amount, "discount": money(total)}]
    return order(rng, reduced, status_id=rng.choice(_UNREFUNDED), coupons=coupons, discount=total)

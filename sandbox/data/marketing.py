"""Coupons (BigCommerce's reference/marketing.v2.yml). Odd coupons are the first of the store, from `FIRST_ID`."""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.data.archetypes import Oddity
from sandbox.data.words import money
from sandbox.templates import CREATED, ID, LATER, Body

FIRST_ID = 1
CODE = "SAVE-{id}"

TYPES = (
    "per_item_discount",
    "per_total_discount",
    "shipping_discount",
    "free_shipping",
    "percentage_discount",
)


def code_of(coupon_id: int) -> str:
    """The code of a generated coupon."""
    return CODE.format(id=coupon_id)


def usual(rng: Random) -> Body:
    """An everyday coupon."""
    return _coupon(rng, {})


def oddities() -> list[Oddity]:
    """The odd coupons, by name."""
    promotion: dict[str, Any] = {
        "type": "promotion",
        "amount": money(0),
        "min_purchase": money(0),
        "restricted_to": [],
        "shipping_methods": None,
        "applies_to": None,
    }
    changes: dict[str, dict[str, Any]] = {
        "restricted_to_object": {"restricted_to": {}},
        "restricted_to_list": {"restricted_to": []},
        "restricted_to_countries": {"restricted_to": {"countries": "AU"}},
        "promotion": promotion,
        "promotion_second": promotion,
        "expires_never": {"expires": ""},
        "expires_dated": {"expires": LATER},
        "disabled": {"enabled": False},
    }
    return [
        # mypy does not type a lambda's defaults
        Oddity(name, lambda rng, change=change: _coupon(rng, change))  # type: ignore[misc]
        for name, change in changes.items()
    ]


def _coupon(rng: Random, changes: dict[str, Any]) -> Body:
    fields = {
        "id": ID,
        "name": f"Coupon {ID}",
        "type": rng.choice(TYPES),
        "amount": money(rng.randrange(100, 2500)),
        "min_purchase": money(rng.choice((0, 0, 5000))),
        "expires": rng.choice(("", LATER)),
        "enabled": rng.random() < 0.9,
        "code": CODE.format(id=ID),
        "applies_to": {"entity": "categories", "ids": [0]},
        "num_uses": rng.randrange(40),
        "max_uses": rng.choice((0, 100)),
        "max_uses_per_customer": 0,
        "restricted_to": {},
        "shipping_methods": [],
        "date_created": CREATED,
        **changes,
    }
    if fields["applies_to"] is None:
        del fields["applies_to"]
    return Body(fields)

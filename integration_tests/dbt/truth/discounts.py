"""Coupons, promotions and manual discounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from integration_tests.dbt.truth.values import Figures, Order, Row, StoreWorld, amount, moment, text


@dataclass
class Use:
    """What a discount took off each order, and the names that the orders give it."""

    amounts: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    names: list[str] = field(default_factory=list)


def discounts(world: StoreWorld) -> Figures:
    """Returns name, orders, discount and revenue of each coupon, promotion and manual discount, by currency."""
    given: dict[Any, Use] = defaultdict(Use)
    for order in world.counted:
        for kind, id_, code, name, value in _discounts(order):
            use = given[kind, id_, code, order.currency]
            use.amounts[order.id] += value
            use.names += [name] if name else []
    return {key: _figures(world, key, use) for key, use in given.items()}


def _figures(world: StoreWorld, key: tuple[str, str | None, str | None, str], use: Use) -> tuple[Any, ...]:
    kind, id_, code, _ = key
    orders = [world.by_id[order_id] for order_id in use.amounts]
    name, coupon_type, enabled, expires = _now(world, kind, id_, code)
    return (
        name or max(use.names, default=None) or code,
        coupon_type,
        enabled,
        expires,
        len(orders),
        sum(use.amounts.values(), Decimal(0)),
        sum((order.in_store(use.amounts[order.id]) for order in orders), Decimal(0)),
        sum((order.gross for order in orders), Decimal(0)),
        sum((order.net for order in orders), Decimal(0)),
        sum((order.in_store(order.net) for order in orders), Decimal(0)),
        min(order.day for order in orders),
        max(order.day for order in orders),
    )


def _now(
    world: StoreWorld, kind: str, id_: str | None, code: str | None
) -> tuple[str | None, str | None, bool | None, datetime | None]:
    """Name, type, state and expiry of what is behind a discount: a code is one of a coupon or of a promotion."""
    promotions = {str(row["id"]): row for row in world.rows("promotions")}
    if kind == "promotion" and id_ in promotions:
        return _of_promotion(promotions[id_])
    if kind != "coupon" or not code:
        return None, None, None, None
    of_code = [row for row in world.rows("coupons") if row["code"].lower() == code.lower()]
    coupons = [row for row in of_code if id_ in (None, str(row["id"]))]
    if coupons:
        row = max(coupons, key=lambda one: int(one["id"]))
        return row["name"], row["type"], row["enabled"], moment(row["expires"]) if row["expires"] else None
    for row in world.rows("promotion_codes"):
        if row["code"].lower() == code.lower():
            return _of_promotion(promotions[str(row["_promotion"])])
    return None, None, None, None


def _of_promotion(row: Row) -> tuple[str, None, bool, datetime]:
    ends = datetime.fromtimestamp(row["end_date"], timezone.utc).replace(tzinfo=None)
    return row["name"], None, row["status"] == "ENABLED", ends


def _discounts(order: Order) -> list[tuple[str, str | None, str | None, str | None, Decimal]]:
    """The kind, identifier, code, name and amount of each discount: every one once, however often it is listed."""
    found: list[tuple[str, str | None, str | None, str | None, Decimal]] = []
    for row in order.row["coupon_rows"]:
        code, id_ = text(row["code"]), str(row["coupon_id"]) if row["coupon_id"] else None
        found.append(("coupon" if code else "promotion", id_, code, None, amount(row["discount"])))
    codes = {code.lower() for _, _, code, *_ in found if code}
    promotions = {id_ for kind, id_, *_ in found if kind == "promotion"}
    for line in order.row["lines"]:
        for row in line["applied_discounts"]:
            code, id_, value = text(row["code"]), text(row["id"]), amount(row["amount"])
            if code:
                if code.lower() not in codes:
                    found.append(("coupon", None if id_ == "total-coupon" else id_, code, row["name"], value))
            elif id_ == "manual-discount":
                found.append(("manual", id_, None, row["name"], value))
            elif id_ != "total-coupon" and (id_ is None or id_ not in promotions):
                found.append(("promotion", id_, None, row["name"], value))
    return found

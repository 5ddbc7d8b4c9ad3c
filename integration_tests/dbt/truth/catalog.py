"""Products, variants and stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from integration_tests.dbt.truth.sales import Line, lines
from integration_tests.dbt.truth.values import Figures, Row, StoreWorld


def variant_stock(world: StoreWorld) -> Figures:
    """Returns the stock of each variant at each location."""
    return {
        (item["identity"]["variant_id"], place["location_id"]): (
            place["location_enabled"],
            place["available_to_sell"],
            place["total_inventory_onhand"],
            place["settings"]["safety_stock"],
        )
        for item in world.rows("inventory_items")
        for place in item["locations"]
    }


def _sold(found: Iterable[Line]) -> tuple[Any, ...]:
    counted = [line for line in found if line.order.counts]
    return (
        len({line.order.id for line in counted}),
        sum(line.quantity for line in counted),
        sum(line.quantity - line.returned for line in counted),
        sum((line.order.in_store(line.gross) for line in counted), Decimal(0)),
        sum((line.order.in_store(line.net) for line in counted), Decimal(0)),
        max((line.order.day for line in counted), default=None),
    )


def _available(product: Row, variant: Row, places: list[Row]) -> int | None:
    if product["inventory_tracking"] == "none":
        return None
    if places:
        return sum(place["available_to_sell"] for place in places if place["location_enabled"])
    if product["inventory_tracking"] == "variant":
        return int(variant["inventory_level"])
    return int(product["inventory_level"]) if product["base_variant_id"] == variant["id"] else None


def _places(world: StoreWorld) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for item in world.rows("inventory_items"):
        found[item["identity"]["variant_id"]] += item["locations"]
    return found


def variants(world: StoreWorld) -> Figures:
    """Returns name, price, stock and sales of each variant."""
    sold: dict[Any, list[Line]] = defaultdict(list)
    for line in lines(world):
        sold[line.variant_id].append(line)
    places, today = _places(world), max(order.day for order in world.orders)
    since = today - timedelta(days=world.rules.window)
    figures: Figures = {}
    for product in world.rows("products"):
        for variant in product["variants"]:
            found = sold[variant["id"]]
            recent = [line for line in found if line.order.counts and since < line.order.day <= today]
            labels = [value["label"] for value in sorted(variant["option_values"], key=lambda one: one["option_id"])]
            figures[variant["id"]] = (
                product["id"],
                product["name"],
                ", ".join(labels) or None,
                Decimal(str(product["price"] if variant["price"] is None else variant["price"])),
                not variant["purchasing_disabled"],
                _available(product, variant, places[variant["id"]]),
                *_sold(found),
                sum(line.quantity - line.returned for line in recent),
            )
    return figures


def products(world: StoreWorld) -> Figures:
    """Returns brand, stock and sales of each product."""
    sold: dict[Any, list[Line]] = defaultdict(list)
    for line in lines(world):
        sold[line.product_id].append(line)
    places = _places(world)
    brands = {row["id"]: row["name"] for row in world.rows("brands")}
    categories: dict[int, int] = defaultdict(int)
    for row in world.rows("product_category_assignments"):
        categories[row["product_id"]] += 1
    figures: Figures = {}
    for product in world.rows("products"):
        stock = [_available(product, variant, places[variant["id"]]) for variant in product["variants"]]
        known = [level for level in stock if level is not None]
        level = None if product["inventory_tracking"] == "none" else product["inventory_level"]
        figures[product["id"]] = (
            product["name"],
            brands.get(product["brand_id"]),
            len(product["variants"]),
            categories[product["id"]],
            sum(known) if known else level,
            *_sold(sold[product["id"]]),
        )
    return figures

"""Products, variants and stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from integration_tests.dbt.truth.sales import Line, lines
from integration_tests.dbt.truth.values import Figures, Row, StoreWorld, local, moment


def variant_stock(world: StoreWorld) -> Figures:
    """Returns the stock of each variant at each location."""
    return {
        (item["identity"]["product_id"], item["identity"]["variant_id"] or None, place["location_id"]): (
            place["location_enabled"],
            place["available_to_sell"],
            place["total_inventory_onhand"],
            place["settings"]["safety_stock"],
        )
        for item in _items(world)
        for place in item["locations"]
    }


def _items(world: StoreWorld) -> list[Row]:
    """The stock of products that are there."""
    present = {row["id"] for row in world.rows("products")}
    return [item for item in world.rows("inventory_items") if item["identity"]["product_id"] in present]


def _sold(found: Iterable[Line]) -> tuple[Any, ...]:
    counted = [line for line in found if line.order.counts]
    return (
        len({line.order.id for line in counted}),
        sum(line.quantity for line in counted),
        sum(line.returned for line in counted),
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


def _places(world: StoreWorld, key: str) -> dict[int, list[Row]]:
    """The places with stock by variant or, with `product_id`, those of products whose stock has no variant."""
    found: dict[int, list[Row]] = defaultdict(list)
    for item in _items(world):
        if key == "variant_id" or not item["identity"]["variant_id"]:
            found[item["identity"][key]] += item["locations"]
    return found


def _today(world: StoreWorld) -> date:
    """The last day with an order that counts; no later than the current day, as clocks of imports may be wrong."""
    current = local(datetime.now(timezone.utc).replace(tzinfo=None), world.rules)
    return world.rules.as_of or max(order.day for order in world.counted if order.day <= current)


def _speed(world: StoreWorld, product: Row, found: list[Line], available: int | None) -> tuple[Any, ...]:
    """What was sold lately, by day, and how long the stock lasts: new products have had less than the window."""
    today, window = _today(world), world.rules.window
    counted = [line for line in found if line.order.counts]
    since = today - timedelta(days=window)
    recent = sum(line.quantity - line.returned for line in counted if since < line.order.day <= today)
    begun = min([local(moment(product["date_created"]), world.rules), *(line.order.day for line in counted)])
    days = max(1, min(window, (today - begun).days + 1))
    lasts = Decimal(available * days) / recent if recent > 0 and available is not None else None
    return recent, Decimal(recent) / days, lasts


def variants(world: StoreWorld) -> Figures:
    """Returns name, price, stock and sales of each variant."""
    sold: dict[Any, list[Line]] = defaultdict(list)
    for line in lines(world):
        sold[line.variant_id].append(line)
    places = _places(world, "variant_id")
    figures: Figures = {}
    for product in world.rows("products"):
        for variant in product["variants"]:
            found = sold[variant["id"]]
            available = _available(product, variant, places[variant["id"]])
            labels = [value["label"] for value in sorted(variant["option_values"], key=lambda one: one["option_id"])]
            figures[variant["id"]] = (
                product["id"],
                product["name"],
                ", ".join(labels) or None,
                Decimal(str(product["price"] if variant["price"] is None else variant["price"])),
                not variant["purchasing_disabled"],
                available,
                *_sold(found),
                *_speed(world, product, found, available),
            )
    return figures


def products(world: StoreWorld) -> Figures:
    """Returns brand, stock and sales of each product."""
    sold: dict[Any, list[Line]] = defaultdict(list)
    for line in lines(world):
        sold[line.product_id].append(line)
    places, undivided = _places(world, "variant_id"), _places(world, "product_id")
    brands = {row["id"]: row["name"] for row in world.rows("brands")}
    categories: dict[int, int] = defaultdict(int)
    for row in world.rows("product_category_assignments"):
        categories[row["product_id"]] += 1
    figures: Figures = {}
    for product in world.rows("products"):
        together = [place["available_to_sell"] for place in undivided[product["id"]] if place["location_enabled"]]
        stock = [_available(product, variant, places[variant["id"]]) for variant in product["variants"]]
        known = [level for level in (together if undivided[product["id"]] else stock) if level is not None]
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

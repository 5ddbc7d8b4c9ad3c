"""Price lists."""

from __future__ import annotations

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import DATED, zulu
from sandbox.options import PRODUCTS


def _price_lists(n: int, world: World) -> Row:
    return {
        "name": f"Name {n}",
        "active": n % 2 == 0,
        "id": n,
        "date_created": world.at(n),
        "date_modified": world.at(n),
    }


def _price_list_records(n: int, world: World) -> Row:
    return {
        "price_list_id": world.pick("price_lists", n),
        "price": n + 0.25,
        "sale_price": n + 0.25,
        "retail_price": n + 0.25,
        "map_price": n + 0.25,
        "bulk_pricing_tiers": [
            {
                "quantity_min": n + 12,
                "quantity_max": n + 12,
                "type": ("fixed", "price", "percent")[n % 3],
                "amount": n + 0.25,
            }
        ],
        "sku": f"Sku {n}",
        "variant_id": world.pick("variants", n),
        "currency": ("USD", "AUD")[n % 2],
        "calculated_price": n + 0.25,
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "product_id": world.pick("products", n),
    }


def _price_list_assignments(n: int, world: World) -> Row:
    return {
        "id": n,
        "price_list_id": world.pick("price_lists", n),
        "customer_group_id": world.pick("customer_groups", n),
    } | ({"channel_id": world.pick("channels", n)} if n % 3 else {})


COLLECTIONS = (
    Collection(
        "price_lists",
        "v3/pricelists",
        PRODUCTS,
        _price_lists,
        Shape.CURSOR,
        size=3,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=DATED,
    ),
    Collection(
        "price_list_records",
        "v3/pricelists/{parent}/records",
        PRODUCTS,
        _price_list_records,
        Shape.CURSOR,
        key=(
            "price_list_id",
            "variant_id",
            "currency",
        ),
        size=40,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=frozenset({"variant_id", "product_id", "sku", "currency", "price", "date_created", "date_modified"}),
        included=frozenset({"bulk_pricing_tiers", "sku"}),
        parent="price_lists",
        parent_field="price_list_id",
    ),
    Collection(
        "price_list_assignments",
        "v3/pricelists/assignments",
        PRODUCTS,
        _price_list_assignments,
        Shape.CURSOR,
        filters=frozenset({"id", "price_list_id", "customer_group_id", "channel_id"}),
    ),
)

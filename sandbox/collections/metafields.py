"""Metafields of every kind of resource."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import offset, uuid
from sandbox.options import (
    CARTS,
    CHANNEL_SETTINGS,
    CUSTOMERS,
    INFORMATION,
    LOCATIONS,
    ORDERS,
    PRODUCTS,
)

_PERMISSIONS = ("read", "write", "read_and_sf_access", "write_and_sf_access")


def _of(resource: str, kind: str) -> Callable[[int, World], Row]:
    def metafield(n: int, world: World) -> Row:
        return {
            "id": n,
            "key": f"key_{n}",
            "value": ("blue", "12.50", "true", "{}")[n % 4],
            "namespace": ("warehouse", "reviews")[n % 2],
            "permission_set": _PERMISSIONS[n % 4],
            "resource_type": resource,
            "resource_id": world.pick(kind, n),
            "description": f"What an app keeps, {n}",
            "owner_client_id": "client-of-an-app",
            "date_created": world.at(n),
            "date_modified": world.at(n),
        }

    return metafield


def _of_a_cart(n: int, world: World) -> Row:
    return {**_of("cart", "channels")(n, world), "id": str(n), "resource_id": uuid(7, n)}


def _of_the_store(n: int, world: World) -> Row:
    return {**_of("store", "channels")(n, world), "id": str(n), "resource_id": "0"}


_FILTERS = frozenset({"key", "namespace", "date_created", "date_modified"})  # none by id is documented
_DATES = {"date_created": offset, "date_modified": offset}


def _collection(name: str, path: str, scope: str, row: Callable[[int, World], Row]) -> Collection:
    return Collection(name, f"{path}/metafields", scope, row, Shape.CURSOR, dates=_DATES, filters=_FILTERS)


COLLECTIONS = (
    _collection("order_metafields", "v3/orders", ORDERS, _of("order", "orders")),
    _collection("customer_metafields", "v3/customers", CUSTOMERS, _of("customer", "customers")),
    _collection("product_metafields", "v3/catalog/products", PRODUCTS, _of("product", "products")),
    _collection("variant_metafields", "v3/catalog/variants", PRODUCTS, _of("variant", "variants")),
    _collection("brand_metafields", "v3/catalog/brands", PRODUCTS, _of("brand", "brands")),
    _collection("category_metafields", "v3/catalog/categories", PRODUCTS, _of("category", "categories")),
    _collection("channel_metafields", "v3/channels", CHANNEL_SETTINGS, _of("channel", "channels")),
    _collection("location_metafields", "v3/inventory/locations", LOCATIONS, _of("location", "inventory_locations")),
    _collection("cart_metafields", "v3/carts", CARTS, _of_a_cart),
    _collection("store_metafields", "v3/store", INFORMATION, _of_the_store),
)

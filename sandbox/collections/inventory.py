"""Inventory and pickup."""

from __future__ import annotations

from sandbox.collection import Collection
from sandbox.collections.forms import DATED, zulu
from sandbox.collections.rows import rows
from sandbox.options import FULFILLMENT_METHODS, INVENTORY, LOCATIONS

_IDENTITY = frozenset({"identity.sku", "identity.variant_id", "identity.product_id"})

COLLECTIONS = (
    Collection(
        "inventory_locations",
        "v3/inventory/locations",
        LOCATIONS,
        rows("inventory_locations"),
        size=3,
        renamed={"location_id": "id", "location_code": "code", "type_id": "type_id"},
        dates={"created_at": zulu, "updated_at": zulu},
        most=1000,
    ),
    Collection(
        "inventory_items",
        "v3/inventory/items",
        INVENTORY,
        rows("inventory_items"),
        key=("identity.sku",),
        size=20,
        filters=_IDENTITY | {"locations.location_id", "locations.location_code"},
        most=1000,
    ),
    Collection(
        "inventory_location_items",
        "v3/inventory/locations/{parent}/items",
        INVENTORY,
        rows("inventory_location_items"),
        key=(
            "_location",
            "identity.sku",
        ),
        size=20,
        parent="inventory_locations",
        parent_field="_location",
        filters=_IDENTITY,
        most=1000,
    ),
    Collection(
        "pickup_methods",
        "v3/pickup/methods",
        FULFILLMENT_METHODS,
        rows("pickup_methods"),
        size=4,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=DATED,
    ),
)

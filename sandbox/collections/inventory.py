"""Inventory and pickup."""

from __future__ import annotations

from sandbox.collection import Collection, Row, World
from sandbox.collections.forms import DATED, zulu
from sandbox.options import FULFILLMENT_METHODS, INVENTORY, LOCATIONS


def _inventory_locations(n: int, world: World) -> Row:
    return {
        "id": n,
        "code": f"Code {n}",
        "label": f"Label {n}",
        "description": f"Description {n}",
        "managed_by_external_source": n % 2 == 0,
        "type_id": ("PHYSICAL", "VIRTUAL")[n % 2],
        "enabled": n % 2 == 0,
        "operating_hours": {
            "sunday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "monday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "tuesday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "wednesday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "thursday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "friday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
            "saturday": {"open": n % 2 == 0, "opening": f"Opening {n}", "closing": f"Closing {n}"},
        },
        "time_zone": f"Time zone {n}",
        "created_at": world.at(n),
        "updated_at": world.at(n),
        "address": {
            "address1": f"Address1 {n}",
            "address2": f"Address2 {n}",
            "city": f"City {n}",
            "state": f"State {n}",
            "zip": f"Zip {n}",
            "email": f"person{n}@example.com",
            "phone": f"Phone {n}",
            "geo_coordinates": {"latitude": n + 0.25, "longitude": n + 0.25},
            "country_code": "AU",
        },
        "storefront_visibility": n % 2 == 0,
        "special_hours": [
            {
                "label": f"Label {n}",
                "date": zulu(world.at(n)),
                "open": n % 2 == 0,
                "opening": f"Opening {n}",
                "closing": f"Closing {n}",
                "all_day": n % 2 == 0,
                "annual": n % 2 == 0,
            }
        ],
    }


def _inventory_items(n: int, world: World) -> Row:
    return {
        "identity": {
            "sku": f"Sku {n}",
            "variant_id": world.pick("variants", n),
            "product_id": world.pick("products", n),
            "sku_id": world.pick("variants", n),
        },
        "locations": [
            {
                "location_id": world.pick("inventory_locations", n),
                "location_code": f"Location code {n}",
                "location_name": f"Location name {n}",
                "available_to_sell": n + 17,
                "total_inventory_onhand": n + 22,
                "location_enabled": n % 2 == 0,
                "settings": {
                    "safety_stock": n + 12,
                    "is_in_stock": n % 2 == 0,
                    "warning_level": n + 13,
                    "bin_picking_number": f"Bin picking number {n}",
                },
            }
        ],
    }


def _inventory_location_items(n: int, world: World) -> Row:
    return {
        "_location": world.pick("inventory_locations", n),
        "identity": {
            "sku": f"Sku {n}",
            "variant_id": world.pick("variants", n),
            "product_id": world.pick("products", n),
        },
        "available_to_sell": n + 17,
        "total_inventory_onhand": n + 22,
        "settings": {
            "safety_stock": n + 12,
            "is_in_stock": n % 2 == 0,
            "warning_level": n + 13,
            "bin_picking_number": f"Bin picking number {n}",
        },
    }


def _pickup_methods(n: int, world: World) -> Row:
    return {
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "location_id": world.pick("inventory_locations", n),
        "display_name": f"Display name {n}",
        "collection_instructions": f"Collection instructions {n}",
        "collection_time_description": f"Collection time description {n}",
        "location_identity": world.pick("inventory_locations", n),
        "id": n,
    }


_IDENTITY = frozenset({"identity.sku", "identity.variant_id", "identity.product_id"})

COLLECTIONS = (
    Collection(
        "inventory_locations",
        "v3/inventory/locations",
        LOCATIONS,
        _inventory_locations,
        size=3,
        dates={"created_at": zulu, "updated_at": zulu},
        most=1000,
    ),
    Collection(
        "inventory_items",
        "v3/inventory/items",
        INVENTORY,
        _inventory_items,
        key=("identity.sku",),
        size=20,
        filters=_IDENTITY,
        most=1000,
    ),
    Collection(
        "inventory_location_items",
        "v3/inventory/locations/{parent}/items",
        INVENTORY,
        _inventory_location_items,
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
        _pickup_methods,
        size=4,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=DATED,
    ),
)

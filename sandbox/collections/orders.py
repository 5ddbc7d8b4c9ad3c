"""What is below orders in lists of its own.."""

from __future__ import annotations

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import fraction, zulu
from sandbox.options import ORDER_FULFILLMENT, ORDERS


def _order_pickups(n: int, world: World) -> Row:
    return {
        "ready_at": world.at(n),
        "created_at": world.at(n),
        "updated_at": world.at(n),
        "pickup_items": [
            {
                "status": ("AWAITING_COLLECTION", "COLLECTED")[n % 2],
                "collected_at": fraction(world.at(n)),
                "order_product_id": n + 16,
                "quantity": n + 8,
                "id": n,
            }
        ],
        "pickup_method_id": world.pick("pickup_methods", n),
        "order_id": world.pick("orders", n),
        "id": n,
    }


def _order_statuses(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "system_label": f"System label {n}",
        "custom_label": f"Custom label {n}",
        "system_description": f"System description {n}",
    }


COLLECTIONS = (
    Collection(
        "order_pickups",
        "v3/orders/pickups",
        ORDER_FULFILLMENT,
        _order_pickups,
        Shape.DATA,
        dates={"ready_at": zulu, "created_at": fraction, "updated_at": fraction},
        filters=frozenset({"order_id"}),
    ),
    Collection("order_statuses", "v2/order_statuses", ORDERS, _order_statuses, Shape.V2_WHOLE, size=15, grows=False),
)

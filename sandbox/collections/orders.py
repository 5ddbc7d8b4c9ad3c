"""What is below orders in lists of its own.."""

from __future__ import annotations

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import fraction, uuid, zulu
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


def _order_shipping_quotes(n: int, world: World) -> Row:
    return {
        "_parent": world.pick("orders", n),
        "id": uuid(24, n),
        "uuid": uuid(26, n),
        "timestamp": world.at(n),
        "shipping_provider_id": f"Shipping provider id {n}",
        "shipping_provider_quote": [{f"key {n}": f"value {n}"}],
        "provider_code": f"Provider code {n}",
        "carrier_code": f"Carrier code {n}",
        "rate_code": f"Rate code {n}",
        "rate_id": f"Rate id {n}",
        "method_id": n + 9,
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
    Collection(
        "order_shipping_quotes",
        "v2/orders/{parent}/shipping_addresses/{address:int}/shipping_quotes",
        ORDERS,
        _order_shipping_quotes,
        Shape.BARE_OBJECT,
        key=("_parent",),
        size=40,
        dates={"timestamp": zulu},
        parent="orders",
        parent_field="_parent",
    ),
    Collection("order_statuses", "v2/order_statuses", ORDERS, _order_statuses, Shape.V2_WHOLE, size=15, grows=False),
)

"""Records below orders that have lists of their own."""

from __future__ import annotations

from sandbox.collection import Collection, Shape
from sandbox.collections.forms import fraction, zulu
from sandbox.collections.rows import rows
from sandbox.options import ORDER_FULFILLMENT, ORDERS

COLLECTIONS = (
    Collection(
        "order_pickups",
        "v3/orders/pickups",
        ORDER_FULFILLMENT,
        rows("order_pickups"),
        Shape.DATA,
        dates={"ready_at": zulu, "created_at": fraction, "updated_at": fraction},
        filters=frozenset({"order_id"}),
        renamed={"pickup_id": "id"},
    ),
    Collection(
        "order_shipping_quotes",
        "v2/orders/{parent}/shipping_addresses/{address:int}/shipping_quotes",
        ORDERS,
        rows("order_shipping_quotes"),
        Shape.BARE_OBJECT,
        key=("_parent",),
        size=40,
        dates={"timestamp": zulu},
        parent="orders",
        parent_field="_parent",
    ),
    Collection(
        "order_statuses", "v2/order_statuses", ORDERS, rows("order_statuses"), Shape.V2_WHOLE, size=15, grows=False
    ),
)

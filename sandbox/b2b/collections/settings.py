"""Channels, payment methods, custom shipping methods and the extra fields of every kind of record."""

from __future__ import annotations

from sandbox.b2b.collections.parts import declared
from sandbox.collection import Row, World
from sandbox.collections.forms import CHANNELS, unix_text


def _channel(n: int, row: Row, world: World) -> Row:
    return {"channelId": CHANNELS[n - 1]}


COLLECTIONS = (
    declared(
        "b2b_channels",
        "channels",
        _channel,
        size=4,
        grows=False,
        dates={"createdAt": unix_text, "updatedAt": unix_text},
    ),
    declared("b2b_payment_methods", "payments", dates={}, size=5, text="paymentTitle"),
    declared(
        "quote_shipping_methods",
        "rfq/custom/shipping-methods",
        dates={},
        key=("customShippingMethodName",),
        size=3,
    ),
    declared("company_extra_fields", "companies/extra-fields", dates={}, size=4, text="defaultValue"),
    declared("user_extra_fields", "users/extra-fields", dates={}, size=4, text="defaultValue"),
    declared("address_extra_fields", "addresses/extra-fields", dates={}, size=4, text="defaultValue"),
    declared("order_extra_fields", "orders/extra-fields", dates={}, size=4, text="defaultValue"),
    declared("quote_extra_fields", "rfq/extra-fields", dates={}, size=4, text="defaultValue"),
    declared("invoice_extra_fields", "ip/invoices/extra-fields", dates={}, size=4, text="defaultValue"),
)

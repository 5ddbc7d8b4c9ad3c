"""The store, shipping, tax, payments and logs."""

from __future__ import annotations

from sandbox.collection import Collection, Shape
from sandbox.collections.forms import unix, zulu
from sandbox.collections.rows import rows
from sandbox.options import INFORMATION, LOGS, PAYMENT_METHODS

COLLECTIONS = (
    Collection(
        "currencies", "v2/currencies", INFORMATION, rows("currencies"), Shape.V2, size=4, dates={"last_updated": zulu}
    ),
    Collection("countries", "v2/countries", INFORMATION, rows("countries"), Shape.V2, size=20),
    Collection("states", "v2/countries/states", INFORMATION, rows("states"), Shape.V2, size=20),
    Collection("shipping_zones", "v2/shipping/zones", INFORMATION, rows("shipping_zones"), Shape.V2_WHOLE, size=4),
    Collection(
        "shipping_methods",
        "v2/shipping/zones/{parent}/methods",
        INFORMATION,
        rows("shipping_methods"),
        Shape.V2_WHOLE,
        size=14,
        parent="shipping_zones",
        parent_field="_zone",
    ),
    Collection(
        "tax_classes",
        "v2/tax_classes",
        INFORMATION,
        rows("tax_classes"),
        Shape.V2,
        size=4,
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection(
        "tax_zones", "v3/tax/zones", INFORMATION, rows("tax_zones"), Shape.DATA, size=10, filters=frozenset({"id"})
    ),
    Collection("tax_rates", "v3/tax/rates", INFORMATION, rows("tax_rates"), filters=frozenset({"id", "tax_zone_id"})),
    Collection(
        "tax_properties",
        "v3/tax/properties",
        INFORMATION,
        rows("tax_properties"),
        Shape.DATA,
        filters=frozenset({"id", "type"}),
        size=4,
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection(
        "tax_customers",
        "v3/tax/customers",
        INFORMATION,
        rows("tax_customers"),
        Shape.DATA,
        key=("customer_id",),
        filters=frozenset({"customer_id"}),
    ),
    Collection(
        "product_tax_properties",
        "v3/tax/products/properties",
        INFORMATION,
        rows("product_tax_properties"),
        Shape.DATA,
        key=("product_id",),
        filters=frozenset({"product_id"}),
        needs="product_id:in",
    ),
    Collection(
        "payment_methods",
        "v2/payments/methods",
        PAYMENT_METHODS,
        rows("payment_methods"),
        Shape.V2,
        key=("code",),
        size=3,
    ),
    Collection(
        "store_logs",
        "v3/store/systemlogs",
        LOGS,
        rows("store_logs"),
        size=30,
        filters=frozenset({"id", "type", "module"}),
        dates={"date_created": zulu},
    ),
    Collection("webhooks", "v3/hooks", None, rows("webhooks"), size=4, dates={"created_at": unix, "updated_at": unix}),
)

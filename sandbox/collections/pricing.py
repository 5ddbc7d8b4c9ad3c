"""Price lists."""

from __future__ import annotations

from sandbox.collection import Collection, Shape
from sandbox.collections.forms import DATED, zulu
from sandbox.collections.rows import rows
from sandbox.options import PRODUCTS

COLLECTIONS = (
    Collection(
        "price_lists",
        "v3/pricelists",
        PRODUCTS,
        rows("price_lists"),
        Shape.CURSOR,
        size=3,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=DATED,
    ),
    Collection(
        "price_list_records",
        "v3/pricelists/{parent}/records",
        PRODUCTS,
        rows("price_list_records"),
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
        rows("price_list_assignments"),
        Shape.CURSOR,
        filters=frozenset({"id", "price_list_id", "customer_group_id", "channel_id"}),
    ),
)

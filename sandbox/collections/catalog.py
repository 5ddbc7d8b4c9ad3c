"""Brands, categories and what belongs to products."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Shape
from sandbox.collections.forms import offset, zulu
from sandbox.collections.rows import rows
from sandbox.options import PRODUCTS

COLLECTIONS = (
    Collection("brands", "v3/catalog/brands", PRODUCTS, rows("brands"), filters=frozenset({"id", "name"})),
    Collection(
        "categories", "v3/catalog/categories", PRODUCTS, rows("categories"), filters=frozenset({"id", "parent_id"})
    ),
    Collection(
        "tree_categories",
        "v3/catalog/trees/categories",
        PRODUCTS,
        rows("tree_categories"),
        key=("category_id",),
        filters=frozenset({"category_id", "category_uuid", "tree_id", "parent_id", "name"}),
    ),
    Collection(
        "product_sort_orders",
        "v3/catalog/categories/{parent}/products/sort-order",
        PRODUCTS,
        rows("product_sort_orders"),
        key=("_category", "product_id"),
        size=30,
        parent="categories",
        parent_field="_category",
        order="sort_order",
    ),
    Collection(
        "category_trees",
        "v3/catalog/trees",
        PRODUCTS,
        rows("category_trees"),
        size=3,
        filters=frozenset({"id"}),
        by_channel=ByChannel("channel_id:in", "channels"),
    ),
    Collection(
        "catalog_summary",
        "v3/catalog/summary",
        PRODUCTS,
        rows("catalog_summary"),
        Shape.OBJECT,
        key=("variant_count",),
        size=1,
        grows=False,
        dates={"oldest_variant_date": offset, "newest_variant_date": offset},
    ),
    Collection(
        "product_complex_rules",
        "v3/catalog/products/{parent}/complex-rules",
        PRODUCTS,
        rows("product_complex_rules"),
        key=("_parent",),
        size=40,
        parent="products",
        parent_field="_parent",
    ),
    Collection(
        "product_channel_assignments",
        "v3/catalog/products/channel-assignments",
        PRODUCTS,
        rows("product_channel_assignments"),
        key=(
            "product_id",
            "channel_id",
        ),
        size=30,
        filters=frozenset({"product_id"}),
        by_channel=ByChannel("channel_id:in", "channel_id"),
    ),
    Collection(
        "product_category_assignments",
        "v3/catalog/products/category-assignments",
        PRODUCTS,
        rows("product_category_assignments"),
        key=(
            "product_id",
            "category_id",
        ),
        size=30,
        filters=frozenset({"product_id", "category_id"}),
    ),
    Collection(
        "customs_information",
        "v3/shipping/products/customs-information",
        PRODUCTS,
        rows("customs_information"),
        key=("product_id",),
        dates={"created_at": zulu, "updated_at": zulu},
        filters=frozenset({"product_id"}),
        spelling={"total_pages": "total_page"},
    ),
)

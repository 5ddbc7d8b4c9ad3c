"""Brands, categories and what belongs to products."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Row, Shape, World
from sandbox.collections.forms import offset, uuid, zulu
from sandbox.options import PRODUCTS


def _brands(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "page_title": f"Page title {n}",
        "meta_keywords": [f"Meta keyword {n}"],
        "meta_description": f"Meta description {n}",
        "search_keywords": f"Search keywords {n}",
        "image_url": f"https://shop.example.com/image_url/{n}",
        "custom_url": {"url": f"https://shop.example.com/url/{n}", "is_customized": n % 2 == 0},
    }


def _categories(n: int, world: World) -> Row:
    return {
        "custom_url": {"url": f"https://shop.example.com/url/{n}", "is_customized": n % 2 == 0},
        "default_product_sort": (
            "use_store_settings",
            "featured",
            "newest",
            "best_selling",
            "alpha_asc",
            "alpha_desc",
            "avg_customer_review",
            "price_asc",
            "price_desc",
        )[n % 9],
        "search_keywords": f"Search keywords {n}",
        "is_visible": n % 2 == 0,
        "image_url": f"https://shop.example.com/image_url/{n}",
        "layout_file": f"Layout file {n}",
        "meta_description": f"Meta description {n}",
        "meta_keywords": [f"Meta keyword {n}"],
        "page_title": f"Page title {n}",
        "sort_order": n + 10,
        "views": n + 5,
        "description": f"Description {n}",
        "name": f"Name {n}",
        "parent_id": n + 9,
        "id": n,
    }


def _tree_categories(n: int, world: World) -> Row:
    return {
        "url": {"path": f"Path {n}", "is_customized": n % 2 == 0},
        "description": f"Description {n}",
        "views": n + 5,
        "sort_order": n + 10,
        "page_title": f"Page title {n}",
        "meta_keywords": [f"Meta keyword {n}"],
        "meta_description": f"Meta description {n}",
        "layout_file": f"Layout file {n}",
        "image_url": f"https://shop.example.com/image_url/{n}",
        "is_visible": n % 2 == 0,
        "search_keywords": f"Search keywords {n}",
        "default_product_sort": (
            "use_store_settings",
            "featured",
            "newest",
            "best_selling",
            "alpha_asc",
            "alpha_desc",
            "avg_customer_review",
            "price_asc",
            "price_desc",
        )[n % 9],
        "name": f"Name {n}",
        "category_id": world.pick("categories", n),
        "category_uuid": uuid(29, n),
        "tree_id": world.pick("category_trees", n),
        "parent_id": n + 9,
    }


def _product_sort_orders(n: int, world: World) -> Row:
    return {
        "_category": world.pick("categories", n),
        "product_id": world.pick("products", n),
        "sort_order": n if n % 3 else None,
    }


def _category_trees(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "channels": [world.pick("channels", n)],
    }


def _catalog_summary(n: int, world: World) -> Row:
    return {
        "inventory_count": n + 15,
        "inventory_value": n + 0.25,
        "primary_category_id": n + 19,
        "primary_category_name": f"Primary category name {n}",
        "variant_count": n + 13,
        "highest_variant_price": n + 0.25,
        "average_variant_price": n + 0.25,
        "lowest_variant_price": f"{n}.2500",
        "oldest_variant_date": world.at(n),
        "newest_variant_date": world.at(n),
    }


def _product_complex_rules(n: int, world: World) -> Row:
    return {
        "_parent": world.pick("products", n),
        "id": n,
        "product_id": world.pick("products", n),
        "sort_order": n + 10,
        "enabled": n % 2 == 0,
        "stop": n % 2 == 0,
        "purchasing_disabled": n % 2 == 0,
        "purchasing_disabled_message": f"Purchasing disabled message {n}",
        "purchasing_hidden": n % 2 == 0,
        "image_url": f"https://shop.example.com/image_url/{n}",
        "price_adjuster": {"adjuster": ("relative", "percentage")[n % 2], "adjuster_value": n + 0.25},
        "weight_adjuster": {"adjuster": ("relative", "percentage")[n % 2], "adjuster_value": n + 0.25},
        "conditions": [
            {
                "id": n,
                "rule_id": n + 7,
                "modifier_id": n + 11,
                "modifier_value_id": n + 17,
                "variant_id": world.pick("variants", n),
                "combination_id": n + 14,
            }
        ],
    }


def _product_channel_assignments(n: int, world: World) -> Row:
    return {
        "product_id": world.pick("products", n),
        "channel_id": world.pick("channels", n),
    }


def _product_category_assignments(n: int, world: World) -> Row:
    return {
        "product_id": world.pick("products", n),
        "category_id": world.pick("categories", n),
    }


def _customs_information(n: int, world: World) -> Row:
    return {
        "product_id": world.pick("products", n),
        "country_of_origin": f"Country of origin {n}",
        "commodity_description": f"Commodity description {n}",
        "international_shipping": (True, False)[n % 2],
        "hs_codes": {f"key {n}": f"value {n}"},
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


COLLECTIONS = (
    Collection("brands", "v3/catalog/brands", PRODUCTS, _brands, filters=frozenset({"id", "name"})),
    Collection("categories", "v3/catalog/categories", PRODUCTS, _categories, filters=frozenset({"id", "parent_id"})),
    Collection(
        "tree_categories",
        "v3/catalog/trees/categories",
        PRODUCTS,
        _tree_categories,
        key=("category_id",),
        filters=frozenset({"category_id", "tree_id"}),
    ),
    Collection(
        "product_sort_orders",
        "v3/catalog/categories/{parent}/products/sort-order",
        PRODUCTS,
        _product_sort_orders,
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
        _category_trees,
        size=3,
        filters=frozenset({"id"}),
        by_channel=ByChannel("channel_id:in", "channels"),
    ),
    Collection(
        "catalog_summary",
        "v3/catalog/summary",
        PRODUCTS,
        _catalog_summary,
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
        _product_complex_rules,
        key=("_parent",),
        size=40,
        parent="products",
        parent_field="_parent",
    ),
    Collection(
        "product_channel_assignments",
        "v3/catalog/products/channel-assignments",
        PRODUCTS,
        _product_channel_assignments,
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
        _product_category_assignments,
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
        _customs_information,
        key=("product_id",),
        dates={"created_at": zulu, "updated_at": zulu},
        filters=frozenset({"product_id"}),
        spelling={"total_pages": "total_page"},
    ),
)

"""The relations between the tables: the columns that hold a key of another table, and which of them diagrams show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from source_bigcommerce.streams.stream import Stream
from tools.streams import streams


@dataclass(frozen=True)
class Relation:
    """A column that holds a key of `target`: many of its rows may hold the same one unless `is_unique`."""

    table: str
    column: str
    target: str
    target_column: str
    is_unique: bool


_TARGETS = {  # what a column of this name refers to, in any table
    "attribute_id": "customer_attributes",
    "bc_group_id": "customer_groups",
    "bc_order_id": "orders",
    "brand_id": "brands",
    "category_id": "tree_categories",
    "channel_id": "channels",
    "company_id": "companies",
    "company_role_id": "company_roles",
    "cost_tax_class_id": "tax_classes",
    "country_id": "countries",
    "coupon_id": "coupons",
    "customer_group_id": "customer_groups",
    "customer_id": "customers",
    "default_channel_id": "channels",
    "default_currency_id": "currencies",
    "default_site_id": "sites",
    "gift_certificate_id": "gift_certificates",
    "guest_shopper_tax_zone_id": "tax_zones",
    "handling_cost_tax_class_id": "tax_classes",
    "invoice_id": "invoices",
    "location_id": "inventory_locations",
    "modifier_id": "product_modifiers",
    "order_address_id": "order_shipping_addresses",
    "order_id": "orders",
    "order_pickup_method_id": "order_pickups",
    "order_product_id": "order_products",
    "origin_channel_id": "channels",
    "parent_company_id": "companies",
    "payment_id": "b2b_payments",
    "pickup_method_id": "pickup_methods",
    "price_list_id": "price_lists",
    "primary_category_id": "tree_categories",
    "product_id": "products",
    "promotion_id": "promotions",
    "quote_id": "quotes",
    "receipt_id": "receipts",
    "role_id": "company_roles",
    "root_company_id": "companies",
    "sales_staff_id": "sales_staff",
    "shipping_address_id": "order_shipping_addresses",
    "shipping_cost_tax_class_id": "tax_classes",
    "shipping_zone_id": "shipping_zones",
    "shopper_profile_id": "shopper_profiles",
    "shopping_list_id": "shopping_lists",
    "site_id": "sites",
    "status_id": "order_statuses",
    "super_admin_id": "super_admins",
    "tax_class_id": "tax_classes",
    "tax_zone_id": "tax_zones",
    "tree_id": "category_trees",
    "variant_id": "product_variants",
    "viewer_user_id": "company_users",
    "wishlist_id": "wishlists",
    "wrapping_cost_tax_class_id": "tax_classes",
    "zone_id": "shipping_zones",
}

_EXCEPTIONS: dict[str, str | None] = {  # columns that refer to something else, or, if None, to no table
    "b2b_order_products.order_id": "b2b_orders",
    "b2b_orders.id": "orders",
    "b2b_payments.customer_id": "companies",
    "categories.parent_id": "categories",
    "companies.company_id": None,  # the key of the table itself
    "company_payment_methods.payment_id": "b2b_payment_methods",
    "customer_form_field_values.address_id": "customer_addresses",
    "invoices.customer_id": "companies",
    "invoices.order_number": "orders",
    "order_products.parent_order_product_id": "order_products",
    "orders.currency_id": "currencies",
    "pages.parent_id": "pages",
    "products.base_variant_id": "product_variants",
    "product_option_values.option_id": "product_options",
    "quote_details.order_id": "b2b_orders.b2b_id",
    "quotes.order_id": "b2b_orders.b2b_id",
    "quotes.quote_id": None,
    "receipt_lines.customer_id": "companies",
    "receipts.customer_id": "companies",
    "sales_staff_companies.bc_id": "customer_groups",
    "sales_staff_companies.id": "companies",
    "shopper_profile_segments.id": "segments",
    "shopping_lists.user_id": "company_users",
    "transactions.reference_transaction_id": "transactions",
    "tree_categories.category_id": None,
    "tree_categories.parent_id": "tree_categories",
    **{
        f"{kind}_metafields.resource_id": target
        for kind, target in {
            "brand": "brands",
            "category": "tree_categories",
            "channel": "channels",
            "customer": "customers",
            "location": "inventory_locations",
            "order": "orders",
            "product": "products",
            "variant": "product_variants",
        }.items()
    },
}

AT_MOST_ONE = {
    "b2b_channels.channel_id",
    "b2b_orders.bc_order_id",
    "company_users.customer_id",
    "customers.shopper_profile_id",
    "products.base_variant_id",
    "shopper_profiles.customer_id",
}
"""Columns that refer to a row no other row refers to, without being the primary key. The order of a quote is none of
them: BigCommerce documents that a quote is assigned to an order, and no limit of quotes per order."""

CORE = (
    "orders.channel_id",
    "orders.customer_id",
    "customer_addresses.customer_id",
    "customers.customer_group_id",
    "order_products.order_id",
    "order_consignments.order_id",
    "order_shipping_addresses.order_id",
    "order_shipments.order_id",
    "order_coupons.order_id",
    "order_refunds.order_id",
    "transactions.order_id",
    "product_variants.product_id",
    "product_images.product_id",
    "order_products.product_id",
    "order_products.variant_id",
    "products.brand_id",
    "product_category_assignments.product_id",
    "product_category_assignments.category_id",
    "tree_categories.tree_id",
    "price_list_records.price_list_id",
    "price_list_records.variant_id",
    "inventory_items.variant_id",
    "inventory_items.location_id",
    "order_coupons.coupon_id",
    "promotion_codes.promotion_id",
    "channel_listings.channel_id",
    "sites.channel_id",
)

B2B_EDITION = (
    "companies.bc_group_id",
    "company_users.company_id",
    "company_users.customer_id",
    "company_addresses.company_id",
    "company_credit.company_id",
    "company_subsidiaries.parent_company_id",
    "company_users.company_role_id",
    "b2b_orders.id",
    "b2b_orders.company_id",
    "b2b_order_products.order_id",
    "b2b_channels.channel_id",
    "quote_details.quote_id",
    "quote_line_items.quote_id",
    "quotes.bc_order_id",
    "invoices.customer_id",
    "invoices.order_number",
    "b2b_payment_transactions.payment_id",
    "receipts.payment_id",
    "receipt_lines.receipt_id",
    "receipt_lines.invoice_id",
    "shopping_lists.user_id",
    "shopping_list_items.shopping_list_id",
    "sales_staff_companies.sales_staff_id",
    "super_admin_companies.super_admin_id",
)


@cache
def relations() -> Mapping[str, Relation]:
    """Returns every relation by `table.column`, in the order of the streams and of their columns."""
    keys = {stream.name: key_of(stream) for stream in streams()}
    return {f"{found.table}.{found.column}": found for stream in streams() for found in _relations(stream, keys)}


def key_of(stream: Stream) -> tuple[str, ...]:
    """Returns the columns of the stream's primary key."""
    return tuple(part for path in stream.as_airbyte_stream().source_defined_primary_key for part in path)


def _relations(stream: Stream, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Relation]:
    for column in stream.get_json_schema()["properties"]:
        name = f"{stream.name}.{column}"
        target = _EXCEPTIONS.get(name, _TARGETS.get(column) if name not in _EXCEPTIONS else None)
        if target is not None:
            table, _, field = target.partition(".")
            is_unique = keys[stream.name] == (column,) or name in AT_MOST_ONE
            yield Relation(stream.name, column, table, field or keys[table][0], is_unique)

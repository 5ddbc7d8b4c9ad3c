"""Settings."""

from __future__ import annotations

from typing import Any

from sandbox.collection import ByChannel, Collection, Scope, Shape
from sandbox.collections.forms import CHANNELS, OWNERS
from sandbox.collections.rows import rows
from sandbox.options import CHECKOUTS, CONTENT, CUSTOMERS, INFORMATION, ORDERS, PRODUCTS


def _of_each_channel(
    name: str, path: str, scope: Scope, owners: tuple[int, ...] = OWNERS, *, shape: Shape = Shape.OBJECT, **how: Any
) -> Collection:
    """One object for the store and one for each channel."""
    row = rows(name, {"_channel": lambda n, _: owners[n - 1]})
    return Collection(
        name, path, scope, row, shape, key=("_channel",), size=len(OWNERS), grows=False, parent_field="_channel", **how
    )


def _by_parameter(name: str, path: str, scope: Scope, owners: tuple[int, ...] = OWNERS, **how: Any) -> Collection:
    return _of_each_channel(name, path, scope, owners, chosen_by="channel_id", **how)


def _by_path(name: str, path: str, scope: Scope, **how: Any) -> Collection:
    return _of_each_channel(name, path, scope, also_at=f"{path}/channels/{{parent}}", **how)


COLLECTIONS = (
    _by_path("order_settings", "v3/orders/settings", ORDERS, shape=Shape.BARE_OBJECT),
    _by_path("customer_settings", "v3/customers/settings", CUSTOMERS),
    _by_path("cart_settings", "v3/carts/settings", INFORMATION),
    _by_path("checkout_settings", "v3/checkouts/settings", CHECKOUTS),
    _by_path("shipping_settings", "v3/shipping/settings", PRODUCTS),
    _by_path("abandoned_cart_settings", "v3/abandoned-carts/settings", INFORMATION),
    _by_parameter(
        "abandoned_cart_email_settings",
        "v3/marketing/abandoned-cart-emails/settings",
        INFORMATION,
        CHANNELS,
        shape=Shape.BARE_OBJECT,
    ),
    Collection(
        "tax_settings",
        "v3/tax/settings",
        INFORMATION,
        rows("tax_settings"),
        Shape.OBJECT,
        key=("store_tax_zone_id",),
        size=1,
        grows=False,
    ),
    Collection(
        "analytics_settings",
        "v3/settings/analytics",
        CONTENT,
        rows("analytics_settings"),
        Shape.DATA,
        parent_field="_channel",
        chosen_by="channel_id",
    ),
    Collection("search_filters", "v3/settings/search/filters", INFORMATION, rows("search_filters"), Shape.DATA),
    Collection(
        "search_filter_contexts",
        "v3/settings/search/filters/contexts",
        INFORMATION,
        rows("search_filter_contexts"),
        key=(
            "context.channel_id",
            "context.category_id",
        ),
        by_channel=ByChannel("channel_id", "context.channel_id", takes_one=True),
    ),
    _by_parameter("catalog_settings", "v3/settings/catalog", INFORMATION),
    _by_parameter("email_status_settings", "v3/settings/email-statuses", INFORMATION),
    _by_parameter("inventory_settings", "v3/settings/inventory", INFORMATION),
    _by_parameter(
        "inventory_notification_settings",
        "v3/settings/inventory/notifications",
        INFORMATION,
    ),
    _by_parameter("logo_settings", "v3/settings/logo", INFORMATION),
    Collection(
        "locale_settings",
        "v3/settings/store/locale",
        INFORMATION,
        rows("locale_settings"),
        Shape.OBJECT,
        key=("default_shopper_language",),
        size=1,
        grows=False,
    ),
    _by_parameter("profile_settings", "v3/settings/store/profile", INFORMATION),
    _by_parameter("unit_settings", "v3/settings/store/units-of-measurement", INFORMATION),
    _by_parameter(
        "storefront_category_settings",
        "v3/settings/storefront/category",
        INFORMATION,
    ),
    _by_parameter(
        "storefront_product_settings",
        "v3/settings/storefront/product",
        INFORMATION,
    ),
    _by_parameter(
        "storefront_robots_settings",
        "v3/settings/storefront/robotstxt",
        INFORMATION,
    ),
    _by_parameter(
        "storefront_search_settings",
        "v3/settings/storefront/search",
        INFORMATION,
    ),
    _by_parameter(
        "storefront_security_settings",
        "v3/settings/storefront/security",
        INFORMATION,
    ),
    _by_parameter("storefront_seo_settings", "v3/settings/storefront/seo", INFORMATION),
    _by_parameter(
        "storefront_status_settings",
        "v3/settings/storefront/status",
        INFORMATION,
    ),
)

"""Settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.collection import ByChannel, Collection, Row, Scope, Shape, World
from sandbox.collections.forms import CHANNELS, OWNERS, uuid
from sandbox.options import CHECKOUTS, CONTENT, CUSTOMERS, INFORMATION, ORDERS, PRODUCTS


def _order_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "notifications": {
            "order_placed": {"email_addresses": [f"person{n}@example.com"]},
            "forward_invoice": {"email_addresses": [f"person{n}@example.com"]},
        },
    }


def _customer_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "privacy_settings": {
            "ask_shopper_for_tracking_consent": n % 2 == 0,
            "policy_url": f"https://shop.example.com/policy_url/{n}",
        },
        "customer_group_settings": {
            "guest_customer_group_id": world.pick("customer_groups", n),
            "default_customer_group_id": world.pick("customer_groups", n),
        },
        "allow_global_logins": n % 2 == 0,
    }


def _cart_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "allow_purchasing": n % 2 == 0,
    }


def _checkout_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "custom_checkout_script_url": f"https://shop.example.com/custom_checkout_script_url/{n}",
        "order_confirmation_use_custom_checkout_script": n % 2 == 0,
        "custom_order_confirmation_script_url": f"https://shop.example.com/custom_order_confirmation_script_url/{n}",
        "custom_checkout_supports_uco_settings": n % 2 == 0,
        "custom_checkout_sri_hash": f"Custom checkout sri hash {n}",
        "custom_order_confirmation_sri_hash": f"Custom order confirmation sri hash {n}",
        "checkout_type": f"Checkout type {n}",
        "guest_checkout_type": f"Guest checkout type {n}",
        "guest_checkout_for_existing_accounts": f"Guest checkout for existing accounts {n}",
        "policy_consent": f"Policy consent {n}",
        "order_confirmation_contact_email": f"person{n}@example.com",
        "is_order_terms_and_conditions_enabled": n % 2 == 0,
        "order_terms_and_conditions_type": f"Order terms and conditions type {n}",
        "order_terms_and_conditions_link": f"Order terms and conditions link {n}",
        "order_terms_and_conditions_textarea": f"Order terms and conditions textarea {n}",
        "should_redirect_to_storefront_for_auth": n % 2 == 0,
    }


def _shipping_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "checkout": {
            "country_list_strategy": ("DISPLAY_ALL_COUNTRIES", "DISPLAY_ONLY_SHIPPABLE_COUNTRIES")[n % 2],
            "out_of_delivery_zone_message": f"Out of delivery zone message {n}",
        },
    }


def _abandoned_cart_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "enable_notification": n % 2 == 0,
        "email_customer_until_cart_is_recovered": n % 2 == 0,
        "marketing_emails_require_customer_consent": n % 2 == 0,
        "email_merchant_when_cart_is_converted": n % 2 == 0,
        "email_merchant_when_cart_is_abandoned": n % 2 == 0,
        "merchant_email_address": f"person{n}@example.com",
        "merchant_abandoned_cart_email_frequency_type": ("digest", "individual")[n % 2],
        "merchant_abandoned_cart_digest_email_frequency": n + 46,
    }


def _abandoned_cart_email_settings(n: int, world: World) -> Row:
    return {
        "_channel": CHANNELS[n - 1],
        "use_global": n % 2 == 0,
    }


def _tax_settings(n: int, world: World) -> Row:
    return {
        "tax_entered_with_prices": n % 2 == 0,
        "price_display_settings": {
            "control_panel_price_display_strategy": ("ZONE", "INCLUSIVE", "EXCLUSIVE")[n % 3],
            "invoice_price_display_strategy": ("ZONE", "INCLUSIVE", "EXCLUSIVE")[n % 3],
        },
        "fallback_strategy": ("FIXED", "BASIC", "DISABLE")[n % 3],
        "should_subtract_store_tax": n % 2 == 0,
        "should_use_geolocation_to_determine_guest_shopper_tax_zone": n % 2 == 0,
        "guest_shopper_tax_zone_id": n + 25,
        "store_tax_zone_id": n + 17,
        "document_submission_strategy": ("ON_PAYMENT_CAPTURE", "ON_ORDER_CREATION")[n % 2],
        "rounding_strategy": ("NO_ROUNDING", "RATE_ROUNDING")[n % 2],
    }


def _analytics_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n % 3],
        "id": n,
        "channel_id": world.pick("channels", n),
        "name": f"Name {n}",
        "code": f"Code {n}",
        "enabled": n % 2 == 0,
        "data_tag_enabled": n % 2 == 0,
        "version": n + 0.25,
        "api_secret": f"Api secret {n}",
    }


def _search_filters(n: int, world: World) -> Row:
    return {
        "collapsed_by_default": n % 2 == 0,
        "display_name": f"Display name {n}",
        "display_product_count": n % 2 == 0,
        "id": uuid(17, n),
        "is_enabled": n % 2 == 0,
        "show_free_shipping_filter": n % 2 == 0,
        "show_in_stock_filter": n % 2 == 0,
        "show_is_featured_filter": n % 2 == 0,
        "show_product_count": n % 2 == 0,
        "type": "product",
        "items_to_show": (5, 10, 15)[n % 3],
        "sort_by": ("alpha", "option_values", "item_count")[n % 3],
    }


def _search_filter_contexts(n: int, world: World) -> Row:
    return {
        "context": {"category_id": world.pick("categories", n)}
        | ({"channel_id": world.pick("channels", n)} if n % 3 else {}),
        "data": [
            {
                "collapsed_by_default": n % 2 == 0,
                "display_name": f"Display name {n}",
                "display_product_count": n % 2 == 0,
                "id": uuid(32, n),
                "is_enabled": n % 2 == 0,
                "show_free_shipping_filter": n % 2 == 0,
                "show_in_stock_filter": n % 2 == 0,
                "show_is_featured_filter": n % 2 == 0,
                "show_product_count": n % 2 == 0,
                "type": "product",
                "items_to_show": (5, 10, 15)[n % 3],
                "sort_by": ("alpha", "option_values", "item_count")[n % 3],
            }
        ],
    }


def _catalog_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "auto_approve_reviews": n % 2 == 0,
        "enable_product_comparisons": n % 2 == 0,
    }


def _email_status_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "abandoned_cart_email": n % 2 == 0,
        "account_details_changed_email": n % 2 == 0,
        "combined_order_status_email": n % 2 == 0,
        "create_account_email": n % 2 == 0,
        "create_guest_account_email": n % 2 == 0,
        "gift_certificate_email": n % 2 == 0,
        "invoice_email": n % 2 == 0,
        "order_message_notification_email": n % 2 == 0,
        "product_review_email": n % 2 == 0,
        "return_confirmation_email": n % 2 == 0,
        "return_statuschange_email": n % 2 == 0,
    }


def _inventory_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "product_out_of_stock_behavior": (
            "do_nothing",
            "hide_product",
            "hide_product_and_accessible",
            "hide_product_and_redirect",
        )[n % 4],
        "option_out_of_stock_behavior": ("do_nothing", "hide_option", "label_option")[n % 3],
        "update_stock_behavior": ("order_placed", "order_completed_or_shipped")[n % 2],
        "edit_order_stock_adjustment": n % 2 == 0,
        "refund_order_stock_adjustment": n % 2 == 0,
        "stock_level_display": ("dont_show", "show", "show_when_low")[n % 3],
        "default_out_of_stock_message": f"Default out of stock message {n}",
        "hide_in_product_filtering": n % 2 == 0,
        "show_pre_order_stock_levels": n % 2 == 0,
        "show_out_of_stock_message": n % 2 == 0,
    }


def _inventory_notification_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "low_stock_notification_address": [f"Low stock notification addre {n}"],
        "out_of_stock_notification_address": [f"Out of stock notification addre {n}"],
    }


def _logo_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "favicon_url": f"https://shop.example.com/favicon_url/{n}",
        "logo_image_url": f"https://shop.example.com/logo_image_url/{n}",
        "logo_text": f"Logo text {n}",
        "type": ("image", "text")[n % 2],
    }


def _locale_settings(n: int, world: World) -> Row:
    return {
        "default_shopper_language": f"Default shopper language {n}",
        "shopper_language_selection_method": ("browser", "default_shopper_language")[n % 2],
        "store_country": f"Store country {n}",
    }


def _profile_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "store_address": f"Store address {n}",
        "store_address_type": ("Home Office", "Commercial Office", "Retail", "Warehouse")[n % 4],
        "store_email": f"person{n}@example.com",
        "store_name": f"Store name {n}",
        "store_phone": f"Store phone {n}",
    }


def _unit_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "weight_measurement": ("LBS", "Ounces", "KGS", "Grams", "Tonnes")[n % 5],
        "length_measurement": ("Inches", "Centimeters")[n % 2],
        "decimal_token": f"Decimal token {n}",
        "thousands_token": f"Thousands token {n}",
        "decimal_places": n + 14,
        "factoring_dimension": ("depth", "height", "width")[n % 3],
    }


def _storefront_category_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "category_tree_depth": n % 8 + 1,
        "default_product_sort": (
            "featured",
            "bestselling",
            "newest",
            "alphaasc",
            "alphadesc",
            "pricedesc",
            "priceasc",
            "avgcustomerreview",
            "relevance",
        )[n % 9],
        "listing_mode": ("current_category_only", "child_categories", "child_categories_if_category_empty")[n % 3],
    }


def _storefront_product_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "show_product_price": n % 2 == 0,
        "show_product_sku": n % 2 == 0,
        "show_product_weight": n % 2 == 0,
        "show_product_brand": n % 2 == 0,
        "show_product_shipping": n % 2 == 0,
        "show_product_rating": n % 2 == 0,
        "show_add_to_cart_link": n % 2 == 0,
        "default_preorder_message": f"Default preorder message {n}",
        "show_breadcrumbs_product_pages": ("show_one", "show_none")[n % 2],
        "show_add_to_cart_qty_box": n % 2 == 0,
        "show_add_to_wishlist": n % 2 == 0,
        "hide_price_from_guests": n % 2 == 0,
    }


def _storefront_robots_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "robots_txt_ssl": f"Robots txt ssl {n}",
    }


def _storefront_search_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "content_product_sort": ("relevance", "alphaasc", "alphadesc")[n % 3],
        "default_product_sort": (
            "featured",
            "bestselling",
            "newest",
            "alphaasc",
            "alphadesc",
            "pricedesc",
            "priceasc",
            "avgcustomerreview",
            "relevance",
        )[n % 9],
        "product_filtering_enabled": n % 2 == 0,
        "search_suggest": n % 2 == 0,
    }


def _storefront_security_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "csp_header": {"enabled": n % 2 == 0, "header_value": f"Header value {n}"},
        "hsts": {
            "enabled": n % 2 == 0,
            "include_preload": n % 2 == 0,
            "include_subdomains": n % 2 == 0,
            "max_age": ("zero_seconds", "five_minutes", "one_year")[n % 3],
        },
        "sitewide_https_enabled": n % 2 == 0,
        "x_frame_options_header": {
            "allowed_url": f"https://shop.example.com/allowed_url/{n}",
            "enabled": n % 2 == 0,
            "setting": ("deny", "same_origin", "allow_from_url")[n % 3],
        },
    }


def _storefront_seo_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "meta_description": f"Meta description {n}",
        "meta_keywords": f"Meta keywords {n}",
        "page_title": f"Page title {n}",
        "www_redirect": ("www", "no-www", "none")[n % 3],
    }


def _storefront_status_settings(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n - 1],
        "down_for_maintenance_message": f"Down for maintenance message {n}",
        "prelaunch_message": f"Prelaunch message {n}",
        "prelaunch_password": f"Prelaunch password {n}",
    }


def _of_each_channel(name: str, path: str, scope: Scope, row: Callable[[int, World], Row], **how: Any) -> Collection:
    """One object for the store and one for each channel."""
    return Collection(
        name, path, scope, row, key=("_channel",), size=len(OWNERS), grows=False, parent_field="_channel", **how
    )


def _asked_by_parameter(
    name: str, path: str, scope: Scope, row: Callable[[int, World], Row], shape: Shape = Shape.OBJECT
) -> Collection:
    return _of_each_channel(name, path, scope, row, shape=shape, chosen_by="channel_id")


def _asked_by_address(
    name: str, path: str, scope: Scope, row: Callable[[int, World], Row], shape: Shape = Shape.OBJECT
) -> Collection:
    return _of_each_channel(name, path, scope, row, shape=shape, also_at=f"{path}/channels/{{parent}}")


COLLECTIONS = (
    _asked_by_address("order_settings", "v3/orders/settings", ORDERS, _order_settings, Shape.BARE_OBJECT),
    _asked_by_address("customer_settings", "v3/customers/settings", CUSTOMERS, _customer_settings),
    _asked_by_address("cart_settings", "v3/carts/settings", INFORMATION, _cart_settings),
    _asked_by_address("checkout_settings", "v3/checkouts/settings", CHECKOUTS, _checkout_settings),
    _asked_by_address("shipping_settings", "v3/shipping/settings", PRODUCTS, _shipping_settings),
    _asked_by_address("abandoned_cart_settings", "v3/abandoned-carts/settings", INFORMATION, _abandoned_cart_settings),
    _asked_by_parameter(
        "abandoned_cart_email_settings",
        "v3/marketing/abandoned-cart-emails/settings",
        INFORMATION,
        _abandoned_cart_email_settings,
        Shape.BARE_OBJECT,
    ),
    Collection(
        "tax_settings",
        "v3/tax/settings",
        INFORMATION,
        _tax_settings,
        Shape.OBJECT,
        key=("store_tax_zone_id",),
        size=1,
        grows=False,
    ),
    Collection(
        "analytics_settings",
        "v3/settings/analytics",
        CONTENT,
        _analytics_settings,
        Shape.DATA,
        parent_field="_channel",
        chosen_by="channel_id",
    ),
    Collection("search_filters", "v3/settings/search/filters", INFORMATION, _search_filters, Shape.DATA),
    Collection(
        "search_filter_contexts",
        "v3/settings/search/filters/contexts",
        INFORMATION,
        _search_filter_contexts,
        key=(
            "context.channel_id",
            "context.category_id",
        ),
        by_channel=ByChannel("channel_id", "context.channel_id", takes_one=True),
    ),
    _asked_by_parameter("catalog_settings", "v3/settings/catalog", INFORMATION, _catalog_settings),
    _asked_by_parameter("email_status_settings", "v3/settings/email-statuses", INFORMATION, _email_status_settings),
    _asked_by_parameter("inventory_settings", "v3/settings/inventory", INFORMATION, _inventory_settings),
    _asked_by_parameter(
        "inventory_notification_settings",
        "v3/settings/inventory/notifications",
        INFORMATION,
        _inventory_notification_settings,
    ),
    _asked_by_parameter("logo_settings", "v3/settings/logo", INFORMATION, _logo_settings),
    Collection(
        "locale_settings",
        "v3/settings/store/locale",
        INFORMATION,
        _locale_settings,
        Shape.OBJECT,
        key=("default_shopper_language",),
        size=1,
        grows=False,
    ),
    _asked_by_parameter("profile_settings", "v3/settings/store/profile", INFORMATION, _profile_settings),
    _asked_by_parameter("unit_settings", "v3/settings/store/units-of-measurement", INFORMATION, _unit_settings),
    _asked_by_parameter(
        "storefront_category_settings", "v3/settings/storefront/category", INFORMATION, _storefront_category_settings
    ),
    _asked_by_parameter(
        "storefront_product_settings", "v3/settings/storefront/product", INFORMATION, _storefront_product_settings
    ),
    _asked_by_parameter(
        "storefront_robots_settings", "v3/settings/storefront/robotstxt", INFORMATION, _storefront_robots_settings
    ),
    _asked_by_parameter(
        "storefront_search_settings", "v3/settings/storefront/search", INFORMATION, _storefront_search_settings
    ),
    _asked_by_parameter(
        "storefront_security_settings", "v3/settings/storefront/security", INFORMATION, _storefront_security_settings
    ),
    _asked_by_parameter("storefront_seo_settings", "v3/settings/storefront/seo", INFORMATION, _storefront_seo_settings),
    _asked_by_parameter(
        "storefront_status_settings", "v3/settings/storefront/status", INFORMATION, _storefront_status_settings
    ),
)

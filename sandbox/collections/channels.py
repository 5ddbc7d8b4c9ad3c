"""Channels and sites."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Row, Shape, World
from sandbox.collections.forms import CHANNELS, DATED, fraction, uuid, zulu
from sandbox.options import CHANNEL_LISTINGS, CHANNEL_SETTINGS, SITES


def _channels(n: int, world: World) -> Row:
    return {
        "id": CHANNELS[n - 1],
        "external_id": f"External id {n}",
        "is_listable_from_ui": n % 2 == 0,
        "is_enabled": n % 2 == 0,
        "is_visible": n % 2 == 0,
        "status": ("active", "prelaunch", "inactive", "connected", "disconnected", "archived", "deleted", "terminated")[
            n % 8
        ],
        "name": f"Name {n}",
        "type": ("pos", "marketplace", "storefront", "marketing")[n % 4],
        "platform": f"Platform {n}",
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "icon_url": f"https://shop.example.com/icon_url/{n}",
        "currencies": {
            "channel_id": CHANNELS[n - 1],
            "enabled_currencies": ["USD", "AUD"],
            "default_currency": ("USD", "AUD")[n % 2],
        },
    }


def _channel_listings(n: int, world: World) -> Row:
    return {
        "channel_id": world.pick("channels", n),
        "listing_id": n + 10,
        "external_id": f"External id {n}",
        "product_id": world.pick("products", n),
        "state": (
            "active",
            "disabled",
            "error",
            "pending",
            "pending_disable",
            "pending_delete",
            "partially_rejected",
            "queued",
            "rejected",
            "submitted",
            "deleted",
        )[n % 11],
        "name": f"Name {n}",
        "description": f"Description {n}",
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "variants": [
            {
                "channel_id": world.pick("channels", n),
                "product_id": world.pick("products", n),
                "variant_id": world.pick("variants", n),
                "external_id": f"External id {n}",
                "state": (
                    "active",
                    "disabled",
                    "error",
                    "pending",
                    "pending_disable",
                    "pending_delete",
                    "queued",
                    "rejected",
                    "submitted",
                    "deleted",
                )[n % 10],
                "name": f"Name {n}",
                "description": f"Description {n}",
                "date_created": zulu(world.at(n)),
                "date_modified": zulu(world.at(n)),
            }
        ],
    }


def _channel_currency_assignments(n: int, world: World) -> Row:
    return {
        "channel_id": CHANNELS[n - 1],
        "enabled_currencies": [f"Enabled currencie {n}"],
        "default_currency": ("USD", "AUD")[n % 2],
    }


def _channel_menus(n: int, world: World) -> Row:
    return {
        "_channel": CHANNELS[n - 1],
        "bigcommerce_protected_app_sections": [
            (
                "overview",
                "storefront_settings",
                "localization",
                "carousel",
                "script_manager",
                "currencies",
                "payments",
                "checkout",
                "domains",
                "notifications",
                "social",
                "pages",
                "data_solutions",
            )[n % 13]
        ],
        "custom_app_sections": [{"title": f"Title {n}", "query_path": f"Query path {n}"}],
    }


def _channel_active_themes(n: int, world: World) -> Row:
    return {
        "_channel": CHANNELS[n - 1],
        "active_theme_uuid": uuid(39, n),
        "active_theme_configuration_uuid": uuid(53, n),
        "active_theme_version_uuid": uuid(47, n),
        "saved_theme_configuration_uuid": uuid(52, n),
    }


def _sites(n: int, world: World) -> Row:
    return {
        "id": n,
        "url": f"https://shop.example.com/url/{n}",
        "channel_id": world.pick("channels", n),
        "created_at": world.at(n),
        "updated_at": world.at(n),
        "ssl_status": ("dedicated", "shared")[n % 2],
        "urls": [
            {
                "url": f"https://shop.example.com/url/{n}",
                "type": ("primary", "canonical", "checkout")[n % 3],
                "created_at": fraction(world.at(n)),
                "updated_at": fraction(world.at(n)),
            }
        ],
        "is_checkout_url_customized": n % 2 == 0,
    }


def _site_routes(n: int, world: World) -> Row:
    return {
        "_site": world.pick("sites", n),
        "type": (
            "product",
            "brand",
            "category",
            "page",
            "blog",
            "home",
            "cart",
            "checkout",
            "search",
            "account",
            "login",
            "returns",
            "static",
        )[n % 13],
        "matching": f"Matching {n}",
        "route": f"Route {n}",
        "id": n,
    }


def _site_certificates(n: int, world: World) -> Row:
    return {
        "common_name": f"Common name {n}",
        "subject_alternative_names": [f"Subject alternative name {n}"],
        "validity_not_before": zulu(world.at(n)),
        "validity_not_after": zulu(world.at(n) + 7_776_000),
        "signing_algorithm": f"Signing algorithm {n}",
        "issuer": f"Issuer {n}",
        "certificate": f"Certificate {n}",
        "intermediate_certificates": f"Intermediate certificates {n}",
    }


COLLECTIONS = (
    Collection(
        "channels",
        "v3/channels",
        CHANNEL_SETTINGS,
        _channels,
        size=4,
        grows=False,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=DATED,
        included=frozenset({"currencies"}),
    ),
    Collection(
        "channel_listings",
        "v3/channels/{parent}/listings",
        CHANNEL_LISTINGS,
        _channel_listings,
        Shape.LISTING,
        key=("listing_id",),
        size=30,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=frozenset({"product_id", "date_created", "date_modified"}),
        parent="channels",
        parent_field="channel_id",
    ),
    Collection(
        "channel_currency_assignments",
        "v3/channels/currency-assignments",
        CHANNEL_SETTINGS,
        _channel_currency_assignments,
        Shape.DATA,
        key=("channel_id",),
        size=4,
        grows=False,
    ),
    Collection(
        "channel_menus",
        "v3/channels/{parent}/channel-menus",
        CHANNEL_SETTINGS,
        _channel_menus,
        Shape.OBJECT,
        key=("_channel",),
        size=4,
        grows=False,
        parent="channels",
        parent_field="_channel",
    ),
    Collection(
        "channel_active_themes",
        "v3/channels/{parent}/active-theme",
        CHANNEL_SETTINGS,
        _channel_active_themes,
        Shape.OBJECT,
        key=("_channel",),
        size=3,
        grows=False,
        parent="channels",
        parent_field="_channel",
    ),
    Collection(
        "sites",
        "v3/sites",
        SITES,
        _sites,
        size=4,
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"created_at": fraction, "updated_at": fraction},
        spelling={
            "total": "total_items",
            "per_page": "limit",
            "current_page": "offset",
            "count": "",
            "total_pages": "",
        },
    ),
    Collection(
        "site_routes", "v3/sites/{parent}/routes", SITES, _site_routes, size=16, parent="sites", parent_field="_site"
    ),
    Collection(
        "site_certificates",
        "v3/sites/certificates",
        SITES,
        _site_certificates,
        Shape.DATA,
        key=("common_name",),
        size=4,
    ),
)

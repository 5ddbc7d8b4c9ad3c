"""Channels and sites."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Shape, World
from sandbox.collections.forms import CHANNELS, fraction, zulu
from sandbox.collections.rows import rows
from sandbox.dates import DAY
from sandbox.options import CHANNEL_LISTINGS, CHANNEL_SETTINGS, SITES


def _channel(n: int, world: World) -> int:
    return CHANNELS[n - 1]


def _expiry(n: int, world: World) -> str:
    return zulu(world.at(n) + 90 * DAY)


COLLECTIONS = (
    Collection(
        "channels",
        "v3/channels",
        CHANNEL_SETTINGS,
        rows("channels", {"id": _channel, "currencies.channel_id": _channel}),
        size=4,
        grows=False,
        dates={"date_created": zulu, "date_modified": zulu},
        filters=frozenset({"type", "platform", "status", "date_created", "date_modified"}),  # none by id is documented
        included=frozenset({"currencies"}),
    ),
    Collection(
        "channel_listings",
        "v3/channels/{parent}/listings",
        CHANNEL_LISTINGS,
        rows("channel_listings"),
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
        rows("channel_currency_assignments", {"channel_id": _channel}),
        Shape.DATA,
        key=("channel_id",),
        size=4,
        grows=False,
    ),
    Collection(
        "channel_menus",
        "v3/channels/{parent}/channel-menus",
        CHANNEL_SETTINGS,
        rows("channel_menus", {"_channel": _channel}),
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
        rows("channel_active_themes", {"_channel": _channel}),
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
        rows("sites"),
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
        "site_routes",
        "v3/sites/{parent}/routes",
        SITES,
        rows("site_routes"),
        size=16,
        parent="sites",
        parent_field="_site",
    ),
    Collection(
        "site_certificates",
        "v3/sites/certificates",
        SITES,
        rows("site_certificates", {"validity_not_after": _expiry}),
        Shape.DATA,
        key=("common_name",),
        size=4,
    ),
)

"""Channels and sites: https://developer.bigcommerce.com/docs/rest-management/channels"""

from __future__ import annotations

from source_bigcommerce.api.pagination import KeysetAfter, MaybePaginated, PageNumber, SingleObject
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import MODIFIED, Listing, Parents, by_fields
from source_bigcommerce.streams.stream import Stream

CHANNELS = Listing(
    "v3/channels",
    Scope.CHANNEL_SETTINGS,
    PageNumber(),
    params={"include": "currencies"},
    date_filter=MODIFIED,
    channel_filter=ChannelFilter("id"),
    ignores_start_date=True,
)


class Channels(Stream):
    """The channels that the store sells through: storefronts, marketplaces, points of sale. Deleted ones stay, with
    that status."""

    listing = CHANNELS


class ChannelListings(Stream):
    """The products that each channel lists, and how. A listing that ended stays, with the state `deleted`."""

    listing = Listing(
        "v3/channels/{id}/listings",
        Scope.CHANNEL_LISTINGS,
        KeysetAfter("listing_id"),
        date_filter=MODIFIED,
        ignores_start_date=True,
        parents=Parents("channels", CHANNELS, "channel_id"),
    )
    primary_key = ["channel_id", "listing_id"]


class ChannelCurrencyAssignments(Stream):
    """The currencies that each channel shows."""

    listing = Listing(
        "v3/channels/currency-assignments",
        Scope.CHANNEL_SETTINGS,
        MaybePaginated(),
        channel_filter=ChannelFilter("channel_id"),
        identity=by_fields("channel_id"),
    )
    primary_key = "channel_id"


class ChannelMenus(Stream):
    """The items of each channel's menu in the control panel."""

    listing = Listing(
        "v3/channels/{id}/channel-menus",
        Scope.CHANNEL_SETTINGS,
        SingleObject(),
        # No 404 is documented for channels without a menu.
        parents=Parents("channels", CHANNELS, "channel_id", absent_means_empty=True),
    )
    primary_key = "channel_id"


class ChannelActiveThemes(Stream):
    """The theme that each channel shows."""

    listing = Listing(
        "v3/channels/{id}/active-theme",
        Scope.CHANNEL_SETTINGS,
        SingleObject(),
        # A 404 is documented for channels without a theme.
        parents=Parents("channels", CHANNELS, "channel_id", absent_means_empty=True),
    )
    primary_key = "channel_id"


class Sites(Stream):
    """The sites of the storefronts, with their addresses."""

    listing = Listing(
        "v3/sites", Scope.SITES, PageNumber(), channel_filter=ChannelFilter("channel_id", "channel_id:in")
    )


class SiteRoutes(Stream):
    """The routes to the parts of sites that are not hosted by BigCommerce."""

    listing = Listing(
        "v3/sites/{id}/routes", Scope.SITES, PageNumber(), parents=Parents("sites", Sites.listing, "site_id")
    )
    primary_key = ["site_id", "id"]


class SiteCertificates(Stream):
    """The TLS certificates of the sites; a host may have an old and a new one."""

    listing = Listing(
        "v3/sites/certificates", Scope.SITES, MaybePaginated(), identity=by_fields("common_name", "certificate")
    )
    primary_key = ["common_name", "certificate"]


STREAMS = (
    Channels,
    ChannelListings,
    ChannelCurrencyAssignments,
    ChannelMenus,
    ChannelActiveThemes,
    Sites,
    SiteRoutes,
    SiteCertificates,
)

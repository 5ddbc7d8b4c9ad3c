"""Channels and sites: https://developer.bigcommerce.com/docs/rest-management/channels"""

from __future__ import annotations

from source_bigcommerce.api.paging import KeysetAfter, OneObject, Unpaged
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.children import BelowAll
from source_bigcommerce.streams.numbered import NumberedList

_DATES = DateFilter("date_modified:min", "date_modified:max")


class Channels(NumberedList, IncrementalStream):
    """Where the store sells: storefronts, marketplaces, points of sale. Deleted ones stay, with that status."""

    endpoint = "v3/channels"
    scope = Scope.CHANNEL_SETTINGS
    params = {"include": "currencies"}
    dates = _DATES
    ignores_start_date = True
    by_channel = ByChannel("id")


class ChannelListings(BelowAll, IncrementalStream):
    """What of the catalog each channel shows, and how. A listing that ended stays, with the state `deleted`."""

    endpoint = "v3/channels/{id}/listings"
    primary_key = ["channel_id", "listing_id"]
    scope = Scope.CHANNEL_LISTINGS
    paging = KeysetAfter("listing_id")
    dates = _DATES
    ignores_start_date = True
    parent = Channels
    parent_field = "channel_id"


class ChannelCurrencyAssignments(NumberedList):
    """The currencies that each channel shows."""

    endpoint = "v3/channels/currency-assignments"
    primary_key = "channel_id"
    scope = Scope.CHANNEL_SETTINGS
    paging = Unpaged()
    by_channel = ByChannel("channel_id")


class ChannelMenus(BelowAll):
    """What a channel's menu in the control panel holds."""

    endpoint = "v3/channels/{id}/channel-menus"
    primary_key = "channel_id"
    scope = Scope.CHANNEL_SETTINGS
    paging = OneObject()
    parent = Channels
    parent_field = "channel_id"
    absent_is_none = True  # of channels without a menu; the documents name no 404


class ChannelActiveThemes(BelowAll):
    """The theme that each channel shows."""

    endpoint = "v3/channels/{id}/active-theme"
    primary_key = "channel_id"
    scope = Scope.CHANNEL_SETTINGS
    paging = OneObject()
    parent = Channels
    parent_field = "channel_id"
    absent_is_none = True  # documented for channels without a theme


class Sites(NumberedList):
    """The sites of the storefronts, with their addresses."""

    endpoint = "v3/sites"
    scope = Scope.SITES
    by_channel = ByChannel("channel_id", "channel_id:in")


class SiteRoutes(BelowAll, NumberedList):
    """Where the parts of a site are found that are not BigCommerce's."""

    endpoint = "v3/sites/{id}/routes"
    primary_key = ["site_id", "id"]
    scope = Scope.SITES
    parent = Sites
    parent_field = "site_id"


class SiteCertificates(NumberedList):
    """The TLS certificates of the sites; of one host there may be an old and a new one."""

    endpoint = "v3/sites/certificates"
    primary_key = ["common_name", "certificate"]
    scope = Scope.SITES
    paging = Unpaged()

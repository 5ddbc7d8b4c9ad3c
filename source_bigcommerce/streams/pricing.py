"""Price lists: https://developer.bigcommerce.com/docs/rest-management/price-lists"""

from __future__ import annotations

from source_bigcommerce.api.pagination import CursorV3
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import MODIFIED, Listing, Parents
from source_bigcommerce.streams.stream import Stream


class PriceLists(Stream):
    """Price lists; their prices are in `price_list_records`."""

    listing = Listing(
        "v3/pricelists",
        Scope.PRODUCTS,
        CursorV3(),
        date_filter=MODIFIED,
        ignores_start_date=True,
        finds_by_id=True,
    )


class PriceListRecords(Stream):
    """The prices of variants in each price list and currency."""

    listing = Listing(
        "v3/pricelists/{id}/records",
        Scope.PRODUCTS,
        CursorV3(),
        params={"include": "bulk_pricing_tiers,sku"},
        date_filter=MODIFIED,
        ignores_start_date=True,
        parents=Parents("price_lists", PriceLists.listing, "price_list_id"),
    )
    primary_key = ["price_list_id", "variant_id", "currency"]


class PriceListAssignments(Stream):
    """The customer groups and channels that price lists are for; without a date."""

    listing = Listing(
        "v3/pricelists/assignments",
        Scope.PRODUCTS,
        CursorV3(),
        channel_filter=ChannelFilter("channel_id"),  # `channel_id:in` would hide those that name a customer group alone
    )


STREAMS = (PriceLists, PriceListRecords, PriceListAssignments)

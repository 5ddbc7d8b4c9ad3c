"""Price lists: https://developer.bigcommerce.com/docs/rest-management/price-lists"""

from __future__ import annotations

from source_bigcommerce.api.paging import CursorV3
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream, DateFilter, IncrementalStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.children import BelowAll

_DATES = DateFilter("date_modified:min", "date_modified:max")


class PriceLists(IncrementalStream):
    """Price lists; their prices are in `price_list_records`."""

    endpoint = "v3/pricelists"
    scope = Scope.PRODUCTS
    paging = CursorV3()
    dates = _DATES
    ignores_start_date = True


class PriceListRecords(BelowAll, IncrementalStream):
    """The prices of variants in each price list and currency."""

    endpoint = "v3/pricelists/{id}/records"
    primary_key = ["price_list_id", "variant_id", "currency"]
    scope = Scope.PRODUCTS
    paging = CursorV3()
    params = {"include": "bulk_pricing_tiers,sku"}
    dates = _DATES
    ignores_start_date = True
    parent = PriceLists
    parent_field = "price_list_id"


class PriceListAssignments(BigCommerceStream):
    """Which customer groups and channels a price list is for; without a date."""

    endpoint = "v3/pricelists/assignments"
    scope = Scope.PRODUCTS
    paging = CursorV3()
    by_channel = ByChannel("channel_id")  # `channel_id:in` would hide those that name a customer group alone

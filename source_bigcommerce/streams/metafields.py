"""Metafields, from the list of all metafields that each kind of resource has.

https://developer.bigcommerce.com/docs/rest-management/metafields
"""

from __future__ import annotations

from source_bigcommerce.api.pagination import CursorV3
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import MODIFIED, Listing
from source_bigcommerce.streams.stream import Stream


def _metafields(
    endpoint: str, scope: Scope, ignores_start_date: bool = True, channel_filter: ChannelFilter | None = None
) -> Listing:
    """Returns a list of metafields. Private ones of other API accounts (`app_only`) are not visible to this one."""
    return Listing(
        endpoint,
        scope,
        CursorV3(),
        date_filter=MODIFIED,
        channel_filter=channel_filter,
        ignores_start_date=ignores_start_date,
    )


class OrderMetafields(Stream):
    """Metafields of orders."""

    listing = _metafields("v3/orders/metafields", Scope.ORDERS, ignores_start_date=False)


class CustomerMetafields(Stream):
    """Metafields of customers."""

    listing = _metafields("v3/customers/metafields", Scope.CUSTOMERS, ignores_start_date=False)


class CartMetafields(Stream):
    """Metafields of carts. Carts themselves cannot be listed."""

    listing = _metafields("v3/carts/metafields", Scope.CARTS, ignores_start_date=False)


class ProductMetafields(Stream):
    """Metafields of products."""

    listing = _metafields("v3/catalog/products/metafields", Scope.PRODUCTS)


class VariantMetafields(Stream):
    """Metafields of variants."""

    listing = _metafields("v3/catalog/variants/metafields", Scope.PRODUCTS)


class BrandMetafields(Stream):
    """Metafields of brands."""

    listing = _metafields("v3/catalog/brands/metafields", Scope.PRODUCTS)


class CategoryMetafields(Stream):
    """Metafields of categories."""

    listing = _metafields("v3/catalog/categories/metafields", Scope.PRODUCTS)


class ChannelMetafields(Stream):
    """Metafields of channels."""

    listing = _metafields("v3/channels/metafields", Scope.CHANNEL_SETTINGS, channel_filter=ChannelFilter("resource_id"))


class LocationMetafields(Stream):
    """Metafields of inventory locations."""

    listing = _metafields("v3/inventory/locations/metafields", Scope.LOCATIONS)


class StoreMetafields(Stream):
    """Metafields of the store itself; their ids are text."""

    listing = _metafields("v3/store/metafields", Scope.INFORMATION)


STREAMS = (
    OrderMetafields,
    CustomerMetafields,
    CartMetafields,
    ProductMetafields,
    VariantMetafields,
    BrandMetafields,
    CategoryMetafields,
    ChannelMetafields,
    LocationMetafields,
    StoreMetafields,
)

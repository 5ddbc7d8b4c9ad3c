"""Metafields, from the list that each kind of resource has of all of them.

https://developer.bigcommerce.com/docs/rest-management/metafields
"""

from __future__ import annotations

from abc import ABC

from source_bigcommerce.api.paging import CursorV3
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.by_channel import ByChannel


class Metafields(IncrementalStream, ABC):
    """What apps keep beside the resources of one kind, which `resource_id` names.

    Those that other API accounts keep to themselves (`app_only`) are not shown to this one.
    """

    paging = CursorV3()
    dates = DateFilter("date_modified:min", "date_modified:max")
    ignores_start_date = True


class OrderMetafields(Metafields):
    """Metafields of orders."""

    endpoint = "v3/orders/metafields"
    scope = Scope.ORDERS
    ignores_start_date = False


class CustomerMetafields(Metafields):
    """Metafields of customers."""

    endpoint = "v3/customers/metafields"
    scope = Scope.CUSTOMERS
    ignores_start_date = False


class CartMetafields(Metafields):
    """Metafields of carts. Carts themselves cannot be listed."""

    endpoint = "v3/carts/metafields"
    scope = Scope.CARTS
    ignores_start_date = False


class ProductMetafields(Metafields):
    """Metafields of products."""

    endpoint = "v3/catalog/products/metafields"
    scope = Scope.PRODUCTS


class VariantMetafields(Metafields):
    """Metafields of variants."""

    endpoint = "v3/catalog/variants/metafields"
    scope = Scope.PRODUCTS


class BrandMetafields(Metafields):
    """Metafields of brands."""

    endpoint = "v3/catalog/brands/metafields"
    scope = Scope.PRODUCTS


class CategoryMetafields(Metafields):
    """Metafields of categories."""

    endpoint = "v3/catalog/categories/metafields"
    scope = Scope.PRODUCTS


class ChannelMetafields(Metafields):
    """Metafields of channels."""

    endpoint = "v3/channels/metafields"
    scope = Scope.CHANNEL_SETTINGS
    by_channel = ByChannel("resource_id")


class LocationMetafields(Metafields):
    """Metafields of inventory locations."""

    endpoint = "v3/inventory/locations/metafields"
    scope = Scope.LOCATIONS


class StoreMetafields(Metafields):
    """Metafields of the store itself; their ids are text."""

    endpoint = "v3/store/metafields"
    scope = Scope.INFORMATION

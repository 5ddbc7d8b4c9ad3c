"""The store itself, shipping, tax, payments and system logs.

https://developer.bigcommerce.com/docs/rest-management/store-information
"""

from __future__ import annotations

from source_bigcommerce.api.pagination import MaybePaginated, PageNumber, PageNumberV2, SingleObject, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import Listing, Parents, by_fields
from source_bigcommerce.streams.stream import Stream


class StoreInformation(Stream):
    """The store: its name, addresses, plan and features."""

    name = "store"
    listing = Listing("v2/store", Scope.INFORMATION, SingleObject())


class Currencies(Stream):
    """The currencies of the store, with their exchange rates."""

    listing = Listing("v2/currencies", Scope.INFORMATION, PageNumberV2())


class Countries(Stream):
    """The countries that BigCommerce supports."""

    listing = Listing("v2/countries", Scope.INFORMATION, PageNumberV2())


class States(Stream):
    """The states and provinces of the countries."""

    listing = Listing("v2/countries/states", Scope.INFORMATION, PageNumberV2())


class ShippingZones(Stream):
    """The zones that the store ships to."""

    listing = Listing("v2/shipping/zones", Scope.INFORMATION, SinglePage())


class ShippingMethods(Stream):
    """The shipping methods of each zone, with their rates."""

    listing = Listing(
        "v2/shipping/zones/{id}/methods",
        Scope.INFORMATION,
        SinglePage(),
        channel_filter=ChannelFilter("channel_ids"),
        parents=Parents("shipping_zones", ShippingZones.listing, "zone_id"),
    )
    primary_key = ["zone_id", "id"]


class TaxClasses(Stream):
    """The tax classes of the store; their ids are text."""

    listing = Listing("v2/tax_classes", Scope.INFORMATION, PageNumberV2())


class TaxZones(Stream):
    """The zones in which taxes apply."""

    listing = Listing("v3/tax/zones", Scope.INFORMATION, MaybePaginated())


class TaxRates(Stream):
    """The tax rates in each zone."""

    listing = Listing("v3/tax/rates", Scope.INFORMATION, MaybePaginated())


class TaxProperties(Stream):
    """The properties by which tax providers distinguish products and customers."""

    listing = Listing("v3/tax/properties", Scope.INFORMATION, MaybePaginated())


class TaxCustomers(Stream):
    """The tax properties of customers."""

    listing = Listing("v3/tax/customers", Scope.INFORMATION, MaybePaginated(), identity=by_fields("customer_id"))
    primary_key = "customer_id"


class PaymentMethods(Stream):
    """The payment methods of the store, from a list that BigCommerce no longer supports and that may be incomplete."""

    listing = Listing("v2/payments/methods", Scope.PAYMENT_METHODS, PageNumberV2(), identity=by_fields("code"))
    primary_key = "code"


class StoreLogs(Stream):
    """The system log of the last 365 days, oldest first; it cannot be filtered by date."""

    listing = Listing(
        "v3/store/systemlogs", Scope.LOGS, PageNumber(), params={"sort": "date_created", "direction": "asc"}
    )


class Webhooks(Stream):
    """The webhooks of this API account; those of other accounts are not visible to it."""

    listing = Listing("v3/hooks", Scope.NONE, PageNumber())


STREAMS = (
    StoreInformation,
    Currencies,
    Countries,
    States,
    ShippingZones,
    ShippingMethods,
    TaxClasses,
    TaxZones,
    TaxRates,
    TaxProperties,
    TaxCustomers,
    PaymentMethods,
    StoreLogs,
    Webhooks,
)

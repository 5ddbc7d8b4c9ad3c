"""The store itself, shipping, tax, payments and what the system tells.

https://developer.bigcommerce.com/docs/rest-management/store-information
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from source_bigcommerce.api.errors import PageTooHeavy
from source_bigcommerce.api.paging import KeysetV3, OffsetV2, OneObject, Record, Unpaged, Whole, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.catalog import ProductList
from source_bigcommerce.streams.children import BelowAll
from source_bigcommerce.streams.embedded import PARENTS_PER_REQUEST, halves
from source_bigcommerce.streams.numbered import NumberedList


class StoreInformation(BigCommerceStream):
    """The store: its name, addresses, plan and features."""

    name = "store"
    endpoint = "v2/store"
    scope = Scope.INFORMATION
    paging = OneObject()


class Currencies(NumberedList):
    """The currencies of the store, with their exchange rates."""

    endpoint = "v2/currencies"
    scope = Scope.INFORMATION
    paging = OffsetV2()


class Countries(NumberedList):
    """The countries that BigCommerce knows."""

    endpoint = "v2/countries"
    scope = Scope.INFORMATION
    paging = OffsetV2()


class States(NumberedList):
    """The states and provinces of the countries."""

    endpoint = "v2/countries/states"
    scope = Scope.INFORMATION
    paging = OffsetV2()


class ShippingZones(BigCommerceStream):
    """The zones that the store ships to."""

    endpoint = "v2/shipping/zones"
    scope = Scope.INFORMATION
    paging = Whole()


class ShippingMethods(BelowAll):
    """How the store ships to each zone, and for how much."""

    endpoint = "v2/shipping/zones/{id}/methods"
    primary_key = ["zone_id", "id"]
    scope = Scope.INFORMATION
    paging = Whole()
    parent = ShippingZones
    parent_field = "zone_id"
    by_channel = ByChannel("channel_ids")


class TaxClasses(NumberedList):
    """The tax classes of the store; their ids are text."""

    endpoint = "v2/tax_classes"
    scope = Scope.INFORMATION
    paging = OffsetV2()


class TaxZones(NumberedList):
    """The zones in which taxes apply."""

    endpoint = "v3/tax/zones"
    scope = Scope.INFORMATION
    paging = Unpaged()


class TaxRates(NumberedList):
    """The rates of taxes in each zone."""

    endpoint = "v3/tax/rates"
    scope = Scope.INFORMATION
    paging = Unpaged()


class TaxProperties(NumberedList):
    """The properties by which tax providers tell products and customers apart."""

    endpoint = "v3/tax/properties"
    scope = Scope.INFORMATION
    paging = Unpaged()


class TaxCustomers(NumberedList):
    """The tax properties of customers."""

    endpoint = "v3/tax/customers"
    primary_key = "customer_id"
    scope = Scope.INFORMATION
    paging = Unpaged()


class ProductTaxProperties(BigCommerceStream):
    """The tax properties of products, which can only be asked for by product: some at a time, whole each sync."""

    endpoint = "v3/catalog/products"
    primary_key = "product_id"
    scope = Scope.INFORMATION
    list_scope = Scope.PRODUCTS
    paging = KeysetV3()
    params = {"include_fields": "id"}
    by_channel = ProductList.by_channel
    is_a_record_each = False
    properties = "v3/tax/products/properties"

    def records(self, entries: Sequence[Record]) -> Iterator[Record]:
        groups = [entries[start : start + PARENTS_PER_REQUEST] for start in range(0, len(entries), PARENTS_PER_REQUEST)]
        for found in self.store.gather(self._properties_of, groups):
            yield from found

    def _properties_of(self, products: Sequence[Record]) -> Sequence[Record]:
        ids = ",".join(str(key_of(product)) for product in products)
        try:
            body = self.fetch_list(self.properties, {"product_id:in": ids})
        except PageTooHeavy:
            return [found for half in halves(products) for found in self._properties_of(half)]
        return Whole().page(body, {}).records


class PaymentMethods(NumberedList):
    """The payment methods of the store, by a list that BigCommerce no longer supports and that may miss some."""

    endpoint = "v2/payments/methods"
    primary_key = "code"
    scope = Scope.PAYMENT_METHODS
    paging = OffsetV2()


class StoreLogs(NumberedList):
    """What the system noted in the last 365 days, oldest first; it cannot be asked for by date."""

    endpoint = "v3/store/systemlogs"
    scope = Scope.LOGS
    params = {"sort": "date_created", "direction": "asc"}


class Webhooks(NumberedList):
    """The webhooks of this API account; those of other accounts are not shown to it."""

    endpoint = "v3/hooks"
    scope = Scope.NONE

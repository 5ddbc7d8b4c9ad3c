"""Customers: https://developer.bigcommerce.com/docs/rest-management/customers"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence

from source_bigcommerce.api.paging import CursorV3, Offset, OffsetV2, OneObject, Record, Whole
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream, DateFilter, IncrementalStream
from source_bigcommerce.streams.children import AskedOfEach, BelowAll, Parts
from source_bigcommerce.streams.embedded import Embedded, differs_from
from source_bigcommerce.streams.numbered import NumberedList

_DATES = DateFilter("date_modified:min", "date_modified:max")
_NO_OWNER = 0  # stands where a form field's value belongs to a customer and not to an address, or the other way round


class CustomerList(IncrementalStream, ABC):
    """The list of customers, whatever of them becomes a record."""

    endpoint = "v3/customers"
    scope = Scope.CUSTOMERS
    paging = CursorV3()
    dates = DateFilter("date_modified:min", "date_modified:max", newest_first={"sort": "date_modified:desc"})


class Customers(CustomerList):
    """Customers with their addresses, attribute values, form fields and store credit."""

    shared_list = "customers"
    params = {"include": "addresses,attributes,formfields,storecredit"}

    # Documented: at most ten of each come with a customer. Form fields have no documented cap, and a store with ten
    # of them has ten on every customer: they are taken as they come.
    embedded = (
        Embedded(
            "addresses",
            "v3/customers/addresses",
            differs_from("address_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
            params={"include": "formfields"},
        ),
        Embedded(
            "attributes",
            "v3/customers/attribute-values",
            differs_from("attribute_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
        ),
    )


class CustomerAddresses(Parts, Customers):
    """The addresses of customers that are new or changed.

    The list of addresses has no date. Whether a changed address changes its customer's date is not documented; a full
    refresh reads all of them.
    """

    parent_field = "customer_id"
    cursor_field = "customer_date_modified"
    part = "addresses"


class CustomerAttributes(NumberedList, IncrementalStream):
    """The attributes that customers may have, by name and type."""

    endpoint = "v3/customers/attributes"
    scope = Scope.CUSTOMERS
    dates = _DATES
    ignores_start_date = True


class CustomerAttributeValues(NumberedList, IncrementalStream):
    """The values of the customers' attributes, as text whatever the attribute's type."""

    endpoint = "v3/customers/attribute-values"
    scope = Scope.CUSTOMERS
    dates = _DATES


class CustomerFormFieldValues(BigCommerceStream):
    """What customers entered into the store's own form fields, for themselves or for an address; without a date."""

    endpoint = "v3/customers/form-field-values"
    primary_key = ["customer_id", "address_id", "name"]
    scope = Scope.CUSTOMERS
    paging = CursorV3()

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for entry in entries:
            yield {**entry, **{field: entry.get(field) or _NO_OWNER for field in ("customer_id", "address_id")}}


class CustomerGroups(NumberedList, IncrementalStream):
    """The groups of customers, with their discounts and the categories that they see."""

    endpoint = "v2/customer_groups"
    scope = Scope.CUSTOMERS
    paging = OffsetV2()
    count = "v2/customer_groups/count"
    dates = _DATES  # in the spelling of V3, as documented
    zone_is_known = False
    ignores_start_date = True


class CustomerConsents(AskedOfEach, CustomerList):
    """What kinds of cookies a customer allows; one request for each customer that is new or changed."""

    primary_key = "customer_id"
    parent_field = "customer_id"
    cursor_field = "customer_date_modified"
    children = "v3/customers/{id}/consent"
    child_paging = OneObject()


class CustomerStoredInstruments(AskedOfEach, CustomerList):
    """The cards and accounts that a customer has stored; one request for each customer that is new or changed."""

    primary_key = ["customer_id", "token"]
    scope = Scope.STORED_INSTRUMENTS
    list_scope = Scope.CUSTOMERS
    parent_field = "customer_id"
    cursor_field = "customer_date_modified"
    children = "v3/customers/{id}/stored-instruments"
    child_paging = Whole()


class Subscribers(NumberedList, IncrementalStream):
    """Those who receive the newsletter."""

    endpoint = "v3/customers/subscribers"
    scope = Scope.CUSTOMERS
    dates = _DATES
    ignores_start_date = True


class Wishlists(NumberedList):
    """The wish lists of customers with what is on them; without a date."""

    endpoint = "v3/wishlists"
    scope = Scope.CUSTOMERS
    shared_list = "wishlists"


class WishlistItems(Parts, Wishlists):
    """What is on the wish lists."""

    primary_key = ["wishlist_id", "id"]
    parent_field = "wishlist_id"
    part = "items"


class Segments(NumberedList):
    """Segments of customers (Enterprise plans)."""

    endpoint = "v3/segments"
    scope = Scope.CUSTOMERS


class ShopperProfiles(NumberedList):
    """The profiles by which customers belong to segments (Enterprise plans)."""

    endpoint = "v3/shopper-profiles"
    scope = Scope.CUSTOMERS


class ShopperProfileSegments(BelowAll, NumberedList):
    """Which segments each profile belongs to: one request for each profile.

    The list the other way round, the profiles of a segment, is documented to need a scope that may also write.
    """

    endpoint = "v3/shopper-profiles/{id}/segments"
    primary_key = ["shopper_profile_id", "id"]
    scope = Scope.CUSTOMERS
    paging = Offset()
    parent = ShopperProfiles
    parent_field = "shopper_profile_id"

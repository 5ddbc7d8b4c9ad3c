"""Customers: https://developer.bigcommerce.com/docs/rest-management/customers"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from source_bigcommerce.api.pagination import CursorV3, PageNumber, PageNumberV2, Record, SingleObject, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.embedded import EmbeddedList, differs_from
from source_bigcommerce.lists.listing import MODIFIED, DateFilter, Listing, Parents
from source_bigcommerce.streams.stream import NestedStream, PerParentStream, Stream

NO_OWNER = 0  # the id in a form field's value that belongs to a customer and not to an address, or the other way round

_CUSTOMER_LIST = Listing(
    "v3/customers",
    Scope.CUSTOMERS,
    CursorV3(),
    date_filter=DateFilter("date_modified:min", "date_modified:max", newest_first={"sort": "date_modified:desc"}),
    finds_by_id=True,
)
CUSTOMERS = replace(
    _CUSTOMER_LIST,
    params={"include": "addresses,attributes,formfields,storecredit"},
    # Documented: at most ten of each are embedded in a customer. Form fields have no documented maximum, and a store
    # with ten of them has ten on every customer: they are never read again.
    embedded=(
        EmbeddedList(
            "addresses",
            "v3/customers/addresses",
            differs_from("address_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
            params={"include": "formfields"},
        ),
        EmbeddedList(
            "attributes",
            "v3/customers/attribute-values",
            differs_from("attribute_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
        ),
    ),
)


class Customers(Stream):
    """Customers with their addresses, attribute values, form fields and store credit."""

    listing = CUSTOMERS


class CustomerAddresses(NestedStream):
    """The addresses of customers that are new or changed.

    The list of addresses has no date, and it is not documented whether a changed address changes its customer's date. A
    reconciliation compares all of them.
    """

    listing = CUSTOMERS
    parent_key = "customer_id"
    nested_field = "addresses"


class CustomerAttributes(Stream):
    """The attributes that customers may have, by name and type."""

    listing = Listing(
        "v3/customers/attributes", Scope.CUSTOMERS, PageNumber(), date_filter=MODIFIED, ignores_start_date=True
    )


class CustomerAttributeValues(Stream):
    """The values of customers' attributes, as text whatever the type of the attribute."""

    listing = Listing("v3/customers/attribute-values", Scope.CUSTOMERS, PageNumber(), date_filter=MODIFIED)


class CustomerFormFieldValues(Stream):
    """The values that customers entered in the store's own form fields, for themselves or for an address; without a
    date."""

    listing = Listing("v3/customers/form-field-values", Scope.CUSTOMERS, CursorV3())
    primary_key = ["customer_id", "address_id", "name"]

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for entry in entries:
            yield {**entry, **{field: entry.get(field) or NO_OWNER for field in ("customer_id", "address_id")}}


class CustomerGroups(Stream):
    """The groups of customers, with their discounts and the categories that they see."""

    listing = Listing(
        "v2/customer_groups",
        Scope.CUSTOMERS,
        PageNumberV2(),
        # The parameters have the names of V3, as documented; the zone of the dates is unknown.
        date_filter=DateFilter("date_modified:min", "date_modified:max", timestamps_are_utc=False),
        ignores_start_date=True,
        count_endpoint="v2/customer_groups/count",
    )


class CustomerConsents(PerParentStream):
    """The kinds of cookies that customers allow; one request for each customer that is new or changed."""

    listing = replace(_CUSTOMER_LIST, pages_per_slice=1)
    primary_key = parent_key = "customer_id"
    children = "v3/customers/{id}/consent"
    child_pagination = SingleObject()


class CustomerStoredInstruments(PerParentStream):
    """The cards and accounts that customers have stored; one request for each customer that is new or changed."""

    listing = replace(_CUSTOMER_LIST, pages_per_slice=1)
    record_scope = Scope.STORED_INSTRUMENTS
    primary_key = ["customer_id", "token"]
    parent_key = "customer_id"
    children = "v3/customers/{id}/stored-instruments"
    child_pagination = SinglePage()


class Subscribers(Stream):
    """The subscribers of the newsletter."""

    listing = Listing(
        "v3/customers/subscribers",
        Scope.CUSTOMERS,
        PageNumber(),
        date_filter=MODIFIED,
        ignores_start_date=True,
        finds_by_id=True,
    )


class Wishlists(Stream):
    """The wish lists of customers with their items; without a date."""

    listing = Listing("v3/wishlists", Scope.CUSTOMERS, PageNumber())


class WishlistItems(NestedStream):
    """The items of wish lists."""

    listing = Wishlists.listing
    primary_key = ["wishlist_id", "id"]
    parent_key = "wishlist_id"
    nested_field = "items"


class Segments(Stream):
    """The segments of customers (Enterprise plans)."""

    listing = Listing("v3/segments", Scope.CUSTOMERS, PageNumber())


class ShopperProfiles(Stream):
    """The profiles by which customers belong to segments (Enterprise plans)."""

    listing = Listing("v3/shopper-profiles", Scope.CUSTOMERS, PageNumber())


class ShopperProfileSegments(Stream):
    """The segments of each profile: one request for each profile.

    The list the other way round, the profiles of a segment, is documented to need a scope that may also write.
    """

    listing = Listing(
        "v3/shopper-profiles/{id}/segments",
        Scope.CUSTOMERS,
        PageNumber(),
        parents=Parents("shopper_profiles", ShopperProfiles.listing, "shopper_profile_id"),
    )
    primary_key = ["shopper_profile_id", "id"]


STREAMS = (
    Customers,
    CustomerAddresses,
    CustomerAttributes,
    CustomerAttributeValues,
    CustomerFormFieldValues,
    CustomerGroups,
    CustomerConsents,
    CustomerStoredInstruments,
    Subscribers,
    Wishlists,
    WishlistItems,
    Segments,
    ShopperProfiles,
    ShopperProfileSegments,
)

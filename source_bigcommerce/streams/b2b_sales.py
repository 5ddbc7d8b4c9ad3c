"""Orders, quotes, invoices, payments and shopping lists of B2B Edition, its channels and the staff who sell.

https://developer.bigcommerce.com/b2b-edition/apis/rest-management
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from source_bigcommerce.api.b2b_pagination import NumberedRecords, Offset
from source_bigcommerce.api.pagination import Record, SinglePage, nested_list
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.embedded import EmbeddedList
from source_bigcommerce.lists.listing import Listing, Parents
from source_bigcommerce.lists.reader import ListReader
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams.b2b_channels import B2B_CHANNELS, EveryChannelReader
from source_bigcommerce.streams.b2b_companies import B2B_MODIFIED, COMPANY_USERS, extra_fields, one_by_one
from source_bigcommerce.streams.quote_list import QUOTE, QuoteDetailsEnricher, QuoteReader
from source_bigcommerce.streams.stream import NestedStream, PerParentStream, Stream

_AS_CREATED = {"sortBy": "createdAt", "orderBy": "ASC"}


class ShoppingListReader(ListReader):
    """Reads the shopping lists that each user can see, and leaves out those that another user has shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen: set[Any] = set()

    def read_entries(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        self._seen.clear()
        for entries in super().read_entries(piece):
            yield [entry for entry in entries if entry.get("id") not in self._seen]
            self._seen.update(entry.get("id") for entry in entries)


def _is_missing(parent: Record, embedded: Any, longest: int) -> bool:
    return not isinstance(embedded, list)


_ORDERS = Listing(
    "b2b/orders",
    Scope.B2B_EDITION,
    Offset(limit=200, key="bc_order_id"),
    # Without a date, only the orders of the last year are returned (documented).
    params={"minModified": 1, "showExtra": "true", **_AS_CREATED},
    date_filter=B2B_MODIFIED,
    channel_filter=ChannelFilter("channel_id", "channelIds[]", is_required=True),
    record_endpoint="b2b/orders/{id}",
    reader=EveryChannelReader,
)
_QUOTES = Listing(
    "b2b/rfq",
    Scope.B2B_EDITION,
    Offset(key="quote_id", place="list"),
    params={"sortBy": "createdAt", "orderBy": "asc"},
    date_filter=B2B_MODIFIED,
    channel_filter=ChannelFilter("channel_id", "channelIds[]", is_required=True),
    record_endpoint=QUOTE,
    reader=QuoteReader,
)
QUOTES_WITH_DETAILS = replace(one_by_one(_QUOTES), enricher=QuoteDetailsEnricher)
_PAYMENTS = Listing(
    "b2b/ip/payments",
    Scope.B2B_EDITION,
    Offset(),
    params=_AS_CREATED,
    channel_filter=ChannelFilter("channel_id", "channelIds"),
    record_endpoint="b2b/ip/payments/{id}",
)
# A user must be named, and junior buyers alone see their drafts: the lists of all users are read.
_SHOPPING_LISTS = Listing(
    "b2b/shopping-list",
    Scope.B2B_EDITION,
    Offset(limit=200),
    channel_filter=ChannelFilter("channel_id", "channelId", accepts_many=False),
    parents=Parents("company_users", COMPANY_USERS, "viewer_user_id", parameter="userId"),
    embedded=(
        EmbeddedList("items", "b2b/shopping-list/{id}", _is_missing, pagination=Offset(limit=200, place="items")),
    ),
    record_endpoint="b2b/shopping-list/{id}",
    reader=ShoppingListReader,
)
_SALES_STAFF = Listing(
    "b2b/sales-staffs",
    Scope.B2B_EDITION,
    Offset(),
    params={"sortBy": "updated_at", "orderBy": "ASC"},
    date_filter=replace(B2B_MODIFIED, maximum="", is_returned=False),
    ignores_start_date=True,
    record_endpoint="b2b/sales-staffs/{id}",
)
_SUPER_ADMINS = Listing(
    "b2b/companies/super-admins",
    Scope.B2B_EDITION,
    Offset(limit=200),
    params={"isIncludeExtraFields": 1, "orderBy": "ASC"},
    date_filter=B2B_MODIFIED,
    ignores_start_date=True,
    record_endpoint="b2b/super-admins/info/{id}",
)


class B2bOrders(Stream):
    """All orders of the store, with what B2B Edition adds to them, such as the company; `id` is that of the order."""

    listing = _ORDERS


class B2bOrderProducts(PerParentStream):
    """The products of the orders of companies; one request for each of these that is new or changed.

    Those of other buyers are in `order_products`.
    """

    listing = one_by_one(_ORDERS)
    primary_key = ["order_id", "position"]  # it is not certain that `id` is unique in an order
    parent_key = "order_id"
    children = "b2b/orders/{id}/products"
    child_pagination = NumberedRecords()

    def parents_with_children(self, entries: Sequence[Record]) -> Sequence[Record]:
        return [order for order in entries if order.get("company_id")]

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        return self.child_pagination.page(self.reader.client.fetch(endpoint, {}), {}).records


class Quotes(Stream):
    """The quotes that sales representatives make and buyers request."""

    listing = _QUOTES


class QuoteDetails(NestedStream):
    """The details of quotes: totals, addresses, contacts, line items, messages; one request for each quote that is new
    or changed."""

    listing = QUOTES_WITH_DETAILS
    primary_key = parent_key = "quote_id"
    nested_field = "details"


class QuoteLineItems(NestedStream):
    """The line items of quotes, from the same requests as the details."""

    listing = QUOTES_WITH_DETAILS
    primary_key = ["quote_id", "position"]  # they have no key
    parent_key = "quote_id"
    nested_field = "product_list"

    def nested_records(self, entry: Record) -> Iterable[Record]:
        details = nested_list(entry, "details")
        items = [item for one in details for item in nested_list(one, self.nested_field)]
        return ({**item, "position": position} for position, item in enumerate(items, 1))


class Invoices(Stream):
    """The invoices of companies, with their line items. The API selects them by creation alone."""

    listing = Listing(
        "b2b/ip/invoices",
        Scope.B2B_EDITION,
        Offset(),
        params={"isIncludeExtraFields": 1, **_AS_CREATED},
        channel_filter=ChannelFilter("channel_id", "channelIds"),
    )


class B2bPayments(Stream):
    """The payments of invoices, with the invoices that each pays."""

    listing = _PAYMENTS


class B2bPaymentTransactions(PerParentStream):
    """The transactions of payments; one request for each payment."""

    listing = replace(_PAYMENTS)
    primary_key = ["payment_id", "position"]  # those of offline payments have no key
    parent_key = "payment_id"
    children = "b2b/ip/payments/{id}/transactions"
    child_pagination = NumberedRecords()

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        return self.child_pagination.page(self.reader.client.fetch(endpoint, {}), {}).records


class Receipts(Stream):
    """The receipts of payments."""

    listing = Listing("b2b/ip/receipts", Scope.B2B_EDITION, Offset(limit=200), params=_AS_CREATED)


class ReceiptLines(Stream):
    """The lines of receipts: the part of a payment that an invoice received."""

    listing = Listing("b2b/ip/receipt-lines", Scope.B2B_EDITION, Offset(limit=200), params=_AS_CREATED)


class ShoppingLists(Stream):
    """The shopping lists of companies with their items; one request for each user and each list."""

    listing = _SHOPPING_LISTS


class ShoppingListItems(NestedStream):
    """The items of shopping lists."""

    listing = _SHOPPING_LISTS
    primary_key = ["shopping_list_id", "id"]
    parent_key = "shopping_list_id"
    nested_field = "items"


class SalesStaff(Stream):
    """The sales representatives. The API selects them by the date of their last change, but does not return it."""

    listing = _SALES_STAFF


class SalesStaffCompanies(Stream):
    """The companies that each sales representative is assigned to."""

    listing = Listing(
        "b2b/sales-staffs/{id}",
        Scope.B2B_EDITION,
        SinglePage(place="assigned_companies"),
        parents=Parents("sales_staff", _SALES_STAFF, "sales_staff_id"),
    )
    primary_key = ["sales_staff_id", "id"]


class SuperAdmins(Stream):
    """The buyers who can act for several companies."""

    listing = _SUPER_ADMINS


class SuperAdminCompanies(Stream):
    """The companies that each super admin can act for."""

    listing = Listing(
        "b2b/super-admins/{id}/companies",
        Scope.B2B_EDITION,
        Offset(limit=200, key="company_id"),
        parents=Parents("super_admins", _SUPER_ADMINS, "super_admin_id"),
    )
    primary_key = ["super_admin_id", "company_id"]


class B2bChannels(Stream):
    """The storefronts of the store, and whether B2B Edition is enabled in them."""

    listing = B2B_CHANNELS


class B2bOrderExtraFields(Stream):
    """The extra fields that orders have in this store."""

    listing = extra_fields("orders", 200)


class QuoteExtraFields(Stream):
    """The extra fields that quotes have in this store."""

    listing = extra_fields("rfq")


class InvoiceExtraFields(Stream):
    """The extra fields that invoices have in this store."""

    listing = extra_fields("ip/invoices")


STREAMS = (
    B2bOrders,
    B2bOrderProducts,
    Quotes,
    QuoteDetails,
    QuoteLineItems,
    Invoices,
    B2bPayments,
    B2bPaymentTransactions,
    Receipts,
    ReceiptLines,
    ShoppingLists,
    ShoppingListItems,
    SalesStaff,
    SalesStaffCompanies,
    SuperAdmins,
    SuperAdminCompanies,
    B2bChannels,
    B2bOrderExtraFields,
    QuoteExtraFields,
    InvoiceExtraFields,
)

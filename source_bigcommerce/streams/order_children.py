"""What BigCommerce tells order by order only: one request for each order that is new or changed.

https://developer.bigcommerce.com/docs/rest-management/orders and .../orders/transactions
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.paging import Offset, OffsetV2, OneObject, Paging, Params, Record, Whole, is_empty, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.values import integer
from source_bigcommerce.streams.children import AskedOfEach, BelowEach
from source_bigcommerce.streams.embedded import in_smaller_pages
from source_bigcommerce.streams.orders import OrderList, Orders


class OrderChild(AskedOfEach, OrderList, ABC):
    """The entries of a list that each order has."""

    # No document says that the ids of one order's entries are not those of another's.
    primary_key: str | list[str] = ["order_id", "id"]
    parent_field = "order_id"
    cursor_field = "order_date_modified"
    slices_per_archive = 5
    child_paging: ClassVar[Paging] = OffsetV2()


class OrderCoupons(OrderChild):
    """The coupons that were used for an order.

    An order without discount may have some, such as one for free shipping, so every order is asked.
    """

    children = "v2/orders/{id}/coupons"


class OrderShipments(OrderChild):
    """The shipments of orders."""

    children = "v2/orders/{id}/shipments"

    _shipped_items_are_told = False  # so far in this sync

    def parents(self, entries: Sequence[Record]) -> Sequence[Record]:
        # Not documented, so one order that tells of shipped items has to prove that orders do.
        self._shipped_items_are_told |= any(_shipped_items(order) for order in entries)
        return [order for order in entries if _shipped_items(order) != 0 or not self._shipped_items_are_told]


class OrderTaxes(OrderChild):
    """The taxes on each line item and on shipping. Those of automatic tax do not name their order themselves."""

    children = "v2/orders/{id}/taxes"
    child_params = {"details": "true"}  # with the line item and its type


class OrderShippingQuotes(BelowEach, Orders):
    """The quote that the shipping of an order was chosen by: one request for each address that is shipped to.

    Orders that were made by hand or by an app have none (204).
    """

    primary_key = ["order_id", "shipping_address_id", "id"]
    parent_field = "order_id"
    cursor_field = "order_date_modified"
    shared_list = None  # the other streams of orders need not wait for this one
    pages_per_slice = 1
    quotes: ClassVar[str] = "v2/orders/{id}/shipping_addresses/{address}/shipping_quotes"

    def records(self, entries: Sequence[Record]) -> Iterator[Record]:
        asked = [(order, key_of(address)) for order in entries for address in order["consignments"]["shipping"]]
        for (order, address), quotes in zip(asked, self.store.gather(self._quotes_of, asked), strict=True):
            for quote in quotes:
                yield {**self.row_of(order, quote), "shipping_address_id": address}

    def _quotes_of(self, asked: tuple[Record, int]) -> Sequence[Record]:
        order, address = asked
        endpoint = of_parent(self.quotes.replace("{address}", str(address)), order["id"])
        return self.rows_below(order, lambda: self._read_quotes(endpoint))

    def _read_quotes(self, endpoint: str) -> Sequence[Record]:
        body = self.fetch(endpoint, {})
        paging: Paging = Whole() if isinstance(body, list) else OneObject()  # the documents show one quote only
        return paging.page(body, {}).records


class OrderMessages(OrderChild):
    """The messages between a customer and staff about an order.

    Paged by number: whose id the documented `min_id` bounds, the message's or the order's, the documents leave open.
    """

    children = "v2/orders/{id}/messages"


class Transactions(OrderChild):
    """The movements of money of orders: authorisations, captures, refunds and so on."""

    primary_key = "id"  # documented as unique; refunds and other transactions refer to it alone
    scope = Scope.TRANSACTIONS
    list_scope = Scope.ORDERS
    children = "v3/orders/{id}/transactions"
    child_paging = Offset()  # not documented; the answer tells the total

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        return in_smaller_pages(lambda paging: self._read_transactions(endpoint, parent, paging), self.child_paging)

    def _read_transactions(self, endpoint: str, parent: Record, paging: Paging) -> Sequence[Record]:
        """As elsewhere, but where the API repeats a page (which is reported) the rest is out of reach."""
        found: dict[Any, Record] = {}
        total: int | None = None
        position: Params | None = paging.first()
        while position is not None:
            body = self.fetch_list(endpoint, position)
            if found and is_empty(body):
                body = self.fetch_list(endpoint, position)  # the end, or a store that fails
            page = paging.page(body, position)
            # An answer that tells no total, or a lower one, takes nothing back: transactions are never deleted.
            known, total = len(found), max((n for n in (total, page.total) if n is not None), default=None)
            found.update((key_of(row), row) for row in page.records)
            if page.records and len(found) == known and known != total:
                raise _cut_short(parent, known, total)
            position = page.next if len(found) > known else None
        if total is not None and len(found) < total:
            raise _cut_short(parent, len(found), total)
        return list(found.values())


def _shipped_items(order: Record) -> int | None:
    """How many items of an order were shipped, None where it does not tell."""
    return integer(order.get("items_shipped"))


def _cut_short(order: Record, found: int, total: int | None) -> BigCommerceError:
    of_all = "" if total is None else f" of its {total}"
    return BigCommerceError(
        f"BigCommerce returns {found}{of_all} transactions of order {order['id']}, and there may be more: its API is "
        "known to hold back what lies beyond the first 250 of an order. None of them is emitted rather than a part. If "
        f"this stays, choose a start date after that order's last change ({order.get('date_modified')}), or deselect "
        "the stream.",
        FailureType.system_error,
    )

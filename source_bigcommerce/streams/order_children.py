"""Records that BigCommerce returns for one order at a time: one request for each order that is new or changed.

https://developer.bigcommerce.com/docs/rest-management/orders and .../orders/transactions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import Store, path_for_parent
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import (
    PageNumber,
    PageNumberV2,
    Pagination,
    Params,
    Record,
    SingleObject,
    SinglePage,
    is_empty,
    key_of,
)
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.embedded import in_smaller_pages
from source_bigcommerce.streams.order_list import orders_one_by_one, orders_with_details
from source_bigcommerce.streams.stream import PerParentStream

# The ids of the children of one order are not documented to differ from those of another order's.
_ORDER_AND_ID = ["order_id", "id"]


class OrderCoupons(PerParentStream):
    """The coupons used for orders.

    An order without discount may have some, such as one for free shipping, so every order is requested.
    """

    listing = orders_one_by_one()
    primary_key = _ORDER_AND_ID
    parent_key = "order_id"
    children = "v2/orders/{id}/coupons"
    child_pagination = PageNumberV2()


class OrderShipments(PerParentStream):
    """The shipments of orders."""

    listing = orders_one_by_one()
    primary_key = _ORDER_AND_ID
    parent_key = "order_id"
    children = "v2/orders/{id}/shipments"
    child_pagination = PageNumberV2()

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._orders_count_shipped_items = False  # until an order of this sync proves it

    def parents_with_children(self, entries: Sequence[Record]) -> Sequence[Record]:
        # Not documented, so one order with shipped items must prove that orders count them.
        self._orders_count_shipped_items |= any(_shipped_items(order) for order in entries)
        return [order for order in entries if _shipped_items(order) != 0 or not self._orders_count_shipped_items]


class OrderTaxes(PerParentStream):
    """The taxes on each line item and on shipping. Those of automatic tax do not name their order themselves."""

    listing = orders_one_by_one()
    primary_key = _ORDER_AND_ID
    parent_key = "order_id"
    children = "v2/orders/{id}/taxes"
    child_params = {"details": "true"}  # with the line item and its type
    child_pagination = PageNumberV2()


class OrderMessages(PerParentStream):
    """The messages between customers and staff about orders.

    By page number: it is not documented whether `min_id` bounds the id of the message or of the order.
    """

    listing = orders_one_by_one()
    primary_key = _ORDER_AND_ID
    parent_key = "order_id"
    children = "v2/orders/{id}/messages"
    child_pagination = PageNumberV2()


class OrderShippingQuotes(PerParentStream):
    """The quotes by which the shipping of orders was chosen: one request for each shipping address.

    Orders that were created by hand or by an app have none (204).
    """

    listing = orders_with_details(pages_per_slice=1)
    primary_key = ["order_id", "shipping_address_id", "id"]
    parent_key = "order_id"
    children = "v2/orders/{id}/shipping_addresses/{address}/shipping_quotes"

    def extract_records(self, entries: Sequence[Record]) -> Iterator[Record]:
        addresses = [(order, key_of(address)) for order in entries for address in order["consignments"]["shipping"]]
        quotes_of = self.store.map_concurrently(self._quotes_of, addresses)
        for (order, address), quotes in zip(addresses, quotes_of, strict=True):
            for quote in quotes:
                yield {**self.child_record(order, quote), "shipping_address_id": address}

    def _quotes_of(self, address: tuple[Record, int]) -> Sequence[Record]:
        order, address_id = address
        endpoint = path_for_parent(self.children.replace("{address}", str(address_id)), order["id"])
        return self.children_or_none(order, lambda: self._read_quotes(endpoint))

    def _read_quotes(self, endpoint: str) -> Sequence[Record]:
        body = self.reader.client.fetch(endpoint, {})
        pagination: Pagination = SinglePage() if isinstance(body, list) else SingleObject()  # one quote as documented
        return pagination.page(body, {}).records


class Transactions(PerParentStream):
    """The payment transactions of orders: authorizations, captures, refunds and so on."""

    listing = orders_one_by_one()
    record_scope = Scope.TRANSACTIONS
    parent_key = "order_id"
    children = "v3/orders/{id}/transactions"
    child_pagination = PageNumber()  # not documented; the response reports the total

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        return in_smaller_pages(lambda pagination: self._read(endpoint, parent, pagination), self.child_pagination)

    def _read(self, endpoint: str, parent: Record, pagination: Pagination) -> Sequence[Record]:
        """Returns all transactions of an order. Raises BigCommerceError if the API repeats a page, which users have
        reported: the rest cannot be read."""
        found: dict[Any, Record] = {}
        total: int | None = None
        position: Params | None = pagination.first()
        while position is not None:
            body = self.reader.client.fetch_list(endpoint, position)
            if found and is_empty(body):
                body = self.reader.client.fetch_list(endpoint, position)  # the end of the list, or a failing store
            page = pagination.page(body, position)
            # A response without a total, or with a lower one, changes nothing: transactions are never deleted.
            known, total = len(found), max((n for n in (total, page.total) if n is not None), default=None)
            found.update((key_of(row), row) for row in page.records)
            if page.records and len(found) == known and known != total:
                raise _truncated(parent, known, total)
            position = page.next if len(found) > known else None
        if total is not None and len(found) < total:
            raise _truncated(parent, len(found), total)
        return list(found.values())


def _shipped_items(order: Record) -> int | None:
    """Returns the number of items of an order that were shipped; None if it is unknown."""
    return to_integer(order.get("items_shipped"))


def _truncated(order: Record, found: int, total: int | None) -> BigCommerceError:
    of_all = "" if total is None else f" of its {total}"
    return BigCommerceError(
        f"BigCommerce returns {found}{of_all} transactions of order {order['id']}, and there may be more: its API is "
        "known to omit those after the first 250 of an order. As some may be missing, none of them is emitted. If this "
        f"persists, choose a start date after that order's last change ({order.get('date_modified')}), or deselect the "
        "stream.",
        FailureType.system_error,
    )


STREAMS = (
    Transactions,
    OrderTaxes,
    OrderShipments,
    OrderCoupons,
    OrderMessages,
    OrderShippingQuotes,
)

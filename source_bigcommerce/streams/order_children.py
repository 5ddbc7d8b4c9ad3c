"""What BigCommerce tells order by order only: one request for each order that is new or changed.

https://developer.bigcommerce.com/docs/rest-management/orders and .../orders/transactions
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler, ErrorResolution

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import BigCommerceError, ErrorTable, NotFound
from source_bigcommerce.api.paging import Offset, OffsetV2, Paging, Params, Record, is_empty, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.embedded import read_list
from source_bigcommerce.streams.orders import OrderList

_ANY_ORDER = 1  # stands for an order where none can be had; whether it exists makes no difference


class OrderChild(OrderList, ABC):
    """The entries of a list that each order has.

    Subclasses declare the endpoint of the `children` of an order and, where needed, its fixed `child_params`.
    """

    # No document says that the ids of one order's entries are not those of another's.
    primary_key: str | list[str] = ["order_id", "id"]
    cursor_field = "order_date_modified"
    is_a_record_each = False
    pages_per_slice = 1  # each of its orders costs a request: a sync that is killed should not lose thousands of them
    children: ClassVar[str]
    child_params: ClassVar[Params] = {}
    child_paging: ClassVar[Paging] = OffsetV2()

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        asked = self.parents(entries)
        for order, rows in zip(asked, self.store.gather(self._children_of, asked), strict=True):
            for row in rows:
                yield {**row, "order_id": order["id"], "order_date_modified": order.get("date_modified")}

    def parents(self, orders: Sequence[Record]) -> Sequence[Record]:
        """The orders of a page without those that prove to have no children."""
        return orders

    def read_children(self, endpoint: str, order: Record) -> Sequence[Record]:
        """All children of an order, which `endpoint` lists. Raises NotFound when it does not."""
        return read_list(self.fetch, endpoint, self.child_params, self.child_paging)

    def _children_of(self, order: Record) -> Sequence[Record]:
        try:
            return self.read_children(of_parent(self.children, order["id"]), order)
        except NotFound as missing:
            self.forgive_if_deleted(order, missing)
            return ()


class OrderCoupons(OrderChild):
    """The coupons that were used for an order.

    An order without discount may have some, such as one for free shipping, so every order is asked.
    """

    children = "v2/orders/{id}/coupons"


class OrderShipments(OrderChild):
    """The shipments of orders."""

    children = "v2/orders/{id}/shipments"

    _shipped_items_are_told = False  # so far in this sync

    def parents(self, orders: Sequence[Record]) -> Sequence[Record]:
        # Not documented, so one order that tells of shipped items has to prove that orders do.
        self._shipped_items_are_told |= any(_shipped_items(order) for order in orders)
        return [order for order in orders if _shipped_items(order) != 0 or not self._shipped_items_are_told]


class OrderTaxes(OrderChild):
    """The taxes on each line item and on shipping. Those of automatic tax do not name their order themselves."""

    children = "v2/orders/{id}/taxes"
    child_params = {"details": "true"}  # with the line item and its type


class OrderMessages(OrderChild):
    """The messages between a customer and staff about an order.

    Paged by number: whose id the documented `min_id` bounds, the message's or the order's, the documents leave open.
    """

    children = "v2/orders/{id}/messages"


class Transactions(OrderChild):
    """The movements of money of orders: authorisations, captures, refunds and so on."""

    primary_key = "id"  # documented as unique; refunds and other transactions refer to it alone
    scope = Scope.TRANSACTIONS
    children = "v3/orders/{id}/transactions"
    child_paging = Offset()  # not documented; the answer tells the total

    def get_error_handler(self) -> ErrorHandler:
        return _TwoScopes(self.name, self.scope, self.store.breaker)

    def read_children(self, endpoint: str, order: Record) -> Sequence[Record]:
        """As elsewhere, but where the API repeats a page (which is reported) the rest is out of reach."""
        found: dict[Any, Record] = {}
        total: int | None = None
        position: Params | None = self.child_paging.first()
        while position is not None:
            body = self.fetch(endpoint, position)
            if found and is_empty(body):
                body = self.fetch(endpoint, position)  # the end, or a store that fails
            page = self.child_paging.page(body, position)
            # An answer that tells no total, or a lower one, takes nothing back: transactions are never deleted.
            known, total = len(found), max((n for n in (total, page.total) if n is not None), default=None)
            found.update((key_of(row), row) for row in page.records)
            if page.records and len(found) == known and known != total:
                raise _cut_short(order, known, total)
            position = page.next if len(found) > known else None
        if total is not None and len(found) < total:
            raise _cut_short(order, len(found), total)
        return list(found.values())

    def check_access(self) -> None:
        """Asks for the transactions of one order, as that is the only way to. A 404 is no refusal."""
        try:
            orders = self.paging.page(self.fetch(self.endpoint, {"limit": 1}), {}).records
            order = key_of(orders[0]) if orders else _ANY_ORDER
        except BigCommerceError:
            self.store.breaker.check()
            order = _ANY_ORDER  # the streams of orders tell of that
        with suppress(NotFound):
            self.fetch(of_parent(self.children, order), {"limit": 1})


class _TwoScopes(ErrorTable):
    """The list of orders needs the scope of orders, so a refusal names the scope that is missing."""

    def __init__(self, stream: str, scope: Scope, *others: Any) -> None:
        super().__init__(stream, scope, *others)
        self._of_orders = ErrorTable(stream, Scope.ORDERS, *others)

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and "/v2/" in urlsplit(response.request.url or "").path:
            return self._of_orders.interpret_response(response)
        return super().interpret_response(response)


def _shipped_items(order: Record) -> int | None:
    """How many items of an order were shipped, None where it does not tell."""
    items = order.get("items_shipped")
    return items if isinstance(items, int) else None


def _cut_short(order: Record, found: int, total: int | None) -> BigCommerceError:
    of_all = "" if total is None else f" of its {total}"
    return BigCommerceError(
        f"BigCommerce shows {found}{of_all} transactions of order {order['id']}, and there may be more: its API is "
        "known to hold back what lies beyond the first 250 of an order. The stream stops here rather than leave them "
        "out. "
        "Start the sync again; if this stays, choose a start date after that order's last change "
        f"({order.get('date_modified')}), or deselect the stream.",
        FailureType.system_error,
    )

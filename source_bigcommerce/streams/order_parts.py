"""What comes inside the list of orders, as tables of its own: no request more than the orders themselves take.

https://developer.bigcommerce.com/docs/rest-management/orders
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from source_bigcommerce.api.paging import Record
from source_bigcommerce.streams.orders import Orders


class OrderPart(Orders, ABC):
    """The parts of each order that is new or changed."""

    cursor_field = "order_date_modified"
    is_a_record_each = False

    @abstractmethod
    def parts(self, order: Record) -> Iterable[Record]:
        """The parts of one complete order."""

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for order in entries:
            for part in self.parts(order):
                yield {**part, "order_id": order["id"], "order_date_modified": order.get("date_modified")}


class OrderProducts(OrderPart):
    """The line items of orders. `id` is that of the line item; the product's is `product_id`."""

    def parts(self, order: Record) -> Iterable[Record]:
        yield from order["line_items"]


class OrderConsignments(OrderPart):
    """How the line items of an order reach the customer: one record for each order, with all of its consignments."""

    primary_key = "order_id"

    def parts(self, order: Record) -> Iterable[Record]:
        yield order["consignments"]


class OrderShippingAddresses(OrderPart):
    """The addresses that an order is shipped to, each with what shipping there costs."""

    def parts(self, order: Record) -> Iterable[Record]:
        yield from order["consignments"]["shipping"]


class OrderFees(OrderPart):
    """The fees of orders."""

    def parts(self, order: Record) -> Iterable[Record]:
        yield from order["fees"]

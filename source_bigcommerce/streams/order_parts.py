"""What comes inside the list of orders, as tables of its own: no request more than the orders themselves take.

https://developer.bigcommerce.com/docs/rest-management/orders
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable

from source_bigcommerce.api.paging import Record
from source_bigcommerce.streams.children import Parts
from source_bigcommerce.streams.orders import Orders


class OrderPart(Parts, Orders, ABC):
    """The parts of each order that is new or changed."""

    parent_field = "order_id"
    cursor_field = "order_date_modified"


class OrderProducts(OrderPart):
    """The line items of orders. `id` is that of the line item; the product's is `product_id`."""

    part = "line_items"


class OrderConsignments(OrderPart):
    """How the line items of an order reach the customer: one record for each order, with all of its consignments."""

    primary_key = "order_id"

    def parts(self, entry: Record) -> Iterable[Record]:
        yield entry["consignments"]


class OrderShippingAddresses(OrderPart):
    """The addresses that an order is shipped to, each with what shipping there costs."""

    def parts(self, entry: Record) -> Iterable[Record]:
        yield from entry["consignments"]["shipping"]


class OrderFees(OrderPart):
    """The fees of orders."""

    part = "fees"

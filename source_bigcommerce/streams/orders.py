"""Orders and the records nested in them: https://developer.bigcommerce.com/docs/rest-management/orders"""

from __future__ import annotations

from collections.abc import Iterable

from source_bigcommerce.api.pagination import Record, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.streams.order_list import orders_with_details
from source_bigcommerce.streams.stream import NestedStream, Stream

ORDERS = orders_with_details()


class Orders(Stream):
    """Orders with their line items, consignments and fees.

    Line items come inside the consignments that they belong to. Here they are one list, `line_items`, and each
    consignment names its own in `line_item_ids`.
    """

    listing = ORDERS


class OrderProducts(NestedStream):
    """The line items of orders. `id` identifies the line item, `product_id` the product."""

    listing = ORDERS
    parent_key = "order_id"
    nested_field = "line_items"


class OrderConsignments(NestedStream):
    """The consignments of orders: one record per order, with all of its consignments."""

    listing = ORDERS
    primary_key = parent_key = "order_id"

    def nested_records(self, entry: Record) -> Iterable[Record]:
        yield entry["consignments"]


class OrderShippingAddresses(NestedStream):
    """The shipping addresses of orders, each with the cost of shipping there."""

    listing = ORDERS
    parent_key = "order_id"

    def nested_records(self, entry: Record) -> Iterable[Record]:
        yield from entry["consignments"]["shipping"]


class OrderFees(NestedStream):
    """The fees of orders."""

    listing = ORDERS
    parent_key = "order_id"
    nested_field = "fees"


class OrderStatuses(Stream):
    """The statuses that an order may have; the merchant can change their labels."""

    listing = Listing("v2/order_statuses", Scope.ORDERS, SinglePage())


STREAMS = (Orders, OrderProducts, OrderConsignments, OrderShippingAddresses, OrderFees, OrderStatuses)

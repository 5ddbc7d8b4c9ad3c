"""Every stream there is, in the order in which they are read: large ones first."""

from __future__ import annotations

from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.order_children import (
    OrderCoupons,
    OrderMessages,
    OrderShipments,
    OrderTaxes,
    Transactions,
)
from source_bigcommerce.streams.order_parts import OrderConsignments, OrderFees, OrderProducts, OrderShippingAddresses
from source_bigcommerce.streams.orders import Orders
from source_bigcommerce.streams.refunds import OrderRefunds

ALL_STREAMS: tuple[type[BigCommerceStream], ...] = (
    Orders,
    OrderProducts,
    OrderConsignments,
    OrderShippingAddresses,
    OrderFees,
    Transactions,
    OrderTaxes,
    OrderShipments,
    OrderCoupons,
    OrderMessages,
    OrderRefunds,
    Customers,
    Products,
    Coupons,
)

"""The streams, by BigCommerce's own domains, in the order in which they are read: large lists first, and B2B
Edition last."""

from __future__ import annotations

from source_bigcommerce.streams import (
    b2b_companies,
    b2b_sales,
    catalog,
    channels,
    content,
    customers,
    inventory,
    marketing,
    metafields,
    order_children,
    orders,
    pricing,
    refunds,
    settings,
    store,
)
from source_bigcommerce.streams.stream import Stream

_LARGE = (orders, customers, catalog, order_children, refunds)
_OTHERS = (metafields, marketing, pricing, inventory, channels, content, store, settings)
_B2B_EDITION = (b2b_companies, b2b_sales)

ALL_STREAMS: tuple[type[Stream], ...] = tuple(
    stream for module in (*_LARGE, *_OTHERS, *_B2B_EDITION) for stream in module.STREAMS
)

"""The streams, by BigCommerce's own domains, in the order in which they are read: large lists first."""

from __future__ import annotations

from source_bigcommerce.streams import (
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

ALL_STREAMS: tuple[type[Stream], ...] = tuple(stream for module in (*_LARGE, *_OTHERS) for stream in module.STREAMS)

"""Every small collection of the store."""

from __future__ import annotations

from sandbox.collections import (
    catalog,
    channels,
    content,
    customers,
    inventory,
    marketing,
    metafields,
    orders,
    pricing,
    settings,
    store,
)

COLLECTIONS = (
    *channels.COLLECTIONS,
    *catalog.COLLECTIONS,
    *orders.COLLECTIONS,
    *customers.COLLECTIONS,
    *pricing.COLLECTIONS,
    *inventory.COLLECTIONS,
    *marketing.COLLECTIONS,
    *content.COLLECTIONS,
    *store.COLLECTIONS,
    *settings.COLLECTIONS,
    *metafields.COLLECTIONS,
)

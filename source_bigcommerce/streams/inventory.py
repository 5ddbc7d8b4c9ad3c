"""Inventory and pickup: https://developer.bigcommerce.com/docs/rest-management/inventory"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from source_bigcommerce.api.pagination import MaybePaginated, PageNumber, Record, nested_list
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import MODIFIED, Listing, Parents
from source_bigcommerce.streams.stream import Stream

_LARGEST_PAGE = 1000  # documented for inventory
_NO_VARIANT = 0  # in place of the variant of a product that has none of its own


def _with_identity(entry: Record) -> Record:
    """Returns the identity of an item as top-level fields; a product without variants names only itself."""
    identity = entry.get("identity")
    identity = identity if isinstance(identity, dict) else {}
    return {**identity, "variant_id": identity.get("variant_id") or _NO_VARIANT}


def _item_identity(entry: Record) -> Any:
    identity = _with_identity(entry)
    return tuple(str(identity.get(name)) for name in ("product_id", "sku", "variant_id"))


class InventoryLocations(Stream):
    """The locations where stock is kept."""

    listing = Listing("v3/inventory/locations", Scope.LOCATIONS, PageNumber(_LARGEST_PAGE))


class InventoryItems(Stream):
    """The stock of each variant: one record for each location."""

    listing = Listing("v3/inventory/items", Scope.INVENTORY, PageNumber(_LARGEST_PAGE), identity=_item_identity)
    primary_key = ["product_id", "variant_id", "location_id"]
    one_record_per_entry = False

    def extract_records(self, entries: Sequence[Record]) -> Iterator[Record]:
        for entry in entries:
            for location in nested_list(entry, "locations"):
                yield {**_with_identity(entry), **location}


class InventoryLocationItems(Stream):
    """The stock at each location, with the settings of the location."""

    listing = Listing(
        "v3/inventory/locations/{id}/items",
        Scope.INVENTORY,
        PageNumber(_LARGEST_PAGE),
        parents=Parents("inventory_locations", InventoryLocations.listing, "location_id"),
        identity=_item_identity,
    )
    primary_key = ["location_id", "product_id", "variant_id"]

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        return ({**entry, **_with_identity(entry)} for entry in entries)


class PickupMethods(Stream):
    """The methods by which customers may collect their orders."""

    listing = Listing(
        "v3/pickup/methods",
        Scope.FULFILLMENT_METHODS,
        PageNumber(),
        date_filter=MODIFIED,
        ignores_start_date=True,
        finds_by_id=True,
    )


class OrderPickups(Stream):
    """The items of orders that customers collect, and when they are ready."""

    listing = Listing("v3/orders/pickups", Scope.ORDER_FULFILLMENT, MaybePaginated())


STREAMS = (InventoryLocations, InventoryItems, InventoryLocationItems, PickupMethods, OrderPickups)

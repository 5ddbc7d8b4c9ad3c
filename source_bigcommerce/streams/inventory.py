"""Inventory and pickup: https://developer.bigcommerce.com/docs/rest-management/inventory"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from source_bigcommerce.api.paging import Offset, Record, Unpaged
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.children import BelowAll
from source_bigcommerce.streams.numbered import NumberedList

_LARGEST_PAGE = 1000  # documented for inventory
_NO_VARIANT = 0  # stands for the variant of a product that has none of its own


class InventoryLocations(NumberedList):
    """The places where stock is kept."""

    endpoint = "v3/inventory/locations"
    scope = Scope.LOCATIONS
    paging = Offset(_LARGEST_PAGE)


class ItemList(NumberedList, ABC):
    """A list of items, each with its product and variant in `identity`."""

    scope = Scope.INVENTORY
    paging = Offset(_LARGEST_PAGE)

    def entry_key(self, entry: Record) -> Any:
        identified = _identified(entry)
        return identified.get("product_id"), identified.get("sku"), identified["variant_id"]


class InventoryItems(ItemList):
    """What is in stock of each variant: one record for each location."""

    endpoint = "v3/inventory/items"
    primary_key = ["product_id", "variant_id", "location_id"]
    is_a_record_each = False

    def records(self, entries: Sequence[Record]) -> Iterator[Record]:
        for entry in entries:
            for location in entry.get("locations") or ():
                yield {**_identified(entry), **location}


class InventoryLocationItems(BelowAll, ItemList):
    """What is in stock at each location, with the settings of the location."""

    endpoint = "v3/inventory/locations/{id}/items"
    primary_key = ["location_id", "product_id", "variant_id"]
    parent = InventoryLocations
    parent_field = "location_id"

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        return ({**entry, **_identified(entry)} for entry in entries)


class PickupMethods(NumberedList, IncrementalStream):
    """How customers may fetch what they bought."""

    endpoint = "v3/pickup/methods"
    scope = Scope.FULFILLMENT_METHODS
    dates = DateFilter("date_modified:min", "date_modified:max")
    ignores_start_date = True


class OrderPickups(NumberedList):
    """What of orders is fetched by the customer, and when it is ready."""

    endpoint = "v3/orders/pickups"
    scope = Scope.ORDER_FULFILLMENT
    paging = Unpaged()


def _identified(entry: Record) -> Record:
    """The identity of an item as fields of its own; a product without variants names itself only."""
    identity = entry.get("identity")
    identity = identity if isinstance(identity, dict) else {}
    return {**identity, "variant_id": identity.get("variant_id") or _NO_VARIANT}

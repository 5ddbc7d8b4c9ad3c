"""Orders: https://developer.bigcommerce.com/docs/rest-management/orders"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import NotFound, Refused
from source_bigcommerce.api.paging import KeysetV2, OffsetV2, Params, Record
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.embedded import CAPS, Embedded

GROUPS = ("pickups", "shipping", "downloads")


def _lines_in_doubt(order: Record, lines: Sequence[Record]) -> bool:
    """A line without id, a consignment as long as a known cap, or fewer pieces in the lines than the order says it has.

    `items_total` counts pieces; should it count lines after all, the comparison only finds less to doubt.
    """
    capped = any(len(consignment["line_item_ids"]) in CAPS for consignment in _consignments(order))
    if capped or any(_id(line) is None for line in lines):
        return True
    items_total = order.get("items_total")
    if not isinstance(items_total, int):
        return not lines
    pieces: int = sum(line["quantity"] for line in lines if isinstance(line.get("quantity"), int))
    return pieces < items_total


class OrderList(IncrementalStream, ABC):
    """The list of orders, whatever of them becomes a record."""

    endpoint = "v2/orders"
    scope = Scope.ORDERS
    paging = KeysetV2(sort="id:asc")
    count = "v2/orders/count"
    dates = DateFilter("min_date_modified", "max_date_modified", newest_first={"sort": "date_modified:desc"})

    # What the answers of a sync have shown so far of how the store answers.
    _archived_are_asked_for = True

    @property
    def slices_per_state(self) -> int:
        return 5 if self._archived_are_asked_for else 1

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        for orders in super().batches(stream_slice):
            if any(order.get("is_deleted") is True for order in orders):
                self._archived_are_asked_for = False  # the list hides none
            yield orders
            del orders  # not kept while the next page is fetched

    def left_over(self, part: StreamSlice) -> Iterable[Sequence[Record]]:
        """The archived orders, where the list hides those.

        Whether it does is not documented, nor is the filter `is_deleted` any more (it was until 2024). They are asked
        for apart until an answer shows that this is not needed or leads nowhere. After the list, not beside it: an
        order may be archived meanwhile.
        """
        return self._archived(part) if self._archived_are_asked_for else ()

    def _archived(self, stream_slice: Mapping[str, Any]) -> Iterator[Sequence[Record]]:
        position: Params | None = self.paging.first()
        while position is not None:
            is_first = position == self.paging.first()
            try:
                page = self.fetch_page(stream_slice, {**position, "is_deleted": "true"}, may_be_empty=is_first)
            except Refused:
                if not is_first:
                    raise
                self._archived_are_asked_for = False
                return
            if any(order.get("is_deleted") is False for order in page.records):
                self._archived_are_asked_for = False  # the filter is ignored
                return
            yield self.wanted(page.records, stream_slice)
            position = page.next

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        channels = self.store.config.channel_ids
        # The endpoint takes one channel; of several, `is_chosen` picks.
        chosen: Params = {"channel_id": channels[0]} if len(channels) == 1 else {}
        return {**super().filters(stream_slice), **chosen}

    def is_chosen(self, record: Record) -> bool:
        chosen, channel = self.store.config.channel_ids, record.get("channel_id")
        return not chosen or not isinstance(channel, int) or channel in chosen

    def look_ahead(self, whole: StreamSlice) -> int:
        orders = super().look_ahead(whole)
        if len(self.store.config.channel_ids) > 1:
            self.tally.expected = None  # these are the orders of all channels
        return orders


class Orders(OrderList):
    """Orders with their line items, consignments and fees.

    Line items come inside the consignments that they belong to. Here they are one list, `line_items`, and each
    consignment names its own in `line_item_ids`.
    """

    # Without `consignment_structure` consignments come as a legacy array (docs/rest-management/orders).
    params = {"include": "consignments.line_items,fees", "consignment_structure": "object"}
    embedded = (Embedded("line_items", "v2/orders/{id}/products", _lines_in_doubt, paging=OffsetV2()),)

    shared_list = "orders"
    _fees_come_along = False  # so far in this sync

    def complete(self, entries: Sequence[Record]) -> Sequence[Record]:
        # Fees that come with any order prove that the include is honoured; without that proof, an order without the
        # field is in doubt. A link in their place is in doubt in any case.
        self._fees_come_along |= any(_fees(order.get("fees")) is not None for order in entries)
        for order in entries:
            self._unfold(order)
        super().complete(entries)
        for order in entries:
            _link_by_address(order)
        return entries

    def _unfold(self, order: Record) -> None:
        """Brings consignments, line items and fees of an order into their one shape."""
        consignments = order.get("consignments")
        if not _is_whole(consignments):
            consignments = self._reread(order, "consignments", {"include": "consignments.line_items"})
        order["consignments"], order["line_items"] = _ungroup(consignments)
        fees = _fees(order.get("fees"))
        if fees is None and (order.get("fees") or not self._fees_come_along):
            fees = _fees(self._reread(order, "fees", {}))
        order["fees"] = fees or []

    def _reread(self, order: Record, children: str, params: Params) -> Any:
        """The children of one order from their own endpoint; None where there are none."""
        try:
            return self.fetch(of_parent(f"{self.endpoint}/{{id}}/{children}", order["id"]), params)
        except NotFound as missing:
            self.forgive_if_deleted(order, missing)
            return None


def _is_whole(consignments: Any) -> bool:
    """Whether these are consignments, not only a link to them, and not as many as a known cap.

    Groups without entries may be missing.
    """
    if not isinstance(consignments, dict) or "url" in consignments:
        return False
    return all(len(list(_entries(consignments.get(group)))) not in CAPS for group in GROUPS)


def _ungroup(consignments: Any) -> tuple[Record, list[Record]]:
    """The consignments without their line items, and the line items."""
    groups = consignments if isinstance(consignments, dict) else {}
    lines: dict[int | None, Record] = {}
    result: Record = {group: [_unload(entry, lines) for entry in _entries(groups.get(group))] for group in GROUPS}
    email = groups["email"] if isinstance(groups.get("email"), dict) else {}
    certificates = [_unload(entry, lines) for entry in _entries(email.get("gift_certificates"))]
    result["email"] = {**email, "gift_certificates": certificates}
    return {**groups, **result}, list(lines.values())


def _consignments(order: Record) -> Iterator[Record]:
    for group in GROUPS:
        yield from order["consignments"][group]
    yield from order["consignments"]["email"]["gift_certificates"]


def _unload(consignment: Record, lines: dict[int | None, Record]) -> Record:
    """The consignment with the ids of its line items in place of them; the line items go to `lines`."""
    own = [(_id(line), line) for line in _entries(consignment.get("line_items"))]
    for id_, line in own:
        lines.setdefault(id_, line)
    return {
        **{name: value for name, value in consignment.items() if name != "line_items"},
        "line_item_ids": [id_ for id_, _ in own if id_ is not None],
    }


def _id(line: Record) -> int | None:
    return line["id"] if type(line.get("id")) is int else None


def _link_by_address(order: Record) -> None:
    """Adds the line items that were read separately to the shipping consignments that they name."""
    for consignment in order["consignments"]["shipping"]:
        ids = consignment["line_item_ids"]
        ids.extend(
            line.get("id")
            for line in order["line_items"]
            if line.get("order_address_id") == consignment.get("id") and line.get("id") not in ids
        )


def _entries(group: Any) -> Iterator[Record]:
    """The objects in a list, which the API may also give as one object, as "" or not at all."""
    entries = [group] if isinstance(group, dict) else group if isinstance(group, list) else []
    return (entry for entry in entries if isinstance(entry, dict) and entry)


def _fees(fees: Any) -> list[Record] | None:
    """The fees as a list, whichever of its documented shapes they came in; None for a link to them."""
    if isinstance(fees, dict) and "fees" in fees:
        fees = fees["fees"]
    if isinstance(fees, dict) and "id" in fees:
        fees = [fees]
    if not isinstance(fees, list):
        return None
    return [_respelled(fee) for fee in _entries(fees)]


def _respelled(fee: Record) -> Record:
    """One of the documented examples spells `cost_ex_tax` with a c too many."""
    if "cost_exc_tax" in fee and "cost_ex_tax" not in fee:
        return {("cost_ex_tax" if name == "cost_exc_tax" else name): value for name, value in fee.items()}
    return fee

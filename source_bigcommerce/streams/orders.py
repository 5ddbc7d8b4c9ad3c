"""Orders: https://developer.bigcommerce.com/docs/rest-management/orders"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import NotFound, Refused
from source_bigcommerce.api.paging import KeysetV2, OffsetV2, Params, Record, Whole
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream, DateFilter, IncrementalStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.consignments import (
    are_in_doubt,
    count_of,
    fees_of,
    holds_any,
    lines_are_in_doubt,
    link,
    name_unknown_addresses,
    unfold,
)
from source_bigcommerce.streams.embedded import CAPS, Embedded, contradicted

_TRIALS = 2  # of asking for archived orders, before a refusal is taken to say that the store does not know how
_ARCHIVED = "is_deleted"  # of a slice too, where it is one of the archived orders alone


class OrderList(IncrementalStream, ABC):
    """The list of orders, whatever of them becomes a record."""

    endpoint = "v2/orders"
    scope = Scope.ORDERS
    paging = KeysetV2(sort="id:asc")
    count = "v2/orders/count"
    by_channel = ByChannel("channel_id", "channel_id", takes_several=False)
    dates = DateFilter("min_date_modified", "max_date_modified", newest_first={"sort": "date_modified:desc"})

    # What the answers of a sync have shown so far of how the store answers.
    _archived_are_asked_for = True
    _archived_came = False
    _archived_were_told = False

    slices_per_archive: ClassVar[int] = 10

    @property
    def slices_per_state(self) -> int:
        return self.slices_per_archive if self._archived_are_asked_for else 1

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        for orders in super().batches(stream_slice):
            if any(order.get("is_deleted") is True for order in orders):
                self._archived_are_asked_for = False  # the list hides none
            yield orders
            del orders  # not kept while the next page is fetched

    def left_over(self, part: StreamSlice) -> Iterator[Sequence[Record]]:
        """Also the archived orders, where the list hides those.

        Whether it does is not documented, nor is the filter `is_deleted` any more (it was until 2024). They are asked
        for apart until an answer shows that this is not needed or leads nowhere. After the list, not beside it: an
        order may be archived meanwhile.
        """
        if self._archived_are_asked_for:
            yield from self._archived(part)
        yield from super().left_over(part)

    def _archived(self, stream_slice: StreamSlice) -> Iterator[Sequence[Record]]:
        archived = StreamSlice(partition={_ARCHIVED: "true"}, cursor_slice=stream_slice.cursor_slice)
        for _ in range(_TRIALS):
            try:
                for orders in self.pages(archived):
                    if any(order.get("is_deleted") is False for order in orders):
                        self._archived_are_asked_for = False  # the filter is ignored
                        return
                    self._archived_came |= bool(orders)
                    yield self.wanted(orders, archived)
                    del orders
                return
            except Refused as refusal:
                if self._archived_came:
                    raise
                reason = refusal.message
        self._archived_are_asked_for = False
        self.logger.info(f"Archived orders cannot be asked for apart in this store: {reason}")

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        archived: Params = {_ARCHIVED: "true"} if stream_slice and _ARCHIVED in stream_slice else {}
        return {**super().filters(stream_slice), **archived}

    def tells_of_more(self, stream_slice: Mapping[str, Any] | None, listed: int, last: Record) -> bool:
        """By the order with the highest id: the count is reported not to equal the list."""
        settled = self.settled(stream_slice)
        if settled is None:
            return False
        ids = self._newest(self.filters(settled))
        if not ids:
            return not self._newest({})  # all may have changed since; but no orders at all is what a failing store says
        return any(isinstance(id_, int) and id_ > last["id"] for id_ in ids)

    def _newest(self, filters: Params) -> Sequence[Any]:
        orders = self.fetch(self.endpoint, {**filters, "limit": 1, "sort": "id:desc"})
        return [order.get("id") for order in orders or () if isinstance(order, dict)]

    def only(self, key: Any) -> Params:
        return {"min_id": key, "max_id": key}

    def forgive_if_deleted(self, parent: Record, missing: NotFound) -> None:
        """Archived orders are forgiven too: whether they keep what belongs to them is not documented."""
        if parent.get("is_deleted") is not True:
            now = self.find(parent["id"])
            if now is None:
                self.logger.info(f"Order {parent['id']} was deleted while '{self.name}' was read.")
                return
            if not isinstance(now, dict) or now.get("is_deleted") is not True:
                raise missing
        if not self._archived_were_told:
            self._archived_were_told = True
            self.logger.info(
                f"Of archived orders, such as {parent['id']}, the store tells '{self.name}' no more than their list "
                "holds (404)."
            )


class Orders(OrderList):
    """Orders with their line items, consignments and fees.

    Line items come inside the consignments that they belong to. Here they are one list, `line_items`, and each
    consignment names its own in `line_item_ids`.
    """

    # Without `consignment_structure` consignments come as a legacy array (docs/rest-management/orders).
    params = {"include": "consignments.line_items,fees", "consignment_structure": "object"}
    read_apart = frozenset({"consignments.line_items", "fees", "consignment_structure"})
    embedded = (Embedded("line_items", "v2/orders/{id}/products", lines_are_in_doubt, paging=OffsetV2()),)

    shared_list: ClassVar[str | None] = "orders"
    # So far in this sync.
    _fees_come_along = False
    _missing_lines_were_told = False

    def complete(self, entries: Sequence[Record]) -> Sequence[Record]:
        # Fees that come with any order prove that the include is honoured; without that proof, an order without the
        # field is in doubt. A link in their place is in doubt in any case.
        self._fees_come_along |= any(fees_of(order.get("fees")) is not None for order in entries)
        for order in entries:
            self._unfold(order)
        came_along = [order["line_items"] for order in entries]
        super().complete(entries)
        for order, lines in zip(entries, came_along, strict=True):
            if order["line_items"] is not lines:
                self._link(order)
            if not order["line_items"]:
                self._tell_if_lines_are_missing(order)
        return entries

    def _unfold(self, order: Record) -> None:
        """Brings consignments, line items and fees of an order into their one shape."""
        consignments = order.get("consignments")
        if are_in_doubt(order):
            consignments = self._reread_consignments(order, consignments) or consignments
        order["consignments"], order["line_items"] = unfold(consignments)
        fees = fees_of(order.get("fees"))
        if len(fees) in CAPS if fees is not None else order.get("fees") or not self._fees_come_along:
            again = fees_of(self._reread(order, "fees", {}, fees, fees_of)) or []
            fees = max(again, fees or [], key=len)
        order["fees"] = fees or []

    def _tell_if_lines_are_missing(self, order: Record) -> None:
        pieces = count_of(order, "items_total")
        if pieces and not self._missing_lines_were_told:
            self._missing_lines_were_told = True
            self.logger.warning(
                f"BigCommerce tells no line item of order {order['id']}, nor perhaps of others, though items_total is "
                f"{pieces}."
            )

    def _link(self, order: Record) -> None:
        """Gives line items that were read apart to their consignments, which may have been cut short as well."""
        if name_unknown_addresses(order):
            again, _ = unfold(self._reread_consignments(order, order["consignments"]))
            order["consignments"] = again if any(again["shipping"]) else order["consignments"]
        link(order)

    def _reread_consignments(self, order: Record, came_along: Any) -> Any:
        return self._reread(order, "consignments", {"include": "consignments.line_items"}, came_along, holds_any)

    def _reread(
        self, order: Record, children: str, params: Params, came_along: Any, holds_any: Callable[[Any], Any]
    ) -> Any:
        """The children of one order from their own endpoint; None where the order was deleted meanwhile. Raises
        BigCommerceError if it holds none though some `came_along`."""
        endpoint = of_parent(f"{self.endpoint}/{{id}}/{children}", order["id"])
        try:
            answer = self.fetch(endpoint, params)
            if not holds_any(answer):  # rare where there is doubt, and also what a store says that fails
                answer = self.fetch(endpoint, params)
            if holds_any(came_along) and not holds_any(answer):
                raise contradicted(order, endpoint)
        except NotFound as missing:
            self.forgive_if_deleted(order, missing)
            return None
        return answer


class OrderStatuses(BigCommerceStream):
    """The statuses that an order may have; their labels can be changed by the merchant."""

    endpoint = "v2/order_statuses"
    scope = Scope.ORDERS
    paging = Whole()

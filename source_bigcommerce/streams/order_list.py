"""The list of orders, including archived orders, and the details that its pages lack."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from source_bigcommerce.api.client import path_for_parent
from source_bigcommerce.api.errors import BadRequest, NotFound, PageTooHeavy
from source_bigcommerce.api.pagination import KeysetV2, PageNumberV2, Params, Record, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.embedded import EmbeddedList, contradiction, is_truncation_size
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.listing import DateFilter, Listing
from source_bigcommerce.lists.pages import read_sequentially
from source_bigcommerce.lists.reader import Enricher, ListReader
from source_bigcommerce.lists.slices import ListSlice, TimeWindow, closed_part
from source_bigcommerce.lists.state import StreamState
from source_bigcommerce.streams.order_consignments import (
    ItemsTotals,
    are_possibly_truncated,
    count_of,
    fees_of,
    holds_any,
    is_capped,
    lines_are_possibly_truncated,
    link,
    longest_lines_of,
    names_unknown_addresses,
    sizes_of,
    unfold,
)

_NEIGHBORS = 250  # ids on one page
_ATTEMPTS = 2  # to read archived orders, before a refusal is considered a lack of support
_ARCHIVED: Params = {"is_deleted": "true"}
_ARCHIVED_ARE_LISTED = timedelta(days=7)  # after the list has returned an archived order
_LINES, _FEES = "line_items", "fees"

logger = logging.getLogger("airbyte")


class OrderListReader(IncrementalListReader):
    """Reads the list of orders, and the archived orders if the list does not include them."""

    slices_per_archive: ClassVar[int] = 10

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As far as the responses of this sync, or the list in an earlier one, have shown. A reconciliation starts anew.
        self._request_archived = True
        self._archived_were_returned = False
        self._logged_missing_children = False

    @property
    def slices_per_state(self) -> int:
        return self.slices_per_archive if self._request_archived else 1

    def slices(self, state: StreamState, is_full_refresh: bool) -> Iterator[ListSlice]:
        listed = state.archived_listed
        if listed and timedelta() <= self.store.sync_started_at() - listed < _ARCHIVED_ARE_LISTED:
            self._request_archived = False
        yield from super().slices(state, is_full_refresh)

    def read_entries(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        for orders in super().read_entries(piece):
            if any(order.get("is_deleted") is True for order in orders):
                self._request_archived = False  # the list includes them
                self.watermark.note_archived_entries(self.store.sync_started_at())
            yield orders
            del orders  # not kept while the next page is fetched

    def supplementary_pages(self, window: TimeWindow) -> Iterator[Sequence[Record]]:
        """Yields also the archived orders, if the list does not include them.

        Whether it does is not documented, nor is the filter `is_deleted` any more (it was until 2024). They are
        requested separately until a response shows that this is not needed or has no effect. After the list, not
        before it: an order may be archived during the sync.
        """
        if self._request_archived:
            yield from self._archived(ListSlice(window=window, params=_ARCHIVED))
        yield from super().supplementary_pages(window)

    def hidden_entries(self, after: Any, upto: Any) -> Iterator[Sequence[Record]]:
        """Yields the archived orders, unless the list includes them."""
        if self._request_archived:
            bounds = {**({} if after is None else {"min_id": after}), **({} if upto is None else {"max_id": upto})}
            yield from self._archived(ListSlice(window=self.whole().window, params={**_ARCHIVED, **bounds}))

    def find_all(self, keys: Sequence[Any], witness: Any) -> Sequence[Record]:
        """Returns the orders that exist among those with these ids: those of neighboring ids from a page of the list,
        the others from their own endpoints, whose 404 needs no witness."""
        found: dict[Any, Record] = {}
        left = sorted(keys)
        while left:
            first = left[0]
            page: Params = {
                **self.query.fixed(),
                "min_id": first,
                "max_id": first + _NEIGHBORS - 1,
                "limit": _NEIGHBORS,
            }
            with suppress(PageTooHeavy):
                rows = self.client.fetch_list(self.listing.endpoint, page) if len(left) > 1 else None
                found |= {row.get("id"): row for row in rows or () if row.get("id") in keys}
            left = [key for key in left if key >= first + _NEIGHBORS]
        others = [self.find(key) for key in keys if key not in found]
        return [*found.values(), *(order for order in others if order is not None)]

    def has_records_after(self, piece: ListSlice, read: int, last: Record) -> bool:
        """Compares with the order of the highest id: the count is reported to differ from the list."""
        closed = closed_part(piece, self.store.sync_started_at())
        if closed is None:
            return False
        ids = self._newest(self.query.filters(closed))
        if not ids:
            return not self._newest({})  # all may have changed since, but only a failing store returns no order at all
        return any(isinstance(id_, int) and id_ > last["id"] for id_ in ids)

    def only(self, key: Any) -> Params:
        return {"min_id": key, "max_id": key}

    def ignore_if_deleted(self, parent: Record, missing: NotFound) -> None:
        """Archived orders are ignored too: it is not documented whether they keep their child records."""
        if parent.get("is_deleted") is not True:
            now = self.find(parent["id"])
            if now is None:
                logger.info(f"Order {parent['id']} was deleted while '{self.name}' was read.")
                return
            if not isinstance(now, dict) or now.get("is_deleted") is not True:
                raise missing
        self.without_children.add(parent["id"])
        if not self._logged_missing_children:
            self._logged_missing_children = True
            logger.info(
                f"The store returns no further details of archived orders, such as {parent['id']}, for '{self.name}' "
                "(404)."
            )

    def _archived(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        for _ in range(_ATTEMPTS):
            try:
                for orders, _ in read_sequentially(self.pages, piece, self.has_records_after):
                    if any(order.get("is_deleted") is False for order in orders):
                        self._request_archived = False  # the filter is ignored
                        return
                    self._archived_were_returned |= bool(orders)
                    yield self.filter.filter(orders, piece)
                    del orders
                return
            except BadRequest as refusal:
                if self._archived_were_returned:
                    raise
                reason = refusal.message
        self._request_archived = False
        logger.info(f"Archived orders cannot be requested separately in this store: {reason}")

    def _newest(self, filters: Params) -> Sequence[Any]:
        orders = self.client.fetch(self.listing.endpoint, {**filters, "limit": 1, "sort": "id:desc"})
        return [order.get("id") for order in orders or () if isinstance(order, dict)]


class PerOrderListReader(OrderListReader):
    """The same for lists whose entries each cost a request."""

    slices_per_archive = 5


class OrderDetails(Enricher):
    """Converts the consignments, line items and fees of orders to one form, and reads those that the list lacks."""

    def __init__(self, reader: ListReader) -> None:
        super().__init__(reader)
        self._items_totals = ItemsTotals()
        self._fees_are_embedded = False  # until an order of this sync proves it
        self._warned_of_missing_lines = False

    def note_lengths(self, entries: Sequence[Record]) -> None:
        self._note_and_measure(entries)

    def ids_of_possibly_truncated(self, entries: Sequence[Record]) -> Collection[int]:
        lengths = self._note_and_measure(entries)
        longest = self.embedded.longest.get(_LINES, 0)
        return {
            id(order) for order, length in zip(entries, lengths, strict=True) if is_truncation_size(length, longest)
        }

    def _note_and_measure(self, orders: Sequence[Record]) -> Sequence[int]:
        """Notes all lengths. Returns the largest number of line items in a consignment of each order."""
        lengths = [longest_lines_of(order.get("consignments")) for order in orders]
        sizes = [sizes_of(order.get("consignments")) for order in orders]
        self.embedded.note_length(_LINES, max(lengths, default=0))
        self.embedded.note_length(_FEES, max((len(fees_of(order.get(_FEES)) or ()) for order in orders), default=0))
        for group in sizes[0] if sizes else ():
            self.embedded.note_length(group, max(one[group] for one in sizes))
        return lengths

    def enrich(self, entries: Sequence[Record], reread_all: bool = False) -> Sequence[Record]:
        # Fees embedded in any order prove that the store supports the include; without that proof, an order without the
        # field is possibly incomplete. So is one with a link in their place.
        self._fees_are_embedded |= any(fees_of(order.get(_FEES)) is not None for order in entries)
        for order in entries:
            key_of(order)  # its lists are requested by its id
        reread = [order for order in entries if self._unfold(order, reread_all)]
        embedded = [order[_LINES] for order in entries]
        # What the list embeds rules out nothing for the consignments' own endpoint.
        in_doubt = [order["id"] for order in reread if is_capped(order)]
        self.embedded.complete(entries, reread_all, self._known_complete(entries), in_doubt)
        for order, lines in zip(entries, embedded, strict=True):
            if order[_LINES] is not lines:
                self._link(order)
            if not order[_LINES]:
                self._warn_if_lines_are_missing(order)
        return entries

    def _known_complete(self, orders: Sequence[Record]) -> Collection[Any]:
        """Returns the ids of unfolded orders whose `items_total` proves that no line item is missing, although a
        consignment is as long as a truncated one."""
        capped = []
        for order in orders:
            if is_capped(order):
                capped.append(order)
            else:
                self._items_totals.note(order, order[_LINES])
        return [order["id"] for order in capped if self._items_totals.prove_complete(order, order[_LINES])]

    def _unfold(self, order: Record, reread_all: bool) -> bool:
        """Converts an order to its one form. Returns True if its consignments were read again."""
        consignments = order.get("consignments")
        is_reread = reread_all or are_possibly_truncated(order, self.embedded.longest)
        if is_reread:
            consignments = self._reread_consignments(order, consignments) or consignments
        order["consignments"], order[_LINES] = unfold(consignments)
        fees = fees_of(order.get(_FEES))
        is_truncated = reread_all or (
            is_truncation_size(len(fees), self.embedded.longest.get(_FEES, 0))
            if fees is not None
            else bool(order.get(_FEES)) or not self._fees_are_embedded
        )
        if is_truncated:
            again = fees_of(self._reread(order, _FEES, {}, fees, fees_of)) or []
            fees = max(again, fees or [], key=len)
        order[_FEES] = fees or []
        return is_reread

    def _warn_if_lines_are_missing(self, order: Record) -> None:
        pieces = count_of(order, "items_total")
        if pieces and not self._warned_of_missing_lines:
            self._warned_of_missing_lines = True
            logger.warning(
                f"BigCommerce returns no line items of order {order['id']}, and perhaps of others, although its "
                f"items_total is {pieces}."
            )

    def _link(self, order: Record) -> None:
        """Links line items that were read separately to their consignments, which may have been truncated as well."""
        if names_unknown_addresses(order):
            again, _ = unfold(self._reread_consignments(order, order["consignments"]))
            order["consignments"] = again if any(again["shipping"]) else order["consignments"]
        link(order)

    def _reread_consignments(self, order: Record, embedded: Any) -> Any:
        return self._reread(order, "consignments", {"include": "consignments.line_items"}, embedded, holds_any)

    def _reread(
        self, order: Record, children: str, params: Params, embedded: Any, has_children: Callable[[Any], Any]
    ) -> Any:
        """Returns the children of one order from their own endpoint; None if the order was deleted during the sync.
        Raises BigCommerceError if it returns none although some were `embedded`."""
        client = self.reader.client
        endpoint = path_for_parent(f"{self.reader.listing.endpoint}/{{id}}/{children}", order["id"])
        try:
            found = client.fetch(endpoint, params)
            if not has_children(found):  # rare here; may be the response of a failing store
                found = client.fetch(endpoint, params)
            if has_children(embedded) and not has_children(found):
                raise contradiction(order, endpoint)
        except NotFound as missing:
            self.reader.ignore_if_deleted(order, missing)
            return None
        return found


_ORDER_LIST = Listing(
    "v2/orders",
    Scope.ORDERS,
    KeysetV2(sort="id:asc"),
    date_filter=DateFilter("min_date_modified", "max_date_modified", newest_first={"sort": "date_modified:desc"}),
    channel_filter=ChannelFilter("channel_id", "channel_id", accepts_many=False),
    count_endpoint="v2/orders/count",
    finds_by_id=True,
    pages_per_slice=1,
    reader=PerOrderListReader,
)


def orders_one_by_one() -> Listing:
    """Returns the list of orders, for a stream that sends a request for each of them."""
    return replace(_ORDER_LIST)


def orders_with_details(pages_per_slice: int = 10) -> Listing:
    """Returns the list of orders with their consignments, line items and fees."""
    return replace(
        _ORDER_LIST,
        # Without `consignment_structure` consignments come as a legacy array (docs/rest-management/orders).
        params={"include": "consignments.line_items,fees", "consignment_structure": "object"},
        separable=frozenset({"consignments.line_items", "fees", "consignment_structure"}),
        embedded=(
            EmbeddedList(_LINES, "v2/orders/{id}/products", lines_are_possibly_truncated, pagination=PageNumberV2()),
        ),
        pages_per_slice=pages_per_slice,
        reader=OrderListReader,
        enricher=OrderDetails,
    )

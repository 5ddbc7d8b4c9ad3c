"""The pages of one list, in the size that the store serves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BadRequest, BigCommerceError, PageTooHeavy, with_request
from source_bigcommerce.api.explanation import describe_request
from source_bigcommerce.api.json_body import decode
from source_bigcommerce.api.pagination import (
    IncompleteListError,
    Page,
    Params,
    Record,
    is_empty,
    reports_no_entries,
    smallest_limit,
)
from source_bigcommerce.api.transport import PageLimits
from source_bigcommerce.lists import unreadable_records
from source_bigcommerce.lists.client import ListClient
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.page_size import PageSize, limits_of
from source_bigcommerce.lists.query import ListQuery
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.unreadable_records import UnreadableRecordSkipper

_CONFIRMATIONS = 3  # of an end of the list that the store contradicts

logger = logging.getLogger("airbyte")


class PageFetcher:
    """Fetches the pages of one list during one sync. `resumption` returns the end of error messages: how the next sync
    continues."""

    def __init__(self, listing: Listing, client: ListClient, query: ListQuery, resumption: Callable[[], str]) -> None:
        self.listing = listing
        self.name = client.name
        self.size = PageSize()
        self.resumption = resumption
        self._client = client
        self._query = query
        self._unreadable: list[str] = []  # records found in this sync

    def fetch(self, piece: ListSlice, position: Params | None, may_be_empty: bool = False) -> Page:
        """Returns one page of the slice; the first one if `position` is None. A page that is too heavy is fetched in a
        smaller size, unless it has a number. Raises PageTooHeavy if that is not served either.

        An empty page is the documented end of a list, but may also be the response of a failing store: it is requested
        again to confirm it, unless it `may_be_empty` or a first page reports that there are no entries.
        """
        requested = position or self.listing.pagination.first()
        if "limit" not in requested:
            return self._fetch(piece, position, requested, None, may_be_empty)
        largest, smallest = int(requested["limit"]), smallest_limit(self.listing.pagination)
        is_numbered = position is not None and "page" in position
        while True:
            size = largest if is_numbered else min(largest, max(smallest, self.size.of(largest)))
            try:
                return self._fetch(
                    piece, position, {**requested, "limit": size}, limits_of(size, smallest), may_be_empty
                )
            except PageTooHeavy as error:
                if size <= smallest:
                    raise error.at_size(self.name, size, self.resumption()) from None
                logger.info(f"A page of {size} records of '{self.name}' is too heavy for the store ({error.cause}).")
                self.size.fail(size, smallest, error.is_refused)
                if is_numbered:
                    raise
            except BadRequest:
                if size < largest:
                    self.size.forget_refusals()  # it is not the size that the store refuses
                raise

    def first(self, piece: ListSlice) -> Page:
        """Returns the first page of the slice. Raises PageTooHeavy if it is known not to be served."""
        found = piece.take_first_page()
        if isinstance(found, PageTooHeavy):
            raise found
        return found or self.fetch(piece, None)

    def prefetch(self, piece: ListSlice, may_count: bool) -> int | None:
        """Fetches the first page into the slice. Returns the number of entries; None if it is unknown, or would take a
        request of its own and `may_count` is False."""
        first = None
        try:
            piece.first_page = first = self.fetch(piece, None)
        except PageTooHeavy as error:
            piece.first_page = error
        if first and first.next is None:
            return len(first.records)
        if may_count:
            return self.total(first, piece)
        return first.total if first else None

    def total(self, first: Page | None, piece: ListSlice) -> int | None:
        """Returns the number of entries that the store reports for a slice; None if it reports none."""
        total = first.total if first else None
        if total is not None or self.listing.count_endpoint is None:
            return total
        try:
            body = self._client.fetch(self.listing.count_endpoint, self._query.filters(piece))
        except BigCommerceError as error:
            self._client.store.breaker.check()
            logger.info(f"The number of records of '{self.name}' is unknown: {error.message}")
            return None
        count = body.get("count") if isinstance(body, dict) else None
        return count if isinstance(count, int) else None

    def skipper(self, piece: ListSlice) -> UnreadableRecordSkipper:
        """Returns a reader of the slice around records that the store cannot serve."""

        def fetch(position: Params) -> Page:
            limits = PageLimits(unreadable_records.ATTEMPTS, limits_of(int(position["limit"]), 1).largest_body)
            return self._fetch(piece, position, position, limits, may_be_empty=False)

        return UnreadableRecordSkipper(self.name, self.listing.pagination, self.size, self._unreadable, fetch)

    def _fetch(
        self,
        piece: ListSlice,
        position: Params | None,
        requested: Params,
        limits: PageLimits | None,
        may_be_empty: bool,
    ) -> Page:
        """Returns the page at the parameters `requested`. Raises PageTooHeavy if it is not served within the limits."""
        response = self._client.send_page(
            self.listing.endpoint,
            lambda: self._query.path(piece, requested),
            piece.list_key,
            self._query.optional_filters(),
            position is not None,
            limits,
        )
        body = decode(response)
        if is_empty(body) and not may_be_empty and (position or not reports_no_entries(body)):
            response = self._client.send(self._query.path(piece, requested), limits)
            body = decode(response)
        try:
            page = self.listing.pagination.page(body, requested)
        except BigCommerceError as error:
            raise with_request(error, describe_request(response)) from None
        self.size.succeed(len(page.records), len(response.content))
        return page


def read_sequentially(
    pages: PageFetcher,
    piece: ListSlice,
    has_records_after: Callable[[ListSlice, int, Record], bool],
    start: Params | None = None,
) -> Iterator[tuple[Sequence[Record], Params | None]]:
    """Yields all entries of a slice, page by page, with keys or cursors; with each page the parameters of the next one.

    `start` are the parameters of the first page, if that is not the first of the list. `has_records_after` is called
    with the slice, the number of entries so far and the last one if an empty page ends the list, which is rare. Raises
    BigCommerceError if the store contradicts that end.
    """
    skipper = pages.skipper(piece)
    page = _page_at(pages, piece, start, 0, (), skipper)
    positions: set[tuple[tuple[str, str | int], ...]] = set()
    read = 0
    while True:
        read += len(page.records)
        records, following, last = page.records, page.next, page.records[-1:]
        del page  # two pages at a time for each of many workers would use much memory
        yield records, following
        del records
        if following is None:
            skipper.end()
            return
        key = tuple(sorted(following.items()))
        if key in positions:
            raise IncompleteListError("its pages repeat in a cycle")
        positions.add(key)
        page = _page_at(pages, piece, following, read, last, skipper)
        confirmations = 0
        while not page.records and last and not skipper and has_records_after(piece, read, last[0]):
            if confirmations == _CONFIRMATIONS:
                raise ended_early(pages, read)
            confirmations += 1  # the record may have been added, or changed once more, just now
            page = pages.fetch(piece, following)


def _page_at(
    pages: PageFetcher,
    piece: ListSlice,
    position: Params | None,
    read: int,
    last: Sequence[Record],
    skipper: UnreadableRecordSkipper,
) -> Page:
    """Returns the page at a position after `read` entries, or the one after a record that the store cannot serve."""
    if position is not None and "page" in position:
        return skipper.numbered(position)
    try:
        return pages.fetch(piece, position) if position else pages.first(piece)
    except PageTooHeavy as error:
        return skipper.page_after(position or pages.listing.pagination.first(), read, last, error)


def ended_early(pages: PageFetcher, read: int) -> BigCommerceError:
    """Returns the error for a list that ended after so many records, although the store has more."""
    return BigCommerceError(
        f"BigCommerce's list of '{pages.name}' ended after {read} records, although the store has more. Nothing is "
        f"lost: {pages.resumption()}",
        FailureType.transient_error,
    )

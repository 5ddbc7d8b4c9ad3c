"""Lists that only have page numbers, read so that a change of the list between two pages loses nothing.

When a record is deleted, every later one moves one position forward, and one of them across each page boundary: a
reader that goes forward never sees these. If new records are added at the end, a reader that goes backward sees all
records that existed when it began; it drops those that it sees twice.

A record can also be inserted into the middle of a list, which moves one across each later page boundary in the other
direction. There are two reasons: a sort order other than that of creation, and a date filter, as an old record that is
edited during the sync joins the selected entries. In the first case the list is read again until nothing new is found;
in the second the filter ends in the past, so that records can only leave the list.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.pagination import IncompleteListError, MaybePaginated, Page, Pagination, Params, Record
from source_bigcommerce.lists.entry_filter import EntryFilter
from source_bigcommerce.lists.list_changes import (
    CLOCK_MARGIN,
    AscendingOrder,
    InsertionDetector,
    RepetitionDetector,
    UnseenFilter,
)
from source_bigcommerce.lists.page_size import smaller
from source_bigcommerce.lists.pages import PageFetcher, ended_early
from source_bigcommerce.lists.query import ListQuery
from source_bigcommerce.lists.slices import SECOND, ListSlice, closed_part
from source_bigcommerce.lists.unreadable_records import UnreadableRecordSkipper

PASSES = 3  # through a list that may grow in its middle, until one finds nothing new
_PAGE_IGNORED = "every page number returns the same page"

logger = logging.getLogger("airbyte")


class PageNumberReader:
    """Reads the slices of one list from its last page to its first.

    A list whose length is unknown is read forward first. One that is not sorted by its `sequence_field` is read until a
    pass finds nothing new.
    """

    def __init__(self, pages: PageFetcher, query: ListQuery, entry_filter: EntryFilter, store: Store) -> None:
        self._pages = pages
        self._listing = pages.listing
        self._query = query
        self._filter = entry_filter
        self._store = store

    def read(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the filtered entries of a slice. Raises BigCommerceError if some may be missing."""
        skipper = self._pages.skipper(piece)
        first = self._first(piece, skipper)
        if first.next is None:
            unseen = UnseenFilter(self._listing.identity)
            yield self._filter.filter(unseen(first.records), piece)  # one page shows one moment
            return
        closed = closed_part(piece, self._store.sync_started_at()) if self._can_grow_by_edits else None
        if closed is None or closed.window == piece.window:  # what is changed from now on belongs to a later slice
            yield from self._read(piece, first, skipper)
            skipper.end()
            return
        assert closed.window is not None
        end = closed.window.end
        had_entries = _has_entries_before(end, self._filter, first)
        skipper = self._pages.skipper(closed)
        first = self._first(closed, skipper)
        if not first.records and first.next is None:
            whole = self._pages.fetch(piece, None)
            if _has_entries_before(end, self._filter, whole) or (had_entries and not whole.records):
                raise ended_early(self._pages, 0)
        yield from self._read(closed, first, skipper)
        del first
        began = self._store.sync_started_at()
        yield from self._read_sync_boundary(closed.restrict(end, began + SECOND))
        # No state depends on this: it was changed after the sync began, and the next sync reads it.
        yield from self._read_open_tail(closed.restrict(began + SECOND, began))
        skipper.end()

    @property
    def _can_grow_by_edits(self) -> bool:
        """True if edited records may join a slice, and windows can be requested."""
        dates = self._listing.date_filter
        return dates is not None and not dates.is_immutable and self._query.selects_by_date

    def _first(self, piece: ListSlice, skipper: UnreadableRecordSkipper) -> Page:
        """Returns the first page; an empty one if the store cannot serve the first record."""
        try:
            return self._pages.first(piece)
        except PageTooHeavy as error:
            return skipper.second_page(error)

    def _read_sync_boundary(self, boundary: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the entries of the seconds around the beginning of the sync; more than a page only after them."""
        first = self._pages.fetch(boundary, None)
        if first.next is not None:
            assert boundary.window is not None
            time.sleep(max(0.0, (boundary.window.end + CLOCK_MARGIN - self._store.now()).total_seconds()))
            first = self._pages.fetch(boundary, None)
        skipper = self._pages.skipper(boundary)
        yield from self._read(boundary, first, skipper)
        skipper.end()

    def _read_open_tail(self, tail: ListSlice) -> Iterator[Sequence[Record]]:
        first = self._pages.fetch(tail, None)
        unseen = UnseenFilter(self._listing.identity)
        yield self._filter.filter(unseen(first.records), tail)
        skipper = self._pages.skipper(tail)
        yield from self._forward(tail, first, unseen, skipper)
        skipper.end()

    def _read(self, piece: ListSlice, first: Page, skipper: UnreadableRecordSkipper) -> Iterator[Sequence[Record]]:
        unseen = UnseenFilter(self._listing.identity)
        yield self._filter.filter(unseen(first.records), piece)
        if first.next is None:
            return
        fewest, begun = first.total or 0, 0
        last = -(-fewest // _size_of(first, self._listing.pagination))
        if not fewest or fewest < len(first.records):  # no total, or an impossible one
            last, fewest, begun = (yield from self._forward(piece, first, unseen, skipper)), 0, 1
            if not last:
                return
        for passes in range(begun, PASSES):
            known, order = unseen.known, AscendingOrder(self._listing.sequence_field)
            insertions = InsertionDetector(self._listing.date_filter, piece, self._query, self._store)
            for page, is_forward in self._backward(piece, first, last, skipper):
                fewest = min(fewest, fewest if page.total is None else page.total)
                new = unseen(page.records)
                order.observe(page.records, new, is_forward)
                insertions.observe(map(self._filter.changed_at, page.records))
                yield self._filter.filter(new, piece)
            grows_at_end = order.is_followed and not insertions.are_possible
            if unseen.known + len(skipper) >= fewest and (grows_at_end or (passes and unseen.known == known)):
                return
        if unseen.known + len(skipper) < fewest:
            raise IncompleteListError(f"only {unseen.known} of {fewest} records were returned")
        self._report_changes()

    def _forward(
        self, piece: ListSlice, first: Page, unseen: UnseenFilter, skipper: UnreadableRecordSkipper
    ) -> Generator[Sequence[Record], None, int]:
        """Yields the entries after a first page. Returns the number of pages; 0 if every page number returns the whole
        list."""
        number, size, more = 1, _size_of(first, self._listing.pagination), first.next is not None
        repetitions = RepetitionDetector(self._listing.identity, first.records)
        while more:
            records = 0
            for page in self._pieces(piece, number + 1, size, _limit_of(first, self._listing.pagination), skipper):
                fresh = unseen(page.records)
                yield self._filter.filter(fresh, piece)
                if self._may_be_whole and page.records and 2 * len(fresh) <= len(page.records):
                    return 0  # another page of a paginated list would contain other entries
                if repetitions.is_endless(page.records, bool(fresh)) and page.next is not None:
                    raise IncompleteListError(_PAGE_IGNORED)
                records += len(page.records)
                more = page.next is not None
                if not more:
                    break
            number += bool(records) or more
        return number

    def _report_changes(self) -> None:
        """Raises BigCommerceError if a state could pass missing records. Logs a warning for a list without a date."""
        changed = f"The list of '{self._pages.name}' changed each of the {PASSES} times that it was read."
        if self._listing.date_filter:
            raise BigCommerceError(
                f"{changed} Nothing is lost: {self._pages.resumption()}",
                FailureType.transient_error,
            )
        logger.warning(f"{changed} A record that moved during the sync may be missing; the next full refresh reads it.")

    def _backward(
        self, piece: ListSlice, first: Page, last: int, skipper: UnreadableRecordSkipper
    ) -> Iterator[tuple[Page, bool]]:
        """Yields all pages down to the first one, which is read again: records may have moved into it. Each comes with
        True if it follows the one before, past the reported end."""
        size, limit = _size_of(first, self._listing.pagination), _limit_of(first, self._listing.pagination)
        is_alone = first.total == len(first.records)
        number = last
        while number:
            pages = iter([first]) if is_alone else self._pieces(piece, number, size, limit, skipper, reverse=True)
            page, records, is_last = None, 0, number == last
            for page in pages:
                if is_last:
                    yield from ((past, True) for past in _read_past_reported_end(self._pages, piece, page))
                yield page, False
                is_last, records = False, records + len(page.records)
            number -= 1
            if page is not None and not records and first.total:  # the list has become shorter, or was never so long
                if page.total is None:
                    page = self._pages.fetch(piece, None)
                    yield Page([], None, page.total), False
                left = page.total if page.records else page.total or 0
                if left is None or left > number * size:
                    raise IncompleteListError(f"page {number + 1} is empty though there are {left or 'some'} records")
                number = -(-left // size)

    def _pieces(
        self,
        piece: ListSlice,
        number: int,
        size: int,
        limit: int,
        skipper: UnreadableRecordSkipper,
        reverse: bool = False,
    ) -> Iterator[Page]:
        """Yields the page of this number, which contains `size` records if `limit` were requested; smaller pages if the
        store does not serve it, without the records that it does not serve at all."""
        indexes, less = range((number - 1) * size, number * size), smaller(size)
        if not skipper.has_skipped(indexes) and (less is None or self._pages.size.of(size) >= size):
            try:
                page = self._pages.fetch(piece, {"limit": limit, "page": number})
            except PageTooHeavy as error:
                if less is None:
                    skipper.skip(indexes.start, error)
            else:
                skipper.record_served(indexes.start, page)
                yield page
                return
        if less is not None:
            parts = range(indexes.start // less + 1, indexes.stop // less + 1)
            for part in reversed(parts) if reverse else parts:
                yield from self._pieces(piece, part, less, less, skipper, reverse)

    @property
    def _may_be_whole(self) -> bool:
        return isinstance(self._listing.pagination, MaybePaginated)


def _has_entries_before(end: datetime, filter_: EntryFilter, page: Page) -> bool:
    """Returns True if a page has entries that were not changed since `end`. If the whole first page of a slice was
    changed since, nothing contradicts that the others were changed as well."""
    dates = map(filter_.changed_at, page.records)
    return any(date is None or date < end for date in dates)


def _limit_of(first: Page, pagination: Pagination) -> int:
    """The number of records requested with the first page."""
    return int((first.next or {}).get("limit", pagination.limit))


def _size_of(first: Page, pagination: Pagination) -> int:
    """The number of records on a page, which may be fewer than requested."""
    return len(first.records) or _limit_of(first, pagination)


def _read_past_reported_end(pages: PageFetcher, piece: ListSlice, last: Page) -> Iterator[Page]:
    """Yields the pages after a full one that is the last according to the reported total."""
    unseen = UnseenFilter(pages.listing.identity)
    repetitions = RepetitionDetector(pages.listing.identity, unseen(last.records))
    while (following := last.next) is not None:
        before = last
        last = _fetch_after(pages, piece, before, following)
        is_repeated, enough = last.records == before.records, last.total or len(last.records) + 1
        if is_repeated and len(last.records) >= enough and isinstance(pages.listing.pagination, MaybePaginated):
            return  # the whole list, by its own total
        if repetitions.is_endless(last.records, bool(unseen(last.records))):
            raise IncompleteListError(_PAGE_IGNORED)
        yield last


def _fetch_after(pages: PageFetcher, piece: ListSlice, full: Page, following: Params) -> Page:
    """Fetches the page after a full one; a smaller one where that is too heavy."""
    index, size = (int(following["page"]) - 1) * len(full.records), len(full.records)
    while True:
        try:
            return pages.fetch(piece, following, may_be_empty=True)
        except PageTooHeavy:
            less = smaller(size)
            if less is None:
                raise
            following, size = {"limit": less, "page": index // less + 1}, less

"""Division of the time windows of a list into slices that workers read in parallel."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import requests

from source_bigcommerce.api.client import Store, with_query
from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.json_body import decode, release
from source_bigcommerce.api.pagination import Page, Params, Record, with_integer_ids
from source_bigcommerce.lists.bisection import bisected
from source_bigcommerce.lists.client import ListClient
from source_bigcommerce.lists.entry_filter import EntryFilter
from source_bigcommerce.lists.page_size import limits_of
from source_bigcommerce.lists.pages import PageFetcher
from source_bigcommerce.lists.query import ListQuery
from source_bigcommerce.lists.sampling import Sample, SamplePages, cut, sample_of, sample_page
from source_bigcommerce.lists.slices import EARLIEST, SECOND, ListSlice, TimeWindow

_FUTURE = timedelta(days=1)

logger = logging.getLogger("airbyte")


class TimeSlicer:
    """Cuts the windows of one list during one sync."""

    def __init__(
        self, pages: PageFetcher, client: ListClient, query: ListQuery, entry_filter: EntryFilter, store: Store
    ) -> None:
        self._pages = pages
        self._listing = pages.listing
        self._client = client
        self._query = query
        self._filter = entry_filter
        self._store = store

    def cut(self, whole: ListSlice, total: int) -> Iterator[ListSlice]:
        """Yields slices that tile the window of `whole`, about `total` entries, each as soon as its end is known."""
        assert whole.window is not None
        if self._listing.slices_by_count:
            yield from self._cut_by_count(whole, whole.window, total)
            return
        oldest_first = isinstance(whole.first_page, Page) and _is_sorted_by_id(whole.first_page.records)
        for start, end, sample in self._windows(whole, whole.window, total):
            if whole.window == TimeWindow(start, end):
                yield whole
                return
            whole.first_page = None
            piece = whole.restrict(start, end)
            if sample and sample.start < sample.end and oldest_first:
                piece.sample = sample
            yield piece

    def _cut_by_count(self, whole: ListSlice, window: TimeWindow, total: int) -> Iterator[ListSlice]:
        most = self._listing.pages_per_slice * self._listing.pagination.limit
        if total <= most or not self._counts_by_date(whole):
            yield whole
            return
        whole.first_page = None
        for part in bisected(window, total, most, lambda part: self._count(whole, part)):
            yield whole.restrict(part.start, part.end)

    def _counts_by_date(self, whole: ListSlice) -> bool:
        """Returns True if the store applies both date filters, to the date that the entries have. Otherwise each slice
        would read the list from its beginning, or one could miss an entry that belongs to another."""
        entries = whole.first_page.records if isinstance(whole.first_page, Page) else ()
        dated = next((date for entry in entries if (date := self._filter.changed_at(entry))), None)
        now = self._store.sync_started_at()
        is_applied = (
            dated is not None
            and self._query.selects_by_date
            and self._count(whole, TimeWindow(EARLIEST, EARLIEST + SECOND)) == 0
            and self._count(whole, TimeWindow(now + _FUTURE, now)) == 0  # whose end is open
            and bool(self._count(whole, TimeWindow(dated, dated + SECOND)))
        )
        if not is_applied:
            logger.info(f"'{self._pages.name}' is read in one slice: the store does not count its records by date.")
        return is_applied

    def _count(self, whole: ListSlice, window: TimeWindow) -> int | None:
        """Returns the number of entries in a window; None if the store does not report it, or not now."""
        position = {**self._listing.pagination.first(), "limit": 1}
        piece = whole.restrict(window.start, window.end)
        try:
            response = self._client.send_page(
                self._listing.endpoint,
                lambda: self._query.path(piece, position),
                None,
                (),  # a refused period is no reason to leave the filter out elsewhere
                False,
                limits_of(self._listing.pagination.limit, 1),  # few attempts: slices are optional
            )
            page = self._listing.pagination.page(decode(response), position)
        except BigCommerceError as error:
            self._store.breaker.check()
            logger.info(f"The records of '{self._pages.name}' in a period are not counted: {error.message}")
            return None
        return page.total if page.records else 0

    def rows(self, page: requests.Response) -> list[Record]:
        """Returns the entries of a sample; none if the body is not a list."""
        body = decode(page)
        rows = body.get("data") if isinstance(body, dict) else body
        return with_integer_ids(rows) if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []

    def _windows(self, whole: ListSlice, window: TimeWindow, total: int) -> Iterator[tuple[Any, Any, Sample | None]]:
        """Yields the windows that a window is cut into. If the store refuses to select by date, that is a single one,
        as each of several would read the whole list; the first sample shows that, if the first page did not."""
        samples = self._samples(whole, window, total) if self._query.selects_by_date else ()
        for piece in cut(window.start, window.end, samples):
            if not self._query.selects_by_date and piece[0] == window.start:
                yield window.start, window.end, None
                return
            yield piece

    def _samples(self, whole: ListSlice, window: TimeWindow, total: int) -> Iterator[Sample | None]:
        """Yields samples of the window, oldest first."""
        if self._listing.date_filter is None or self._listing.date_filter.newest_first is None:
            return
        numbers = SamplePages(total, self._listing.pages_per_slice)
        read = self._store.map_concurrently(lambda number: (number, self._sample(number, whole, window)), numbers)
        for number, sample in read:
            if sample is None:
                numbers.skip_deeper_than(number)
            yield sample

    def _sample(self, number: int, whole: ListSlice, window: TimeWindow) -> Sample | None:
        """Returns the sample on the page of this number, counted from the newest record; None if there is none.

        A page in the requested order proves that the store does sort, as its default order is the reverse.
        """
        try:
            page = self._sample_page(number, whole, window)
            sample = sample_of([self._filter.changed_at(row) for row in self.rows(page)], page)
        except BigCommerceError as error:
            # Slicing is optional: the records of a store that does not support it are read without it.
            self._store.breaker.check()
            logger.info(f"'{self._pages.name}' is read in larger slices: {error.message}")
            return None
        release(page)  # decoded again when the slice is read: the text needs less memory
        return sample

    def _sample_page(self, number: int, whole: ListSlice, window: TimeWindow) -> requests.Response:
        """Returns the page of the sample of this number; a smaller one from the same record if it is too heavy."""
        # With both filters, as slices use both.
        bounded = whole.restrict(max(window.start, EARLIEST + SECOND), window.end - SECOND)
        for is_last in (False, True):
            position = sample_page(number, self._pages.size)
            try:
                return self._client.send_page(
                    self._listing.endpoint,
                    partial(self._path, bounded, position),
                    None,
                    self._query.optional_filters(),
                    False,
                    limits_of(position["limit"], 1),
                )
            except PageTooHeavy as error:
                self._pages.size.fail(position["limit"], 1, error.is_refused)
                if is_last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _path(self, bounded: ListSlice, position: Params) -> str:
        dates = self._listing.date_filter
        order = {**((dates and dates.newest_first) or {}), **position}
        return with_query(self._listing.endpoint, {**self._query.fixed(), **self._query.filters(bounded), **order})


def _is_sorted_by_id(records: Sequence[Record]) -> bool:
    ids = [record.get("id") for record in records]
    return all(isinstance(one, int) and isinstance(next_one, int) and one < next_one for one, next_one in pairwise(ids))

"""Lists that know page numbers only, read so that a change of the list between two pages loses nothing.

A record that is deleted makes every later one slide a place forward, and one of them over each page boundary: a reader
that goes forward never sees those. Where new records are added at the end, a reader that goes backward sees all that
was there when it began; some of them twice, which is noticed.

Two things put a record into the middle of a list, and push one over each later page boundary the other way: an order
that is not that in which records are made, and a date filter, as an old record that is edited meanwhile joins those
that it selects. The first is met by reading again until nothing new comes; the second by a filter that ends in the
past, so that records can only leave.
"""

from __future__ import annotations

import time
from abc import ABC
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

import orjson
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.paging import Offset, Page, Paging, Params, Record, Unpaged, lossy
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream, bounds, narrowed
from source_bigcommerce.streams.page_size import smaller
from source_bigcommerce.streams.unreadable import Detour

_PAGE_IGNORED = "the same page comes for every page number"
PASSES = 3  # how often a list that may grow in its middle is read until a pass brings nothing new

_SECOND = timedelta(seconds=1)
_ZONES = timedelta(hours=14)  # which zones may differ from UTC
_MARGIN = 2 * _SECOND  # the filter is a second wider than the slice, and servers' clocks differ


class NumberedList(BigCommerceStream, ABC):
    """A list that is read from its last page to its first.

    Where the store does not tell how long the list is, it is read forward first. A list that does not come sorted by
    `serial`, the field of an entry that numbers the entries as they are made, is read until a pass brings nothing new.
    """

    paging: ClassVar[Paging] = Offset()
    serial: ClassVar[str] = "id"
    dates_stay: ClassVar[bool] = False  # whether no edit moves the date that an incremental stream goes by

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        detour = self.detour(stream_slice)
        first = self._first(stream_slice, detour)
        if first.next is None:
            yield self.wanted(_Unseen(self.entry_key)(first.records), stream_slice)  # one page shows one moment
            return
        settled = self._settled_part(stream_slice)
        if settled is None:
            yield from self._read(stream_slice, first, detour)
            detour.end()
            return
        del first
        detour = self.detour(settled)
        yield from self._read(settled, self._first(settled, detour), detour)
        yield from self._read_brink(narrowed(settled, bounds(settled)[1], self.store.started() + _SECOND))
        # Nothing of this is owed to the state: it was changed after the sync began, and is read by the next one.
        rest = narrowed(settled, self.store.started() + _SECOND, self.store.started())
        yield from self._once_over(rest)
        detour.end()

    def _first(self, stream_slice: Mapping[str, Any] | None, detour: Detour) -> Page:
        """The first page; one without records where the store cannot serve the first record."""
        try:
            return self.first_page(stream_slice)
        except PageTooHeavy as error:
            return detour.second_page(error)

    def _settled_part(self, stream_slice: Mapping[str, Any] | None) -> StreamSlice | None:
        """What may be read apart as no record can join it; None where nothing joins, or parts cannot be asked for."""
        if not isinstance(self, IncrementalStream) or self.dates_stay or self.selects_no_dates:
            return None
        return self.settled(stream_slice)

    def _read_brink(self, brink: StreamSlice) -> Iterator[Sequence[Record]]:
        """The seconds around the beginning of the sync. More than a page of changes is waited for to be past."""
        first = self.fetch_page(brink, None)
        if first.next is not None:
            time.sleep(max(0.0, (bounds(brink)[1] + _MARGIN - self.store.now()).total_seconds()))
            first = self.fetch_page(brink, None)
        detour = self.detour(brink)
        yield from self._read(brink, first, detour)
        detour.end()

    def _once_over(self, stream_slice: StreamSlice) -> Iterator[Sequence[Record]]:
        first = self.fetch_page(stream_slice, None)
        new = _Unseen(self.entry_key)
        yield self.wanted(new(first.records), stream_slice)
        detour = self.detour(stream_slice)
        yield from self._forward(stream_slice, first, new, detour)
        detour.end()

    def _read(self, stream_slice: Mapping[str, Any] | None, first: Page, detour: Detour) -> Iterator[Sequence[Record]]:
        new = _Unseen(self.entry_key)
        yield self.wanted(new(first.records), stream_slice)
        if first.next is None:
            return
        fewest, begun = first.total or 0, 0
        last = -(-fewest // self._size_of(first))
        if not fewest or fewest < len(first.records):  # no total, or one that is none
            last, fewest, begun = (yield from self._forward(stream_slice, first, new, detour)), 0, 1
            if not last:
                return
        for passes in range(begun, PASSES):
            known, is_sorted, joins = new.known, True, self._joins(stream_slice)
            for page in self._backward(stream_slice, first, last, detour):
                fewest = min(fewest, fewest if page.total is None else page.total)
                is_sorted &= self._is_sorted(page.records)
                joins.look_at(map(self.changed, page.records) if isinstance(self, IncrementalStream) else ())
                yield self.wanted(new(page.records), stream_slice)
            grows_at_end = is_sorted and not joins.are_possible
            if new.known + len(detour) >= fewest and (grows_at_end or (passes and new.known == known)):
                return
        if new.known + len(detour) < fewest:
            raise lossy(f"only {new.known} different records came of {fewest}")
        self._tell_of_changes()

    def _forward(
        self, stream_slice: Mapping[str, Any] | None, first: Page, new: _Unseen, detour: Detour
    ) -> Generator[Sequence[Record], None, int]:
        """What follows a first page. Returns how many pages there are, 0 where every number brings the whole list."""
        number, size, more = 1, self._size_of(first), first.next is not None
        while more:
            records = 0
            for page in self._pieces(stream_slice, number + 1, size, self._limit_of(first), detour):
                fresh = new(page.records)
                yield self.wanted(fresh, stream_slice)
                if isinstance(self.paging, Unpaged) and page.records and 2 * len(fresh) <= len(page.records):
                    return 0  # a page of a list that has some would hold others
                if page.next is not None and not fresh:
                    raise lossy(_PAGE_IGNORED)
                records += len(page.records)
                more = page.next is not None
                if not more:
                    break
            number += bool(records) or more
        return number

    def _tell_of_changes(self) -> None:
        """Raises BigCommerceError where a state would pass what may be missing."""
        changed = f"The list of '{self.name}' changed each time that it was read, {PASSES} times."
        if isinstance(self, IncrementalStream):
            raise BigCommerceError(
                f"{changed} Nothing is lost: {self.resumption()}",
                FailureType.transient_error,
            )
        self.logger.warning(
            f"{changed} A record that changed its place meanwhile may be missing; the next full refresh brings it."
        )

    def _joins(self, stream_slice: Mapping[str, Any] | None) -> _Joins:
        if not isinstance(self, IncrementalStream) or self.dates_stay or not stream_slice:
            return _Joins(None, None)
        start, end = bounds(stream_slice)
        is_open = self.dates.minimum not in self.filters(stream_slice)
        is_past = end + _MARGIN <= self.store.now()
        doubt = timedelta() if self.zone_is_known else _ZONES
        return _Joins(None if is_open else start - _MARGIN - doubt, end + _MARGIN - doubt, is_past)

    def _backward(
        self, stream_slice: Mapping[str, Any] | None, first: Page, last: int, detour: Detour
    ) -> Iterator[Page]:
        """All pages down to the first one, which is read again: records may have slid into it."""
        size, limit = self._size_of(first), self._limit_of(first)
        is_alone = first.total == len(first.records)
        number = last
        while number:
            pages = iter([first]) if is_alone else self._pieces(stream_slice, number, size, limit, detour, reverse=True)
            page, records, is_last = None, 0, number == last
            for page in pages:
                if is_last:
                    yield from self._beyond(stream_slice, page)
                yield page
                is_last, records = False, records + len(page.records)
            number -= 1
            if page is not None and not records and first.total:  # the list has become shorter, or was never so long
                if page.total is None:
                    page = self.fetch_page(stream_slice, None)
                    yield page
                left = page.total
                if left is None or left > number * size:
                    raise lossy(f"page {number + 1} is empty though there are {left or 'some'} records")
                number = -(-left // size)

    def _beyond(self, stream_slice: Mapping[str, Any] | None, last: Page) -> Iterator[Page]:
        """What follows a full page, though the total says that it is the last one."""
        while (following := last.next) is not None:
            before = last
            last = self._behind(stream_slice, before, following)
            if last.records == before.records:
                if isinstance(self.paging, Unpaged) and len(last.records) >= (last.total or len(last.records) + 1):
                    return  # the whole list, by its own total
                raise lossy(_PAGE_IGNORED)
            yield last

    def _behind(self, stream_slice: Mapping[str, Any] | None, full: Page, following: Params) -> Page:
        """What follows a full page; in a smaller page where that is too heavy."""
        place, size = (int(following["page"]) - 1) * len(full.records), len(full.records)
        while True:
            try:
                return self.fetch_page(stream_slice, following, True)
            except PageTooHeavy:
                less = smaller(size)
                if less is None:
                    raise
                following, size = {"limit": less, "page": place // less + 1}, less

    def _pieces(
        self,
        stream_slice: Mapping[str, Any] | None,
        number: int,
        size: int,
        limit: int,
        detour: Detour,
        reverse: bool = False,
    ) -> Iterator[Page]:
        """The page of this number, which holds `size` records where `limit` were asked for; in smaller ones where the
        store does not serve it, without what it does not serve at all."""
        places, less = range((number - 1) * size, number * size), smaller(size)
        if not detour.skips(places) and (less is None or self.sizes.of(size) >= size):
            try:
                page = self.fetch_page(stream_slice, {"limit": limit, "page": number})
            except PageTooHeavy as error:
                if less is None:
                    detour.skip(places.start, error)
            else:
                detour.served(places.start, page)
                yield page
                return
        if less is not None:
            parts = range(places.start // less + 1, places.stop // less + 1)
            for part in reversed(parts) if reverse else parts:
                yield from self._pieces(stream_slice, part, less, less, detour, reverse)

    def _limit_of(self, first: Page) -> int:
        """The number of records that the first page was asked to hold."""
        return int((first.next or {}).get("limit", self.paging.limit))

    def _size_of(self, first: Page) -> int:
        """The number of records on a page, which may be fewer than were asked for."""
        return len(first.records) or self._limit_of(first)

    def entry_key(self, entry: Record) -> Any:
        """By what an entry of the list is known again; what has no key is itself."""
        key = tuple(entry.get(field) for field in (self._key_fields if self.is_a_record_each else ["id"]))
        return orjson.dumps(entry) if None in key else tuple(map(str, key))

    def _is_sorted(self, records: Sequence[Record]) -> bool:
        keys = [key for record in records if type(key := record.get(self.serial)) is int]
        return len(keys) == len(records) and all(one < next_ for one, next_ in pairwise(keys))


class _Joins:
    """Whether an edit may have brought an old record into a list while that was read.

    It cannot where the list begins with the first record ever, because the minimum was not asked for or is ignored, and
    where a maximum in the past is honoured.
    """

    def __init__(self, minimum: datetime | None, maximum: datetime | None, is_past: bool = True) -> None:
        self._minimum, self._maximum = minimum, maximum
        self._is_whole = minimum is None
        self._is_open = not is_past

    def look_at(self, dates: Iterable[datetime | None]) -> None:
        """Takes note of the dates of records that came."""
        for date in dates:
            self._is_whole |= date is not None and self._minimum is not None and date < self._minimum
            self._is_open |= date is None or (self._maximum is not None and date >= self._maximum)

    @property
    def are_possible(self) -> bool:
        return self._is_open and not self._is_whole


class _Unseen:
    """Tells which records did not come before, by their keys. Raises BigCommerceError for different records of one
    page that have the same key: one would be lost."""

    def __init__(self, key_of: Callable[[Record], Any]) -> None:
        self._key_of = key_of
        self._seen: set[Any] = set()

    @property
    def known(self) -> int:
        return len(self._seen)

    def __call__(self, records: Sequence[Record]) -> Sequence[Record]:
        page: dict[Any, Record] = {}
        for record in records:
            if page.setdefault(key := self._key_of(record), record) != record:
                raise lossy(f"different records have the same key {key}")
        new = [record for key, record in page.items() if key not in self._seen]
        self._seen |= page.keys()
        return new

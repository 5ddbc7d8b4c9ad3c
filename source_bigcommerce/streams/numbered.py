"""Lists that know page numbers only, read so that a change of the list between two pages loses nothing.

A record that is deleted makes every later one slide a place forward, and one of them over each page boundary: a reader
that goes forward never sees those. Where new records are added at the end, a reader that goes backward sees all that
was there when it began; some of them twice, which is noticed.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import orjson

from source_bigcommerce.api.paging import Offset, Page, Paging, Record, Unpaged, lossy
from source_bigcommerce.streams.base import BigCommerceStream

_PAGE_IGNORED = "the same page comes for every page number"
PASSES = 3  # how often a list that is not sorted by key is read until a pass brings nothing new


class NumberedList(BigCommerceStream, ABC):
    """A list that is read from its last page to its first.

    Where the store does not tell how long the list is, it is read forward, and again until a pass brings nothing new.
    So is a list that does not come sorted by key.
    """

    paging: ClassVar[Paging] = Offset()

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        first = self.first_page(stream_slice)
        new = _Unseen(self._key_of)
        yield self.wanted(new(first.records), stream_slice)
        if first.next is None:
            return  # one page shows one moment
        if first.total is None or first.total < len(first.records):  # which is none
            yield from self._again_and_again(stream_slice, first, new)
            return
        for attempt in range(PASSES):
            known, is_sorted, fewest = new.known, True, first.total
            for page in self._backward(stream_slice, first):
                fewest = min(fewest, fewest if page.total is None else page.total)
                is_sorted &= self._is_sorted(page.records)
                yield self.wanted(new(page.records), stream_slice)
            if new.known >= fewest and (is_sorted or (attempt and new.known == known)):
                return
        if new.known < fewest:
            raise lossy(f"only {new.known} different records came of {fewest}")
        self._tell_of_changes()

    def _again_and_again(
        self, stream_slice: Mapping[str, Any] | None, first: Page, new: _Unseen
    ) -> Iterator[Sequence[Record]]:
        """The list forward, from behind its first page, until a pass brings nothing new."""
        page = first
        for _ in range(PASSES):
            known = new.known
            for following in self._forward(stream_slice, page, new):
                yield self.wanted(new(following.records), stream_slice)
            if new.known == known or isinstance(self.paging, Unpaged):
                return
            page = self.fetch_page(stream_slice, None)
            yield self.wanted(new(page.records), stream_slice)
        self._tell_of_changes()

    def _tell_of_changes(self) -> None:
        self.logger.warning(
            f"The list of '{self.name}' changed each time that it was read, {PASSES} times. A record that changed its "
            "place meanwhile may be missing; the next full refresh brings it."
        )

    def _backward(self, stream_slice: Mapping[str, Any] | None, first: Page) -> Iterator[Page]:
        """All pages down to the first one, which is read again: records may have slid into it."""
        size = len(first.records)
        last = number = -(-(first.total or 0) // size)
        while number:
            page = first if last == 1 else self._numbered(stream_slice, number)
            if number == last:
                yield from self._beyond(stream_slice, page, number)
            yield page
            number -= 1
            if not page.records:  # the list has become shorter, or was never so long
                if page.total is None:
                    page = self.fetch_page(stream_slice, None)
                    yield page
                left = page.total
                if left is None or left > number * size:
                    raise lossy(f"page {number + 1} is empty though there are {left or 'some'} records")
                number = -(-left // size)

    def _beyond(self, stream_slice: Mapping[str, Any] | None, last: Page, number: int) -> Iterator[Page]:
        """What follows a full page, though the total says that it is the last one."""
        while last.next is not None:
            number, before = number + 1, last
            last = self._numbered(stream_slice, number, may_be_empty=True)
            if last.records == before.records:
                raise lossy(_PAGE_IGNORED)
            yield last

    def _numbered(self, stream_slice: Mapping[str, Any] | None, number: int, may_be_empty: bool = False) -> Page:
        return self.fetch_page(stream_slice, {**self.paging.first(), "page": number}, may_be_empty)

    def _forward(self, stream_slice: Mapping[str, Any] | None, page: Page, new: _Unseen) -> Iterator[Page]:
        new = _Unseen(self._key_of)
        new(page.records)
        while page.next is not None:
            known = new.known
            page = self.fetch_page(stream_slice, page.next)
            fresh = len(new(page.records))
            if isinstance(self.paging, Unpaged) and page.records and 2 * fresh <= len(page.records):
                yield page  # the whole list once more, as a page by number would hold others
                return
            if page.next is not None and new.known == known:
                raise lossy(_PAGE_IGNORED)
            yield page

    def _key_of(self, record: Record) -> Any:
        key = tuple(record.get(field) for field in (self._key_fields if self.is_a_record_each else ["id"]))
        return orjson.dumps(record) if None in key else tuple(map(str, key))  # what has no key is itself

    def _is_sorted(self, records: Sequence[Record]) -> bool:
        keys = [key for record in records if isinstance(key := record.get(self._key_fields[0]), int)]
        return len(keys) == len(records) and all(one < next_ for one, next_ in pairwise(keys))


class _Unseen:
    """Tells which records did not come before, by their keys."""

    def __init__(self, key_of: Callable[[Record], Any]) -> None:
        self._key_of = key_of
        self._seen: set[Any] = set()

    @property
    def known(self) -> int:
        return len(self._seen)

    def __call__(self, records: Sequence[Record]) -> Sequence[Record]:
        new = []
        for record in records:
            if (key := self._key_of(record)) not in self._seen:
                self._seen.add(key)
                new.append(record)
        return new

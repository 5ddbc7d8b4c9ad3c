"""Detection of changes of a list between two of its pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import IncompleteListError, Record
from source_bigcommerce.lists.listing import DateFilter
from source_bigcommerce.lists.query import ListQuery
from source_bigcommerce.lists.slices import SECOND, ListSlice

_LARGEST_OFFSET = timedelta(hours=14)  # of a time zone from UTC
_MOST_STALE = 10  # pages with nothing new, one after the other
CLOCK_MARGIN = 2 * SECOND  # the filter is a second wider than the slice, and servers' clocks differ


class InsertionDetector:
    """Detects whether an edit may have moved an old record into a slice while it was read.

    That is impossible if the list begins with the first record ever, because no minimum was requested or it is ignored,
    and if the store applies a maximum in the past.
    """

    def __init__(self, dates: DateFilter | None, piece: ListSlice, query: ListQuery, store: Store) -> None:
        self._minimum: datetime | None = None
        self._maximum: datetime | None = None
        self._is_open = False
        if dates and not dates.is_immutable and piece.window:
            uncertainty = timedelta() if dates.timestamps_are_utc else _LARGEST_OFFSET
            if dates.minimum in query.filters(piece):
                self._minimum = piece.window.start - CLOCK_MARGIN - uncertainty
            self._maximum = piece.window.end + CLOCK_MARGIN - uncertainty
            self._is_open = piece.window.end + CLOCK_MARGIN > store.now()
        self._is_whole = self._minimum is None

    def observe(self, dates: Iterable[datetime | None]) -> None:
        """Records the dates of the records on a page."""
        for date in dates:
            self._is_whole |= date is not None and self._minimum is not None and date < self._minimum
            self._is_open |= self._maximum is not None and (date is None or date >= self._maximum)

    @property
    def are_possible(self) -> bool:
        """True if an edited record may have been inserted."""
        return self._is_open and not self._is_whole


class UnseenFilter:
    """Drops records that were returned before, by their identity.

    Raises IncompleteListError for different records of one page with the same identity: one would be lost.
    """

    def __init__(self, identity: Callable[[Record], Any]) -> None:
        self._identity = identity
        self._seen: set[Any] = set()

    @property
    def known(self) -> int:
        """The number of different records so far."""
        return len(self._seen)

    def __call__(self, records: Sequence[Record]) -> Sequence[Record]:
        page: dict[Any, Record] = {}
        for record in records:
            if page.setdefault(key := self._identity(record), record) != record:
                raise IncompleteListError(f"different records have the same key {key}")
        new = [record for key, record in page.items() if key not in self._seen]
        self._seen |= page.keys()
        return new


class RepetitionDetector:
    """Detects a list that never ends because it ignores the numbers of pages.

    Entries inserted before a page make it repeat earlier ones, even the whole previous page if that is short, but not
    the same page again and again. The contents of entries are not compared: a number of views differs each time.
    """

    def __init__(self, identity: Callable[[Record], Any], first: Sequence[Record]) -> None:
        self._identity = identity
        self._before = [identity(record) for record in first]
        self._stale = 0
        self._repeated = 0

    def is_endless(self, records: Sequence[Record], has_new: bool) -> bool:
        """Returns True for the second page in a row that repeats the previous one, or with nothing new after many such
        pages."""
        before, self._before = self._before, [self._identity(record) for record in records]
        self._stale = 0 if has_new else self._stale + 1
        self._repeated = self._repeated + 1 if not has_new and self._before == before else 0
        return self._stale > _MOST_STALE or self._repeated > 1


class AscendingOrder:
    """Determines whether a list is sorted by the field that numbers its entries in the order of their creation, as far
    as its pages show."""

    def __init__(self, sequence_field: str) -> None:
        self.is_followed = True
        self._field = sequence_field
        self._lowest, self._highest = math.inf, -math.inf

    def observe(self, page: Sequence[Record], new: Sequence[Record], is_forward: bool) -> None:
        """Notes the entries of a page, and those that no page has contained before. The page follows those that have
        been noted if it `is_forward`, otherwise it precedes them."""
        numbers, added = self._numbers(page), self._numbers(new)
        self.is_followed &= len(numbers) == len(page) and all(one < next_ for one, next_ in pairwise(numbers))
        self.is_followed &= all(one > self._highest if is_forward else one < self._lowest for one in added)
        self._lowest, self._highest = min([self._lowest, *numbers]), max([self._highest, *numbers])

    def _numbers(self, records: Sequence[Record]) -> list[int]:
        return [key for record in records if (key := to_integer(record.get(self._field))) is not None]

"""The size of the pages of one list: as large as the store serves them, and as memory bears them.

A store may fail to serve a large page of heavy records (502, 503, 504, a timeout), refuse its size (413), or serve a
body of a hundred megabytes. The list then goes on in smaller pages. Those of a store that serves them all keep their
size, and no request is spent on finding that out.
"""

from __future__ import annotations

import math
import threading

from source_bigcommerce.api.errors import ErrorTable
from source_bigcommerce.api.transport import PageLimits

HEAVIEST_PAGE = 4 * 1024**2  # bytes of JSON, which take several times the room when they are decoded
LARGEST_BODY = 8 * 1024**2  # bytes, from which on a page is not read to its end but asked for in smaller ones
ATTEMPTS = 3  # before a page is asked for in smaller ones
_SIZES = (250, 50, 10, 2, 1)  # each divides the one before, so that page numbers stay aligned
_WAIT = 2  # pages' worth of records that are read in smaller pages before the larger size is tried again
_LONGER = 4  # times, after each failure


def smaller(size: int) -> int | None:
    """The next smaller size that divides this one; None for pages of one record."""
    return next((one for one in _SIZES if one < size and size % one == 0), None)


def limits_of(size: int, smallest: int) -> PageLimits:
    """The limits of a request for so many records: little is spent on it where a smaller page may do."""
    return PageLimits(ATTEMPTS, LARGEST_BODY) if size > smallest else PageLimits(ErrorTable.max_retries + 1)


class PageSize:
    """The size of the pages of one list, which several threads may read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._largest = math.inf  # that the store does not refuse
        self._served = math.inf  # the largest that is asked for
        self._fitting = math.inf  # the largest whose pages are light enough
        self._waits: dict[int, int] = {}  # sizes that failed: records to read before they are tried again
        self._left = 0  # of the wait for the next larger size
        self.weight = 0.0  # bytes of a record, on the last page

    def of(self, limit: int) -> int:
        """The size to ask for in place of `limit`."""
        return int(max(1, min(limit, self._largest, self._served, self._fitting)))

    def fail(self, size: int, smallest: int, is_refused: bool) -> None:
        """Notes that a page of this size was not served. A size that `is_refused` is not tried again."""
        less = max(smallest, next((one for one in _SIZES if one < size), 1))
        with self._lock:
            if is_refused:
                self._largest = min(self._largest, less)
            elif size <= self._served:  # otherwise another thread has noted it
                self._waits[size] = self._waits[size] * _LONGER if size in self._waits else _WAIT * size
                self._served, self._left = less, self._waits[size]

    def succeed(self, records: int, weight: int) -> None:
        """Notes that a page of so many records and bytes was served."""
        if not records:
            return
        with self._lock:
            self.weight = weight / records
            self._fitting = HEAVIEST_PAGE // max(1.0, self.weight)
            self._left -= records
            if self._left <= 0 and self._served < math.inf:
                self._grow()

    def _grow(self) -> None:
        larger = sorted(size for size in self._waits if size > self._served)
        self._served = larger[0] if larger else math.inf
        self._left = self._waits[larger[1]] if larger[1:] else 0

    def forget_failures(self) -> None:
        """Called when single records turned out to be the cause of them."""
        with self._lock:
            self._waits.clear()
            self._served, self._left = math.inf, 0

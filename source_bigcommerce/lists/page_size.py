"""The size of the pages of one list: as large as the store serves them and memory allows.

A store may fail to serve a large page of heavy records (502, 503, 504, a timeout), refuse its size (413), or return a
body of a hundred megabytes. The list then continues in smaller pages. If the store serves every page, there is no
additional request.
"""

from __future__ import annotations

import math
import threading

from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.transport import PageLimits

HEAVIEST_PAGE = 4 * 1024**2  # bytes of JSON, which take several times as much memory when decoded
LARGEST_BODY = 8 * 1024**2  # bytes; a larger page is abandoned and requested in smaller ones
ATTEMPTS = 3  # before a page is requested in smaller ones
_SIZES = (250, 50, 10, 2, 1)  # each divides the previous one, so that page numbers stay aligned
_WAIT = 2  # pages of the larger size, whose records are read in smaller ones before that size is tried again
_LONGER = 4  # times, after each failure


def smaller(size: int) -> int | None:
    """Returns the next smaller page size that divides this one; None for pages of one record."""
    return next((one for one in _SIZES if one < size and size % one == 0), None)


def limits_of(size: int, smallest: int) -> PageLimits:
    """Returns the limits of a request for a page of this size: few attempts if a smaller page is possible."""
    return (
        PageLimits(ATTEMPTS, LARGEST_BODY) if size > smallest else PageLimits(BigCommerceErrorHandler.max_retries + 1)
    )


class PageSize:
    """The size of the pages of one list, which several threads may read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accepted = math.inf  # the largest that the store does not refuse
        self._requested = math.inf  # the largest to request at the moment
        self._fitting = math.inf  # the largest whose pages are light enough
        self._waits: dict[int, int] = {}  # by size that failed: records to read before it is tried again
        self._left = 0  # of the wait for the next larger size
        self.record_bytes = 0.0  # on average, on the last page

    def of(self, limit: int) -> int:
        """Returns the page size to request instead of `limit`."""
        return int(max(1, min(limit, self._accepted, self._requested, self._fitting)))

    def fail(self, size: int, smallest: int, is_refused: bool) -> None:
        """Records that a page of this size was not served. A size that `is_refused` is not tried again."""
        less = max(smallest, next((one for one in _SIZES if one < size), 1))
        with self._lock:
            if is_refused:
                self._accepted = min(self._accepted, less)
            elif size <= self._requested:  # otherwise another thread has recorded it
                self._waits[size] = self._waits[size] * _LONGER if size in self._waits else _WAIT * size
                self._requested, self._left = less, self._waits[size]

    def succeed(self, records: int, size: int) -> None:
        """Records that a page with this number of records and bytes was served."""
        if not records:
            return
        with self._lock:
            self.record_bytes = size / records
            self._fitting = HEAVIEST_PAGE // max(1.0, self.record_bytes)
            self._left -= records
            if self._left <= 0 and self._requested < math.inf:
                self._grow()

    def _grow(self) -> None:
        larger = sorted(size for size in self._waits if size > self._requested)
        self._requested = larger[0] if larger else math.inf
        self._left = self._waits[larger[1]] if larger[1:] else 0

    def forget_refusals(self) -> None:
        """Discards the refused sizes once the smallest one has been refused as well."""
        with self._lock:
            self._accepted = math.inf

    def forget_failures(self) -> None:
        """Discards the failures once single records have turned out to be their cause."""
        with self._lock:
            self._waits.clear()
            self._requested, self._left = math.inf, 0

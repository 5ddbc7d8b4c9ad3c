"""Where a window of time is cut, so that each slice holds about as many records as the next.

Calendar slices are empty in quiet months and huge in busy ones. Here the store itself is asked for the record at
each quantile: one request of one record per boundary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

# One boundary costs one request and a slice of this size forty, so probes stay under 3 % of the requests; a sync that
# is killed reads about so many records again per worker. A little less than forty full pages of 250, because the
# seconds at a boundary are read twice and each page of a V2 list may repeat the last record of the one before.
RECORDS_PER_SLICE = 40 * 250 - 60


def slices(
    lower: datetime,
    upper: datetime,
    total: int,
    probe: Callable[[int], datetime | None],
) -> Iterator[tuple[datetime, datetime]]:
    """Windows that tile [lower, upper], yielded as soon as their end is known; the last holds half a slice to one
    and a half.

    `total` is about how many records there are. `probe(k)` returns the date of the k-th record (from 0) by date, or
    None where the store does not tell. A boundary that makes no sense (before the last one, outside the window) is
    left out: slices may be uneven, but they always tile the window.
    """
    start = lower
    for position in range(RECORDS_PER_SLICE, total - RECORDS_PER_SLICE // 2, RECORDS_PER_SLICE):
        boundary = probe(position)
        if boundary is not None and start < boundary < upper:
            yield start, boundary
            start = boundary
    yield start, upper

"""Where a window of time is cut, so that workers share a long list evenly.

Calendar slices are empty in quiet months and huge in busy ones. Here the store itself is asked where the quantiles lie,
by pages of the list sorted by date. Such a page is not lost on looking: it holds every record dated between its first
and its last, so the slice that begins with it need not list them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import requests

from source_bigcommerce.streams.page_size import PageSize

# Records per sample. With a few less than the 250 of a page, what lies between two samples fits into whole pages,
# though the seconds at its ends are listed too and each page of a V2 list may repeat the last record of the one before.
SAMPLE_SIZE = 247


@dataclass(frozen=True)
class Sample:
    """A page of the list, newest first. It holds every record dated from `start` until before `end`.

    Where it tells no more than a date, `start` and `end` are the same.
    """

    start: datetime
    end: datetime
    page: requests.Response


def sample_of(dates: Sequence[datetime | None], page: requests.Response) -> Sample | None:
    """What the page proves whose records have these dates; None unless they are sorted, newest first."""
    known = [date for date in dates if date is not None]
    if not known or len(known) < len(dates) or any(later > date for date, later in pairwise(known)):
        return None
    newest, oldest = known[0], known[-1]
    # Of the oldest second some records may be on the next page, and of the newest on the one before.
    return Sample(min((date for date in known if date > oldest), default=newest), newest, page)


def sample_page(number: int, size: PageSize) -> Mapping[str, int]:
    """The paging parameters of the sample of this number; of one in its place where pages are smaller."""
    limit = size.of(SAMPLE_SIZE)
    return {"limit": limit, "page": (number - 1) * SAMPLE_SIZE // limit + 1}


class SamplePages(Iterator[int]):
    """The numbers of the pages to look at, counted from the newest record, that cut a list of about `total` records
    into slices of a sample and so many pages each; the oldest slice holds half as many to one and a half."""

    def __init__(self, total: int, pages_per_slice: int) -> None:
        self._distance = pages_per_slice + 1
        self._slices = max(0, round(total / (self._distance * SAMPLE_SIZE)) - 1)

    def __next__(self) -> int:
        if not self._slices:
            raise StopIteration
        self._slices -= 1
        return (self._slices + 1) * self._distance

    def tells_nothing(self, number: int) -> None:
        """The page of this number is of no use. Perhaps there is none: a total may be that of another list, and then
        it can name any number of pages. So the next one is looked for half as deep."""
        self._slices = min(self._slices, number // self._distance // 2)


def cut(
    lower: datetime, upper: datetime, samples: Iterable[Sample | None]
) -> Iterator[tuple[datetime, datetime, Sample | None]]:
    """Windows that tile [lower, upper], each with the sample at its beginning, as soon as its end is known.

    `samples` come oldest first. One that makes no sense (none at all, not behind the last one, outside the window) is
    left out: slices may be uneven, but they always tile the window.
    """
    start, head = lower, None
    for sample in samples:
        behind = head.end if head else start
        if sample is not None and start < sample.start and behind <= sample.start < upper and sample.end <= upper:
            yield start, sample.start, head
            start, head = sample.start, sample
    yield start, upper, head

"""The boundaries at which a time window is cut, so that workers share a long list evenly.

Calendar slices are empty in quiet months and huge in busy ones. Here the boundaries are quantiles of the list itself,
read from single pages of the list sorted by date. Such a page is not wasted: it contains every record dated between its
first and its last, so the slice that begins with it need not request them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import requests

from source_bigcommerce.lists.page_size import PageSize

# Records per sample. With slightly less than the 250 of a page, the records between two samples fit into whole pages,
# although the seconds at both ends are read too and each page of a V2 list may repeat the last record of the previous.
SAMPLE_SIZE = 247


@dataclass(frozen=True)
class Sample:
    """A page of the list, newest first. It contains every record dated from `start` until before `end`.

    `start` and `end` are equal if the page contains no more than one date.
    """

    start: datetime
    end: datetime
    page: requests.Response


def sample_of(dates: Sequence[datetime | None], page: requests.Response) -> Sample | None:
    """Returns the sample in a page whose records have these dates; None unless they are sorted, newest first."""
    known = [date for date in dates if date is not None]
    if not known or len(known) < len(dates) or any(later > date for date, later in pairwise(known)):
        return None
    newest, oldest = known[0], known[-1]
    # Some records of the oldest second may be on the next page, and some of the newest on the previous one.
    return Sample(min((date for date in known if date > oldest), default=newest), newest, page)


def sample_page(number: int, size: PageSize) -> Mapping[str, int]:
    """Returns the pagination parameters of a sample; of a smaller one at the same position if pages are smaller."""
    limit = size.of(SAMPLE_SIZE)
    return {"limit": limit, "page": (number - 1) * SAMPLE_SIZE // limit + 1}


class SamplePages(Iterator[int]):
    """The page numbers of the samples, counted from the newest record, oldest first.

    They cut a list of about `total` records into slices of one sample and `pages_per_slice` pages each; the oldest
    slice has between half and one and a half times as many.
    """

    def __init__(self, total: int, pages_per_slice: int) -> None:
        self._distance = pages_per_slice + 1
        self._slices = max(0, round(total / (self._distance * SAMPLE_SIZE)) - 1)

    def __next__(self) -> int:
        if not self._slices:
            raise StopIteration
        self._slices -= 1
        return (self._slices + 1) * self._distance

    def skip_deeper_than(self, number: int) -> None:
        """Continues at half the depth of this page, which was unusable: the total may be wrong, and then the number of
        pages is arbitrary."""
        self._slices = min(self._slices, number // self._distance // 2)


def cut(
    lower: datetime, upper: datetime, samples: Iterable[Sample | None]
) -> Iterator[tuple[datetime, datetime, Sample | None]]:
    """Yields windows that tile [lower, upper], each with the sample at its beginning, as soon as its end is known.

    `samples` are sorted, oldest first. An unusable one (missing, not after the last one, outside the window) is
    skipped: slices may be uneven, but they always tile the window.
    """
    start, head = lower, None
    for sample in samples:
        after = head.end if head else start
        if sample is not None and start < sample.start and after <= sample.start < upper and sample.end <= upper:
            yield start, sample.start, head
            start, head = sample.start, sample
    yield start, upper, head

"""Windows with few entries each, for lists that only count them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.pagination import Page
from source_bigcommerce.lists.bisection import bisected
from source_bigcommerce.lists.slices import EARLIEST, SECOND, ListSlice, TimeWindow
from source_bigcommerce.streams.b2b_companies import CompanyCredit
from unit_tests.support import make_stream

START = datetime(1970, 1, 1, tzinfo=timezone.utc)
WINDOW = TimeWindow(START, datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=timezone.utc))
FUTURE = datetime(2100, 1, 1, tzinfo=timezone.utc)
SECONDS = int((WINDOW.end - START).total_seconds())
DATES = st.lists(st.integers(0, SECONDS - 1) | st.integers(1_700_000_000, 1_700_100_000), max_size=60)


def counting(dates: list[int], requests: list[TimeWindow]) -> object:
    def count(window: TimeWindow) -> int:
        requests.append(window)
        assert len(requests) < 3_000
        return sum(window.start <= START + timedelta(seconds=date) < window.end for date in dates)

    return count


@given(DATES, st.integers(1, 10))
def test_windows_tile_the_whole_and_have_few_entries(dates: list[int], most: int) -> None:
    found = list(bisected(WINDOW, len(dates), most, counting(dates, [])))
    assert (found[0].start, found[-1].end) == (WINDOW.start, WINDOW.end)
    assert all(one.end == following.start for one, following in pairwise(found))
    for one in found:
        inside = counting(dates, [])(one)
        assert (
            inside <= most
            or len({date // 120 for date in dates if one.start <= START + timedelta(seconds=date) < one.end}) <= 3
        )
    assert len(found) <= 1 + 2 * len(dates) // most


def test_entries_of_one_day_among_decades_take_few_requests() -> None:
    requests: list[TimeWindow] = []
    found = list(bisected(WINDOW, 1_000, 100, counting([1_700_000_000 + 80 * n for n in range(1_000)], requests)))
    assert 10 <= len(found) <= 20
    assert len(requests) <= 50


def test_a_list_that_is_short_or_not_counted_is_one_window() -> None:
    assert list(bisected(WINDOW, 5, 5, lambda _: 1 / 0)) == [WINDOW]
    assert list(bisected(WINDOW, 500, 5, lambda _: None)) == [WINDOW]


@given(st.lists(st.none() | st.integers(0, 50)), st.integers(0, 1_000))
def test_wrong_counts_leave_no_gap(counts: list[int | None], total: int) -> None:
    """A store that ignores the filter, or whose list changes, may return any number."""
    left = iter(counts)
    found = list(bisected(WINDOW, total, 10, lambda _: next(left, None)))
    assert (found[0].start, found[-1].end) == (WINDOW.start, WINDOW.end)
    assert all(one.end == following.start for one, following in pairwise(found))


ENTRIES = 2_000  # one a second
FIRST = 1_700_000_000


def counted(start: datetime, end: datetime, shift: int = 0) -> int:
    """The number of these entries in a period, by dates that differ by so many seconds from those that they have."""
    first = START + timedelta(seconds=FIRST + shift)
    inside = [max(0, min(ENTRIES, int((one - first) / SECOND))) for one in (start, end)]
    return max(0, inside[1] - inside[0])


@pytest.mark.parametrize(
    ("count", "is_cut"),
    [
        (lambda window: counted(window.start, window.end), True),
        (lambda window: counted(EARLIEST, window.end), False),
        (lambda window: counted(window.start, FUTURE), False),
        (lambda _: ENTRIES, False),
        (lambda window: counted(window.start, window.end, shift=-86_400), False),
        (lambda _: None, False),
    ],
    ids=["both filters", "no minimum", "no maximum", "no filter", "another date", "no totals"],
)
def test_slices_are_counted_only_if_the_store_filters_by_the_dates_of_the_entries(
    monkeypatch: pytest.MonkeyPatch, count: Callable[[TimeWindow], int | None], is_cut: bool
) -> None:
    """Each of several slices would read the list from its beginning, or entries would be in none of them."""
    reader = make_stream(CompanyCredit).reader
    now = WINDOW.end
    reader.store._started = now
    reader.store.now = lambda: now
    slicer = reader._slicer

    def counting(whole: ListSlice, window: TimeWindow) -> int | None:
        # The last window of a sync is requested without an end.
        return count(window if window.end != now else TimeWindow(window.start, FUTURE))

    monkeypatch.setattr(slicer, "_count", counting)
    rows = [{"id": 1, "updated_at": FIRST}]
    whole = ListSlice(window=WINDOW, first_page=Page(rows, {"limit": 100, "page": 2}, ENTRIES))
    slices = list(slicer.cut(whole, ENTRIES))
    assert (len(slices) > 3) == is_cut
    assert is_cut or slices == [whole]
    windows = [one.window for one in slices if one.window]
    assert (windows[0].start, windows[-1].end) == (WINDOW.start, WINDOW.end)

"""The boundaries of slices: anywhere, as long as no record is between two slices."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.lists.page_size import PageSize
from source_bigcommerce.lists.sampling import SAMPLE_SIZE, Sample, SamplePages, cut, sample_of, sample_page
from unit_tests.support import response

LOWER = datetime(2020, 1, 1, tzinfo=timezone.utc)
PAGE = 250
ANY_PAGE = response()


def at(seconds: int) -> datetime:
    return LOWER + timedelta(seconds=seconds)


SECONDS = st.integers(-1000, 3000)
SAMPLES = st.lists(
    st.none()
    | st.builds(lambda start, length: Sample(at(start), at(start + length), ANY_PAGE), SECONDS, st.integers(0, 500)),
    max_size=30,
)


@given(length=st.integers(0, 2000), samples=SAMPLES)
def test_slices_tile_the_window_whatever_the_store_says(length: int, samples: list[Sample | None]) -> None:
    """The samples are a live store's responses: late, out of order, out of the window, or none at all."""
    upper = at(length)
    found = list(cut(LOWER, upper, samples))
    assert found[0][0] == LOWER
    assert found[-1][1] == upper
    assert all(end == start for (_, end, _), (start, _, _) in pairwise(found))
    assert len(found) == 1 or all(start < end for start, end, _ in found)


@given(length=st.integers(0, 2000), samples=SAMPLES)
def test_a_sample_lies_at_the_beginning_of_its_own_slice(length: int, samples: list[Sample | None]) -> None:
    """Its records are not requested again: a part of it in another slice would never be read."""
    first, *others = cut(LOWER, at(length), samples)
    assert first[2] is None
    for start, end, sample in others:
        assert sample is not None
        assert start == sample.start <= sample.end <= end


@given(
    ranks=st.lists(st.integers(0, 60), min_size=20, max_size=200), first=st.integers(0, 100), size=st.integers(2, 50)
)
def test_a_sample_holds_every_record_between_its_bounds(ranks: list[int], first: int, size: int) -> None:
    """Against the list that the page was cut out of, with many records in one second."""
    newest_first = sorted((at(rank) for rank in ranks), reverse=True)
    page = newest_first[first : first + size]
    sample = sample_of(page, ANY_PAGE)
    if not page:
        assert sample is None
        return
    assert sample is not None
    inside = [date for date in newest_first if sample.start <= date < sample.end]
    assert inside == [date for date in page if sample.start <= date < sample.end]


@pytest.mark.parametrize("dates", [[], [at(1), at(2)], [at(3), None, at(1)], [None]], ids=str)
def test_a_page_that_is_not_sorted_is_no_sample(dates: list[datetime | None]) -> None:
    """Records with dates in between may be on any other page."""
    assert sample_of(dates, ANY_PAGE) is None


def test_a_page_of_one_second_gives_a_boundary_and_nothing_more() -> None:
    """A bulk update leaves thousands of records with one date, of which a page shows a few."""
    sample = sample_of([at(5)] * 3, ANY_PAGE)
    assert sample is not None
    assert sample.start == sample.end == at(5)


@given(total=st.integers(0, 5_000_000), pages=st.integers(1, 50))
def test_what_lies_between_two_samples_fits_into_whole_pages(total: int, pages: int) -> None:
    """Else each slice would cost one more page that is nearly empty."""
    numbers = list(SamplePages(total, pages))
    assert numbers == sorted(numbers, reverse=True), "the oldest is needed first"
    between = {(older - newer - 1) * SAMPLE_SIZE for older, newer in pairwise(numbers)}
    assert between <= {pages * SAMPLE_SIZE}
    assert SAMPLE_SIZE < PAGE
    assert all(0 < number * SAMPLE_SIZE < total for number in numbers)


@given(total=st.integers(0, 5_000_000), pages=st.integers(1, 50))
def test_slices_hold_about_as_many_records_each(total: int, pages: int) -> None:
    """One huge slice would leave all workers but one idle at the end."""
    slice_size = (pages + 1) * SAMPLE_SIZE
    numbers = list(SamplePages(total, pages))
    oldest = total - (numbers[0] * SAMPLE_SIZE if numbers else 0)
    assert oldest <= 1.5 * slice_size + 1
    assert not numbers or oldest >= 0.5 * slice_size - 1


@pytest.mark.parametrize("total", [0, 1, PAGE, 10 * PAGE, 16 * PAGE])
def test_a_window_of_one_slice_costs_no_sample(total: int) -> None:
    """Nearly every incremental sync is this small."""
    assert list(SamplePages(total, 10)) == []


@pytest.mark.parametrize("total", [10**9, 2**63 - 1])
@pytest.mark.parametrize("real", [0, 1_000, 100_000])
def test_a_total_that_is_far_too_high_costs_few_looks(total: int, real: int) -> None:
    """A store may count other records too; a search for the end of its list page by page would take days."""
    pages, useful, useless = SamplePages(total, 10), [], 0
    for number in pages:
        if number * SAMPLE_SIZE < real:
            useful.append(number)
        else:
            useless += 1
            pages.skip_deeper_than(number)
    assert useless <= 64
    assert len(useful) >= len(list(SamplePages(real, 10))) // 2, "a long list is still cut into slices"


def test_a_slice_is_handed_out_as_soon_as_its_end_is_known() -> None:
    """Workers start on the first slice while the others are still being looked for."""
    requested = []

    def samples():
        for second in (10, 20, 30):
            requested.append(second)
            yield Sample(at(second), at(second + 1), ANY_PAGE)

    next(cut(LOWER, at(40), samples()))
    assert requested == [10]


def test_a_sample_is_a_page_of_the_list() -> None:
    """Its number counts pages of its own size, not of 250."""
    assert sample_page(11, PageSize()) == {"limit": SAMPLE_SIZE, "page": 11}


def test_a_smaller_sample_begins_at_the_same_record_or_before_it() -> None:
    """So the slices are as long as they would have been."""
    sizes = PageSize()
    sizes.fail(250, 1, is_refused=False)
    page = sample_page(11, sizes)
    assert page["limit"] == 50
    assert 0 <= 10 * SAMPLE_SIZE - (page["page"] - 1) * 50 < 50

"""Where a window is cut: anywhere, as long as nothing falls between two slices."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.streams.slicing import RECORDS_PER_SLICE, slices

LOWER = datetime(2020, 1, 1, tzinfo=timezone.utc)
PAGE = 250


class Probe:
    """Answers with given offsets from the lower bound, in seconds, and remembers what it was asked."""

    def __init__(self, answers: list[int | None]) -> None:
        self.answers = answers
        self.asked: list[int] = []

    def __call__(self, position: int) -> datetime | None:
        self.asked.append(position)
        answer = self.answers[(len(self.asked) - 1) % len(self.answers)]
        return None if answer is None else LOWER + timedelta(seconds=answer)


ANSWERS = st.lists(st.none() | st.integers(-1000, 3000), min_size=1, max_size=30)


@given(length=st.integers(0, 2000), total=st.integers(0, 40 * RECORDS_PER_SLICE), answers=ANSWERS)
def test_slices_tile_the_window_whatever_the_store_says(length: int, total: int, answers: list[int | None]) -> None:
    """The probes are a live store's answers: late, out of order, out of the window, or none at all."""
    upper = LOWER + timedelta(seconds=length)
    found = list(slices(LOWER, upper, total, Probe(answers)))
    assert found[0][0] == LOWER
    assert found[-1][1] == upper
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert len(found) == 1 or all(start < end for start, end in found)


@given(total=st.integers(0, 5_000_000))
def test_probes_stay_under_three_percent_of_the_pages(total: int) -> None:
    """The cuts are a convenience; the quota is the merchant's."""
    probe = Probe([1])
    list(slices(LOWER, LOWER + timedelta(days=1), total, probe))
    assert len(probe.asked) <= 0.03 * total / PAGE
    assert all(0 < position < total for position in probe.asked)
    assert probe.asked == sorted(set(probe.asked))


@pytest.mark.parametrize("total", [0, 1, PAGE, RECORDS_PER_SLICE, RECORDS_PER_SLICE * 3 // 2])
def test_a_window_of_one_slice_costs_no_probe(total: int) -> None:
    """Nearly every incremental sync is this small."""
    probe = Probe([1])
    assert list(slices(LOWER, LOWER + timedelta(days=1), total, probe)) == [(LOWER, LOWER + timedelta(days=1))]
    assert probe.asked == []


@given(count=st.integers(2, 30))
def test_slices_hold_about_as_many_records_each(count: int) -> None:
    """One huge slice would leave all workers but one idle at the end."""
    total = count * RECORDS_PER_SLICE  # one record per second
    upper = LOWER + timedelta(seconds=total)
    found = list(slices(LOWER, upper, total, lambda k: LOWER + timedelta(seconds=k)))
    assert len(found) == count
    assert {(end - start).total_seconds() for start, end in found} == {RECORDS_PER_SLICE}


def test_a_slice_is_handed_out_before_the_next_one_is_looked_for() -> None:
    """Workers start on the first slice while the boundaries of the others are still being asked for."""
    probe = Probe([10, 20, 30])
    cut = slices(LOWER, LOWER + timedelta(seconds=40), 4 * RECORDS_PER_SLICE, probe)
    next(cut)
    assert len(probe.asked) == 1

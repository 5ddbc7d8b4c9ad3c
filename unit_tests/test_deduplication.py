"""Records that a sync emits twice, and those that it leaves to the next one."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.lists.deduplication import RecordDeduplicator


def test_a_record_edited_after_it_was_read_waits_for_the_next_sync() -> None:
    """Two rows with one id in one sync become two rows in destinations that do not look within a batch."""
    once = RecordDeduplicator()
    assert once.should_emit(7, changed_during_sync=False)
    assert not once.should_emit(7, changed_during_sync=True)


def test_an_older_version_gives_way_to_a_late_one() -> None:
    """Slices run side by side: the last one may be the first to print."""
    once = RecordDeduplicator()
    assert once.should_emit(7, changed_during_sync=True)
    assert not once.should_emit(7, changed_during_sync=False)


def test_a_late_record_that_is_new_is_passed_on() -> None:
    """Else a product that sells every minute would never be seen."""
    once = RecordDeduplicator()
    assert once.should_emit(7, changed_during_sync=True)
    assert once.should_emit(8, changed_during_sync=True)


def test_two_versions_from_before_the_sync_are_both_passed_on() -> None:
    """The next sync may not see them again, so nothing is left to it."""
    once = RecordDeduplicator()
    assert once.should_emit(7, changed_during_sync=False)
    assert once.should_emit(7, changed_during_sync=False)


@pytest.mark.parametrize("key", [None, "7", 7.0, True])
@pytest.mark.parametrize("is_late", [False, True])
def test_a_record_without_a_proper_id_is_always_passed_on(key: Any, is_late: bool) -> None:
    """Records without an identity are never left out."""
    once = RecordDeduplicator()
    assert once.should_emit(key, is_late)
    assert once.should_emit(key, is_late)


@given(st.lists(st.tuples(st.integers(-(2**70), 2**70) | st.integers(0, 200), st.booleans())))
def test_every_id_is_passed_on_and_late_ones_once(records: list[tuple[int, bool]]) -> None:
    """However dense, sparse or large the ids are."""
    once = RecordDeduplicator()
    passed = [record for record in records if once.should_emit(*record)]
    assert {key for key, _ in passed} == {key for key, _ in records}
    for key, is_late in records:
        if is_late:
            first, *rest = [late for one, late in passed if one == key]
            assert True not in rest
            assert not (first and rest)


def test_many_threads_pass_a_late_record_on_once() -> None:
    """Slices are read in parallel, and meet in the same records."""
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(10):
            once, start = RecordDeduplicator(), threading.Barrier(4)

            def read(once: RecordDeduplicator = once, start: threading.Barrier = start) -> int:
                start.wait()
                return sum(once.should_emit(key, changed_during_sync=True) for key in range(3000))

            with ThreadPoolExecutor(4) as workers:
                assert sum(reader.result() for reader in [workers.submit(read) for _ in range(4)]) == 3000
    finally:
        sys.setswitchinterval(switching)

"""State: it never says more than what has been emitted."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.concurrency.cursors import FullRefreshCursor, WatermarkCursor
from source_bigcommerce.lists.slices import TimeWindow
from source_bigcommerce.lists.state import Backfill, Selection, StreamState
from source_bigcommerce.lists.watermark import Watermark

EPOCH = datetime(2024, 1, 1, tzinfo=timezone.utc)


def at(minutes: float) -> datetime:
    return EPOCH + timedelta(minutes=minutes)


def tiles(cuts: list[int]) -> list[tuple[datetime, datetime]]:
    """Slices between each two neighbouring cuts."""
    return [(at(a), at(b)) for a, b in pairwise(cuts)]


CUTS = st.sets(st.integers(0, 500), min_size=2, max_size=12).map(sorted)


def covered(finished: list[tuple[datetime, datetime]], lower: datetime) -> datetime:
    """The end of the finished slices that hang together from the lower bound on: what a state may say."""
    ends = dict(finished)
    while lower in ends:
        lower = ends[lower]
    return lower


@given(cuts=CUTS, resumed=st.none() | st.integers(0, 500), data=st.data())
def test_a_state_never_passes_an_unfinished_slice_nor_goes_back(
    cuts: list[int], resumed: int | None, data: st.DataObject
) -> None:
    """Workers finish in any order, and a sync may be killed after each of them."""
    slices = tiles(cuts)
    lower, upper = slices[0][0], slices[-1][1]
    before = at(min(resumed, cuts[-1])) if resumed is not None else None
    progress = Watermark()
    progress.resume(StreamState(before))
    progress.begin(lower, upper)
    assert progress.state.reached == before
    finished: list[tuple[datetime, datetime]] = []
    said = before
    for piece in data.draw(st.permutations(slices)):
        progress.mark_emitted(*piece)
        finished.append(piece)
        value = progress.state.reached
        truth = covered(finished, lower)
        assert value is None or value <= max(truth, before or truth)
        assert said is None or (value is not None and value >= said)
        said = value
    assert progress.state.reached == upper


@given(cuts=CUTS, data=st.data())
def test_a_slice_that_fails_holds_the_state_back_for_good(cuts: list[int], data: st.DataObject) -> None:
    """Records after a gap may be emitted, but no state may cover them."""
    slices = tiles(cuts)
    missing = data.draw(st.sampled_from(slices))
    progress = Watermark()
    progress.begin(slices[0][0], slices[-1][1])
    for piece in data.draw(st.permutations(slices)):
        if piece != missing:
            progress.mark_emitted(*piece)
    assert progress.state.reached == (None if missing == slices[0] else missing[0])


@given(cuts=CUTS, data=st.data())
def test_finishing_a_slice_twice_changes_nothing(cuts: list[int], data: st.DataObject) -> None:
    """The platform may run a slice again, and each run ends."""
    slices = tiles(cuts)
    once, twice = Watermark(), Watermark()
    for progress in (once, twice):
        progress.begin(slices[0][0], slices[-1][1])
    for piece in data.draw(st.permutations(slices))[:-1]:
        once.mark_emitted(*piece)
        twice.mark_emitted(*piece)
        twice.mark_emitted(*piece)
        assert once.state.reached == twice.state.reached


def test_a_stream_that_failed_keeps_the_parents_that_the_others_of_its_list_have_read() -> None:
    """Their records may be what it failed with; nothing else would bring them, as the parents are older."""
    watermark = Watermark()
    watermark.resume(StreamState(at(0), unread_parents=(7, 8)))
    watermark.begin(at(0), at(20))
    watermark.mark_emitted(at(0), at(10))
    limit = watermark.safe_state_limit(at(10))
    watermark.add_unread_parent(9)
    watermark.remove_unread_parent(7)
    watermark.mark_emitted(at(10), at(20))
    assert watermark.state_until(None).unread_parents == (8, 9)
    assert watermark.state_until(limit).unread_parents == (7, 8, 9)


def test_nothing_is_reported_before_something_is_known() -> None:
    """A first sync that fails at once must leave no state: an early one would skip everything before it."""
    progress = Watermark()
    assert (progress.state, progress.resumed) == (StreamState(), StreamState())
    progress.begin(at(0), at(9))
    assert progress.state.reached is None


def test_the_state_of_an_earlier_sync_stands_until_this_one_is_past_it() -> None:
    """The look-back reads again what is known already: its first slices must not set the state back."""
    progress = Watermark()
    progress.resume(StreamState(at(10)))
    progress.begin(at(5), at(30))
    progress.mark_emitted(at(5), at(8))
    assert progress.state.reached == at(10)
    progress.mark_emitted(at(8), at(20))
    assert progress.state.reached == at(20)
    assert progress.resumed == StreamState(at(10))


def test_a_stream_that_is_read_again_starts_from_the_state_it_is_given() -> None:
    """One stream object may serve several reads: the first must not leak into the second."""
    progress = Watermark()
    progress.begin(at(0), at(20))
    progress.mark_emitted(at(10), at(20))
    progress.resume(StreamState(at(3)))
    progress.begin(at(0), at(20))
    progress.mark_emitted(at(0), at(10))
    assert progress.state.reached == at(10)
    progress.resume(StreamState(None))
    assert progress.state.reached is None


def test_slices_from_many_threads_are_all_counted() -> None:
    """Every worker finishes slices at once: a lost one would hold the state back for ever."""
    slices = tiles(list(range(401)))
    progress = Watermark()
    progress.begin(at(0), at(400))
    threads = [
        threading.Thread(target=lambda part=slices[i::8]: [progress.mark_emitted(*piece) for piece in part])
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert progress.state.reached == at(400)


def make_cursor(progress: Watermark) -> tuple[WatermarkCursor, InMemoryMessageRepository]:
    repository = InMemoryMessageRepository()
    return WatermarkCursor("orders", "date_modified", progress, ConnectorStateManager(), repository), repository


def states(repository: InMemoryMessageRepository) -> list[Any]:
    """The contents of the STATE messages, in their order."""
    messages = [message.state.stream for message in repository.consume_queue()]
    assert all(stream.stream_descriptor.name == "orders" for stream in messages)
    return [stream.stream_state.__dict__ for stream in messages]


def test_each_advance_is_reported_once() -> None:
    """Each STATE costs the destination a flush."""
    progress = Watermark()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(30))
    progress.mark_emitted(at(10), at(20))
    cursor.close_partition(None)
    progress.mark_emitted(at(0), at(10))
    cursor.close_partition(None)
    cursor.close_partition(None)
    progress.mark_emitted(at(20), at(30))
    cursor.close_partition(None)
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == [
        {"date_modified": "2024-01-01T00:20:00Z"},
        {"date_modified": "2024-01-01T00:30:00Z"},
    ]


def test_a_sync_with_nothing_to_read_still_emits_its_state_once() -> None:
    """The platform expects at least one STATE per incremental stream, or it forgets the last."""
    progress = Watermark()
    cursor, repository = make_cursor(progress)
    progress.resume(StreamState(at(10)))
    cursor.ensure_at_least_one_state_emitted()
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == [{"date_modified": "2024-01-01T00:10:00Z"}]


def test_a_first_sync_that_failed_emits_no_state() -> None:
    """Any date would make the next sync skip what was never read."""
    progress = Watermark()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(10))
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []


def test_states_from_many_threads_come_out_in_order_and_not_twice() -> None:
    """A later state that is overtaken by an earlier one would be forgotten by the platform."""
    slices = tiles(list(range(201)))
    progress = Watermark()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(200))

    def work(part: list[tuple[datetime, datetime]]) -> None:
        for piece in part:
            progress.mark_emitted(*piece)
            cursor.close_partition(None)

    threads = [threading.Thread(target=work, args=(slices[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reported = [state["date_modified"] for state in states(repository)]
    assert reported == sorted(set(reported))
    assert reported[-1] == "2024-01-01T03:20:00Z"


def test_a_stream_that_is_read_whole_emits_its_end_only_when_it_got_there() -> None:
    """A STATE after a failure would look like a finished refresh, and rows would be taken for deleted."""
    repository = InMemoryMessageRepository()
    cursor = FullRefreshCursor("orders", None, repository)
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []
    cursor.close_partition(None)
    assert states(repository) == [{"__ab_no_cursor_state_message": True}]
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []


def test_a_backfill_leaves_the_date_as_it_is_until_it_has_come_up_to_it() -> None:
    """The state names the selection that is complete; how far the wider one was read stands next to it."""
    narrow, wide = Selection("abc123", at(50), (1,)), Selection("abc123", at(0), (1,))
    before = StreamState(at(100), narrow)
    progress = Watermark()
    progress.resume(before)
    progress.begin(at(0), at(200), wide, known=[TimeWindow(at(50), at(95))])
    assert progress.state == before
    progress.mark_emitted(at(0), at(20))
    assert progress.state == StreamState(at(100), narrow, Backfill(wide, at(20)))
    progress.mark_emitted(at(20), at(50))
    assert progress.state == StreamState(at(100), narrow, Backfill(wide, at(95)))
    progress.mark_emitted(at(95), at(200))
    assert progress.state == StreamState(at(200), wide, is_complete=True)

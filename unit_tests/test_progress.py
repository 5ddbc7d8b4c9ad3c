"""State: it never says more than what has been emitted."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.streams.progress import Progress, ProgressCursor, WholeCursor, parse_state, state_of

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
    progress = Progress()
    progress.resume(before)
    progress.begin(lower, upper)
    assert progress.value == before
    finished: list[tuple[datetime, datetime]] = []
    said = before
    for piece in data.draw(st.permutations(slices)):
        progress.finish(*piece)
        finished.append(piece)
        value = progress.value
        truth = covered(finished, lower)
        assert value is None or value <= max(truth, before or truth)
        assert said is None or (value is not None and value >= said)
        said = value
    assert progress.value == upper


@given(cuts=CUTS, data=st.data())
def test_a_slice_that_fails_holds_the_state_back_for_good(cuts: list[int], data: st.DataObject) -> None:
    """What comes behind a gap may be emitted, but it must not be told as done."""
    slices = tiles(cuts)
    missing = data.draw(st.sampled_from(slices))
    progress = Progress()
    progress.begin(slices[0][0], slices[-1][1])
    for piece in data.draw(st.permutations(slices)):
        if piece != missing:
            progress.finish(*piece)
    assert progress.value == (None if missing == slices[0] else missing[0])


@given(cuts=CUTS, data=st.data())
def test_finishing_a_slice_twice_changes_nothing(cuts: list[int], data: st.DataObject) -> None:
    """The platform may run a slice again, and each run ends."""
    slices = tiles(cuts)
    once, twice = Progress(), Progress()
    for progress in (once, twice):
        progress.begin(slices[0][0], slices[-1][1])
    for piece in data.draw(st.permutations(slices))[:-1]:
        once.finish(*piece)
        twice.finish(*piece)
        twice.finish(*piece)
        assert once.value == twice.value


def test_nothing_is_told_before_something_is_known() -> None:
    """A first sync that fails at once has to leave no state: an early one would skip everything before it."""
    progress = Progress()
    assert (progress.value, progress.resumed) == (None, None)
    progress.begin(at(0), at(9))
    assert progress.value is None


def test_the_state_of_an_earlier_sync_stands_until_this_one_is_past_it() -> None:
    """The look-back reads again what is known already: its first slices must not set the state back."""
    progress = Progress()
    progress.resume(at(10))
    progress.begin(at(5), at(30))
    progress.finish(at(5), at(8))
    assert progress.value == at(10)
    progress.finish(at(8), at(20))
    assert progress.value == at(20)
    assert progress.resumed == at(10)


def test_a_stream_that_is_read_again_starts_from_the_state_it_is_given() -> None:
    """One stream object may serve several reads: the first must not leak into the second."""
    progress = Progress()
    progress.begin(at(0), at(20))
    progress.finish(at(10), at(20))
    progress.resume(at(3))
    progress.begin(at(0), at(20))
    progress.finish(at(0), at(10))
    assert progress.value == at(10)
    progress.resume(None)
    assert progress.value is None


def test_slices_from_many_threads_are_all_counted() -> None:
    """Every worker finishes slices at once: a lost one would hold the state back for ever."""
    slices = tiles(list(range(401)))
    progress = Progress()
    progress.begin(at(0), at(400))
    threads = [
        threading.Thread(target=lambda part=slices[i::8]: [progress.finish(*piece) for piece in part]) for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert progress.value == at(400)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-11T15:17:25Z",
        "2024-03-11T15:17:25+00:00",
        "2024-03-11T16:17:25+01:00",
        "2024-03-11T15:17:25.000000Z",
        "2024-03-11 15:17:25",
        "2024-03-11T15:17:25",
        "Mon, 11 Mar 2024 15:17:25 +0000",
        "1710170245",
        1710170245,
    ],
)
def test_a_state_in_any_date_format_is_understood(written: Any) -> None:
    """Whoever switches over from another connector keeps the place it had come to."""
    instant = parse_state("orders", "date_modified", {"date_modified": written})
    assert instant == datetime(2024, 3, 11, 15, 17, 25, tzinfo=timezone.utc)


def test_the_archived_connector_s_day_is_the_beginning_of_that_day() -> None:
    """Its states are no finer than a day: any later hour would skip the changes before it."""
    state = {"date_modified": "2024-03-05"}
    assert parse_state("orders", "date_modified", state) == datetime(2024, 3, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize("state", [{}, {"__ab_no_cursor_state_message": True}])
def test_no_state_means_a_first_sync(state: dict[str, Any]) -> None:
    """A stream that was read whole before has no place to resume from."""
    assert parse_state("orders", "date_modified", state) is None


@pytest.mark.parametrize(
    "state",
    [
        {"date_modified": None},
        {"date_modified": ""},
        {"date_modified": "0"},
        {"date_modified": "soon"},
        {"date_modified": "2024-13-01"},
        {"date_modified": True},
        {"date_modified": 1.5},
        {"date_modified": ["2024-01-01"]},
        {"date_modified": {"date": "2024-01-01"}},
        {"date_created": "2024-01-01"},
        {"updated_at": "2024-01-01"},
    ],
)
def test_a_state_that_cannot_be_read_is_an_error_with_a_remedy(state: dict[str, Any]) -> None:
    """Reading all again unasked would cost hours of the store's quota."""
    with pytest.raises(BigCommerceError, match=r"stream 'orders' cannot be read.*Reset the stream"):
        parse_state("orders", "date_modified", state)


@given(minutes=st.integers(0, 10**6))
def test_a_state_is_read_as_it_was_written(minutes: int) -> None:
    """The next sync starts from what this one says."""
    assert parse_state("orders", "date_modified", state_of("date_modified", at(minutes))) == at(minutes)


def test_a_state_has_the_promised_form() -> None:
    """Users keep states in files and dashboards."""
    assert state_of("date_modified", at(0)) == {"date_modified": "2024-01-01T00:00:00Z"}
    assert state_of("date_modified", None) == {}


def make_cursor(progress: Progress) -> tuple[ProgressCursor, InMemoryMessageRepository]:
    repository = InMemoryMessageRepository()
    return ProgressCursor("orders", "date_modified", progress, ConnectorStateManager(), repository), repository


def states(repository: InMemoryMessageRepository) -> list[Any]:
    """What the STATE messages say, in their order."""
    messages = [message.state.stream for message in repository.consume_queue()]
    assert all(stream.stream_descriptor.name == "orders" for stream in messages)
    return [stream.stream_state.__dict__ for stream in messages]


def test_each_advance_is_told_once() -> None:
    """Each STATE costs the destination a flush."""
    progress = Progress()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(30))
    progress.finish(at(10), at(20))
    cursor.close_partition(None)
    progress.finish(at(0), at(10))
    cursor.close_partition(None)
    cursor.close_partition(None)
    progress.finish(at(20), at(30))
    cursor.close_partition(None)
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == [
        {"date_modified": "2024-01-01T00:20:00Z"},
        {"date_modified": "2024-01-01T00:30:00Z"},
    ]


def test_a_sync_with_nothing_to_read_still_tells_its_state_once() -> None:
    """The platform expects at least one STATE per incremental stream, or it forgets the last."""
    progress = Progress()
    cursor, repository = make_cursor(progress)
    progress.resume(at(10))
    cursor.ensure_at_least_one_state_emitted()
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == [{"date_modified": "2024-01-01T00:10:00Z"}]


def test_a_first_sync_that_failed_tells_no_state() -> None:
    """Any date would make the next sync skip what was never read."""
    progress = Progress()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(10))
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []


def test_states_from_many_threads_come_out_in_order_and_not_twice() -> None:
    """A later state that is overtaken by an earlier one would be forgotten by the platform."""
    slices = tiles(list(range(201)))
    progress = Progress()
    cursor, repository = make_cursor(progress)
    progress.begin(at(0), at(200))

    def work(part: list[tuple[datetime, datetime]]) -> None:
        for piece in part:
            progress.finish(*piece)
            cursor.close_partition(None)

    threads = [threading.Thread(target=work, args=(slices[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [state["date_modified"] for state in states(repository)]
    assert told == sorted(set(told))
    assert told[-1] == "2024-01-01T03:20:00Z"


def test_a_stream_that_is_read_whole_tells_its_end_only_when_it_got_there() -> None:
    """A STATE after a failure would look like a finished refresh, and rows would be taken for deleted."""
    repository = InMemoryMessageRepository()
    cursor = WholeCursor("orders", None, repository)
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []
    cursor.close_partition(None)
    assert states(repository) == [{"__ab_no_cursor_state_message": True}]
    cursor.ensure_at_least_one_state_emitted()
    assert states(repository) == []


@pytest.mark.parametrize(
    "state",
    [
        {"bookmarks": {"orders": {"date_modified": "2024-03-11T15:17:25.000000Z"}}, "currently_syncing": None},
        {
            "state_type": "date-range",
            "slices": [
                {"start": "2024-05-01T00:00:00Z", "end": "2024-06-01T00:00:00Z"},
                {"start": "2020-01-01T00:00:00Z", "end": "2024-03-11T15:17:25Z"},
            ],
        },
    ],
    ids=["Stitch", "the CDK's date ranges"],
)
def test_the_states_of_other_tools_are_understood(state: dict[str, Any]) -> None:
    """Someone who moves over keeps the place where the other tool stopped."""
    assert parse_state("orders", "date_modified", state) == datetime(2024, 3, 11, 15, 17, 25, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "state", [{"bookmarks": {}}, {"bookmarks": None}, {"slices": []}, {"slices": [{"end": 1}]}], ids=str
)
def test_a_foreign_state_that_says_nothing_of_the_stream_is_refused(state: dict[str, Any]) -> None:
    """It is not certain that nothing was read."""
    with pytest.raises(BigCommerceError, match="cannot be read"):
        parse_state("orders", "date_modified", state)


@pytest.mark.parametrize(
    "state",
    [
        {"id": "2024-01-01"},
        {"states": []},
        {"states": [{"partition": {"order_id": 7}, "cursor": {"date_modified": "2024-03-05"}}]},
        {"use_global_cursor": False, "states": [], "parent_state": {"orders": {"date_modified": "2024-03-05"}}},
    ],
    ids=str,
)
def test_a_former_state_that_tells_nothing_starts_the_stream_again_and_says_so(
    state: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A connection of the archived connector goes on; nobody wonders why everything comes again."""
    with caplog.at_level(logging.WARNING, "airbyte"):
        assert parse_state("orders", "date_modified", state) is None
    (line,) = caplog.messages
    assert "'orders'" in line
    assert "read from its start again" in line


def test_a_date_beside_a_former_state_is_kept() -> None:
    """Reading everything again costs hours of quota where the date would do."""
    state = {"date_modified": "2024-03-05", "states": []}
    assert parse_state("orders", "date_modified", state) == datetime(2024, 3, 5, tzinfo=timezone.utc)

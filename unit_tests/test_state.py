"""States: read in every form that occurs, and what a sync must read after them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.lists.state import (
    Backfill,
    Segment,
    Selection,
    StreamState,
    dump_ids,
    load_ids,
    parse_state,
    segments,
)
from unit_tests.test_watermark import at


def parse(state: dict[str, Any]) -> StreamState:
    return parse_state("orders", "date_modified", state)


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
    """A user who switches from another connector keeps its progress."""
    assert parse({"date_modified": written}).reached == datetime(2024, 3, 11, 15, 17, 25, tzinfo=timezone.utc)


def test_the_archived_connector_s_day_is_the_beginning_of_that_day() -> None:
    """Its states are no finer than a day: any later hour would skip the changes before it."""
    state = {"date_modified": "2024-03-05"}
    assert parse(state).reached == datetime(2024, 3, 5, tzinfo=timezone.utc)


def test_no_state_means_a_first_sync() -> None:
    """Nothing is said in the log of a stream that was never read."""
    assert parse({}) == StreamState()
    assert not parse({}).remark


@pytest.mark.parametrize(
    "state",
    [
        {"__ab_no_cursor_state_message": True},
        {"__ab_full_refresh_sync_complete": True},
        {"__ab_full_refresh_state_message": True},
        {"date_modified": "2024-03-05", "__ab_full_refresh_sync_complete": True},
        {"date_modified": ""},
        {"date_modified": None},
    ],
    ids=str,
)
def test_a_state_without_a_cursor_starts_the_stream_again_and_says_so(state: dict[str, Any]) -> None:
    """A stream that was read in full before has no place to resume from."""
    assert parse(state) == StreamState()
    assert "'orders'" in parse(state).remark
    assert "read from its start again" in parse(state).remark


@pytest.mark.parametrize(
    "state",
    [
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
    """Reading everything again without a reset would cost hours of the store's quota."""
    with pytest.raises(BigCommerceError, match=r"stream 'orders' cannot be read.*Reset the stream"):
        parse(state)


@given(minutes=st.integers(0, 10**6))
def test_a_state_is_read_as_it_was_written(minutes: int) -> None:
    """The next sync starts from what this one says."""
    assert parse(StreamState(at(minutes)).dump("date_modified")) == StreamState(at(minutes))


def test_a_state_has_the_promised_form() -> None:
    """Users keep states in files and dashboards."""
    assert StreamState(at(0)).dump("date_modified") == {"date_modified": "2024-01-01T00:00:00Z"}
    assert StreamState().dump("date_modified") == {}


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
    assert parse(state).reached == datetime(2024, 3, 11, 15, 17, 25, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "state", [{"bookmarks": {}}, {"bookmarks": None}, {"slices": []}, {"slices": [{"end": 1}]}], ids=str
)
def test_a_foreign_state_that_says_nothing_of_the_stream_is_refused(state: dict[str, Any]) -> None:
    """It is not certain that nothing was read."""
    with pytest.raises(BigCommerceError, match="cannot be read"):
        parse(state)


@pytest.mark.parametrize(
    "state",
    [
        {"id": "2024-01-01"},
        {"id": 456},
        {"states": []},
        {"states": [{"partition": {"order_id": 7}, "cursor": {"date_modified": "2024-03-05"}}]},
        {"use_global_cursor": False, "states": [], "parent_state": {"orders": {"date_modified": "2024-03-05"}}},
    ],
    ids=str,
)
def test_a_former_state_that_says_nothing_starts_the_stream_again_and_says_so(
    state: dict[str, Any],
) -> None:
    """A connection of the archived connector goes on; nobody wonders why everything comes again."""
    assert parse(state) == StreamState()
    assert "'orders'" in parse(state).remark
    assert "read from its start again" in parse(state).remark


def test_a_date_next_to_a_former_state_is_kept() -> None:
    """Reading everything again costs hours of quota where the date would do."""
    state = {"date_modified": "2024-03-05", "states": []}
    assert parse(state).reached == datetime(2024, 3, 5, tzinfo=timezone.utc)


def selection(start: int | None = 0, channels: tuple[int, ...] | None = ()) -> Selection:
    return Selection("abc123", None if start is None else at(start), channels)


@pytest.mark.parametrize(
    "state",
    [
        StreamState(at(7), selection()),
        StreamState(at(7), selection(None, None)),
        StreamState(at(7), selection(3, (1, 2)), Backfill(selection(0, ()), at(5))),
        StreamState(at(7), selection(), product_ids=frozenset({3, 4, 900})),
        StreamState(at(7), selection(), product_ids=frozenset()),
        StreamState(at(7), selection(), unread_parents=(3, "a")),
        StreamState(at(7), selection(), is_full_refresh=True),
    ],
    ids=repr,
)
def test_all_that_a_state_records_is_read_again(state: StreamState) -> None:
    """Content that is lost between two syncs is missing, or read again."""
    assert parse(state.dump("date_modified")) == state


def test_a_finished_full_refresh_has_the_form_of_the_cdk() -> None:
    """The next read starts again with it; parents that could not be read are still to be requested."""
    state = StreamState(at(7), selection(), is_full_refresh=True, is_complete=True)
    assert state.dump("date_modified") == {"__ab_full_refresh_sync_complete": True}
    owing = StreamState(at(7), selection(), unread_parents=(3,), is_full_refresh=True, is_complete=True)
    assert owing.dump("date_modified")["unread_parents"] == [3]


@pytest.mark.parametrize(
    "selection",
    [None, 7, [], {}, {"store_hash": "abc", "start_date": "soon"}, {"store_hash": "abc", "channel_ids": ["x"]}],
    ids=str,
)
def test_a_damaged_selection_counts_as_unknown(selection: Any) -> None:
    """It never fails a sync: the date next to it is still true."""
    state = parse({"date_modified": "2024-03-05", "selection": selection, "backfill": [], "unread_parents": 3})
    assert state == StreamState(datetime(2024, 3, 5, tzinfo=timezone.utc))


@given(ids=st.frozensets(st.integers(1, 10**9)))
def test_ids_are_read_as_they_were_written(ids: frozenset[int]) -> None:
    """An id too many is harmless, one too few is a product that never comes."""
    assert load_ids(dump_ids(ids)) == ids


def test_dense_ids_take_little_room() -> None:
    """They are part of every state of twelve streams."""
    assert len(dump_ids(range(77, 100_000))) < 500


@pytest.mark.parametrize("text", [None, 5, "", "1:", "1:x", "1:AAAA", "2:eJwDAAAAAAE="])
def test_ids_that_cannot_be_read_are_none(text: Any) -> None:
    """A state may be cut or edited by hand."""
    assert load_ids(text) is None


EARLIEST, UPPER, LOOKBACK = 0, 1000, 5
STATES = st.builds(
    lambda reached, start, channels, backfill: (reached, selection(min(start, reached), channels), backfill),
    st.integers(0, UPPER),
    st.integers(0, UPPER),
    st.sampled_from([(), (1,), (1, 2), (2, 3)]),
    st.none() | st.integers(0, UPPER),
)


@given(state=STATES, start=st.integers(0, UPPER), channels=st.sampled_from([(), (1,), (1, 2), (2, 3), (1, 2, 3)]))
def test_what_is_read_and_what_is_known_are_all_that_is_selected(
    state: tuple[int, Selection, int | None], start: int, channels: tuple[int, ...]
) -> None:
    """Minute by minute and channel by channel, whatever the settings were and are."""
    reached, known, backfill = state
    wanted = selection(start, channels)
    resumed = None if backfill is None else Backfill(wanted, at(min(backfill, reached)))
    parts = segments(
        StreamState(at(reached), known, resumed), wanted, at(start), at(UPPER), timedelta(minutes=LOOKBACK)
    )
    for minute in range(start, UPPER, 7):
        for channel in (1, 2, 3, 4):
            if channels and channel not in channels:
                continue
            is_read = any(
                part.start <= at(minute) < part.end and not part.is_known and channel not in part.known_channels
                for part in parts
            )
            was_emitted = (
                known.start_date is not None
                and known.start_date <= at(minute) < at(reached)
                and (not known.channel_ids or channel in known.channel_ids)
            ) or (resumed is not None and at(minute) < resumed.reached)
            assert is_read or was_emitted, (minute, channel, parts)
    assert all(one.end == later.start for one, later in pairwise(parts))


def test_what_is_there_is_not_read_again() -> None:
    """An earlier start date brings what lies before the old one; another channel, its own records."""
    state = StreamState(at(100), selection(50, (1,)))
    recent = Segment(at(95), at(200))
    lookback = timedelta(minutes=5)

    def plan(wanted: Selection) -> list[Segment]:
        assert wanted.start_date is not None
        return segments(state, wanted, wanted.start_date, at(200), lookback)

    assert plan(selection(50, (1,))) == [recent]
    assert plan(selection(60, (1,))) == [recent]
    assert plan(selection(20, (1,))) == [Segment(at(20), at(50)), Segment(at(50), at(95), (), is_known=True), recent]
    assert plan(selection(50, (1, 2))) == [Segment(at(50), at(95), (1,)), recent]
    assert plan(selection(20, ())) == [Segment(at(20), at(50)), Segment(at(50), at(95), (1,)), recent]


def test_a_backfill_goes_on_where_it_stopped() -> None:
    """Unless the settings changed once more."""
    wanted = selection(20, (1,))
    state = StreamState(at(100), selection(50, (1,)), Backfill(wanted, at(40)))
    assert segments(state, wanted, at(20), at(200), timedelta())[0] == Segment(at(40), at(50))
    assert segments(state, selection(30, (1,)), at(30), at(200), timedelta())[0] == Segment(at(30), at(50))

"""The ledgers in the states: they contain what was printed, and are not printed with every state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.sources.utils.record_helper import stream_data_to_airbyte_message
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.lists.state import RECONCILIATION
from source_bigcommerce.reconciliation import messages as module
from source_bigcommerce.reconciliation.digests import record_digest
from source_bigcommerce.reconciliation.ledger import Ledger
from source_bigcommerce.reconciliation.messages import IncrementalWorkDone, LedgerMessages, RangeDone
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.serialization import cdk_record
from source_bigcommerce.streams.catalog import Brands, Products
from source_bigcommerce.streams.customers import Customers, Subscribers
from unit_tests.support import Clock, close_stores, make_store

NOW = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
DATE = "2024-05-01T00:00:00Z"
TOGETHER = ("customers", "products")  # two streams that these tests take for those of one list
ALONE = "subscribers"


class Output:
    """The messages of a sync, as they are printed."""

    def __init__(self) -> None:
        store = make_store()
        store.sync_started_at = lambda: NOW  # type: ignore[method-assign]  # no clock is requested
        self.ledgers = {
            one.name: one for one in map(StreamLedger, (Customers(store), Products(store), Subscribers(store)))
        }
        lists = {name: TOGETHER if name in TOGETHER else name for name in self.ledgers} | {"brands": Brands.listing}
        self.clock = Clock()
        self.messages = LedgerMessages(self.ledgers, lists, lambda: NOW, self.clock)

    def __call__(self, *messages: AirbyteMessage) -> list[AirbyteMessage]:
        return list(self.messages.messages(messages))

    def states(self, *messages: AirbyteMessage) -> list[tuple[str, int, list[int]]]:
        """The printed states: the stream, the number of the state, and the ids in its ledger."""
        return list(contents(self(*messages)))


def contents(printed: Iterable[AirbyteMessage]) -> Iterator[tuple[str, int, list[int]]]:
    for message in printed:
        if message.state and message.state.stream:
            state: Any = message.state.stream.stream_state
            keys = Ledger.load(getattr(state, RECONCILIATION)).keys
            ids = [int(key[0]) for key in keys.keys(0, len(keys))]
            yield message.state.stream.stream_descriptor.name, state.number, ids


def record(stream: str, id_: int) -> AirbyteMessage:
    one = cdk_record({"id": id_, "date_modified": DATE}, stream)
    return stream_data_to_airbyte_message(stream, one.data, file_reference=one.file_reference)


def state(stream: str, number: int) -> AirbyteMessage:
    blob = AirbyteStateBlob({"number": number})
    one = AirbyteStreamState(stream_descriptor=StreamDescriptor(name=stream), stream_state=blob)
    return AirbyteMessage(Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=one))


def status(stream: str, kind: AirbyteStreamStatus = AirbyteStreamStatus.COMPLETE) -> AirbyteMessage:
    return as_airbyte_message(StreamDescriptor(name=stream), kind)


def ledger(*ids: int) -> Ledger:
    found = Ledger()
    for id_ in ids:
        found.note((id_,), record_digest({"id": id_, "date_modified": DATE}))
    return found


def range_done(upto: int | None, after: int | None = None, **found: Ledger | None) -> RangeDone:
    return RangeDone(
        Type.TRACE,
        after=after,
        upto=upto,
        found=found,
        suspected=dict.fromkeys(found, frozenset()),
        position=None if upto is None else (upto, {"after": str(upto)}),
    )


@pytest.fixture
def output() -> Iterator[Output]:
    yield Output()
    close_stores()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, output: Output) -> Output:
    """A sync whose ledgers count as large."""
    monkeypatch.setattr(module, "_SMALL", 0)
    for name, one in output.ledgers.items():
        one.ledger = ledger(*range(1, 101))
        output.messages._base[name] = state(name, 0)
    return output


def test_a_state_has_the_ledger_of_the_records_before_it(output: Output) -> None:
    printed = output(record(ALONE, 2), record(ALONE, 1), state(ALONE, 1), record(ALONE, 3), state(ALONE, 2))
    assert [message.type for message in printed] == [Type.RECORD, Type.RECORD, Type.STATE, Type.RECORD, Type.STATE]
    assert list(contents(printed)) == [(ALONE, 1, [1, 2]), (ALONE, 2, [1, 2, 3])]


def test_a_stream_without_a_ledger_is_left_alone(output: Output) -> None:
    given = [state("brands", 1), status("brands")]
    printed = output(record("brands", 1), *given)
    assert printed[0].record and printed[0].record.data == {"id": 1, "date_modified": DATE}
    assert printed[1:] == given


def test_a_small_ledger_is_printed_with_every_state(output: Output) -> None:
    """Although nothing in it is new."""
    output.ledgers[ALONE].ledger = ledger(*range(1, 101))
    assert [number for _, number, _ in output.states(state(ALONE, 1), state(ALONE, 2))] == [1, 2]


def test_a_large_ledger_is_printed_when_an_eighth_of_it_is_new(large: Output) -> None:
    assert large.states(record(ALONE, 101), state(ALONE, 1)) == []
    new = [record(ALONE, id_) for id_ in range(102, 120)]
    ((stream, number, ids),) = large.states(*new, state(ALONE, 2), record(ALONE, 120), state(ALONE, 3))
    assert (stream, number, len(ids)) == (ALONE, 2, 119)


@pytest.mark.parametrize("kind", [AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE])
def test_the_last_state_of_a_stream_is_printed(large: Output, kind: AirbyteStreamStatus) -> None:
    printed = large(record(ALONE, 101), state(ALONE, 1), status(ALONE, kind))
    assert [message.type for message in printed] == [Type.RECORD, Type.STATE, Type.TRACE]


def test_a_large_ledger_is_printed_after_ten_minutes(large: Output) -> None:
    assert large.states(state(ALONE, 1)) == []
    large.clock.now += 600
    assert [number for _, number, _ in large.states(state(ALONE, 2), state(ALONE, 3))] == [2]


def test_the_state_of_the_incremental_work_is_printed_before_the_reconciliation(large: Output) -> None:
    printed = large.states(
        record(ALONE, 101), state(ALONE, 1), IncrementalWorkDone(Type.TRACE, stream=ALONE), record(ALONE, 50)
    )
    assert [(stream, number, len(ids)) for stream, number, ids in printed] == [(ALONE, 1, 101)]


def test_the_streams_of_a_list_print_the_states_of_the_same_slices(large: Output) -> None:
    """Although the records of one of them are few."""
    first, second = TOGETHER
    given: list[AirbyteMessage] = []
    for number in range(1, 40):
        given += [record(first, 100 + number), state(first, number), state(second, number)]
    printed = large.states(*given)
    numbers = {name: [number for stream, number, _ in printed if stream == name] for name in TOGETHER}
    assert 0 < len(numbers[first]) < 20, "all or none of them are printed"
    assert numbers[first] == numbers[second]


def test_the_streams_of_a_list_print_the_ends_of_the_same_ranges(large: Output) -> None:
    printed = []
    for number in range(20):
        after, upto = number * 5 or None, (number + 1) * 5 if number < 19 else None
        few = range((after or 0) + 1, (upto or 100) + 1)
        printed += large(range_done(upto, after, customers=ledger(*few), products=ledger(*few)))
    positions = {
        name: [
            getattr(message.state.stream.stream_state, RECONCILIATION).get("position")
            for message in printed
            if message.state and message.state.stream and message.state.stream.stream_descriptor.name == name
        ]
        for name in TOGETHER
    }
    first, second = TOGETHER
    assert positions[first] == positions[second]
    assert 2 < len(positions[first]) < 20
    assert positions[first][-1] is None


def test_a_range_replaces_its_part_of_the_ledger(output: Output) -> None:
    output(*(record(ALONE, id_) for id_ in (1, 2, 3, 4)), state(ALONE, 1))
    assert output.states(range_done(2, subscribers=ledger(2))) == [(ALONE, 1, [2, 3, 4])]
    assert output.ledgers[ALONE].position == (2, {"after": "2"})
    assert output.states(range_done(None, 2, subscribers=ledger(4, 5))) == [(ALONE, 1, [2, 4, 5])]
    assert output.ledgers[ALONE].position is None


def test_a_stream_that_could_not_be_compared_keeps_its_ledger(output: Output) -> None:
    output(record(ALONE, 1), state(ALONE, 1))
    output.ledgers[ALONE].begun = NOW
    assert output.states(range_done(None, subscribers=None)) == [(ALONE, 1, [1])]
    assert output.ledgers[ALONE].finished == NOW


def test_a_first_sync_counts_as_a_reconciliation(output: Output) -> None:
    """Everything was just read."""
    output.ledgers[ALONE].is_new = True
    (_, printed) = output(record(ALONE, 1), state(ALONE, 1))
    assert printed.state and printed.state.stream
    found = getattr(printed.state.stream.stream_state, RECONCILIATION)
    assert found["finished"] == "2024-06-01T12:00:00Z"


def test_a_repeated_state_has_the_present_ledger(output: Output) -> None:
    output(record(ALONE, 1), state(ALONE, 1), record(ALONE, 2))
    assert list(contents([output.messages.renewed(state(ALONE, 1))])) == [(ALONE, 1, [1, 2])]
    other = state("brands", 1)
    assert output.messages.renewed(other) is other


steps = st.lists(
    st.tuples(st.sampled_from([*TOGETHER, ALONE]), st.sampled_from(["record", "record", "record", "state"])),
    max_size=120,
)


@given(steps, st.sampled_from([0, 4_000]))
def test_every_ledger_is_what_was_printed(sequence: list[tuple[str, str]], small: int) -> None:
    """No state is ahead of its records, and the last one of each stream is printed."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(module, "_SMALL", small)
        output = Output()
        printed: dict[str, list[int]] = {name: [] for name in output.ledgers}
        last: dict[str, int] = {}
        seen: dict[str, int] = {}
        for number, (stream, kind) in enumerate(sequence, 1):
            if kind == "record":
                printed[stream].append(number)
            else:
                last[stream] = number
            for name, found, ids in output.states(
                record(stream, number) if kind == "record" else state(stream, number)
            ):
                assert ids == printed[name]
                seen[name] = found
        for name in output.ledgers:
            for _, found, ids in output.states(status(name)):
                assert ids == printed[name]
                seen[name] = found
        close_stores()
    assert seen == last

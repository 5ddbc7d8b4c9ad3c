"""The messages for the platform while a sync emits no records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteRecordMessage,
    AirbyteStateMessageSerializer,
    AirbyteStreamStatus,
    StreamDescriptor,
)
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_bigcommerce.liveness import SECONDS_BETWEEN_STATES, Liveness
from unit_tests.support import NOW, Clock

STARTED, RUNNING = AirbyteStreamStatus.STARTED, AirbyteStreamStatus.RUNNING
COMPLETE, INCOMPLETE = AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE


def status(name: str, value: AirbyteStreamStatus) -> AirbyteMessage:
    return status_message(StreamDescriptor(name=name), value)


def state(name: str, number: int | None = None) -> AirbyteMessage:
    """A STATE of a stream; without a number the empty one."""
    stream_state = {} if number is None else {"date_modified": number}
    loaded = {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": stream_state}}
    return AirbyteMessage(type=MessageType.STATE, state=AirbyteStateMessageSerializer.load(loaded))


def record(name: str) -> AirbyteMessage:
    return AirbyteMessage(MessageType.RECORD, record=AirbyteRecordMessage(stream=name, data={"id": 1}, emitted_at=1))


class Sync:
    """The output of a sync whose messages are given one by one."""

    def __init__(self, *states: AirbyteMessage) -> None:
        self.clock = Clock()
        self.queue: list[AirbyteMessage] = []
        self.liveness = Liveness(states, self.queue.append, self.clock, lambda: NOW + self.clock.now)
        self.quota = self.liveness.quota_of({"orders", "order_fees", "coupons"})

    def queued(self) -> Iterator[AirbyteMessage]:
        while self.queue:
            yield self.queue.pop(0)

    def waits(self, seconds: float) -> None:
        self.quota.wait(seconds)
        self.quota.wake()

    def prints(self, *messages: AirbyteMessage) -> list[Any]:
        """The output for these messages, and for earlier ones of the reading threads, as short texts."""
        self.queue.extend(messages)
        printed = list(self.liveness.messages(self.queued()))
        return [_short(message) for message in printed]


def _short(message: AirbyteMessage) -> Any:
    dumped: dict[str, Any] = AirbyteMessageSerializer.dump(message) or {}
    if message.type is MessageType.RECORD:
        return f"{dumped['record']['stream']} record"
    if message.type is MessageType.STATE:
        stream = dumped["state"]["stream"]
        return f"{stream['stream_descriptor']['name']} {stream['stream_state'].get('date_modified')}"
    reported = dumped["trace"]["stream_status"]
    reasons = [(r["type"], r["rate_limited"]["quota_reset"]) for r in reported.get("reasons") or []]
    return (f"{reported['stream_descriptor']['name']} {reported['status']}", *reasons)


def limited(name: str, seconds: float) -> Any:
    return (f"{name} RUNNING", ("RATE_LIMITED", int((NOW + seconds) * 1000)))


def test_each_stream_under_way_reports_a_wait_once_and_that_it_is_over() -> None:
    """With exactly one reason and the reset in milliseconds: more than one, or seconds, the platform does not read."""
    sync = Sync()
    sync.prints(*(status(name, STARTED) for name in ("orders", "order_fees", "pages", "coupons")))
    sync.prints(status("pages", COMPLETE), status("coupons", INCOMPLETE), status("orders", RUNNING), record("orders"))
    sync.clock.now = 7
    sync.waits(25.5)
    assert sync.prints(record("orders")) == [limited("orders", 32.5), limited("order_fees", 32.5), "orders record"]
    sync.waits(0)
    assert sync.prints() == [("orders RUNNING",), ("order_fees RUNNING",)]


def test_no_status_comes_before_started_or_after_the_end_of_a_stream() -> None:
    """Whatever lies in the queue when the wait begins: the platform takes a stream's end for final."""
    sync = Sync()
    sync.prints(status("orders", STARTED))
    sync.waits(20)
    assert sync.prints(status("orders", COMPLETE)) == [limited("orders", 20), ("orders COMPLETE",)]
    sync.waits(0)
    sync.waits(20)
    assert sync.prints() == []


def test_a_stream_that_starts_during_a_wait_reports_it_too() -> None:
    """It waits like the others: no stream may send a request."""
    sync = Sync()
    sync.waits(20)
    assert sync.prints(status("orders", STARTED)) == [("orders STARTED",), limited("orders", 20)]
    sync.waits(0)
    assert sync.prints(status("pages", STARTED)) == [("orders RUNNING",), ("pages STARTED",)]


def test_a_wait_that_is_over_before_it_could_be_reported_is_reported_in_order() -> None:
    """The thread that prints may be behind; what it prints last is how things stand."""
    sync = Sync()
    sync.prints(status("orders", STARTED))
    sync.quota.wait(20)
    sync.quota.wait(0)
    sync.quota.wake()
    sync.quota.wake()
    assert sync.prints() == [limited("orders", 20), ("orders RUNNING",)]


def at(sync: Sync, seconds: float) -> list[Any]:
    """The output when a response arrives at that time."""
    sync.clock.now = seconds
    sync.quota.wake()
    return sync.prints()


def test_a_sync_without_records_repeats_its_last_true_state() -> None:
    """The platform ends a source that sends neither RECORD nor STATE for long, though it is busy."""
    sync = Sync()
    sync.prints(status("orders", STARTED), status("pages", STARTED), state("pages", 1), state("orders", 2))
    assert at(sync, SECONDS_BETWEEN_STATES - 1) == []
    assert at(sync, SECONDS_BETWEEN_STATES) == ["orders 2"]
    assert at(sync, 2 * SECONDS_BETWEEN_STATES - 1) == []
    assert at(sync, 2 * SECONDS_BETWEEN_STATES) == ["orders 2"]


def test_a_sync_without_a_response_repeats_nothing() -> None:
    """A sync that hangs must be ended by somebody."""
    sync = Sync()
    sync.prints(status("orders", STARTED), state("orders", 2))
    sync.clock.now = 10 * SECONDS_BETWEEN_STATES
    assert sync.prints(record("orders")) == ["orders record"]


def test_a_state_that_is_printed_puts_off_the_next_repetition() -> None:
    """Syncs that bring records print states often enough."""
    sync = Sync()
    sync.prints(status("orders", STARTED))
    sync.clock.now = SECONDS_BETWEEN_STATES - 1
    sync.prints(state("orders", 1))
    assert at(sync, 2 * SECONDS_BETWEEN_STATES - 2) == []
    assert at(sync, 2 * SECONDS_BETWEEN_STATES) == ["orders 1"]


def test_only_a_stream_under_way_repeats_its_state() -> None:
    """Some destinations take no state of a stream that has ended."""
    sync = Sync()
    sync.prints(status("pages", STARTED), state("pages", 1), status("orders", STARTED), state("orders", 2))
    sync.prints(status("orders", COMPLETE))
    assert at(sync, SECONDS_BETWEEN_STATES) == ["pages 1"]
    sync.prints(status("pages", INCOMPLETE))
    assert at(sync, 2 * SECONDS_BETWEEN_STATES) == []


@pytest.mark.parametrize(
    ("states", "repeated"),
    [([], []), ([state("orders")], ["orders None"]), ([state("orders"), state("pages", 3)], ["pages 3"])],
)
def test_before_the_first_state_that_of_the_beginning_is_repeated(
    states: Iterable[AirbyteMessage], repeated: list[str]
) -> None:
    """Nothing that this sync has read is covered by it, so it is true."""
    sync = Sync(*states)
    sync.prints(status("orders", STARTED), status("pages", STARTED))
    assert at(sync, SECONDS_BETWEEN_STATES) == repeated


def test_a_repeated_state_is_decided_when_its_turn_in_the_queue_comes() -> None:
    """Repeating what was newest when the response came would take the state back."""
    sync = Sync()
    sync.prints(status("orders", STARTED), state("orders", 1))
    sync.clock.now = SECONDS_BETWEEN_STATES
    sync.queue.append(state("orders", 2))
    sync.quota.wake()
    assert sync.prints() == ["orders 2", "orders 2"]


def test_a_wait_concerns_the_streams_of_its_own_rate_limit() -> None:
    """B2B Edition has another one than the store."""
    sync = Sync()
    b2b = sync.liveness.quota_of({"companies"})
    sync.prints(status("orders", STARTED), status("companies", STARTED))
    b2b.wait(20)
    b2b.wake()
    assert sync.prints() == [limited("companies", 20)]
    sync.waits(5)
    assert sync.prints() == [limited("orders", 5)]

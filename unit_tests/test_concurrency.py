"""The way of records from the threads that read to the one that prints."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from queue import Empty
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, SyncMode
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.types import Record
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.concurrency.batch_queue import BATCH_SIZE, BatchQueue, QueueClosed
from source_bigcommerce.concurrency.read import ThreadMessages
from source_bigcommerce.concurrency.shared_read import Limits, SharedRead, SlicePartition, SlicePartitionGenerator
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.state import StreamState
from source_bigcommerce.streams.counters import StreamCounters
from source_bigcommerce.streams.orders import Orders


def record(number: int) -> Record:
    return Record({"id": number}, "orders")


def drained(queue: BatchQueue) -> list[Any]:
    found = []
    while not queue.empty():
        found.append(queue.get())
    return found


@given(kinds=st.lists(st.booleans(), max_size=200))
def test_one_thread_s_items_come_out_in_its_order(kinds: list[bool]) -> None:
    """A STATE that overtook a record would promise what was not printed."""
    queue = BatchQueue(size=10_000)
    items: list[Any] = [record(i) if is_record else f"state {i}" for i, is_record in enumerate(kinds)]
    items.append("end of slice")
    for item in items:
        queue.put(item)
    assert drained(queue) == items


def test_nothing_but_records_is_held_back() -> None:
    """The end of a slice that waited for a full batch would end the sync without its last records, or never."""
    queue = BatchQueue(size=1_000)
    queue.put(record(1))
    assert queue.empty()
    queue.put("end of slice")
    assert not queue.empty()
    assert drained(queue) == [record(1), "end of slice"]
    with pytest.raises(Empty):
        queue.get(block=False)


def test_flushed_records_go_out_at_once() -> None:
    """Before a slice is reported as finished, its records must be on their way."""
    queue = BatchQueue(size=1_000)
    queue.put(record(1))
    queue.flush()
    queue.flush()
    assert drained(queue) == [record(1)]


def test_a_batch_goes_out_when_it_is_full() -> None:
    """Records are printed while a long slice is still being read."""
    queue = BatchQueue(size=1_000)
    for number in range(BATCH_SIZE + 1):
        queue.put(record(number))
    assert len(drained(queue)) == BATCH_SIZE


def test_the_queue_is_not_empty_while_records_of_a_batch_are_left() -> None:
    """The CDK ends the sync when all slices are done and the queue is empty."""
    queue = BatchQueue(size=1_000)
    for item in (record(1), record(2), "end"):
        queue.put(item)
    queue.get()
    assert not queue.empty()


def test_many_threads_lose_nothing_in_a_small_queue() -> None:
    """Readers wait for the printer, and none waits for ever."""
    queue = BatchQueue(size=2 * BATCH_SIZE)

    def fill(reader: int) -> None:
        for number in range(500):
            queue.put(record(reader * 1_000 + number))
        queue.put(f"end {reader}")

    readers = [threading.Thread(target=fill, args=(reader,), daemon=True) for reader in range(8)]
    for reader in readers:
        reader.start()
    found: Counter[Any] = Counter()
    ends = 0
    while ends < len(readers):
        item = queue.get(timeout=30)
        if isinstance(item, Record):
            found[item["id"]] += 1
        else:
            ends += 1
    assert queue.empty()
    assert len(found) == 8 * 500 and set(found.values()) == {1}


def test_a_thread_puts_no_message_of_another_one_into_the_queue() -> None:
    """The state of a slice would come after a later one, or, put by the thread that prints, before its records."""
    messages = ThreadMessages()
    earlier, own = (AirbyteMessage(MessageType.STATE) for _ in range(2))
    interrupted = threading.Thread(target=messages.emit_message, args=(earlier,))
    interrupted.start()
    interrupted.join()
    messages.emit_message(own)
    (found,) = messages.consume_queue()
    assert found is own


PIECE = ListSlice(parent=7)


class ThreeSlices:
    """The reader of a list of three slices with one entry each; a slice then fails with the given error, if any."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.pages = SimpleNamespace(size=SimpleNamespace(record_bytes=1.0))

    def slices(self, state: StreamState, is_full_refresh: bool) -> Iterator[ListSlice]:
        yield from (ListSlice(parent=number) for number in range(3))

    def read(self, piece: ListSlice) -> Iterator[list[dict[str, int]]]:
        yield [{"id": piece.parent}]
        if self.error:
            raise self.error


class OrdersOnly:
    """A stream of that list."""

    name, namespace, cursor_field = "orders", None, ()
    one_record_per_entry = False
    listing = Orders.listing

    def __init__(self, error: Exception | None = None) -> None:
        self.reader = ThreeSlices(error)
        self.counters = StreamCounters()

    def check_unread(self) -> None:
        """There are no parents."""

    def resumed_state(self, *_: Any) -> StreamState:
        return StreamState()

    def to_records(self, entries: list[dict[str, int]]) -> Iterator[dict[str, int]]:
        yield from entries


class ReadOfOne(SharedRead):
    """The read of one stream, which remembers what had gone out when it ended."""

    def __init__(self, error: Exception | None = None) -> None:
        one = threading.BoundedSemaphore
        stream: Any = OrdersOnly(error)
        mode, states, repository = SyncMode.incremental, ConnectorStateManager(), InMemoryMessageRepository()
        super().__init__([stream], mode, states, repository, BatchQueue(size=1_000), Limits(one(1), one(1)))
        self.out_when_it_ended: list[Any] = []

    def end(self, error: Exception | None = None) -> None:
        self.out_when_it_ended += drained(self.queue)
        super().end(error)


def test_the_records_of_a_slice_that_fails_go_out_before_the_others_hear_of_it() -> None:
    """Else the streams that share its list end first, and their records come after their end."""
    together = ReadOfOne(ValueError("the second page cannot be read"))
    records = SlicePartition(together, PIECE).read()
    together.queue.put(next(iter(records)))
    with pytest.raises(BigCommerceError, match="second page"):
        next(iter(records))
    assert [one.file_reference.data["id"] for one in together.out_when_it_ended] == [7]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't start new thread")], ids=repr)
def test_a_slice_for_which_the_machine_has_no_room_fails_with_what_to_do_about_it(error: Exception) -> None:
    """Python's own words, "MemoryError" or "can't start new thread", say neither the cause nor a remedy."""
    records = SlicePartition(ReadOfOne(error), PIECE).read()
    with pytest.raises(BigCommerceError, match=r"memory.* choose fewer parallel workers"):
        list(records)


def test_an_error_that_nobody_foresaw_is_reported_in_one_line_with_its_place() -> None:
    """The CDK has a sentence that says nothing, and a stack trace."""
    records = SlicePartition(ReadOfOne(ZeroDivisionError("no\nway")), PIECE).read()
    with pytest.raises(BigCommerceError) as failure:
        list(records)
    assert re.fullmatch(
        r"The connector failed with an unexpected error: ZeroDivisionError: no way "
        r"\(at .*test_concurrency.py:\d+\)\. Please report this line\.",
        str(failure.value.message),
    )


def test_a_thread_that_puts_into_a_queue_that_nobody_empties_does_not_wait() -> None:
    """The consumer of a sync may stop in the middle; a thread for each worker would wait for ever."""
    queue = BatchQueue(size=1)
    queue.put("first")
    blocked = threading.Thread(target=queue.put, args=("second",), daemon=True)
    blocked.start()
    queue.close()
    blocked.join(timeout=30)
    assert not blocked.is_alive()
    with pytest.raises(QueueClosed):
        queue.put("third")


def test_no_slice_is_made_behind_one_that_failed() -> None:
    """No state can pass it: what lies behind would be read in vain, for hours perhaps."""
    together = ReadOfOne()
    made = []
    for piece in SlicePartitionGenerator(together).generate():
        made.append(piece)
        together.end(ValueError("a page cannot be read"))
    assert len(made) == 1

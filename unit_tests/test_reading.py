"""The way of records from the threads that read to the one that prints."""

from __future__ import annotations

import threading
from collections import Counter
from queue import Empty
from typing import Any

import pytest
from airbyte_cdk.sources.types import Record
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.reading import BATCH_SIZE, BatchQueue


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
    """Before a slice is told to be finished, its records have to be on their way."""
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

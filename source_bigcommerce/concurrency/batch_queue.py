"""The queue between the threads that read and the one that prints."""

from __future__ import annotations

import sys
import threading
from collections import deque
from queue import Queue

from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.types import Record

BATCH_SIZE = 25
HEAVIEST_BATCH = 256 * 1024  # bytes of JSON


class QueueClosed(Exception):
    """The consumer has stopped taking items from the queue."""


class BatchQueue(Queue[QueueItem]):
    """A queue that passes records on in batches: one lock per record would cost more than all other processing.

    The items of one thread keep their order. An item other than a record is passed on at once, together with the
    records that the same thread has put before it. A thread that puts records must flush them before it reports that
    they are there. Only one thread may call `get`.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._batches: Queue[list[QueueItem]] = Queue(max(1, size // BATCH_SIZE))
        self._own = threading.local()
        self._unpacked: deque[QueueItem] = deque()
        self._closed = False

    def close(self) -> None:
        """Ends the queue: `put` raises QueueClosed from now on, and no thread waits for space any longer."""
        self._closed = True
        with self._batches.mutex:
            self._batches.maxsize = sys.maxsize
            self._batches.not_full.notify_all()

    def expect(self, record_bytes: float) -> None:
        """Sets the size of the records that this thread puts next: batches of heavy records are smaller."""
        self._own.size = max(1, min(BATCH_SIZE, int(HEAVIEST_BATCH // max(1.0, record_bytes))))

    def put(self, item: QueueItem, block: bool = True, timeout: float | None = None) -> None:
        if self._closed:
            raise QueueClosed
        batch: list[QueueItem] = self._own.__dict__.setdefault("batch", [])
        batch.append(item)
        if len(batch) >= self._own.__dict__.get("size", BATCH_SIZE) or not isinstance(item, Record):
            self._own.batch = []
            self._batches.put(batch, block, timeout)

    def flush(self) -> None:
        """Passes on the records that this thread has put."""
        if batch := self._own.__dict__.pop("batch", None):
            self._batches.put(batch)

    def get(self, block: bool = True, timeout: float | None = None) -> QueueItem:
        if not self._unpacked:
            self._unpacked.extend(self._batches.get(block, timeout))
        return self._unpacked.popleft()

    def empty(self) -> bool:
        return not self._unpacked and self._batches.empty()

"""How the slices of all streams are read at the same time, with the CDK's concurrent framework.

The CDK runs three kinds of thread: one per stream that makes slices, one per slice that is read, and the main thread,
which prints what the others put into a queue. Records and states take the same queue, so that no state can overtake
its records.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import Any

from airbyte_cdk.models import AirbyteMessage, FailureType, SyncMode
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce import shortage
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.liveness import Liveness
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream, bounds
from source_bigcommerce.streams.mismatches import as_cdk_record, with_changes
from source_bigcommerce.streams.progress import ProgressCursor, WholeCursor
from source_bigcommerce.streams.state import StreamState
from source_bigcommerce.streams.unreadable import UnreadableRecords

QUEUE_SIZE = 500  # messages that wait to be printed; workers pause when it is full, so memory stays bounded
BATCH_SIZE = 25
HEAVIEST_BATCH = 256 * 1024  # bytes of JSON
LISTS_PER_WORKER = 2
SLICES_WAITING = 2  # of a list, for a worker: each keeps a page

logger = logging.getLogger("airbyte")


def read_together(
    streams: Sequence[BigCommerceStream],
    state_manager: ConnectorStateManager,
    workers: int,
    full_refreshes: Collection[str] = (),
) -> Iterator[AirbyteMessage]:
    """The messages of all streams, so many slices of them at a time. `full_refreshes` are the names of the streams that
    are read whole though they could go on from a state."""
    queue = BatchQueue(QUEUE_SIZE)
    liveness = Liveness(_states_at_first(streams, state_manager), queue.put)
    streams[0].store.governor.listener = liveness
    repository = ConcurrentMessageRepository(queue, InMemoryMessageRepository())
    places = threading.BoundedSemaphore(workers)
    lists = threading.BoundedSemaphore(LISTS_PER_WORKER * workers)  # each keeps a page or two
    passes = [
        _Pass(together, mode, state_manager, repository, queue, places, lists)
        for mode, together in _by_list(streams, state_manager, full_refreshes)
    ]
    # The streams that wait for the one that they share a list with begin behind it and take no list's place.
    begun = len(streams) - len(passes) + min(len(passes), LISTS_PER_WORKER * workers)
    # A thread for each stream that has begun beside the workers: those that make slices, or wait, keep none from
    # reading.
    threads = ThreadPoolExecutor(workers + begun, thread_name_prefix="workerpool")
    source = ConcurrentSource(
        threadpool=ThreadPoolManager(threads, logger),
        logger=logger,
        slice_logger=DebugSliceLogger(),
        queue=queue,
        message_repository=repository,
        initial_number_partitions_to_generate=begun,
    )
    try:
        for message in liveness.messages(source.read([stream for one in passes for stream in one.streams()])):
            yield with_changes(message)
    finally:
        # Whoever took the messages may have stopped before the end. Threads that wait for something wait no longer.
        queue.close()
        for one in passes:
            one.give_up()
        threads.shutdown(wait=False, cancel_futures=True)


def _states_at_first(
    streams: Iterable[BigCommerceStream], state_manager: ConnectorStateManager
) -> Iterable[AirbyteMessage]:
    """A STATE for each stream that is true before anything is read: the one that the sync was given, or the empty one
    where there is none or the stream is read whole. Those that say something come last."""
    given = [s for s in streams if isinstance(s, IncrementalStream) and state_manager.get_stream_state(s.name, None)]
    nothing = ConnectorStateManager()
    for stream in streams:
        if stream not in given:
            yield nothing.create_state_message(stream.name, None)
    for stream in given:
        yield state_manager.create_state_message(stream.name, None)


def _by_list(
    streams: Iterable[BigCommerceStream], state_manager: ConnectorStateManager, full_refreshes: Collection[str]
) -> Iterator[tuple[SyncMode, list[BigCommerceStream]]]:
    """The streams, those together that are made of the same list from the same state on, with their sync mode."""
    groups: dict[Any, tuple[SyncMode, list[BigCommerceStream]]] = {}
    of_unknown_selection = []
    for stream in streams:
        key: Any = stream.name
        mode = SyncMode.full_refresh if stream.name in full_refreshes else SyncMode.incremental
        if not isinstance(stream, IncrementalStream):
            key = stream.shared_list or key
        elif (state := _resumed_state(stream, mode, state_manager)) is not None:
            key = (stream.shared_list, mode, state) if stream.shared_list else key
            if state.remark:
                logger.warning(state.remark)
            if state.reached and state.selection is None and stream.selection.is_narrowing:
                of_unknown_selection.append(stream.name)
        groups.setdefault(key, (mode, []))[1].append(stream)
    if of_unknown_selection:
        logger.warning(
            f"The saved states of {', '.join(of_unknown_selection)} do not record the start date and the channels with "
            "which they were written. If the start date was later then, or other channels were chosen, older records "
            "may be missing: reset these streams to get them. From now on a change is noticed."
        )
    yield from groups.values()


def _resumed_state(
    stream: IncrementalStream, mode: SyncMode, state_manager: ConnectorStateManager
) -> StreamState | None:
    try:
        return stream.resumed_state(mode, state_manager.get_stream_state(stream.name, stream.namespace))
    except BigCommerceError:
        return None  # the stream reports it when it begins


class _Pass:
    """One reading of a list, for one stream or for several that are made of it.

    The first of them leads: its slices are read, and the records of all taken from each page. A stream whose records
    cannot be read drops out, and the others go on; the list itself fails them all.
    """

    def __init__(
        self,
        members: Sequence[BigCommerceStream],
        mode: SyncMode,
        state_manager: ConnectorStateManager,
        repository: MessageRepository,
        queue: BatchQueue,
        places: threading.BoundedSemaphore,
        lists: threading.BoundedSemaphore,
    ) -> None:
        self.leader, *self.followers = self.members = members
        self.mode = mode
        self.queue = queue
        self.places = places
        self.lists = lists
        self.waiting = threading.Semaphore(SLICES_WAITING)
        for follower in self.followers:
            if isinstance(follower, IncrementalStream) and isinstance(self.leader, IncrementalStream):
                follower.progress = self.leader.progress
        self._cursors = {stream.name: _cursor(stream, state_manager, repository) for stream in members}
        self._lock = threading.Lock()
        self._under_way = 1  # slices, and the making of them
        self._over = threading.Event()
        self._error: Exception | None = None  # of the list
        self._is_broken_off = False  # by that error; unreadable records of a slice do not keep from others
        self._dropped_out: dict[str, Exception] = {}  # by the name of the stream
        self._state = state_manager.get_stream_state(self.leader.name, self.leader.namespace)

    def streams(self) -> Iterator[AbstractStream]:
        """What the CDK reads: the leader with its slices, and the others, which end when the leader does."""
        leads, *follow = self._cursors.values()
        yield _stream(self.leader, _Slices(self, self._state), _CursorOfAll([leads, *follow], self))
        for follower, cursor in zip(self.followers, follow, strict=True):
            yield _stream(follower, _Wait(self, follower), cursor)

    def drop_out(self, stream: BigCommerceStream, piece: StreamSlice, error: Exception) -> None:
        """Called when a record of the stream cannot be read, before the slice with it ends: no state may pass it."""
        cursor = self._cursors[stream.name]
        if isinstance(cursor, ProgressCursor):
            cursor.stop_at(bounds(piece)[0])
        else:
            cursor.stop()
        self._dropped_out.setdefault(stream.name, error)

    @contextmanager
    def failing_together(self) -> Iterator[None]:
        """What is raised within fails the list, for all that are made of it."""
        try:
            with shortage.in_plain_words():
                yield
        except Exception as error:
            try:
                # Before the others are told: another thread would print their end ahead of their records.
                self.queue.flush()
            finally:
                self.end(error)
            raise
        except GeneratorExit:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Called when nobody takes any more what is read, for want of memory as a rule. No one waits for the rest."""
        self._error = self._error or BigCommerceError(
            "The connector gave up, perhaps for want of memory: see the errors of the other streams.",
            FailureType.system_error,
        )
        self._is_broken_off = True
        self._over.set()
        self.waiting.release()

    def begin_slice(self) -> None:
        with self._lock:
            self._under_way += 1

    def end(self, error: Exception | None = None) -> None:
        """Called when a slice has ended, and when the last one has been made."""
        with self._lock:
            self._error = self._error or error
            self._is_broken_off |= error is not None and not isinstance(error, UnreadableRecords)
            self._under_way -= 1
            if self._under_way == 0:
                self._over.set()

    @property
    def has_failed(self) -> bool:
        """Whether a slice has failed for all: no state can pass it, so the next sync reads what lies behind."""
        return self._is_broken_off or len(self._dropped_out) == len(self.members)

    def wait(self, stream: BigCommerceStream) -> None:
        """Returns when the list has been read for this stream. Raises why it was not, which the leader's slice has
        told already where it is an error of the list."""
        self._over.wait()
        if stream.name in self._dropped_out:
            raise self._dropped_out[stream.name]
        if self._error is None:
            stream.check_unread(self.leader)
            return
        if stream is self.leader:
            return
        if isinstance(self._error, AirbyteTracedException):
            raise BigCommerceError(
                f"The stream '{stream.name}' is made of the list of '{self.leader.name}', which was not read to "
                f"its end: {self._error.message}",
                self._error.failure_type,
            )
        raise self._error


class _Slices(PartitionGenerator):
    """The leader's slices, made as they are needed: a page may be kept for each that waits."""

    def __init__(self, list_pass: _Pass, state: Mapping[str, Any]) -> None:
        self._pass = list_pass
        self._state = state

    def generate(self) -> Iterable[Partition]:
        leader = self._pass.leader
        with self._pass.lists:
            with self._pass.failing_together():
                for piece in leader.stream_slices(sync_mode=self._pass.mode, stream_state=self._state):
                    for follower in self._pass.followers:
                        follower.tally.expected = leader.tally.expected
                    self._pass.waiting.acquire()
                    if self._pass.has_failed:
                        break
                    self._pass.begin_slice()
                    yield _Slice(self._pass, piece)
            self._pass.end()
            self._pass.wait(leader)


class _Slice(Partition):
    """One slice of the list; read once."""

    def __init__(self, list_pass: _Pass, stream_slice: StreamSlice) -> None:
        self._pass = list_pass
        self._slice = stream_slice
        self._dropped_out: set[str] = set()  # streams, by name, that miss a record of this slice

    def read(self) -> Iterable[Record]:
        with self._pass.places:
            self._pass.waiting.release()
            with self._pass.failing_together():
                for stream, records in self._pass.leader.read_pages(self._pass.members, self._slice):
                    self._pass.queue.expect(self._pass.leader.sizes.weight if stream.is_a_record_each else 0)
                    yield from self._records(stream, records)
                    if len(self._dropped_out) == len(self._pass.members):
                        return

    def _records(self, stream: BigCommerceStream, records: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
        try:
            with shortage.in_plain_words():
                for record in records:
                    yield as_cdk_record(record, stream.name)
        except Exception as error:
            self._dropped_out.add(stream.name)
            self._pass.drop_out(stream, self._slice, error)
        # Before the slice is told to be finished: another thread may print the state that says so.
        self._pass.queue.flush()

    def to_slice(self) -> Mapping[str, Any]:
        return self._slice

    def stream_name(self) -> str:
        return self._pass.leader.name

    def __hash__(self) -> int:
        return id(self)


class _CursorOfAll(Cursor):
    """Tells the states of all that share a list, when a slice of it has been read."""

    def __init__(self, cursors: Sequence[ProgressCursor | WholeCursor], list_pass: _Pass) -> None:
        self._cursors = cursors
        self._pass = list_pass

    @property
    def state(self) -> Any:
        return self._cursors[0].state

    def observe(self, record: Record) -> None:
        """Progress follows from slices, not from records."""

    def close_partition(self, partition: Partition) -> None:
        try:
            with shortage.in_plain_words():
                for cursor in self._cursors:
                    cursor.close_partition(partition)
        except Exception as error:
            self._pass.end(error)
            raise
        self._pass.end()

    def ensure_at_least_one_state_emitted(self) -> None:
        self._cursors[0].ensure_at_least_one_state_emitted()

    def should_be_synced(self, record: Record) -> bool:
        return True


class _Wait(PartitionGenerator):
    """No slices: those of the leader give this stream its records."""

    def __init__(self, list_pass: _Pass, follower: BigCommerceStream) -> None:
        self._pass = list_pass
        self._follower = follower

    def generate(self) -> Iterable[Partition]:
        self._pass.wait(self._follower)
        return ()


def _cursor(
    stream: BigCommerceStream, state_manager: ConnectorStateManager, repository: MessageRepository
) -> ProgressCursor | WholeCursor:
    if isinstance(stream, IncrementalStream):
        return ProgressCursor(stream.name, stream.cursor_field, stream.progress, state_manager, repository)
    return WholeCursor(stream.name, stream.namespace, repository)


def _stream(stream: BigCommerceStream, slices: PartitionGenerator, cursor: Cursor) -> AbstractStream:
    cursor_field = stream.cursor_field if isinstance(stream, IncrementalStream) else None
    return DefaultStream(
        partition_generator=slices,
        name=stream.name,
        namespace=stream.namespace,
        json_schema=stream.get_json_schema(),
        primary_key=[stream.primary_key] if isinstance(stream.primary_key, str) else list(stream.primary_key),
        cursor_field=CursorField(cursor_field) if cursor_field else None,
        logger=logger,
        cursor=cursor,
    )


class QueueClosed(Exception):
    """Nobody takes any more what is put into the queue."""


class BatchQueue(Queue[QueueItem]):
    """A queue in which records travel many at a time: a lock for each would cost more than the rest of the way.

    What one thread puts comes out in its order. Everything but a record is passed on at once, and with it the records
    that the same thread had put before. Whoever puts records flushes them before telling that they are there. Only one
    thread gets.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._batches: Queue[list[QueueItem]] = Queue(max(1, size // BATCH_SIZE))
        self._own = threading.local()
        self._unpacked: deque[QueueItem] = deque()
        self._closed = False

    def close(self) -> None:
        """Has whoever puts, or waits for room to, raise QueueClosed or go on: nobody gets any more."""
        self._closed = True
        with self._batches.mutex:
            self._batches.maxsize = sys.maxsize
            self._batches.not_full.notify_all()

    def expect(self, weight: float) -> None:
        """Says how many bytes the records are that this thread puts next: heavy ones travel a few at a time."""
        self._own.size = max(1, min(BATCH_SIZE, int(HEAVIEST_BATCH // max(1.0, weight))))

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

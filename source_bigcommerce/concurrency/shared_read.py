"""One reading of a list, for the streams that are made from it, in the terms of the CDK's concurrent framework."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.concurrency.batch_queue import BatchQueue
from source_bigcommerce.concurrency.cursors import FullRefreshCursor, WatermarkCursor
from source_bigcommerce.fatal_errors import errors_with_guidance
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.unreadable_records import UnreadableRecords
from source_bigcommerce.streams.schema_mismatches import as_cdk_record
from source_bigcommerce.streams.stream import Stream

_WAITING_SLICES = 2  # of a list, for a worker: each keeps a page

logger = logging.getLogger("airbyte")


@dataclass(frozen=True)
class Limits:
    """The limits of one sync: slices that are read at a time, and lists that are open, each of which keeps a page or
    two."""

    slices: threading.BoundedSemaphore
    lists: threading.BoundedSemaphore


class SharedRead:
    """One reading of a list for one or several streams.

    The list is read by the reader of the first stream; the others consume its pages. A stream whose records cannot be
    read drops out, and the others go on; a failure of the list itself fails all of them.
    """

    def __init__(
        self,
        streams: Sequence[Stream],
        mode: SyncMode,
        state_manager: ConnectorStateManager,
        repository: MessageRepository,
        queue: BatchQueue,
        limits: Limits,
    ) -> None:
        self.first, *self._others = self.streams = streams
        self.reader = self.first.reader
        for stream in self._others:
            stream.reader = self.reader
        self.mode = mode
        self.queue = queue
        self.limits = limits
        self.is_sequential = self.first.listing.slices_by_count
        self.waiting = threading.Semaphore(1 if self.is_sequential else _WAITING_SLICES)
        self.saved_state = state_manager.get_stream_state(self.first.name, self.first.namespace)
        self._cursors = {stream.name: _cursor(stream, state_manager, repository) for stream in streams}
        self._lock = threading.Lock()
        self._under_way = 1  # slices, and their generation
        self._is_over = threading.Event()
        self._error: Exception | None = None  # of the list
        self._is_broken_off = False  # by that error; unreadable records of a slice do not stop the others
        self._dropped_out: dict[str, Exception] = {}  # by the name of the stream

    def cdk_streams(self) -> Iterator[AbstractStream]:
        """The streams for the CDK: the first with the slices of the list, and the others, which end when it does."""
        cursors = list(self._cursors.values())
        yield _cdk_stream(self.first, SlicePartitionGenerator(self), SharedCursor(cursors, self))
        for stream in self._others:
            yield _cdk_stream(stream, ConsumerPartitionGenerator(self, stream), self._cursors[stream.name])

    def drop_out(self, stream: Stream, piece: ListSlice, error: Exception) -> None:
        """Stops a stream with a record that cannot be read, before its slice ends: no state may pass that slice."""
        cursor = self._cursors[stream.name]
        if isinstance(cursor, FullRefreshCursor):
            cursor.stop()
        elif piece.window:
            cursor.cap_state_at(piece.window.start)
        self._dropped_out.setdefault(stream.name, error)

    @contextmanager
    def slice_being_read(self) -> Iterator[None]:
        """Occupies a worker, and lets the next slice be generated: at the end if the slices are read one by one."""
        with self.limits.slices:
            if not self.is_sequential:
                self.waiting.release()
            try:
                yield
            finally:
                if self.is_sequential:
                    self.waiting.release()

    @contextmanager
    def failing_together(self) -> Iterator[None]:
        """Fails the list, for all of its streams, with any error that is raised inside the block."""
        try:
            with errors_with_guidance():
                yield
        except Exception as error:
            try:
                # Before the other streams end: otherwise another thread could print their end before their records.
                self.queue.flush()
            finally:
                self.end(error)
            raise
        except GeneratorExit:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Ends the reading because its records are no longer consumed. No thread waits for the rest."""
        self._error = self._error or BigCommerceError(
            "The sync ended before this stream was read to its end: see the errors of the other streams.",
            FailureType.system_error,
        )
        self._is_broken_off = True
        self._is_over.set()
        self.waiting.release()

    def begin_slice(self) -> None:
        """Counts a slice that is about to be read."""
        with self._lock:
            self._under_way += 1

    def end(self, error: Exception | None = None) -> None:
        """Counts the end of a slice, or of their generation."""
        with self._lock:
            self._error = self._error or error
            self._is_broken_off |= error is not None and not isinstance(error, UnreadableRecords)
            self._under_way -= 1
            if self._under_way == 0:
                self._is_over.set()

    @property
    def has_failed(self) -> bool:
        """True when a slice has failed for all streams: no state can pass it, so the next sync reads what follows."""
        return self._is_broken_off or len(self._dropped_out) == len(self.streams)

    def wait(self, stream: Stream) -> None:
        """Waits until the list has been read for this stream. Raises the error that prevented it, except for an error
        of the list, which the slice of the first stream has already raised."""
        self._is_over.wait()
        if stream.name in self._dropped_out:
            raise self._dropped_out[stream.name]
        if self._error is None:
            stream.check_unread()
            return
        if stream is self.first:
            return
        if isinstance(self._error, AirbyteTracedException):
            raise BigCommerceError(
                f"The stream '{stream.name}' is made from the list of '{self.first.name}', which was not read to its "
                f"end: {self._error.message}",
                self._error.failure_type,
            )
        raise self._error


class SlicePartitionGenerator(PartitionGenerator):
    """Generates the slices of the list as they are needed, since each that waits may keep a page."""

    def __init__(self, read: SharedRead) -> None:
        self._read = read

    def generate(self) -> Iterable[Partition]:
        read = self._read
        with read.limits.lists:
            with read.failing_together():
                state = read.first.resumed_state(read.mode, read.saved_state)
                for piece in read.reader.slices(state, read.mode is SyncMode.full_refresh):
                    read.waiting.acquire()
                    if read.has_failed:
                        break
                    read.begin_slice()
                    yield SlicePartition(read, piece)
            read.end()
            read.wait(read.first)


class SlicePartition(Partition):
    """One slice of the list, read once for all streams."""

    def __init__(self, read: SharedRead, piece: ListSlice) -> None:
        self._read = read
        self._piece = piece
        self._dropped_out: set[str] = set()  # the names of streams that miss a record of this slice

    def read(self) -> Iterable[Record]:
        read = self._read
        with read.slice_being_read(), read.failing_together():
            for entries in read.reader.read(self._piece):
                for stream in read.streams:
                    read.queue.expect(read.reader.pages.size.record_bytes if stream.one_record_per_entry else 0)
                    yield from self._records(stream, entries)
                    if len(self._dropped_out) == len(read.streams):
                        return
                del entries  # not kept while the next page is fetched

    def to_slice(self) -> Mapping[str, Any]:
        return self._piece.to_stream_slice()

    def stream_name(self) -> str:
        return self._read.first.name

    def __hash__(self) -> int:
        return id(self)

    def _records(self, stream: Stream, entries: Sequence[dict[str, Any]]) -> Iterator[Record]:
        try:
            with errors_with_guidance():
                records = 0
                for record in stream.to_records(entries):
                    yield as_cdk_record(record, stream.name)
                    records += 1
                stream.counters.add(len(entries), records)
        except Exception as error:
            self._dropped_out.add(stream.name)
            self._read.drop_out(stream, self._piece, error)
        # Before the slice is reported as finished: another thread may print its state.
        self._read.queue.flush()


class ConsumerPartitionGenerator(PartitionGenerator):
    """Generates no slices: the records of this stream come from the slices of the first one."""

    def __init__(self, read: SharedRead, stream: Stream) -> None:
        self._read = read
        self._stream = stream

    def generate(self) -> Iterable[Partition]:
        self._read.wait(self._stream)
        return ()


class SharedCursor(Cursor):
    """Emits the states of all streams of a list when a slice of it has been read."""

    def __init__(self, cursors: Sequence[WatermarkCursor | FullRefreshCursor], read: SharedRead) -> None:
        self._cursors = cursors
        self._read = read

    @property
    def state(self) -> Any:
        return self._cursors[0].state

    def observe(self, record: Record) -> None:
        """Does nothing: the watermark follows from slices, not from records."""

    def close_partition(self, partition: Partition) -> None:
        try:
            with errors_with_guidance():
                for cursor in self._cursors:
                    cursor.close_partition(partition)
        except Exception as error:
            self._read.end(error)
            raise
        self._read.end()

    def ensure_at_least_one_state_emitted(self) -> None:
        self._cursors[0].ensure_at_least_one_state_emitted()

    def should_be_synced(self, record: Record) -> bool:
        return True


def _cursor(
    stream: Stream, state_manager: ConnectorStateManager, repository: MessageRepository
) -> WatermarkCursor | FullRefreshCursor:
    field, reader = stream.cursor_field, stream.reader
    if isinstance(reader, IncrementalListReader) and isinstance(field, str):
        return WatermarkCursor(stream.name, field, reader.watermark, state_manager, repository)
    return FullRefreshCursor(stream.name, stream.namespace, repository)


def _cdk_stream(stream: Stream, generator: PartitionGenerator, cursor: Cursor) -> AbstractStream:
    field = stream.cursor_field
    return DefaultStream(
        partition_generator=generator,
        name=stream.name,
        namespace=stream.namespace,
        json_schema=stream.get_json_schema(),
        primary_key=[stream.primary_key] if isinstance(stream.primary_key, str) else list(stream.primary_key),
        cursor_field=CursorField(field) if isinstance(field, str) else None,
        logger=logger,
        cursor=cursor,
    )

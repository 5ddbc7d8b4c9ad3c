"""How far an incremental stream has come, and when that is told as STATE.

The CDK's own concurrent cursor parses every record's date to know this; here it follows from the slices alone. They
tile the window from the lower bound to the server's clock, so the state is the end of the finished slices that lie
without a gap behind the lower bound: everything before it has been emitted (promise P2).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_bigcommerce.streams.state import Backfill, Selection, StreamState

Window = tuple[datetime, datetime]


class Tiling:
    """How far a window is covered without a gap by slices that end in any order."""

    def __init__(self, lower: datetime, upper: datetime) -> None:
        self.lower = self.reached = lower
        self.upper = upper
        self._beyond: dict[datetime, datetime] = {}  # slices behind a gap: start -> end

    def add(self, start: datetime, end: datetime) -> int:
        """Covers a slice; returns by how many slices the part without a gap grew."""
        if end < self.reached:
            return 0
        self._beyond[start] = end
        grown = 0
        while self.reached in self._beyond:
            self.reached = self._beyond.pop(self.reached)
            grown += 1
        return grown


class Progress:
    """The finished part of a stream's window. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resumed = StreamState()  # where an earlier sync had come to
        self._selection: Selection | None = None
        self.is_full_refresh = False
        self._product_ids: frozenset[int] | None = None
        self._unread_parents: tuple[int | str, ...] = ()
        self._read: Tiling | None = None
        self._finished: Tiling | None = None
        self._unclaimed: datetime | None = None  # from here on nobody sees to what was read
        self._slices_unclaimed = 0
        self._advanced = False
        self._left_out: list[datetime] = []  # beginnings of slices of which a record could not be read

    def resume(self, state: StreamState) -> None:
        """Forgets everything but the state that an earlier sync left."""
        with self._lock:
            self._resumed, self._read, self._finished, self._advanced = state, None, None, False
            self._product_ids, self._unread_parents = None, state.unread_parents

    def begin(
        self,
        lower: datetime,
        upper: datetime,
        selection: Selection | None = None,
        known: Iterable[Window] = (),
        is_full_refresh: bool = False,
    ) -> None:
        """Sets the window that the slices to come will tile, but for the parts of it that are `known`."""
        with self._lock:
            self._read, self._finished, self._advanced = Tiling(lower, upper), Tiling(lower, upper), False
            self._unclaimed, self._slices_unclaimed, self._left_out = lower, 0, []
            self._selection, self.is_full_refresh = selection, is_full_refresh
            for part in known:
                self._read.add(*part)
                self._finished.add(*part)

    def keep_product_ids(self, ids: frozenset[int]) -> None:
        """Sets the products of the chosen channels, all of which were emitted once the window ends."""
        with self._lock:
            self._product_ids = ids

    def add_unread_parent(self, key: int | str) -> None:
        """Records a parent whose own list could not be read, before the slice with it is finished."""
        with self._lock:
            self._unread_parents = tuple(dict.fromkeys([*self._unread_parents, key]))

    def remove_unread_parent(self, key: int | str) -> None:
        """Records that what belongs to this parent has been emitted after all."""
        with self._lock:
            self._unread_parents = tuple(one for one in self._unread_parents if one != key)

    def claim(self, start: datetime, end: datetime, slices: int) -> Window | None:
        """Marks a slice as read. Returns what is left to the caller to finish: the part of the window that was read
        without a gap since the last claim, once it has so many slices or ends the window."""
        with self._lock:
            if self._read is None or self._unclaimed is None:
                return start, end
            self._slices_unclaimed += self._read.add(start, end)
            ended = self._read.reached == self._read.upper
            if not self._slices_unclaimed or (self._slices_unclaimed < slices and not ended):
                return None
            part = self._unclaimed, self._read.reached
            self._unclaimed, self._slices_unclaimed = self._read.reached, 0
            return part

    def leave_out(self, start: datetime) -> None:
        """Marks the slice from `start` on as one of which a record could not be read: no state passes its start."""
        with self._lock:
            self._left_out.append(start)

    def finish(self, start: datetime, end: datetime) -> None:
        """Marks a part of the window as emitted. Marking it twice changes nothing."""
        with self._lock:
            end = min([end, *(left_out for left_out in self._left_out if start <= left_out < end)])
            if self._finished is not None and start < end and self._finished.add(start, end):
                self._advanced = True

    def limit_of(self, start: datetime) -> datetime:
        """Up to where a stream may come that failed in the slice from `start` on, or in what was left over with it:
        that is of earlier slices too, and only what is finished has it."""
        with self._lock:
            if self._read and self._finished and self._read.reached > start:
                return min(start, self._finished.reached)
            return start

    @property
    def resumed(self) -> StreamState:
        """The state with which this sync began."""
        return self._resumed

    @property
    def unread_parents(self) -> tuple[int | str, ...]:
        """The parents whose own lists are still to be read."""
        return self._unread_parents

    @property
    def state(self) -> StreamState:
        """What has been emitted, by this sync or an earlier one."""
        return self.state_until(None)

    def state_until(self, limit: datetime | None) -> StreamState:
        """The same for a stream that was read with others and failed somewhere behind `limit`."""
        with self._lock:
            if self._finished is None or not self._advanced or limit == self._finished.lower:
                return self._resumed
            reached = self._finished.reached if limit is None else min(limit, self._finished.reached)
            is_complete = reached == self._finished.upper
            before = self._resumed.reached
            state = StreamState(
                reached,
                self._selection,
                product_ids=self._product_ids if is_complete else self._resumed.product_ids,
                unread_parents=self._unread_parents,
                is_full_refresh=self.is_full_refresh,
                is_complete=is_complete,
            )
            if is_complete or before is None or reached >= before:
                return state
            if self._selection and self._resumed.selection not in (None, self._selection):
                backfill = Backfill(self._selection, reached)
                return replace(self._resumed, backfill=backfill, unread_parents=self._unread_parents)
            return replace(state, reached=before)  # the look-back reads again what is already known


class ProgressCursor(Cursor):
    """Prints a stream's progress as STATE, in the order in which it grows."""

    def __init__(
        self,
        stream_name: str,
        cursor_field: str,
        progress: Progress,
        state_manager: ConnectorStateManager,
        message_repository: MessageRepository,
    ) -> None:
        self._stream_name = stream_name
        self._cursor_field = cursor_field
        self._progress = progress
        self._state_manager = state_manager
        self._message_repository = message_repository
        self._emitted = StreamState()
        self._limit: datetime | None = None
        self._lock = threading.Lock()

    def stop_at(self, start: datetime) -> None:
        """Called when the slice from `start` on could not be read for this stream, before its end is reported: others
        may share the progress, and go on."""
        limit = self._progress.limit_of(start)
        with self._lock:
            self._limit = limit if self._limit is None else min(limit, self._limit)

    @property
    def state(self) -> MutableMapping[str, Any]:
        return self._progress.state.dump(self._cursor_field)

    def observe(self, record: Record) -> None:
        """Progress follows from slices, not from records."""

    def close_partition(self, partition: Partition) -> None:
        """Called when all records of the slice are in the output queue: a STATE may follow them there."""
        self._emit()

    def ensure_at_least_one_state_emitted(self) -> None:
        self._emit()

    def should_be_synced(self, record: Record) -> bool:
        return True

    def _emit(self) -> None:
        # Reading the value and putting it on the queue are one step, so that a later value cannot overtake.
        with self._lock:
            state = self._progress.state_until(self._limit)
            if state.reached is None or state == self._emitted:
                return  # nothing to report, or nothing new
            self._emitted = state
            self._state_manager.update_state_for_stream(self._stream_name, None, state.dump(self._cursor_field))
            self._message_repository.emit_message(self._state_manager.create_state_message(self._stream_name, None))


class WholeCursor(FinalStateCursor):
    """For streams that are read whole, in one slice: tells the end where it was reached, and only there."""

    _is_stopped = False

    def stop(self) -> None:
        """Called when a record of the stream could not be read: its end will not be reached."""
        self._is_stopped = True

    def close_partition(self, partition: Partition) -> None:
        if not self._is_stopped:
            super().ensure_at_least_one_state_emitted()

    def ensure_at_least_one_state_emitted(self) -> None:
        """Nothing: a stream that failed has no end to tell."""

"""How far an incremental stream has come, and when that is told as STATE.

The CDK's own concurrent cursor parses every record's date to know this; here it follows from the slices alone. They
tile the window from the lower bound to the server's clock, so the state is the end of the finished slices that lie
without a gap behind the lower bound: everything before it has been emitted (promise P2).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.core import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.types import Record

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.values import format_timestamp, parse_timestamp

logger = logging.getLogger("airbyte")


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
        self._resumed: datetime | None = None  # where an earlier sync had come to
        self._read: Tiling | None = None
        self._finished: Tiling | None = None
        self._unclaimed: datetime | None = None  # from here on nobody sees to what was read
        self._slices_unclaimed = 0
        self._advanced = False
        self._left_out: list[datetime] = []  # beginnings of slices of which a record could not be read

    def resume(self, state: datetime | None) -> None:
        """Forgets everything but the state that an earlier sync left."""
        with self._lock:
            self._resumed, self._read, self._finished, self._advanced = state, None, None, False

    def begin(self, lower: datetime, upper: datetime) -> None:
        """Says which window the slices to come will tile."""
        with self._lock:
            self._read, self._finished, self._advanced = Tiling(lower, upper), Tiling(lower, upper), False
            self._unclaimed, self._slices_unclaimed, self._left_out = lower, 0, []

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
    def resumed(self) -> datetime | None:
        """What the state said when this sync began; None on a first sync."""
        return self._resumed

    @property
    def value(self) -> datetime | None:
        """Every record changed before this instant has been emitted, by this sync or an earlier one."""
        return self.value_until(None)

    def value_until(self, limit: datetime | None) -> datetime | None:
        """The same for a stream that was read with others and failed somewhere behind `limit`."""
        with self._lock:
            if self._finished is None or not self._advanced or limit == self._finished.lower:
                return self._resumed
            reached = self._finished.reached if limit is None else min(limit, self._finished.reached)
            if self._resumed is None or reached == self._finished.upper:
                return reached
            return max(self._resumed, reached)  # the look-back reads again what is already known


def parse_state(stream: str, cursor_field: str, state: Mapping[str, Any]) -> datetime | None:
    """The instant in a stream's incoming state; None for a first sync.

    Besides `{cursor_field: date}` it reads what other tools leave behind: Stitch's bookmarks, and the date ranges of
    the CDK's concurrent cursor. The former BigCommerce connector kept states that say nothing of the stream as a
    whole (a date under "id", a list per order): with those the stream starts again, and the log says so. Raises
    BigCommerceError for any other shape: reading everything again unasked could cost hours of the store's quota.
    """
    if not state or NO_CURSOR_STATE_KEY in state:
        return None
    if cursor_field not in state and (isinstance(state.get("id"), str) or "states" in state):
        logger.warning(
            f"The saved state of the stream '{stream}' is one of the former BigCommerce connector and does not tell "
            "how far the stream was read: it is read from its start again."
        )
        return None
    value = _cursor_value(stream, cursor_field, state)
    try:
        if isinstance(value, (str, int)) and not isinstance(value, bool) and (instant := parse_timestamp(value)):
            return instant
    except ValueError:
        pass
    raise BigCommerceError(
        f"The saved state of the stream '{stream}' cannot be read: it should look like "
        f'{{"{cursor_field}": "2024-01-31T00:00:00Z"}}. Reset the stream in the connection to sync it anew.',
        FailureType.config_error,
    )


def _cursor_value(stream: str, cursor_field: str, state: Mapping[str, Any]) -> Any:
    try:
        if "bookmarks" in state:
            return state["bookmarks"][stream][cursor_field]
        if "slices" in state:  # without gaps up to the end of the first one
            return min(state["slices"], key=lambda one: str(one["start"]))["end"]
    except (KeyError, TypeError, ValueError):
        return None
    return state.get(cursor_field)


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
        self._emitted: datetime | None = None
        self._limit: datetime | None = None
        self._lock = threading.Lock()

    def stop_at(self, start: datetime) -> None:
        """Called when the slice from `start` on could not be read for this stream, before its end is told: others may
        share the progress, and go on."""
        limit = self._progress.limit_of(start)
        with self._lock:
            self._limit = limit if self._limit is None else min(limit, self._limit)

    @property
    def state(self) -> MutableMapping[str, Any]:
        return state_of(self._cursor_field, self._progress.value)

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
            value = self._progress.value_until(self._limit)
            if value is None or value == self._emitted:
                return  # nothing to tell, or nothing new
            self._emitted = value
            self._state_manager.update_state_for_stream(self._stream_name, None, state_of(self._cursor_field, value))
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


def state_of(cursor_field: str, value: datetime | None) -> dict[str, Any]:
    """The state as it goes over the wire."""
    return {} if value is None else {cursor_field: format_timestamp(value)}

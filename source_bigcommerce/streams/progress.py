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


class Progress:
    """The finished part of a stream's window. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resumed: datetime | None = None  # where an earlier sync had come to
        self._reached: datetime | None = None
        self._upper: datetime | None = None
        self._advanced = False
        self._finished: dict[datetime, datetime] = {}  # slices behind a gap: start -> end

    def resume(self, state: datetime | None) -> None:
        """Forgets everything but the state that an earlier sync left."""
        with self._lock:
            self._resumed, self._reached, self._upper, self._advanced = state, None, None, False
            self._finished.clear()

    def begin(self, lower: datetime, upper: datetime) -> None:
        """Says which window the slices to come will tile."""
        with self._lock:
            self._reached, self._upper = lower, upper

    def finish(self, start: datetime, end: datetime) -> None:
        """Marks a slice as emitted. Marking it twice changes nothing."""
        with self._lock:
            if self._reached is None or end < self._reached:
                return
            self._finished[start] = end
            while self._reached in self._finished:
                self._reached = self._finished.pop(self._reached)
                self._advanced = True

    @property
    def resumed(self) -> datetime | None:
        """What the state said when this sync began; None on a first sync."""
        return self._resumed

    @property
    def value(self) -> datetime | None:
        """Every record changed before this instant has been emitted, by this sync or an earlier one."""
        with self._lock:
            if not self._advanced or self._reached is None:
                return self._resumed
            if self._resumed is None or self._reached == self._upper:
                return self._reached
            return max(self._resumed, self._reached)  # the look-back reads again what is already known


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
        self._lock = threading.Lock()

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
            value = self._progress.value
            if value is None or value == self._emitted:
                return  # nothing to tell, or nothing new
            self._emitted = value
            self._state_manager.update_state_for_stream(self._stream_name, None, state_of(self._cursor_field, value))
            self._message_repository.emit_message(self._state_manager.create_state_message(self._stream_name, None))


class WholeCursor(FinalStateCursor):
    """For streams that are read whole, in one slice: tells the end where it was reached, and only there."""

    def close_partition(self, partition: Partition) -> None:
        super().ensure_at_least_one_state_emitted()

    def ensure_at_least_one_state_emitted(self) -> None:
        """Nothing: a stream that failed has no end to tell."""


def state_of(cursor_field: str, value: datetime | None) -> dict[str, Any]:
    """The state as it goes over the wire."""
    return {} if value is None else {cursor_field: format_timestamp(value)}

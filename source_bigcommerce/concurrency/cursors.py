"""The cursors that emit STATE messages when slices have been read."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_bigcommerce.lists.state import StreamState
from source_bigcommerce.lists.watermark import Watermark


class WatermarkCursor(Cursor):
    """Emits the state of a stream each time that its watermark advances, in order."""

    def __init__(
        self,
        stream_name: str,
        cursor_field: str,
        watermark: Watermark,
        state_manager: ConnectorStateManager,
        message_repository: MessageRepository,
    ) -> None:
        self._stream_name = stream_name
        self._cursor_field = cursor_field
        self._watermark = watermark
        self._state_manager = state_manager
        self._message_repository = message_repository
        self._emitted = StreamState()
        self._limit: datetime | None = None
        self._lock = threading.Lock()

    def cap_state_at(self, start: datetime) -> None:
        """Keeps the state from passing the slice that begins at `start`, which could not be read for this stream.

        Must be called before the end of the slice is reported: other streams may share the watermark, and continue.
        """
        limit = self._watermark.safe_state_limit(start)
        with self._lock:
            self._limit = limit if self._limit is None else min(limit, self._limit)

    @property
    def state(self) -> MutableMapping[str, Any]:
        return self._watermark.state.dump(self._cursor_field)

    def observe(self, record: Record) -> None:
        """Does nothing: the watermark follows from slices, not from records."""

    def close_partition(self, partition: Partition) -> None:
        """Emits the state after a slice, all records of which are in the output queue."""
        self._emit()

    def ensure_at_least_one_state_emitted(self) -> None:
        self._emit()

    def should_be_synced(self, record: Record) -> bool:
        return True

    def _emit(self) -> None:
        # Reading the value and putting it on the queue are one step, so that a later value cannot overtake it.
        with self._lock:
            state = self._watermark.state_until(self._limit)
            if state.reached is None or state == self._emitted:
                return  # nothing to report, or nothing new
            self._emitted = state
            self._state_manager.update_state_for_stream(self._stream_name, None, state.dump(self._cursor_field))
            self._message_repository.emit_message(self._state_manager.create_state_message(self._stream_name, None))


class FullRefreshCursor(FinalStateCursor):
    """Emits the final state of a stream that is read in full, in one slice, once its end is reached."""

    _is_stopped = False

    def stop(self) -> None:
        """Suppresses the final state: a record of the stream could not be read."""
        self._is_stopped = True

    def close_partition(self, partition: Partition) -> None:
        if not self._is_stopped:
            super().ensure_at_least_one_state_emitted()

    def ensure_at_least_one_state_emitted(self) -> None:
        """Does nothing: a stream that failed has no final state."""

"""The reconciliations that are due in a sync, after its incremental work: several lists at a time, on as many workers.

Each list is read by one worker, which puts records and the ends of ranges into the queue of the sync.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from airbyte_cdk.models import AirbyteMessage, FailureType
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.types import Record as CdkRecord
from airbyte_cdk.sources.utils.record_helper import stream_data_to_airbyte_message
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.fatal_errors import errors_with_guidance
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.reconciliation.list_reconciliation import ListReconciliation, names
from source_bigcommerce.reconciliation.messages import RangeDone
from source_bigcommerce.reconciliation.stream_comparison import StreamComparison
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.streams.stream import Stream

SECONDS_PER_SYNC = 1_800.0  # no range begins later

logger = logging.getLogger("airbyte")


@dataclass
class _ListEnded(AirbyteMessage):
    """An item of the output queue: nothing more comes from this list."""

    streams: Sequence[str] = field(default_factory=tuple)


class RecordQueue(Protocol):
    """The output queue of a sync."""

    def expect(self, record_bytes: float) -> None:
        """Sets the size of the records that this thread puts next."""

    def put(self, item: Any) -> None:
        """Adds an item."""

    def get(self) -> Any:
        """Removes and returns the next item."""


class Reconciliations:
    """The reconciliations of one sync.

    `emit_deletions` are the names of the streams whose destination knows the column of deletions.
    """

    def __init__(
        self, store: Store, ledgers: Mapping[str, StreamLedger], emit_deletions: Collection[str], queue: RecordQueue
    ) -> None:
        self._store = store
        self._ledgers = ledgers
        self._emit_deletions = emit_deletions
        self._queue = queue
        self._streams: Sequence[Stream] = ()
        self._ends_at = 0.0

    def due(self, streams: Iterable[Stream]) -> list[Stream]:
        """Returns the streams whose lists must be reconciled in this sync."""
        interval = self._store.config.reconcile.interval
        began = self._store.sync_started_at()
        return [s for s in streams if s.name in self._ledgers and self._ledgers[s.name].is_due(began, interval)]

    def messages(self, streams: Sequence[Stream]) -> Iterator[AirbyteMessage | Sequence[str]]:
        """Yields the messages of the reconciliation of these streams, and the names of the streams that have ended."""
        self._ends_at = time.monotonic() + SECONDS_PER_SYNC
        self._streams = streams
        lists = self._by_list(streams)
        workers = ThreadPoolExecutor(self._store.config.num_workers, thread_name_prefix="reconciliation")
        try:
            for together in lists:
                workers.submit(self._run, together)
            left = len(lists)
            while left:
                item = self._queue.get()
                if isinstance(item, _ListEnded):
                    left -= 1
                    yield item.streams
                elif isinstance(item, CdkRecord):
                    yield stream_data_to_airbyte_message(
                        item.stream_name, item.data, file_reference=item.file_reference
                    )
                else:
                    yield item
        finally:
            workers.shutdown(wait=False, cancel_futures=True)  # a worker may wait for space in the queue

    def _by_list(self, streams: Iterable[Stream]) -> list[list[Stream]]:
        groups: dict[Listing, list[Stream]] = {}
        for stream in streams:
            groups.setdefault(stream.listing, []).append(stream)
        return sorted(groups.values(), key=self._turn)

    def _turn(self, streams: Sequence[Stream]) -> Any:
        """The sort key of a list: those that have waited longest come first, as the time may not suffice for all, then
        long ones, whose records show that the store works."""
        ledger = self._ledgers[streams[0].name]
        return str(ledger.finished or ""), -ledger.size

    def _reconciliation(self, streams: Sequence[Stream]) -> ListReconciliation:
        comparisons = [
            StreamComparison(stream, self._ledgers[stream.name], stream.name in self._emit_deletions)
            for stream in streams
        ]
        return ListReconciliation(comparisons, self._is_over, self._any_returned_records)

    def _is_over(self) -> bool:
        return time.monotonic() >= self._ends_at

    def _any_returned_records(self) -> bool:
        """Returns True if the store has returned records of any list. Those that were not read yet are requested."""
        if any(stream.counters.compared or stream.counters.records for stream in self._streams):
            return True
        return any(map(_returns_records, {stream.listing: stream for stream in self._streams}.values()))

    def _run(self, streams: Sequence[Stream]) -> None:
        try:
            with errors_with_guidance():
                if self._is_over():
                    logger.info(f"The time for reconciliations is up: {names(streams)} follow in the next sync.")
                    return
                one = self._reconciliation(streams)
                for item in one.items():
                    self._queue.expect(one.record_bytes)
                    self._queue.put(item)
                logger.info(one.summary())
        except AirbyteTracedException as error:
            logger.warning(
                f"The reconciliation of {names(streams)} could not be completed; new and changed records are complete. "
                f"{error.message}"
            )
            if error.failure_type is not FailureType.transient_error:  # it begins anew when the next one is due
                self._queue.put(RangeDone(MessageType.TRACE, found=dict.fromkeys(stream.name for stream in streams)))
        finally:
            self._queue.put(_ListEnded(MessageType.TRACE, streams=[stream.name for stream in streams]))


def _returns_records(stream: Stream) -> bool:
    reader = stream.new_reader()
    assert isinstance(reader, IncrementalListReader)
    try:
        return bool(reader.parents.keys()) if reader.parents else reader.any_id() is not None
    except BigCommerceError:
        return False

"""All streams of a sync, read in parallel with the CDK's concurrent framework.

The CDK runs three kinds of thread: one per stream that generates slices, one per slice that is read, and the main
thread, which prints what the others put into a queue. Records and states take the same queue, so that no state can
overtake its records.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, SyncMode
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.concurrency.batch_queue import BatchQueue
from source_bigcommerce.concurrency.shared_read import Limits, SharedRead
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.state import StreamState
from source_bigcommerce.liveness import Liveness
from source_bigcommerce.reconciliation.messages import IncrementalWorkDone, LedgerMessages
from source_bigcommerce.reconciliation.packing import LedgerDamaged
from source_bigcommerce.reconciliation.run import Reconciliations
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.streams.stream import Stream, is_reconcilable

QUEUE_SIZE = 500  # messages that wait to be printed; workers pause when it is full, so memory stays bounded
LISTS_PER_WORKER = 2

logger = logging.getLogger("airbyte")


class ThreadMessages(threading.local, InMemoryMessageRepository):
    """The messages of each thread by itself, until the thread has put them into the output queue.

    With one collection for all, a thread could put a state there that another thread has just emitted: later than that
    thread's next state, or, in the thread that prints, ahead of the records in the queue.
    """


def read_concurrently(
    streams: Sequence[Stream],
    state_manager: ConnectorStateManager,
    workers: int,
    full_refreshes: Collection[str] = (),
    emit_deletions: Collection[str] = (),
) -> Iterator[AirbyteMessage]:
    """Yields the messages of all streams, of which up to `workers` slices are read at a time; then those of the
    reconciliations that are due.

    `full_refreshes` are the names of the streams that are read in full although they could resume from a state,
    `emit_deletions` those of the streams that may emit deletions.
    """
    queue = BatchQueue(QUEUE_SIZE)
    ledgers = _ledgers(streams, state_manager, full_refreshes)
    lists = {stream.name: stream.listing for stream in streams}
    ledger_messages = LedgerMessages(ledgers, lists, streams[0].store.sync_started_at)
    liveness = Liveness(_initial_states(streams, state_manager), queue.put, renew=ledger_messages.renewed)
    for connection in streams[0].store.connections:
        sharing = {s.name for s in streams if s.store.connection(s.listing.endpoint) is connection}
        connection.governor.listener = liveness.quota_of(sharing)
    repository = ConcurrentMessageRepository(queue, ThreadMessages())
    limits = Limits(threading.BoundedSemaphore(workers), threading.BoundedSemaphore(LISTS_PER_WORKER * workers))
    reads = [
        SharedRead(together, mode, state_manager, repository, queue, limits)
        for mode, together in _by_list(streams, state_manager, full_refreshes)
    ]
    # Streams that share a list come after the one that reads it, and open no list of their own.
    begun = len(streams) - len(reads) + min(len(reads), LISTS_PER_WORKER * workers)
    # One thread for each stream that has begun, in addition to the workers: generating slices and waiting must not
    # occupy a worker.
    threads = ThreadPoolExecutor(workers + begun, thread_name_prefix="workerpool")
    source = ConcurrentSource(
        threadpool=ThreadPoolManager(threads, logger),
        logger=logger,
        slice_logger=DebugSliceLogger(),
        queue=queue,
        message_repository=repository,
        initial_number_partitions_to_generate=begun,
    )
    reconciliations = Reconciliations(streams[0].store, ledgers, emit_deletions, queue)
    incremental = source.read([stream for read in reads for stream in read.cdk_streams()])
    try:
        messages = ledger_messages.messages(_reconciled(incremental, streams, reconciliations))
        yield from liveness.messages(messages)
    finally:
        # The consumer may have stopped before the end. Threads that wait for something must not wait any longer.
        queue.close()
        for read in reads:
            read.give_up()
        threads.shutdown(wait=False, cancel_futures=True)


def _reconciled(
    messages: Iterable[AirbyteMessage], streams: Iterable[Stream], reconciliations: Reconciliations
) -> Iterator[AirbyteMessage]:
    """Yields the messages of the incremental work, then those of the reconciliations: a stream that is reconciled is
    complete only after that. Raises the error of the incremental work at the end."""
    by_name = {stream.name: stream for stream in streams}
    complete: dict[str, AirbyteMessage] = {}
    failure = None
    try:
        for message in messages:
            status = message.trace.stream_status if message.trace else None
            if status and status.status is AirbyteStreamStatus.COMPLETE:
                name = status.stream_descriptor.name
                if reconciliations.due([by_name[name]]):
                    complete[name] = message
                    yield IncrementalWorkDone(MessageType.TRACE, stream=name)
                    continue
            yield message
    except AirbyteTracedException as error:
        failure = error
    if complete:
        for found in reconciliations.messages([stream for stream in by_name.values() if stream.name in complete]):
            if isinstance(found, AirbyteMessage):
                yield found
            else:
                yield from (complete[name] for name in found)
    if failure:
        raise failure


def _ledgers(
    streams: Iterable[Stream], state_manager: ConnectorStateManager, full_refreshes: Collection[str]
) -> dict[str, StreamLedger]:
    """Returns the ledgers of the streams that are reconciled, from their saved states if these are used."""
    ledgers = {}
    for stream in streams:
        if not is_reconcilable(stream) or stream.name in full_refreshes:
            continue
        ledger = ledgers[stream.name] = StreamLedger(stream)
        saved = state_manager.get_stream_state(stream.name, stream.namespace)
        state = _resumed_state(stream, SyncMode.incremental, state_manager)
        try:
            if state and not state.remark:
                ledger.load(saved)
        except LedgerDamaged as error:
            logger.warning(
                f"The saved list of the records of '{stream.name}' cannot be read ({error}). It is made again: the "
                "next reconciliation emits what it reads of the stream once, and deletes nothing."
            )
        if state and state.reached is None:
            ledger.is_new = True
    return ledgers


def _initial_states(streams: Iterable[Stream], state_manager: ConnectorStateManager) -> Iterable[AirbyteMessage]:
    """Yields a STATE for each stream that is valid before anything is read: the saved one, or an empty one if there
    is none or the stream is read in full. Those that are not empty come last."""
    given = [s for s in streams if s.supports_incremental and state_manager.get_stream_state(s.name, None)]
    nothing = ConnectorStateManager()
    for stream in streams:
        if stream not in given:
            yield nothing.create_state_message(stream.name, None)
    for stream in given:
        yield state_manager.create_state_message(stream.name, None)


def _by_list(
    streams: Iterable[Stream], state_manager: ConnectorStateManager, full_refreshes: Collection[str]
) -> Iterator[tuple[SyncMode, list[Stream]]]:
    """Yields the streams, grouped by their list and by the state from which it is read, with their sync mode."""
    groups: dict[Any, tuple[SyncMode, list[Stream]]] = {}
    without_selection = []
    for stream in streams:
        mode = SyncMode.full_refresh if stream.name in full_refreshes else SyncMode.incremental
        key: Any = stream.listing
        if isinstance(stream.reader, IncrementalListReader):
            state = _resumed_state(stream, mode, state_manager)
            key = (stream.listing, mode, state) if state else stream.name
            if state and state.remark:
                logger.warning(state.remark)
            if state and state.reached and state.selection is None and stream.reader.selection.is_narrowing:
                without_selection.append(stream.name)
        groups.setdefault(key, (mode, []))[1].append(stream)
    if without_selection:
        logger.warning(
            f"The saved states of {', '.join(without_selection)} do not record the start date and the channels with "
            "which they were written. If the start date was later then, or other channels were chosen, older records "
            "may be missing: reset these streams to get them. From now on, a change of these settings is detected."
        )
    yield from groups.values()


def _resumed_state(stream: Stream, mode: SyncMode, state_manager: ConnectorStateManager) -> StreamState | None:
    try:
        return stream.resumed_state(mode, state_manager.get_stream_state(stream.name, stream.namespace))
    except BigCommerceError:
        return None  # the stream reports it when it begins

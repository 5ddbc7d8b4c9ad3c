"""The ledgers of a sync, kept by the thread that prints: they contain exactly what was printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStreamStatus,
)

from source_bigcommerce.api.pagination import Params
from source_bigcommerce.lists.state import RECONCILIATION
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.ledger import Ledger
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.serialization import serialized

_SMALL = 4_000  # records: the ledger of so many is printed with every state
_PARTS = 8  # a larger one when this part of it is new
_SECONDS = 600.0  # or after this time
_ENDS = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


@dataclass
class RangeDone(AirbyteMessage):
    """An item of the output queue, after the records of a range: the content of each stream's ledger for the range.

    The range contains the parents after `after`, up to and including `upto`; None is open. `found` is None for a stream
    that could not be compared. `position` is where the reconciliation continues; None if it has ended.
    """

    after: Any = None
    upto: Any = None
    found: Mapping[str, Ledger | None] = field(default_factory=dict)
    suspected: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    position: tuple[Any, Params] | None = None


@dataclass
class IncrementalWorkDone(AirbyteMessage):
    """An item among the messages of a sync: the stream has emitted its new records, and is reconciled next."""

    stream: str = ""


class LedgerMessages:
    """Notes every record that is printed, and adds the ledgers to the states.

    Large ledgers are not added to every state: the states between are not printed, except for the last one of a stream.
    The streams of one list print theirs for the same slices, so that the next sync can read the list once for all.
    `lists` are the lists of the streams, by the names of the streams.
    """

    def __init__(
        self,
        ledgers: Mapping[str, StreamLedger],
        lists: Mapping[str, Any],
        sync_started_at: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledgers = ledgers
        self._lists = lists
        self._sync_started_at = sync_started_at
        self._clock = clock
        self._pending: dict[str, AirbyteMessage] = {}  # the latest state of a stream, if it was not printed
        self._base: dict[str, AirbyteMessage] = {}  # the latest state, without a ledger
        self._new = dict.fromkeys(ledgers, 0)  # records that were printed since the last state
        self._printed_at = dict.fromkeys(ledgers, clock())
        self._allowed: set[str] = set()  # streams that print their next state

    def messages(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Yields the messages of the sync, with ledgers in the states."""
        for message in messages:
            if message.record is not None:
                record_message = serialized(message)
                ledger = self._ledgers.get(message.record.stream)
                if ledger is not None:
                    ledger.note(message.record.data, record_message.json)
                    self._new[ledger.name] += 1
                yield record_message
            elif isinstance(message, RangeDone):
                yield from self._apply(message)
            elif isinstance(message, IncrementalWorkDone):
                yield from self._print(message.stream)
            elif message.state is not None:
                yield from self._state(message)
            else:
                status = message.trace and message.trace.stream_status
                if status and status.status in _ENDS:
                    yield from self._print(status.stream_descriptor.name)
                yield message

    def renewed(self, state: AirbyteMessage) -> AirbyteMessage:
        """Returns a state message with the present content of the stream's ledger, if it has one."""
        ledger = self._ledgers.get(_stream_of(state))
        return _with_ledger(state, ledger) if ledger else state

    def _state(self, message: AirbyteMessage) -> Iterator[AirbyteMessage]:
        name = _stream_of(message)
        if name not in self._ledgers:
            yield message
            return
        self._base[name] = self._pending[name] = message
        self._allow_if_due(name)
        if name in self._allowed:
            yield from self._print(name)

    def _apply(self, done: RangeDone) -> Iterator[AirbyteMessage]:
        for name, found in done.found.items():
            one = self._ledgers[name]
            if found is not None:
                self._new[name] += len(found)
                one.replace(done.after, done.upto, found)
                one.suspected = done.suspected[name]
            one.position = done.position
            if done.position is None:
                one.finish()
            if name in self._base:
                self._pending[name] = self._base[name]
        for name in done.found:
            self._allow_if_due(name)
            if name in self._allowed or done.position is None:
                yield from self._print(name)

    def _allow_if_due(self, name: str) -> None:
        """Allows all streams of a list to print their next states if enough is new in their ledgers, or if these are
        small."""
        together = [one for one in self._ledgers if self._lists[one] is self._lists[name]]
        sizes = [self._ledgers[one].size for one in together]
        is_due = sum(self._new[one] for one in together) * _PARTS >= sum(sizes)
        if is_due or max(sizes) <= _SMALL or self._clock() - self._printed_at[name] >= _SECONDS:
            self._allowed.update(together)
            self._new.update(dict.fromkeys(together, 0))

    def _print(self, name: str) -> Iterator[AirbyteMessage]:
        """Yields the pending state of a stream, if there is one."""
        if name in self._pending:
            ledger = self._ledgers[name]
            self._allowed.discard(name)
            self._printed_at[name] = self._clock()
            if ledger.is_new:
                ledger.finished = self._sync_started_at()
            yield _with_ledger(self._pending.pop(name), ledger)


def _with_ledger(message: AirbyteMessage, ledger: StreamLedger) -> AirbyteMessage:
    assert message.state and message.state.stream
    state = dict(vars(message.state.stream.stream_state or AirbyteStateBlob()))
    blob = AirbyteStateBlob({**state, RECONCILIATION: ledger.dump()})
    return replace(message, state=replace(message.state, stream=replace(message.state.stream, stream_state=blob)))


def _stream_of(message: AirbyteMessage) -> str:
    assert message.state and message.state.stream, "every state of this source is that of a stream"
    return str(message.state.stream.stream_descriptor.name)

"""Messages for the platform while a sync prints no records: rate-limit statuses, and repeated states as heartbeats.

The platform shows a stream as rate limited from a status with that reason until the stream's next record or a status
without it. It stops a source that has sent neither RECORD nor STATE for a long time, so a STATE that was printed before
is repeated periodically: it remains valid, as everything that it covers stays emitted.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    StreamDescriptor,
)
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.models.airbyte_protocol import (  # type: ignore[attr-defined, unused-ignore]
    AirbyteStreamStatusRateLimitedReason,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

SECONDS_BETWEEN_STATES = 600.0  # see docs/decisions.md, "A sign of life"

_ENDS = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


@dataclass
class _Due(AirbyteMessage):
    """An item of the output queue that the printing thread replaces by the messages that `make` returns."""

    make: Callable[[], Iterable[AirbyteMessage]] = tuple


class QuotaWaits:
    """The waits for one rate limit, as a QuotaListener: called by the threads that send requests.

    `reset` is the end of the wait that was reported last, in Unix milliseconds; None if requests have resumed.
    """

    def __init__(
        self,
        streams: Collection[str],
        heartbeat: Callable[[], None],
        report: Callable[[], Iterable[AirbyteMessage]],
        put: Callable[[AirbyteMessage], None],
        unix_time: Callable[[], float],
    ) -> None:
        self.streams = streams
        self.reset: int | None = None
        self._resets: deque[int | None] = deque()
        self._heartbeat = heartbeat
        self._report = report
        self._put = put
        self._unix_time = unix_time

    def wait(self, seconds: float) -> None:
        """Records that no request is sent for this many seconds, or with 0 that requests have resumed."""
        self._resets.append(int((self._unix_time() + seconds) * 1000) if seconds else None)

    def wake(self) -> None:
        """Queues the messages that are due."""
        if self._resets:
            self._put(_Due(MessageType.TRACE, make=self._report))
        self._heartbeat()

    def take_resets(self) -> Iterator[int | None]:
        """Yields the ends of the waits since the last call. Called by the thread that prints."""
        while self._resets:
            self.reset = self._resets.popleft()
            yield self.reset


class Liveness:
    """Adds these messages to those of a sync.

    `states` are STATE messages that are valid when the sync begins, the one to repeat first as the last. `put` adds an
    item to the output queue. `clock` returns monotonic seconds, `unix_time` Unix seconds. `renew` returns a state in
    the form in which it must be printed again.
    """

    def __init__(
        self,
        states: Iterable[AirbyteMessage],
        put: Callable[[AirbyteMessage], None],
        clock: Callable[[], float] = time.monotonic,
        unix_time: Callable[[], float] = time.time,
        renew: Callable[[AirbyteMessage], AirbyteMessage] = lambda state: state,
    ) -> None:
        self._states = {_stream_of(state): state for state in states}  # by stream, the one printed last at the end
        self._put = put
        self._renew = renew
        self._clock = clock
        self._unix_time = unix_time
        self._repeat_at = clock() + SECONDS_BETWEEN_STATES
        self._under_way: dict[str, None] = {}
        self._quotas: list[QuotaWaits] = []

    def quota_of(self, streams: Collection[str]) -> QuotaWaits:
        """Returns the listener for the rate limit that these streams share."""
        quota = QuotaWaits(streams, self._heartbeat, self._report_resets, self._put, self._unix_time)
        self._quotas.append(quota)
        return quota

    def _heartbeat(self) -> None:
        """Queues a repeated state if it is due. Called for each response, which shows that the sync is alive."""
        now = self._clock()
        if now >= self._repeat_at:
            self._repeat_at = now + SECONDS_BETWEEN_STATES
            self._put(_Due(MessageType.STATE, make=self._repeated_state))

    # Called by the thread that prints.

    def messages(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Yields the messages of the sync, with those of this class between them."""
        for message in messages:
            if message.type is MessageType.RECORD:
                yield message
            elif isinstance(message, _Due):
                yield from message.make()
            else:
                yield message
                yield from self._note(message)

    def _note(self, message: AirbyteMessage) -> Iterator[AirbyteMessage]:
        if message.type is MessageType.STATE:
            name = _stream_of(message)
            self._states.pop(name, None)
            self._states[name] = message
            self._repeat_at = self._clock() + SECONDS_BETWEEN_STATES
        elif message.trace and (status := message.trace.stream_status):
            name = status.stream_descriptor.name
            if status.status in _ENDS:
                self._under_way.pop(name, None)
            elif status.status is AirbyteStreamStatus.STARTED:
                self._under_way[name] = None
                for quota in self._quotas:
                    if name in quota.streams and quota.reset is not None:
                        yield _running(name, quota.reset)

    def _report_resets(self) -> Iterator[AirbyteMessage]:
        for quota in self._quotas:
            for reset in quota.take_resets():
                for name in list(self._under_way):
                    if name in quota.streams:
                        yield _running(name, reset)

    def _repeated_state(self) -> Iterable[AirbyteMessage]:
        return [self._renew(state) for name, state in self._states.items() if name in self._under_way][-1:]


def _running(stream: str, quota_reset: int | None) -> AirbyteMessage:
    """Returns the status RUNNING, with exactly one reason if the stream waits: the platform reads no more than one."""
    reason = AirbyteStreamStatusReason(
        type=AirbyteStreamStatusReasonType.RATE_LIMITED,
        rate_limited=AirbyteStreamStatusRateLimitedReason(quota_reset=quota_reset),
    )
    reasons = None if quota_reset is None else [reason]
    return status_message(StreamDescriptor(name=stream), AirbyteStreamStatus.RUNNING, reasons)


def _stream_of(message: AirbyteMessage) -> str:
    assert message.state and message.state.stream, "every state of this source is that of a stream"
    return str(message.state.stream.stream_descriptor.name)

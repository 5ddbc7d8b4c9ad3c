"""The progress of a running sync: an estimate of the records of each stream, and a log line every ten seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteStreamStatusTraceMessage,
    AirbyteTraceMessage,
    EstimateType,
    TraceType,
)
from airbyte_cdk.models import Type as MessageType

from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor, Usage
from source_bigcommerce.streams.stream import Stream

SECONDS_BETWEEN_LINES = 10.0

logger = logging.getLogger("airbyte")


class ProgressReport:
    """Logs the progress of the streams, every ten seconds and at the end. Use as a context manager."""

    def __init__(self, streams: Iterable[Stream], governor: RateLimitGovernor, b2b: RateLimitGovernor) -> None:
        self.streams = tuple(streams)
        self.failed: list[str] = []  # names of streams that ended without being complete
        self._governor = governor
        self._b2b = b2b  # the governor of B2B Edition
        self._by_name = {stream.name: stream for stream in self.streams}
        self._without_estimate = set(self._by_name)
        self._under_way: dict[str, Stream] = {}
        self._ended = 0
        self._over = threading.Event()
        # A separate thread, as the line matters most while nothing else is printed.
        self._thread = threading.Thread(target=self._log_periodically, name="progress", daemon=True)

    def __enter__(self) -> ProgressReport:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if kind is None:
            logger.info(self.line())

    def note(self, status: AirbyteStreamStatusTraceMessage) -> Iterator[AirbyteMessage]:
        """Records a stream's status. Yields its estimate before its first record, if the store reported a total."""
        name = status.stream_descriptor.name
        if status.status is AirbyteStreamStatus.STARTED:
            self._under_way[name] = self._by_name[name]
            return
        stream = self._by_name[name]
        expected = stream.reader.estimated_total if stream.one_record_per_entry else None
        if expected is not None and name in self._without_estimate:
            self._without_estimate.remove(name)
            yield _estimate(name, expected)
        if status.status is AirbyteStreamStatus.RUNNING:
            return
        for line in stream.mismatches.summary():
            logger.warning(line)
        del self._under_way[name]
        self._ended += 1
        if status.status is AirbyteStreamStatus.INCOMPLETE:
            self.failed.append(name)

    def line(self) -> str:
        """Returns the log line: records, streams in progress, requests, and the rest of the store's quota."""
        under_way = [_so_far(stream) for stream in list(self._under_way.values())]
        records = sum(stream.counters.records for stream in self.streams)
        compared, again, deleted = (
            sum(getattr(stream.counters, name) for stream in self.streams)
            for name in ("compared", "emitted_again", "deleted")
        )
        usage, b2b = self._governor.usage, self._b2b.usage
        details = f" ({'; '.join(under_way)})" if under_way else ""
        left = _left_of(usage, "the store's quota")
        to_b2b = f", {b2b.requests:,} requests to B2B Edition{_left_of(b2b, 'its quota')}" if b2b.requests else ""
        reconciled = f", {compared:,} compared ({again:,} emitted again, {deleted:,} deleted)" if compared else ""
        return (
            f"{records:,} records{details}{reconciled}, {self._ended} of {len(self.streams)} streams ended, "
            f"{usage.requests:,} requests{left}{to_b2b}, {usage.waited + b2b.waited:.0f} s waited for the quota."
        )

    def _log_periodically(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LINES):
            logger.info(self.line())


def _left_of(usage: Usage, quota: str) -> str:
    return "" if usage.quota is None else f", {usage.left:,} of {usage.quota:,} left in {quota}"


def _so_far(stream: Stream) -> str:
    counters, expected = stream.counters, stream.reader.estimated_total
    so_far = f"{stream.name} {counters.records:,}"
    if not expected:
        return so_far
    if stream.one_record_per_entry:
        so_far += f" of about {max(expected, counters.records):,}"
    return f"{so_far}, {min(100, 100 * counters.entries_read // expected)} %"


def _estimate(name: str, rows: int) -> AirbyteMessage:
    return AirbyteMessage(
        type=MessageType.TRACE,
        trace=AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=time.time() * 1000,
            estimate=AirbyteEstimateTraceMessage(name=name, type=EstimateType.STREAM, row_estimate=rows),
        ),
    )

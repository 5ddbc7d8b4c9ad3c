"""The progress of a running sync."""

from __future__ import annotations

import logging
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus as Status
from airbyte_cdk.models import AirbyteStreamStatusTraceMessage, StreamDescriptor

from source_bigcommerce import progress_log
from source_bigcommerce.api.rate_limit.governor import Usage
from source_bigcommerce.progress_log import ProgressReport
from source_bigcommerce.streams.counters import StreamCounters
from source_bigcommerce.streams.schema_mismatches import SchemaMismatches


class Stream:
    def __init__(self, name: str, expected: int | None, records: int = 0) -> None:
        self.name, self.counters = name, StreamCounters()
        self.reader = SimpleNamespace(estimated_total=expected)
        self.counters.add(entries=records, records=records)
        self.one_record_per_entry = True
        self.mismatches = SchemaMismatches(name, ["id"])


class Governor:
    def __init__(self, quota: int | None = 150) -> None:
        self.usage = Usage(68, None if quota is None else 82, quota, 12.3)


class Unused:
    """The governor of an API to which no request was sent."""

    usage = Usage(0, None, None, 0.0)


def make(*streams: Stream, governor: Governor | None = None) -> ProgressReport:
    return ProgressReport(streams, governor or Governor(), Unused())  # type: ignore[arg-type]


def note(progress: ProgressReport, name: str, *statuses: Status) -> list[Any]:
    """The estimates that the statuses bring, as pairs of name and rows."""
    found = [
        message.trace.estimate
        for status in statuses
        for message in progress.note(
            AirbyteStreamStatusTraceMessage(stream_descriptor=StreamDescriptor(name=name), status=status)
        )
    ]
    return [(one.name, one.row_estimate) for one in found]


def test_the_line_reports_records_streams_requests_quota_and_waiting() -> None:
    """The state of a sync that takes hours, on one line."""
    progress = make(Stream("orders", 50_000, 12_430), Stream("pages", None, 900), Stream("coupons", 7, 7))
    for name in ("orders", "pages", "coupons"):
        note(progress, name, Status.STARTED)
    note(progress, "coupons", Status.RUNNING, Status.COMPLETE)
    assert progress.line() == (
        "13,337 records (orders 12,430 of about 50,000, 24 %; pages 900), 1 of 3 streams ended, 68 requests, "
        "82 of 150 left in the store's quota, 12 s waited for the quota."
    )


def test_the_line_leaves_out_what_is_not_known() -> None:
    """No store has reported its quota before the first response."""
    progress = make(Stream("orders", None), governor=Governor(quota=None))
    assert progress.line() == "0 records, 0 of 1 streams ended, 68 requests, 12 s waited for the quota."


@pytest.mark.parametrize(("expected", "records", "reported"), [(10, 12, "12 of about 12, 100 %"), (0, 0, "0")])
def test_a_stream_is_never_more_than_whole(expected: int, records: int, reported: str) -> None:
    """A store that grows while it is read makes the estimate too small."""
    progress = make(Stream("orders", expected, records))
    note(progress, "orders", Status.STARTED)
    assert f"(orders {reported})" in progress.line()


def test_a_stream_is_estimated_once_and_before_its_first_record() -> None:
    """The platform shows a bar from the first row on."""
    progress = make(Stream("orders", 500), Stream("empty", 0), Stream("untold", None))
    assert note(progress, "orders", Status.STARTED) == []
    assert note(progress, "orders", Status.RUNNING) == [("orders", 500)]
    assert note(progress, "orders", Status.COMPLETE) == []
    assert note(progress, "empty", Status.STARTED, Status.COMPLETE) == [("empty", 0)]
    assert note(progress, "untold", Status.STARTED, Status.RUNNING, Status.COMPLETE) == []


def test_streams_that_fail_are_remembered() -> None:
    """The sync names them at its end."""
    progress = make(Stream("orders", 5), Stream("pages", 5))
    note(progress, "orders", Status.STARTED, Status.INCOMPLETE)
    note(progress, "pages", Status.STARTED, Status.RUNNING, Status.COMPLETE)
    assert progress.failed == ["orders"]
    assert "2 of 2 streams ended" in progress.line()


def test_lines_are_logged_while_nothing_else_happens_and_at_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A sync that waits for its quota is not mistaken for one that hangs."""
    monkeypatch.setattr(progress_log, "SECONDS_BETWEEN_LINES", 0.01)
    with caplog.at_level(logging.INFO, "airbyte"), make(Stream("orders", 5, 3)) as progress:
        deadline = time.monotonic() + 10
        while not caplog.messages and time.monotonic() < deadline:
            time.sleep(0.001)
        under_way = len(caplog.messages)
    assert under_way >= 1
    assert caplog.messages[-1] == progress.line()
    assert len(caplog.messages) > under_way
    assert all(re.match(r"3 records, 0 of 1 streams ended", line) for line in caplog.messages)


def test_a_sync_that_breaks_off_logs_no_last_line(caplog: pytest.LogCaptureFixture) -> None:
    """The error has the last word."""
    with caplog.at_level(logging.INFO, "airbyte"), pytest.raises(KeyError), make(Stream("orders", 5)):
        raise KeyError
    assert caplog.messages == []

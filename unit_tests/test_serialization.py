"""The line that is printed for a record: what the CDK would print, made from the text that the ledger uses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from airbyte_cdk.sources.utils.record_helper import stream_data_to_airbyte_message
from airbyte_protocol_dataclasses.models import (  # type: ignore[import-untyped]  # airbyte_cdk.models lacks them
    AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange,
    Change,
    Reason,
)
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.serialization import LineWriter, cdk_record, message_line, serialized

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def message(data: dict[str, Any], meta: Any = None) -> AirbyteMessage:
    """The message of a record that has passed through the CDK's queue."""
    one = cdk_record(data, "orders", meta)
    return serialized(stream_data_to_airbyte_message("orders", one.data, file_reference=one.file_reference))


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_a_record_is_printed_as_the_cdk_prints_it(data: dict[str, Any]) -> None:
    """Letter by letter."""
    one = message(data)
    assert message_line(one).decode() == AirbyteEntrypoint.airbyte_message_to_string(one)


def test_an_empty_record_is_not_the_end_of_the_queue() -> None:
    """The CDK stops at the first item that is false, and a record with no fields is."""
    assert cdk_record({}, "orders")


@pytest.mark.parametrize("value", [2**70, -(2**70), "\ud800"])
def test_values_beyond_orjson_are_printed_too(value: Any) -> None:
    """A number of more than 64 bits, and half of a surrogate pair."""
    assert json.loads(message_line(message({"b": value, "a": None})))["record"]["data"] == {"b": value}


def test_other_messages_and_notes_about_a_record_are_left_to_the_cdk() -> None:
    """They are rare."""
    log = AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, "hello"))
    change = AirbyteRecordMessageMetaChange("a", Change.NULLED, Reason.SOURCE_SERIALIZATION_ERROR)
    changed = message({"a": None}, meta=AirbyteRecordMessageMeta(changes=[change]))
    for one in (log, changed):
        assert message_line(one).decode() == AirbyteEntrypoint.airbyte_message_to_string(one)


def test_lines_are_written_in_their_order_and_only_records_wait(capfd: pytest.CaptureFixture[str]) -> None:
    """A state is written at once, after the records before it."""
    lines = LineWriter()
    written = []
    one, two = (message_line(message({"id": number})) for number in (1, 2))
    long = message_line(message({"id": 3, "text": "x" * 70_000}))
    for line in (one, two, b"state", one, long):
        lines.write(line)
        written.append(capfd.readouterr().out)
    lines.write(two)
    lines.flush()
    written.append(capfd.readouterr().out)
    expected = [b"", b"", b"%b\n%b\nstate\n" % (one, two), b"", b"%b\n%b\n" % (one, long), b"%b\n" % two]
    assert written == [text.decode() for text in expected]

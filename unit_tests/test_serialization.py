"""The line that is printed for a record: what the CDK would print, made from the text that the ledger uses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, AirbyteRecordMessage, Level, Type
from airbyte_protocol_dataclasses.models import (  # type: ignore[import-untyped]  # airbyte_cdk.models lacks them
    AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange,
    Change,
    Reason,
)
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.serialization import LineWriter, SerializedMessage, message_line, record_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def message(data: dict[str, Any], **fields: Any) -> AirbyteMessage:
    return AirbyteMessage(Type.RECORD, record=AirbyteRecordMessage("orders", data, 1_700_000_000_000, **fields))


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_a_record_is_printed_as_the_cdk_prints_it(data: dict[str, Any]) -> None:
    """Letter by letter."""
    assert message_line(message(data)).decode() == AirbyteEntrypoint.airbyte_message_to_string(message(data))


def test_the_text_of_a_record_is_used_if_there_is_one() -> None:
    """It is made once, for the ledger and for the output."""
    one = message({"id": 1})
    line = message_line(SerializedMessage(one.type, record=one.record, json=record_json({"id": 2})))
    assert json.loads(line)["record"]["data"] == {"id": 2}


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

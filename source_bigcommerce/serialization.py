"""Records as JSON text, made once for the line that is printed and for the digest in the ledger."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.types import Record

_LINES = 64 * 1024  # bytes of records that are written at once
_RECORD = b'{"type":"RECORD",'  # the beginning of the line of a record

_NO_DATA: Mapping[str, Any] = {"": None}  # which must not be empty: the CDK takes that for the end of its queue
_message_to_string = AirbyteEntrypoint.airbyte_message_to_string


@dataclass
class SerializedMessage(AirbyteMessage):
    """A RECORD message with the JSON text of its record."""

    json: bytes = b""


@dataclass(frozen=True)
class SerializedRecord:
    """A record with its JSON text, and the changes that its message lists.

    The thread that reads a record also serializes it: the one that prints runs on another core, whose cache has none of
    the record's values.
    """

    data: dict[str, Any]
    json: bytes
    meta: Any = None


def cdk_record(record: dict[str, Any], stream: str, meta: Any = None) -> Record:
    """Returns a serialized record for the CDK's queue, as the file reference of a record without data.

    It is the only attribute that the CDK passes on unchanged from a record to its message.
    """
    content: Any = SerializedRecord(record, record_json(record), meta)
    return Record(_NO_DATA, stream, file_reference=content)


def serialized(message: AirbyteMessage) -> SerializedMessage:
    """Returns the RECORD message of a record that `cdk_record` serialized, with its data and changes."""
    record: Any = message.record
    content: SerializedRecord = record.file_reference
    record.data, record.meta, record.file_reference = content.data, content.meta, None
    return SerializedMessage(message.type, record=record, json=content.json)


def record_json(record: Mapping[str, Any]) -> bytes:
    """Returns a record as JSON. Null fields are omitted, as in the CDK's messages."""
    fields = {name: value for name, value in record.items() if value is not None}
    try:
        return orjson.dumps(fields)
    except TypeError:  # an integer of more than 64 bits, or half of a surrogate pair
        return json.dumps(fields, separators=(",", ":")).encode()


def message_line(message: AirbyteMessage) -> bytes:
    """Returns a message as JSON. Raises AirbyteTracedException if the CDK cannot serialize it."""
    record: Any = message.record
    if not isinstance(message, SerializedMessage) or record.meta:
        return _message_to_string(message).encode(errors="backslashreplace")
    return b'%b"record":{"stream":"%b","data":%b,"emitted_at":%d}}' % (
        _RECORD,
        record.stream.encode(),
        message.json,
        record.emitted_at,
    )


class LineWriter:
    """Writes lines to the standard output: records in large pieces, and any other line at once, after them."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._bytes = 0

    def write(self, line: bytes) -> None:
        """Writes a line, or keeps it until the next one that is no record. Raises OSError."""
        self._waiting.append(line)
        self._bytes += len(line)
        if self._bytes >= _LINES or not line.startswith(_RECORD):
            self.flush()

    def flush(self) -> None:
        """Writes the lines that wait."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        assert sys.__stdout__ is not None
        # One write, so that the lines of other threads, such as those of the log, come before or after all of them.
        sys.__stdout__.buffer.write(b"\n".join([*waiting, b""]) if waiting else b"")
        sys.__stdout__.buffer.flush()

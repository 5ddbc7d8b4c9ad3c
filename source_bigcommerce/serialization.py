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

_LINES = 64 * 1024  # bytes of records that are written at once
_RECORD = b'{"type":"RECORD",'  # the beginning of the line of a record

_message_to_string = AirbyteEntrypoint.airbyte_message_to_string


@dataclass
class SerializedMessage(AirbyteMessage):
    """A RECORD message with the JSON text of its record."""

    json: bytes = b""


def record_json(record: Mapping[str, Any]) -> bytes:
    """Returns a record as JSON. Null fields are omitted, as in the CDK's messages."""
    fields = {name: value for name, value in record.items() if value is not None}
    try:
        return orjson.dumps(fields)
    except TypeError:  # an integer of more than 64 bits, or half of a surrogate pair
        return json.dumps(fields, separators=(",", ":")).encode()


def message_line(message: AirbyteMessage) -> bytes:
    """Returns a message as JSON. Raises AirbyteTracedException if the CDK cannot serialize it.

    The CDK would copy a record before it serializes it.
    """
    record = message.record
    if record is None or record.meta or record.namespace or record.file_reference:
        return _message_to_string(message).encode(errors="backslashreplace")
    data = message.json if isinstance(message, SerializedMessage) else record_json(record.data)
    return b'%b"record":{"stream":"%b","data":%b,"emitted_at":%d}}' % (
        _RECORD,
        record.stream.encode(),
        data,
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

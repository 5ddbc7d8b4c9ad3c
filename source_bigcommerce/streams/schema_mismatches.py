"""The values of a stream that do not fit its columns: nulled, marked in their records, and reported at the end.

Airbyte's convention is to null such a field and to note that in the record (`meta.changes`): otherwise, one value fails
the load of the whole table. A warning for each value would hide important ones, so there is one for each field.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.types import Record
from airbyte_protocol_dataclasses.models import (  # type: ignore[import-untyped]  # which airbyte_cdk.models leaves out
    AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange,
    Change,
    Reason,
)

from source_bigcommerce.api.normalization import Mismatch
from source_bigcommerce.api.pagination import IncompleteListError, missing_key_reason, preview
from source_bigcommerce.serialization import cdk_record

_NULLED = "replaced by null, as meta.changes of the record says"


class ChangedRecord(dict[str, Any]):
    """A record with fields that were nulled, and the changes that its message lists."""

    changes: Sequence[AirbyteRecordMessageMetaChange] = ()


@dataclass
class _Seen:
    """The number of occurrences in a stream, and the first one."""

    example: str
    times: int = 0


class SchemaMismatches:
    """The values of one stream that did not fit its schema during one sync. Safe to use from several threads."""

    def __init__(self, stream: str, key_fields: Sequence[str]) -> None:
        self._stream = stream
        self._key_fields = key_fields
        self._in_thread = threading.local()
        self._lock = threading.Lock()
        self._values: dict[tuple[str, str, str], _Seen] = {}
        self._dateless: dict[tuple[str, str], _Seen] = {}
        self._repairs: dict[str, _Seen] = {}

    def report(self, mismatch: Mismatch) -> None:
        """Records a value of the record that this thread converts."""
        self.pending().append(mismatch)

    def pending(self) -> list[Mismatch]:
        """Returns the mismatches that were reported in this thread since the last record was marked."""
        found: list[Mismatch] = self._in_thread.__dict__.setdefault("pending", [])
        return found

    def marked(self, record: dict[str, Any]) -> dict[str, Any]:
        """Returns the converted record with the changes that were reported for it. Raises BigCommerceError if a key
        does not fit."""
        found = tuple(self.pending())
        self.pending().clear()
        for mismatch in found:
            if mismatch.path in self._key_fields:
                raise IncompleteListError(
                    missing_key_reason(f"a record of '{self._stream}'", mismatch.path, mismatch.value, mismatch.kind)
                )
        with self._lock:
            for mismatch in found:
                key = mismatch.path, mismatch.kind, _outcome(mismatch, record)
                example = f"{preview(mismatch.value)} in the record with {self.key_of(record)}"
                self._values.setdefault(key, _Seen(example)).times += 1
        changes = {one.path: _change(one) for one in found if _outcome(one, record) is _NULLED}
        if not changes:
            return record
        changed = ChangedRecord(record)
        changed.changes = list(changes.values())
        return changed

    def note_dateless(self, cursor_field: str, instead: str, name: str) -> None:
        """Records a record without a date of its own for the cursor field."""
        with self._lock:
            self._dateless.setdefault((cursor_field, instead), _Seen(name)).times += 1

    def note_repairs(self, repairs: Iterable[str], endpoint: str) -> None:
        """Records the repairs of a response."""
        with self._lock:
            for repair in repairs:
                self._repairs.setdefault(repair, _Seen(endpoint)).times += 1

    def summary(self) -> Iterator[str]:
        """Yields a sentence for each kind of mismatch or repair, for the log at the end of the stream."""
        for (path, kind, outcome), seen in self._values.items():
            yield (
                f"{_times(seen.times, 'value')} of the field {path} of '{self._stream}' did not fit its type ({kind}): "
                f"{outcome}. The first was {seen.example}."
            )
        for (cursor_field, instead), seen in self._dateless.items():
            yield (
                f"{_times(seen.times, 'record')} of '{self._stream}' had no readable date for {cursor_field}, which "
                f"contains {instead} instead. The first was of {seen.example}."
            )
        for repair, seen in self._repairs.items():
            yield (
                f"{_times(seen.times, 'response')} of BigCommerce for '{self._stream}' {repair}. The first came from "
                f"{seen.example}."
            )

    def key_of(self, record: Mapping[str, Any]) -> str:
        """Returns the record's name for the log: the fields of its primary key."""
        return ", ".join(f"{field} {record.get(field)}" for field in self._key_fields)


def as_cdk_record(record: dict[str, Any], stream: str) -> Record:
    """Returns the record for the CDK's queue, with its changes if there are any."""
    if not isinstance(record, ChangedRecord):
        return cdk_record(record, stream)
    return cdk_record(record, stream, AirbyteRecordMessageMeta(changes=list(record.changes)))


def _outcome(mismatch: Mismatch, record: Mapping[str, Any]) -> str:
    if mismatch.is_kept:
        return "kept as JSON text"
    return _NULLED if record.get(mismatch.path) is None else "replaced"


def _change(mismatch: Mismatch) -> AirbyteRecordMessageMetaChange:
    reason = Reason.SOURCE_FIELD_SIZE_LIMITATION if mismatch.is_too_large else Reason.SOURCE_SERIALIZATION_ERROR
    return AirbyteRecordMessageMetaChange(field=mismatch.path, change=Change.NULLED, reason=reason)


def _times(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""Destinations for tests: they apply records and deletions by primary key, each by the rule of one of Airbyte's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from integration_tests.harness import CURSORS, key_of

DELETED_AT = "_ab_cdc_deleted_at"

Row = dict[str, Any]
Tables = Mapping[str, Mapping[Any, Row]]


class Destination(ABC):
    """The tables of a destination. Records of one sync are merged together, as a warehouse does with a batch."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self._rows: dict[str, dict[Any, Row]] = defaultdict(dict)

    def apply(self, stream: str, records: Iterable[Row]) -> None:
        """Merges the records of a stream that one sync emitted, in their order."""
        for key, record in self.deduplicated(stream, records).items():
            self.merge(stream, self._rows[stream], key, record)

    def rows(self, stream: str) -> dict[Any, Row]:
        """The rows without a deletion mark, by primary key; without the column of the mark."""
        return {key: without_mark(row) for key, row in self._rows[stream].items() if row.get(DELETED_AT) is None}

    def has_later_mark(self, stream: str, key: Any, record: Row) -> bool:
        """True if a deleted row stays with a later cursor than this record, which no record can replace: a row that
        came back with its parent, and with a date before its deletion. Documented for soft deletion."""
        held = self._rows[stream].get(key)
        return held is not None and held.get(DELETED_AT) is not None and cursor_of(held) > cursor_of(record)

    def deduplicated(self, stream: str, records: Iterable[Row]) -> dict[Any, Row]:
        """The last record of each key, in the order of the destination."""
        found: dict[Any, Row] = {}
        for record in records:
            key = key_of(stream, record)
            if key not in found or self.is_newer(stream, record, found[key]):
                found[key] = record
        return found

    @abstractmethod
    def is_newer(self, stream: str, record: Row, held: Row) -> bool:
        """True if a record that came later replaces the one that is held."""

    def merge(self, stream: str, rows: dict[Any, Row], key: Any, record: Row) -> None:
        """Merges one record into a table: a deletion that is newer removes the row."""
        if key in rows and not self.is_newer(stream, record, rows[key]):
            return
        if record.get(DELETED_AT) is None:
            rows[key] = record
        else:
            rows.pop(key, None)


class ByCursor(Destination):
    """Postgres, Snowflake, BigQuery, Redshift: the greater cursor wins, of equal ones the later record."""

    name = "by cursor"

    def is_newer(self, stream: str, record: Row, held: Row) -> bool:
        return cursor_of(record) >= cursor_of(held)


class ByArrival(Destination):
    """Iceberg: the later record wins, whatever its cursor."""

    name = "by arrival"

    def is_newer(self, stream: str, record: Row, held: Row) -> bool:
        return True


class SoftDeletion(ByCursor):
    """Postgres and others with soft deletion: by cursor, and a deleted row stays, marked."""

    name = "soft deletion"

    def merge(self, stream: str, rows: dict[Any, Row], key: Any, record: Row) -> None:
        if key not in rows or self.is_newer(stream, record, rows[key]):
            rows[key] = record


class ClickHouse(SoftDeletion):
    """ClickHouse: the cursor is the version of a row, so it must not be null."""

    name = "ClickHouse"

    def merge(self, stream: str, rows: dict[Any, Row], key: Any, record: Row) -> None:
        assert cursor_of(record), f"{stream} {key}: a record without a cursor"
        super().merge(stream, rows, key, record)


DESTINATIONS: tuple[type[Destination], ...] = (ByCursor, ByArrival, SoftDeletion, ClickHouse)


def cursor_of(record: Row) -> str:
    """The cursor of a record: "" for none."""
    return next((str(record[name]) for name in CURSORS if record.get(name)), "")


def without_mark(record: Row) -> Row:
    """A record without the column of deletions."""
    return {name: value for name, value in record.items() if name != DELETED_AT}


def is_deletion(record: Row) -> bool:
    """True for the deletion of a record."""
    return record.get(DELETED_AT) is not None


def deletions_of(records: Mapping[str, Iterable[Row]]) -> dict[str, set[Any]]:
    """The keys of the deletions among the records of a sync, by stream; without streams that have none."""
    found = {stream: {key_of(stream, one) for one in rows if is_deletion(one)} for stream, rows in records.items()}
    return {stream: keys for stream, keys in found.items() if keys}


def differences(copy: Tables, truth: Tables) -> list[str]:
    """A line for each row that is missing from the copy, too much in it, or other than in the truth."""
    found = []
    for stream in sorted({*copy, *truth}):
        rows, expected = copy.get(stream, {}), truth.get(stream, {})
        found += [f"{stream} {key}: missing" for key in expected if key not in rows]
        found += [f"{stream} {key}: no longer in the store" for key in rows if key not in expected]
        for key in expected:
            if key in rows and rows[key] != expected[key]:
                found.append(f"{stream} {key}: {_differing(rows[key], expected[key])}")
    return found


def _differing(row: Row, expected: Row) -> str:
    names = [
        name
        for name in {**row, **expected}
        if row.get(name) != expected.get(name) or (name in row) is not (name in expected)
    ]
    return "; ".join(f"{name} is {row.get(name)!r:.80} instead of {expected.get(name)!r:.80}" for name in names)

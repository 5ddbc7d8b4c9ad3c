"""The DuckDB file: its content, and the comparison with the content of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import duckdb

from demo.failure import DemoFailed
from demo.paths import DATABASE, PYAIRBYTE_LOG
from demo.store import Record

DELETED_AT = "_ab_cdc_deleted_at"
_EXTRACTED_AT = "_airbyte_extracted_at"

Rows = tuple[list[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Comparison:
    """A table that equals the store. `records` are those of the store, `rows` those of the table. `values` have been
    compared, `deleted` are further rows, marked as deleted, and `recent` all those that the second sync wrote."""

    records: int
    rows: int
    values: int
    deleted: int
    recent: int


def query(sql: str, database: Path = DATABASE) -> Rows:
    """The column names and rows that a query returns. Changes nothing."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        result = connection.sql(sql)
        return ([], []) if result is None else (list(result.columns), result.fetchall())


def compare(
    table: str, key: Sequence[str], in_store: Iterable[Record], since: datetime, database: Path = DATABASE
) -> Comparison:
    """Compares a table with the store's records: their keys, and every field that is one value.

    Raises DemoFailed unless each record has exactly one row with the same values, and each row that is not marked as
    deleted is a record.
    """
    columns, rows = query(f"FROM {table}", database)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    present = [row for row in found if row.get(DELETED_AT) is None]
    records = {_key(record, key): record for record in in_store}
    stored = {_key(row, key): row for row in present}
    _refuse(table, "records that have more than one row", _repeated(_key(row, key) for row in found))
    _refuse(table, "records of the store that are missing", sorted(set(records) - set(stored)))
    _refuse(table, "rows too many", sorted(set(stored) - set(records)))
    pairs = [(key_, records[key_], row) for key_, row in stored.items()]
    _refuse(table, "rows that are too old", [key_ for key_, record, row in pairs if _differing(record, row)])
    return Comparison(
        records=len(records),
        rows=len(present),
        values=sum(len(_shared(record, row)) for _, record, row in pairs),
        deleted=len(found) - len(present),
        recent=sum(_in_utc(row[_EXTRACTED_AT]) >= since for row in found),
    )


def _key(record: Mapping[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(record[name] for name in key)


def _repeated(keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(key for key, times in Counter(keys).items() if times > 1)


def _shared(record: Record, row: Record) -> list[str]:
    """The columns that hold one value of the record. Lists and objects have tables of their own, or are JSON."""
    return [name for name, value in record.items() if name in row and not isinstance(value, (list, dict))]


def _differing(record: Record, row: Record) -> list[str]:
    return [name for name in _shared(record, row) if not _equal(record[name], row[name])]


def _equal(value: Any, stored: Any) -> bool:
    """True if a column holds this value of the API. Empty text is null there."""
    if stored is None or value in (None, ""):
        return stored is None and value in (None, "")
    convert = next(convert for kind, convert in _CONVERSIONS if isinstance(stored, kind))
    return bool(convert(value) == stored)


def _instant(value: Any) -> datetime:
    """The time that an API writes as RFC 2822 (V2), as ISO 8601 (V3), or in Unix seconds; in UTC, without a zone."""
    if not isinstance(value, str):
        moment = datetime.fromtimestamp(value, timezone.utc)
    elif "," in value:
        moment = parsedate_to_datetime(value)
    else:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


# bool is an int too, so it comes first.
_CONVERSIONS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, bool),
    (int, int),
    (Decimal, lambda value: Decimal(str(value))),
    (datetime, _instant),
    (str, str),
)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment


def _refuse(table: str, what: str, keys: Sequence[tuple[Any, ...]]) -> None:
    if keys:
        some = ", ".join(" ".join(map(str, key)) for key in keys[:5]) + (", ..." if len(keys) > 5 else "")
        raise DemoFailed(f"The table {table} is not equal to the store: {len(keys)} {what} ({some}).", PYAIRBYTE_LOG)

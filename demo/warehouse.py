"""The DuckDB file: its content, and the comparison with the content of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from demo.failure import DemoFailed
from demo.paths import DATABASE, PYAIRBYTE_LOG
from demo.store import Modified

Rows = tuple[list[str], list[tuple[object, ...]]]


@dataclass(frozen=True)
class Comparison:
    """A stream's table compared with the store."""

    rows: int
    in_store: int
    deleted_in_store: int
    has_dates: bool


def query(sql: str, database: Path = DATABASE) -> Rows:
    """The column names and rows that a query returns. Changes nothing."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        result = connection.sql(sql)
        return ([], []) if result is None else (list(result.columns), result.fetchall())


def compare(stream: str, in_store: Modified) -> Comparison:
    """Fails unless every record of the store is a row, in its present version."""
    has_dates = any(in_store.values())
    rows = _stored(stream, has_dates=has_dates)
    stored = dict(rows)
    repeated = sorted(id_ for id_, times in Counter(id_ for id_, _ in rows).items() if times > 1)
    _refuse(f"records of the table {stream} have more than one row", repeated)
    _refuse(f"records of the store are missing in the table {stream}", sorted(set(in_store) - set(stored)))
    outdated = [id_ for id_, modified in in_store.items() if stored[id_] != modified]
    _refuse(f"rows of the table {stream} are outdated", outdated)
    return Comparison(len(rows), len(in_store), len(set(stored) - set(in_store)), has_dates)


def _stored(stream: str, *, has_dates: bool) -> list[tuple[int, datetime | None]]:
    columns = "id, date_modified" if has_dates else "id, NULL"
    with closing(duckdb.connect(str(DATABASE), read_only=True)) as connection:
        rows = connection.table(stream).project(columns).fetchall()
    return [(int(id_), _in_utc(modified)) for id_, modified in rows]


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=timezone.utc) if moment and moment.tzinfo is None else moment


def _refuse(what: str, ids: Sequence[int]) -> None:
    if ids:
        some = ", ".join(map(str, ids[:5])) + (", ..." if len(ids) > 5 else "")
        raise DemoFailed(f"{len(ids)} {what}: ids {some}.", PYAIRBYTE_LOG)

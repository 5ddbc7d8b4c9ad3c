"""The demo's comparison of a DuckDB table with the store: it must not miss a difference."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.__main__ import TABLES
from demo.failure import DemoFailed
from demo.queries import NEXT
from demo.warehouse import Comparison, compare
from tools.streams import streams

COLUMNS = {
    "id": "BIGINT",
    "name": "VARCHAR",
    "price": "DECIMAL(38,9)",
    "is_visible": "BOOLEAN",
    "date_modified": "TIMESTAMP",
    "images": "JSON",
    "_ab_cdc_deleted_at": "TIMESTAMP",
    "_airbyte_extracted_at": "TIMESTAMP",
}
EXTRACTED = "2024-03-11 12:00:00"
SINCE = datetime(2024, 3, 11, 12, tzinfo=timezone.utc)
RECORDS: list[dict[str, Any]] = [
    {"id": 1, "name": "Tea", "price": "1.5000", "is_visible": True, "date_modified": "2024-03-11T10:00:00+01:00"},
    {"id": 2, "name": "", "price": 2, "is_visible": False, "date_modified": "Mon, 11 Mar 2024 09:00:00 +0000"},
]
ROWS: list[tuple[Any, ...]] = [
    (1, "Tea", 1.5, True, "2024-03-11 09:00:00", "[]", None, "2024-03-11 11:00:00"),
    (2, None, 2, False, "2024-03-11 09:00:00", None, None, EXTRACTED),
    (3, None, None, None, "2024-03-11 11:00:00", None, "2024-03-11 11:00:00", EXTRACTED),
]


def compared(tmp_path: Path, rows: list[tuple[Any, ...]], records: list[dict[str, Any]] = RECORDS) -> Comparison:
    database = tmp_path / "demo.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE products ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        connection.executemany(f"INSERT INTO products VALUES ({', '.join('?' * len(COLUMNS))})", rows)
    return compare("products", ("id",), records, SINCE, database)


def test_a_copy_that_equals_the_store_is_counted(tmp_path: Path) -> None:
    """Rows that are marked as deleted are no records; lists are not compared."""
    records = [{**record, "images": [{"id": 1}]} for record in RECORDS]
    assert compared(tmp_path, ROWS, records) == Comparison(records=2, rows=2, values=10, deleted=1, recent=2)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[1:], "1 records of the store that are missing (1)"),
        ([*ROWS, ROWS[0]], "1 records that have more than one row (1)"),
        ([*ROWS[:2], (*ROWS[2][:6], None, EXTRACTED)], "1 rows too many (3)"),
        ([ROWS[0], (2, *ROWS[1][1:6], EXTRACTED, EXTRACTED)], "1 records of the store that are missing (2)"),
        *(
            ([ROWS[0], (*ROWS[1][:position], value, *ROWS[1][position + 1 :])], "1 rows that are too old (2)")
            for position, value in enumerate(("Tea", 2.01, True, "2024-03-11 09:00:01"), 1)
        ),
        ([(1, None, *ROWS[0][2:]), *ROWS[1:]], "1 rows that are too old (1)"),
    ],
)
def test_every_difference_fails_the_demo(tmp_path: Path, rows: list[tuple[Any, ...]], message: str) -> None:
    """The demo claims that the copy equals the store."""
    with pytest.raises(DemoFailed) as failure:
        compared(tmp_path, rows)
    assert message in str(failure.value)


def test_the_demo_syncs_what_its_queries_read_by_the_keys_of_the_streams() -> None:
    """A query over a table that is not there fails after two minutes."""
    keys = {stream.name: stream.primary_key for stream in streams()}
    assert {one.stream: list(one.key) for one in TABLES} == {
        one.stream: [key] if isinstance(key := keys[one.stream], str) else key for one in TABLES
    }
    synced = {one.stream for one in TABLES}
    for query in NEXT:
        words = {word.strip("(),") for word in query.sql.replace(".", " ").split()}
        assert words & set(keys) <= synced, query.title

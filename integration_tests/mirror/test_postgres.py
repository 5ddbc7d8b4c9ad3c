"""A copy of the store in a real Postgres, kept by the statements of a warehouse's merge.

They follow those of Airbyte's destinations for Postgres, Snowflake and BigQuery: the latest record of a batch for each
key is taken, and replaces or deletes the row if it is newer, by the cursor and then by the time of its sync.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import pytest
from psycopg2.extras import execute_values

from integration_tests.harness import INCREMENTAL, key_of
from integration_tests.mirror.copy import Copy
from integration_tests.mirror.destination import DELETED_AT, Row, cursor_of, differences, without_mark
from integration_tests.mirror.test_mirror import BELOW, COLLECTIONS, DAY, OF_PRODUCTS, TABLES, parent_with
from integration_tests.mirror.world import PER_PARENT
from integration_tests.pyairbyte.postgres import Postgres, serve_postgres
from sandbox import Options, Server

CREATE = """
CREATE TABLE final (
    stream text, key text, cursor timestamptz, extracted_at bigint, deleted_at timestamptz, data json,
    PRIMARY KEY (stream, key)
);
CREATE TABLE batch (LIKE final);
"""
NEWEST = """
CREATE TEMPORARY TABLE newest ON COMMIT DROP AS
SELECT stream, key, cursor, extracted_at, deleted_at, data FROM (
    SELECT *, row_number() OVER (
        PARTITION BY stream, key ORDER BY cursor DESC NULLS LAST, extracted_at DESC
    ) AS rank FROM batch
) AS ranked WHERE rank = 1;
"""
IS_NEWER = """(
    final.cursor < newest.cursor
    OR (final.cursor = newest.cursor AND final.extracted_at < newest.extracted_at)
    OR (final.cursor IS NULL AND newest.cursor IS NULL AND final.extracted_at < newest.extracted_at)
    OR (final.cursor IS NULL AND newest.cursor IS NOT NULL)
)"""
DELETE = f"""
DELETE FROM final USING newest
WHERE final.stream = newest.stream AND final.key = newest.key AND newest.deleted_at IS NOT NULL AND {IS_NEWER};
"""
UPDATE = f"""
UPDATE final SET cursor = newest.cursor, extracted_at = newest.extracted_at, deleted_at = newest.deleted_at,
    data = newest.data
FROM newest WHERE final.stream = newest.stream AND final.key = newest.key AND {{kept}} AND {IS_NEWER};
"""
INSERT = """
INSERT INTO final SELECT * FROM newest WHERE {kept}
    AND NOT EXISTS (SELECT FROM final WHERE final.stream = newest.stream AND final.key = newest.key);
"""
HARD = [DELETE, UPDATE.format(kept="newest.deleted_at IS NULL"), INSERT.format(kept="newest.deleted_at IS NULL")]
SOFT = [UPDATE.format(kept="true"), INSERT.format(kept="true")]


@dataclass
class Warehouse:
    """A database with the tables of all streams in one: a column names the stream of each row."""

    postgres: Postgres
    merge: list[str]
    _batches: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS final, batch")
            cursor.execute(CREATE)

    def load(self, records: Mapping[str, list[Row]]) -> None:
        """Merges the records of one sync, all of the same instant: their order must not matter."""
        self._batches += 1
        rows = [
            (stream, _text(key_of(stream, one)), cursor_of(one) or None, self._batches, one.get(DELETED_AT), _text(one))
            for stream, found in records.items()
            for one in found
        ]
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE batch")
            execute_values(cursor, "INSERT INTO batch VALUES %s", rows)
            cursor.execute(NEWEST)
            for statement in self.merge:
                cursor.execute(statement)

    def rows(self) -> dict[str, dict[Any, Row]]:
        """The rows without a deletion mark, by stream and primary key."""
        found: dict[str, dict[Any, Row]] = {}
        for stream, data in self.postgres.rows("SELECT stream, data FROM final WHERE deleted_at IS NULL"):
            found.setdefault(stream, {})[key_of(stream, data)] = without_mark(data)
        return found

    def deleted(self) -> set[tuple[str, str]]:
        """The streams and keys of the rows with a deletion mark."""
        return set(self.postgres.rows("SELECT stream, key FROM final WHERE deleted_at IS NOT NULL"))

    def _connect(self) -> Any:
        one = self.postgres
        return psycopg2.connect(
            host=one.host, port=one.port, user=one.username, password=one.password, dbname=one.database
        )


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with serve_postgres() as running:
        yield running


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Options(orders=14, products=12, customers=12, coupons=3, rows=8, oddities=False)) as running:
        yield running


@pytest.mark.parametrize("mode", ["hard", pytest.param("soft", marks=pytest.mark.exhaustive)])
def test_a_record_that_is_deleted_and_made_again_is_a_row_again(postgres: Postgres, server: Server, mode: str) -> None:
    """With its children; a deleted row keeps its key at most."""
    warehouse = Warehouse(postgres, HARD if mode == "hard" else SOFT)
    copy = Copy(server, OF_PRODUCTS)
    warehouse.load(copy.sync().records)
    first, second, third = server.store.ids("products")[2:5]
    for edit, present in (
        (lambda: server.store.delete("products", first), False),
        (lambda: server.store.recreate("products", first), True),
        (lambda: server.store.edit_silently("products", second, price=1.5), True),
        (lambda: server.store.delete("products", third), True),
    ):
        server.store.clock.advance(DAY)
        edit()
        warehouse.load(copy.sync().records)
        assert (first in warehouse.rows()["products"]) is present
        assert not differences(warehouse.rows(), present_rows(copy))
    marked = {key for stream, key in warehouse.deleted() if stream == "products"}
    assert marked == ({str(third)} if mode == "soft" else set())


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", ["hard", "soft"])
def test_every_stream_of_a_store_that_changes(postgres: Postgres, server: Server, mode: str) -> None:
    """Deletions and changes without a date of every kind, over several syncs."""
    warehouse = Warehouse(postgres, HARD if mode == "hard" else SOFT)
    copy = Copy(server)
    parents = {kind: parent_with(server, kind) for kind in BELOW}
    warehouse.load(copy.sync().records)
    for number, (kind, (parent, child)) in enumerate(parents.items()):
        if number % 2:
            server.store.edit_child(parent, kind, child, dated=False, **BELOW[kind][1])
        elif child in server.store.child_ids(parent, kind):
            server.store.remove_child(parent, kind, child, dated=False)
    warehouse.load(copy.sync().records)
    for kind in (*COLLECTIONS, *TABLES):
        keys = server.store.collections[kind].keys() if kind in COLLECTIONS else server.store.ids(kind)
        server.store.delete(kind, keys[0])
    warehouse.load(copy.sync().records)
    assert not differences(warehouse.rows(), present_rows(copy))
    server.store.clock.advance(DAY)
    warehouse.load(copy.sync().records)
    assert not [stream for stream in INCREMENTAL if stream not in PER_PARENT and copy.last.records[stream]]
    assert not differences(warehouse.rows(), present_rows(copy))


def present_rows(copy: Copy) -> dict[str, dict[Any, Row]]:
    """The content of the store."""
    return {stream: rows for stream, rows in copy.truth().items() if rows}


def _text(value: Any) -> str:
    return json.dumps(value)

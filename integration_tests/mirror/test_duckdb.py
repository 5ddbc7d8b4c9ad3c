"""Promise P8 through real PyAirbyte and DuckDB: the rows without a deletion mark are those of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from integration_tests.conftest import Once
from integration_tests.harness import KEYS, config_for, key_of, sync
from integration_tests.mirror.destination import DELETED_AT
from integration_tests.mirror.test_mirror import DAY, OPTIONS, parent_with
from integration_tests.pyairbyte import package, process
from sandbox import Server

pytestmark = pytest.mark.exhaustive

STREAMS = (
    "orders", "order_products", "transactions", "customers", "customer_addresses", "products", "product_variants",
    "subscribers", "price_lists", "price_list_records",
)  # fmt: skip


def test_the_rows_without_a_mark_equal_the_store(once: Once, tmp_path: Path) -> None:
    """After deletions, changes without a date, and records that came back with their ids."""
    installed = package.installed(once("package", package.build_and_install))
    connector = {"local_executable": str(installed.script)}
    with Server(OPTIONS) as server:
        store = server.store

        def equals() -> None:
            config = config_for(server, reconcile="every_sync")
            report = process.run(tmp_path, config, connector, streams=STREAMS)
            truth = sync(server, STREAMS)
            with duckdb.connect(str(report.database), read_only=True) as connection:
                for stream in STREAMS:
                    assert _rows(connection, stream) == _expected(stream, truth.records[stream]), stream

        rows = {kind: parent_with(server, kind) for kind in ("variants", "addresses", "lines", "transactions")}
        equals()
        for kind, (parent, child) in rows.items():
            store.remove_child(parent, kind, child, dated=False)
        gone = {kind: store.delete(kind, store.ids(kind)[4]) for kind in ("orders", "customers", "products")}
        for kind in ("subscribers", "price_lists"):
            store.delete(kind, store.collections[kind].keys()[2])
        store.edit_silently("products", store.ids("products")[6], price=1.5)
        equals()
        store.clock.advance(DAY)
        for kind, key in gone.items():
            store.recreate(kind, key)
        equals()


COMPARED = {"products": "price", "orders": "total_inc_tax", "product_variants": "sku", "customers": "email"}


def _expected(stream: str, records: list[dict[str, Any]]) -> dict[Any, str]:
    return {key_of(stream, one): _plain(one.get(COMPARED.get(stream, KEYS[stream][0]))) for one in records}


def _rows(connection: duckdb.DuckDBPyConnection, stream: str) -> dict[Any, str]:
    field = COMPARED.get(stream, KEYS[stream][0])
    query = f"SELECT {', '.join(KEYS[stream])}, {field} FROM {stream} WHERE {DELETED_AT} IS NULL"
    found = connection.execute(query).fetchall()
    return {row[0] if len(row) == 2 else tuple(row[:-1]): _plain(row[-1]) for row in found}


def _plain(value: Any) -> str:
    """A value as both sides write it."""
    return str(value) if value is None or isinstance(value, str) else f"{float(value):.4f}"

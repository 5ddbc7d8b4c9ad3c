"""The demo's path: two syncs by PyAirbyte into one DuckDB file, and edits of the store between them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from demo import marts, queries
from demo.warehouse import query
from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from integration_tests.pyairbyte.package import Installation
from integration_tests.tools import need_dbt
from sandbox import Options, serve

STREAMS = ("orders", "channels", "order_products", "order_coupons", "order_refunds")


def test_the_second_sync_reads_changes_and_deletions_and_the_queries_return_rows(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the tables that the demo's queries read."""
    need_dbt()
    connector = {"local_executable": str(installation.script)}
    with serve(Options(orders=300, products=40, customers=40, coupons=20)) as server:
        config = config_for(server, reconcile="every_sync")
        first = process.run(tmp_path, config, connector, streams=["orders"])
        server.store.clock.advance(3600)
        changed = server.store.ids("orders")[3:6]
        server.store.bulk_edit("orders", changed, staff_notes="Ring twice")
        server.store.edit_silently("orders", silent := server.store.ids("orders")[8], staff_notes="Ring once")
        server.store.delete("orders", deleted := server.store.ids("orders")[10])
        created = server.store.create("orders")
        server.log.clear()
        second = process.run(tmp_path, config, connector, streams=STREAMS)
        expected = set(server.store.ids("orders")) - server.store.unreachable("orders")
        requests = server.requests
    assert first.records == [len(expected)]  # one was created since, and one deleted
    assert any("min_date_modified" in request.query for request in requests), "the state was not used"
    with duckdb.connect(str(second.database), read_only=True) as connection:
        marked = connection.execute("SELECT id FROM orders WHERE _ab_cdc_deleted_at IS NOT NULL").fetchall()
        assert marked == [(deleted,)]
        present = "SELECT id, staff_notes FROM orders WHERE _ab_cdc_deleted_at IS NULL"
        stored = dict(connection.execute(present).fetchall())
        assert set(stored) == expected
        assert created in stored
        assert {stored[id_] for id_ in changed} == {"Ring twice"}
        assert stored[silent] == "Ring once"

    monkeypatch.setattr(marts, "TEMPORARY", tmp_path)
    monkeypatch.setattr(marts, "DBT_LOG", tmp_path / "dbt.log")
    assert marts.build_marts(second.database)
    for question in queries.NEXT:
        assert query(question.sql, second.database)[1], question.title

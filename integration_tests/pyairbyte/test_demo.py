"""The demo's path: two syncs by PyAirbyte into one DuckDB file, and edits of the store between them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from demo import queries
from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from integration_tests.pyairbyte.package import Installation
from sandbox import Options, serve

STREAMS = ("orders", "channels", "order_products", "order_coupons", "order_refunds")


def test_the_second_sync_reads_the_changes_and_the_queries_return_rows(
    installation: Installation, tmp_path: Path
) -> None:
    """With the tables that the demo's queries read."""
    connector = {"local_executable": str(installation.script)}
    with serve(Options(orders=300, products=40, customers=40, coupons=20)) as server:
        first = process.run(tmp_path, config_for(server), connector, streams=["orders"])
        server.store.clock.advance(3600)
        changed = server.store.ids("orders")[3:6]
        server.store.bulk_edit("orders", changed, staff_notes="Ring twice")
        created = server.store.create("orders")
        server.log.clear()
        second = process.run(tmp_path, config_for(server), connector, streams=STREAMS)
        expected = set(server.store.ids("orders")) - server.store.unreachable("orders")
        requests = server.requests
    assert first.records == [len(expected) - 1]
    assert any("min_date_modified" in request.query for request in requests), "the state was not used"
    with duckdb.connect(str(second.database), read_only=True) as connection:
        stored = dict(connection.execute("SELECT id, staff_notes FROM orders").fetchall())
        assert set(stored) == expected
        assert created in stored
        assert {stored[id_] for id_ in changed} == {"Ring twice"}
        for question in queries.NEXT:
            assert connection.execute(question.sql).fetchall(), question.title

"""A small seasonal store, synced into DuckDB, with the marts and the report that the demo makes of it."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from demo import marts
from demo.__main__ import TABLES
from demo.report import page
from demo.report.page import Copied
from demo.warehouse import compare
from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from sandbox import Options, serve

CONNECTOR = {"local_executable": str(Path(sys.executable).with_name("source-bigcommerce"))}
REPORT = "report.html"
DATABASE = "db_store.duckdb"  # as PyAirbyte names it: the views of dbt name the database after its file


def make(folder: Path) -> None:
    """Fills the folder with the database and the report."""
    today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    options = Options(orders=900, customers=300, products=120, coupons=30, seasonal=True, now=int(today.timestamp()))
    with serve(options) as server, pytest.MonkeyPatch.context() as patch:
        config = config_for(server, reconcile="every_sync")
        found = process.run(folder, config, CONNECTOR, streams=[table.stream for table in TABLES])
        kinds = {table.kind: server.store.all_records(table.kind) for table in TABLES}
        patch.setattr(marts, "TEMPORARY", folder)
        patch.setattr(marts, "DBT_LOG", folder / "dbt.log")
        compared = [
            (table.stream, compare(table.stream, table.key, table.records(kinds), today, found.database))
            for table in TABLES
        ]
        marts.build_marts(found.database)
    found.database.rename(folder / DATABASE)
    copied = [Copied(name, one.records, one.rows, one.values) for name, one in compared]
    page.write(folder / REPORT, folder / DATABASE, marts.SCHEMA, copied)

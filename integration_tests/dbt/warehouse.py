"""A store, the tables that PyAirbyte made of it, and the marts that dbt made of those."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

from integration_tests.dbt.project import PACKAGE, Outcome, Project
from integration_tests.dbt.truth.values import Row
from integration_tests.dbt.world import OPTIONS, World
from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from integration_tests.pyairbyte.postgres import Postgres, serve_postgres
from sandbox import Options, Server, serve

CONNECTOR = {"local_executable": str(Path(sys.executable).with_name("source-bigcommerce"))}
PLAIN = Options(orders=150, products=60, customers=60, coupons=20)
FEW_TABLES = (  # those of the demo
    *("orders", "order_products", "order_refunds", "order_coupons", "customers", "customer_addresses"),
    *("products", "product_variants", "product_images", "channels", "coupons"),
)


def source_tables() -> list[str]:
    """Returns the tables that the package reads."""
    (source,) = yaml.safe_load((PACKAGE / "models/staging/sources.yml").read_text(encoding="utf-8"))["sources"]
    return [table["name"] for table in source["tables"]]


@dataclass(frozen=True)
class Warehouse:
    """A database with the tables of a store; `kept` are records that its tables have and the store does not."""

    folder: Path
    server: Server
    tables: Sequence[str]
    project: Project
    target: str
    duckdb: Path | None = None
    postgres: Postgres | None = None
    kept: dict[str, list[Row]] = field(default_factory=dict)

    def dbt(self, *arguments: str, **variables: Any) -> Outcome:
        """Runs a command of dbt on the database, with variables besides those that name the tables."""
        environment = {
            "SHOP_DATABASE": str(self.duckdb or ""),
            "SHOP_PORT": str(self.postgres.port if self.postgres else 0),
        }
        source = {"bigcommerce_schema": "main" if self.duckdb else "airbyte_raw"}
        return self.project.dbt(
            *arguments, target=self.target, variables={**source, **variables}, environment=environment
        )

    def replace(self, *tables: str) -> None:
        """Syncs some tables in full into new ones, in whose favor the former ones are dropped."""
        process.run(
            self.folder,
            config_for(self.server, reconcile="every_sync"),
            CONNECTOR,
            streams=tables,
            postgres=asdict(self.postgres) if self.postgres else None,
            reading={"write_strategy": "replace", "force_full_refresh": True},
        )
        for table in tables:
            self.kept.pop(table, None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Returns the result of a query."""
        if self.postgres:
            return self.postgres.rows(sql)
        with duckdb.connect(self.duckdb, read_only=True) as connection:
            return connection.execute(sql).fetchall()


@contextmanager
def warehouse(folder: Path, project: Project, store: str, target: str) -> Iterator[Warehouse]:
    """The tables of a store: `awkward`, all that the package reads after two syncs, or one sync of `plain`.

    That has a few tables, or with `orders` that one alone.
    """
    with serve(OPTIONS if store == "awkward" else PLAIN) as server:
        if target == "duckdb":
            yield _filled(folder, project, server, store, None)
        else:
            with serve_postgres() as postgres:
                yield _filled(folder, project, server, store, postgres)


def _filled(folder: Path, project: Project, server: Server, store: str, postgres: Postgres | None) -> Warehouse:
    awkward = store == "awkward"
    tables = source_tables() if awkward else ("orders",) if store == "orders" else FEW_TABLES
    config = config_for(server, reconcile="every_sync" if awkward else "never")
    login = asdict(postgres) if postgres else None
    database = Path()
    world = World(server)
    for step in (world.live, world.go_on) if awkward else (lambda: None,):
        step()
        report = process.run(folder, config, CONNECTOR, streams=tables, postgres=login)
        database = report.database
    target = "postgres" if postgres else "duckdb"
    return Warehouse(folder, server, tables, project, target, None if postgres else database, postgres, world.kept)

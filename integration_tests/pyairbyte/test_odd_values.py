"""Values that no column can hold, in every type of column, through PyAirbyte into DuckDB and into Postgres."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from integration_tests.harness import catalog_of, config_for, sync
from integration_tests.pyairbyte import process
from integration_tests.pyairbyte.package import Installation
from integration_tests.pyairbyte.postgres import serve_postgres
from sandbox import Options, Server, serve
from source_bigcommerce.streams.stream import DELETED_AT

LARGE = 10**30
ODD: dict[str, list[Any]] = {  # by the type of a column
    "integer": [
        *("1,234", LARGE, str(LARGE), 2**63, "seven", 7.5, True, [7], {"a": 7}),
        *("9007199254740991", "12", 3.0),
    ],
    "number": [
        *("12,50", str(LARGE), 1e30, "12345678901234.5678", "much", "NaN", False, [1]),
        *("1,234.50", "$4.00", 2**53),
    ],
    "boolean": ["12,50", 2, "yes", [True], {"a": 1}, "1", 0],
    "date-time": [
        *("+20240-02-08T10:10:10", "20240208", "Mon, 19 Jan 2026 07:21:46 IST", "soon", 7, True, False, [1], 1e300),
        *("Mon, 19 Jan 2026 07:21:46 AEST", 1529512970000, "1529512970"),
    ],
    "string": ["a\u0000b", ["x\u0000"], {"a": ["y"]}, 7, 1.5, True, "\u0000"],
    "object": ["text", 7, [1, 2], [], False, {"\u0000": "\u0000"}],
    "array": ["text", 7, {"a": 1}, {}, False, [1, "\u0000", {"a": LARGE}]],
}
# By which orders are selected, distinguished, completed and dated.
LEFT_ALONE = frozenset({"id", "date_modified", "consignments", "fees", "line_items", "is_deleted", DELETED_AT})
ROUNDS = max(map(len, ODD.values()))
STREAM = catalog_of(["orders"]).streams[0].stream
COLUMNS = {name: schema for name, schema in STREAM.json_schema["properties"].items() if name not in LEFT_ALONE}


def kind_of(schema: dict[str, Any]) -> str:
    (kind,) = (one for one in schema["type"] if one != "null")
    return str(schema.get("format", kind))


@pytest.fixture
def server() -> Iterator[Server]:
    """A store whose orders have an odd value in every column, each order the next one of its type."""

    def spoilt(body: Any, requested: Any) -> bytes:
        for order in body or []:
            for name, schema in COLUMNS.items():
                choice = ODD[kind_of(schema)]
                order[name] = choice[order["id"] % len(choice)]
        return json.dumps(body).encode() if body else b"[]"

    with serve(Options(orders=3 * ROUNDS, products=1, customers=1, coupons=1)) as running:
        running.fail("v2/orders", times=10_000, kind="edit", edit=spoilt)
        yield running


def test_every_odd_value_is_met(server: Server) -> None:
    """Otherwise the tests below would show nothing."""
    kinds = {kind_of(schema) for schema in COLUMNS.values()}
    assert kinds == set(ODD)
    assert len(sync(server, ["orders"]).records["orders"]) >= ROUNDS


@pytest.mark.exhaustive
def test_duckdb_takes_every_record(server: Server, installation: Installation, tmp_path: Path) -> None:
    """One value used to cost the whole table."""
    printed = sync(server, ["orders"]).latest("orders")
    connector = {"local_executable": str(installation.script)}
    report = process.run(tmp_path, config_for(server), connector, streams=["orders"])
    with duckdb.connect(str(report.database), read_only=True) as connection:
        stored = connection.execute(f"SELECT id, {', '.join(COLUMNS)} FROM orders").fetchall()
    compare(stored, printed)


@pytest.mark.exhaustive
def test_postgres_takes_every_record(server: Server, installation: Installation, tmp_path: Path) -> None:
    """Postgres is stricter: it refuses U+0000, in text as in JSON.

    PyAirbyte makes floats of the integers of a column with nulls, so none here has more digits than a float.
    """
    printed = sync(server, ["orders"]).latest("orders")
    connector = {"local_executable": str(installation.script)}
    with serve_postgres() as postgres:
        process.run(tmp_path, config_for(server), connector, streams=["orders"], postgres=asdict(postgres))
        stored = postgres.rows(f"SELECT id, {', '.join(COLUMNS)} FROM airbyte_raw.orders")
    compare(stored, printed)


def compare(stored: list[tuple[Any, ...]], printed: dict[Any, dict[str, Any]]) -> None:
    """Every record is a row, and every column holds what was printed."""
    assert sorted(row[0] for row in stored) == sorted(printed)
    for id_, *values in stored:
        for (name, schema), value in zip(COLUMNS.items(), values, strict=True):
            assert _plain(value, schema) == _expected(printed[id_].get(name), schema), (id_, name)


def _plain(value: Any, schema: dict[str, Any]) -> Any:
    if kind_of(schema) in ("object", "array") and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    return value


def _expected(value: Any, schema: dict[str, Any]) -> Any:
    if value is None:
        return None
    if kind_of(schema) == "date-time":
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return Decimal(str(value)) if kind_of(schema) == "number" else value

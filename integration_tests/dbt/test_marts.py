"""The marts against the store: their key figures are computed a second time, from the sandbox's own world."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.dbt.conftest import Databases
from integration_tests.dbt.truth.marts import MARTS
from integration_tests.dbt.truth.values import Figures, Rules, StoreWorld
from integration_tests.dbt.warehouse import Warehouse

CENT_OF_A_CENT = Decimal("0.0001")  # sums of amounts that are rounded to six decimals differ by less
EVERY = pytest.mark.exhaustive
DATABASES = [
    ("awkward", "duckdb"),
    pytest.param("plain", "duckdb", marks=EVERY),
    pytest.param("orders", "duckdb", marks=EVERY),
    pytest.param("awkward", "postgres", marks=EVERY),
    pytest.param("plain", "postgres", marks=EVERY),
]
OTHER_RULES = [
    Rules(timezone="Pacific/Auckland", guests="separate", basis="total_ex_tax", excluded=(0, 5, 6, 7)),
    Rules(
        timezone="America/Los_Angeles",
        guests="none",
        excluded=(),
        include_archived=True,
        status_refunded_is_refund=False,
        window=300,
        as_of=date(2025, 11, 24),
    ),
]


def variables(rules: Rules) -> dict[str, Any]:
    return {
        "bigcommerce_timezone": rules.timezone,
        "bigcommerce_guests": rules.guests,
        "bigcommerce_revenue_basis": rules.basis,
        "bigcommerce_excluded_status_ids": list(rules.excluded),
        "bigcommerce_include_archived": rules.include_archived,
        "bigcommerce_status_refunded_is_refund": rules.status_refunded_is_refund,
        "bigcommerce_sales_window_days": rules.window,
        "bigcommerce_as_of": str(rules.as_of or ""),
    }


def compare(database: Warehouse, rules: Rules) -> None:
    """Compares every row and key figure of every mart."""
    world = StoreWorld(database.server, database.tables, rules, database.kept)
    wrong: list[str] = []
    for name, mart in MARTS.items():
        width = mart.key.count(",") + 1
        found: Figures = {}
        for row in database.rows(f"SELECT {mart.key}, {mart.figures} FROM analytics.{name}"):
            found[row[0] if width == 1 else row[:width]] = row[width:]
        expected = mart.truth(world)
        wrong += [f"{name} {key} is in one of the two" for key in set(found) ^ set(expected)]
        columns = [column.strip() for column in mart.figures.split(",")]
        for key in set(found) & set(expected):
            wrong += [
                f"{name} {key}: {column} is {actual}, not {wanted}"
                for column, actual, wanted in zip(columns, found[key], expected[key], strict=True)
                if not same(actual, wanted)
            ]
    assert not wrong, "\n".join(wrong[:50])


def same(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, Decimal):
        return actual is not None and abs(Decimal(actual) - wanted) < CENT_OF_A_CENT
    return bool(actual == wanted)


@pytest.mark.parametrize(("store", "target"), DATABASES)
def test_every_figure_is_that_of_the_store(databases: Databases, store: str, target: str) -> None:
    """All models and tests pass, and each row of each mart says what the store says."""
    database = databases(store, target)
    outcome = database.dbt("build")
    assert outcome.code == 0, outcome.output
    assert not outcome.but("success", "pass")
    compare(database, Rules())


@EVERY
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
@pytest.mark.parametrize("rules", OTHER_RULES, ids=lambda rules: rules.guests)
def test_variables_change_the_figures_as_documented(databases: Databases, target: str, rules: Rules) -> None:
    """Time zone, guests, tax and what counts as revenue, against the same computation under other rules."""
    database = databases("awkward", target)
    outcome = database.dbt("build", **variables(rules))
    assert outcome.code == 0, outcome.output
    assert not outcome.but("success", "pass")
    compare(database, rules)


@EVERY
def test_a_table_is_replaced_after_a_build(databases: Databases) -> None:
    """As by destinations that overwrite: the models do not keep a table from being dropped."""
    database = databases("awkward", "postgres")
    assert database.dbt("build").code == 0
    assert database.kept
    database.replace("coupons", "product_category_assignments", "inventory_items")
    assert not database.kept
    outcome = database.dbt("build")
    assert outcome.code == 0, outcome.output
    compare(database, Rules())


@EVERY
def test_types_of_airbyte_s_postgres_destination(databases: Databases) -> None:
    """It writes `timestamptz` and `jsonb`, where PyAirbyte writes `timestamp` in UTC and `json`."""
    database = databases("awkward", "postgres")
    columns = database.rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'airbyte_raw'"
    )
    changes = [
        f"ALTER TABLE airbyte_raw.{table} ALTER COLUMN {column} TYPE {_AIRBYTE[kind].format(column=column)}"
        for table, column, kind in columns
        if kind in _AIRBYTE and table in database.tables
    ]
    assert database.postgres
    elsewhere = "ALTER DATABASE postgres SET timezone TO 'Asia/Tokyo'"  # for dbt's connection, which must not matter
    database.postgres.execute(elsewhere, *changes)
    outcome = database.dbt("build")
    assert outcome.code == 0, outcome.output
    compare(database, Rules())


_AIRBYTE = {
    "timestamp without time zone": "timestamptz USING {column} AT TIME ZONE 'UTC'",
    "json": "jsonb USING {column}::jsonb",
}

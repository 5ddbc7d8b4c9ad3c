"""BigQuery and Snowflake, which cannot be run here: what dbt compiles for them is parsed in their dialects."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from integration_tests.dbt.project import PACKAGE, Project

OFFLINE = ("--no-populate-cache", "compile", "--no-introspect")
VARIABLES = {
    "bigcommerce_introspect": False,
    "bigcommerce_timezone": "America/New_York",
    "bigcommerce_revenue_basis": "total_ex_tax",
    "bigcommerce_as_of": "2026-01-31",
    "bigcommerce_product_metafields": ["warehouse.shelf"],
    "bigcommerce_product_custom_fields": ["Care"],
}


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_compiled_sql_is_parsed_in_the_dialect(project: Project, dialect: str) -> None:
    """Every model and test, by the adapter of the warehouse, without a connection."""
    outcome = project.dbt(*OFFLINE, target=dialect, variables=VARIABLES)
    assert outcome.code == 0, outcome.output
    compiled = project.compiled(dialect)
    assert {file.stem for file in PACKAGE.glob("models/*/*.sql")} <= set(compiled)
    assert len(compiled) > 300
    for name, sql in compiled.items():
        statement = sqlglot.parse_one(sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        assert isinstance(statement, exp.Query), name
        assert not list(statement.find_all(exp.Command)), f"{name} has a part that sqlglot does not know"


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_sql_of_another_dialect_is_not_parsed(dialect: str) -> None:
    """The test of the test above."""
    foreign = {
        "bigquery": "select items::jsonb #>> '{a}' from x",
        "snowflake": "select * from unnest(x) as t with offset",
    }
    with pytest.raises(sqlglot.ParseError):
        sqlglot.parse_one(foreign[dialect], read=dialect, error_level=sqlglot.ErrorLevel.RAISE)

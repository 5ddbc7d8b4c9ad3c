"""BigQuery and Snowflake, which cannot be run here: what dbt compiles for them is parsed in their dialects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from integration_tests.dbt.project import ROOT, Project
from unit_tests.representatives import representatives

OFFLINE = ("--no-populate-cache", "compile", "--no-introspect")
VARIABLES = {
    "bigcommerce_introspect": False,
    "bigcommerce_timezone": "America/New_York",
    "bigcommerce_revenue_basis": "total_ex_tax",
    "bigcommerce_as_of": "2026-01-31",
    "bigcommerce_product_metafields": ["warehouse.shelf"],
    "bigcommerce_product_custom_fields": ["Care"],
}
DIALECTS = ["bigquery", "snowflake"]

Schema = dict[str, dict[str, dict[str, dict[str, str]]]]


@pytest.fixture(scope="module", params=representatives(DIALECTS, {"bigquery"}))
def dialect(request: pytest.FixtureRequest, project: Project) -> str:
    """A dialect for which the package has been compiled by the adapter of its warehouse, without a connection."""
    name: str = request.param
    outcome = project.dbt(*OFFLINE, target=name, variables=VARIABLES)
    assert outcome.code == 0, outcome.output
    return name


def test_every_statement_is_parsed(project: Project, dialect: str) -> None:
    """Models and tests, without a part or a function that sqlglot does not know in the dialect."""
    compiled = project.compiled(dialect)
    assert len(compiled) > 350
    for name, sql in compiled.items():
        statement = sqlglot.parse_one(sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        assert isinstance(statement, exp.Query), name
        unknown = [part.sql() for part in statement.find_all(exp.Command, exp.Anonymous)]
        assert not unknown, name


def test_every_column_exists(project: Project, dialect: str) -> None:
    """Each name in a model is found once, in the tables of the connector or the models that it reads."""
    manifest = json.loads((project.folder / f"target-{dialect}" / "manifest.json").read_text(encoding="utf-8"))
    compiled, columns = project.compiled(dialect), _source_columns(manifest)
    for id_, model in _in_order(manifest):
        schema: Schema = {}
        for parent in model["depends_on"]["nodes"]:
            read = manifest["sources"].get(parent) or manifest["nodes"][parent]
            name = read.get("identifier") or read["alias"]
            schema.setdefault(read["database"], {}).setdefault(read["schema"], {})[name] = columns[parent]
        try:
            found = qualify(sqlglot.parse_one(compiled[model["name"]], read=dialect), schema=schema, dialect=dialect)
        except SqlglotError as error:
            pytest.fail(f"{model['name']}: {error}", pytrace=False)
        columns[id_] = dict.fromkeys((name.lower() for name in found.named_selects), "string")
        if model["columns"]:
            assert set(columns[id_]) >= set(model["columns"]), model["name"]


def test_the_other_dialect_refuses_it(project: Project, dialect: str) -> None:
    """The test of the first one: it does not accept everything."""
    (other,) = set(DIALECTS) - {dialect}
    refused = 0
    for sql in project.compiled(dialect).values():
        try:
            statement = sqlglot.parse_one(sql, read=other, error_level=sqlglot.ErrorLevel.RAISE)
        except SqlglotError:
            refused += 1
        else:
            refused += any(True for _ in statement.find_all(exp.Command, exp.Anonymous))
    assert refused >= 30


def _source_columns(manifest: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The columns of the connector's tables, by the id of their source; the types do not matter here."""
    found = {}
    for id_, source in manifest["sources"].items():
        if source["package_name"] != "bigcommerce":
            continue
        file = ROOT / "source_bigcommerce" / "schemas" / f"{source['name']}.json"
        fields = json.loads(file.read_text(encoding="utf-8"))["properties"]
        found[id_] = dict.fromkeys([*fields, "_ab_cdc_deleted_at"], "string")
    return found


def _in_order(manifest: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The models, each after those that it reads."""
    models = {id_: node for id_, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    given: set[str] = set()
    while len(given) < len(models):
        for id_, model in models.items():
            if id_ not in given and all(one in given or one not in models for one in model["depends_on"]["nodes"]):
                given.add(id_)
                yield id_, model

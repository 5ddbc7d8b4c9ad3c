"""What users build on: the names of the marts' columns, and the descriptions of everything."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration_tests.dbt.conftest import Databases
from integration_tests.dbt.project import PACKAGE, ROOT

PUBLISHED = Path(__file__).with_name("published_columns.json")
MODELS = [
    model for file in PACKAGE.glob("models/*/*.yml") for model in yaml.safe_load(file.read_text()).get("models", [])
]
MARTS = {file.stem for file in PACKAGE.glob("models/marts/*.sql")}
SCHEMAS = ROOT / "source_bigcommerce" / "schemas"
STAGED = re.compile(r"\('([\w.]+)', '(\w+)', '(\w+)'\)")
TYPES = {  # what a database calls the types of the contract
    "integer": ("bigint",),
    "numeric": ("decimal", "numeric"),
    "string": ("varchar", "text", "character varying"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamp",),
    "json": ("json",),
}
TARGETS = ["duckdb", pytest.param("postgres", marks=pytest.mark.exhaustive)]


def declared(names: set[str]) -> dict[str, dict[str, str]]:
    """The type of each column of some models, by model and column."""
    return {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
        for model in MODELS
        if model["name"] in names
    }


def test_columns_of_marts_are_those_that_were_published() -> None:
    """A renamed or missing column breaks the reports of users: it takes a new major version of the package.

    New ones are added to the file, whose content `declared(MARTS)` is.
    """
    assert declared(MARTS) == json.loads(PUBLISHED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", TARGETS)
def test_models_have_the_columns_and_types_that_are_described(databases: Databases, target: str) -> None:
    """In the order of the description, and in both databases of the same kind."""
    database = databases("awkward", target)
    outcome = database.dbt("run")
    assert outcome.code == 0, outcome.output
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in database.rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'analytics' "
        "ORDER BY table_name, ordinal_position"
    ):
        found.setdefault(table, {})[column] = kind.lower()
    for mart, columns in declared(MARTS).items():
        assert list(found[mart]) == list(columns), mart
        wrong = {
            name: found[mart][name] for name, kind in columns.items() if not found[mart][name].startswith(TYPES[kind])
        }
        assert not wrong, mart


def test_every_model_and_column_is_described() -> None:
    """In a phrase each."""
    described = {model["name"]: model for model in MODELS}
    assert set(described) == {file.stem for file in PACKAGE.glob("models/*/*.sql")}
    for name, model in described.items():
        assert model.get("description"), name
        bare = [column["name"] for column in model["columns"] if not column.get("description")]
        assert not bare, name


@pytest.mark.parametrize("model", sorted(PACKAGE.glob("models/staging/*.sql")), ids=lambda file: file.stem)
def test_staging_reads_fields_that_the_connector_writes(model: Path) -> None:
    """A field that is misspelled would read as a column that was not selected: empty, without an error."""
    table = model.stem.removeprefix("stg_bigcommerce__")
    fields = json.loads((SCHEMAS / f"{table}.json").read_text(encoding="utf-8"))["properties"]
    staged = STAGED.findall(model.read_text(encoding="utf-8"))
    columns = list(declared({model.stem})[model.stem])
    assert [name for _, _, name in staged] == columns
    for path, kind, _ in staged:
        field = _field(fields, path)
        assert kind in _kinds(field), (path, kind)


def _field(fields: dict[str, Any], path: str) -> dict[str, Any]:
    first, *rest = path.split(".")
    field: dict[str, Any] = fields[first]
    for name in rest:
        field = field["properties"][name]
    return field


def _kinds(field: dict[str, Any]) -> set[str]:
    declared_type = field["type"]
    kinds = set(declared_type if isinstance(declared_type, list) else [declared_type]) - {"null"}
    allowed = {
        "integer": {"integer", "reference"},
        "number": {"number", "rate"},
        "boolean": {"boolean"},
        "string": {"timestamp"} if field.get("format") == "date-time" else {"string"},
        "object": {"json"},
        "array": {"json"},
    }
    return {name for kind in kinds for name in allowed[kind]}

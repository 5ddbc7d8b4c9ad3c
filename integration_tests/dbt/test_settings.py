"""The variables of the package, what it refuses, and that its own tests fail when they should."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from demo import queries
from integration_tests.dbt.conftest import Databases
from integration_tests.dbt.project import PACKAGE, Outcome, install
from integration_tests.dbt.warehouse import Warehouse
from unit_tests.representatives import representatives

MARTS = PACKAGE / "models" / "marts"


@pytest.fixture
def database(databases: Databases) -> Warehouse:
    """A store with everything, in DuckDB."""
    return databases("awkward", "duckdb")


def test_metafields_and_custom_fields_become_columns(database: Warehouse) -> None:
    """Of the marts of products, variants, orders and customers, with the values that the store has."""
    store = database.server.store
    chosen = {kind: store.all_records(f"{kind}_metafields")[0] for kind in ("product", "variant", "order", "customer")}
    product = next(row for row in store.all_records("products") if row["custom_fields"])
    custom = product["custom_fields"][0]
    metafields = {
        f"bigcommerce_{kind}_metafields": [f"{row['namespace']}.{row['key']}"] for kind, row in chosen.items()
    }
    outcome = database.dbt("run", bigcommerce_product_custom_fields=[custom["name"]], **metafields)
    assert outcome.code == 0, outcome.output
    for kind, row in chosen.items():
        column = f"metafield_{row['namespace']}_{row['key']}"
        found = database.rows(f"SELECT {kind}_id, {column} FROM analytics.{kind}s WHERE {column} IS NOT NULL")
        assert found == [(row["resource_id"], row["value"])]
    column = f"custom_field_{custom['name'].lower().replace(' ', '_')}"
    same = {
        row["id"]: field["value"]
        for row in store.all_records("products")
        for field in row["custom_fields"]
        if field["name"] == custom["name"]
    }
    assert (
        dict(database.rows(f"SELECT product_id, {column} FROM analytics.products WHERE {column} IS NOT NULL")) == same
    )


@pytest.mark.parametrize("question", [*queries.NEXT, *queries.B2B_EDITION], ids=lambda question: question.title)
def test_a_merchant_s_queries_return_rows(database: Warehouse, question: queries.Query) -> None:
    """Those that the demo shows, and docs/data-model.md."""
    database.dbt("run")
    assert database.rows(question.sql)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"bigcommerce_schema": "elsewhere"}, "There are no tables of BigCommerce in .*elsewhere"),
        ({"bigcommerce_schema": "analytics", "bigcommerce_introspect": False}, "would overwrite the table .*analytics"),
        ({"bigcommerce_guests": "everyone"}, "bigcommerce_guests is 'everyone'; it must be one of by_email"),
        ({"bigcommerce_revenue_basis": "subtotal"}, "bigcommerce_revenue_basis is 'subtotal'"),
    ],
)
def test_variables_that_cannot_be_right_stop_the_run(
    database: Warehouse, variables: dict[str, object], message: str
) -> None:
    """Before anything is written."""
    outcome = database.dbt("run", **variables)
    assert outcome.code != 0
    assert re.search(message, outcome.output), outcome.output
    assert not outcome.but("error", "skipped")


def test_every_variable_is_explained() -> None:
    """In the README with its default, and in the decision log with the reason."""
    variables = yaml.safe_load((PACKAGE / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["bigcommerce"]
    for document in ("README.md", "DECISIONS.md"):
        text = (PACKAGE / document).read_text(encoding="utf-8")
        missing = [name for name in variables if f"`{name}`" not in text and "fields" not in name]
        assert not missing, document


MISTAKES = {
    "a join that multiplies orders": (
        "orders.sql",
        "left join lines on lines.order_id = orders.order_id",
        "left join {{ ref('stg_bigcommerce__order_products') }} as extra on extra.order_id = orders.order_id\n"
        "    left join lines on lines.order_id = orders.order_id",
        "unique_orders_order_id",
    ),
    "a join that loses orders": (
        "daily_store.sql",
        "left join {{ ref('stg_bigcommerce__channels') }}",
        "inner join {{ ref('stg_bigcommerce__channels') }}",
        "daily_totals_equal_orders",
    ),
    "lines that lose their order": (
        "order_lines.sql",
        "on orders.order_id = lines.order_id",
        "on orders.order_id = lines.order_id and lines.quantity = 1",
        "order_lines_add_up_to_subtotal",
    ),
    "customers that lose their orders": (
        "customers.sql",
        "left join purchases on purchases.customer_key = keys.customer_key",
        "left join purchases on purchases.customer_key = keys.customer_key and purchases.order_count > 1",
        "customers_add_up_to_orders",
    ),
    "refunds of other orders": (
        "refunds.sql",
        "on orders.order_id = refunds.order_id",
        "on orders.order_id = refunds.order_id + 1",
        "refunds_add_up_to_those_of_orders",
    ),
    "products that lose what was sold": (
        "products.sql",
        "left join sales on sales.product_id = products.product_id",
        "left join sales on sales.product_id = products.product_id and sales.order_count < 3",
        "products_add_up_to_lines",
    ),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("mistake", representatives(MISTAKES, {"a join that loses orders"}))
def test_a_broken_join_fails_a_test_of_the_package(database: Warehouse, mistake: str, tmp_path: Path) -> None:
    """One that users have too: they see it in `dbt build`."""
    model, right, wrong, test = MISTAKES[mistake]
    outcome = _build_with(database, model, right, wrong, tmp_path)
    assert outcome.statuses[test] == "fail", outcome.output


def test_more_refunded_than_paid_fails_a_test_of_the_package(database: Warehouse, tmp_path: Path) -> None:
    """The store's data, not the package, would be wrong here."""
    amount = "orders.sql", "orders.*,", "orders.*, 0 as nothing,"
    outcome = _build_with(database, *amount, tmp_path, "update order_refunds set total_amount = total_amount * 100000")
    assert outcome.statuses["refunds_do_not_exceed_what_was_paid"] == "fail", outcome.output


def _build_with(database: Warehouse, model: str, right: str, wrong: str, folder: Path, statement: str = "") -> Outcome:
    """Builds a copy of the database with a copy of the package in which one model is changed."""
    package = folder / "package"
    shutil.copytree(PACKAGE, package)
    sql = (MARTS / model).read_text(encoding="utf-8")
    assert right in sql
    (package / "models" / "marts" / model).write_text(sql.replace(right, wrong, 1), encoding="utf-8")
    assert database.duckdb
    copy = folder / "copy.duckdb"
    shutil.copy(database.duckdb, copy)
    if statement:
        with duckdb.connect(copy) as connection:
            connection.execute(statement)
    return install(folder, package).dbt(
        "build", variables={"bigcommerce_schema": "main"}, environment={"SHOP_DATABASE": str(copy)}
    )

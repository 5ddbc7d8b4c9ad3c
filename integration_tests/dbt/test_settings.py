"""The variables of the package, what it refuses, and that its own tests fail when they should."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

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


def test_a_merchant_s_queries_return_rows(database: Warehouse) -> None:
    """Those that the demo shows, and docs/data-model.md."""
    outcome = database.dbt("run")
    assert outcome.code == 0, outcome.output
    for question in (*queries.NEXT, *queries.B2B_EDITION):
        assert database.rows(question.sql), question.title


MISTAKEN_VARIABLES = [
    ({"bigcommerce_schema": "elsewhere"}, "There are no tables of BigCommerce in .*elsewhere"),
    ({"bigcommerce_schema": "analytics", "bigcommerce_introspect": False}, "would overwrite the table .*analytics"),
    ({"bigcommerce_guests": "everyone"}, "bigcommerce_guests is 'everyone'; it must be one of by_email"),
    ({"bigcommerce_revenue_basis": "subtotal"}, "bigcommerce_revenue_basis is 'subtotal'"),
    ({"bigcommerce_order_metafields": ["shelf"]}, "'shelf' must be named as namespace.key"),
    ({"bigcommerce_product_custom_fields": ["\u7d20\u6750"]}, "no letter from a to z"),
    (
        {"bigcommerce_product_custom_fields": ["Care", "care?"]},
        "'care.' would be a second column custom_field_care",
    ),
]


@pytest.mark.parametrize(
    ("variables", "message"),
    representatives(MISTAKEN_VARIABLES, {"bigcommerce_revenue_basis is 'subtotal'"}, itemgetter(1)),
)
def test_variables_that_cannot_be_right_stop_the_run(
    database: Warehouse, variables: dict[str, object], message: str
) -> None:
    """Before anything is written."""
    assert database.duckdb
    with duckdb.connect(database.duckdb) as connection:
        connection.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
    outcome = database.dbt("run", **variables)
    assert outcome.code != 0
    assert re.search(message, outcome.output), outcome.output
    assert not outcome.but("error", "skipped")
    assert not database.rows("SELECT * FROM information_schema.tables WHERE table_schema = 'analytics'")


def documented_defaults() -> dict[str, Any]:
    """The variables of the table in the README; `{a,b}` in a name stands for several."""
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for cell, default in re.findall(r"^\| (`bigcommerce_[^|]*) \| ([^|]*) \|", text, re.MULTILINE):
        names = re.findall(r"`(.*?)`", cell)
        defaults = default.split(", ") if len(names) > 1 else [default]
        for name, value in zip(names, defaults, strict=True):
            before, *choice = re.split(r"[{}]", name)
            meant = "" if value in ("none", "that of the profile") else yaml.safe_load(value.strip("`"))
            for one in choice[0].split(",") if choice else [""]:
                found[f"{before}{one}{choice[1] if choice else ''}"] = meant
    return found


def test_every_variable_is_explained() -> None:
    """In the README with its default, and in the decision log with the reason."""
    variables = yaml.safe_load((PACKAGE / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["bigcommerce"]
    assert documented_defaults() == variables
    text = (PACKAGE / "DECISIONS.md").read_text(encoding="utf-8")
    assert not [name for name in variables if f"`{name}`" not in text and "fields" not in name]


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
        "order_lines_are_those_of_orders",
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
    *change, test = MISTAKES[mistake]
    outcome = _build_with(database, tmp_path, change=change)
    assert outcome.statuses[test] == "fail", outcome.output


ODD_DATA = {
    "refunds_do_not_exceed_what_was_paid": "update order_refunds set total_amount = total_amount * 100000",
    "order_lines_add_up_to_subtotal": "update orders set subtotal_ex_tax = 5, subtotal_inc_tax = 5 where status_id = 2",
    "not_null_orders_transactional_rate": "update orders set store_default_to_transactional_exchange_rate = null",
}
FUTURE = "update orders set date_created = timestamp '2100-01-01' where status_id = 10"


@pytest.mark.exhaustive
def test_odd_data_warns_and_leaves_the_marts(database: Warehouse, tmp_path: Path) -> None:
    """The store's data, not the package, would be wrong here; one order must not cost all models."""
    outcome = _build_with(database, tmp_path, statements=[*ODD_DATA.values(), FUTURE])
    assert outcome.code == 0, outcome.output
    assert not outcome.but("success", "pass", "warn")
    assert {name: outcome.statuses[name] for name in ODD_DATA} == dict.fromkeys(ODD_DATA, "warn")
    with duckdb.connect(tmp_path / "copy.duckdb") as connection:
        ((day,),) = connection.execute("select day from analytics.int_bigcommerce__sales_day").fetchall()
    assert day.year < 2100  # days of stock are counted from a day that has been


def _build_with(
    database: Warehouse, folder: Path, *, change: Sequence[str] = (), statements: Sequence[str] = ()
) -> Outcome:
    """Builds a copy of the database after some statements, with a copy of the package after a change of one model."""
    package, copy = folder / "package", folder / "copy.duckdb"
    shutil.copytree(PACKAGE, package)
    if change:
        model, right, wrong = change
        sql = (MARTS / model).read_text(encoding="utf-8")
        assert right in sql
        (package / "models" / "marts" / model).write_text(sql.replace(right, wrong, 1), encoding="utf-8")
    assert database.duckdb
    shutil.copy(database.duckdb, copy)
    with duckdb.connect(copy) as connection:
        for statement in statements:
            connection.execute(statement)
    return install(folder, package).dbt(
        "build", variables={"bigcommerce_schema": "main"}, environment={"SHOP_DATABASE": str(copy)}
    )

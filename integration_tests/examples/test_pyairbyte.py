"""examples/pyairbyte: a script that syncs a store into DuckDB and builds the dbt models."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from integration_tests.examples.environment import EXAMPLES, environment, orders_of, run, write_settings
from integration_tests.examples.marts import orders_in
from sandbox import Options, serve

pytestmark = pytest.mark.exhaustive

SCRIPT = EXAMPLES / "pyairbyte" / "sync.py"
OF_B2B_EDITION = {"b2b_orders", "companies", "company_users", "invoices", "quotes", "quote_details"}


def test_two_runs_of_the_script_keep_the_marts_equal_to_the_store(tmp_path: Path) -> None:
    """The second run reads what has changed, and the marts follow the store's edits and deletions."""
    with serve(Options(orders=80, products=25, customers=20, coupons=10)) as server:
        config = write_settings(server, tmp_path / "config.json", reconcile="every_sync")
        sync(tmp_path, config)
        assert orders_in(tmp_path / "store.duckdb") == orders_of(server)
        server.store.clock.advance(3600)
        server.store.delete("orders", deleted := server.store.ids("orders")[10])
        created = server.store.create("orders")
        server.log.clear()
        sync(tmp_path, config)
        expected = orders_of(server)
        requests = server.requests
    assert created in expected and deleted not in expected
    assert orders_in(tmp_path / "store.duckdb") == expected
    assert any("min_date_modified" in request.query for request in requests), "the state was not used"
    needed = sources_of_the_marts(tmp_path / "dbt" / "manifest.json") - OF_B2B_EDITION
    assert streams_of(SCRIPT) == streams_of(EXAMPLES / "dagster" / "definitions.py") == needed


def test_a_refused_token_ends_the_script_before_dbt(tmp_path: Path) -> None:
    """The first error names the cause, and no models are built on tables that are not there."""
    with serve(Options(orders=5, products=5, customers=5, coupons=1)) as server:
        config = write_settings(server, tmp_path / "config.json", access_token="no-longer-valid")
        with pytest.raises(AssertionError, match="The access token was refused"):
            sync(tmp_path, config)
    assert not (tmp_path / "dbt").exists()


def sync(folder: Path, config: Path) -> None:
    """Runs the script as its README says."""
    run(folder, environment(folder), "python", str(SCRIPT), str(config), "store.duckdb", timeout=900)


def streams_of(script: Path) -> set[str]:
    """Returns the streams that a script selects."""
    (listed,) = re.findall(r"^STREAMS = \[.*\n(.*?)^\]", script.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return set(re.findall(r'"(\w+)"', listed))


def sources_of_the_marts(manifest: Path) -> set[str]:
    """Returns the tables that the marts read, directly or through other models."""
    found = json.loads(manifest.read_text(encoding="utf-8"))
    parents = found["parent_map"]
    waiting = [key for key, node in found["nodes"].items() if key.startswith("model.") and "marts" in node["fqn"]]
    seen: set[str] = set()
    while waiting:
        if (key := waiting.pop()) not in seen:
            seen.add(key)
            waiting += parents.get(key, [])
    return {key.rsplit(".", 1)[-1] for key in seen if key.startswith("source.")}

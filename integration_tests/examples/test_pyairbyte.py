"""examples/pyairbyte: a script that syncs a store into DuckDB and builds the dbt models."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration_tests.examples.environment import (
    EXAMPLES,
    checkout,
    environment,
    orders_changed_since,
    orders_of,
    run,
    write_settings,
)
from integration_tests.examples.marts import coupons_in, orders_in
from sandbox import Options, serve

pytestmark = pytest.mark.exhaustive

SCRIPT = EXAMPLES / "pyairbyte" / "sync.py"


def test_the_marts_follow_the_store_from_run_to_run(tmp_path: Path) -> None:
    """The second run reads what has changed; what was deleted leaves the warehouse, and the checkout is not touched."""
    before = checkout()
    with serve(Options(orders=80, products=25, customers=20, coupons=10)) as server:
        config = write_settings(server, tmp_path / "config.json", reconcile="every_sync")
        sync(tmp_path, config)
        assert orders_in(tmp_path / "store.duckdb") == orders_of(server)
        first = orders_changed_since(server.requests)
        server.store.clock.advance(3600)
        server.store.delete("orders", deleted := server.store.ids("orders")[10])
        created = server.store.create("orders")
        server.store.delete("coupons", server.store.ids("coupons")[0])
        server.log.clear()
        sync(tmp_path, config)
        expected, coupons = orders_of(server), set(server.store.ids("coupons"))
        second = orders_changed_since(server.requests)
    assert created in expected
    assert deleted not in expected
    assert orders_in(tmp_path / "store.duckdb") == expected
    assert coupons_in(tmp_path / "store.duckdb") == coupons
    assert second > first, "the state was not used"
    assert checkout() == before


def test_a_refused_token_ends_the_script_before_dbt(tmp_path: Path) -> None:
    """The error names the cause, and no models are built on tables that are not there."""
    with serve(Options(orders=5, products=5, customers=5, coupons=1)) as server:
        config = write_settings(server, tmp_path / "config.json", access_token="no-longer-valid")
        with pytest.raises(AssertionError, match="The access token was refused"):
            sync(tmp_path, config)
    assert not (tmp_path / "dbt").exists()


def sync(folder: Path, config: Path) -> None:
    """Runs the script as its README says."""
    run(folder, environment(folder), "python", str(SCRIPT), str(config), "store.duckdb", timeout=900)

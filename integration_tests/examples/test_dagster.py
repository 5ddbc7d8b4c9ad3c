"""examples/dagster: many stores, run by Dagster's own daemon."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from integration_tests.examples.dagster_instance import DEFINITIONS, Instance, Run
from integration_tests.examples.environment import orders_of, write_settings
from integration_tests.examples.marts import orders_in
from sandbox import Options, serve

SIZE = {"products": 25, "customers": 15, "coupons": 5}
TICK = """
import runpy
import sys
import dagster as dg
module = runpy.run_path(sys.argv[1])
repository = module["defs"].get_repository_def()
with dg.DagsterInstance.get() as instance:
    context = dg.build_schedule_context(instance=instance, repository_def=repository)
    tick = module["every_store"].evaluate_tick(context)
print("requested:", *(request.partition_key for request in tick.run_requests))
"""


@pytest.mark.exhaustive
def test_stores_are_synced_one_run_each_whatever_happens_to_the_others(tmp_path: Path) -> None:
    """North is queued twice, South refuses a request once, and the token of East is not valid."""
    instance = Instance(tmp_path, concurrent_runs=2)
    with (
        serve(Options(orders=40, store_hash="north", **SIZE)) as north,
        serve(Options(orders=60, store_hash="south", **SIZE)) as south,
        serve(Options(orders=10, store_hash="east", **SIZE)) as east,
    ):
        write_settings(north, instance.settings / "north.json")
        write_settings(south, instance.settings / "south.json")
        write_settings(east, instance.settings / "east.json", access_token="no-longer-valid")
        south.fail("v3/catalog/brands", status=400)
        instance.queue(["east", "north", "south"])
        instance.queue(["north"])
        with instance.daemon():
            runs = instance.finished()
        expected = {"north": orders_of(north), "south": orders_of(south)}
        continued = any("min_date_modified" in request.query for request in north.requests)

    outcomes = sorted((run.store, run.succeeded) for run in runs)
    assert outcomes == [("east", False), ("north", True), ("north", True), ("south", True)], errors(runs)
    assert {store: orders_in(instance.warehouses / store / "store.duckdb") for store in expected} == expected

    (refused,) = [run for run in runs if run.store == "east"]
    assert "The access token was refused" in refused.errors
    assert "raw_tables STEP_UP_FOR_RETRY" not in refused.events, "a refused token was tried again"
    assert "marts STEP_START" not in refused.events, "dbt was run on a store without tables"

    (retried,) = [run for run in runs if run.store == "south"]
    assert retried.events.count("raw_tables STEP_UP_FOR_RETRY") == 1

    first, second = [run for run in runs if run.store == "north"]
    assert not first.overlaps(second), "two syncs of one store at the same time"
    assert continued, "the second sync of North did not continue from the state of the first"
    for three in combinations(runs, 3):
        together = all(one.overlaps(other) for one, other in combinations(three, 2))
        assert not together, "more runs at the same time than dagster.yaml allows"


def test_the_schedule_requests_a_run_for_each_store_that_has_none(tmp_path: Path) -> None:
    """A store whose last run still waits is left out, so that a slow store collects no backlog."""
    instance = Instance(tmp_path, concurrent_runs=2)
    with serve(Options(orders=1, products=1, customers=1, coupons=1)) as server:
        for store in ("north", "south", "east"):
            write_settings(server, instance.settings / f"{store}.json")
    assert requested(instance) == ["east", "north", "south"]
    instance.queue(["north"])
    assert requested(instance) == ["east", "south"]


def requested(instance: Instance) -> list[str]:
    """Returns the stores for which a tick of the schedule requests a run."""
    output = instance.command("python", "-c", TICK, str(DEFINITIONS))
    (line,) = [line for line in output.splitlines() if line.startswith("requested:")]
    return line.split()[1:]


def errors(runs: list[Run]) -> str:
    """Returns the errors of all runs, to be shown when a test fails."""
    return "\n".join(f"{run.store}: {run.errors}" for run in runs if run.errors)

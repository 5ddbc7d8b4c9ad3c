"""examples/dagster: many stores, run by Dagster's own daemon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import duckdb
import pytest

from integration_tests.examples.dagster_instance import DEFINITIONS, Instance, Run
from integration_tests.examples.environment import checkout, orders_changed_since, orders_of, write_settings
from integration_tests.examples.marts import coupons_in, orders_in
from sandbox import Options, serve
from sandbox.requests_log import Entry

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


# A run in progress, as the daemon of another process would have started it.
START = """
import sys
import dagster as dg
store, status = sys.argv[1:]
with dg.DagsterInstance.get() as instance:
    tags = {"dagster/partition": store}
    instance.add_run(dg.DagsterRun(job_name="sync_store", status=dg.DagsterRunStatus[status], tags=tags))
"""
BUILD = """
import runpy
import sys
import dagster as dg
module = runpy.run_path(sys.argv[1])
with dg.DagsterInstance.get() as instance:
    result = dg.materialize([module["marts"]], instance=instance, partition_key=sys.argv[2], raise_on_error=False)
print("failed:", *(event.event_specific_data.error.message for event in result.get_step_failure_events()))
"""


@pytest.mark.exhaustive
def test_stores_are_synced_one_run_each_whatever_happens_to_the_others(tmp_path: Path) -> None:
    """North is synced twice, South refuses a request once, and East is queued twice, with a token that is not valid."""
    before = checkout()
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
        instance.queue(["east"])
        instance.queue(["east", "north", "south"])
        with instance.daemon():
            first_runs = instance.finished()
        first = orders_changed_since(north.requests)
        north.store.clock.advance(3600)
        north.store.delete("coupons", north.store.ids("coupons")[0])
        north.log.clear()
        instance.queue(["north"])
        with instance.daemon():
            runs = instance.finished()
        second = orders_changed_since(north.requests)
        expected = {"north": orders_of(north), "south": orders_of(south)}
        coupons = set(north.store.ids("coupons"))
        attempts = split_at_failure(south.requests)

    outcomes = sorted((run.store, run.succeeded) for run in runs)
    assert outcomes == [("east", False), ("east", False), ("north", True), ("north", True), ("south", True)], errors(
        runs
    )
    assert {store: orders_in(instance.warehouses / store / "store.duckdb") for store in expected} == expected

    refused = [run for run in runs if run.store == "east"]
    for run in refused:
        assert "The access token was refused" in run.errors
        assert "raw_tables STEP_UP_FOR_RETRY" not in run.events, "a refused token was tried again"
        assert "marts STEP_START" not in run.events, "dbt was run on a store without tables"
    assert not refused[0].overlaps(refused[1]), "two runs of one store at the same time"

    (retried,) = [run for run in runs if run.store == "south"]
    assert retried.events.count("raw_tables STEP_UP_FOR_RETRY") == 1
    before_failure, after_failure = (orders_changed_since(requests) for requests in attempts)
    assert after_failure > before_failure, "the retry did not continue from the state of the first attempt"

    assert second > first, "the second sync of North did not continue from the state of the first"
    assert coupons_in(instance.warehouses / "north" / "store.duckdb") == coupons
    for three in combinations(first_runs, 3):
        together = all(one.overlaps(other) for one, other in combinations(three, 2))
        assert not together, "more runs at the same time than dagster.yaml allows"
    assert checkout() == before


@pytest.mark.exhaustive
def test_a_failed_build_names_the_models_and_tests_that_failed(tmp_path: Path) -> None:
    """Otherwise the reason is in a log file of the machine that ran the step. One test ends in an error, one fails."""
    instance = instance_with_stores(tmp_path, "north")
    folder = instance.warehouses / "north"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "store.duckdb")) as connection:
        connection.execute("CREATE SCHEMA bigcommerce")
        connection.execute("CREATE TABLE bigcommerce.brands AS SELECT 'not a number' AS id")
        connection.execute("CREATE TABLE bigcommerce.coupons AS SELECT NULL::BIGINT AS id")
    output = instance.command("python", "-c", BUILD, str(DEFINITIONS), "north")
    for line in (
        "not_null_stg_bigcommerce__brands_brand_id: .*not a number",
        "not_null_stg_bigcommerce__coupons_coupon_id: Got 1 result",
    ):
        assert re.search(f"^{line}", output, re.MULTILINE | re.DOTALL), output[-4000:]


def test_the_schedule_requests_a_run_for_each_store_that_has_none(tmp_path: Path) -> None:
    """A store whose last run still waits, starts or runs is left out, so that a slow store collects no backlog."""
    instance = instance_with_stores(tmp_path, "north", "south", "east", "west")
    assert requested(instance) == ["east", "north", "south", "west"]
    instance.queue(["north"])
    instance.command("python", "-c", START, "south", "STARTED")
    instance.command("python", "-c", START, "west", "STARTING")
    instance.command("python", "-c", START, "east", "FAILURE")
    assert requested(instance) == ["east"]


def instance_with_stores(folder: Path, *stores: str) -> Instance:
    """Returns an instance with the settings of stores that no test syncs."""
    instance = Instance(folder, concurrent_runs=2)
    with serve(Options(orders=1, products=1, customers=1, coupons=1)) as server:
        for store in stores:
            write_settings(server, instance.settings / f"{store}.json")
    return instance


def split_at_failure(requests: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Returns the requests until the one that was refused, and those after it."""
    (position,) = [position for position, one in enumerate(requests) if one.status == 400]
    return requests[: position + 1], requests[position + 1 :]


def requested(instance: Instance) -> list[str]:
    """Returns the stores for which a tick of the schedule requests a run."""
    output = instance.command("python", "-c", TICK, str(DEFINITIONS))
    (line,) = [line for line in output.splitlines() if line.startswith("requested:")]
    return line.split()[1:]


def errors(runs: list[Run]) -> str:
    """Returns the errors of all runs, to be shown when a test fails."""
    return "\n".join(f"{run.store}: {run.errors}" for run in runs if run.errors)

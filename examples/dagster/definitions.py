"""Many BigCommerce stores on Dagster: a partition for each, with a sync, dbt models and a warehouse of its own."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import airbyte
import dagster as dg
from airbyte.caches import DuckDBCache
from airbyte.exceptions import AirbyteConnectorCheckFailedError
from dbt.cli.main import dbtRunner

HERE = Path(__file__).resolve().parent
DBT_PACKAGE = HERE.parents[1] / "dbt"
# `<store>.json` for each store: the connector's settings, with its access token. Mount it from a secret manager.
SETTINGS = Path(os.environ["BIGCOMMERCE_SETTINGS"])
WAREHOUSES = Path(os.environ["BIGCOMMERCE_WAREHOUSES"])
RETRY_DELAY = float(os.environ.get("BIGCOMMERCE_RETRY_DELAY", "120"))  # seconds

STORES = dg.StaticPartitionsDefinition(sorted(file.stem for file in SETTINGS.glob("*.json")))
# What the marts read; a table that is left out reads as empty there.
INCREMENTAL = [
    "orders", "order_products", "order_fees", "order_coupons", "order_refunds", "customers", "customer_groups",
    "products", "product_variants", "channels",
]  # fmt: skip
FULL_REFRESH = ["product_category_assignments", "brands", "coupons", "promotions", "promotion_codes", "inventory_items"]


# The connector retries requests itself, so a sync that fails has met an outage: the next attempts come minutes later.
# They continue from the last state of each table.
@dg.asset(
    partitions_def=STORES,
    retry_policy=dg.RetryPolicy(
        max_retries=3, delay=RETRY_DELAY, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
    ),
)
def raw_tables(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The tables of a store as the connector writes them, and its states, in a DuckDB file of the store's own."""
    store = context.partition_key
    config = json.loads((SETTINGS / f"{store}.json").read_text(encoding="utf-8"))
    source = airbyte.get_source("source-bigcommerce", config=config, local_executable="source-bigcommerce")
    try:
        source.check()
    except AirbyteConnectorCheckFailedError as error:
        # Most often a revoked token, which no further attempt can use. After an outage, the next scheduled run will do.
        raise dg.Failure(f"The connection test of {store} failed.", allow_retries=False) from error
    folder = WAREHOUSES / store
    with DuckDBCache(db_path=folder / "store.duckdb", schema_name="bigcommerce", cache_dir=folder / "cache") as cache:
        changed = source.read(cache=cache, streams=INCREMENTAL)
        # These have no deletion marks: merged, the rows of deleted records would stay.
        whole = source.read(cache=cache, streams=FULL_REFRESH, write_strategy="replace", force_full_refresh=True)
    return dg.MaterializeResult(metadata={"records": changed.processed_records + whole.processed_records})


@dg.asset(partitions_def=STORES, deps=[raw_tables])
def marts(context: dg.AssetExecutionContext) -> None:
    """The dbt models on the tables of a store, with their tests."""
    folder = WAREHOUSES / context.partition_key
    files = folder / "dbt"  # dbt writes here, apart from the stores that are built at the same time
    os.environ["BIGCOMMERCE_DUCKDB"] = str(folder / "store.duckdb")  # for profiles.yml; a step has its own process
    os.environ["DO_NOT_TRACK"] = "1"  # otherwise dbt writes an id of the user next to profiles.yml
    folders = {"project-dir": DBT_PACKAGE, "profiles-dir": HERE, "target-path": files, "log-path": files}
    build = dbtRunner().invoke(["build", *(f"--{name}={path}" for name, path in folders.items())])
    if not build.success:
        failed = [f"{one.node.name}: {one.message}" for one in build.result or [] if one.status in ("error", "fail")]
        message = "\n".join([f"dbt build failed for {context.partition_key}.", *failed])
        raise dg.Failure(message) from build.exception


sync_store = dg.define_asset_job("sync_store", [raw_tables, marts], partitions_def=STORES)


@dg.schedule(job=sync_store, cron_schedule="0 * * * *")
def every_store(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """A run for each store, unless its last one still waits or runs: otherwise a slow store would collect a backlog."""
    unfinished = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    runs = context.instance.get_runs(dg.RunsFilter(job_name=sync_store.name, statuses=unfinished))
    busy = {run.tags.get("dagster/partition") for run in runs}
    for store in STORES.get_partition_keys():
        if store not in busy:
            yield dg.RunRequest(run_key=store, partition_key=store)


defs = dg.Definitions(
    assets=[raw_tables, marts],
    jobs=[sync_store],
    schedules=[every_store],
    executor=dg.multiprocess_executor,  # on Kubernetes `dagster_k8s.k8s_job_executor`, which starts a pod for each step
)

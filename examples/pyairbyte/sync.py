"""A BigCommerce store in DuckDB, with the dbt models on top: `python sync.py config.json store.duckdb`."""

import json
import os
import sys
from pathlib import Path

import airbyte
from airbyte.caches import DuckDBCache
from dbt.cli.main import dbtRunner

HERE = Path(__file__).resolve().parent
DBT_PACKAGE = HERE.parents[1] / "dbt"
# What the marts read; a table that is left out reads as empty there.
INCREMENTAL = [
    "orders", "order_products", "order_fees", "order_coupons", "order_refunds", "customers", "customer_groups",
    "products", "product_variants", "channels",
]  # fmt: skip
FULL_REFRESH = ["product_category_assignments", "brands", "coupons", "promotions", "promotion_codes", "inventory_items"]

config, database = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]).resolve()
source = airbyte.get_source("source-bigcommerce", config=config, local_executable="source-bigcommerce")
source.check()
# The states are kept in the same file, so that the next run reads what has changed. It is closed before dbt opens it.
with DuckDBCache(db_path=database, schema_name="bigcommerce", cache_dir=database.parent / "cache") as cache:
    source.read(cache=cache, streams=INCREMENTAL)
    # These have no deletion marks: merged, the rows of deleted records would stay.
    source.read(cache=cache, streams=FULL_REFRESH, write_strategy="replace", force_full_refresh=True)

os.environ["BIGCOMMERCE_DUCKDB"] = str(database)  # for profiles.yml
os.environ["DO_NOT_TRACK"] = "1"  # otherwise dbt writes an id of the user next to profiles.yml
files = database.parent / "dbt"  # dbt writes here
folders = {"project-dir": DBT_PACKAGE, "profiles-dir": HERE, "target-path": files, "log-path": files}
build = dbtRunner().invoke(["build", *(f"--{name}={path}" for name, path in folders.items())])
sys.exit(not build.success)

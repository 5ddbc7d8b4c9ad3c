"""The process in which PyAirbyte runs: `python client.py JOB`, where JOB is a file in JSON.

PyAirbyte prints as it likes and reads its settings when it is imported, so a test never imports it. The job names the
`connector` (arguments of `get_source`), its `config`, the `streams` ("*" for all), the number of `syncs`, arguments of
`read` (`reading`), the folder of the `cache` or, to load into Postgres, how to connect to it (`postgres`), and where to
write the `report`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import airbyte
from airbyte.caches import PostgresCache
from duckdb_engine import Dialect

# Before it writes to a table, PyAirbyte compares its columns. SQLAlchemy reads the constraints of the table as well,
# which takes DuckDB a second each among 133 tables, and nothing looks at them.
for _unused in ("pk_constraint", "foreign_keys", "unique_constraints", "check_constraints", "table_comment"):
    setattr(Dialect, f"get_multi_{_unused}", lambda *_, **__: ())


def main() -> None:
    """Checks the connection, syncs the streams, and reports how many records PyAirbyte counted in each sync."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    source = airbyte.get_source("source-bigcommerce", config=job["config"], streams=job["streams"], **job["connector"])
    source.check()
    cache = _cache(job)
    records = [source.read(cache=cache, **job["reading"]).processed_records for _ in range(job["syncs"])]
    database = str(getattr(cache, "db_path", ""))
    report = {"streams": source.get_selected_streams(), "records": records, "database": database}
    Path(job["report"]).write_text(json.dumps(report), encoding="utf-8")


def _cache(job: dict[str, Any]) -> Any:
    if job["postgres"]:
        return PostgresCache(**job["postgres"], cache_dir=job["cache"])
    return airbyte.new_local_cache("store", cache_dir=job["cache"])


if __name__ == "__main__":
    main()

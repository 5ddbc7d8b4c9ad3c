"""The process in which PyAirbyte runs: `python client.py JOB`, where JOB is a file in JSON.

PyAirbyte prints as it likes and reads its settings when it is imported, so a test never imports it. The job names the
`connector` (arguments of `get_source`), its `config`, the number of `syncs`, the folder of the `cache`, and where to
write the `report`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import airbyte


def main() -> None:
    """Checks the connection, syncs every stream, and reports how many records PyAirbyte counted in each sync."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    source = airbyte.get_source("source-bigcommerce", config=job["config"], streams="*", **job["connector"])
    source.check()
    cache = airbyte.new_local_cache("store", cache_dir=job["cache"])
    records = [source.read(cache=cache).processed_records for _ in range(job["syncs"])]
    report = {"streams": source.get_selected_streams(), "records": records, "database": str(cache.db_path)}
    Path(job["report"]).write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The marts: dbt runs the package `dbt/` on the DuckDB file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from demo.failure import DemoFailed
from demo.paths import DATABASE, DBT_LOG, ROOT, TEMPORARY

SCHEMA = "analytics"
_DBT = Path(sys.prefix) / "dbt" / "bin" / "dbt"  # in an environment of its own: see pyproject.toml
_TIMEOUT = 120.0
_SOURCE = {"bigcommerce_schema": "main"}  # where PyAirbyte writes
_QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}


def build_marts(database: Path = DATABASE) -> int:
    """Makes the models in the schema `analytics` of the file; returns how many. Raises DemoFailed if one fails."""
    if not _DBT.exists():
        raise DemoFailed("The command dbt is not installed: run the demo as `make demo`.")
    folder = TEMPORARY / "dbt"
    folder.mkdir(exist_ok=True)
    profile = {"target": "demo", "outputs": {"demo": {"type": "duckdb", "path": str(database), "schema": SCHEMA}}}
    (folder / "profiles.yml").write_text(json.dumps({"bigcommerce": profile}), encoding="utf-8")
    places = {"DBT_PROFILES_DIR": str(folder), "DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder)}
    try:
        with DBT_LOG.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - the command that this demo installs
                [str(_DBT), "run", "--project-dir", str(ROOT / "dbt"), "--vars", json.dumps(_SOURCE)],
                env={**os.environ, **_QUIET, **places},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=_TIMEOUT,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise DemoFailed(f"dbt took longer than {_TIMEOUT:.0f} seconds.", DBT_LOG) from None
    if done.returncode:
        raise DemoFailed(f"dbt ended with exit code {done.returncode}.", DBT_LOG)
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    return sum(result["unique_id"].startswith("model.") for result in results)

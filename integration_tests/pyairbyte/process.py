"""Runs PyAirbyte in a process of its own that leaves nothing behind outside of its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CLIENT = Path(__file__).with_name("client.py")
TIME_ZONE = "Pacific/Auckland"  # far from UTC: a timestamp that is taken for local time is wrong by half a day
_TIMEOUT = 900  # seconds; a run that takes longer hangs


@dataclass(frozen=True)
class Report:
    """The streams that PyAirbyte selected, its count of records in each sync, and the file with the rows."""

    streams: list[str]
    records: list[int]
    database: Path


def run(
    folder: Path,
    config: Mapping[str, Any],
    connector: Mapping[str, Any],
    *,
    syncs: int = 1,
    programs: str = "",
    streams: str | Sequence[str] = "*",
    postgres: Mapping[str, Any] | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Report:
    """A check and syncs of all streams, or of some. The cache in the folder, and with it the state, outlives the
    process.

    `programs` is a folder of programs to find before those of the machine. Records are loaded into DuckDB unless
    `postgres` names a server. `reading` has further arguments of PyAirbyte's `read`.
    """
    job, report, output = folder / "job.json", folder / "report.json", folder / "output.txt"
    report.unlink(missing_ok=True)
    requested = {"config": config, "connector": connector, "syncs": syncs, "streams": streams, "postgres": postgres}
    requested["reading"] = dict(reading or {})
    files = {"cache": str(folder / "cache"), "report": str(report)}
    job.write_text(json.dumps({**requested, **files}), encoding="utf-8")
    with output.open("w", encoding="utf-8") as log:
        process = subprocess.run(
            [sys.executable, "-I", str(CLIENT), str(job)],
            cwd=folder,
            env=environment(folder, programs),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT,
        )
    if process.returncode != 0 or not report.exists():
        tail = "\n".join(output.read_text(encoding="utf-8").splitlines()[-40:])
        pytest.fail(f"PyAirbyte ended with {process.returncode}. The end of {output}:\n{tail}", pytrace=False)
    found = json.loads(report.read_text(encoding="utf-8"))
    return Report(found["streams"], found["records"], Path(found["database"]))


def environment(folder: Path, programs: str = "") -> dict[str, str]:
    """The tests' own, without settings of PyAirbyte, and with every folder that it writes to in the given one."""
    for name in ("home", "temporary"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o755)  # as that of `/tmp`: a container's user reads the config there
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRBYTE_", "PYTHON"))}
    return {
        **inherited,
        "PATH": os.pathsep.join(filter(None, (programs, inherited.get("PATH")))),
        "AIRBYTE_OFFLINE_MODE": "1",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "AIRBYTE_PROJECT_DIR": str(folder),
        "AIRBYTE_LOGGING_ROOT": str(folder / "logs"),
        "AIRBYTE_PRINT_FULL_ERROR_LOGS": "1",
        "TZ": TIME_ZONE,
    }

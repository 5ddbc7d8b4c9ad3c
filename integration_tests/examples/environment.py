"""Where the examples run: a Python environment of their own, and stores of the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from sandbox import Server
from sandbox.requests_log import Entry

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
_PROGRAMS = Path(sys.prefix) / "examples" / "bin"  # see pyproject.toml


def program(name: str) -> str:
    """Returns the path of a program of the examples' environment; skips the test if it is not installed."""
    if not (_PROGRAMS / name).exists():
        pytest.skip(f"{_PROGRAMS} has no {name}: run `make examples-test`")
    return str(_PROGRAMS / name)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Returns the variables of a user who has activated that environment; all that is written stays in a folder."""
    return {
        **process.environment(folder, programs=str(_PROGRAMS)),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "PYTHONWARNINGS": "ignore",
        "DO_NOT_TRACK": "",  # the examples set it themselves
        **variables,
    }


def run(folder: Path, variables: Mapping[str, str], name: str, *arguments: str, timeout: float) -> str:
    """Returns the output of a program; fails with the end of it unless the program succeeds in time (seconds)."""
    done = subprocess.run(
        [program(name), *arguments],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def write_settings(server: Server, file: Path, **changes: str) -> Path:
    """Writes the connector's settings for a store into a file, and returns the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(config_for(server, **changes)), encoding="utf-8")
    file.chmod(0o600)
    return file


def orders_changed_since(requests: Iterable[Entry]) -> datetime:
    """Returns the latest date since which requests asked for changed orders: that of a state, or the start date."""
    filters = [parse_qs(one.query).get("min_date_modified", []) for one in requests if one.path == "v2/orders"]
    return max(datetime.fromisoformat(value.replace("Z", "+00:00")) for values in filters for value in values)


def checkout() -> set[Path]:
    """Returns the files of the examples and of the dbt package, to find out whether a program has written there."""
    files = (*EXAMPLES.rglob("*"), *(ROOT / "dbt").rglob("*"))
    return {file for file in files if "__pycache__" not in file.parts}


def orders_of(server: Server) -> set[int]:
    """Returns the ids of the orders that can be read from a store."""
    return set(server.store.ids("orders")) - server.store.unreachable("orders")

"""Where the examples run: a Python environment of their own, and stores of the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from integration_tests.harness import config_for
from integration_tests.pyairbyte import process
from sandbox import Server

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


def orders_of(server: Server) -> set[int]:
    """Returns the ids of the orders that can be read from a store."""
    return set(server.store.ids("orders")) - server.store.unreachable("orders")

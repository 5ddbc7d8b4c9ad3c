"""The programs that are measured: each a command that reads streams of a store and prints them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from benchmarks import environments
from benchmarks.environments import Package, Unavailable
from benchmarks.process import run
from benchmarks.store import Store

_HERE = Path(__file__).parent
_START_DATE = "2020-01-01"  # before everything that the store generates
CONNECTOR, BARE, ARCHIVED, TAP = "this connector", "bare loop", "archived connector", "Stitch's tap"


@dataclass(frozen=True)
class Task:
    """The streams to read from a store whose lists have `size` records each, after the `states` of an earlier sync."""

    streams: tuple[str, ...]
    size: int
    workers: int
    states: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Command:
    """A command and what it needs in its environment."""

    arguments: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


class Runner(Protocol):
    """Something that reads a store."""

    def command(self, store: Store, task: Task, folder: Path) -> Command:
        """The command of a task; its files are written into `folder`. Raises Unavailable with the reason."""


class Airbyte:
    """A connector of Airbyte, as a process. One that has its address in its code is sent to the store from outside."""

    def __init__(self, package: Package | None = None) -> None:
        self._package = package
        self._catalog: list[dict[str, Any]] = []

    def command(self, store: Store, task: Task, folder: Path) -> Command:
        """`read`, with streams incremental where they can be."""
        connector = Path(sys.executable).parent / "source-bigcommerce"
        program = environments.executable(self._package) if self._package else str(connector)
        env = _to(store) if self._package else _image_environment()
        config = {
            "start_date": _START_DATE,
            "client_id": "benchmark",
            "access_token": store.token,
            "store_hash": store.store_hash,
            **({} if self._package else {"api_url": store.api_url, "num_workers": task.workers}),
        }
        files = ["--config", _write(folder / "config.json", config)]
        if not self._catalog:
            self._catalog = _discovered([program, "discover", *files], env)
        files += [
            "--catalog",
            _write(folder / "catalog.json", {"streams": [self._configured(s) for s in task.streams]}),
        ]
        if task.states:
            newest = {state["state"]["stream"]["stream_descriptor"]["name"]: state["state"] for state in task.states}
            files += ["--state", _write(folder / "state.json", list(newest.values()))]
        return Command([program, "read", *files], env)

    def _configured(self, name: str) -> dict[str, Any]:
        found = [stream for stream in self._catalog if stream["name"] == name]
        if not found:
            raise Unavailable(f"it has no stream {name}")
        mode = "incremental" if "incremental" in found[0]["supported_sync_modes"] else "full_refresh"
        return {"stream": found[0], "sync_mode": mode, "destination_sync_mode": "append"}


class Tap:
    """Stitch's tap, as a process."""

    def command(self, store: Store, task: Task, folder: Path) -> Command:
        """A sync of the streams; line items come within orders."""
        if "customers" in task.streams:
            raise Unavailable(
                "it requests /v2/customers, which BigCommerce deprecates and the local store does not have"
            )
        program, env = environments.executable(environments.TAP), _to(store)
        config = {
            "start_date": f"{_START_DATE}T00:00:00Z",
            "client_id": "benchmark",
            "access_token": store.token,
            "store_hash": store.store_hash,
        }
        files = ["--config", _write(folder / "config.json", config)]
        found = run([program, *files, "--discover"], env, keep=True)
        if found.failure:
            raise Unavailable(f"discovery fails: {found.failure}")
        catalog = json.loads(found.output.text)
        names = {"orders" if name == "order_products" else name for name in task.streams}
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] in names
        return Command([program, *files, "--catalog", _write(folder / "catalog.json", catalog)], env)


class BareLoop:
    """`benchmarks.bare`."""

    def command(self, store: Store, task: Task, folder: Path) -> Command:
        """Returns the command of the loop over a given number of pages."""
        url = f"{store.api_url}/stores/{store.store_hash}"
        options = ["--url", url, "--token", store.token, "--workers", str(task.workers), "--size", str(task.size)]
        return Command([sys.executable, "-m", "benchmarks.bare", *options, *task.streams])


def all_runners() -> dict[str, Runner]:
    """Every runner by the name that the table gives it."""
    return {CONNECTOR: Airbyte(), BARE: BareLoop(), ARCHIVED: Airbyte(environments.ARCHIVED), TAP: Tap()}


def _to(store: Store) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(_HERE / "redirect"), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "BENCHMARK_API_URL": store.api_url}


def _image_environment() -> dict[str, str]:
    """The variables by which the image bounds the memory."""
    lines = (_HERE.parent / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return dict(pair.split("=", 1) for line in lines if line.startswith("ENV MALLOC_") for pair in line.split()[1:])


def _discovered(command: Sequence[str], env: Mapping[str, str]) -> list[dict[str, Any]]:
    found = run(command, env, keep=True)
    if found.failure:
        raise Unavailable(f"discovery fails: {found.failure}")
    for line in found.output.text.splitlines():
        message = json.loads(line)
        if message["type"] == "CATALOG":
            streams: list[dict[str, Any]] = message["catalog"]["streams"]
            return streams
    raise Unavailable("discovery prints no catalog")


def _write(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)

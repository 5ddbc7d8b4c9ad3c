"""The connector as a process that is interrupted at a chosen moment, and what its output is worth then."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.forks import FORKS, redirect_output
from integration_tests.harness import B2B_INCREMENTAL, CORE, INCREMENTAL, Sync, catalog_of, config_for, key_of
from sandbox import Server
from source_bigcommerce import run
from source_bigcommerce.api import client
from source_bigcommerce.api.rate_limit.headers import B2B_HEADERS
from source_bigcommerce.api.rate_limit.pace import ApiQuota
from source_bigcommerce.lists import sampling
from unit_tests.support import set_page_size

PAGE = 8
ENDS_WITHIN = 30.0  # seconds; a run that takes longer hangs
KINDS_OF_MESSAGES = {"RECORD", "STATE", "LOG", "TRACE", "CONTROL"}


@dataclass(frozen=True)
class Moment:
    """When to strike: after so many lines of output, so many STATE lines, or so many requests."""

    unit: str
    count: int

    def __str__(self) -> str:
        return f"{self.unit} {self.count}"


@dataclass
class Run:
    """A run that has ended: its exit code and what it printed, whole lines only."""

    code: int
    lines: list[str]
    rest: str
    errors: str

    def messages(self) -> list[dict[str, Any]]:
        """The output, in which every line must be a message of the protocol."""
        found = [json.loads(line) for line in self.lines]
        strange = [
            line for line, message in zip(self.lines, found, strict=True) if message["type"] not in KINDS_OF_MESSAGES
        ]
        assert not strange, f"not of Airbyte's protocol: {strange[0]}"
        return found

    def sync(self) -> Sync:
        result = Sync()
        for message in self.messages():
            result.take(message)
        return result


@dataclass
class Connector:
    """The connector set up to read a store, in a folder of its own."""

    server: Server
    folder: Path
    streams: Sequence[str] = CORE
    config: Mapping[str, Any] = field(default_factory=dict)

    def start(self, state: list[dict[str, Any]] | None = None, **manners: Any) -> Process:
        catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(self.streams))
        files = {
            "config": config_for(self.server, **{"num_workers": 8, **self.config}),
            "catalog": catalog,
            "state": state or [],
        }
        arguments = ["read"]
        for name, content in files.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            arguments += [f"--{name}", str(path)]
        return Process(arguments, manners)

    def read(self, state: list[dict[str, Any]] | None = None, **manners: Any) -> Run:
        """A run to its end."""
        return self.start(state, **manners).end()

    def struck(
        self,
        moment: Moment,
        strike: Callable[[Process], None],
        state: list[dict[str, Any]] | None = None,
        **manners: Any,
    ) -> Run:
        """A run that something happens to."""
        before = len(self.server.requests)
        process = self.start(state, **manners)
        if moment.unit == "request":
            process.read_on()
            process.wait_until(lambda: len(self.server.requests) - before >= moment.count)
        else:
            mark = '"type":"STATE"' if moment.unit == "state" else ""
            process.read_lines(moment.count, mark)
        strike(process)
        return process.end()


class Process:
    """A run under way."""

    def __init__(self, arguments: list[str], manners: Mapping[str, Any]) -> None:
        self.lines: list[str] = []
        self.rest = ""
        self._errors = ""
        out, their_out = FORKS.Pipe(duplex=False)
        err, their_err = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=_connector, args=(arguments, their_out, their_err, dict(manners)))
        self.process.start()
        their_out.close()
        their_err.close()
        self.out = os.fdopen(os.dup(out.fileno()), encoding="utf-8", newline="\n", errors="surrogateescape")
        self.err = os.fdopen(os.dup(err.fileno()), encoding="utf-8")
        out.close()
        err.close()
        self._err_reader = threading.Thread(target=self._read_errors)
        self._err_reader.start()
        self._reader: threading.Thread | None = None

    def read_on(self) -> None:
        """Empties the output from now on, so that the connector never waits for its reader."""
        self._reader = threading.Thread(target=self.read_lines)
        self._reader.start()

    def read_lines(self, count: int | None = None, mark: str = "") -> None:
        """Reads until so many lines with a mark in them have come, or to the end."""
        while line := self.out.readline():
            if not line.endswith("\n"):
                self.rest = line
                break
            self.lines.append(line)
            if count is not None and mark in line:
                count -= 1
                if count <= 0:
                    break

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = monotonic() + ENDS_WITHIN
        while self.process.is_alive() and not condition():
            assert monotonic() < deadline, "the connector neither ended nor went on"
            sleep(0.002)

    def stop_reading(self) -> None:
        """Goes away as a destination does that dies: nothing that comes later is read."""
        self.out.close()

    def end(self) -> Run:
        """Waits for its end. One that does not come is a failure, and the process is ended by force."""
        if self._reader is None and not self.out.closed:
            self.read_on()
        self.process.join(ENDS_WITHIN)
        hangs = self.process.is_alive()
        if hangs:
            self.process.kill()
            self.process.join()
        if self._reader:
            self._reader.join()
        self._err_reader.join()
        self.out.close()
        self.err.close()
        code = self.process.exitcode
        self.process.close()
        assert not hangs, f"the connector had not ended after {ENDS_WITHIN} seconds. Its stderr: {self._errors}"
        assert code is not None
        return Run(code, self.lines, self.rest, self._errors)

    def _read_errors(self) -> None:
        self._errors = self.err.read()


def _connector(arguments: list[str], out: Connection, err: Connection, manners: Mapping[str, Any]) -> None:
    """The program of the process: small pages, so that a small store has many; then the connector. `page` set to None
    leaves the pages as they are.

    The limit on memory counts the room set aside for each thread's stack, of which little is ever touched:
    `small_stacks` leaves nearly only what is.
    """
    out_path = manners.get("stdout")
    redirect_output(os.open(out_path, os.O_WRONLY) if out_path else out.fileno(), err.fileno())
    out.close()
    err.close()
    os.environ.update(manners.get("environment", {}))
    if page := manners.get("page", PAGE):
        set_page_size(pytest.MonkeyPatch(), page, pages_per_slice=1)
    client.B2B_QUOTA = ApiQuota(
        B2B_HEADERS
    )  # that of the sandbox, as in conftest.py: with BigCommerce's, it would wait
    sampling.SAMPLE_SIZE = manners.get("sample_size", PAGE - 1)
    if manners.get("small_stacks"):
        threading.stack_size(512 * 1024)
    if manners.get("temporary_folder_first"):
        tempfile.gettempdir()
    for limit, value in manners.get("limits", {}).items():
        resource.setrlimit(limit, (value, value))
    sys.argv = ["source-bigcommerce", *arguments]
    run.run()


def kept(result: Sync) -> dict[str, dict[Any, dict[str, Any]]]:
    """The part of an interrupted run that a platform keeps: the records before the last STATE of their stream.

    A stream that is read in full starts again, and what was read of it is thrown away.
    """
    held = {}
    for stream in result.progress.keys() & {*INCREMENTAL, *B2B_INCREMENTAL}:
        _, count = result.progress[stream][-1]
        held[stream] = {key_of(stream, record): record for record in result.records[stream][:count]}
    return held


def states(result: Sync) -> list[dict[str, Any]]:
    """The last state of each stream, as the platform's state file has it."""
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": values[-1]}}
        for name, values in result.states.items()
        if values
    ]


def union(first: Sync, second: Sync) -> dict[str, dict[Any, dict[str, Any]]]:
    """The content of a destination after both."""
    held = kept(first)
    streams = {*held, *second.records}
    return {stream: {**held.get(stream, {}), **second.latest(stream)} for stream in streams}

"""PyAirbyte, the client that runs the connector's `read` and loads DuckDB; kept in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from demo.failure import DemoFailed
from demo.paths import CONNECTOR, DATABASE, OUTPUT, PYAIRBYTE_LOG, TEMPORARY
from demo.process import Process

_QUIET = {
    "AIRBYTE_OFFLINE_MODE": "1",  # it would query Airbyte's registry for a connector that is installed here
    "DO_NOT_TRACK": "1",
    "NO_LIVE_PROGRESS": "1",
    "PYTHONWARNINGS": "ignore",
    "AIRBYTE_LOGGING_ROOT": str(OUTPUT / "logs"),
    "AIRBYTE_PROJECT_DIR": str(OUTPUT),
    "AIRBYTE_TEMP_DIR": str(TEMPORARY),
}


class Client:
    """PyAirbyte, which keeps the states of the syncs in DuckDB."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def wait_until_ready(self) -> None:
        """Returns when PyAirbyte is imported and knows the connector's streams."""
        self._answer("PyAirbyte did not start")

    def sync(self, streams: Sequence[str]) -> int:
        """Syncs what has changed since the last sync; returns how many records came."""
        return self._read(streams=streams, write_strategy="merge")

    def replace(self, streams: Sequence[str]) -> int:
        """Syncs tables as a whole; returns how many records came."""
        return self._read(streams=streams, write_strategy="replace", force_full_refresh=True)

    def _read(self, streams: Sequence[str], **arguments: object) -> int:
        try:
            self._process.stdin.write(f"{json.dumps({'streams': streams, **arguments})}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: its last response, or the lack of one, is more informative
        return int(self._answer(f"PyAirbyte could not sync {', '.join(streams)}")["records"])

    def _answer(self, otherwise: str) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise DemoFailed(f"{otherwise}: it ended unexpectedly.", PYAIRBYTE_LOG)
        response: dict[str, Any] = json.loads(line)
        if "error" in response:
            raise DemoFailed(f"{otherwise}: {response['error'].rstrip('.')}.", PYAIRBYTE_LOG)
        return response


@contextmanager
def running_client(config: dict[str, str]) -> Iterator[Client]:
    """PyAirbyte for the length of a `with` block."""
    arguments = (str(CONNECTOR), str(DATABASE), json.dumps(config))
    with Process("demo.pyairbyte", *arguments, log=PYAIRBYTE_LOG, environment=_QUIET) as process:
        yield Client(process)

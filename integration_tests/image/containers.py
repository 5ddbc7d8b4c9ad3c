"""Containers of the image, kept as short as a platform may keep them."""

from __future__ import annotations

import json
import subprocess
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
)

from image.build import NAME
from image.engine import PROGRAM
from integration_tests.harness import Sync, messages

SHORT = (
    "--pull=never",
    "--network=host",
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--security-opt=label=disable",
    "--memory=512m",
)
PATIENCE = 180.0  # seconds until a container that hangs is given up


class Containers:
    """Runs commands of the connector, each in a container of its own. Its files are seen in `/secrets`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)  # the image's user is not the one who runs the tests

    def write(self, name: str, content: Any) -> str:
        """Writes a file and returns where a container sees it."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        path.chmod(0o644)
        return f"/secrets/{name}"

    def read_arguments(
        self, config: Any, catalog: ConfiguredAirbyteCatalog, state: Iterable[AirbyteStateMessage] = ()
    ) -> list[str]:
        """The arguments of a read."""
        dumped = [AirbyteStateMessageSerializer.dump(message) for message in state]
        return [
            *("read", "--config", self.write("config.json", config)),
            *("--catalog", self.write("catalog.json", ConfiguredAirbyteCatalogSerializer.dump(catalog))),
            *(("--state", self.write("state.json", dumped)) if dumped else ()),
        ]

    def start(self, *arguments: str, options: Iterable[str] = ()) -> Container:
        """Starts a container that ends by itself, and is gone then."""
        return Container(f"--volume={self.folder}:/secrets:ro", *options, arguments=arguments)

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code and all output, errors among it."""
        return self.start(*arguments).end()


class Container:
    """One container, its output read through a pipe as Airbyte reads it."""

    def __init__(self, *options: str, arguments: Iterable[str]) -> None:
        self.name = f"source-bigcommerce-{uuid.uuid4().hex}"
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--rm", f"--name={self.name}", *SHORT, *options, NAME, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.output = self.process.stdout

    def end(self) -> tuple[int, str]:
        """Waits for its end: the exit code and what it still printed."""
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        with self.output:
            rest = self.output.read()
        code = self.process.wait()
        watchdog.cancel()
        return code, rest

    def stop(self) -> tuple[int, str]:
        """Stops it as orchestrators do, SIGTERM first and SIGKILL ten seconds later.

        The signal is delivered before any more output is taken, and until then a full pipe holds a read where it is.
        """
        subprocess.run([PROGRAM, "kill", "--signal=TERM", self.name], stdout=DEVNULL, check=True)
        # Where the container has ended by now, there is nothing left to stop.
        with subprocess.Popen([PROGRAM, "stop", "--time=10", self.name], stdout=DEVNULL, stderr=DEVNULL):
            return self.end()


def sync_of(output: str) -> Sync:
    """A summary of the output of a read."""
    sync = Sync()
    for message in messages(output.splitlines(keepends=True)):
        sync.take(message)
    return sync

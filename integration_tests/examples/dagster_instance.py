"""A Dagster instance that runs examples/dagster: its queue, its daemon, and what became of the runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from integration_tests.examples.environment import EXAMPLES, ROOT, environment, program, run

DEFINITIONS = EXAMPLES / "dagster" / "definitions.py"
_RUNS = Path(__file__).with_name("runs.py")
_TIMEOUT = 1200  # seconds; runs that take longer hang
_GRACE = 20.0


@dataclass(frozen=True)
class Run:
    """A run that has ended: the store, its times in Unix seconds, and "step event" for each event of a step."""

    store: str
    succeeded: bool
    started: float
    ended: float
    events: list[str]
    errors: str

    def overlaps(self, other: Run) -> bool:
        """Returns whether the runs were in progress at the same time."""
        return self.started < other.ended and other.started < self.ended


class Instance:
    """An instance with the settings of examples/dagster/dagster.yaml."""

    def __init__(self, folder: Path, *, concurrent_runs: int) -> None:
        self._folder = folder
        self.settings = folder / "settings"
        self.warehouses = folder / "warehouses"
        home = folder / "dagster"
        home.mkdir()
        shipped = (EXAMPLES / "dagster" / "dagster.yaml").read_text(encoding="utf-8")
        changed = shipped.replace("max_concurrent_runs: 8", f"max_concurrent_runs: {concurrent_runs}")
        assert changed != shipped
        (home / "dagster.yaml").write_text(changed, encoding="utf-8")
        self._environment = environment(
            folder,
            DAGSTER_HOME=str(home),
            BIGCOMMERCE_SETTINGS=str(self.settings),
            BIGCOMMERCE_WAREHOUSES=str(self.warehouses),
            BIGCOMMERCE_RETRY_DELAY="0",
        )

    def queue(self, stores: Sequence[str]) -> None:
        """Requests a run for each of the stores; the runs wait for the daemon."""
        selected = ["--partitions", ",".join(stores)]
        self.command("dagster", "job", "backfill", "-f", str(DEFINITIONS), "-j", "sync_store", *selected, "--noprompt")

    def command(self, name: str, *arguments: str) -> str:
        """Returns the output of a program in the environment of the instance."""
        return run(self._folder, self._environment, name, *arguments, timeout=_TIMEOUT)

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Starts runs from the queue, for the length of a `with` block. It ends with this process at the latest."""
        read_end, write_end = os.pipe()
        with (self._folder / "daemon.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [
                    program("python"),
                    "-m",
                    "demo.leash",
                    str(read_end),
                    "dagster._daemon",
                    "run",
                    "-f",
                    str(DEFINITIONS),
                ],
                cwd=self._folder,
                env={**self._environment, "PYTHONPATH": str(ROOT)},  # for demo.leash
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(read_end,),
                start_new_session=True,
            )
        os.close(read_end)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(write_end)

    def finished(self) -> list[Run]:
        """Returns the runs, in the order in which they started, as soon as all have ended."""
        output = self.command("python", str(_RUNS), str(_TIMEOUT - 60))
        runs = [Run(**described) for described in json.loads(output.splitlines()[-1])]
        return sorted(runs, key=lambda one: one.started)

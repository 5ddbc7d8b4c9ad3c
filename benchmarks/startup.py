"""The cost of starting: the shortest commands, compared with an import of the CDK, which every connector needs.

`python -m benchmarks.startup` runs each in turn, seven times, and prints the medians. The ratios are of CPU seconds,
which other work on the machine disturbs less than the clock.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.process import Cost, run
from benchmarks.row import Row
from benchmarks.runners import CONNECTOR, Airbyte, Command, Task
from benchmarks.store import KINDS, Store

RUNS = 7
IMPORT = "import of the CDK"
SPEC = "spec"
_PYTHON = "Python"


def rows(runs: int = RUNS) -> list[Row]:
    """A row for each command, of the medians of so many runs; the first is the bare import of the CDK.

    Raises RuntimeError for a command that fails.
    """
    costs: dict[str, list[Cost]] = {}
    with Store(dict.fromkeys(KINDS, 0)) as store, tempfile.TemporaryDirectory() as folder:
        commands = _commands(store, Path(folder))
        for _ in range(runs):
            for name, command in commands.items():
                cost = run(command.arguments, command.env)
                if cost.failure:
                    raise RuntimeError(f"{name}: {cost.failure}")
                costs.setdefault(name, []).append(cost)
    found = [_row(name, taken) for name, taken in costs.items()]
    for row in found:
        row.import_cpu = found[0].cpu_seconds
    return found


def _commands(store: Store, folder: Path) -> dict[str, Command]:
    read = Airbyte().command(store, Task(("customers",), 0, workers=8), folder)
    program = read.arguments[0]
    return {
        IMPORT: Command([sys.executable, "-c", "import airbyte_cdk.entrypoint"]),
        SPEC: Command([program, "spec"], read.env),
        "check": Command([program, "check", "--config", str(folder / "config.json")], read.env),
        "read, an empty stream": read,
    }


def _row(name: str, costs: list[Cost]) -> Row:
    row = Row(_PYTHON if name == IMPORT else CONNECTOR, name, size=0, pages=0)
    row.seconds = statistics.median(cost.seconds for cost in costs)
    row.cpu_seconds = statistics.median(cost.cpu_seconds for cost in costs)
    row.peak_mb = statistics.median(cost.peak_mb for cost in costs)
    return row


def main() -> None:
    """Prints a line for each command."""
    for row in rows():
        print(f"{row.reads:<24} {row.seconds:5.2f} s {row.cpu_seconds:5.2f} CPU s  ÷ import: {row.of_import:.3f}")


if __name__ == "__main__":
    main()

"""The time of `spec` compared with that of importing the CDK, which every connector needs.

`python -m benchmarks.startup` runs both in turn, seven times each, and prints the medians.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 7
COMMANDS = {
    "import airbyte_cdk.entrypoint": [sys.executable, "-c", "import airbyte_cdk.entrypoint"],
    "source-bigcommerce spec": [str(Path(sys.executable).parent / "source-bigcommerce"), "spec"],
}


def main() -> None:
    """Prints a line for each command, and the difference."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    for name, median in medians.items():
        print(f"{name:<32} {median:5.2f} s")
    bare, spec = medians.values()
    print(f"{'difference':<32} {spec - bare:5.2f} s")


if __name__ == "__main__":
    main()

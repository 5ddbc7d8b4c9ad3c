"""Lives of a store until the time is up or a promise is broken: `make soak ARGS="--minutes 60 --processes 2"`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections import Counter
from multiprocessing.queues import Queue
from queue import Empty
from time import monotonic
from typing import Any

from integration_tests.soak.lives import work


def main() -> int:
    """Exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, action="append", help="run the lives of this seed only")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results: Queue[Any] = context.Queue()
    began = monotonic()
    until = began + 60 * options.minutes
    workers = [
        context.Process(target=work, args=(options.seed, until, results), daemon=True)
        for _ in range(1 if options.seed else options.processes)
    ]
    for worker in workers:
        worker.start()
    counts: Counter[str] = Counter()
    working, reported = len(workers), began
    while working:
        try:
            result = results.get(timeout=1)
        except Empty:
            if any(worker.exitcode for worker in workers):
                print("A process ended without a word.")
                return 1
            continue
        if result is None:
            working -= 1
            continue
        number, more, failure = result
        counts.update(more)
        if failure:
            print(_line(counts, began))
            print(f"\nA promise was broken in the lives of seed {number}:\n\n{failure}", flush=True)
            for worker in workers:
                worker.terminate()
            return 1
        if monotonic() - reported >= 60:
            reported = monotonic()
            print(_line(counts, began), flush=True)
    print(_line(counts, began))
    return 0


def _line(counts: Counter[str], began: float) -> str:
    passed = monotonic() - began
    return (
        f"{passed / 60:6.1f} min: {counts['steps']:,} steps, {counts['syncs']:,} syncs ({counts['killed']:,} broken "
        f"off, {counts['failed']:,} failed), {counts['requests']:,} requests, {counts['records']:,} records, "
        f"{counts['states']:,} states, {counts['compared']:,} records compared, lost 0"
    )


if __name__ == "__main__":
    sys.exit(main())

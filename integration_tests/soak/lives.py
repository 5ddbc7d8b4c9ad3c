"""The lives of a seed, as a test and as `make soak` run them."""

from __future__ import annotations

import faulthandler
import gc
from collections import Counter
from multiprocessing.queues import Queue
from random import SystemRandom
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from integration_tests.soak import machine

LIVES_PER_SEED = 4
STEPS_PER_LIFE = 100
LONGEST = 900  # seconds for the lives of a seed: then something hangs, and all threads are shown


def run_seed(
    number: int, lives: int = LIVES_PER_SEED, steps: int = STEPS_PER_LIFE
) -> tuple[Counter[str], machine.Failure | None]:
    """The events in the lives of a seed, and the first life in which a promise was broken, if one was."""
    machine.FAILURES.clear()
    machine.WORLDS.clear()
    how = settings(
        max_examples=lives,
        stateful_step_count=steps,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    failure = None
    try:
        run_state_machine_as_test(seed(number)(machine.StoreLife), settings=how)
    except Exception as error:
        if not machine.FAILURES:
            raise
        failure = machine.FAILURES[0]
        failure.error.__cause__ = error
    counts: Counter[str] = Counter()
    for world in machine.WORLDS:
        counts.update(world.counts)
    machine.WORLDS.clear()
    return counts, failure


def work(seeds: list[int] | None, until: float, results: Queue[Any]) -> None:
    """Runs lives until the time is up, and reports what happened in those of each seed."""
    gc.freeze()  # as the connector's own process has it
    gc.set_threshold(50_000)
    while monotonic() < until if seeds is None else seeds:
        number = seeds.pop() if seeds else SystemRandom().randrange(2**32)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        counts, failure = run_seed(number)
        results.put((number, counts, None if failure is None else str(failure)))
        if failure:
            return
    results.put(None)

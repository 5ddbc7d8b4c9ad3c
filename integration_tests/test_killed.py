"""A sync that is broken off anywhere, with eight workers under way: what was printed is true, and the next sync
brings the rest.

Moments are pseudo-random, from fixed seeds; one that ever failed is added to `FAILED_ONCE`.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from integration_tests.harness import INCREMENTAL, KINDS, STREAMS, Sync
from integration_tests.killing import Connector, Moment, Process, Run, states, union
from integration_tests.test_order_children import CHILDREN, reachable_rows
from sandbox import Options, Server, serve

STORE = Options(orders=60, products=60, customers=60, coupons=30)
LINES, REQUESTS, STATES = 3000, 400, 18  # of a whole sync, at the least
FAILED_ONCE: tuple[tuple[str, Moment], ...] = ()


def moments(name: str, count: int) -> list[Moment]:
    """So many moments in the course of a sync, and those at which a blow of this name once did harm."""
    random = Random(name)
    limits = {"line": LINES, "request": REQUESTS, "state": STATES}
    units = [list(limits)[number % len(limits)] for number in range(count)]
    fixed = [moment for failed, moment in FAILED_ONCE if failed == name]
    return fixed + [Moment(unit, random.randint(1, limits[unit])) for unit in units]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(STORE) as running:
        yield running


@pytest.fixture
def connector(server: Server, tmp_path: Path) -> Connector:
    return Connector(server, tmp_path)


@pytest.fixture(scope="module")
def undisturbed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Sync:
    """A sync that nothing happened to: what has to arrive in the end."""
    run = Connector(server, tmp_path_factory.mktemp("undisturbed")).read()
    assert run.code == 0, run.lines[-3:]
    return run.sync()


def test_the_sync_that_others_are_compared_with_is_whole(server: Server, undisturbed: Sync) -> None:
    """The yardstick of this file is measured itself, by the store; and it is long enough to be struck anywhere."""
    for kind in KINDS:
        assert set(undisturbed.ids(kind)) == set(server.store.ids(kind))
    for stream, kind in CHILDREN.items():
        rows = {row["id"] for id_ in server.store.ids("orders") for row in reachable_rows(server, id_, kind)}
        assert {record["id"] for record in undisturbed.records[stream]} == rows
    assert all(undisturbed.records[stream] for stream in STREAMS), "a stream without records cannot lose one"
    assert sum(map(len, undisturbed.states.values())) >= STATES
    assert sum(map(len, undisturbed.records.values())) >= LINES


def missing(whole: Sync, first: Sync, second: Sync) -> dict[str, list[Any]]:
    """Records that a destination lacks after both syncs, or has in another form."""
    held = union(first, second)
    found = {
        stream: [key for key, record in whole.latest(stream).items() if held[stream].get(key) != record]
        for stream in STREAMS
    }
    return {stream: keys for stream, keys in found.items() if keys}


def completed_by_the_next(connector: Connector, run: Run, whole: Sync) -> None:
    """What holds after every blow: only a whole sync ends with code 0, and a second one brings what is missing."""
    first = run.sync()
    assert run.errors == "", "stderr is for what cannot be told on stdout"
    lost = missing(whole, first, Sync())
    if run.code == 0:
        lost = {stream: keys for stream, keys in lost.items() if stream in INCREMENTAL}
        assert lost == {}, "code 0 claims that everything was printed"
    second = connector.read(states(first))
    assert second.code == 0, second.lines[-3:]
    assert missing(whole, first, second.sync()) == {}, "the next sync went on behind records that never arrived"


def terminate(process: Process) -> None:
    process.process.terminate()


def kill(process: Process) -> None:
    process.process.kill()


def stop_reading(process: Process) -> None:
    process.stop_reading()


def blows(name: str, count: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("moment", moments(name, count), ids=str)


@blows("SIGKILL", 12)
def test_a_sync_that_is_killed_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """The machine is switched off, or the kernel wants the memory: nothing can be done in that moment any more."""
    run = connector.struck(moment, kill)
    assert run.code in (-signal.SIGKILL, 0)
    completed_by_the_next(connector, run, undisturbed)


@blows("SIGTERM", 6)
def test_a_sync_that_is_cancelled_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """Airbyte cancels like this, or when a node is drained; there is no error to explain then."""
    run = connector.struck(moment, terminate)
    assert run.code in (128 + signal.SIGTERM, 0)
    assert not any("Traceback" in line or '"FATAL"' in line for line in run.lines)
    completed_by_the_next(connector, run, undisturbed)


@blows("reader", 9)
def test_a_sync_whose_reader_goes_away_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """The destination died: it holds what it has read so far, and no state that it never saw is gone on from."""
    if moment.unit == "request":
        moment = Moment("line", moment.count * LINES // REQUESTS)  # a reader knows of nothing else
    run = connector.struck(moment, stop_reading)
    assert run.code == 1
    completed_by_the_next(connector, run, undisturbed)

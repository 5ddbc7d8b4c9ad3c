"""A sync that is interrupted anywhere, with eight workers under way: what was printed is true, and the next sync
brings the rest.

Moments are pseudo-random, from fixed seeds; one that ever failed is added to `FAILED_ONCE`.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from integration_tests.harness import B2B_INCREMENTAL, CORE, INCREMENTAL, KINDS, UNDATED, Sync
from integration_tests.killing import Connector, Moment, Process, Run, kept, states, union
from integration_tests.test_order_children import CHILDREN, reachable_rows
from sandbox import Options, Server, serve
from unit_tests.representatives import representatives

STORE = Options(orders=80, products=120, customers=120, coupons=30, oddities=False)
LINES, REQUESTS, STATES = 900, 500, 18  # of a whole sync, at the least
MB = 1024 * 1024
B2B_STORE = Options(
    orders=60, products=40, customers=80, coupons=2, oddities=False, b2b=True, companies=30, b2b_quota=100_000
)
B2B_MOMENTS = representatives(
    [Moment("request", 12), *(Moment("line", count) for count in (40, 150, 400)), Moment("state", 6)],
    [Moment("request", 12)],
)
SIZES = [Random(seed).randint(1_000, 400_000) for seed in range(3)]
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
def b2b_server() -> Iterator[Server]:
    with serve(B2B_STORE) as running:
        yield running


@pytest.fixture
def b2b_connector(b2b_server: Server, tmp_path: Path) -> Connector:
    return Connector(b2b_server, tmp_path, B2B_INCREMENTAL)


@pytest.fixture(scope="module")
def b2b_undisturbed(b2b_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Sync:
    """The same of B2B Edition."""
    run = Connector(b2b_server, tmp_path_factory.mktemp("undisturbed_b2b"), B2B_INCREMENTAL).read()
    assert run.code == 0, run.lines[-3:]
    result = run.sync()
    assert all(result.records[stream] for stream in B2B_INCREMENTAL), "a stream without records cannot lose one"
    return result


@pytest.fixture(scope="module")
def undisturbed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Sync:
    """A sync that nothing happened to: what must arrive in the end."""
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
    assert all(undisturbed.records[stream] for stream in CORE), "a stream without records cannot lose one"
    assert sum(map(len, undisturbed.states.values())) >= STATES
    assert sum(map(len, undisturbed.records.values())) >= LINES


def missing(whole: Sync, first: Sync, second: Sync) -> dict[str, list[Any]]:
    """Records that a destination lacks after both syncs, or has in another form."""
    held = union(first, second)
    found = {}
    for stream in list(whole.records):
        rows = held.get(stream, {})
        found[stream] = [
            key
            for key, record in whole.latest(stream).items()
            if key not in rows or _content(stream, rows[key]) != _content(stream, record)
        ]
    return {stream: keys for stream, keys in found.items() if keys}


def _content(stream: str, record: dict[str, Any]) -> dict[str, Any]:
    """The record without the date that the connector adds, which is that of its sync."""
    return {**record, "updated_at": None} if stream in UNDATED else record


def completed_by_the_next(connector: Connector, run: Run, whole: Sync) -> None:
    """The promises after every interruption: only a complete sync ends with code 0, and a second one adds the rest."""
    first = run.sync()
    lost = missing(whole, first, Sync())
    if run.code == 0:
        lost = {stream: keys for stream, keys in lost.items() if stream in (*INCREMENTAL, *B2B_INCREMENTAL)}
        assert lost == {}, "code 0 claims that everything was printed"
    second = connector.read(states(first))
    assert second.code == 0, second.lines[-3:]
    assert missing(whole, first, second.sync()) == {}, "the next sync went on behind records that never arrived"


def error_of(run: Run) -> str:
    """The error that the platform shows."""
    errors = [
        message["trace"]["error"]["message"]
        for message in run.messages()
        if '"ERROR"' in json.dumps(message) and message["type"] == "TRACE"
    ]
    return str(errors[-1]) if errors else ""


def terminate(process: Process) -> None:
    process.process.terminate()


def kill(process: Process) -> None:
    process.process.kill()


def stop_reading(process: Process) -> None:
    process.stop_reading()


def blows(name: str, count: int) -> pytest.MarkDecorator:
    found = moments(name, count)
    return pytest.mark.parametrize("moment", representatives(found, found[:1]), ids=str)


@blows("SIGKILL", 9)
def test_a_sync_that_is_killed_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """The machine is switched off, or the kernel wants the memory: nothing can be done in that moment any more."""
    run = connector.struck(moment, kill)
    assert run.errors == ""
    assert run.code in (-signal.SIGKILL, 0)
    completed_by_the_next(connector, run, undisturbed)


@blows("SIGTERM", 6)
def test_a_sync_that_is_cancelled_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """Airbyte cancels like this, or when a node is drained; there is no error to explain then."""
    run = connector.struck(moment, terminate)
    assert run.errors == ""
    assert run.code in (128 + signal.SIGTERM, 0)
    assert not any("Traceback" in line or '"FATAL"' in line for line in run.lines)
    completed_by_the_next(connector, run, undisturbed)


@pytest.mark.parametrize("moment", B2B_MOMENTS, ids=str)
def test_a_sync_of_b2b_edition_that_is_killed_loses_nothing(
    moment: Moment, b2b_connector: Connector, b2b_undisturbed: Sync
) -> None:
    run = b2b_connector.struck(moment, kill)
    assert run.code == -signal.SIGKILL
    completed_by_the_next(b2b_connector, run, b2b_undisturbed)


@pytest.mark.exhaustive
@blows("reader", 6)
def test_a_sync_whose_reader_goes_away_loses_nothing(moment: Moment, connector: Connector, undisturbed: Sync) -> None:
    """The destination died: it holds what it has read so far, and no state that it never saw is gone on from."""
    if moment.unit == "request":
        moment = Moment("line", moment.count * LINES // REQUESTS)  # a reader knows of nothing else
    run = connector.struck(moment, stop_reading)
    assert run.code == 1
    assert run.errors == "", "the end of the reader is no error that a user could correct"
    completed_by_the_next(connector, run, undisturbed)


@pytest.mark.exhaustive
def test_a_cancelled_sync_ends_though_nobody_reads_what_it_printed(connector: Connector, undisturbed: Sync) -> None:
    """The destination hangs and the user cancels: all eight workers, and the printing, wait for room."""
    process = connector.start()
    before = len(connector.server.requests)
    process.wait_until(lambda: len(connector.server.requests) - before >= 40)
    process.process.terminate()
    process.process.join(10)
    assert process.process.exitcode == 128 + signal.SIGTERM
    completed_by_the_next(connector, process.end(), undisturbed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(2))
def test_a_sync_that_is_killed_again_and_again_comes_to_its_end(
    seed: int, connector: Connector, undisturbed: Sync
) -> None:
    """A node that is short of memory kills every attempt; each goes on where the one before had come to."""
    random = Random(seed)
    held: dict[str, dict[Any, Any]] = {stream: {} for stream in CORE}
    reached: dict[str, Any] = {}
    for _ in range(4):
        moment = Moment("line", random.randint(LINES // 8, LINES))
        attempt = connector.struck(moment, kill, list(reached.values())).sync()
        for stream, records in kept(attempt).items():
            held[stream].update(records)
        reached.update({state["stream"]["stream_descriptor"]["name"]: state for state in states(attempt)})
    last = connector.read(list(reached.values()))
    assert last.code == 0, last.lines[-3:]
    final = last.sync()
    for stream in CORE:
        held[stream].update(final.latest(stream))
        whole = undisturbed.latest(stream)
        assert {key: held[stream].get(key) for key in whole} == whole


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", representatives(SIZES, SIZES[:1]))
def test_a_full_disk_under_the_output_is_reported_and_ends_it(
    size: int, connector: Connector, undisturbed: Sync, tmp_path: Path
) -> None:
    """`read > file` on a disk that fills up: no worker waits for ever for a queue that nobody empties."""
    output = tmp_path / "output"
    output.touch()
    run = connector.read(stdout=str(output), limits={resource.RLIMIT_FSIZE: size})
    assert run.code == 1
    assert run.errors.startswith(f"The output could not be written. The disk is full: {os.strerror(errno.EFBIG)}. Free")
    printed = output.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    whole = [line for line in printed if line.endswith("\n")]
    completed_by_the_next(connector, Run(run.code, whole, "", ""), undisturbed)


@pytest.mark.exhaustive
def test_a_sync_writes_nothing_to_disk(connector: Connector, undisturbed: Sync) -> None:
    """A disk that fills up during a sync does not matter to it; every byte written to a file would be an error here."""
    run = connector.read(temporary_folder_first=True, limits={resource.RLIMIT_FSIZE: 0})
    assert run.code == 0, run.lines[-3:]
    assert missing(undisturbed, Sync(), run.sync()) == {}


def test_a_disk_that_is_full_at_the_start_is_named(connector: Connector) -> None:
    """The CDK wants a folder, and tries by writing to it."""
    run = connector.read(limits={resource.RLIMIT_FSIZE: 0})
    assert run.code == 1
    assert "No folder for temporary files is writable" in error_of(run)
    assert "Traceback" not in "".join(run.lines) + run.errors


@pytest.mark.exhaustive
def test_a_missing_temporary_folder_is_replaced_by_another(connector: Connector, undisturbed: Sync) -> None:
    """TMPDIR may name a folder that does not exist in the container."""
    run = connector.read(environment={"TMPDIR": str(connector.folder / "nowhere")})
    assert run.code == 0, run.lines[-3:]
    assert missing(undisturbed, Sync(), run.sync()) == {}


@pytest.mark.parametrize("strike", [terminate, kill, stop_reading], ids=lambda strike: strike.__name__)
def test_a_process_that_is_stopped_leaves_no_file_behind(
    strike: Callable[[Process], None], server: Server, tmp_path: Path
) -> None:
    """The CDK writes the config, access token and all, into a temporary file; who is killed cannot remove it."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    connector = Connector(server, tmp_path)
    run = connector.struck(Moment("line", 50), strike, environment={"TMPDIR": str(temporary)})
    assert run.code != 0
    assert [path for path in temporary.rglob("*") if not path.is_dir()] == []


@pytest.mark.exhaustive
def test_200_mb_are_enough(connector: Connector, undisturbed: Sync) -> None:
    """All the memory that the process takes for itself, the code apart; eight workers on a small store."""
    run = connector.read(small_stacks=True, limits={resource.RLIMIT_DATA: 200 * MB})
    assert run.code == 0, run.lines[-3:]
    assert missing(undisturbed, Sync(), run.sync()) == {}

"""Promise P2: states are correct, wherever a sync is interrupted and whatever state it is given."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import DATED, KINDS, LISTED, Sync, messages, seconds_of, sync
from integration_tests.killing import Connector
from sandbox import Options, serve
from source_bigcommerce.concurrency.batch_queue import BatchQueue
from source_bigcommerce.lists import sampling
from source_bigcommerce.lists.watermark import Watermark
from unit_tests.representatives import representatives

SMALL_SAMPLES = 10  # records, of 110 in a slice: small, so that there are many states
KILLS = 5  # for each of four seeds


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4))
def test_a_sync_killed_anywhere_resumes_without_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The process is killed at a random byte of its output, and a sync starts from the last STATE that it printed."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", SMALL_SAMPLES)
    rng = random.Random(seed)
    states = 0
    settings = {"page": None, "sample_size": SMALL_SAMPLES}
    with serve(Options(orders=450, products=250, customers=250, coupons=60, seed=seed)) as server:
        everything = {kind: set(server.store.ids(kind)) for kind in KINDS}
        connector = Connector(server, tmp_path, LISTED)
        whole = connector.read(**settings)
        assert whole.code == 0, whole.lines[-3:]
        length = len("".join(whole.lines))
        for _ in range(KILLS):
            process = connector.start(**settings)
            output = process.out.read(rng.randrange(length))
            process.process.kill()
            process.end()
            killed = _sorted_out(output)
            resumed = sync(server, LISTED, state=killed.state())
            states += sum(len(values) for values in killed.states.values())
            for kind in KINDS:
                assert everything[kind] <= {*killed.ids(kind), *resumed.ids(kind)}, kind
    assert states > KILLS, "the kills came too early to test anything"


@pytest.mark.parametrize("workers", representatives([2, 8], {8}))
def test_no_state_overtakes_its_records(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """At every STATE, each record changed before it has already been printed."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 10)
    with serve(Options(orders=2000, products=800, customers=800)) as server:
        result = sync(server, DATED, num_workers=workers)
        dates = {kind: server.store.dates(kind) for kind in DATED}
    for kind in DATED:
        assert len(result.states[kind]) > 1
        for state, printed in result.progress[kind]:
            reached = seconds_of(state)
            owed = {id_ for id_, modified in dates[kind].items() if modified < reached}
            assert owed <= set(result.ids(kind)[:printed])


@pytest.mark.exhaustive
def test_a_slice_is_not_reported_as_finished_while_a_record_of_it_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may print the state at that moment: what the sync was killed after would be lost."""
    queues: list[BatchQueue] = []
    held_back: list[int] = []
    make, mark_emitted = BatchQueue.__init__, Watermark.mark_emitted

    def made(self: BatchQueue, size: int) -> None:
        make(self, size)
        queues.append(self)

    def finished(self: Watermark, *bounds: Any) -> None:
        held_back.append(len(queues[-1]._own.__dict__.get("batch", ())))
        mark_emitted(self, *bounds)

    monkeypatch.setattr(BatchQueue, "__init__", made)
    monkeypatch.setattr(Watermark, "mark_emitted", finished)
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 28)
    with serve(Options(orders=1200, products=600, customers=600)) as server:
        sync(server, LISTED)
    assert len(held_back) > 3
    assert not any(held_back)


@pytest.mark.exhaustive
def test_each_state_of_a_sync_is_a_good_place_to_resume_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever STATE the platform saved last, what was printed before it and a sync from it are everything."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 28)
    with serve(Options(orders=1200, products=600, customers=600)) as server:
        first = sync(server, DATED)
        for kind in DATED:
            for state, printed in first.progress[kind]:
                rest = sync(server, [kind], state=_state(kind, state))
                assert set(server.store.ids(kind)) <= {*first.ids(kind)[:printed], *rest.ids(kind)}


@pytest.mark.parametrize("kind", DATED)
def test_a_state_in_the_future_reads_nothing_and_is_set_right(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """An abnormally large state is no reason to read everything again, nor to read nothing until that day."""
    with serve(Options(orders=50, products=50, customers=50)) as server:
        now = server.store.clock.now()
        result = sync(server, [kind], state=_state(kind, {"date_modified": "2100-01-01T00:00:00Z"}))
        assert (result.ids(kind), len(result.states[kind]), result.failure) == ([], 1, None)
        assert 0 <= seconds_of(result.states[kind][0]) - now <= 5
        server.store.clock.advance(10)
        changed = server.store.create(kind)
        assert sync(server, [kind], state=result.state()).ids(kind) == [changed]
    assert "is later than the store's clock" in caplog.text


@pytest.mark.parametrize(
    "state",
    [{"date_modified": "yesterday"}, {"date_modified": [1]}, {"slices": []}],
    ids=str,
)
def test_a_state_of_an_unknown_shape_fails_its_stream_with_a_remedy(state: dict[str, Any]) -> None:
    """Neither a silent full refresh nor a silent skip; the other streams finish."""
    with serve(Options(orders=50, products=50, customers=50)) as server:
        result = sync(server, DATED, state=_state("orders", state))
    assert "The saved state of the stream 'orders' cannot be read" in result.errors["orders"]
    assert "Reset the stream" in result.errors["orders"]
    assert result.statuses["orders"][-1] == "INCOMPLETE"
    assert not result.states["orders"]
    assert result.statuses["products"][-1] == result.statuses["customers"][-1] == "COMPLETE"


@pytest.mark.parametrize(
    "value", ["2025-06-01", "Sun, 01 Jun 2025 00:00:00 +0000", "2025-06-01T00:00:00+00:00", 1748736000]
)
def test_a_state_in_any_of_the_api_s_date_formats_is_understood(value: Any) -> None:
    """States come from other connectors too, and from hand."""
    with serve(Options(orders=300, products=10, customers=10)) as server:
        result = sync(server, ["orders"], state=_state("orders", {"date_modified": value}))
        owed = server.store.must_emit("orders", 1748736000, 1748736000)
    assert owed
    assert owed <= set(result.ids("orders"))
    assert len(result.ids("orders")) < 300


@pytest.mark.exhaustive
def test_the_last_state_is_the_server_s_clock_at_the_start() -> None:
    """Not the newest record, and not the clock of this machine: a quiet store is not read twice."""
    with serve(Options(orders=30, products=30, customers=30)) as server:
        server.store.clock.advance(5000)
        before = server.store.clock.now()
        result = sync(server)
        again = sync(server, state=result.state())
    for kind in DATED:
        assert 0 <= seconds_of(result.states[kind][-1]) - before <= 5
        assert again.ids(kind) == []
    assert sorted(again.ids("coupons")) == sorted(result.ids("coupons"))


def _sorted_out(output: str) -> Sync:
    result = Sync()
    for message in messages(output.splitlines(keepends=True)):
        result.take(message)
    return result


def _state(stream: str, value: dict[str, Any]) -> list[Any]:
    result = Sync()
    result.states[stream].append(value)
    return result.state()

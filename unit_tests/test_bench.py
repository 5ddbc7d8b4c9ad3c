"""The sources of the benchmark's figures: counting of output, the ideal times, and the table."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import cases, ideal, pacing, report, startup, table
from benchmarks.cases import Case, Pace, Scenario, Target
from benchmarks.measure import Bench, compare_with_bare
from benchmarks.neighbour import PATH, Neighbour
from benchmarks.process import Cost, Output, run
from benchmarks.row import Row
from benchmarks.runners import BARE, CONNECTOR, Airbyte, BareLoop, Command, Task
from benchmarks.store import KINDS, ServedRequest, Store, Window
from sandbox import Options, serve

AIRBYTE = b'{"type":"RECORD","record":{"note":"a {\\"type\\":\\"RECORD\\" inside"}}\n'
SINGER = b'{"type": "RECORD", "stream": "orders"}\n'
STATE = b'{"type":"STATE","state":{"n":%d}}\n'


@given(st.lists(st.sampled_from([AIRBYTE, SINGER, STATE % 1, STATE % 2, b'{"type":"LOG"}\n'])), st.integers(1, 60))
def test_messages_are_counted_wherever_the_output_is_cut(lines: list[bytes], size: int) -> None:
    """Output comes in chunks; a record that lies across two of them is one record."""
    text = b"".join(lines)
    output = Output()
    for start in range(0, len(text), size):
        output.take(text[start : start + size])
    assert output.records == lines.count(AIRBYTE) + lines.count(SINGER)
    assert [state["state"]["n"] for state in output.states] == [
        1 if line == STATE % 1 else 2 for line in lines if line.startswith(b'{"type":"STATE"')
    ]


@pytest.mark.parametrize(
    ("requests", "seconds"),
    [
        (10, 0.3),  # all at once
        (135, 14 * 0.3),
        (136, 20 + 0.3),  # the first window was under way for ten seconds
        (400, 20 + 30 + 13 * 0.3),
        (541, 20 + 30 + 30 + 30 + 0.3),
    ],
)
def test_the_ideal_time_under_a_quota_counts_whole_windows(requests: int, seconds: float) -> None:
    """Else waiting for a window that need not be waited for would look ideal."""
    taken = ideal.under_quota(requests, [135], first=20, length=30, latency=0.3, workers=10)
    assert taken == pytest.approx(seconds)


def test_the_ideal_time_follows_what_other_apps_leave() -> None:
    """A window that lets through less is followed by another one sooner."""
    taken = ideal.under_quota(100, [40, 20], first=30, length=30, latency=0.3, workers=10)
    assert taken == pytest.approx(30 + 30 + 4 * 0.3)


def test_a_process_that_fails_says_why() -> None:
    """The table shows the reason in place of figures that mean nothing."""
    failed = run([sys.executable, "-c", "raise SystemExit('no store')"])
    assert failed.failure == "exit code 1: no store"


def test_a_process_that_does_not_end_is_stopped() -> None:
    """One rival that hangs does not hold up the others."""
    assert "stopped after" in run([sys.executable, "-c", "import time; time.sleep(600)"], limit=0.2).failure


def test_a_window_is_numbered_from_the_start_of_a_run() -> None:
    """Requests in the window in which a run began are distinguished from later ones."""
    window = Window(began=100.0, length=30.0)
    assert [window.number(at) for at in (99.0, 100.0, 129.9, 130.0, 190.0)] == [0, 0, 0, 1, 3]


def test_another_app_takes_from_the_ideal_what_it_took_before_we_were_done() -> None:
    """Its later requests in a window were left to it, and its refused requests do not count."""
    pace = Pace(quota=20, seconds=30, budgets=(18,))
    case = Case(CONNECTOR, ("orders",), 10_000, latency_ms=300, pace=pace)
    ours = [ServedRequest("v2/orders", 200, at) for at in [*range(101, 111), *range(131, 137)]]
    theirs = [
        ServedRequest("v2/coupons", status, at) for status, at in ((200, 105), (200, 125), (429, 106), (200, 106))
    ]
    row = _row(CONNECTOR)
    pacing.judge(row, case, pace, Window(began=100, length=30), 100, ours, theirs)
    assert row.quota_used == 0.5
    assert row.ideal == pytest.approx(2 * 0.3)  # 16 of 20 were left, and 16 are requested
    assert row.note == "the other app: 1 of 4 refused"
    slower = [*ours, *(ServedRequest("v2/orders", 200, at) for at in (138,))]
    pacing.judge(row, case, pace, Window(began=100, length=30), 100, slower, theirs)
    assert row.ideal == pytest.approx(30 + 0.3)


@pytest.mark.parametrize("bursts", [False, True])
def test_another_app_uses_the_configured_part(bursts: bool) -> None:
    """One that takes all there is would make any connector look slow."""
    with Store({}, "--quota=1000", "--window-ms=300") as store:
        window = store.window(0.3)
        first = window.number(time.time())
        with Neighbour(store, window, 7, bursts=bursts):
            time.sleep(1.0)
        windows = window.number(time.time()) - first + 1
        requested = store.requests()
    assert {request.path for request in requested} == {PATH}
    assert 7 <= len(requested) <= 7 * windows


def test_the_worst_row_of_this_connector_decides_a_target() -> None:
    """A target that one stream misses is missed, whatever the others show."""
    target = Target("requests ÷ ceil(N/250)", lambda row: row.per_page, 1.05)
    rows = [_row(CONNECTOR, requests=10), _row(CONNECTOR, requests=11), _row(BARE, requests=99)]
    assert target.worst(rows) == 1.1
    assert not target.is_met(1.1)
    assert target.is_met(1.05)
    least = Target("records per CPU second ÷ bare loop", lambda row: row.of_bare, 0.4, at_least=True)
    assert least.worst(rows) is None
    assert [least.is_met(0.39), least.is_met(0.4)] == [False, True]


def test_ratios_compare_records_per_cpu_second_and_time_without_start_up() -> None:
    """Both are what the issue's targets are written in."""
    bare = _row(BARE, records=500, cpu_seconds=1.0)
    row = _row(CONNECTOR, records=1000, cpu_seconds=4.0, seconds=10.0, start_up=2.0, ideal=5.0, bare=bare)
    assert row.of_bare == 0.5
    assert row.of_ideal == 1.6


def test_the_processor_is_compared_net_of_start_up() -> None:
    """The import of the CDK would otherwise decide the ratio of a short sync."""
    bare = _row(BARE, records=500, cpu_seconds=1.1, start_up_cpu=0.1)
    row = _row(CONNECTOR, records=500, cpu_seconds=4.0, start_up_cpu=2.0, bare=bare)
    assert row.net_cpu == 2.0
    assert row.of_bare == pytest.approx(0.5)
    unmeasured = _row(CONNECTOR, records=500, cpu_seconds=4.0, bare=bare)
    assert unmeasured.of_bare == pytest.approx(1.1 / 4)  # neither less its start-up
    shorter = _row(CONNECTOR, records=500, cpu_seconds=1.9, start_up_cpu=2.0, bare=bare)
    assert shorter.of_bare is None  # a measurement below the noise is none


class _Reader:
    """A runner that requests coupons and prints the states of two streams, and keeps the tasks that it was given."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def command(self, store: Store, task: Task, folder: Path) -> Command:
        self.tasks.append(task)
        url = f"{store.api_url}/stores/{store.store_hash}/{PATH}"
        code = (
            "import sys, urllib.request as web\n"
            "web.urlopen(web.Request(sys.argv[1], headers={'X-Auth-Token': sys.argv[2]})).read()\n"
            "print(*sys.argv[3:], sep='\\n')"
        )
        return Command(
            [sys.executable, "-c", code, url, store.token, *map(_state, ("orders", "coupons", "orders"), "012")]
        )


def _state(stream: str, n: str) -> str:
    return f'{{"type":"STATE","state":{{"n":{n},"stream":{{"stream_descriptor":{{"name":"{stream}"}}}}}}}}'


def test_a_sync_after_another_one_has_the_states_of_all_its_streams() -> None:
    """Also where nothing has changed since; requests for coupons count unless another app makes them."""
    reader = _Reader()
    bench = Bench({CONNECTOR: reader})
    empty = bench.measure(Case(CONNECTOR, ("customers",), 0, runs=3))
    row = bench.measure(Case(CONNECTOR, ("orders", "coupons"), 60, changed=0, manners=("--coupons=300",)))
    assert [len(task.states) for task in reader.tasks] == [0, 0, 0, 0, 3]
    assert (row.requests, row.pages, row.per_page, row.note) == (1, 0, None, "")
    assert row.start_up_cpu == empty.cpu_seconds > 0
    shared = Case(CONNECTOR, ("orders",), 60, pace=Pace(1000, 30.0, (1000,), taken=1))
    assert bench.measure(shared).requests == 0


def test_the_median_of_several_runs_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The start-up is subtracted from everything, so one slow run must not decide it."""
    found = iter([_row(CONNECTOR, cpu_seconds=seconds) for seconds in (9.0, 2.0, 3.0)])
    bench = Bench({})
    monkeypatch.setattr(bench, "_run", lambda _: next(found))
    assert bench.measure(Case(CONNECTOR, ("customers",), 0, runs=3)).cpu_seconds == 3.0
    assert bench.start_up[CONNECTOR].cpu_seconds == 3.0


def test_the_newest_state_of_each_stream_is_passed_on(tmp_path: Path) -> None:
    """A state file with only the last one would read the other streams from their beginning."""
    reader = _Reader()
    with Store({}) as store:
        printed = run(reader.command(store, Task((), 0, 1), tmp_path).arguments).output.states
        Airbyte().command(store, Task(("orders", "coupons"), 50, 8, tuple(printed)), tmp_path)
    passed = json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))
    assert [(state["stream"]["stream_descriptor"]["name"], state["n"]) for state in passed] == [
        ("orders", 2),
        ("coupons", 1),
    ]


@pytest.mark.parametrize(
    ("streams", "parts"),
    [
        (("orders", "order_products"), ("orders", "lines")),
        (("products", "product_variants", "product_images"), ("products", "variants", "images")),
        (("customers",), ("customers",)),
    ],
)
def test_the_bare_loop_prints_each_record_once(streams: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Entries and their nested records, from one request for each page."""
    kind, *nested = parts
    with serve(Options(**dict.fromkeys(KINDS, 260), heavy=True, oddities=False)) as server:
        command = BareLoop().command(server, Task(streams, 260, 2), Path())
        printed = run(command.arguments, keep=True).output
        requested = [request.path for request in server.requests]
        bodies = [server.store.table(kind).body(id_) for id_ in server.store.ids(kind)]
    assert len(requested) == 2
    counted = Counter(json.loads(line)["record"]["stream"] for line in printed.text.splitlines())
    expected = [260, *(sum(len(body.parts[part]) for body in bodies) for part in nested)]
    assert [counted[stream] for stream in streams] == expected
    assert printed.records == sum(expected)


def test_each_command_is_compared_with_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The median of its runs; a command that fails ends the measurement."""
    seconds = iter([1.0, 1.1, 2.0, 3.0, 2.0, 2.2, 3.0, 4.0, 3.0, 3.3, 4.0, 5.0])
    monkeypatch.setattr(startup, "run", lambda *_, **__: Cost(0.0, 1.0, next(seconds), 100.0, Output()))
    monkeypatch.setattr(
        startup, "_commands", lambda *_: dict.fromkeys(("import", "spec", "check", "read"), Command([]))
    )
    rows = startup.rows(3)
    assert [(row.reads, row.cpu_seconds) for row in rows] == [
        ("import", 2.0), ("spec", 2.2), ("check", 3.0), ("read", 4.0)
    ]  # fmt: skip
    assert [row.of_import for row in rows] == pytest.approx([1.0, 1.1, 1.5, 2.0])
    (scenario,) = [one for one in cases.scenarios(cases.FULL) if one.name == "commands"]
    assert scenario.targets[0].worst(_as_ours(rows)) == pytest.approx(1.1)
    monkeypatch.setattr(startup, "run", lambda *_, **__: Cost(0.0, 1.0, 1.0, 100.0, Output(), "exit code 1: no store"))
    with pytest.raises(RuntimeError, match="no store"):
        startup.rows(1)


def _as_ours(rows: list[Row]) -> list[Row]:
    return [replace(row, runner=CONNECTOR) for row in rows]


def test_the_report_holds_every_scenario(tmp_path: Path) -> None:
    """With its rows, its targets, and columns only where they have values."""
    sections = []
    for scenario in cases.scenarios(cases.FULL):
        rows = [
            _row(case.runner, requests=10, records=10, cpu_seconds=3.0, start_up_cpu=1.0) for case in scenario.cases
        ]
        rows += [_row(CONNECTOR, cpu_seconds=2.0, import_cpu=2.0)] if scenario.rows else []
        compare_with_bare(rows)
        sections.append(report.Section(scenario, rows))
    path = tmp_path / "RESULTS.md"
    report.write(sections, "make bench", 60, path)
    text, shown = path.read_text(encoding="utf-8"), report.plain(sections, judged=True)
    for section in sections:
        part = text.split(f"\n## {section.scenario.title}\n")[1].split("\n## ")[0]
        assert part.count("\n|") >= len(section.rows) + 2
        assert ("÷ import" in part.splitlines()[1]) == (section.scenario.name == "commands")
        for target in section.scenario.targets:
            assert f"| {section.scenario.title} | {target.what} |" in text
            assert f"target: {target.what}" in shown


def test_the_lines_of_the_table_stand_below_each_other() -> None:
    """Read in a terminal, a column is a column."""
    scenario = Scenario("any", "Any", ())
    shown = report.plain([report.Section(scenario, [_row(CONNECTOR, requests=10), _row(BARE)])], judged=True)
    lines = [line for line in shown.splitlines() if line.startswith((CONNECTOR, BARE, "runner"))]
    ends = {line.index("peak MB") + len("peak MB") for line in lines[:1]}
    assert {line.rindex("0") + 1 for line in lines[1:]} == ends


def test_notes_survive_another_run(tmp_path: Path) -> None:
    """People write them; the benchmark renews the rest."""
    path = tmp_path / "RESULTS.md"
    section = report.Section(cases.scenarios(cases.TINY)[0], [_row(CONNECTOR, requests=10)])
    report.write([section], "make bench", 60, path)
    path.write_text(path.read_text(encoding="utf-8") + "\nWhere the time goes.\n", encoding="utf-8")
    report.write([section], "make bench", 120, path)
    text = path.read_text(encoding="utf-8")
    assert text.count("Where the time goes.") == 1
    assert text.count("2 minutes") == 1


def test_markdown_leaves_out_empty_columns_and_escapes_bars() -> None:
    """A note may quote anything."""
    row = _row(CONNECTOR, note="a | b")
    text = table.markdown([row])
    assert "quota used" not in text
    assert "a \\| b" in text


def _row(runner: str, **values: object) -> Row:
    return Row(runner, "orders", 2500, 10, **values)

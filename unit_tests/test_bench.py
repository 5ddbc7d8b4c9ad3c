"""The sources of the benchmark's figures: counting of output, the ideal times, and the table."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import cases, ideal, pacing, report, table
from benchmarks.cases import Case, Pace, Scenario, Target
from benchmarks.neighbour import PATH, Neighbour
from benchmarks.process import Output, run
from benchmarks.row import Row
from benchmarks.runners import BARE, CONNECTOR
from benchmarks.store import ServedRequest, Store, Window

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

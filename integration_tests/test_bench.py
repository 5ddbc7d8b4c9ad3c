"""`make bench` on hardly any records: that it measures at all, and counts right. No test looks at times."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import cases
from benchmarks.process import run
from benchmarks.row import Row
from benchmarks.runners import BARE, CONNECTOR
from benchmarks.store import ROOT
from sandbox import Options, serve

SCENARIOS = ("start-up", "commands", "requests", "heavy", "quota-10", "incremental", "unchanged")
pytestmark = pytest.mark.exhaustive

REDIRECT = {"PYTHONPATH": str(ROOT / "benchmarks" / "redirect")}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """The rows of some scenarios, read back from RESULTS.md."""
    path = tmp_path_factory.mktemp("bench") / "RESULTS.md"
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--results", str(path)]
    chosen = [part for name in SCENARIOS for part in ("--only", name)]
    runners = ["--runner", CONNECTOR, "--runner", BARE]  # the others would have to be installed
    done = subprocess.run([*command, *chosen, *runners], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the benchmark stops: {done.stderr[-1000:]}"
    text = path.read_text(encoding="utf-8")
    assert "| Commit |" in text
    assert "## Notes" in text
    titles = {scenario.title: scenario.name for scenario in cases.scenarios(cases.TINY)}
    found: dict[str, list[Row]] = {}
    for section in text.split("\n## ")[1:]:
        title, _, table = section.partition("\n")
        if title in titles:
            found[titles[title]] = _rows(table)
    return found


def _rows(table: str) -> list[Row]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    names, _, *body = lines
    rows = []
    for line in body:
        cell = dict(zip(names, line, strict=True))
        row = Row(cell["runner"], cell["reads"], _number(cell["N"]), 0, note=cell.get("note", ""))
        row.records, row.requests = _number(cell["records"]), _number(cell["requests"])
        row.refused = _number(cell["429s"])
        row.cpu_seconds, row.peak_mb = float(cell["CPU s"]), float(cell["peak MB"])
        rows.append(row)
    return rows


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_every_case_has_its_line_and_none_a_complaint(results: dict[str, list[Row]]) -> None:
    """A reader that failed, or printed other records than the bare loop, says so in its note."""
    for scenario in cases.scenarios(cases.TINY):
        if scenario.name in SCENARIOS and scenario.cases:
            wanted = [case for case in scenario.cases if case.runner in (CONNECTOR, BARE)]
            assert [row.runner for row in results[scenario.name]] == [case.runner for case in wanted]
    for rows in results.values():
        assert [row.note for row in rows if row.note] == []


def test_requests_and_records_are_counted(results: dict[str, list[Row]]) -> None:
    """The bare loop requests each page once and prints each record once; the connector little more, and as many."""
    pages = -(-cases.TINY.lists // 250)
    rows = results["requests"]
    for row in rows:
        if row.runner == BARE:
            assert row.requests == pages
        else:
            assert pages <= row.requests <= 3 * pages
        assert row.cpu_seconds > 0
        assert row.peak_mb > 10
    records = {(row.runner, row.reads): row.records for row in rows}
    for reads in ("orders", "products", "customers"):
        assert records[CONNECTOR, reads] == records[BARE, reads] == cases.TINY.lists
    assert records[CONNECTOR, "order_products"] == records[BARE, "order_products"] > 0
    both = records[BARE, "orders"] + records[BARE, "order_products"]
    assert records[BARE, "orders + order_products"] == both


def test_after_a_change_only_that_is_read(results: dict[str, list[Row]]) -> None:
    """The state of the first sync reaches the second one."""
    changed = cases.TINY.lists // 100
    for row in results["incremental"]:
        assert row.requests <= 10
        if row.reads != "order_products":
            assert row.records == changed


def test_heavy_records_are_the_same_for_both_readers(results: dict[str, list[Row]]) -> None:
    """Nested ones too; the connector reads some lists again, the bare loop each page once."""
    pages = {"orders": -(-cases.TINY.heavy_orders // 250)}
    records: dict[str, set[int]] = {}
    for row in results["heavy"]:
        records.setdefault(row.reads, set()).add(row.records)
        least = pages.get(row.reads.split()[0], -(-cases.TINY.heavy_others // 250))
        assert least <= row.requests <= 1.05 * least + 8
        assert row.runner != BARE or row.requests == least
    assert len(records) == 5
    assert all(len(counts) == 1 for counts in records.values())
    assert records["products"] == records["customers"] == {cases.TINY.heavy_others}


def test_a_sync_without_changes_lists_coupons_alone(results: dict[str, list[Row]]) -> None:
    """They have no date to filter by."""
    (row,) = results["unchanged"]
    assert row.records == 300
    assert 5 <= row.requests <= 7


def test_the_shortest_commands_are_measured(results: dict[str, list[Row]]) -> None:
    """Next to the import of the CDK."""
    commands = ["import of the CDK", "spec", "check", "read, an empty stream"]
    assert [row.reads for row in results["commands"]] == commands
    assert all(row.cpu_seconds > 0 for row in results["commands"])


def test_a_quota_is_kept(results: dict[str, list[Row]]) -> None:
    """The store under the benchmark has the quota of the scenario: more than a window of requests is made in peace."""
    (row,) = results["quota-10"]
    assert row.requests > cases.TINY.quotas[0][0]
    assert row.refused == 0


def test_a_connector_with_its_address_in_its_code_is_sent_to_the_store(tmp_path: Path) -> None:
    """Nothing of it is changed, and it cannot reach anything else by mistake."""
    send = "import requests, sys; print(requests.get(sys.argv[1], headers={'X-Auth-Token': 'sandbox-token'}).text)"
    with serve(Options(orders=1, products=1, customers=1)) as server:
        env = {**REDIRECT, "BENCHMARK_API_URL": server.api_url}
        theirs = "https://api.bigcommerce.com/stores/sandbox/v2/time"
        found = run([sys.executable, "-c", send, theirs], env, keep=True)
        elsewhere = run([sys.executable, "-c", send, "https://elsewhere.example.com/"], env)
        requested = [request.path for request in server.requests]
    assert found.output.text.startswith(b'{"time":')
    assert requested == ["v2/time"]
    assert "sends requests to the local store only" in elsewhere.failure


def test_make_bench_is_listed() -> None:
    """`make help` names it."""
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ})
    assert "make bench" in listed.stdout

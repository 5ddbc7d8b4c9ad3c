"""Runs a case, and makes a row of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import ideal, neighbour, pacing
from benchmarks.cases import Case, list_of
from benchmarks.environments import Unavailable
from benchmarks.neighbour import Neighbour
from benchmarks.process import Cost, run
from benchmarks.row import Row
from benchmarks.runners import BARE, CONNECTOR, Runner, Task, all_runners
from benchmarks.store import ServedRequest, Store

PAGE = 250
PATIENCE = 300.0
"""The seconds that one of the others may take; this connector has three times as many."""


@dataclass
class Bench:
    """Measures cases, remembering what later ones are compared with."""

    runners: dict[str, Runner] = field(default_factory=all_runners)
    start_up: dict[str, Row] = field(default_factory=dict)

    def measure(self, case: Case) -> Row:
        """The case's row; what could not be run says so in its note."""
        rows = sorted((self._run(case) for _ in range(case.runs)), key=lambda row: row.cpu_seconds)
        row = rows[len(rows) // 2]
        if case.size == 0:
            self.start_up[case.runner] = row
        return row

    def _run(self, case: Case) -> Row:
        row = Row(case.runner, case.label or " + ".join(case.streams), case.size, _pages(case))
        options = [f"--latency-ms={case.latency_ms}", *case.manners]
        if case.pace:
            options += [f"--quota={case.pace.quota}", f"--window-ms={case.pace.seconds * 1000:.0f}"]
        sizes = {list_of(stream): case.size for stream in case.streams}
        with tempfile.TemporaryDirectory() as folder, Store(sizes, *options) as store:
            try:
                self._fill(row, case, store, Path(folder))
            except Unavailable as reason:
                row.note = f"not run: {reason}"
        return row

    def _fill(self, row: Row, case: Case, store: Store, folder: Path) -> None:
        runner = self.runners[case.runner]
        task = Task(case.streams, case.size, case.workers)
        if case.changed is not None:
            task = self._after_a_change(case, store, folder)
        command = runner.command(store, task, folder)
        store.forget()
        limit = PATIENCE * (3 if case.runner == CONNECTOR else 1)
        with ExitStack() as neighbours:
            window = store.window(case.pace.seconds) if case.pace else None
            if case.pace and window and case.pace.taken:
                neighbours.enter_context(Neighbour(store, window, case.pace.taken, bursts=case.pace.bursts))
            cost = run(command.arguments, command.env, limit=limit)
            sent = store.requests()
        _note_cost(row, cost)
        ours = [request for request in sent if not _is_shared(case) or request.path != neighbour.PATH]
        _note_requests(row, ours)
        start_up = self.start_up.get(case.runner)
        row.start_up_cpu = start_up.cpu_seconds if start_up else 0.0
        if case.pace and window:
            theirs = [request for request in sent if request.path == neighbour.PATH]
            pacing.judge(row, case, case.pace, window, cost.began, ours, theirs)
        elif case.latency_ms:
            row.start_up = start_up.seconds if start_up else 0.0
            row.ideal = ideal.without_quota(row.pages, case.latency_ms / 1000, case.workers)

    def _after_a_change(self, case: Case, store: Store, folder: Path) -> Task:
        """Prepares a first sync and some edits, so that only the changes are left to read."""
        task = Task(case.streams, case.size, case.workers)
        command = self.runners[case.runner].command(store, task, folder)
        first = run(command.arguments, command.env)
        if first.failure or not first.output.states:
            raise Unavailable(f"the first sync left no state: {first.failure}")
        store.change(list_of(case.streams[0]), case.changed or 0)
        return Task(case.streams, case.size, case.workers, tuple(first.output.states))


def compare_with_bare(rows: list[Row]) -> None:
    """Gives each row of a scenario the bare loop's row: over the same records, or else over more of the same kind."""
    loops = [row for row in rows if row.runner == BARE]
    for row in rows:
        alike = sorted((loop for loop in loops if loop.reads == row.reads), key=lambda loop: loop.size != row.size)
        row.bare = loop = alike[0] if alike else None
        if loop and loop.size == row.size and loop.records != row.records and not row.note:
            row.note = f"the bare loop prints {loop.records:,} records"


def _note_cost(row: Row, cost: Cost) -> None:
    row.records, row.note = cost.output.records, cost.failure
    row.seconds, row.cpu_seconds, row.peak_mb = cost.seconds, cost.cpu_seconds, cost.peak_mb


def _note_requests(row: Row, requests: Sequence[ServedRequest]) -> None:
    row.requests = len(requests)
    row.refused = row.refused_later = sum(1 for request in requests if request.status == 429)
    if errors := {request.status for request in requests if request.status >= 400 and request.status != 429}:
        row.add_note(f"responses {', '.join(map(str, sorted(errors)))}")


def _is_shared(case: Case) -> bool:
    """Returns True if another app uses the store at the same time."""
    return case.pace is not None and case.pace.taken > 0


def _pages(case: Case) -> int:
    lists = len({list_of(stream) for stream in case.streams})
    return lists * -(-(case.size if case.changed is None else case.changed) // PAGE)

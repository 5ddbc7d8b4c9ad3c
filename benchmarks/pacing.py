"""The evaluation of a run under a quota, by its windows and the requests of other apps in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks import ideal
from benchmarks.cases import Case, Pace
from benchmarks.row import Row
from benchmarks.store import ServedRequest, Window


def judge(
    row: Row,
    case: Case,
    pace: Pace,
    window: Window,
    began: float,
    ours: Sequence[ServedRequest],
    theirs: Sequence[ServedRequest],
) -> None:
    """Fills in what the row says of the quota; `window` was under way when the run `began`, `theirs` are another's."""
    used = Counter(window.number(request.at) for request in ours if request.status != 429)
    taken = _taken(ours, theirs, window)
    row.refused_later = sum(1 for request in ours if request.status == 429 and window.number(request.at) > 0)
    last = max(used, default=0)
    if last:
        row.quota_used = sum(used[number] for number in range(last)) / (pace.quota * last)
    row.ideal = ideal.under_quota(
        sum(used.values()),
        [pace.budgets[number % len(pace.budgets)] - taken[number] for number in range(last + 1)],
        first=window.began + pace.seconds - began,
        length=pace.seconds,
        latency=case.latency_ms / 1000,
        workers=case.workers,
    )
    if theirs:
        refused = sum(1 for request in theirs if request.status == 429)
        row.add_note(f"the other app: {refused} of {len(theirs)} refused")


def _taken(ours: Sequence[ServedRequest], theirs: Sequence[ServedRequest], window: Window) -> Counter[int]:
    """Returns the requests of the other app in each window before our last one in it: the rest was left to it."""
    ends: dict[int, float] = {}
    for request in ours:
        number = window.number(request.at)
        ends[number] = max(ends.get(number, 0.0), request.at)
    numbers = ((window.number(request.at), request) for request in theirs if request.status != 429)
    return Counter(number for number, request in numbers if request.at <= ends.get(number, 0.0))

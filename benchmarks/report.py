"""The results of a run: on the terminal, and in RESULTS.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import table
from benchmarks.cases import Scenario, Target
from benchmarks.row import Row
from benchmarks.store import ROOT

RESULTS = Path(__file__).parent / "RESULTS.md"
_NOTES = "## Notes"
_NO_NOTES = f"{_NOTES}\n\nThis section is kept when the benchmark is run again.\n"


@dataclass(frozen=True)
class Section:
    """A scenario and its rows."""

    scenario: Scenario
    rows: list[Row]


def plain(sections: Sequence[Section], *, judged: bool) -> str:
    """One table; `judged` says whether the sizes are those that the targets are meant for."""
    lines = [table.cells(section.rows) for section in sections]
    wide = table.widths([line for part in lines for line in part])
    head = table.aligned(list(table.COLUMNS), wide)
    shown = [head, "-" * len(head)]
    for section, part in zip(sections, lines, strict=True):
        shown += ["", section.scenario.title]
        shown += [table.aligned(line, wide) for line in part]
        if judged:
            shown += [f"  target: {_verdict(target, section.rows)}" for target in section.scenario.targets]
    return "\n".join([*shown, "", table.LEGEND])


def write(sections: Sequence[Section], command: str, seconds: float, path: Path = RESULTS) -> None:
    """Renews RESULTS.md, all but its notes."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    notes = old[old.index(_NOTES) :] if _NOTES in old else _NO_NOTES
    parts = [
        "# Results of `make bench`",
        _circumstances(command, seconds),
        "## Targets",
        _targets(sections),
        *(f"## {section.scenario.title}\n\n{table.markdown(section.rows)}" for section in sections),
        table.LEGEND,
    ]
    path.write_text("\n\n".join([*parts, notes]), encoding="utf-8")


def _targets(sections: Sequence[Section]) -> str:
    lines = ["| Scenario | Measure | Target | Worst measured | |", "|---|---|---:|---:|---|"]
    for section in sections:
        for target in section.scenario.targets:
            worst = target.worst(section.rows)
            bound = f"{'≥' if target.at_least else '≤'} {target.bound:g}"
            found = ["", "not measured"] if worst is None else [f"{worst:.2f}", _met(target, worst)]
            lines.append(f"| {' | '.join([section.scenario.title, target.what, bound, *found])} |")
    return "\n".join(lines)


def _verdict(target: Target, rows: list[Row]) -> str:
    worst = target.worst(rows)
    bound = f"{target.what} {'≥' if target.at_least else '≤'} {target.bound:g}"
    return f"{bound}: not measured" if worst is None else f"{bound}: {worst:.2f}, {_met(target, worst)}"


def _met(target: Target, worst: float) -> str:
    return "met" if target.is_met(worst) else "not met"


def _circumstances(command: str, seconds: float) -> str:
    facts = [
        ("Command", f"`{command}`, {seconds / 60:.0f} minutes"),
        ("Commit", _commit()),
        ("Date", f"{datetime.now(timezone.utc):%Y-%m-%d}"),
        ("Machine", f"{os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.system()}, {_python()}"),
    ]
    return (
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)])
        + "\n\nThe store is a process of its own, whose CPU and memory are not counted. It runs on the same machine: "
        "where there are only two cores, the store, the reader and the counting of records share them, and seconds "
        "are longer than against a store elsewhere. Ratios within one run are what counts.\n\nAll figures are those of "
        "the commit above. What was changed later is not in them."
    )


def _commit() -> str:
    def git(*arguments: str) -> str:
        found = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return found.stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def _memory_gib() -> float:
    total = re.search(r"MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    return int(total[1]) / 1024**2 if total else 0.0


def _python() -> str:
    return f"Python {platform.python_version()}"

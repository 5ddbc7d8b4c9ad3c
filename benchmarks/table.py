"""Rows as an aligned table, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.row import Row


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


COLUMNS: dict[str, Callable[[Row], str]] = {
    "runner": lambda row: row.runner,
    "reads": lambda row: row.reads,
    "N": lambda row: f"{row.size:,}",
    "records": lambda row: f"{row.records:,}",
    "requests": lambda row: f"{row.requests:,}",
    "÷ pages": lambda row: _number(row.per_page),
    "429s": lambda row: f"{row.refused}" if row.refused == row.refused_later else f"{row.refused} (first window)",
    "seconds": lambda row: _number(row.seconds, 1),
    "less start-up": lambda row: _number(row.seconds - row.start_up, 1) if row.start_up else "",
    "÷ ideal": lambda row: _number(row.of_ideal),
    "quota used": lambda row: "" if row.quota_used is None else f"{row.quota_used:.0%}",
    "CPU s": lambda row: _number(row.cpu_seconds, 1),
    "net CPU s": lambda row: _number(row.net_cpu, 1),
    "÷ bare": lambda row: _number(row.of_bare),
    "÷ import": lambda row: _number(row.of_import),
    "peak MB": lambda row: _number(row.peak_mb, 0),
    "note": lambda row: row.note,
}
_TEXT = {"runner", "reads", "note"}
LEGEND = """\
- N: records in each list of the store
- ÷ pages: requests over ceil(N/250) for each list, or over ceil(changed/250) after a change
- ÷ ideal: seconds (less the start-up if it is given) over the least time that the requests can take
- quota used: share of the quota in all windows but the last
- net CPU s: CPU seconds less those that the same program takes for the empty store
- ÷ bare: records per CPU second over those of the bare loop, by net CPU seconds where both have them
- ÷ import: CPU seconds over those of a bare `import airbyte_cdk.entrypoint`"""


def cells(rows: Sequence[Row]) -> list[list[str]]:
    """The rows' cells, columns that all of them leave empty included."""
    return [[shown(row) for shown in COLUMNS.values()] for row in rows]


def widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """Returns the width that each column must have."""
    return [max(len(line[at]) for line in [list(COLUMNS), *lines]) for at in range(len(COLUMNS))]


def aligned(line: Sequence[str], wide: Sequence[int]) -> str:
    """A line of the plain table: text to the left, numbers to the right."""
    parts = [
        cell.ljust(width) if name in _TEXT else cell.rjust(width)
        for cell, width, name in zip(line, wide, COLUMNS, strict=True)
    ]
    return "  ".join(parts).rstrip()


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table of Markdown, without columns that are empty."""
    lines = cells(rows)
    used = [at for at in range(len(COLUMNS)) if any(line[at] for line in lines)]
    names = list(COLUMNS)
    head = [names[at] for at in used]
    ruler = ["---" if names[at] in _TEXT else "---:" for at in used]
    body = [[line[at].replace("|", "\\|") for at in used] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ruler, *body])

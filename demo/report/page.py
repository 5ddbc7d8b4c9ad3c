"""The page: figures, charts, and the comparison of the copy with the store, in HTML that refers to nothing outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import vl_convert

from demo.report import questions, themes
from demo.report.panels import QUESTIONS, Answers, Panel, panels
from demo.report.questions import Row

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Copied:
    """A table of the warehouse: its rows, the records that the store has, and how many values were compared."""

    table: str
    records: int
    rows: int
    values: int


def write(path: Path, database: Path, schema: str, copied: Sequence[Copied]) -> None:
    """Writes the report on the marts, which are in a schema of a DuckDB file."""
    path.write_text(page(questions.ask(database, schema, QUESTIONS), copied), encoding="utf-8")


def page(answers: Answers, copied: Sequence[Copied]) -> str:
    """Returns the page. `answers` are the rows for each of `QUESTIONS`."""
    [summary] = answers["summary"]
    shown = list(panels(answers))
    return Template(_text("page.html")).substitute(
        style=_text("page.css"),
        last_day=summary["last_day"],
        currency=escape(summary["currency"]),
        tiles="\n".join(_tiles(summary)),
        panels="\n".join(map(_panel, shown)),
        proof=escape(_proof(copied)),
        copied="\n".join(map(_copied, copied)),
        total=_copied(_total(copied)),
        library=vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace("</script", "<\\/script"),
        charts=_json({panel.name: panel.chart for panel in shown}),
        themes=_json({"light": themes.LIGHT, "dark": themes.DARK}),
        script=_text("page.js"),
    )


def _tiles(summary: Row) -> Iterator[str]:
    for title, value in (
        ("Net revenue", f"{summary['net']:,.0f}"),
        ("Net per order", f"{summary['average_order']:,.0f}"),
        ("Orders", f"{summary['orders']:,}"),
        ("Customers", f"{summary['customers']:,}"),
        ("Repeat orders", f"{summary['repeat_rate']:.0%}"),
        ("Refund rate", f"{summary['refund_rate']:.1%}"),
    ):
        yield f'<div><dt>{title}</dt><dd>{escape(value)}</dd><dd class="period">last 12 months</dd></div>'


def _panel(panel: Panel) -> str:
    kind = ' class="wide"' if panel.is_wide else ""
    return (
        f'<section id="{panel.name}"{kind}>\n<h2>{escape(panel.title)}</h2>\n<p>{escape(panel.caption)}</p>\n'
        f'<div class="chart" role="img" aria-label="{escape(panel.title)}"></div>\n'
        f"<details><summary>Query</summary><pre>{escape(panel.sql)}</pre></details>\n</section>"
    )


def _proof(copied: Sequence[Copied]) -> str:
    total = _total(copied)
    return (
        f"{total.rows:,} rows and {total.values:,} values were compared with the store after the last sync. "
        "The demo stops at a difference, before this report."
    )


def _total(copied: Sequence[Copied]) -> Copied:
    return Copied(
        "Together",
        sum(one.records for one in copied),
        sum(one.rows for one in copied),
        sum(one.values for one in copied),
    )


def _copied(one: Copied) -> str:
    difference = one.rows - one.records
    kind, shown = ("differs", f"{difference:+,}") if difference else ("same", "0")
    cells = f"<td>{one.records:,}</td><td>{one.rows:,}</td><td class={kind}>{shown}</td>"
    return f"<tr><td>{escape(one.table).replace('_', '_<wbr>')}</td>{cells}</tr>"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")  # no name ends the script element


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").rstrip()

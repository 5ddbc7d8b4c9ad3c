"""`python -m benchmarks`: everything side by side in one run on the local store."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks import cases, report
from benchmarks.measure import Bench, compare_with_bare
from benchmarks.report import Section
from benchmarks.runners import CONNECTOR


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick", action="store_true", help="small stores, a few minutes: to see that it works; ratios mean little"
    )
    size.add_argument("--tiny", action="store_true", help="hardly any records: what the test runs")
    parser.add_argument("--only", action="append", metavar="SCENARIO", help=f"one of {', '.join(names)}; repeatable")
    parser.add_argument("--runner", action="append", help="only this runner, by its name in the table; repeatable")
    parser.add_argument("--results", type=Path, help="where to write; RESULTS.md after a whole run, else nowhere")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Prints the table; the rows also one by one as they are measured, on stderr."""
    parser = _parser([scenario.name for scenario in cases.scenarios(cases.FULL)])
    given = parser.parse_args(argv)
    scenarios = cases.scenarios(cases.TINY if given.tiny else cases.QUICK if given.quick else cases.FULL)
    if given.only:
        if unknown := set(given.only) - {scenario.name for scenario in scenarios}:
            parser.error(f"there is no scenario {', '.join(sorted(unknown))} of this size")
        scenarios = [scenario for scenario in scenarios if scenario.name in {"start-up", *given.only}]
    began = time.monotonic()
    bench = Bench()
    sections = []
    for scenario in scenarios:
        rows = scenario.rows() if scenario.rows and CONNECTOR in (given.runner or (CONNECTOR,)) else []
        for case in scenario.cases:
            if given.runner and case.runner not in given.runner:
                continue
            row = bench.measure(case)
            rows.append(row)
            done = f"{row.runner}, {row.reads}, {row.size:,}: {row.seconds:.1f} s {row.note}".rstrip()
            print(f"{time.monotonic() - began:5.0f} s  {scenario.name}: {done}", file=sys.stderr, flush=True)
        compare_with_bare(rows)
        sections.append(Section(scenario, rows))
    print(report.plain(sections, judged=not (given.quick or given.tiny)))
    whole = not (given.only or given.quick or given.tiny or given.runner)
    path = given.results or (report.RESULTS if whole else None)
    if path:
        report.write(sections, _command(given), time.monotonic() - began, path)
    return 0


def _command(given: argparse.Namespace) -> str:
    """The command that would measure the same again."""
    options = [f"--{name}" for name in ("quick", "tiny") if getattr(given, name)]
    options += [f"--{name} {value!r}" for name in ("only", "runner") for value in getattr(given, name) or ()]
    return f'make bench ARGS="{" ".join(options)}"' if options else "make bench"


if __name__ == "__main__":
    raise SystemExit(main())

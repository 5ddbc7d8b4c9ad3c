"""In CI nothing is skipped: a check that did not run has not passed."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# The CDK's suite offers each of its tests every scenario, and leaves out those that are another test's.
_ANOTHER_TEST_S = "does not run for scenario"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that is skipped on a developer's machine, for want of a program say, fails in CI."""
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So does a module that is skipped whole."""
    return _failed_if_skipped((yield))


def _failed_if_skipped(report: Report) -> Report:
    if report.skipped and os.environ.get("CI") and isinstance(report.longrepr, tuple):
        _, _, reason = report.longrepr
        if _ANOTHER_TEST_S not in reason:
            report.outcome, report.longrepr = "failed", f"CI skips nothing. {reason}"
    return report

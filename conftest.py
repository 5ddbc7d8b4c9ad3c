"""In CI nothing is skipped: a check that did not run has not passed."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

# The CDK's suite offers each of its tests every scenario, and leaves out those that are another test's.
_ANOTHER_TEST_S = "does not run for scenario"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that is skipped on a developer's machine, for want of a program say, fails in CI."""
    report = yield
    if report.skipped and os.environ.get("CI") and isinstance(report.longrepr, tuple):
        _, _, reason = report.longrepr
        if _ANOTHER_TEST_S not in reason:
            report.outcome, report.longrepr = "failed", f"CI skips nothing. {reason}"
    return report

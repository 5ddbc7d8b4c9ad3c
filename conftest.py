"""Rules for every suite: CI skips nothing, and no process is left with the threads of finished tests."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

_ACCEPTED = (
    "does not run for scenario",  # the CDK's suite offers each of its tests every scenario: this one is another test's
    "not repeated by CI",  # it cannot install the tool: see CONTRIBUTING.md
    "docker dates the files of an image",  # GitHub's runners have docker; two builds can be compared with podman
)

MOST_THREADS_LEFT = 5
GRACE = 10.0  # seconds in which threads that were stopped may end


@pytest.fixture(scope="session", autouse=True)
def no_threads_left_behind() -> Iterator[None]:
    """Fails the last test of a process in which tests left more than a handful of threads running."""
    before = set(threading.enumerate())
    yield
    gc.collect()  # a pool of threads that is garbage ends them
    deadline = time.monotonic() + GRACE
    while len(left := set(threading.enumerate()) - before) > MOST_THREADS_LEFT and time.monotonic() < deadline:
        time.sleep(0.05)
        gc.collect()  # one of the threads may have been the last to hold the pool
    if len(left) > MOST_THREADS_LEFT:
        kinds = Counter(thread.name.rstrip("0123456789") for thread in left)
        pytest.fail(f"{len(left)} threads were left running: {dict(kinds)}. Close what started them.", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that is skipped on a developer's machine, without a program say, fails in CI."""
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
        if not any(accepted in reason for accepted in _ACCEPTED):
            report.outcome, report.longrepr = "failed", f"CI skips nothing. {reason}"
    return report

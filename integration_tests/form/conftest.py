"""One browser and one page for all tests of the form; each test gets an untouched form on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from integration_tests.form.connection_form import ConnectionForm, open_page
from integration_tests.harness import CommandLine, messages
from sandbox import Options, Server, serve


@pytest.fixture(scope="session")
def specification(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The output of the `spec` command."""
    _, output = CommandLine(tmp_path_factory.mktemp("spec")).run("spec")
    [message] = [m for m in messages(output.splitlines(keepends=True)) if m["type"] == "SPEC"]
    connection = message["spec"]["connectionSpecification"]
    assert isinstance(connection, dict)
    return connection


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    with open_page() as page:
        yield page


@pytest.fixture
def form(page: Page, specification: dict[str, Any]) -> ConnectionForm:
    return ConnectionForm(page, specification)


@pytest.fixture(scope="session")
def store() -> Iterator[Server]:
    """A small sandbox store that `check` succeeds against."""
    with serve(Options(orders=5, products=5, customers=5, coupons=5)) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each thing that is missing, instead of one for each test that misses it."""
    for reason in sorted({report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}):
        terminalreporter.write_line(reason)

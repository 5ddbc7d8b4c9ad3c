"""One report and one browser for all tests; each test opens the report by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from integration_tests.browser import open_browser
from integration_tests.conftest import Once
from integration_tests.report import shop
from integration_tests.tools import need_dbt


@pytest.fixture(scope="session")
def folder(once: Once) -> Path:
    """The folder with the report and the database that it was made from."""
    need_dbt()
    return once("report", shop.make)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser

"""Fixtures of the tests: built and run once, also where several workers run them."""

from __future__ import annotations

import pytest

from integration_tests.conftest import Once
from integration_tests.pyairbyte import package, scenario
from integration_tests.pyairbyte.package import Installation
from integration_tests.pyairbyte.scenario import Story


@pytest.fixture
def installation(once: Once) -> Installation:
    """The connector, installed from its wheel."""
    return package.installed(once("package", package.build_and_install))


@pytest.fixture
def story(once: Once, installation: Installation) -> Story:
    """Two syncs by PyAirbyte with the installed connector."""
    connector = {"local_executable": str(installation.script)}
    folder = once("story", lambda folder: scenario.save(scenario.play(folder, connector), folder / "story.json"))
    return scenario.load(folder / "story.json")

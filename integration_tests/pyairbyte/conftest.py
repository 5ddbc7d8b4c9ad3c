"""What the tests share: built and played once per run, also where several workers run them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from integration_tests.pyairbyte import package, scenario
from integration_tests.pyairbyte.package import Installation
from integration_tests.pyairbyte.scenario import Story

Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """A folder by name, filled by the test that asks first; others wait for it, and are short when that failed."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def filled(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = root / name, root / f"{name}.done"
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                if folder.exists():
                    pytest.fail(f"Needs {folder}: the first error of this run says what it lacks.", pytrace=False)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return filled


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

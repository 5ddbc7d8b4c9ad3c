"""The image, built again from this checkout before it is tested; figures that were measured close the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from image.build import NAME, NO_ENGINE, NOT_RUN, Image, build
from image.engine import EngineError, UnavailableError, find
from integration_tests.image.containers import Containers
from integration_tests.image.contents import Contents

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def image(pytestconfig: pytest.Config) -> Image:
    """The image that was built, and its base."""
    engine = find() or without_image(pytestconfig, NO_ENGINE)
    if not engine.runs_containers:
        without_image(pytestconfig, NOT_RUN)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture
    with capture.global_and_fixture_disabled():
        try:
            built = build(engine)
        except UnavailableError as error:
            without_image(pytestconfig, str(error))
        except EngineError as error:
            pytest.fail(str(error), pytrace=False)
        print(built, flush=True)
    return built


@pytest.fixture(scope="session")
def settings(image: Image) -> dict[str, Any]:
    """The labels of the image."""
    found = json.loads(image.engine.run("image", "inspect", NAME))[0]["Config"]
    assert isinstance(found, dict)
    return found


def without_image(config: pytest.Config, reason: str) -> NoReturn:
    """Leaves out every test of this folder, and says why in one line."""
    config.stash.setdefault(FIGURES, []).append(f"The image was not tested. {reason}")
    pytest.skip(reason)


@pytest.fixture
def containers(image: Image, tmp_path: Path) -> Containers:
    return Containers(tmp_path)


@pytest.fixture(scope="session")
def contents(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contents]:
    """Every file of the image."""
    with Contents.of(image.engine, NAME, tmp_path_factory.mktemp("image")) as contents:
        yield contents


@pytest.fixture(scope="session")
def base_contents(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contents]:
    """Every file of the base that the image stands on."""
    with Contents.of(image.engine, image.base.name, tmp_path_factory.mktemp("base")) as contents:
        yield contents


@pytest.fixture(scope="session")
def figure(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Notes a figure for the end of the report: measured, and not held to anything."""
    return pytestconfig.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the figures."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)

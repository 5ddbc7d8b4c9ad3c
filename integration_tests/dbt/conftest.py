"""Fixtures: the installed package, and the databases it is run on, each made once and only if a test needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from integration_tests.dbt.project import Project, install
from integration_tests.dbt.warehouse import Warehouse, warehouse

Databases = Callable[[str, str], Warehouse]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of a user."""
    return install(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def databases(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A function that returns the database of a store (`awkward`, `plain`) in a kind of warehouse."""
    made: dict[tuple[str, str], Warehouse] = {}
    with ExitStack() as running:

        def of(store: str, target: str) -> Warehouse:
            if (store, target) not in made:
                folder = tmp_path_factory.mktemp(f"{store}-{target}")
                made[store, target] = running.enter_context(warehouse(folder, project, store, target))
            return made[store, target]

        yield of

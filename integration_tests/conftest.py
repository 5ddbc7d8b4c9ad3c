"""Fixtures for tests of several processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from source_bigcommerce.api import client
from source_bigcommerce.api.rate_limit.headers import B2B_HEADERS
from source_bigcommerce.api.rate_limit.pace import ApiQuota

Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(autouse=True)
def no_documented_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox has the quota that a test asks for: with the documented rates of B2B Edition, tests would wait."""
    monkeypatch.setattr(client, "B2B_QUOTA", ApiQuota(B2B_HEADERS))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder by name, filled once per run: other processes wait for it, and fail when filling it failed."""
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

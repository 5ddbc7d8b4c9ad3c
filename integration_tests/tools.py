"""Programs that some tests need in addition to Python packages.

Where one is missing the test is skipped, and the summary names it; in CI a skipped test fails (see conftest.py).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


def need(command: str, package: str) -> str:
    """The path of a program. `package` is what to install where it is missing."""
    path = shutil.which(command)
    if not path:
        pytest.skip(f"{command} is not installed: `apt-get install {package}` brings it.")
    return path


def need_dbt() -> Path:
    """The path of dbt, which has an environment of its own: see pyproject.toml."""
    path = Path(sys.prefix) / "dbt" / "bin" / "dbt"
    if not path.exists():
        pytest.skip(f"{path} is missing: `make report` installs it.")
    return path

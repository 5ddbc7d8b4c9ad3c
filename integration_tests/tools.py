"""Programs that some tests need besides Python packages.

On a developer's machine a missing one skips the test and is named in the summary; in CI nothing may be skipped, so
there it fails the test.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def need(command: str, package: str) -> str:
    """The path of a program. `package` is what to install where it is missing."""
    return shutil.which(command) or missing(f"{command} is not installed: `apt-get install {package}` brings it.")


def missing(reason: str) -> NoReturn:
    """Skips the test that needs what is missing, or fails it in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"CI skips nothing. {reason}", pytrace=False)
    pytest.skip(reason)

"""Other connectors from PyPI, each in an environment of its own, set up when it is first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / ".environments"
_PATIENCE = 300


class Unavailable(Exception):
    """A package that cannot be installed here; the message says why in one line."""


@dataclass(frozen=True)
class Package:
    """A release, the command that it brings, and the versions of Python that it runs on, the best first."""

    name: str
    version: str
    command: str
    pythons: tuple[str, ...]


ARCHIVED = Package("airbyte-source-bigcommerce", "0.2.22", "source-bigcommerce", ("3.10", "3.9"))
"""The last one on PyPI. Its CDK, which it pins, does not start on Python 3.11."""
TAP = Package("tap-bigcommerce", "1.1.3", "tap-bigcommerce", ("3.11", "3.10", "3.9"))
"""Stitch's."""


def executable(package: Package) -> str:
    """The path of the package's command. Raises Unavailable where it cannot be installed."""
    home = _FOLDER / f"{package.name}-{package.version}"
    command = home / "bin" / package.command
    done = home / "installed"
    if not done.exists():
        _create(package, home)
        uv = [_uv(), "pip", "install", "--quiet", "--python", str(home / "bin" / "python")]
        _run([*uv, f"{package.name}=={package.version}"])
        if not command.exists():
            raise Unavailable(f"{package.name} {package.version} brings no command {package.command}")
        done.touch()
    return str(command)


def _create(package: Package, home: Path) -> None:
    reasons = []
    for python in _pythons(package):
        shutil.rmtree(home, ignore_errors=True)
        try:
            _run([_uv(), "venv", "--quiet", "--python", python, str(home)])
        except Unavailable as error:
            reasons.append(str(error))
        else:
            return
    raise Unavailable(f"it needs Python {' or '.join(package.pythons)}: {reasons[-1]}")


def _pythons(package: Package) -> Iterator[str]:
    """Interpreters to try: pyenv's, which need not be on the path, then whatever uv finds or downloads."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for version in package.pythons:
        yield from (str(python) for python in sorted(pyenv.glob(f"versions/{version}.*/bin/python")))
        yield version


def _uv() -> str:
    own = Path(sys.executable).parent / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if not found:
        raise Unavailable("uv is not installed: `pip install uv`")
    return found


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"not installed within {_PATIENCE} s") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines()
        raise Unavailable(lines[-1].strip() if lines else f"exit code {error.returncode}") from None

"""The connector as its users get it: built into a wheel, and installed where no checkout can fill a gap."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NOT_SOURCE = shutil.ignore_patterns(".*", "build", "dist", "demo_output", "node_modules", "*.egg-info", "__pycache__")


@dataclass(frozen=True)
class Installation:
    """A wheel and the environment that it was installed into."""

    wheel: Path
    environment: Path

    @property
    def script(self) -> Path:
        """The console script."""
        return self.environment / "bin" / "source-bigcommerce"

    @property
    def python(self) -> Path:
        """The interpreter that the console script runs on."""
        return self.environment / "bin" / "python"


def build_and_install(folder: Path) -> None:
    """Builds the wheel from a copy of the sources, without a network, and installs it without its dependencies."""
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=_NOT_SOURCE)  # `build/` of an earlier build would end up in the wheel
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    shutil.rmtree(source)
    installation = installed(folder)
    venv.create(installation.environment, with_pip=False, symlinks=True)
    _pip("--python", str(installation.python), "install", "--ignore-installed", "--no-deps", str(installation.wheel))
    _lend_dependencies(installation.python)


def installed(folder: Path) -> Installation:
    """The package that was built and installed in a folder."""
    (wheel,) = folder.glob("*.whl")
    return Installation(wheel, folder / "environment")


def _lend_dependencies(python: Path) -> None:
    """A `.pth` file in a path that a `.pth` file names is not read: an editable connector is not lent along."""
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    lent = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    Path(site, "dependencies.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")


def _pip(*arguments: str) -> None:
    _run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        pytest.fail(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}", pytrace=False)

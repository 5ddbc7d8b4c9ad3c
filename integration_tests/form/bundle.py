"""The page that shows the form, built from `page/` into an ignored folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from integration_tests.tools import need

SOURCES = Path(__file__).parent / "page"
FOLDER = Path(__file__).parents[2] / "build" / "form"
PACKAGE_FILES = (".npmrc", "package.json", "package-lock.json")


def bundle() -> Path:
    """The page's path. What it is made from is installed and built only where it has changed since the last time."""
    need("node", "nodejs")
    npm = need("npm", "npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel test workers share the folder
        packages = [SOURCES / name for name in PACKAGE_FILES]
        if _changed("packages", packages):
            _install(npm, packages)
        sources = sorted(SOURCES.iterdir())
        if _changed("page", sources):
            _build()
        _keep("packages", packages)
        _keep("page", sources)
    return FOLDER / "index.html"


def _install(npm: str, files: Iterable[Path]) -> None:
    for file in files:
        shutil.copy(file, FOLDER)
    done = subprocess.run(
        [npm, "ci", "--loglevel=error"], cwd=FOLDER, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        pytest.skip(f"npm could not install the packages of the form's page:\n{done.stdout}")


def _build() -> None:
    shutil.copy(SOURCES / "index.html", FOLDER)
    subprocess.run(
        [
            FOLDER / "node_modules/.bin/esbuild",
            SOURCES / "main.jsx",
            "--bundle",
            "--minify",
            "--jsx=automatic",
            "--loader:.woff2=dataurl",
            '--define:process.env.NODE_ENV="production"',
            "--log-level=warning",
            f"--outfile={FOLDER / 'form.js'}",
        ],
        check=True,
        env={**os.environ, "NODE_PATH": str(FOLDER / "node_modules")},
    )


def _changed(what: str, files: Iterable[Path]) -> bool:
    stamp = FOLDER / f"{what}.stamp"
    return not stamp.exists() or stamp.read_text() != _digest(files)


def _keep(what: str, files: Iterable[Path]) -> None:
    (FOLDER / f"{what}.stamp").write_text(_digest(files))


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()

"""Wheel and source distribution: built twice and compared, and tried in an empty environment. `make dist`.

`python -m tools.distribution build` and `try` do one of the two: a release builds where only uv is installed, and
tries the packages elsewhere.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD_LOCK = ROOT / "image" / "build-requirements.lock"
DIST = ROOT / "dist"
PROGRAMS = ("source-bigcommerce", "bigcommerce-probe")


class DistributionError(Exception):
    """The packages cannot be released; the text says why."""


def build(folder: Path, epoch: str) -> dict[str, str]:
    """Builds both packages into a folder, dated with Unix seconds. Returns the SHA-256 of each by its name.

    The version of setuptools is that of the image's lock: another one writes other metadata.
    """
    _run(
        # The wheel is made from the source distribution, so that nothing of an earlier build can be in it.
        [
            *(_program("uv"), "build", "--quiet", "--no-config", "--out-dir", folder),
            *("--build-constraints", BUILD_LOCK, "--require-hashes", ROOT),
        ],
        {**os.environ, "SOURCE_DATE_EPOCH": epoch},
    )
    _normalize(next(folder.glob("*.tar.gz")), int(epoch))
    packages = sorted(path for path in folder.iterdir() if path.suffix in (".whl", ".gz"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in packages}


def metadata_of(wheel: Path) -> Message:
    """Returns the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as files:
        (path,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(files.read(path))


def contents_of(wheel: Path) -> list[str]:
    """Returns the paths of the files in a wheel."""
    with zipfile.ZipFile(wheel) as files:
        return files.namelist()


def try_out(wheel: Path) -> None:
    """Installs a wheel into an empty environment and starts its programs. Raises DistributionError."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        _run([_program("uv"), "venv", "--quiet", "--python", sys.executable, environment])
        _run([_program("uv"), "pip", "install", "--quiet", "--python", environment / "bin/python", wheel])
        for program in PROGRAMS:
            _run([environment / "bin" / program, "--help"], cwd=Path(folder))
        _run([environment / "bin/source-bigcommerce", "spec"], cwd=Path(folder))


def epoch_of_commit() -> str:
    """Returns the date of the newest commit in Unix seconds."""
    return _run(["git", "log", "-1", "--format=%ct"]).strip()


def _normalize(archive: Path, epoch: int) -> None:
    """Writes a source distribution again with one date and owner, as setuptools keeps those of the checkout."""
    with tarfile.open(archive) as old:
        members = sorted(((one, old.extractfile(one) if one.isreg() else None) for one in old), key=lambda m: m[0].name)
        contents = [(one, file.read() if file else b"") for one, file in members]
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for one, content in contents:
            one.mtime, one.uid, one.gid, one.uname, one.gname, one.pax_headers = epoch, 0, 0, "", "", {}
            one.mode = 0o755 if one.isdir() or one.mode & 0o100 else 0o644
            new.addfile(one, io.BytesIO(content))


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _run(command: list[str | Path], environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
    if done.returncode:
        raise DistributionError(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def build_twice() -> None:
    """Builds the packages into `dist/`, and once more to compare them. Raises DistributionError if they differ."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or epoch_of_commit()
    DIST.mkdir(exist_ok=True)
    for old in DIST.iterdir():
        old.unlink()
    first = build(DIST, epoch)
    with tempfile.TemporaryDirectory() as folder:
        second = build(Path(folder), epoch)
    if first != second:
        raise DistributionError(f"Two builds of the same commit differ: {first} and {second}.")
    for name, digest in first.items():
        print(f"{digest}  dist/{name}")
    print("Built twice with the same result.")


def main(arguments: Sequence[str]) -> int:
    """Builds the packages, tries them, or does both without an argument, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.distribution")
    parser.add_argument("step", nargs="?", choices=("build", "try"))
    step = parser.parse_args(arguments).step
    try:
        if step != "try":
            build_twice()
        if step != "build":
            try_out(next(DIST.glob("*.whl")))
            print("Installed into an empty environment, and started.")
    except DistributionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

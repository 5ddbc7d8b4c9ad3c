"""The content of an image."""

from __future__ import annotations

import csv
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from image.engine import Engine
from image.sbom import SITE

# What markers are judged by: the image's Python, whichever the tests run under.
ENVIRONMENT = {
    **default_environment(),
    "python_version": "3.13",
    "python_full_version": "3.13.5",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
}


@dataclass
class Contents:
    """The files of an image by their paths, which begin without a slash."""

    archive: tarfile.TarFile
    folder: Path

    @classmethod
    @contextmanager
    def of(cls, engine: Engine, image: str, folder: Path) -> Iterator[Contents]:
        """The contents of an image, exported to an empty folder."""
        engine.export(image, folder / "image.tar")
        with tarfile.open(folder / "image.tar") as archive:
            yield cls(archive, folder)
        (folder / "image.tar").unlink()

    @cached_property
    def files(self) -> dict[str, tarfile.TarInfo]:
        """Everything that is not a folder."""
        return {m.name.removeprefix("./").lstrip("/"): m for m in self.archive if not m.isdir()}

    def read(self, path: str) -> bytes:
        """The bytes of a file; nothing for a link."""
        content = self.archive.extractfile(self.files[path]) if self.files[path].isreg() else None
        return content.read() if content else b""

    @cached_property
    def packages(self) -> dict[str, Distribution]:
        """The Python packages that the connector can import, by their normalized names."""
        for path in self.files:
            if path.startswith(SITE) and ".dist-info/" in path:
                target = self.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.read(path))
        return {canonicalize_name(d.name): d for d in distributions(path=[str(self.folder / SITE)])}

    def needed_by(self, name: str) -> set[str]:
        """A package and all that it pulls in."""
        needed: set[str] = set()
        waiting = [(name, frozenset[str]())]
        seen = set(waiting)
        while waiting:
            package, extras = waiting.pop()
            needed.add(package)
            for text in self.packages[package].requires or ():
                requirement = Requirement(text)
                one = (canonicalize_name(requirement.name), frozenset(requirement.extras))
                wanted = not requirement.marker or any(
                    requirement.marker.evaluate({**ENVIRONMENT, "extra": extra}) for extra in extras or {""}
                )
                if wanted and one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return needed

    def files_of(self, package: str) -> set[str]:
        """The paths of a package's files, and of what they were compiled to."""
        record = self.packages[package].read_text("RECORD")
        assert record, f"{package} has no RECORD"
        paths = {_resolved(row[0]) for row in csv.reader(record.splitlines())}
        compiled = {_compiled(path) for path in paths if path.endswith(".py")}
        return (paths | compiled) & set(self.files)

    def size_of(self, package: str) -> int:
        """The bytes of a package's files."""
        return sum(self.files[path].size for path in self.files_of(package))


def _resolved(path: str) -> str:
    """A path of a RECORD, seen from the root."""
    parts: list[str] = []
    for part in [*PurePosixPath(SITE).parts, *PurePosixPath(path).parts]:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts).removeprefix("//")


def _compiled(path: str) -> str:
    return re.sub(r"([^/]+)\.py$", r"__pycache__/\1.cpython-313.pyc", path)

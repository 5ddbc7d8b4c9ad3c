"""A release: its tag is checked, and its notes are taken from the changelog. Needs nothing but Python.

`python -m tools.release check v1.0.0` fails unless every place names that version; `notes v1.0.0` prints the notes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The places that name the version, each with a pattern of the line that does.
PLACES = (
    ("source_bigcommerce/version.py", r'^__version__ = "(.+)"$'),
    ("Dockerfile", r"io\.airbyte\.version=(\S+)"),
    ("Dockerfile", r"org\.opencontainers\.image\.version=(\S+)"),
    ("metadata.yaml", r"^  dockerImageTag: (\S+)$"),
    ("acceptance-test-config.yml", r"^connector_image: .+:(\S+)$"),
    ("docs/bigcommerce.md", r"^\| (\d+\.\d+\.\d+) \|"),
    ("README.md", r"bigcommerce-mirror:(\d+\.\d+\.\d+)"),
    ("CHANGELOG.md", r"^## \[(\d+\.\d+\.\d+)\]"),
)


class ReleaseError(Exception):
    """The version cannot be released; the text says why."""


def check(tag: str, root: Path = ROOT) -> None:
    """Raises ReleaseError unless the tag is `v` and the version that all places name, and the changelog has notes."""
    version = _version(tag)
    wrong = [f"{place} names {found}" for place, found in named_versions(root) if found != version]
    if wrong:
        raise ReleaseError(f"The tag is {tag}, but {', '.join(wrong)}.")
    notes(tag, root)


def named_versions(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yields the places that name the version, and the version that each names: the first, if there are several."""
    for path, pattern in PLACES:
        found = re.search(pattern, (root / path).read_text(encoding="utf-8"), re.M)
        yield path, found[1] if found else "none"


def notes(tag: str, root: Path = ROOT) -> str:
    """Returns the section of the changelog for a version, without its heading. Raises ReleaseError if there is none."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"^## \[{re.escape(_version(tag))}\].*?\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not section or not section[1].strip():
        raise ReleaseError(f"CHANGELOG.md has no section for {tag}: give [Unreleased] its name and its date.")
    return section[1].strip()


def _version(tag: str) -> str:
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        raise ReleaseError(f"The tag {tag} is not v<version>, such as v1.2.3.")
    return tag[1:]


def main(arguments: list[str]) -> int:
    """Runs one of the commands and returns the exit code."""
    try:
        command, tag = arguments
    except ValueError:
        print("Usage: python -m tools.release check|notes v<version>", file=sys.stderr)
        return 2
    try:
        if command == "check":
            check(tag)
        else:
            print(notes(tag))
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The locks of the packages in the image, and of what builds a release: `make lock` renews them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from image.engine import ROOT

LOCK = ROOT / "requirements.lock"
BUILD_LOCK = ROOT / "image" / "build-requirements.lock"
RELEASE_LOCK = ROOT / "tools" / "release-requirements.lock"


def entries(lock: Path) -> Iterator[str]:
    """Yields the entries of a lock, each on one line, without comments."""
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.M)
    yield from text.replace("\\\n", " ").splitlines()


def pinned(lock: Path) -> dict[str, str]:
    """Returns the version of each package in a lock."""
    return dict(entry.split()[0].split("==") for entry in entries(lock))

"""The origin of an image: labels that name its commit, and one date for everything in it.

With the date of the commit instead of that of the build, the same commit gives the same image on the same base.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone

from image.engine import ROOT, Engine

_GITHUB = re.compile(r"(?:https://(?:[^@/]+@)?|git@|ssh://git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def options(engine: Engine) -> list[str]:
    """Returns the options of a build: none in a checkout without git."""
    revision = _git("rev-parse", "HEAD")
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct")
    if not revision or not epoch:
        return []
    labels = [f"--label=org.opencontainers.image.{name}={value}" for name, value in _labels(revision, int(epoch))]
    # Docker dates the image and not the files in it, unless the image is exported or pushed.
    dated = f"--build-arg=SOURCE_DATE_EPOCH={epoch}" if engine.name == "docker" else f"--timestamp={epoch}"
    return [*labels, dated]


def _labels(revision: str, epoch: int) -> Iterator[tuple[str, str]]:
    yield "revision", revision
    yield "created", datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if source := source_of(_git("remote", "get-url", "origin")):
        yield "source", source
        yield "documentation", f"{source}/blob/{revision}/README.md"


def source_of(remote: str) -> str:
    """Returns the page of a repository on GitHub, without credentials; "" for any other remote."""
    found = _GITHUB.fullmatch(remote)
    return f"https://github.com/{found[1]}" if found else ""


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

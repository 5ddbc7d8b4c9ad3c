"""The container engine: a docker whose service answers, else podman.

Whichever it is, it is called through one program, `build/engine`, which takes docker's arguments. Podman's images,
containers and settings then live in `build/containers`, and nothing of the machine's own set-up is read or changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
STORAGE = BUILD / "containers"
PROGRAM = BUILD / "engine"


class EngineError(Exception):
    """An engine did not do what it was told; the text is what it said."""


class UnavailableError(EngineError):
    """Something that would have to be installed is not; the text says what."""


@dataclass(frozen=True)
class Engine:
    """A working engine."""

    name: str
    version: str

    def run(self, *arguments: str | Path) -> str:
        """What the engine prints when it is given these arguments. Raises EngineError with its words if it fails."""
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            raise EngineError(done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Whether the engine holds an image."""
        try:
            self.run("image", "inspect", image)
        except EngineError:
            return False
        return True


def find() -> Engine | None:
    """The engine to use, or None where there is none."""
    for name, version in (("docker", "{{.ServerVersion}}"), ("podman", "{{.Version.Version}}")):
        if not shutil.which(name):
            continue
        _write_program(name)
        try:
            return Engine(name, Engine(name, "").run("info", "--format", version))
        except EngineError:
            continue
    return None


def _write_program(name: str) -> None:
    lines = ["#!/bin/sh", f"# {name}, as this project uses it; written by `make image`."]
    if name == "podman":
        lines += [f"export {variable}='{path}'" for variable, path in _podman_settings().items()]
    BUILD.mkdir(exist_ok=True)
    PROGRAM.write_text("\n".join([*lines, f'exec {name} "$@"', ""]), encoding="utf-8")
    PROGRAM.chmod(0o755)


def _podman_settings() -> dict[str, Path]:
    STORAGE.mkdir(parents=True, exist_ok=True)
    storage, engine = STORAGE / "storage.conf", STORAGE / "containers.conf"
    storage.write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{STORAGE}/storage"\nrunroot = "{STORAGE}/run"\n', encoding="utf-8"
    )
    settings = {"CONTAINERS_STORAGE_CONF": storage}
    if os.geteuid() == 0 and not Path("/run/systemd/system").exists():
        # Root without systemd, as on CI machines: no one manages control groups, and limits are not inherited.
        engine.write_text(
            '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n'
            '[containers]\nnetns = "host"\ndefault_ulimits = ["nofile=4096:16384", "nproc=4096:16384"]\n',
            encoding="utf-8",
        )
        settings["CONTAINERS_CONF"] = engine
    return settings

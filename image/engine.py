"""The container engine: docker if its service responds, otherwise podman or buildah.

Whichever it is, it is called through one program, `build/engine`. The images, containers and settings of podman and
buildah then live in `build/containers`, and nothing of the machine's own set-up is read or changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
STORAGE = BUILD / "containers"
PROGRAM = BUILD / "engine"


class EngineError(Exception):
    """A command of the engine failed; the text is its output."""


class UnavailableError(EngineError):
    """Something that must be installed is missing; the text says what."""


@dataclass(frozen=True)
class Engine:
    """A working engine, docker or podman. What is written here alone holds for buildah too."""

    name: str
    version: str
    runs_containers: ClassVar[bool] = True

    def run(self, *arguments: str | Path) -> str:
        """Returns the engine's output for these arguments. Raises EngineError with that output if it fails."""
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
        if done.returncode:
            raise EngineError(done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Returns True if the engine has an image."""
        try:
            self.run("inspect", "--type", "image", image)
        except EngineError:
            return False
        return True

    def sizes(self, image: str, base: str) -> tuple[int, int]:
        """The bytes of an image, and how many of them it adds to its base."""
        size, of_base = (int(self.run("image", "inspect", "--format", "{{.Size}}", name)) for name in (image, base))
        return size, size - of_base

    def export(self, image: str, archive: Path) -> None:
        """Writes all files of an image to a tar archive."""
        # The command is not run; an image without one cannot become a container.
        container = self.run("create", image, "true")
        try:
            self.run("export", "--output", archive, container)
        finally:
            self.run("rm", container)


class Buildah(Engine):
    """An engine for images alone: it neither runs nor exports containers, and lists sizes for people only."""

    runs_containers = False

    def sizes(self, image: str, base: str) -> tuple[int, int]:
        """The bytes of an image, and how many of them it adds to its base."""
        # A base that was pulled reports the compressed sizes of its layers; the image reports their real sizes.
        layers = self._layers(image)
        return sum(layers), sum(layers[len(self._layers(base)) :])

    def _layers(self, image: str) -> list[int]:
        manifest = json.loads(self.run("inspect", "--type", "image", "--format", "{{.Manifest}}", image))
        return [layer["size"] for layer in manifest["layers"]]

    def export(self, image: str, archive: Path) -> None:
        """Writes all files of an image to a tar archive."""
        # Mounting the image would take other commands for root than for everyone else. Without `--layers --force-rm`
        # the container that the build works in stays behind.
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "Dockerfile").write_text(f"FROM {image}\n", encoding="utf-8")
            options = ("--quiet", "--pull=never", "--layers", "--force-rm", f"--output=type=tar,dest={archive}")
            self.run("build", *options, folder)


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
    if shutil.which("buildah"):
        _write_program("buildah")
        # "buildah version 1.28.2 (...)"
        return Buildah("buildah", Buildah("buildah", "").run("--version").split()[2])
    return None


def _write_program(name: str) -> None:
    lines = ["#!/bin/sh", f"# {name}, as this project uses it; written by `make image`."]
    if name != "docker":
        lines += [f"export {variable}='{path}'" for variable, path in _settings().items()]
    BUILD.mkdir(exist_ok=True)
    PROGRAM.write_text("\n".join([*lines, f'exec {name} "$@"', ""]), encoding="utf-8")
    PROGRAM.chmod(0o755)


def _settings() -> dict[str, Path]:
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

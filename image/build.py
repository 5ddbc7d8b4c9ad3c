"""From a Dockerfile to an image, its size and its list of materials."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from image import provenance, sbom
from image.base import Base, prepare
from image.engine import BUILD, PROGRAM, ROOT, STORAGE, Engine, EngineError
from image.names import IMAGE

NAME = IMAGE
LOG = BUILD / "image.log"
NO_ENGINE = "No container engine works here: `apt-get install podman runc` brings one."
NOT_RUN = "buildah builds images but does not run containers: `apt-get install podman runc` brings an engine that does."


@dataclass(frozen=True)
class Image:
    """An image that was built. Sizes are in bytes."""

    engine: Engine
    base: Base
    size: int
    size_on_base: int
    packages: int
    system_packages: int

    def __str__(self) -> str:
        return "\n".join(f"{name:<7} {text}" for name, text in self._lines())

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "Engine", f"{self.engine.name} {self.engine.version}"
        if self.base.why_not_the_real_one:
            yield (
                "Base",
                f"A STAND-IN made of Debian's packages, as no registry responds: {self.base.why_not_the_real_one}",
            )
            yield "", "It shows that the Dockerfile builds and that the connector runs. Do not publish this image."
        else:
            yield "Base", self.base.name
        yield "Image", NAME
        yield "Size", f"{self.size / 1e6:.0f} MB, {self.size_on_base / 1e6:.0f} MB of it on top of the base"
        yield (
            "SBOM",
            f"{sbom.SBOM.relative_to(ROOT)}, {self.packages} Python and {self.system_packages} Debian packages",
        )
        runs = self.engine.runs_containers
        yield "Try it", f"{PROGRAM.relative_to(ROOT)} run --rm {NAME} spec" if runs else NOT_RUN


def build(engine: Engine, name: str = NAME, *options: str) -> Image:
    """Builds the image of this checkout under a name, with further options. Raises EngineError if that fails."""
    base = prepare(engine)
    options = (*base.build_options, *_of_this_machine(engine), *provenance.options(engine), *options)
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [PROGRAM, "build", *options, "--tag", name, "."],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(LOG.read_text(encoding="utf-8").splitlines()[-30:])
        raise EngineError(f"{tail}\nThe image was not built. All of the log: {LOG.relative_to(ROOT)}")
    return Image(engine, base, *engine.sizes(name, base.name), *sbom.write(engine, name))


def _of_this_machine(engine: Engine) -> list[str]:
    """Options that give the build the network and the pip settings of this machine, and the image none of them."""
    if engine.name == "docker":
        return []
    options = ["--layers", "--pull=never", "--network=host"]
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    wanted = {}
    for key, value in settings.items():
        name = key.rpartition(".")[2]
        if name in ("cert", "index-url", "proxy", "trusted-host"):
            wanted[name] = value.strip("'\"")
    if wanted:
        configuration = STORAGE / "pip.conf"
        configuration.write_text("[global]\n" + "".join(f"{k} = {v}\n" for k, v in wanted.items()), encoding="utf-8")
        options += ["--volume", f"{configuration}:/etc/pip.conf:ro"]
    if "cert" in wanted:
        options += ["--volume", f"{wanted['cert']}:{wanted['cert']}:ro"]
    return options

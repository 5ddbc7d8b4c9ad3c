"""The base image: Airbyte's, pinned in the Dockerfile, or a stand-in for it where no registry can be reached."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from image.engine import BUILD, ROOT, Engine, EngineError, UnavailableError

STAND_IN = "localhost/python-connector-base-stand-in"
SCRIPT = ROOT / "image" / "stand_in.sh"
DOCKERFILE = ROOT / "image" / "stand_in.Dockerfile"
# The messages of docker, podman and buildah if no registry can be reached. A registry that responds, but lacks the
# pinned image, is another matter: then the Dockerfile is wrong.
UNREACHABLE = re.compile(
    r"dial tcp|lookup |no such host|i/o timeout|connection (refused|reset)|(network|host) is unreachable"
    r"|handshake|x509|certificate|proxyconnect|Client\.Timeout|deadline exceeded|Forbidden"
)


@dataclass(frozen=True)
class Base:
    """A base image that the engine holds, and how the unmodified Dockerfile is built on it."""

    name: str
    why_not_the_real_one: str = ""
    build_options: list[str] = field(default_factory=list)


def pinned() -> str:
    """The base image that the Dockerfile names."""
    name, *others = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert {*others} <= {name}, f"The stages of the Dockerfile stand on different bases: {name} and {others}."
    return str(name)


def prepare(engine: Engine) -> Base:
    """Pulls the pinned base, or makes the stand-in where no registry can be reached.

    Raises UnavailableError where neither can be had, and EngineError when the pull fails for another reason.
    """
    name = pinned()
    if engine.has(name):
        return Base(name)
    try:
        engine.run("pull", "--quiet", name)
    except EngineError as error:
        if not UNREACHABLE.search(str(error)):
            raise EngineError(f"The base image {name} cannot be pulled:\n{error}") from None
        reason = str(error).splitlines()[-1].rpartition(": ")[2]
    else:
        return Base(name)
    stand_in = f"{STAND_IN}:{hashlib.sha256(SCRIPT.read_bytes() + DOCKERFILE.read_bytes()).hexdigest()[:12]}"
    if not engine.has(stand_in):
        _make_stand_in(engine, stand_in, reason)
    return Base(stand_in, reason, ["--build-context", f"{name}=docker-image://{stand_in}"])


def _make_stand_in(engine: Engine, name: str, reason: str) -> None:
    if not shutil.which("mmdebstrap") or os.geteuid():
        raise UnavailableError(
            f"The base image cannot be pulled ({reason}). A stand-in can be made of Debian's packages instead: "
            "`apt-get install mmdebstrap`, then `make image` as root."
        )
    print("No registry can be reached: making a stand-in for the base image, once, in about a minute ...", flush=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        with (Path(folder) / "stand-in.tar").open("wb") as output:
            made = subprocess.run([SCRIPT], stdout=output, stderr=subprocess.PIPE, text=True, check=False)
        if made.returncode:
            raise EngineError(f"The stand-in for the base image cannot be made:\n{made.stderr.strip()}")
        engine.run("build", "--quiet", "--file", DOCKERFILE, "--tag", name, folder)

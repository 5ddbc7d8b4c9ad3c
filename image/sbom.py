"""The list of materials: the Python packages that are really installed in an image, in CycloneDX's form."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from image.engine import BUILD, PROGRAM, ROOT, Engine, EngineError

SBOM = BUILD / "sbom.cdx.json"
_PACKAGES = "opt/venv/lib/python3.11/site-packages/"


def write(engine: Engine, image: str) -> int:
    """Writes the list of an image to `build/sbom.cdx.json` and returns the number of its packages.

    What is listed is read from the metadata of the packages inside the image; the lock is not consulted.
    """
    with tempfile.TemporaryDirectory() as folder:
        packages = Path(folder) / "site-packages"
        _copy_metadata(engine, image, packages)
        # What cyclonedx-py asks an interpreter for is its path, and this one answers with that folder.
        interpreter = Path(folder) / "python"
        interpreter.write_text(f"#!/bin/sh\necho '{json.dumps([str(packages)])}'\n", encoding="utf-8")
        interpreter.chmod(0o755)
        cyclonedx = Path(sys.executable).with_name("cyclonedx-py")
        done = subprocess.run(
            [cyclonedx, "environment", "--no-validate", "--output-reproducible", "--output-file", SBOM, interpreter],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
    if done.returncode:
        raise EngineError(f"cyclonedx-py failed: {done.stderr.strip()}")
    return len(json.loads(SBOM.read_text(encoding="utf-8"))["components"])


def _copy_metadata(engine: Engine, image: str, target: Path) -> None:
    container = engine.run("create", image)
    try:
        with (
            subprocess.Popen([PROGRAM, "export", container], stdout=subprocess.PIPE) as export,
            tarfile.open(fileobj=export.stdout, mode="r|") as archive,
        ):
            for member in archive:
                path = member.name.removeprefix("./").partition(_PACKAGES)[2]
                content = archive.extractfile(member) if ".dist-info/" in path else None
                if content:
                    (target / path).parent.mkdir(parents=True, exist_ok=True)
                    (target / path).write_bytes(content.read())
    finally:
        engine.run("rm", container)

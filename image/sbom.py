"""The list of materials: the Python packages that are really installed in an image, in CycloneDX's form."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from image.engine import BUILD, ROOT, Engine, EngineError

SBOM = BUILD / "sbom.cdx.json"
SITE = "opt/venv/lib/python3.11/site-packages"


def write(engine: Engine, image: str) -> int:
    """Writes the list of an image to `build/sbom.cdx.json` and returns the number of its packages.

    What is listed is read from the metadata of the packages inside the image; the lock is not consulted.
    """
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        packages = Path(folder) / "site-packages"
        archive = Path(folder) / "image.tar"
        engine.export(image, archive)
        _copy_metadata(archive, packages)
        # cyclonedx-py queries the interpreter for its path; this one returns that folder.
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
    packages_listed = len(json.loads(SBOM.read_text(encoding="utf-8")).get("components", []))
    if not packages_listed:
        raise EngineError(f"No Python packages are in the image's folder /{SITE}: has its Python another version?")
    return packages_listed


def _copy_metadata(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as files:
        for member in files:
            path = member.name.removeprefix("./").partition(f"{SITE}/")[2]
            content = files.extractfile(member) if ".dist-info/" in path else None
            if content:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content.read())

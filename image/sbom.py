"""The list of materials of an image, in CycloneDX's form: the Python and Debian packages that are really installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from image.engine import BUILD, ROOT, Engine, EngineError

SBOM = BUILD / "sbom.cdx.json"
SITE = "opt/venv/lib/python3.13/site-packages"
_DPKG = "var/lib/dpkg/status"
_FIELD = re.compile(r"^([A-Za-z-]+): *(.*)$", re.M)


def write(engine: Engine, image: str) -> tuple[int, int]:
    """Writes the list of an image to `build/sbom.cdx.json`. Returns the numbers of its Python and Debian packages.

    What is listed is read from the metadata of the packages inside the image; the lock is not consulted.
    """
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        packages = Path(folder) / "site-packages"
        archive = Path(folder) / "image.tar"
        engine.export(image, archive)
        status = _copy_metadata(archive, packages)
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
    listed = json.loads(SBOM.read_text(encoding="utf-8"))
    python = listed.get("components", [])
    if not python:
        raise EngineError(f"No Python packages are in the image's folder /{SITE}: has its Python another version?")
    debian = debian_components(status)
    SBOM.write_text(json.dumps({**listed, "components": [*python, *debian]}, indent=2) + "\n", encoding="utf-8")
    return len(python), len(debian)


def debian_components(status: str) -> list[dict[str, Any]]:
    """Returns the installed packages of a dpkg database, by name."""
    paragraphs = (dict(_FIELD.findall(paragraph)) for paragraph in status.split("\n\n"))
    found = [one for one in paragraphs if one.get("Status", "").endswith(" installed")]
    return [_component(one["Package"], one["Version"], one["Architecture"]) for one in sorted(found, key=_by_name)]


def _by_name(package: dict[str, str]) -> tuple[str, str]:
    return package["Package"], package["Architecture"]


def _component(name: str, version: str, architecture: str) -> dict[str, Any]:
    # https://github.com/package-url/purl-spec: the version is percent-encoded, and a colon may stay.
    purl = f"pkg:deb/debian/{quote(name)}@{quote(version, safe=':')}?arch={architecture}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _copy_metadata(archive: Path, target: Path) -> str:
    """Copies the metadata of Python packages to a folder, and returns the database of dpkg; "" if there is none."""
    status = ""
    with tarfile.open(archive) as files:
        for member in files:
            name = member.name.removeprefix("./")
            path = name.partition(f"{SITE}/")[2]
            content = files.extractfile(member) if ".dist-info/" in path or name == _DPKG else None
            if content and name == _DPKG:
                status = content.read().decode("utf-8", "replace")
            elif content:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content.read())
    return status

"""The files that the image is made of agree with each other; no container is needed to see it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from image import base
from image.locks import BUILD_LOCK, LOCK, RELEASE_LOCK, entries, pinned
from image.names import IMAGE, PACKAGE
from source_bigcommerce import __version__
from tools.project import ROOT, metadata

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def label(name: str) -> str:
    found = re.search(rf"\b{re.escape(name)}=(\S+)", DOCKERFILE)
    assert found, f"The Dockerfile has no label {name}."
    return found[1]


def test_the_version_is_the_same_everywhere() -> None:
    """Airbyte refuses an image whose label and metadata.yaml name different versions."""
    hint = "A new version is written into version.py, the Dockerfile's labels and metadata.yaml."
    assert label("io.airbyte.version") == __version__, hint
    assert label("org.opencontainers.image.version") == __version__, hint
    assert metadata()["dockerImageTag"] == __version__, hint


def test_the_image_bears_a_name_of_its_own() -> None:
    """Not Airbyte's, whose image this is not; `metadata.yaml` keeps Airbyte's for a merge into their catalogue."""
    assert label("io.airbyte.name") == label("org.opencontainers.image.title") == PACKAGE == IMAGE.partition(":")[0]
    assert metadata()["dockerRepository"] == "airbyte/source-bigcommerce"


def test_both_stages_stand_on_the_base_that_the_metadata_pins() -> None:
    """By digest, so that the same checkout gives the same image next year."""
    assert base.pinned() == metadata()["connectorBuildOptions"]["baseImage"]
    assert re.search(r":[\d.]+@sha256:[0-9a-f]{64}$", base.pinned())


def test_the_platform_and_everyone_else_start_the_same_command() -> None:
    """Airbyte's platform reads the variable, `docker run` the entry point."""
    variable = re.search(r'^ENV AIRBYTE_ENTRYPOINT="(.+)"$', DOCKERFILE, re.M)
    command = re.search(r"^ENTRYPOINT (\[.+\])$", DOCKERFILE, re.M)
    assert variable
    assert command
    assert variable[1] == " ".join(json.loads(command[1]))


def test_the_build_sees_what_it_copies_and_nothing_else() -> None:
    """A secret or a cache that lies in the checkout never reaches the build."""
    copied = {
        path for arguments in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M) for path in arguments.split()
    }
    ignored, *lines = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
    ]
    assert ignored == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK, RELEASE_LOCK], ids=lambda lock: lock.name)
def test_every_entry_of_a_lock_has_a_version_and_a_hash(lock: Path) -> None:
    """A package that was exchanged on its way is refused. `make lock` writes the locks."""
    for entry in entries(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry), entry


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK, RELEASE_LOCK], ids=lambda lock: lock.name)
def test_a_lock_names_no_index_and_no_folder(lock: Path) -> None:
    """It is used on other machines than the one that wrote it."""
    assert not re.search(r"://|--(extra-)?index-url|--find-links|(^|[\s(])[/~]", lock.read_text(encoding="utf-8"), re.M)


def test_the_lock_satisfies_what_the_connector_requires() -> None:
    """After a change in pyproject.toml, `make lock` renews it."""
    versions = pinned(LOCK)
    listed = re.search(r"^dependencies = \[\n(.*?)^\]$", PROJECT, re.M | re.S)
    assert listed
    required = [Requirement(text) for text in re.findall(r'^ +"([^"]+)"', listed[1], re.M)]
    assert {"airbyte-cdk", "requests"} <= {requirement.name for requirement in required}
    for requirement in required:
        assert versions.get(requirement.name, "no version") in requirement.specifier, (
            f"requirements.lock has {versions.get(requirement.name)}, pyproject.toml wants {requirement}: `make lock`."
        )


def test_the_build_s_lock_satisfies_what_pyproject_requires() -> None:
    """The package is built with it, without an environment of the build's own making."""
    wanted = re.search(r'^requires = \["(.+)"\]$', PROJECT, re.M)
    assert wanted
    requirement = Requirement(wanted[1])
    assert pinned(BUILD_LOCK)[requirement.name] in requirement.specifier

"""The files that the image is made of agree with each other; no container is needed to see it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from image import base
from source_bigcommerce import __version__

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LOCK = ROOT / "requirements.lock"
BUILD_LOCK = ROOT / "image" / "build-requirements.lock"


@pytest.fixture(scope="module")
def connector() -> dict[str, Any]:
    """What metadata.yaml tells Airbyte about the connector."""
    data = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
    assert isinstance(data, dict)
    return data


def entries(lock: Path) -> Iterator[str]:
    """The entries of a lock, each on one line, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.M)
    yield from text.replace("\\\n", " ").splitlines()


def pinned(lock: Path) -> dict[str, str]:
    """Package and version of each entry."""
    return dict(entry.split()[0].split("==") for entry in entries(lock))


def label(name: str) -> str:
    found = re.search(rf"\b{re.escape(name)}=(\S+)", DOCKERFILE)
    assert found, f"The Dockerfile has no label {name}."
    return found[1]


def test_the_version_is_the_same_everywhere(connector: dict[str, Any]) -> None:
    """Airbyte refuses an image whose label and metadata.yaml name different versions."""
    hint = "A new version is written into __init__.py, the Dockerfile's labels and metadata.yaml."
    assert label("io.airbyte.version") == __version__, hint
    assert label("org.opencontainers.image.version") == __version__, hint
    assert connector["dockerImageTag"] == __version__, hint


def test_the_image_s_name_is_the_repository_of_the_metadata(connector: dict[str, Any]) -> None:
    """The label tells Airbyte whose image this is."""
    assert label("io.airbyte.name") == connector["dockerRepository"]


def test_both_stages_stand_on_the_base_that_the_metadata_pins(connector: dict[str, Any]) -> None:
    """By digest, so that the same checkout gives the same image next year."""
    assert base.pinned() == connector["connectorBuildOptions"]["baseImage"]
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


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK], ids=lambda lock: lock.name)
def test_every_entry_of_a_lock_has_a_version_and_a_hash(lock: Path) -> None:
    """A package that was exchanged on its way is refused. `make lock` writes the locks."""
    for entry in entries(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry), entry


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK], ids=lambda lock: lock.name)
def test_a_lock_names_no_index_and_no_folder(lock: Path) -> None:
    """It is used on other machines than the one that wrote it."""
    assert not re.search(r"://|--(extra-)?index-url|--find-links|(^|[\s(])[/~]", lock.read_text(encoding="utf-8"), re.M)


def test_the_lock_satisfies_what_the_connector_requires() -> None:
    """After a change in setup.py, `make lock` renews it."""
    versions = pinned(LOCK)
    required = [Requirement(text) for text in metadata.requires("airbyte-source-bigcommerce") or ()]
    required = [requirement for requirement in required if "extra" not in str(requirement.marker)]
    assert {"airbyte-cdk", "requests"} <= {requirement.name for requirement in required}
    for requirement in required:
        assert versions.get(requirement.name, "no version") in requirement.specifier, (
            f"requirements.lock has {versions.get(requirement.name)} where setup.py wants {requirement}: `make lock`."
        )


def test_the_build_s_lock_satisfies_what_pyproject_requires() -> None:
    """The package is built with it, without an environment of the build's own making."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.search(r'^requires = \["(.+)"\]$', text, re.M)
    assert wanted
    requirement = Requirement(wanted[1])
    assert pinned(BUILD_LOCK)[requirement.name] in requirement.specifier

"""The content of the image: the connector and its dependencies, without traces of the build."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from image import sbom
from image.build import NAME, Image
from image.locks import LOCK, pinned
from image.names import PACKAGE
from integration_tests.image.contents import SITE, Contents
from source_bigcommerce import __version__

pytestmark = pytest.mark.exhaustive  # two images of half a gigabyte are exported

CONNECTOR = PACKAGE
OWN_LIMIT = 60_000_000
# What podman and docker put into every container, and what a virtual environment has of its own.
OF_THE_ENGINE = r"(dev|etc/(hostname|hosts|mtab|resolv\.conf)|proc|run|sys)(/.*)?|\.dockerenv"
OF_THE_VENV = r"opt/venv/(pyvenv\.cfg|\.gitignore|lib64|bin/(python|python3|python3\.13|[aA]ctivate(\.\w+)?))"


def test_it_does_not_run_as_root(settings: dict[str, Any], contents: Contents) -> None:
    """As a number, so that Kubernetes can verify it, and the number is that of Airbyte's user."""
    assert settings["User"] == "1000"
    users = [line.split(":") for line in contents.read("etc/passwd").decode().splitlines()]
    assert [user[0] for user in users if user[2] == "1000"] == ["airbyte"]


def test_the_packages_are_those_of_the_lock(contents: Contents) -> None:
    """No other version, none more, none less."""
    installed = {name: package.version for name, package in contents.packages.items()}
    assert installed == {**pinned(LOCK), CONNECTOR: __version__}


def test_every_package_is_there_for_the_connector(contents: Contents) -> None:
    """Tools for tests and builds do not ride along."""
    assert contents.needed_by(CONNECTOR) == set(contents.packages)


def test_nothing_is_left_over_from_the_build(contents: Contents, base_contents: Contents) -> None:
    """Beside the base there are main.py and the files of packages: no cache, no sources, no pip.conf, no .git."""
    known = {path for package in contents.packages for path in contents.files_of(package)}
    known.add("airbyte/integration_code/main.py")
    added = {path for path in contents.files if path not in base_contents.files}
    unknown = {path for path in added - known if not re.fullmatch(f"{OF_THE_ENGINE}|{OF_THE_VENV}", path)}
    assert not unknown
    assert not [path for path in added if path.endswith(("direct_url.json", ".egg-link"))]


def test_the_base_is_left_as_it_was(contents: Contents, base_contents: Contents) -> None:
    """A file of the machine that built the image, mounted for the build, could otherwise stay in place of one."""
    for path, file in base_contents.files.items():
        if not re.fullmatch(OF_THE_ENGINE, path):
            assert path in contents.files, path
            assert (contents.files[path].size, contents.files[path].mtime) == (file.size, file.mtime), path


def test_everything_is_compiled(contents: Contents) -> None:
    """Nothing can be written where it runs, so what is not compiled yet would be compiled at every start."""
    modules = {path for path in contents.files if path.startswith(SITE) and path.endswith(".py")}
    compiled = {path for path in contents.files if path.startswith(SITE) and path.endswith(".cpython-313.pyc")}
    assert len(modules) == len(compiled) > 1000


def test_no_secret_and_nothing_of_the_builder_s_network_is_inside(image: Image, contents: Contents) -> None:
    """Neither in a file nor in the image's history: test tokens, the package index, its proxy."""
    words = {b"sandbox-token", b"sandbox-client"}
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        if key.rpartition(".")[2] in ("index-url", "extra-index-url", "find-links", "proxy", "trusted-host"):
            words |= {word.encode() for word in value.strip("'\"").split()}
    history = image.engine.run("history", "--no-trunc", NAME) + image.engine.run("image", "inspect", NAME)
    assert not [word for word in words if word in history.encode()]
    for path in contents.files:
        content = contents.read(path)
        assert not [word for word in words if word in content], path


def test_what_the_connector_adds_to_the_cdk_is_small(
    image: Image, contents: Contents, figure: Callable[[str], None]
) -> None:
    """A platform pulls the image again for each version."""
    cdk = sum(contents.size_of(package) for package in contents.needed_by("airbyte-cdk"))
    own = image.size_on_base - cdk
    figure(
        f"Size: {image.size / 1e6:.1f} MB = base {(image.size - image.size_on_base) / 1e6:.1f}"
        f" + airbyte-cdk and what it pulls in {cdk / 1e6:.1f} + the rest {own / 1e6:.1f}"
        f" (the connector {contents.size_of(CONNECTOR) / 1e6:.1f}, else mostly what a layer costs for each file)"
    )
    assert cdk > 200_000_000
    assert own <= OWN_LIMIT


def test_the_list_of_materials_names_what_is_installed(image: Image, contents: Contents) -> None:
    """It is CycloneDX to the letter, and made twice it is the same, so that two releases can be compared."""
    first = sbom.SBOM.read_bytes()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first.decode()) is None
    components = json.loads(first)["components"]
    debian = {component["name"] for component in components if component["purl"].startswith("pkg:deb/")}
    assert {"libc6", "dpkg"} <= debian
    assert debian == set(re.findall(r"^Package: (\S+)$", contents.read("var/lib/dpkg/status").decode(), re.M))
    listed = {one["name"].lower(): one["version"] for one in components if not one["purl"].startswith("pkg:deb/")}
    assert {re.sub(r"[-_.]+", "-", name): version for name, version in listed.items()} == {
        name: package.version for name, package in contents.packages.items()
    }
    sbom.write(image.engine, NAME)
    assert sbom.SBOM.read_bytes() == first

"""The choice of the container engine, tested with programs that imitate one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from image import base, engine

RESPONDS = "#!/bin/sh\necho ${0##*/} $1 >&2; echo 1.2.3\n"
IS_DOWN = "#!/bin/sh\necho 'Cannot connect to the daemon' >&2; exit 1\n"
PULLS_NOTHING = "#!/bin/sh\n[ $1 = info ] && echo 1.2.3 || {{ echo '{}' >&2; exit 125; }}\n"
BUILDAH = """#!/bin/sh
for last; do :; done
case "$*" in
--version) echo 'buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)' ;;
*' base') echo '{"layers": [{"size": 50}]}' ;;
*' built') echo '{"layers": [{"size": 230}, {"size": 300}, {"size": 8}]}' ;;
build*) for option; do case $option in --output=*) /bin/cp "$last/Dockerfile" "${option##*dest=}" ;; esac; done ;;
*) echo "$CONTAINERS_STORAGE_CONF" ;;
esac
"""


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any engine."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(engine, "BUILD", tmp_path / "build")
    monkeypatch.setattr(engine, "STORAGE", tmp_path / "build/containers")
    monkeypatch.setattr(engine, "PROGRAM", tmp_path / "build/engine")


def install(folder: Path, name: str, text: str) -> None:
    program = folder / "bin" / name
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


def test_a_docker_that_responds_is_used(tmp_path: Path) -> None:
    """With the images that its user has already."""
    install(tmp_path, "docker", RESPONDS)
    install(tmp_path, "podman", RESPONDS)
    assert engine.find() == engine.Engine("docker", "1.2.3")
    assert "CONTAINERS" not in engine.PROGRAM.read_text(encoding="utf-8")


def test_podman_stands_in_for_a_docker_without_service(tmp_path: Path) -> None:
    """A client alone is on many machines."""
    install(tmp_path, "docker", IS_DOWN)
    install(tmp_path, "podman", RESPONDS)
    assert engine.find() == engine.Engine("podman", "1.2.3")
    assert (
        subprocess.run([engine.PROGRAM, "pull"], capture_output=True, text=True, check=True).stderr == "podman pull\n"
    )


def test_podman_s_storage_is_the_project_s_own(tmp_path: Path) -> None:
    """Neither the images nor the settings of the machine are touched."""
    install(tmp_path, "podman", "#!/bin/sh\necho $CONTAINERS_STORAGE_CONF\n")
    found = engine.find()
    assert found
    storage = Path(found.version).read_text(encoding="utf-8")
    assert f'graphroot = "{engine.STORAGE}/storage"' in storage
    assert f'runroot = "{engine.STORAGE}/run"' in storage


def test_buildah_is_used_where_it_is_alone(tmp_path: Path) -> None:
    """It builds the same image, in the storage where podman would look for it, but runs no container."""
    install(tmp_path, "docker", IS_DOWN)
    install(tmp_path, "buildah", BUILDAH)
    found = engine.find()
    assert found == engine.Buildah("buildah", "1.28.2")
    assert not found.runs_containers
    assert found.run("images") == str(engine.STORAGE / "storage.conf")


def test_an_engine_that_runs_containers_comes_before_buildah(tmp_path: Path) -> None:
    """With it the image is not only built but tested."""
    install(tmp_path, "podman", RESPONDS)
    install(tmp_path, "buildah", BUILDAH)
    found = engine.find()
    assert found == engine.Engine("podman", "1.2.3")
    assert found.runs_containers


def test_buildah_s_sizes_are_those_that_the_image_reports_of_its_layers(tmp_path: Path) -> None:
    """A base that was pulled reports what was transferred, which is compressed."""
    install(tmp_path, "buildah", BUILDAH)
    found = engine.find()
    assert found
    assert found.sizes("built", "base") == (538, 308)


def test_buildah_exports_what_a_build_upon_the_image_gives(tmp_path: Path) -> None:
    """It has no command for it, and the list of materials is made from the image's files."""
    install(tmp_path, "buildah", BUILDAH)
    found = engine.find()
    assert found
    found.export("localhost/built", tmp_path / "image.tar")
    assert (tmp_path / "image.tar").read_text(encoding="utf-8") == "FROM localhost/built\n"


def test_without_an_engine_there_is_none(tmp_path: Path) -> None:
    """The caller says what to install, or skips what needs one."""
    install(tmp_path, "docker", IS_DOWN)
    assert engine.find() is None


def test_what_an_engine_complains_of_is_passed_on(tmp_path: Path) -> None:
    """Its words are all that helps when a build fails."""
    install(tmp_path, "docker", "#!/bin/sh\n[ $1 = info ] && echo 1 || { echo 'no space left' >&2; exit 125; }\n")
    found = engine.find()
    assert found
    assert not found.has("bigcommerce-mirror")
    with pytest.raises(engine.EngineError, match="no space left"):
        found.run("build", ".")


@pytest.mark.parametrize(
    "complaint",
    [
        "Error: initializing source: pinging container registry: Get https://registry/v2/: dial tcp: no such host",
        "Error response from daemon: Get https://registry/v2/: net/http: TLS handshake timeout",
    ],
)
def test_a_registry_out_of_reach_is_stood_in_for(tmp_path: Path, complaint: str) -> None:
    """And where the stand-in cannot be made either, that is what is said."""
    install(tmp_path, "podman", PULLS_NOTHING.format(complaint))
    found = engine.find()
    assert found
    with pytest.raises(engine.UnavailableError, match=f"{complaint.rpartition(': ')[2]}.*mmdebstrap"):
        base.prepare(found)


@pytest.mark.parametrize("complaint", ["manifest unknown", "no space left on device", ""])
def test_a_pull_that_fails_for_another_reason_fails(tmp_path: Path, complaint: str) -> None:
    """A digest that is wrong, or was withdrawn, must not go unnoticed behind a stand-in."""
    install(tmp_path, "podman", PULLS_NOTHING.format(complaint))
    found = engine.find()
    assert found
    with pytest.raises(engine.EngineError, match=f"cannot be pulled:\n{complaint}") as failure:
        base.prepare(found)
    assert not isinstance(failure.value, engine.UnavailableError)

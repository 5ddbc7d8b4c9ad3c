"""Which container engine is used, seen with programs that only play one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from image import engine

ANSWERS = "#!/bin/sh\necho ${0##*/} $1 >&2; echo 1.2.3\n"
IS_DOWN = "#!/bin/sh\necho 'Cannot connect to the daemon' >&2; exit 1\n"


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


def test_a_docker_that_answers_is_used(tmp_path: Path) -> None:
    """With the images that its user has already."""
    install(tmp_path, "docker", ANSWERS)
    install(tmp_path, "podman", ANSWERS)
    assert engine.find() == engine.Engine("docker", "1.2.3")
    assert "CONTAINERS" not in engine.PROGRAM.read_text(encoding="utf-8")


def test_podman_stands_in_for_a_docker_without_service(tmp_path: Path) -> None:
    """A client alone is on many machines."""
    install(tmp_path, "docker", IS_DOWN)
    install(tmp_path, "podman", ANSWERS)
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


def test_without_an_engine_there_is_none(tmp_path: Path) -> None:
    """Whoever asks says what to install, or skips what needs one."""
    install(tmp_path, "docker", IS_DOWN)
    assert engine.find() is None


def test_what_an_engine_complains_of_is_passed_on(tmp_path: Path) -> None:
    """Its words are all that helps when a build fails."""
    install(tmp_path, "docker", "#!/bin/sh\n[ $1 = info ] && echo 1 || { echo 'no space left' >&2; exit 125; }\n")
    found = engine.find()
    assert found
    assert not found.has("airbyte/source-bigcommerce")
    with pytest.raises(engine.EngineError, match="no space left"):
        found.run("build", ".")

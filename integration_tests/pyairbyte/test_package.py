"""The wheel: all that the connector needs, and nothing else."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

from integration_tests.harness import STREAMS
from integration_tests.pyairbyte.package import ROOT, Installation

PACKAGE = "source_bigcommerce"


def test_the_wheel_holds_the_package_and_nothing_else(installation: Installation) -> None:
    """A schema or `py.typed` that stays behind is missed by users alone; a stray folder hides a package of theirs."""
    in_checkout = {
        str(path.relative_to(ROOT))
        for path in (ROOT / PACKAGE).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(installation.wheel) as wheel:
        in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert in_wheel == in_checkout, "name new kinds of files under `package-data` in pyproject.toml"


def test_the_installed_connector_needs_no_checkout(installation: Installation, tmp_path: Path) -> None:
    """The installed wheel runs; `discover` reads every schema, and `spec` the rest."""
    where = _output(tmp_path, str(installation.python), "-c", f"import {PACKAGE}; print({PACKAGE}.__file__)")
    assert Path(where.strip()).is_relative_to(installation.environment)
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps({"start_date": "2024-01-01", "client_id": "c", "access_token": "t", "store_hash": "h"}),
        encoding="utf-8",
    )
    printed = [json.loads(line) for line in _output(tmp_path, str(installation.script), "spec").splitlines()]
    assert [message["type"] for message in printed if message["type"] != "LOG"] == ["SPEC"]
    discovered = _output(tmp_path, str(installation.script), "discover", "--config", str(config)).splitlines()
    (catalog,) = [message["catalog"] for message in map(json.loads, discovered) if message["type"] == "CATALOG"]
    assert {stream["name"] for stream in catalog["streams"]} == set(STREAMS)


def _output(folder: Path, *command: str) -> str:
    """The standard output, in a folder and an environment from which no checkout can be imported."""
    done = subprocess.run(command, cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout

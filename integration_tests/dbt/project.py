"""The package in the dbt project of a user, who installed it from git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dbt"
_NOT_PACKAGE = shutil.ignore_patterns("target", "logs", "dbt_packages")
_TIMEOUT = 600
_SETTINGS = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1", "DBT_LOG_PATH": "logs"}

_PROJECT = """
name: shop
version: "1.0"
profile: shop
"""
_PACKAGES = """
packages:
  - git: "{repository}"
    subdirectory: dbt
    revision: main
"""
_SOURCES = """
sources:
  - name: reports  # a source of the user, who reads a mart elsewhere
    schema: analytics
    tables: [name: orders]
"""
_PROFILES = """
shop:
  target: duckdb
  outputs:
    duckdb:
      {type: duckdb, path: "{{ env_var('SHOP_DATABASE', '') }}", schema: analytics, threads: 2}
    postgres:
      type: postgres
      host: 127.0.0.1
      port: "{{ env_var('SHOP_PORT', '0') | int }}"
      user: postgres
      password: any
      dbname: postgres
      schema: analytics
      threads: 2
    bigquery:
      {type: bigquery, method: oauth-secrets, project: shop, dataset: analytics, token: none, threads: 2}
    snowflake:
      {type: snowflake, account: none, user: none, password: none, database: shop, schema: analytics, threads: 2}
"""


@dataclass(frozen=True)
class Outcome:
    """What a command of dbt did: its exit code, what it printed, and the status of each node by name."""

    code: int
    output: str
    statuses: dict[str, str]

    def but(self, *expected: str) -> dict[str, str]:
        """Returns the nodes whose status is none of these."""
        return {name: status for name, status in self.statuses.items() if status not in expected}


@dataclass(frozen=True)
class Project:
    """A dbt project that has the package installed."""

    folder: Path

    def dbt(
        self,
        *arguments: str,
        target: str = "duckdb",
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Runs a command of dbt and waits for it."""
        results = self.folder / f"target-{target}"
        (results / "run_results.json").unlink(missing_ok=True)
        done = subprocess.run(
            [
                *(str(Path(sys.prefix) / "dbt" / "bin" / "dbt"), *arguments),
                *("--project-dir", str(self.folder), "--profiles-dir", str(self.folder)),
                *("--target", target, "--vars", json.dumps(dict(variables or {}))),
            ],
            cwd=self.folder,
            env={**os.environ, **_SETTINGS, "DBT_TARGET_PATH": str(results), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT,
        )
        return Outcome(done.returncode, done.stdout, _statuses(results / "run_results.json"))

    def compiled(self, target: str) -> dict[str, str]:
        """Returns the SQL of each model and test of the package as dbt last compiled it for a target."""
        files = (self.folder / f"target-{target}" / "compiled" / "bigcommerce").rglob("*.sql")
        return {file.stem: file.read_text(encoding="utf-8") for file in files}


def install(folder: Path, package: Path = PACKAGE) -> Project:
    """Makes a project and installs the package as README.md says, from a git repository made of the working tree."""
    repository, project = folder / "repository", folder / "shop"
    shutil.copytree(package, repository / "dbt", ignore=_NOT_PACKAGE)
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), (*identity, "commit", "-qm", "Add the package")):
        _run(["git", "-C", str(repository), *command])
    (project / "models").mkdir(parents=True)
    files = {
        "dbt_project.yml": _PROJECT,
        "packages.yml": _PACKAGES.format(repository=repository),
        "profiles.yml": _PROFILES,
        "models/sources.yml": _SOURCES,
    }
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    installed = Project(project)
    outcome = installed.dbt("deps")
    assert outcome.code == 0, outcome.output
    return installed


def _statuses(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    return {result["unique_id"].split(".")[2]: result["status"] for result in results}


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        pytest.fail(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}", pytrace=False)

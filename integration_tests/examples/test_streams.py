"""The streams that the examples select are the tables that the marts read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.examples.environment import EXAMPLES, ROOT, environment, run
from integration_tests.harness import B2B_STREAMS, INCREMENTAL, STREAMS


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The tables, without those of B2B Edition, that the marts read directly or through other models."""
    folder = tmp_path_factory.mktemp("parsed")
    variables = environment(folder, BIGCOMMERCE_DUCKDB=str(folder / "store.duckdb"), DO_NOT_TRACK="1")
    folders = {"project-dir": ROOT / "dbt", "profiles-dir": EXAMPLES / "pyairbyte", "target-path": folder}
    arguments = [f"--{name}={path}" for name, path in {**folders, "log-path": folder}.items()]
    run(folder, variables, "dbt", "parse", *arguments, timeout=300)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return sources_of_marts(manifest) - set(B2B_STREAMS)


@pytest.mark.parametrize("file", ["pyairbyte/sync.py", "dagster/definitions.py", "terraform/main.tf"])
def test_the_streams_are_those_of_the_marts(file: str, needed: set[str]) -> None:
    """A mart that reads a further table would be empty there, in all three examples."""
    assert listed("incremental", file) | listed("full_refresh", file) == needed


@pytest.mark.parametrize("file", ["pyairbyte/sync.py", "dagster/definitions.py", "terraform/main.tf"])
def test_each_stream_has_the_sync_mode_that_it_supports(file: str) -> None:
    """Merged, a full refresh keeps the rows of deleted records; read in full, the others take long."""
    assert listed("incremental", file) <= set(INCREMENTAL)
    assert listed("full_refresh", file) <= set(STREAMS) - set(INCREMENTAL)


def listed(name: str, file: str) -> set[str]:
    """Returns the streams in a list of an example."""
    text = (EXAMPLES / file).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^ *{name} = \[([^]]*)\]", text, re.MULTILINE | re.IGNORECASE)
    return set(re.findall(r'"(\w+)"', found))


def sources_of_marts(manifest: dict[str, Any]) -> set[str]:
    """Returns the tables above the marts in dbt's graph."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    waiting = [key for key, node in models.items() if "marts" in Path(node["path"]).parts]
    seen: set[str] = set()
    while waiting:
        if (key := waiting.pop()) not in seen:
            seen.add(key)
            waiting += manifest["parent_map"].get(key, [])
    return {key.rsplit(".", 1)[-1] for key in seen if key.startswith("source.")}

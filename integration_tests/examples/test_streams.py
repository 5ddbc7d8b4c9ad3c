"""The streams that the examples select are the tables that the marts read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.examples.environment import EXAMPLES, ROOT, environment, run
from integration_tests.harness import B2B_STREAMS


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The tables, without those of B2B Edition, that the marts read directly or through other models."""
    folder = tmp_path_factory.mktemp("parsed")
    variables = environment(folder, BIGCOMMERCE_DUCKDB=str(folder / "store.duckdb"))
    folders = {"project-dir": ROOT / "dbt", "profiles-dir": EXAMPLES / "pyairbyte", "target-path": folder}
    arguments = [f"--{name}={path}" for name, path in {**folders, "log-path": folder}.items()]
    run(folder, variables, "dbt", "parse", *arguments, timeout=300)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return sources_of_marts(manifest) - set(B2B_STREAMS)


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("pyairbyte/sync.py", r"^STREAMS = \[([^]]*)\]"),
        ("dagster/definitions.py", r"^STREAMS = \[([^]]*)\]"),
        ("terraform/main.tf", r"^locals \{(.*)\}"),
    ],
    ids=["pyairbyte", "dagster", "terraform"],
)
def test_the_streams_are_those_of_the_marts(file: str, pattern: str, needed: set[str]) -> None:
    """A mart that reads a further table would be empty there, in all three examples."""
    (listed,) = re.findall(pattern, (EXAMPLES / file).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r'"(\w+)"', listed)) == needed


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

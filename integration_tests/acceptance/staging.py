"""The connector's folder as Airbyte's tools want it: named after the connector, with configs that lead to a store.

A checkout may have any name, and its `secrets/` may hold the credentials of a real store, which no test may touch.
So the tests work in a folder of their own that links to what the checkout has.
"""

from __future__ import annotations

import json
from pathlib import Path

from integration_tests.harness import config_for
from sandbox import Server

ROOT = Path(__file__).parents[2]
LINKED = ("acceptance-test-config.yml", "integration_tests", "metadata.yaml", "pyproject.toml", "source_bigcommerce")


def stage(folder: Path, server: Server) -> Path:
    """Makes the connector's folder below `folder` and returns it; its secrets are those of the sandbox store."""
    root = folder / "source-bigcommerce"
    (root / "secrets").mkdir(parents=True)
    for name in LINKED:
        (root / name).symlink_to(ROOT / name)
    configs = {"config": config_for(server), "refused": config_for(server, access_token="no-token-of-this-store")}
    for name, config in configs.items():
        (root / "secrets" / f"{name}.json").write_text(json.dumps(config), encoding="utf-8")
    return root

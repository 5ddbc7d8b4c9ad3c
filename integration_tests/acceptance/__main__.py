"""`python -m integration_tests.acceptance`: renews the catalog and the states that Airbyte's tests are given."""

from __future__ import annotations

import json
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.acceptance.catalog import CATALOG, EVERY_INCREMENTAL, EVERY_STREAM
from integration_tests.acceptance.staging import ROOT
from integration_tests.harness import catalog_of

FOLDER = ROOT / "integration_tests" / "acceptance"
FUTURE = "2999-12-31T23:59:59Z"


def _catalog() -> dict[str, Any]:
    catalog: dict[str, Any] = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(EVERY_STREAM))
    for configured in catalog["streams"]:
        stream = configured["stream"]
        stream["json_schema"] = {}
        configured["primary_key"] = stream["source_defined_primary_key"]
        if stream.get("default_cursor_field"):
            configured["cursor_field"] = stream["default_cursor_field"]
        for unset in [name for name, value in stream.items() if value is None]:
            del stream[unset]
        for unset in [name for name, value in configured.items() if value is None]:
            del configured[unset]
    return catalog


def _states() -> list[dict[str, Any]]:
    return [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": {"name": name},
                "stream_state": {CATALOG[name].default_cursor_field[0]: FUTURE},
            },
        }
        for name in EVERY_INCREMENTAL
    ]


if __name__ == "__main__":
    for file, content in (("configured_catalog.json", _catalog()), ("abnormal_state.json", _states())):
        (FOLDER / file).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

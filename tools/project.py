"""Places in the repository, and the contents of `metadata.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SCHEMAS = ROOT / "source_bigcommerce" / "schemas"


def metadata() -> dict[str, Any]:
    """Returns what `metadata.yaml` declares about the connector, the content of its `data`."""
    data = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
    assert isinstance(data, dict)
    return data

"""The paths that the demo uses. Everything that it creates is in one folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "demo_output"
DATABASE = OUTPUT / "bigcommerce.duckdb"
REPORT = OUTPUT / "report.html"
TEMPORARY = OUTPUT / "tmp"

STORE_LOG = OUTPUT / "store.log"
CONNECTOR_LOG = OUTPUT / "connector.log"
PYAIRBYTE_LOG = OUTPUT / "pyairbyte.log"
DBT_LOG = OUTPUT / "dbt.log"
DEMO_LOG = OUTPUT / "demo.log"

CONNECTOR = Path(sys.executable).with_name("source-bigcommerce")
"""The connector's console script, which is installed next to this Python."""


def shown(path: Path) -> str:
    """A path as a reader would type it from where they are."""
    return os.path.relpath(path)

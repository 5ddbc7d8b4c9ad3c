"""Writes the table of streams into README.md, from the streams themselves: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from source_bigcommerce.api.client import Store
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import IncrementalStream

README = Path(__file__).parents[1] / "README.md"
_BETWEEN = re.compile(r"(<!-- streams -->\n).*?(<!-- /streams -->)", re.DOTALL)


def table() -> str:
    """The table as Markdown, a row a stream."""
    store = Store(Config.parse({"start_date": "2024-01-01", "client_id": "-", "access_token": "-", "store_hash": "x"}))
    rows = [
        "| Stream | Sync modes | Cursor | Primary key | Scope (read-only) | Endpoint |",
        "|---|---|---|---|---|---|",
    ]
    for cls in ALL_STREAMS:
        stream = cls(store)
        incremental = isinstance(stream, IncrementalStream)
        modes = "full refresh, incremental" if incremental else "full refresh"
        cursor = f"`{stream.cursor_field}`" if incremental else ""
        rows.append(
            f"| `{stream.name}` | {modes} | {cursor} | `{stream.primary_key}` | {stream.scope.value} "
            f"| `/{stream.endpoint}` |"
        )
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """The text of the README with the current table."""
    return _BETWEEN.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")

"""Writes the table of streams into README.md and docs/bigcommerce.md, from the streams themselves: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from source_bigcommerce.api.client import Store
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.children import AskedOfEach

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "bigcommerce.md"
_BETWEEN = re.compile(r"(<!-- streams -->\n).*?(<!-- /streams -->)", re.DOTALL)


def streams() -> list[BigCommerceStream]:
    """Every stream, of a store that is never asked."""
    store = Store(Config.parse({"start_date": "2024-01-01", "client_id": "-", "access_token": "-", "store_hash": "x"}))
    return [stream(store) for stream in ALL_STREAMS]


def scopes(stream: BigCommerceStream) -> str:
    """The scopes that a stream needs, as the control panel names them."""
    return ", ".join(scope.value for scope in stream.scopes())


def table() -> str:
    """The table as Markdown, a row a stream."""
    rows = [
        "| Stream | Sync modes | Cursor | Primary key | Scope (read-only) | Endpoint |",
        "|---|---|---|---|---|---|",
    ]
    for stream in streams():
        incremental = isinstance(stream, IncrementalStream)
        modes = "full refresh, incremental" if incremental else "full refresh"
        cursor = f"`{stream.cursor_field}`" if incremental else ""
        key = ", ".join(f"`{part}`" for path in stream.as_airbyte_stream().source_defined_primary_key for part in path)
        endpoint = stream.children if isinstance(stream, AskedOfEach) else stream.endpoint
        rows.append(f"| `{stream.name}` | {modes} | {cursor} | {key} | {scopes(stream)} | `/{endpoint}` |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """The text of a document with the current table."""
    return _BETWEEN.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    for document in (README, PAGE):
        document.write_text(with_table(document.read_text(encoding="utf-8")), encoding="utf-8")

"""Writes the table of streams into README.md and docs/bigcommerce.md, from the streams themselves: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.paging import OneObject, Unpaged
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.catalog import ProductChoices
from source_bigcommerce.streams.children import AskedOfEach, BelowAll
from source_bigcommerce.streams.order_children import OrderShippingQuotes
from source_bigcommerce.streams.settings import Settings
from source_bigcommerce.streams.store import ProductTaxProperties

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "bigcommerce.md"
_STREAMS = re.compile(r"(<!-- streams -->\n).*?(<!-- /streams -->)", re.DOTALL)
_SCOPES = re.compile(r"(<!-- scopes -->\n).*?(<!-- /scopes -->)", re.DOTALL)


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
        "| Stream | Sync modes | Cursor | Primary key | Scope (read-only) | Endpoint | Requests per 1,000 records |",
        "|---|---|---|---|---|---|---|",
    ]
    for stream in streams():
        incremental = isinstance(stream, IncrementalStream)
        modes = "full refresh, incremental" if incremental else "full refresh"
        cursor = f"`{stream.cursor_field}`" if incremental else ""
        key = ", ".join(f"`{part}`" for path in stream.as_airbyte_stream().source_defined_primary_key for part in path)
        endpoint = stream.children if isinstance(stream, AskedOfEach) else stream.endpoint
        cells = (f"`{stream.name}`", modes, cursor, key, scopes(stream), f"`/{endpoint}`", requests_for(stream))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def scopes_table() -> str:
    """What each scope is for, as Markdown."""
    rows = ["| Scope in the control panel | Parameter | Streams |", "|---|---|---|"]
    for scope in Scope:
        names = ", ".join(f"`{stream.name}`" for stream in streams() if scope in stream.scopes())
        rows.append(f"| {scope.value} | {f'`{scope.parameter}`' if scope.parameter else ''} | {names} |")
    return "\n".join(rows) + "\n"


def requests_for(stream: BigCommerceStream) -> str:
    """How many requests 1,000 records of the stream's list take."""
    paging = stream.paging
    size = 0 if isinstance(paging, (OneObject, Unpaged)) else getattr(paging, "limit", 0)
    pages = str(-(-1000 // size) if size else 1)
    if isinstance(stream, Settings):
        return "1, and 1 for each channel"
    if isinstance(stream, BelowAll):
        return f"{pages}, and 1 for each {stream.parent_field.removesuffix('_id').replace('_', ' ')}"
    if isinstance(stream, (AskedOfEach, OrderShippingQuotes)):
        return f"{pages}, and 1 for each {stream.parent_field.removesuffix('_id')}"
    if isinstance(stream, ProductChoices):
        return "4, and 100 for both of their choices"
    if isinstance(stream, ProductTaxProperties):
        return "4, and 20 for the properties"
    return pages


def with_table(text: str) -> str:
    """The text of a document with the current tables."""
    text = _SCOPES.sub(lambda found: found[1] + scopes_table() + found[2], text)
    return _STREAMS.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    for document in (README, PAGE):
        document.write_text(with_table(document.read_text(encoding="utf-8")), encoding="utf-8")

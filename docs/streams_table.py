"""Writes what depends on the streams into README.md and the pages for Airbyte's users: `make docs`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from contract.left_out import left_out_table
from source_bigcommerce.api.client import Store
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.catalog import ProductChoices
from source_bigcommerce.streams.children import AskedOfEach, BelowAll
from source_bigcommerce.streams.order_children import OrderShippingQuotes
from source_bigcommerce.streams.settings import PerChannel
from source_bigcommerce.streams.store import ProductTaxProperties

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "bigcommerce.md"
MIGRATIONS = ROOT / "docs" / "bigcommerce-migrations.md"
REQUESTS = ROOT / "docs" / "requests.json"
_STREAMS = re.compile(r"(<!-- streams -->\n).*?(<!-- /streams -->)", re.DOTALL)
_CHANNELS = re.compile(r"(<!-- channels -->\n).*?(<!-- /channels -->)", re.DOTALL)
_LEFT_OUT = re.compile(r"(<!-- left out -->\n).*?(<!-- /left out -->)", re.DOTALL)
_FORMER = re.compile(r"(<!-- former -->\n).*?(<!-- /former -->)", re.DOTALL)
_SCOPES = re.compile(r"(<!-- scopes -->\n).*?(<!-- /scopes -->)", re.DOTALL)

FORMER_STREAMS = (  # of Airbyte's former connector, 0.3.23; the primary key of each was `id`
    "customers",
    "orders",
    "transactions",
    "pages",
    "products",
    "channels",
    "store",
    "order_products",
    "brands",
    "categories",
)


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
        "| Stream | Sync modes | Cursor | Start date | Primary key | Scope (read-only) | Endpoint | Requests for 1,000 "
        "entries |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for stream in streams():
        incremental = isinstance(stream, IncrementalStream)
        modes = "full refresh, incremental" if incremental else "full refresh"
        cursor = f"`{stream.cursor_field}`" if incremental else ""
        bounded = "yes" if isinstance(stream, IncrementalStream) and not stream.ignores_start_date else ""
        key = ", ".join(f"`{part}`" for path in stream.as_airbyte_stream().source_defined_primary_key for part in path)
        endpoint = stream.children if isinstance(stream, AskedOfEach) else stream.endpoint
        place = f"`/{endpoint}`"
        cells = (f"`{stream.name}`", modes, cursor, bounded, key, scopes(stream), place, requests_for(stream))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def scopes_table() -> str:
    """What each scope is for, as Markdown."""
    rows = ["| Scope in the control panel | Parameter | Streams |", "|---|---|---|"]
    for scope in Scope:
        names = ", ".join(f"`{stream.name}`" for stream in streams() if scope in stream.scopes())
        rows.append(f"| {scope.value} | {f'`{scope.parameter}`' if scope.parameter else ''} | {names} |")
    return "\n".join(rows) + "\n"


def former_streams() -> str:
    """The streams of the former connector that are kept and those that are gone, and how many are new, as Markdown."""
    names = [stream.name for stream in streams()]
    kept, gone = ([f"`{one}`" for one in FORMER_STREAMS if (one in names) is is_kept] for is_kept in (True, False))
    rows = [
        f"- **Kept**, under the same name and with the same primary key, `id`: {', '.join(kept)}.",
        f"- **Gone**: {', '.join(gone) or 'none'}.",
        f"- **New**: {len(names) - len(kept)} others, see [Supported Streams](bigcommerce.md#supported-streams).",
    ]
    return "\n".join(rows) + "\n"


def channels_table() -> str:
    """How the user's choice of channels narrows streams down, as Markdown."""
    found: dict[str, list[str]] = {}
    for stream in streams():
        if how := narrowed_down(stream):
            found.setdefault(how, []).append(f"`{stream.name}`")
    rows = ["| How | Streams |", "|---|---|", *(f"| {how} | {', '.join(names)} |" for how, names in found.items())]
    return "\n".join(rows) + "\n"


def narrowed_down(stream: BigCommerceStream) -> str:
    """How a stream comes to what belongs to the chosen channels; "" where it is read for all of them."""
    by = stream.by_channel
    if isinstance(stream, PerChannel):
        return "read for the store itself and for each chosen channel"
    if isinstance(stream, BelowAll) and stream.parent.by_channel:
        parent = stream.parent_field.removesuffix("_id")
        return "read for each chosen channel" if parent == "channel" else f"read for each {parent} of these channels"
    if by and by.parameter:
        return (
            f"BigCommerce is asked for {'the channels' if by.takes_several else 'the channel, if it is a single one'}"
        )
    return "those of other channels are left out as they are read" if by else ""


def is_counted(stream: BigCommerceStream) -> bool:
    """Whether a stream is made of its own list alone, so that its requests can be told by a number."""
    return not isinstance(stream, (AskedOfEach, BelowAll, OrderShippingQuotes, ProductChoices, ProductTaxProperties))


def requests_for(stream: BigCommerceStream) -> str:
    """How many requests a list of 1,000 entries takes."""
    if is_counted(stream):
        counted: dict[str, str] = json.loads(REQUESTS.read_text(encoding="utf-8"))
        return counted[stream.name]
    if isinstance(stream, PerChannel):
        return "1, and 1 for each channel"
    if isinstance(stream, BelowAll):
        return f"1 for each {stream.parent_field.removesuffix('_id').replace('_', ' ')}"
    if isinstance(stream, AskedOfEach):
        return f"those of the list, and 1 for each {stream.parent_field.removesuffix('_id')}"
    if isinstance(stream, OrderShippingQuotes):
        return "those of the list, and 1 for each shipping address"
    if isinstance(stream, ProductChoices):
        return "those of the list, and 100 for both of their choices"
    return "those of the list, and 20 for the properties"


def with_table(text: str) -> str:
    """The text of a document with the current tables."""
    text = _CHANNELS.sub(lambda found: found[1] + channels_table() + found[2], text)
    text = _LEFT_OUT.sub(lambda found: found[1] + left_out_table() + found[2], text)
    text = _FORMER.sub(lambda found: found[1] + former_streams() + found[2], text)
    text = _SCOPES.sub(lambda found: found[1] + scopes_table() + found[2], text)
    text = re.sub(r"(?<=<summary>All )\d+(?= streams</summary>)", str(len(ALL_STREAMS)), text)
    return _STREAMS.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    for document in (README, PAGE, MIGRATIONS):
        document.write_text(with_table(document.read_text(encoding="utf-8")), encoding="utf-8")

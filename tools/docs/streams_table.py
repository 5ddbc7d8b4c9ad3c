"""Writes the tables of streams into `docs/`, and their number into README and changelog: `make docs`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from source_bigcommerce.api import b2b_edition
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import ChannelParents
from source_bigcommerce.streams.b2b_sales import QUOTES_WITH_DETAILS, ShoppingLists
from source_bigcommerce.streams.order_children import OrderShippingQuotes
from source_bigcommerce.streams.product_list import PRODUCTS_WITH_OPTIONS
from source_bigcommerce.streams.stream import PerParentStream, Stream
from tools.contract.left_out import LEFT_OUT
from tools.docs.request_counts import COUNTS
from tools.project import DOCS, ROOT
from tools.streams import scopes, streams

STREAMS = DOCS / "streams.md"
PAGE = DOCS / "bigcommerce.md"
MIGRATIONS = DOCS / "bigcommerce-migrations.md"
WITH_NUMBER = (ROOT / "README.md", ROOT / "CHANGELOG.md")
_B2B_PATH = "api/v3/io/"  # on the host of B2B Edition
_SYNCING = "Stream | Sync modes | Cursor | Start date | Primary key"

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


def streams_table() -> str:
    """Returns the table of all streams as Markdown, one row per stream."""
    counts: dict[str, str] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return _table(
        f"{_SYNCING} | Reconciliation | Scope | Endpoint | Requests for 1,000 entries",
        *(
            (*_syncing(one), _reconciled(one), scopes(one), _endpoint(one), counts.get(one.name) or _requests(one))
            for one in streams()
        ),
    )


def supported_streams() -> str:
    """Returns how each stream can be synced, as Markdown, for Airbyte's page of the connector."""
    return _table(_SYNCING, *map(_syncing, streams()))


def scopes_table() -> str:
    """Returns the streams that each scope is required for, as Markdown."""
    rows = []
    for scope in Scope:
        names = ", ".join(f"`{stream.name}`" for stream in streams() if scope in stream.scopes())
        rows.append((scope.value, f"`{scope.parameter}`" if scope.parameter else "", names))
    return _table("Scope in the control panel | Parameter | Streams", *rows)


def former_streams() -> str:
    """Returns which streams of the former connector are kept and gone, and the number of new ones, as Markdown."""
    names = [stream.name for stream in streams()]
    kept, gone = ([f"`{one}`" for one in FORMER_STREAMS if (one in names) is is_kept] for is_kept in (True, False))
    rows = [
        f"- **Kept**, under the same name and with the same primary key, `id`: {', '.join(kept)}.",
        f"- **Gone**: {', '.join(gone) or 'none'}.",
        f"- **New**: {len(names) - len(kept)} others, see [Supported Streams](bigcommerce.md#supported-streams).",
    ]
    return "\n".join(rows) + "\n"


def channels_table() -> str:
    """Returns how the selected channels restrict streams, as Markdown."""
    found: dict[str, list[str]] = {}
    for stream in streams():
        if how := _channel_restriction(stream):
            found.setdefault(how, []).append(f"`{stream.name}`")
    return _table("How | Streams", *((how, ", ".join(names)) for how, names in found.items()))


def left_out_table() -> str:
    """Returns the endpoints that no stream reads, with reasons, as Markdown."""
    return _table("Endpoint | Reason", *((one.what, one.reason) for one in LEFT_OUT))


def with_tables(text: str) -> str:
    """Returns the text of a document with each table between its marks renewed."""
    for mark, table in _TABLES.items():
        text = re.sub(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", _between(table), text, flags=re.DOTALL)
    return text


def with_number(text: str) -> str:
    """Returns the text of a document with the number of streams renewed."""
    return re.sub(r"\b\d{3} streams", f"{len(streams())} streams", text)


_TABLES: dict[str, Callable[[], str]] = {
    "streams": streams_table,
    "supported streams": supported_streams,
    "scopes": scopes_table,
    "former": former_streams,
    "channels": channels_table,
    "left out": left_out_table,
}


def _between(table: Callable[[], str]) -> Callable[[re.Match[str]], str]:
    return lambda marks: f"{marks[1]}{table()}{marks[2]}"


def _table(heads: str, *rows: Iterable[str]) -> str:
    lines = [f"| {heads} |", "|---" * (heads.count("|") + 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _syncing(stream: Stream) -> tuple[str, ...]:
    key = ", ".join(f"`{part}`" for path in stream.as_airbyte_stream().source_defined_primary_key for part in path)
    if not stream.supports_incremental:
        return f"`{stream.name}`", "full refresh", "", "", key
    uses_start_date = "" if stream.listing.ignores_start_date else "yes"
    return f"`{stream.name}`", "full refresh, incremental", f"`{stream.cursor_field}`", uses_start_date, key


def _reconciled(stream: Stream) -> str:
    if not stream.supports_incremental:
        return "-"
    is_recent = isinstance(stream, PerParentStream) or stream.listing is QUOTES_WITH_DETAILS
    return "deletions; changes of the last 30 days" if is_recent else "deletions and changes"


def _endpoint(stream: Stream) -> str:
    endpoint = stream.children if isinstance(stream, PerParentStream) else stream.listing.endpoint
    return f"`/{endpoint.replace(b2b_edition.PREFIX, _B2B_PATH, 1)}`"


def _channel_restriction(stream: Stream) -> str:
    by, parents = stream.listing.channel_filter, stream.listing.parents
    if isinstance(parents, ChannelParents):
        return "read for the store itself and for each chosen channel"
    if parents and parents.listing.channel_filter:
        parent = stream.parent_field.removesuffix("_id")
        return "read for each chosen channel" if parent == "channel" else f"read for each {parent} of these channels"
    if by and by.parameter:
        return f"filtered by BigCommerce{'' if by.accepts_many else ', if a single channel is chosen'}"
    return "filtered by the connector as entries are read" if by else ""


def _requests(stream: Stream) -> str:
    if isinstance(stream.listing.parents, ChannelParents):
        return "1, and 1 for each channel"
    if stream.listing is ShoppingLists.listing:
        return "1 for each user, and 1 for each list"
    if stream.listing.parents:
        return f"1 for each {stream.parent_field.removesuffix('_id').replace('_', ' ')}"
    if isinstance(stream, OrderShippingQuotes):
        return "those of the list, and 1 for each shipping address"
    if isinstance(stream, PerParentStream):
        return f"those of the list, and 1 for each {stream.parent_field.removesuffix('_id').replace('_', ' ')}"
    if stream.listing is QUOTES_WITH_DETAILS:
        return "those of the list, and 1 for each quote"
    if stream.listing is PRODUCTS_WITH_OPTIONS:
        return "those of the list, and 100 for their options and modifiers"
    return "those of the list, and 20 for the properties"


if __name__ == "__main__":
    for document in (STREAMS, PAGE, MIGRATIONS):
        document.write_text(with_tables(document.read_text(encoding="utf-8")), encoding="utf-8")
    for document in WITH_NUMBER:
        document.write_text(with_number(document.read_text(encoding="utf-8")), encoding="utf-8")

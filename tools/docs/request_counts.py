"""Counts the requests that a list of 1,000 entries takes, at the sandbox: `python -m tools.docs.request_counts`.

Streams that send a request for each of their parents are left out; the table of streams describes their cost in words.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from airbyte_cdk.models import ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, DestinationSyncMode, SyncMode, Type

from sandbox import Options, Server, serve
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.b2b_sales import QUOTES_WITH_DETAILS
from source_bigcommerce.streams.catalog import ProductTaxProperties
from source_bigcommerce.streams.product_list import PRODUCTS_WITH_OPTIONS
from source_bigcommerce.streams.stream import PerParentStream, Stream
from tools.streams import ignore_documented_rates, streams

_WITH_DETAILS = (PRODUCTS_WITH_OPTIONS, QUOTES_WITH_DETAILS)
COUNTS = Path(__file__).with_suffix(".json")
LENGTH = 1000
_STORE = Options(
    orders=LENGTH, products=LENGTH, customers=LENGTH, coupons=LENGTH, rows=LENGTH, b2b=True, companies=LENGTH,
    oddities=False,
)  # fmt: skip


def count_requests() -> dict[str, str]:
    """Returns the number of requests of a full refresh of each stream, without the one for the store's clock.

    Where the sandbox holds fewer records than `LENGTH`, their number follows in parentheses.
    """
    ignore_documented_rates()
    with serve(_STORE) as server:
        orders = server.store.ids("orders")
        for number in range(LENGTH - len(server.store.ids("refunds"))):
            server.store.add_child(orders[number], "refunds")
        return {stream.name: _count(server, stream) for stream in streams() if _reads_one_list(stream)}


def _reads_one_list(stream: Stream) -> bool:
    needs_others = isinstance(stream, (PerParentStream, ProductTaxProperties))
    return not (needs_others or stream.listing.parents or stream.listing in _WITH_DETAILS)


def _count(server: Server, stream: Stream) -> str:
    server.log.clear()
    entries = _full_refresh(server, stream)
    requests = sum(server.log.by_path().values()) - 1
    is_short = stream.one_record_per_entry and 1 < entries < LENGTH
    return f"{requests} (for {entries})" if is_short else str(requests)


def _full_refresh(server: Server, stream: Stream) -> int:
    """Returns the number of records that a full refresh of the stream emits."""
    config = {
        "start_date": "2020-01-01",
        "client_id": "sandbox-client",
        "access_token": server.token,
        "store_hash": server.store_hash,
        "api_url": server.api_url,
        "b2b_edition": True,
        "b2b_api_url": server.b2b_api_url,
    }
    selected = ConfiguredAirbyteStream(
        stream=stream.as_airbyte_stream(),
        sync_mode=SyncMode.incremental if stream.supports_incremental else SyncMode.full_refresh,
        destination_sync_mode=DestinationSyncMode.append_dedup,
    )
    messages = SourceBigcommerce().read(
        logging.getLogger("airbyte"), config, ConfiguredAirbyteCatalog(streams=[selected]), []
    )
    return sum(message.type is Type.RECORD for message in messages)


if __name__ == "__main__":
    COUNTS.write_text(json.dumps(count_requests(), indent=1, sort_keys=True) + "\n", encoding="utf-8")

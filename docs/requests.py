"""How many requests it takes to read a list of 1,000, counted at the sandbox: `python -m docs.requests`.

The figures stand in the table of streams. Streams that ask each parent of theirs are left out: what that costs is told
there in words.
"""

from __future__ import annotations

import json
from pathlib import Path

from docs.streams_table import is_counted, streams
from integration_tests.harness import sync
from sandbox import Options, Server, serve
from source_bigcommerce.streams.base import BigCommerceStream

FILE = Path(__file__).parent / "requests.json"
LENGTH = 1000
_STORE = Options(orders=LENGTH, products=LENGTH, customers=LENGTH, coupons=LENGTH, rows=LENGTH, oddities=False)


def counted() -> dict[str, str]:
    """The requests of a full refresh of each stream, without the one for the store's clock. Where the sandbox has not
    as many records, how many it has stands behind them."""
    with serve(_STORE) as server:
        orders = server.store.ids("orders")
        for number in range(LENGTH - len(server.store.ids("refunds"))):
            server.store.add_child(orders[number], "refunds")
        return {stream.name: _requests(server, stream) for stream in streams() if is_counted(stream)}


def _requests(server: Server, stream: BigCommerceStream) -> str:
    server.log.clear()
    result = sync(server, [stream.name])
    assert not result.failure, result.errors
    requests, entries = sum(server.log.by_path().values()) - 1, len(result.records[stream.name])
    is_short = stream.is_a_record_each and 1 < entries < LENGTH
    return f"{requests} (for {entries})" if is_short else str(requests)


if __name__ == "__main__":
    FILE.write_text(json.dumps(counted(), indent=1) + "\n", encoding="utf-8")

"""The limit: a loop that fetches the same pages with as many threads and prints every record, and does nothing else.

The number of pages is given, and they are requested by number, which loses rows when a store is edited during the run.
Values are printed unchanged.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import requests

LIMIT = 250
_ORDERS = "v2/orders?limit=250&sort=id:asc&include=consignments.line_items,fees&consignment_structure=object"
_PRODUCTS = (
    "v3/catalog/products?limit=250&include=bulk_pricing_rules,channels,custom_fields,images,parent_relations,"
    "primary_image,reviews,variants,videos"
)
PAGES = {
    "orders": _ORDERS,
    "order_products": _ORDERS,
    "products": _PRODUCTS,
    "product_variants": _PRODUCTS,
    "product_images": _PRODUCTS,
    "customers": "v3/customers?limit=250&include=addresses,attributes,formfields,storecredit",
}
Record = dict[str, Any]
_PRINTING = threading.Lock()  # a large write is several, between which another thread's would come


def _itself(record: Record) -> Iterable[Record]:
    return (record,)


def _lines(order: Record) -> Iterable[Record]:
    groups: dict[str, Any] = order["consignments"]
    for group in ("pickups", "shipping", "downloads"):
        for consignment in groups.get(group) or ():
            yield from consignment["line_items"]
    for consignment in (groups.get("email") or {}).get("gift_certificates") or ():
        yield from consignment["line_items"]


def _nested(field: str) -> Callable[[Record], Iterable[Record]]:
    return lambda parent: parent[field]


_RECORDS: dict[str, Callable[[Record], Iterable[Record]]] = {
    "order_products": _lines,
    "product_variants": _nested("variants"),
    "product_images": _nested("images"),
}
"""The records of a stream in an entry of its list; of other streams, that is the entry itself."""


def _print_pages(url: str, token: str, path: str, numbers: Iterable[int], streams: list[str]) -> None:
    session = requests.Session()
    session.headers["X-Auth-Token"] = token
    for number in numbers:
        response = session.get(f"{url}/{path}&page={number}", timeout=60)
        response.raise_for_status()
        body = orjson.loads(response.content)
        rows: list[Record] = body["data"] if isinstance(body, dict) else body
        printed = []
        for stream in streams:
            records_of = _RECORDS.get(stream, _itself)
            printed += [
                orjson.dumps(
                    {"type": "RECORD", "record": {"stream": stream, "data": record, "emitted_at": 0}},
                    option=orjson.OPT_APPEND_NEWLINE,
                )
                for row in rows
                for record in records_of(row)
            ]
        with _PRINTING:
            sys.stdout.buffer.write(b"".join(printed))


def main() -> None:
    """Reads the streams, one list after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("streams", nargs="+")
    given = parser.parse_args()
    lists: dict[str, list[str]] = {}
    for stream in given.streams:
        lists.setdefault(PAGES[stream], []).append(stream)
    pages = -(-given.size // LIMIT)
    failed = []
    for path, streams in lists.items():
        numbers = iter(range(1, pages + 1))  # one iterator for all: each takes the next page

        def work(path: str = path, numbers: Iterable[int] = numbers, streams: list[str] = streams) -> None:
            try:
                _print_pages(given.url, given.token, path, numbers, streams)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(given.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sys.stdout.flush()
    if failed:
        raise SystemExit(str(failed[0]))


if __name__ == "__main__":
    main()

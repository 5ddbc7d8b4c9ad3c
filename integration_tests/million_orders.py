"""`python -m integration_tests.million_orders [N]`: the reconciliation of a million orders and their line items.

None of them has changed, and the store is computed while it is read. Prints the records emitted, the bytes of all
states, and the peak memory of the process as JSON.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import AirbyteStateMessageSerializer, Type
from requests.adapters import HTTPAdapter

from integration_tests.harness import as_dict, catalog_of
from source_bigcommerce.api.client import Store
from source_bigcommerce.config import Config
from source_bigcommerce.lists.state import RECONCILIATION
from source_bigcommerce.reconciliation.digests import record_digest
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.orders import OrderProducts, Orders

NOW = 1_767_225_600
CONFIG = {
    "start_date": "2020-01-01",
    "client_id": "id",
    "access_token": "token",
    "store_hash": "hash",
    "reconcile": "every_sync",
}
STREAMS = (Orders, OrderProducts)


def order(number: int) -> dict[str, Any]:
    """An order with one line item."""
    return {
        "id": number,
        "date_created": "Wed, 01 Jan 2025 00:00:00 +0000",
        "date_modified": "Wed, 01 Jan 2025 00:00:00 +0000",
        "is_deleted": False,
        "items_total": 1,
        "total_inc_tax": "10.0000",
        "fees": [],
        "consignments": {"shipping": [{"id": number, "line_items": [{"id": number * 2, "quantity": 1}]}]},
    }


class Orders250:
    """The adapter of the network: answers requests for the time and for orders by key."""

    def __init__(self, orders: int) -> None:
        self.orders = orders

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        address = urlsplit(request.url or "")
        query = dict(parse_qsl(address.query))
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url or ""
        response._content = json.dumps(self.body(address.path, query)).encode()
        response.headers["Content-Type"] = "application/json"
        return response

    def body(self, path: str, query: dict[str, str]) -> Any:
        if path.endswith("/time"):
            return {"time": NOW}
        if path.endswith("/count"):
            return {"count": 0}
        if "min_date_modified" in query and query["min_date_modified"] > "2025-06":
            return []  # nothing has changed since the last sync
        first = max(int(query.get("min_id", 1)), 1)
        return [order(number) for number in range(first, min(first + int(query["limit"]), self.orders + 1))]


def use_network(orders: int) -> None:
    """Lets this process send all of its requests to a store with so many orders."""
    network = Orders250(orders)

    def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        return network.send(request)

    HTTPAdapter.send = send  # type: ignore[method-assign]  # a stub


def saved_states(orders: int) -> list[dict[str, Any]]:
    """The states of a sync that has emitted all of these orders."""
    use_network(orders)
    states = []
    with Store(Config.parse(CONFIG)) as store:
        for stream in (kind(store) for kind in STREAMS):
            ledger = StreamLedger(stream)
            for start in range(1, orders + 1, 250):
                entries = [order(number) for number in range(start, min(start + 250, orders + 1))]
                for record in stream.to_records(stream.reader.enricher.complete(entries)):
                    ledger.ledger.note(ledger.key_of(record), record_digest(record))
            state = {str(stream.cursor_field): "2025-12-31T00:00:00Z", RECONCILIATION: ledger.dump()}
            descriptor = {"name": stream.name}
            states.append({"type": "STREAM", "stream": {"stream_descriptor": descriptor, "stream_state": state}})
    return states


def peak_megabytes() -> int:
    """The peak memory of this process. `getrusage` would include that of the process which started it."""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) // 1024


def reconcile(orders: int) -> dict[str, int]:
    """What the reconciliation of so many orders took."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:  # whose memory is not counted
        saved = other.submit(saved_states, orders).result()
    states = [AirbyteStateMessageSerializer.load(state) for state in saved]
    del saved
    use_network(orders)
    result = dict.fromkeys(("records", "states", "state_bytes"), 0)
    catalog = catalog_of(["orders", "order_products"])
    began = time.monotonic()
    for message in SourceBigcommerce().read(logging.getLogger("airbyte"), CONFIG, catalog, states):
        result["records"] += message.type is Type.RECORD
        if message.type is Type.STATE:
            result["states"] += 1
            result["state_bytes"] += len(json.dumps(as_dict(message)))
    result["seconds"] = round(time.monotonic() - began)
    result["megabytes"] = peak_megabytes()
    return result


if __name__ == "__main__":
    print(json.dumps(reconcile(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))

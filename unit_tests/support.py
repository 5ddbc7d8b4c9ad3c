"""A store to test with: its configuration, its objects without a network, and small helpers for answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import SyncMode

from source_bigcommerce.api.client import Store
from source_bigcommerce.config import Config
from source_bigcommerce.streams.base import BigCommerceStream, IncrementalStream
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.order_children import OrderChild, Transactions
from source_bigcommerce.streams.refunds import OrderRefunds

TOKEN = "tok3n-secret-9f8e7d"
CLIENT = "client-secret-1a2b3c"
STORE_URL = "https://api.bigcommerce.com/stores/abc123/"
NOW = 1_717_243_200  # 2024-06-01T12:00:00Z, the store's clock in all tests


def config(**changes: Any) -> dict[str, Any]:
    """A valid configuration with some settings changed."""
    return {"start_date": "2024-01-01", "client_id": CLIENT, "access_token": TOKEN, "store_hash": "abc123", **changes}


def make_store(**changes: Any) -> Store:
    """A store object whose quota governor lives in a time of its own, in which waiting takes none of ours."""
    store = Store(Config.parse(config(**changes)))
    clock = Clock()
    store.governor._clock, store.governor._sleep = clock, clock.sleep
    return store


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-6)


def make_stream(stream: type[BigCommerceStream], **changes: Any) -> Any:
    return stream(make_store(**changes))


def response(status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None) -> requests.Response:
    """An answer as `requests` would hand it over."""
    answer = requests.Response()
    answer.status_code = status
    answer._content = body
    answer.headers.update(headers or {})
    return answer


def query(url: str) -> dict[str, str]:
    """The query parameters of a URL, decoded."""
    return dict(parse_qsl(urlsplit(url).query))


def v3(rows: list[Any], total: int | None = None, **pagination: Any) -> dict[str, Any]:
    """A V3 list envelope."""
    total = len(rows) if total is None else total
    return {
        "data": rows,
        "meta": {"pagination": {"total": total, "count": len(rows), "per_page": 250, **pagination}},
    }


def urls(api: Any) -> list[str]:
    """The paths and queries asked of the mocked store so far, its clock apart."""
    asked = [request.url for request in api.request_history if not request.url.endswith("/v2/time")]
    return [url.removeprefix(STORE_URL) for url in asked]


MODIFIED = "Wed, 15 May 2024 10:00:00 +0000"


def read(stream: Any, stream_slice: Any = None) -> list[dict[str, Any]]:
    """The records of a slice; without one, whatever the store returns."""
    return list(stream.read_records(SyncMode.incremental, stream_slice=stream_slice or {}))


def sync(stream: Any, state: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """All records of a sync that resumes from this state."""
    slices = stream.stream_slices(sync_mode=SyncMode.incremental, stream_state=state or {})
    return [record for piece in slices for record in read(stream, piece)]


def envelope(stream: type[BigCommerceStream], rows: list[Any]) -> Any:
    """A page of these rows, as the stream's endpoint would send it."""
    return v3(rows) if stream.endpoint.startswith("v3/") else rows


def listing(api: Any, stream: type[BigCommerceStream], rows: list[Any]) -> None:
    """The store answers the stream's own list with these rows; what hangs on each of them has the same id."""
    api.get(f"{STORE_URL}{stream.endpoint}", json=envelope(stream, rows))
    if issubclass(stream, OrderChild):
        for one in rows:
            children = [{"id": one["id"]}]
            answer = v3(children) if stream is Transactions else children
            api.get(f"{STORE_URL}{stream.children.format(id=one['id'])}", json=answer)


def row(stream: type[BigCommerceStream], record_id: int, modified: Any) -> dict[str, Any]:
    """The least that the stream's endpoint could send, complete enough to raise no doubt."""
    line = {"id": record_id, "quantity": 1}
    of_order: dict[str, Any] = {
        "consignments": {"shipping": [{"id": record_id, "line_items": [line]}]},
        "fees": [{"id": record_id}],
        "items_total": 1,
        "is_deleted": False,
    }
    extra: dict[str, Any] = {
        Customers: {"address_count": 0, "attribute_count": 0},
        Products: {
            "variants": [{"id": 1}],
            "images": [],
            "custom_fields": [],
            "bulk_pricing_rules": [],
            "videos": [],
            "reviews": [],
            "channels": [1],
        },
        Coupons: {},
        OrderRefunds: {},
    }.get(stream, of_order)
    dated_by = stream.dated_by if issubclass(stream, IncrementalStream) else "date_modified"
    return {"id": record_id, dated_by: modified, **extra}

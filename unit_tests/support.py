"""A store to test with: its configuration, its objects without a network, and small helpers for responses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.config import Config
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.slices import ListSlice, TimeWindow
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.order_children import Transactions
from source_bigcommerce.streams.orders import OrderConsignments
from source_bigcommerce.streams.refunds import OrderRefunds
from source_bigcommerce.streams.stream import PerParentStream, Stream

TOKEN = "tok3n-secret-9f8e7d"
CLIENT = "client-secret-1a2b3c"
STORE_URL = "https://api.bigcommerce.com/stores/abc123/"
NOW = 1_717_243_200  # 2024-06-01T12:00:00Z, the store's clock in all tests
REMEDIES = (
    "Deselect it",
    "Configure it",
    "Allow the connector's address",
    "deselect the stream",
    "Check the",
    "Grant it",
    "start the sync again",
    "Create an API account",
    "please report it",
    "the next sync resumes",
    "the next sync reads the stream from its start",
)


def config(**changes: Any) -> dict[str, Any]:
    """A valid configuration with some settings changed."""
    return {
        "start_date": "2024-01-01",
        "client_id": CLIENT,
        "access_token": TOKEN,
        "store_hash": "abc123",
        "reconcile": "never",
        **changes,
    }


def make_store(**changes: Any) -> Store:
    """A store whose rate limiter waits on a clock of its own, so that waiting takes no time; closed after the test."""
    store = Store(Config.parse(config(**changes)))
    _open_stores.append(store)
    clock = Clock()
    for connection in store.connections:
        connection.governor._clock, connection.governor._sleep = clock, clock.sleep
    return store


_open_stores: list[Store] = []


def close_stores() -> None:
    """Closes the stores that `make_store` has made, and with them their threads and connections."""
    while _open_stores:
        _open_stores.pop().close()


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-6)


def make_stream(stream: type[Stream], **changes: Any) -> Any:
    return stream(make_store(**changes))


def response(status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None) -> requests.Response:
    """A response as `requests` would hand it over."""
    reply = requests.Response()
    reply.status_code = status
    reply._content = body
    reply.headers.update(headers or {})
    return reply


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
    """The paths and queries requested from the mocked store so far, except for its clock."""
    requested = [request.url for request in api.request_history if not request.url.endswith("/v2/time")]
    return [url.removeprefix(STORE_URL) for url in requested]


MODIFIED = "Wed, 15 May 2024 10:00:00 +0000"


def read(stream: Any, stream_slice: Any = None) -> list[dict[str, Any]]:
    """The records of a slice; without one, whatever the store returns."""
    if isinstance(stream_slice, dict):
        stream_slice = time_slice(**stream_slice)
    return list(stream.read_records(SyncMode.incremental, stream_slice=stream_slice))


def time_slice(start: str, end: str) -> StreamSlice:
    """The slice of the list between two dates."""
    first, last = parse_timestamp(start), parse_timestamp(end)
    assert first and last
    return ListSlice(window=TimeWindow(first, last)).to_stream_slice()


def cursor_of(stream: type[Stream]) -> str:
    """The cursor field of an incremental stream."""
    field: str = make_stream(stream).cursor_field
    return field


def keys(stream: type[Stream], records: list[dict[str, Any]]) -> list[int]:
    """The ids of records, or of the orders that they belong to where they have none."""
    return [record["order_id" if stream is OrderConsignments else "id"] for record in records]


def sync(stream: Any, state: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """All records of a sync that resumes from this state."""
    slices = stream.stream_slices(sync_mode=SyncMode.incremental, stream_state=state or {})
    return [record for piece in slices for record in read(stream, piece)]


def envelope(stream: type[Stream], rows: list[Any]) -> Any:
    """A page of these rows, as the stream's endpoint would send it."""
    return v3(rows) if stream.listing.endpoint.startswith("v3/") else rows


def listing(api: Any, stream: type[Stream], rows: list[Any]) -> None:
    """The store returns these rows for the stream's own list; the children of each of them have the same id."""
    api.get(f"{STORE_URL}{stream.listing.endpoint}", json=envelope(stream, rows))
    if issubclass(stream, PerParentStream):
        for one in rows:
            children = [{"id": one["id"]}]
            reply = v3(children) if stream is Transactions else children
            api.get(f"{STORE_URL}{stream.children.format(id=one['id'])}", json=reply)


def row(stream: type[Stream], record_id: int, modified: Any) -> dict[str, Any]:
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
    dates = stream.listing.date_filter
    return {"id": record_id, dates.field if dates else "date_modified": modified, **extra}


def all_listings() -> list[Listing]:
    """Every list that streams declare, and those of their parents, once each."""
    declared = [stream.listing for stream in ALL_STREAMS]
    return list(dict.fromkeys([*declared, *(one.parents.listing for one in declared if one.parents)]))


def set_listing(patches: pytest.MonkeyPatch, listing: Listing, **fields: Any) -> None:
    """Changes fields of a declared list for one test; the object stays the same, so streams still share it."""
    for name, value in fields.items():
        patches.setitem(vars(listing), name, value)


def set_page_size(patches: pytest.MonkeyPatch, limit: int, pages_per_slice: int | None = None) -> None:
    """Reads every list with pages in pages of this size for one test, and in slices of so many of them at most."""
    for one in all_listings():
        if getattr(one.pagination, "limit", 0) > 1:
            set_listing(patches, one, pagination=replace(one.pagination, limit=limit))
        if pages_per_slice is not None and one.date_filter:
            set_listing(patches, one, pages_per_slice=min(one.pages_per_slice, pages_per_slice))


def opened(breaker: Breaker) -> BigCommerceError | None:
    """The error that opened the breaker, if one did."""
    try:
        breaker.check()
    except BigCommerceError as error:
        return error
    return None


def is_a_sentence(text: str) -> bool:
    """Returns True if the text is a readable message with a remedy."""
    return text[0].isupper() and text.endswith(".") and any(remedy in text for remedy in REMEDIES)

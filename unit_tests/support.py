"""A store to test with: its configuration, its objects without a network, and small helpers for answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from source_bigcommerce.api.client import Store
from source_bigcommerce.config import Config
from source_bigcommerce.streams.base import BigCommerceStream

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

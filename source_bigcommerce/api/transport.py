"""The HTTP session: no redirects, no proxy that could read the token, and responses bounded in size and time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from requests.adapters import HTTPAdapter

# Redirects are never followed: requests would send X-Auth-Token to any host. The two timeouts, in seconds, are for
# connecting and for each wait for more bytes.
REQUEST_KWARGS: Mapping[str, Any] = {"allow_redirects": False, "timeout": (10, 120)}

LARGEST_BODY = 512 * 1024**2  # bytes, uncompressed; 250 products with hundreds of variants each take a fraction of it
LONGEST_RESPONSE = 300.0  # seconds from sending the request; checked whenever a part of the body arrives

_CHUNK = 64 * 1024  # bytes, at most, between two checks
_CONNECTIONS = 20  # kept open; more are opened when needed


class BodyTooLarge(requests.exceptions.RequestException):
    """The body has more bytes than the request allows."""


@dataclass
class PageLimits:
    """Limits of one request for a page: the attempts left, and the largest body in bytes.

    `largest_body` is None where no smaller page can be requested.
    """

    attempts: int
    largest_body: int | None = None

    @property
    def allow_smaller(self) -> bool:
        """True if a smaller page can be requested."""
        return self.largest_body is not None


_limits: ContextVar[PageLimits | None] = ContextVar("limits of the request", default=None)


@contextmanager
def apply_limits(limits: PageLimits) -> Iterator[None]:
    """Applies the limits to the requests that this thread sends inside the block."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def limits_of_request() -> PageLimits | None:
    """Returns the limits of the request that this thread sends; None for a request that is not for a page."""
    return _limits.get()


class StoreSession(LimiterSession):
    """A session for one store. Each request waits until the call-rate budget admits it."""

    def __init__(self, api_budget: Any) -> None:
        super().__init__(api_budget=api_budget)
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS))

    def merge_environment_settings(self, url: Any, *settings: Any, **named: Any) -> Any:
        """Returns the proxies and certificates from the environment.

        Without TLS, which only a store on this machine may use, no proxy is used: it would read the token.
        """
        merged = super().merge_environment_settings(url, *settings, **named)
        if not str(url).startswith("https://"):
            merged["proxies"] = {}
        return merged


class _Adapter(HTTPAdapter):
    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        deadline = time.monotonic() + LONGEST_RESPONSE
        response = super().send(*args, **kwargs)
        limits = limits_of_request()
        response.raw = _BoundedBody(response.raw, (limits and limits.largest_body) or LARGEST_BODY, deadline)
        return response


class _BoundedBody:
    """A body whose stream fails when it is too large or when its deadline, in monotonic seconds, has passed."""

    def __init__(self, raw: Any, largest: int, deadline: float) -> None:
        self._raw = raw
        self._largest = largest
        self._deadline = deadline

    def stream(self, chunk_size: int, decode_content: bool) -> Iterator[bytes]:
        """Yields the body in chunks. Raises BodyTooLarge or ReadTimeout."""
        size = 0
        # read1 returns what has arrived; read would wait for a full chunk, each byte within its own read timeout.
        while chunk := self._raw.read1(_CHUNK, decode_content=decode_content):
            size += len(chunk)
            if size > self._largest:
                self._raw.close()
                raise BodyTooLarge(f"more than {self._largest // 1024**2} MB")
            if time.monotonic() > self._deadline:
                self._raw.close()
                raise requests.exceptions.ReadTimeout(f"the response took longer than {LONGEST_RESPONSE:.0f} seconds")
            yield chunk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

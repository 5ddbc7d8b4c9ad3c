"""How requests go out and answers come in: straight to the store, and bounded in size and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

import requests
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from requests.adapters import HTTPAdapter

# Redirects are never followed: requests would carry X-Auth-Token along to any host. The two timeouts, in seconds,
# are for connecting and for each wait for more bytes.
REQUEST_KWARGS: Mapping[str, Any] = {"allow_redirects": False, "timeout": (10, 120)}

LARGEST_BODY = 512 * 1024**2  # bytes, unpacked; 250 products with hundreds of variants each take a fraction of it
LONGEST_ANSWER = 300.0  # seconds from the request to its last byte

_CONNECTIONS = 20  # kept open; more are opened when needed


class BodyTooLarge(requests.exceptions.RequestException):
    """The body has more bytes than the request allows."""


@dataclass
class PageLimits:
    """The limits of one request for a page: how often it is sent while it fails, and the bytes of its body where a
    smaller page can be asked for instead."""

    attempts: int
    largest_body: int | None = None

    @property
    def allow_smaller(self) -> bool:
        """Whether the page can be asked for in smaller ones."""
        return self.largest_body is not None


_limits: ContextVar[PageLimits | None] = ContextVar("limits of the request", default=None)


@contextmanager
def limited(limits: PageLimits) -> Iterator[None]:
    """Limits the request that this thread sends meanwhile."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def limits_of_request() -> PageLimits | None:
    """The limits of the request that this thread sends; None for requests that are not for a page."""
    return _limits.get()


class StoreSession(LimiterSession):
    """A session of requests to one store, each sent when the call-rate budget allows it."""

    def __init__(self, api_budget: Any) -> None:
        super().__init__(api_budget=api_budget)
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(pool_connections=_CONNECTIONS, pool_maxsize=_CONNECTIONS))

    def merge_environment_settings(self, url: Any, *settings: Any, **named: Any) -> Any:
        """The proxies and certificates that the environment names.

        Only a store on this machine is asked without TLS, and never through a proxy, which would read the token.
        """
        merged = super().merge_environment_settings(url, *settings, **named)
        if not str(url).startswith("https://"):
            merged["proxies"] = {}
        return merged


class _Adapter(HTTPAdapter):
    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _timed(pool.ConnectionCls)
        return pool

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(*args, **kwargs)
        limits = limits_of_request()
        response.raw = _BoundedBody(response.raw, (limits and limits.largest_body) or LARGEST_BODY)
        return response


class _BoundedBody:
    """A body that ends in an error when it grows too large."""

    def __init__(self, raw: Any, largest: int) -> None:
        self._raw = raw
        self._largest = largest

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        size = 0
        for chunk in self._raw.stream(*args, **kwargs):
            size += len(chunk)
            if size > self._largest:
                self._raw.close()
                raise BodyTooLarge(f"more than {self._largest // 1024**2} MB")
            yield chunk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


@cache
def _timed(connection: type) -> type:
    """The same kind of connection, whose answers end in an error when they take too long."""
    if issubclass(getattr(connection, "response_class", object), _TimedResponse):
        return connection
    return type(connection.__name__, (connection,), {"response_class": _TimedResponse})


class _TimedResponse(HTTPResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = BufferedReader(_TimedReader(self.fp.detach()))


class _TimedReader(RawIOBase):
    """Reads an answer, its headers as its body, as long as there is time: a read timeout bounds only each pause."""

    def __init__(self, socket: RawIOBase) -> None:
        self._socket = socket
        self._until = time.monotonic() + LONGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._until:
            raise TimeoutError(f"the answer took longer than {LONGEST_ANSWER:.0f} seconds")
        return self._socket.readinto(buffer)

    def close(self) -> None:
        self._socket.close()
        super().close()

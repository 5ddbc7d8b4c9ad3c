"""How requests go out and answers come in: straight to the store, and bounded in size and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from requests.adapters import HTTPAdapter

# Redirects are never followed: requests would carry X-Auth-Token along to any host. The two timeouts, in seconds,
# are for connecting and for each wait for more bytes.
REQUEST_KWARGS: Mapping[str, Any] = {"allow_redirects": False, "timeout": (10, 120)}

LARGEST_BODY = 512 * 1024**2  # bytes, unpacked; 250 products with hundreds of variants each take a fraction of it
LONGEST_BODY = 300.0  # seconds from its first byte to its last

_CONNECTIONS = 20  # kept open; more are opened when needed


class BodyTooLarge(requests.exceptions.RequestException):
    """The answer has more bytes than anything that BigCommerce can mean."""


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
    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(*args, **kwargs)
        response.raw = _BoundedBody(response.raw)
        return response


class _BoundedBody:
    """A body that ends in an error when it grows too large or takes too long: a read timeout bounds only each pause."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        until, size = time.monotonic() + LONGEST_BODY, 0
        for chunk in self._as_it_comes(*args, **kwargs):
            size += len(chunk)
            if size > LARGEST_BODY:
                self._raw.close()
                raise BodyTooLarge(f"more than {LARGEST_BODY // 1024**2} MB")
            if time.monotonic() > until:
                self._raw.close()
                raise requests.exceptions.ReadTimeout(f"the answer took longer than {LONGEST_BODY:.0f} seconds")
            yield chunk

    def _as_it_comes(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        """The body in pieces, none of which is waited for longer than for its first byte: `stream` of urllib3 waits
        until a piece has its full size."""
        if not hasattr(self._raw, "read1"):  # urllib3 before 2.1
            yield from self._raw.stream(*args, **kwargs)
            return
        while piece := self._raw.read1(*args, **kwargs):
            yield piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

"""The store without a socket: an adapter for `requests` that calls the application in the caller's thread.

For simulations, in which a store serves thousands of requests a second and no time passes. Whatever needs time
(latency, stalls, limits on concurrency) needs a server.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from starlette.types import ASGIApp, Message
from urllib3.exceptions import ProtocolError

from sandbox.connection import _TRANSPORT


class InProcess(HTTPAdapter):
    """Sends requests to an application. Any number of threads may use it.

    `before` is called with each request before it is served; what it raises reaches the client. Responses are not
    compressed.
    """

    def __init__(self, app: ASGIApp, before: Callable[[requests.PreparedRequest], None] | None = None) -> None:
        super().__init__()
        self._app = app
        self._before = before

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The application's response; raises what `requests` would if the connection is aborted."""
        if self._before:
            self._before(request)
        exchange = _Exchange(request)
        _run(self._app(exchange.scope, _nothing, exchange.take))  # type: ignore[arg-type]
        return exchange.response(self)


class _Exchange:
    """One request, and what comes back of it."""

    def __init__(self, request: requests.PreparedRequest) -> None:
        self._request = request
        self._status = 0
        self._headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        self._body = b""
        self._is_whole = False
        self._is_reset = False

    @property
    def scope(self) -> dict[str, Any]:
        url = urlsplit(self._request.url or "")
        headers = ((str(name).lower(), str(value)) for name, value in self._request.headers.items())
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": unquote(url.path),
            "raw_path": url.path.encode(),
            "root_path": "",
            "query_string": url.query.encode(),
            "headers": [(n.encode(), v.encode()) for n, v in headers if n != "accept-encoding"],
            "client": None,
            "server": None,
            "state": {_TRANSPORT: self},
        }

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message["headers"]:
                self._headers[name.decode("latin-1")] = value.decode("latin-1")
            return
        self._body += message.get("body", b"")
        self._is_whole = not message.get("more_body", False)

    # What `connection` does to a transport.

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""

    def abort(self) -> None:
        self._is_reset = True

    def close(self) -> None:
        """The body stays as long as it is."""

    def response(self, adapter: HTTPAdapter) -> requests.Response:
        if self._is_reset or not self._status:
            raise requests.exceptions.ConnectionError("Connection reset by peer", request=self._request)
        response = requests.Response()
        response.status_code = self._status
        response.headers = self._headers
        response.encoding = get_encoding_from_headers(self._headers)
        response.raw = _Raw(self._body, self._is_whole)
        response.url = self._request.url or ""
        response.request = self._request
        response.connection = adapter
        return response


class _Raw:
    """The body of a response, as urllib3 gives it."""

    def __init__(self, body: bytes, is_whole: bool) -> None:
        self._body = body
        self._is_whole = is_whole
        self._read = 0

    def stream(self, amount: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        while chunk := self.read1():
            yield chunk

    def read(self, amount: int | None = None, decode_content: bool | None = None) -> bytes:
        return b"".join(self.stream())

    def read1(self, amount: int | None = None, decode_content: bool | None = None) -> bytes:
        """The rest of the body, once; then the end, or the error of a broken connection."""
        body, self._body = self._body, b""
        self._read += len(body)
        if not body and not self._is_whole:
            raise ProtocolError(f"Connection broken: IncompleteRead({self._read} bytes read)")
        return body

    def close(self) -> None:
        """Nothing is open."""

    release_conn = close


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _run(serving: Coroutine[Any, Any, None]) -> None:
    """Runs the application to its end without an event loop, as it waits for nothing."""
    try:
        serving.send(None)
    except StopIteration:
        return
    serving.close()
    raise RuntimeError("the application waits: latency, stalls and limits on concurrency need a server")

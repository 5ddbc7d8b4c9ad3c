"""A store on a loopback port, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

import uvicorn

from sandbox.app import Application
from sandbox.connection import Protocol
from sandbox.faults import Edit, Fault, When
from sandbox.options import Options
from sandbox.quota import Quota
from sandbox.requests_log import Entry, RequestLog
from sandbox.store import Store

_STARTUP = 10.0
_KEEP_ALIVE = 120


class _HttpServer(uvicorn.Server):
    """Uvicorn, which leaves the connections open whose clients have not read the response."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # sockets are closed in the next iteration of the loop


class Server:
    """A running store. Use as a context manager, or `start` and `stop`.

    `api_url` is what a client is given as the API's base: `{api_url}/stores/{store_hash}/v2/time` is a first request.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.store = Store(self.options)
        self._app = Application(self.options, self.store)
        self._socket: socket.socket | None = None
        self._b2b_socket: socket.socket | None = None
        self._uvicorn: _HttpServer | None = None
        self._thread: threading.Thread | None = None

    # Where it is

    @property
    def port(self) -> int:
        """The port that it listens on."""
        if self._socket is None:
            raise RuntimeError("the server is not running")
        return int(self._socket.getsockname()[1])

    @property
    def api_url(self) -> str:
        """The base URL of the API, without a slash at the end."""
        return f"http://{self.options.host}:{self.port}"

    @property
    def b2b_api_url(self) -> str:
        """The base URL of B2B Edition, without a slash at the end: `{b2b_api_url}/api/v3/io/companies`."""
        if self._b2b_socket is None:
            raise RuntimeError("the server is not running, or was started without B2B Edition")
        return f"http://{self.options.host}:{self._b2b_socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        """The URL of this store: `{url}/v2/time`."""
        return f"{self.api_url}/stores/{self.store_hash}"

    @property
    def token(self) -> str:
        """The access token."""
        return self.options.token

    @property
    def store_hash(self) -> str:
        """The hash in the store's URL."""
        return self.options.store_hash

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The paths that it serves, such as `v2/orders/{order_id:int}`."""
        return self._app.endpoints

    # What happens on it

    @property
    def log(self) -> RequestLog:
        """The request log, with counters."""
        return self._app.log

    @property
    def requests(self) -> list[Entry]:
        """Every request so far."""
        return self._app.log.all()

    @property
    def quota(self) -> Quota:
        """The quota; `quota.refused` counts the requests that met 429."""
        return self._app.quota

    @property
    def b2b_quota(self) -> Quota:
        """The quota of B2B Edition."""
        if self._app.b2b is None:
            raise RuntimeError("the server was started without B2B Edition")
        return self._app.b2b.quota

    def set_latency(self, milliseconds: float) -> None:
        """Changes the delay before every response."""
        self._app.latency_ms = milliseconds

    def set_live(self, every: int, *, silent: bool | None = None) -> None:
        """Changes how often the store edits itself, and whether also without a date; 0 stops it."""
        self._app.live.set_every(every)
        if silent is not None:
            self._app.live.is_silent_too = silent

    def disturb(self, kind: str) -> None:
        """One round of changes around the last page of a kind that was read, as in live mode."""
        self._app.live.disturb(kind)

    def fail(
        self,
        path_pattern: str,
        *,
        nth: int = 1,
        times: int = 1,
        status: int = 500,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        kind: str = "status",
        rate_headers: bool = True,
        seconds: float = 60.0,
        edit: Edit | None = None,
        ignored: Collection[str] = (),
        when: When | None = None,
    ) -> Fault:
        """Makes the n-th to (n + times - 1)-th request to a path fail, counted from now.

        `path_pattern` is a glob over the path below the store, such as `v2/orders` or `v2/orders/*/products`;
        with a `?` in it, over path and query. Kinds: `status` (a status with body and headers), `html` (a
        gateway's page), `redirect` (to another host), `empty` (200 without a body), `truncate` (half of the
        true body), `break` (the same, ended by a TCP reset), `cut gzip` (half of the compressed body, announced
        as whole), `reset` (TCP reset), `stall` (silence for some seconds, then a reset), `edit` (the true body,
        changed by a function), `deaf` (without heed to the `ignored` parameters), `when` (a status, where a function
        says so of the true body).
        """
        if kind == "html" and status == 500:
            status = 502
        fault = Fault(
            path_pattern,
            nth=nth,
            times=times,
            kind=kind,
            status=status,
            body=body.encode() if isinstance(body, str) else body,
            headers=dict(headers or {}),
            rate_headers=rate_headers,
            seconds=seconds,
            edit=edit,
            ignored=ignored,
            when=when,
        )
        return self._app.faults.add(fault)

    def clear_faults(self) -> None:
        """Removes every failure that was set."""
        self._app.faults.clear()

    # Life

    def start(self) -> Server:
        """Listens, and returns when requests are served."""
        self._socket = _bound(self.options.host, self.options.port)
        sockets = [self._socket]
        if self.options.b2b:
            self._b2b_socket = _bound(self.options.host, self.options.b2b_port)
            self._app.b2b_port = self._b2b_socket.getsockname()[1]
            sockets.append(self._b2b_socket)
        config = uvicorn.Config(
            self._app,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            backlog=512,
        )
        self._uvicorn = _HttpServer(config)
        arguments = {"sockets": sockets}
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs=arguments, name="sandbox", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _STARTUP
        while not self._uvicorn.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the sandbox store did not start")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Stops listening and breaks off what is under way."""
        if self._uvicorn is None or self._thread is None or self._socket is None:
            return
        self._uvicorn.should_exit = True
        self._uvicorn.force_exit = True
        self._thread.join(timeout=5)
        for one in (self._socket, self._b2b_socket):
            if one is not None:
                one.close()
        self._uvicorn = self._thread = self._socket = self._b2b_socket = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Headers and body are two packets: without this, each response waits 40 ms for the client's delayed ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


@contextmanager
def serve(options: Options | None = None) -> Iterator[Server]:
    """A running store for the length of a `with` block."""
    with Server(options) as server:
        yield server

"""The store as an ASGI application: authentication, quota, faults and transport."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from email.utils import formatdate
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Message, Receive, Scope, Send

from sandbox import connection
from sandbox.api import (
    catalog,
    collections,
    customers,
    marketing,
    order_children,
    orders,
    payments,
    store_information,
)
from sandbox.api.endpoint import Call, Endpoint
from sandbox.b2b.edition import PREFIX, Edition
from sandbox.collections import COLLECTIONS
from sandbox.compression import SMALLEST, gzip
from sandbox.control import control_routes
from sandbox.faults import Fault, Faults
from sandbox.live import Live
from sandbox.options import Options
from sandbox.query import Query, refuse_unknown
from sandbox.quota import Concurrency, Quota
from sandbox.requests_log import Pending, RequestLog
from sandbox.responses import NOT_FOUND, STATUS_PAGE, SUSPENDED, ApiResponse, Problem, problem
from sandbox.store import Store

_STORE_PATH = re.compile(r"/stores/([^/]*)/?(.*)")
_MESSAGES = {404: NOT_FOUND, 405: "The requested method is not allowed for this resource."}
_WORK_MS = 20
"""The least time of a request to an endpoint with bounded concurrency: shorter ones would never overlap."""
_NO_TOKEN = "The access token is missing or not valid for this store."
_NO_SCOPE = "You don't have a required scope to access the endpoint"


class Application:
    """Everything behind the port: routes, authentication, quota, faults, log."""

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store
        self.quota = Quota(
            options.quota,
            options.window_ms,
            other_apps=options.other_apps,
            unannounced=options.unannounced_apps,
            unannounced_when=options.unannounced_when,
        )
        self.concurrency = Concurrency(options.concurrency)
        self.faults = Faults()
        self.log = RequestLog()
        self.live = Live(store, options.live_every, options.live_when, silent=options.live_silent)
        self.latency_ms = options.latency_ms
        self.b2b = Edition(lambda: self.options, store, self.live, self._sent) if options.b2b else None
        self.b2b_port: int | None = None  # that of B2B Edition alone, where the application is behind ports
        self._routes = self._build()

    def _build(self) -> Starlette:
        endpoints = [
            *store_information.ENDPOINTS,
            *orders.ENDPOINTS,
            *order_children.ENDPOINTS,
            *payments.ENDPOINTS,
            *marketing.ENDPOINTS,
            *customers.endpoints(self.store),
            *catalog.endpoints(self.store),
            *collections.endpoints(COLLECTIONS),
        ]
        endpoints.sort(key=lambda one: "{" in one.path)  # `orders/metafields` is no order
        self.endpoints = tuple(one.path for one in endpoints)
        self.concurrency.check(self.endpoints)
        routes = [Route(f"/{one.path}", self._handler(one), methods=["GET"]) for one in endpoints]
        b2b_quota = self.b2b.quota if self.b2b else None
        control = control_routes(self.store, self.live, self.quota, self.concurrency, self.log, b2b_quota)
        return Starlette(
            routes=[
                Mount("/_sandbox", routes=control),
                Mount("/stores/{store_hash}", routes=routes),
                *([Mount(PREFIX, routes=self.b2b.routes)] if self.b2b else []),
            ],
            exception_handlers={404: self._not_routed, 405: self._not_routed},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if self.b2b_port and (scope["server"][1] == self.b2b_port) != path.startswith(PREFIX):
            await Response(status_code=404)(scope, receive, send)  # each port serves one API
            return
        if path.startswith("/_sandbox/"):
            await self._routes(scope, receive, send)
            return
        if match := _STORE_PATH.fullmatch(path):
            path = match[2]
            if path.startswith("v2/"):
                path = path.removesuffix(".json")  # V2 paths accept an extension
                scope = {**scope, "path": f"/stores/{match[1]}/{path}"}
        elif self._is_b2b(path):
            path = path.removeprefix("/")
        await self._logged(scope, receive, send, path)

    def _is_b2b(self, path: str) -> bool:
        return self.b2b is not None and path.startswith((PREFIX, PREFIX[1:]))

    async def _logged(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Serves a request of the API and records it; an aborted connection has status 0."""
        query = scope["query_string"].decode("latin-1")
        pending = Pending(self.log, self.store.clock.time(), scope["method"], path, query)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                pending.status = message["status"]
                pending.write()  # a response without a body ends here
            await send(message)

        try:
            if self.latency_ms:
                await asyncio.sleep(self.latency_ms / 1000)
            fault = self.faults.for_request(path, query)
            if fault is None:
                await self._routes(scope, receive, noting)
                return
            if fault.kind == "stall":
                pending.write()  # its end may be long after the client's
            await self._fail(fault, scope, receive, noting, path)
        finally:
            pending.write()

    def _handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                refusal = self._refusal(request, endpoint)
                response = refusal or await self._respond(request, endpoint)
            except Problem as error:
                response = problem(endpoint.version, error)
            return self._response(response, request)

        return handle

    def _refusal(self, request: Request, endpoint: Endpoint) -> ApiResponse | None:
        """The reason to refuse a request: store, token, suspension, quota, scope, in this order."""
        options, version = self.options, endpoint.version
        if request.path_params["store_hash"] != options.store_hash:
            return problem(version, Problem(options.api_variant.unknown_store_status, "The store was not found."))
        if request.headers.get("x-auth-token") != options.token:
            if options.api_variant.catalog_401 == "text" and endpoint.path.startswith("v3/catalog"):
                return ApiResponse(b"Unauthorized", 401, "text/plain")
            return problem(version, Problem(401, _NO_TOKEN))
        if options.suspended:
            return problem(version, Problem(503, SUSPENDED))
        if not self.quota.take():
            return self._too_many(version)
        if not endpoint.open_to(options.scopes):
            return problem(version, Problem(403, _NO_SCOPE))
        return None

    def _too_many(self, version: str) -> ApiResponse:
        response = problem(version, Problem(429, "Too many requests."))
        return ApiResponse(response.body, 429, headers=self.quota.retry_after())

    async def _respond(self, request: Request, endpoint: Endpoint) -> ApiResponse:
        entered = self.concurrency.enter(endpoint.path)
        if entered is None:
            return problem(endpoint.version, Problem(429, "Too many concurrent requests."))
        try:
            if entered:
                await asyncio.sleep(max(self.latency_ms, _WORK_MS) / 1000)
            return self._made(request, endpoint)
        finally:
            self.concurrency.leave(entered)

    def _made(self, request: Request, endpoint: Endpoint) -> ApiResponse:
        query = Query(request.scope["query_string"].decode("latin-1"))
        if endpoint.parameters is not None and self.options.api_variant.unknown_v2_parameter == "400":
            refuse_unknown(query, endpoint.parameters)
        with self.store.lock:
            if endpoint.lists:
                self.live.before(endpoint.lists)
            self.store.catch_up()
            response = endpoint.respond(Call(self.store, query, dict(request.path_params)))
            if endpoint.lists:
                self.live.after(endpoint.lists, response.listed or [])
        return response

    async def _not_routed(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if self.b2b and self._is_b2b(request.url.path):
            return self.b2b.not_routed(request, status)
        version = "v3" if "/v3/" in request.url.path else "v2"
        response = problem(version, Problem(status, _MESSAGES[status]))
        return self._response(response, request)

    def _response(self, response: ApiResponse, request: Request) -> Response:
        return self._sent(response, request, self.quota.headers())

    def _sent(self, response: ApiResponse, request: Request, quota: Mapping[str, str]) -> Response:
        headers = {**self._date(), **response.headers}
        if not (response.status == 429 and self.options.headerless_429):
            headers = {**quota, **headers}
        else:
            headers.pop("x-retry-after", None)
        body = response.body
        if len(body) >= SMALLEST and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip(body, self.options.gzip_level)
            headers["content-encoding"] = "gzip"
        if response.status == 204:
            return Response(status_code=204, headers=headers)
        headers["vary"] = "accept-encoding"
        return Response(body, response.status, headers, response.content_type)

    def _date(self) -> dict[str, str]:
        return {"date": formatdate(self.store.clock.time(), usegmt=True)}

    def _failed(self, fault: Fault, path: str) -> Response:
        of = self.b2b if self.b2b and self._is_b2b(path) else self
        quota = of.quota.headers() if fault.rate_headers else {}
        return _failed_response(fault, path, {**self._date(), **quota}, self._standard(fault, path))

    def _standard(self, fault: Fault, path: str) -> bytes:
        """The body of a failed request, unless the fault has one."""
        message = f"A fault set in the sandbox; see {STATUS_PAGE}"
        if self.b2b and self._is_b2b(path):
            return self.b2b.fault(fault.status, message).body
        return problem(path[:2], Problem(fault.status, message)).body

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if fault.kind == "reset":
            connection.reset(scope)
        elif fault.kind == "stall":
            await asyncio.sleep(fault.seconds)
            connection.reset(scope)
        elif fault.kind in ("truncate", "break"):
            by_reset = fault.kind == "break"
            await self._routes(scope, receive, connection.truncating(scope, send, by_reset=by_reset))
        elif fault.kind == "deaf":
            await self._routes(_without(scope, fault.ignored), receive, send)
        elif fault.kind in ("edit", "cut gzip", "when"):
            true = connection.Recorder()
            await self._routes(_uncompressed(scope), receive, true)
            if fault.when and fault.when(
                orjson.loads(true.body) if true.body else None,
                dict(Query(scope["query_string"].decode("latin-1")).pairs()),
            ):
                await self._failed(fault, path)(scope, receive, send)
                return
            await _changed(fault, true, Query(scope["query_string"].decode("latin-1")))(scope, receive, send)
        else:
            await self._failed(fault, path)(scope, receive, send)


def _failed_response(fault: Fault, path: str, headers: Mapping[str, str], standard: bytes) -> Response:
    headers = {**headers, **fault.headers}
    if fault.kind == "html":
        page = fault.body or b"<html><body><h1>Bad gateway</h1></body></html>"
        return Response(page, fault.status, headers, "text/html")
    if fault.kind == "redirect":
        status = fault.status if 300 <= fault.status < 400 else 302
        return Response(b"", status, {"location": f"https://elsewhere.example.com/{path}", **headers})
    if fault.kind == "empty":
        return Response(b"", 200, headers, "application/json")
    return Response(standard if fault.body is None else fault.body, fault.status, headers, "application/json")


def _without(scope: Scope, parameters: Collection[str]) -> Scope:
    """The request without these parameters."""
    kept = [(name, value) for name, value in parse_qsl(scope["query_string"].decode()) if name not in parameters]
    return {**scope, "query_string": urlencode(kept, safe=":,").encode()}


def _uncompressed(scope: Scope) -> Scope:
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != b"accept-encoding"]}


def _changed(fault: Fault, true: connection.Recorder, query: Query) -> Response:
    """The response that the fault makes of the true one."""
    body, headers = true.body, {name: value for name, value in true.headers.items() if name != "content-length"}
    if fault.kind == "cut gzip":
        packed = gzip(body, 1)
        body, headers = packed[: len(packed) // 2], {**headers, "content-encoding": "gzip"}
    elif fault.edit:
        changed = fault.edit(orjson.loads(body) if body else None, dict(query.pairs()))
        body = changed if isinstance(changed, bytes) else b"" if changed is None else orjson.dumps(changed)
    status = 200 if true.status == 204 and body else true.status
    return Response(body, status, {**headers, **fault.headers})

"""B2B Edition behind its own host: authentication, quota and the way to its endpoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.b2b.api import companies, invoices, people, sales
from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.quota import B2BQuota
from sandbox.b2b.responses import B2BProblem, problem
from sandbox.live import Live
from sandbox.options import Options
from sandbox.query import Query
from sandbox.responses import SUSPENDED, ApiResponse, Problem
from sandbox.store import Store

PREFIX = "/api/v3/io"
ENDPOINTS = (*companies.ENDPOINTS, *people.ENDPOINTS, *sales.ENDPOINTS, *invoices.ENDPOINTS)

Finish = Callable[[ApiResponse, Request, dict[str, str]], Response]


class Edition:
    """The part of the application below `/api/v3/io`."""

    def __init__(self, options: Callable[[], Options], store: Store, live: Live, finish: Finish) -> None:
        """`options` are those of the moment; `finish` makes what is sent of a response and the headers of the quota."""
        self._options = options
        self._variant = options().b2b_variant
        form, window = self._variant.rate_headers, options().b2b_window_ms
        self.quota = B2BQuota(options().b2b_quota, window, form)
        self.hierarchy_quota = B2BQuota(options().hierarchy_quota, window, form)
        self._store = store
        self._live = live
        self._finish = finish

    @property
    def routes(self) -> list[Route]:
        """The routes below `PREFIX`."""
        return [Route(f"/{one.path}", self._handler(one), methods=["GET"]) for one in ENDPOINTS]

    def not_routed(self, request: Request, status: int) -> Response:
        """404 for an unknown path, 405 for another method than GET."""
        message = "This resource is not found." if status == 404 else "The method is not allowed."
        return self._sent(problem(B2BProblem(status, message), self._variant), request)

    def fault(self, status: int, message: str) -> ApiResponse:
        """The standard body of a fault that a test has set."""
        return ApiResponse(problem(B2BProblem(status, message), self._variant).body, status)

    def _handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                self._refuse(request, endpoint)
                response = self._made(request, endpoint)
            except Problem as error:
                response = problem(error, self._variant)
            return self._sent(response, request)

        return handle

    def _refuse(self, request: Request, endpoint: Endpoint) -> None:
        """Raises B2BProblem for a store, token, edition, quota or scope that is not right, in this order."""
        options, variant, headers = self._options(), self._variant, request.headers
        if headers.get("x-store-hash") != options.store_hash:
            raise B2BProblem(variant.bad_hash_status, "Server error")
        if "authtoken" in headers:
            raise B2BProblem(400, "Bad Requests Error", "Send authToken or X-Store-Hash, never both.")
        if headers.get("x-auth-token") != options.token:
            raise B2BProblem(401, "Unauthorized")
        if options.suspended:
            raise B2BProblem(503, SUSPENDED)
        if not options.b2b_edition:
            raise B2BProblem(variant.no_edition_status, "B2B Edition is not enabled for this store.")
        if not self.quota.take() or (endpoint.slow and not self.hierarchy_quota.take()):
            raise B2BProblem(429, "Too many requests.")
        if not options.b2b_scope:
            raise B2BProblem(403, "You don't have a required scope to access the endpoint")

    def _made(self, request: Request, endpoint: Endpoint) -> ApiResponse:
        query = Query(request.scope["query_string"].decode("latin-1"))
        with self._store.lock:
            if endpoint.lists:
                self._live.before(endpoint.lists)
            response = endpoint.respond(Call(self._store, query, dict(request.path_params)))
            if endpoint.lists:
                self._live.after(endpoint.lists, response.listed or [])
        return response

    def _sent(self, response: ApiResponse, request: Request) -> Response:
        return self._finish(response, request, self.quota.headers())

"""The requests of a probe: GET only, remembered, with refusals as results instead of errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution, ResponseAction
from airbyte_cdk.sources.streams.http.http_client import HttpClient
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.client import Params, Store, with_query
from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.errors import BigCommerceError, Forbidden, MissingScope, unwrap_cdk_error
from source_bigcommerce.api.explanation import is_html
from source_bigcommerce.api.json_body import UndecodableBody, decode
from source_bigcommerce.api.rate_limit.headers import STORE_HEADERS
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import REQUEST_KWARGS, StoreSession
from source_bigcommerce.probe.answer import Refused, Undecided
from source_bigcommerce.probe.limits import Patience, ProbeGovernor, RequestsSpent
from source_bigcommerce.version import __version__

Row = dict[str, Any]

REFUSALS = frozenset({400, 404, 413, 422})
"""The statuses by which the API refuses a request for what it asks: an answer, not a failure."""


@dataclass(frozen=True)
class Reply:
    """One response of the API. `body` is None for 204 and for refusals."""

    status: int
    body: Any

    @property
    def is_refused(self) -> bool:
        """True for a request that the API does not accept."""
        return self.status in REFUSALS

    @property
    def rows(self) -> list[Row]:
        """The entries of a list of either version. Raises Refused, or Undecided if the response is not a list."""
        if self.is_refused:
            raise Refused(f"the store refuses the list with status {self.status}")
        found = self.body if not isinstance(self.body, dict) else self.body.get("data")
        found = [] if self.body is None else found
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise Undecided("the response is not a list of objects")
        return found

    def meta(self, name: str) -> Row:
        """Returns a member of a V3 list's `meta`, such as `pagination`; {} if there is none."""
        meta = self.body.get("meta") if isinstance(self.body, dict) else None
        found = meta.get(name) if isinstance(meta, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def ids(self) -> list[int]:
        """The ids of the entries that have one."""
        return [row["id"] for row in self.rows if type(row.get("id")) is int]


class _Handler(BigCommerceErrorHandler):
    """Lets refusals pass, and repeats less often than a sync: a probe is short and easily started again."""

    max_retries = 2

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        if isinstance(response, requests.Response) and response.status_code in REFUSALS and not is_html(response):
            return ErrorResolution(ResponseAction.SUCCESS)
        return super().interpret_response(response)


class ProbeSession:
    """Sends the requests of one probe to one store.

    The store's own governor is replaced by one that ends the probe after a number of requests.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        store.api.governor = self.governor = ProbeGovernor(
            store.config.quota_reserve_percent / 100, store.breaker, max_in_flight=1
        )
        self.governor.listener = Patience(store.breaker)
        self.with_rate_limit = 0
        self.without_rate_limit = 0
        self.left_out: list[BigCommerceError] = []
        self._clients: dict[Scope, HttpClient] = {}
        self._replies: dict[str, Reply | Exception] = {}

    def get(
        self,
        endpoint: str,
        scope: Scope,
        params: Params | None = None,
        *,
        is_encoded: bool = False,
        is_fresh: bool = False,
    ) -> Reply:
        """Returns the response for an endpoint, the same for each call. Raises BigCommerceError or Undecided.

        `is_encoded` percent-encodes the colons in the values of parameters, as many HTTP clients do. `is_fresh` sends
        the request again: for what must hold now, not when another question was asked.
        """
        path = _encoded(endpoint, params or {}) if is_encoded else with_query(endpoint, params or {})
        if is_fresh or path not in self._replies:
            try:
                self._replies[path] = self._confirmed(path, scope)
            except (BigCommerceError, Undecided) as error:
                self._replies[path] = error
        found = self._replies[path]
        if isinstance(found, Exception):
            raise found
        return found

    def leave_out(self, error: BigCommerceError) -> None:
        """Notes a failed request in `left_out`, whose question can be answered without it.

        Raises the error if no further request can be sent.
        """
        if isinstance(error, RequestsSpent):
            raise error
        self.store.breaker.check()
        self.left_out.append(error)

    def get_without_token(self, path: str, store_hash: str | None = None) -> requests.Response:
        """Returns the response to a request without credentials, to this store or to another hash.

        Raises Undecided if there is none.
        """
        config = self.store.config
        url = f"{config.api_url}/stores/{store_hash or config.store_hash}/{path}"
        session = StoreSession(api_budget=self.governor)
        headers = {"Accept": "application/json", "User-Agent": f"bigcommerce-mirror/{__version__}"}
        try:
            with session, self.governor.slot(path):
                # Without an `auth` of its own, the session would look for credentials in ~/.netrc.
                return session.get(url, headers=headers, auth=_unchanged, **REQUEST_KWARGS)
        except requests.RequestException:
            raise Undecided("a request without a token was not answered") from None

    def _confirmed(self, path: str, scope: Scope) -> Reply:
        """Returns a reply. A refusal is repeated once, as it may be a mistake of the store or of a proxy."""
        reply = self._send(path, scope)
        if not reply.is_refused:
            return reply
        again = self._send(path, scope)
        if again.is_refused and again.status != reply.status:
            raise Undecided(f"the store refuses the same request with status {reply.status}, then {again.status}")
        return again

    def _send(self, path: str, scope: Scope) -> Reply:
        client = self._clients.get(scope)
        if client is None:
            handler = _Handler("the probe", scope, self.store.breaker, self.store.token_check.is_refused)
            client = self._clients[scope] = self.store.api.client("probe", handler)
        try:
            with self.governor.slot(path.partition("?")[0]):
                response = client.send_request("GET", self.store.config.store_url + path, REQUEST_KWARGS)[1]
        except MissingScope:
            raise Undecided(f"the API account may not read this: it needs the OAuth scope {scope.value}") from None
        except Forbidden:
            raise Undecided("access is refused, by the plan, a setting or a firewall") from None
        except AirbyteTracedException as error:
            raise unwrap_cdk_error(error) from None
        self._note(response)
        if response.status_code in REFUSALS:
            return Reply(response.status_code, None)
        try:
            return Reply(response.status_code, decode(response))
        except UndecodableBody:
            raise Undecided("the response is not JSON") from None

    def _note(self, response: requests.Response) -> None:
        if STORE_HEADERS.read(response):
            self.with_rate_limit += 1
        else:
            self.without_rate_limit += 1


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _encoded(endpoint: str, params: Params) -> str:
    return f"{endpoint}?" + "&".join(f"{name}={quote(str(value), safe=',')}" for name, value in params.items())

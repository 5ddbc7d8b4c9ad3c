"""The store during one sync: the objects that all streams share, and the requests that belong to no stream."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from itertools import islice
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api import b2b_edition
from source_bigcommerce.api.auth import ApiAuth, b2b_credentials, store_credentials
from source_bigcommerce.api.connection import Connection
from source_bigcommerce.api.environment import require_usable_environment
from source_bigcommerce.api.error_handler import StoreErrorHandler
from source_bigcommerce.api.errors import BigCommerceError, Breaker, unwrap_cdk_error
from source_bigcommerce.api.json_body import decode
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.api.rate_limit.pace import B2B_QUOTA, STORE_QUOTA, ApiQuota
from source_bigcommerce.api.token_check import TokenCheck
from source_bigcommerce.api.transport import REQUEST_KWARGS, StoreSession
from source_bigcommerce.config import Config

Params = Mapping[str, str | int]
Item = TypeVar("Item")
Result = TypeVar("Result")

_PLAIN_KEY = re.compile(r"[0-9A-Za-z_-]+")


def with_query(endpoint: str, params: Params) -> str:
    """Returns the endpoint with its query, in which colons and commas are not encoded.

    V3 customers is reported to ignore date values with encoded colons (github.com/bigcommerce/docs/issues/620), and
    lists are documented with plain commas. B2B Edition has an `offset` in place of the number of a page.
    """
    if endpoint.startswith(b2b_edition.PREFIX) and "page" in params:
        offset = (int(params["page"]) - 1) * int(params["limit"])
        params = {**{name: value for name, value in params.items() if name != "page"}, "offset": offset}
    return f"{endpoint}?{urlencode(params, safe=':,')}" if params else endpoint


def path_for_parent(endpoint: str, key: Any) -> str:
    """Returns the endpoint with the key of a parent in place of `{id}`.

    Raises BigCommerceError for a key that is neither a number nor a plain word, as it could change the path.
    """
    if type(key) is int or (isinstance(key, str) and _PLAIN_KEY.fullmatch(key)):
        return endpoint.format(id=key)
    raise BigCommerceError(
        f"A record of BigCommerce has an invalid key ({str(key)[:40]!r}), so its child records cannot be requested at "
        f"{endpoint}. Please report this line.",
        FailureType.system_error,
    )


class Store:
    """One BigCommerce store during one sync: its credentials, rate limit and clock. A context manager."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.breaker = Breaker()
        self.api = Connection(
            config.store_url,
            ApiAuth(config.store_url, store_credentials(config), self.breaker),
            self._governor(self.breaker),
        )
        self.b2b_edition = Connection(
            config.b2b_url,
            ApiAuth(config.b2b_url, b2b_credentials(config), self.breaker),
            self._governor(Breaker(self.breaker), B2B_QUOTA),  # whose exhaustion concerns no other request
            b2b_edition.PREFIX,
            [b2b_edition.adapt],
        )
        self.token_check = TokenCheck(self._refuses_token)
        self._readers = ThreadPoolExecutor(config.num_workers, thread_name_prefix="reader")
        self._started: datetime | None = None
        self._read_at = 0.0  # monotonic seconds
        self._unusable: BigCommerceError | None = None
        self._lock = threading.Lock()
        self._memory: dict[str, Any] = {}
        self._memory_locks: dict[str, threading.Lock] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections and stops the threads, without waiting for them.

        A worker with a request in flight stops after the response. No further request is sent.
        """
        self.breaker.open(BigCommerceError("The sync has ended.", FailureType.system_error))
        for connection in self.connections:
            connection.governor.wake()
        self._readers.shutdown(wait=False, cancel_futures=True)
        for connection in self.connections:
            connection.close()

    @property
    def connections(self) -> tuple[Connection, Connection]:
        """The connections to the store's own API and to B2B Edition."""
        return self.api, self.b2b_edition

    def connection(self, endpoint: str) -> Connection:
        """Returns the connection to the API of an endpoint."""
        return self.b2b_edition if endpoint.startswith(b2b_edition.PREFIX) else self.api

    def sync_started_at(self) -> datetime:
        """Returns the server's time in UTC, requested once: the upper bound of every window of this sync.

        `/v2/time` needs no OAuth scope (docs/start/authentication/api-accounts) and returns Unix seconds. Raises
        BigCommerceError if the store cannot be reached with these credentials.
        """
        with self._lock:
            if self._unusable:
                raise self._unusable  # all streams would fail in the same way
            if self._started is None:
                try:
                    require_usable_environment(self.config.store_url)
                    now = _server_time(self._get("v2/time", "store time"))
                    self._require_start_date_before(now)
                except BigCommerceError as error:
                    self._unusable = error
                    raise
                self._started, self._read_at = now, monotonic()
            return self._started

    def now(self) -> datetime:
        """Returns the server's time in UTC; the clock of the server may be slightly ahead of it."""
        return self.sync_started_at() + timedelta(seconds=monotonic() - self._read_at)

    def cached(self, what: str, read: Callable[[], Result]) -> Result:
        """Returns the result of `read`, which is called once per sync for each `what`.

        If that call raised a BigCommerceError, every later call raises it too.
        """
        with self._lock:
            lock = self._memory_locks.setdefault(what, threading.Lock())
        with lock:
            if what not in self._memory:
                try:
                    self._memory[what] = read()
                except BigCommerceError as error:
                    self._memory[what] = error
            found: Result | BigCommerceError = self._memory[what]
            if isinstance(found, BigCommerceError):
                raise found
            return found

    def map_concurrently(self, read: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yields the result of `read` for each item, in order. Reads as many items ahead as there are workers.

        Raises the first error in that order and cancels the calls that have not begun. `read` must not call this
        method: all workers could wait for each other.
        """
        remaining = iter(items)
        futures = deque(self._readers.submit(read, item) for item in islice(remaining, self.config.num_workers))
        try:
            while futures:
                result = futures.popleft().result()
                futures.extend(self._readers.submit(read, item) for item in islice(remaining, 1))
                yield result
        finally:
            for future in futures:
                future.cancel()

    def _governor(self, breaker: Breaker, quota: ApiQuota = STORE_QUOTA) -> RateLimitGovernor:
        reserve = self.config.quota_reserve_percent / 100
        return RateLimitGovernor(reserve, breaker, max_in_flight=self.config.num_workers, quota=quota)

    def _require_start_date_before(self, now: datetime) -> None:
        if self.config.start_date > now:
            raise BigCommerceError(
                f"The start date {self.config.start_date:%Y-%m-%d} is in the future (the store's clock says "
                f"{now:%Y-%m-%d %H:%M} UTC): choose an earlier one."
            )

    def _get(self, endpoint: str, purpose: str) -> requests.Response:
        client = self.api.client(purpose, StoreErrorHandler(purpose, self.breaker))
        with self.api.governor.slot(endpoint):
            try:
                return client.send_request("GET", self.api.url_of(endpoint), REQUEST_KWARGS)[1]
            except AirbyteTracedException as error:
                raise unwrap_cdk_error(error) from None

    def _refuses_token(self) -> bool:
        """Returns True if `/v2/time` returns 401. Uses the slot of the request that was refused."""
        try:
            session = StoreSession(api_budget=self.api.governor)
            response = session.get(self.api.url_of("v2/time"), auth=self.api.auth, **REQUEST_KWARGS)
            return response.status_code == 401
        except requests.RequestException:
            return False


def _server_time(response: requests.Response) -> datetime:
    body = decode(response)
    seconds = body.get("time") if isinstance(body, dict) else None
    try:
        if type(seconds) is int:
            return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        pass  # not Unix seconds
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(timezone.utc)
    except (KeyError, ValueError, TypeError):
        raise BigCommerceError(
            "The store returned no time, neither at /v2/time nor in the Date header, so the sync cannot be "
            "bounded. Check the API address."
        ) from None

"""The store as one object: what all streams of a sync share, and the few requests that belong to no stream."""

from __future__ import annotations

import logging
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
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler
from airbyte_cdk.sources.streams.http.http_client import HttpClient
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.auth import StoreAuth
from source_bigcommerce.api.body import decode
from source_bigcommerce.api.environment import require_usable_environment
from source_bigcommerce.api.errors import BigCommerceError, Breaker, StoreErrorTable, in_plain_words
from source_bigcommerce.api.quota import QuotaGovernor
from source_bigcommerce.api.token_check import TokenCheck
from source_bigcommerce.api.transport import REQUEST_KWARGS, StoreSession
from source_bigcommerce.config import Config

Params = Mapping[str, str | int]
Item = TypeVar("Item")
Result = TypeVar("Result")

_PLAIN_KEY = re.compile(r"[0-9A-Za-z_-]+")


def with_query(endpoint: str, params: Params) -> str:
    """The endpoint with its query. Colons and commas stay as they are: V3 customers is reported to ignore date
    values with encoded colons (github.com/bigcommerce/docs/issues/620), and lists are documented with plain commas.
    """
    return f"{endpoint}?{urlencode(params, safe=':,')}" if params else endpoint


def of_parent(endpoint: str, key: Any) -> str:
    """The endpoint with the key of a parent in place of `{id}`.

    Raises BigCommerceError for a key that is neither a number nor a plain word: in a path it could lead elsewhere.
    """
    if type(key) is int or (isinstance(key, str) and _PLAIN_KEY.fullmatch(key)):
        return endpoint.format(id=key)
    raise BigCommerceError(
        f"BigCommerce names a record by a key that cannot be one ({str(key)[:40]!r}), so what belongs to the record "
        f"cannot be asked for at {endpoint}. Please report this line.",
        FailureType.system_error,
    )


class Store:
    """One BigCommerce store during one sync: its credentials, its quota and its clock. Use as a context manager."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.breaker = Breaker()
        self.auth = StoreAuth(config, self.breaker)
        self.governor = QuotaGovernor(
            config.quota_reserve_percent / 100, self.breaker, max_in_flight=config.num_workers
        )
        self.token_check = TokenCheck(self._refuses_token)
        self._readers = ThreadPoolExecutor(config.num_workers, thread_name_prefix="reader")
        self._sessions: list[requests.Session] = []
        self._started: datetime | None = None
        self._read_at = 0.0  # on this machine's clock, which tells how long ago
        self._unusable: BigCommerceError | None = None
        self._lock = threading.Lock()
        self._memory: dict[str, Any] = {}
        self._memory_locks: dict[str, threading.Lock] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what was started for the sync, without waiting: connections, and threads once they notice.

        A worker whose request is under way notices when the answer comes. None sends another request.
        """
        self.breaker.open(BigCommerceError("The sync has ended.", FailureType.system_error))
        self.governor.wake()
        self._readers.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions:
            session.close()

    def started(self) -> datetime:
        """The server's clock, read once: the upper bound of every window of this sync, in UTC.

        `/v2/time` needs no OAuth scope (docs/start/authentication/api-accounts); its answer is in Unix seconds.
        Raises BigCommerceError when the store cannot be reached with these credentials.
        """
        with self._lock:
            if self._unusable:
                raise self._unusable  # one answer is enough for all streams
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
        """The server's clock, which may have come a little further than this."""
        return self.started() + timedelta(seconds=monotonic() - self._read_at)

    def remembered(self, what: str, read: Callable[[], Result]) -> Result:
        """What `read` returned the first time in this sync that somebody asked for `what`. Raises the BigCommerceError
        that it raised then."""
        with self._lock:
            lock = self._memory_locks.setdefault(what, threading.Lock())
        with lock:
            if what not in self._memory:
                try:
                    self._memory[what] = read()
                except BigCommerceError as error:
                    self._memory[what] = error  # one answer is enough for all streams
            found: Result | BigCommerceError = self._memory[what]
            if isinstance(found, BigCommerceError):
                raise found
            return found

    def gather(self, read: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """What `read` returns for each of the items, in their order; as many as there are workers are read ahead.

        Raises what `read` raised first, in that order, and leaves alone what has not begun by then. `read` must not
        gather in its turn.
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

    def client(self, purpose: str, error_handler: ErrorHandler) -> HttpClient:
        """What sends requests to this store. `purpose` is the stream that they are for, and stands in the log."""
        session = StoreSession(api_budget=self.governor)
        self._sessions.append(session)
        return HttpClient(
            name=purpose,
            logger=logging.getLogger("airbyte"),
            error_handler=error_handler,
            session=session,
            authenticator=self.auth,
        )

    def _require_start_date_before(self, now: datetime) -> None:
        if self.config.start_date > now:
            raise BigCommerceError(
                f"The start date {self.config.start_date:%Y-%m-%d} is in the future (the store's clock says "
                f"{now:%Y-%m-%d %H:%M} UTC): choose an earlier one."
            )

    def _get(self, endpoint: str, purpose: str) -> requests.Response:
        client = self.client(purpose, StoreErrorTable(purpose, self.breaker))
        with self.governor.slot(endpoint):
            try:
                return client.send_request("GET", self.config.store_url + endpoint, REQUEST_KWARGS)[1]
            except AirbyteTracedException as error:
                raise in_plain_words(error) from None

    def _refuses_token(self) -> bool:
        """Whether `/v2/time` answers 401 now. Asked in the slot of the request that made this necessary."""
        try:
            url = self.config.store_url + "v2/time"
            answer = StoreSession(api_budget=self.governor).get(url, auth=self.auth, **REQUEST_KWARGS)
            return answer.status_code == 401
        except requests.RequestException:
            return False  # nobody refused it


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

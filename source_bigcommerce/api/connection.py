"""The connection to one of the APIs of a store during one sync: address, credentials, rate limit, HTTP sessions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import requests
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler
from airbyte_cdk.sources.streams.http.http_client import HttpClient

from source_bigcommerce.api.auth import ApiAuth
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.api.transport import StoreSession

Hook = Callable[..., Any]  # of `requests`, for responses


class Connection:
    """One API of the store. `url` ends with a slash; `prefix` is that of its endpoints, which the address lacks."""

    def __init__(
        self, url: str, auth: ApiAuth, governor: RateLimitGovernor, prefix: str = "", hooks: Sequence[Hook] = ()
    ) -> None:
        self.url = url
        self.auth = auth
        self.governor = governor
        self._prefix = prefix
        self._hooks = list(hooks)
        self._sessions: list[requests.Session] = []

    def url_of(self, path: str) -> str:
        """Returns the address of an endpoint, with or without a query."""
        return self.url + self.path_of(path)

    def path_of(self, path: str) -> str:
        """Returns the part of an endpoint's address below `url`."""
        return path.removeprefix(self._prefix)

    def client(self, purpose: str, error_handler: ErrorHandler) -> HttpClient:
        """Returns an HTTP client for this API. `purpose`, usually the name of a stream, is used in the log."""
        session = StoreSession(api_budget=self.governor)
        session.hooks["response"] = self._hooks
        self._sessions.append(session)
        return HttpClient(
            name=purpose,
            logger=logging.getLogger("airbyte"),
            error_handler=error_handler,
            session=session,
            authenticator=self.auth,
        )

    def close(self) -> None:
        """Closes the sessions."""
        for session in self._sessions:
            session.close()

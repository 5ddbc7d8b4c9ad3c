"""Authentication: the headers of every request to the store, and the check of its address."""

from __future__ import annotations

from requests import PreparedRequest
from requests.auth import AuthBase

from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.config import Config
from source_bigcommerce.version import __version__


class StoreAuth(AuthBase):
    """Adds the credentials to requests. Raises BigCommerceError for an address outside the configured store.

    BigCommerce checks `X-Auth-Token`; `X-Auth-Client` is deprecated and harmless (docs/start/authentication). Clients
    should identify themselves in `User-Agent`.
    """

    def __init__(self, config: Config, breaker: Breaker) -> None:
        self._store_url = config.store_url
        self._breaker = breaker
        self._headers = {
            "X-Auth-Token": config.access_token,
            "X-Auth-Client": config.client_id,
            "Accept": "application/json",
            "User-Agent": f"airbyte-source-bigcommerce/{__version__}",
        }

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        self._breaker.check()
        if not (request.url or "").startswith(self._store_url):
            raise BigCommerceError("A request to an address outside the configured store was refused.")
        request.headers.update(self._headers)
        return request

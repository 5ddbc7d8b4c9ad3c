"""Who asks: the headers that every request to the store carries, and the one host they may go to."""

from __future__ import annotations

from requests import PreparedRequest
from requests.auth import AuthBase

from source_bigcommerce import __version__
from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.config import Config


class StoreAuth(AuthBase):
    """Adds the credentials to requests for the configured store, and refuses any other address.

    `X-Auth-Token` is what BigCommerce checks; `X-Auth-Client` is deprecated and harmless
    (docs/start/authentication). BigCommerce asks clients to name themselves in `User-Agent`.
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

"""Authentication: the headers of every request, and the check of its address."""

from __future__ import annotations

from collections.abc import Mapping

from requests import PreparedRequest
from requests.auth import AuthBase

from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.config import Config
from source_bigcommerce.version import __version__


class ApiAuth(AuthBase):
    """Adds the credentials to requests. Raises BigCommerceError for an address outside `url`, that of the API.

    Clients should identify themselves in `User-Agent` (docs/start/authentication).
    """

    def __init__(self, url: str, credentials: Mapping[str, str], breaker: Breaker) -> None:
        self._url = url
        self._breaker = breaker
        self._headers = {
            **credentials,
            "Accept": "application/json",
            "User-Agent": f"bigcommerce-mirror/{__version__}",
        }

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        self._breaker.check()
        if not (request.url or "").startswith(self._url):
            raise BigCommerceError("A request to an address outside the configured store was refused.")
        request.headers.update(self._headers)
        return request


def store_credentials(config: Config) -> Mapping[str, str]:
    """Returns the headers for the store's API. It checks `X-Auth-Token`; `X-Auth-Client` is deprecated and harmless."""
    return {"X-Auth-Token": config.access_token, "X-Auth-Client": config.client_id}


def b2b_credentials(config: Config) -> Mapping[str, str]:
    """Returns the headers for B2B Edition, whose addresses do not name the store (docs/b2b-edition, authentication).

    Its former header `authToken` has unexpected results together with `X-Store-Hash`, so it is never sent.
    """
    return {"X-Auth-Token": config.access_token, "X-Store-Hash": config.store_hash}

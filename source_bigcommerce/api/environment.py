"""The proxy and the certificates of the environment, checked before the first request."""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from source_bigcommerce.api.errors import BigCommerceError

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in order of precedence


def require_usable_environment(url: str) -> None:
    """Raises BigCommerceError if requests to this address cannot succeed with this proxy or these certificates."""
    if not url.startswith("https://"):
        return  # a store on this machine: neither is used
    if proxy := select_proxy(url, get_environ_proxies(url)):
        _require_http_proxy(proxy)
    for variable in _BUNDLES:
        if path := os.environ.get(variable):
            _require_certificates(variable, path)
            return


def _require_http_proxy(proxy: str) -> None:
    """Raises BigCommerceError for an unusable proxy. Its address may contain a password, so it is not quoted."""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        scheme, host = parse_url(proxy).scheme, urlsplit(proxy).hostname
    except (LocationParseError, ValueError):
        scheme, host = None, None
    if scheme and scheme.startswith("socks"):
        if find_spec("socks") is None:
            raise BigCommerceError(
                "The environment names a SOCKS proxy (HTTPS_PROXY or ALL_PROXY), which the connector cannot use: name "
                "an HTTP proxy, such as http://proxy.example.com:3128."
            )
    elif scheme not in ("http", "https") or not host:
        raise BigCommerceError(
            "The environment names a proxy (HTTPS_PROXY or ALL_PROXY) that is not a valid address: write it as "
            "http://proxy.example.com:3128."
        )


def _require_certificates(variable: str, path: str) -> None:
    try:
        if not Path(path).is_dir():
            ssl.create_default_context(cafile=path)
    except OSError as error:  # TLS errors are a subclass
        shown = path.encode(errors="backslashreplace").decode()  # a path need not be UTF-8
        reason = "it contains no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise BigCommerceError(
            f"The certificates that the environment variable {variable} names ({shown}) cannot be read: {reason}. "
            "Correct the path, or unset the variable."
        ) from None

"""Sends requests for BigCommerce's API to the local store instead.

Python imports a module of this name at every start, where its folder is in PYTHONPATH: a connector whose address
is written into its code is measured without a change to it.
"""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests.adapters

_HOST = "api.bigcommerce.com"
_STORE = urlsplit(os.environ["BENCHMARK_API_URL"])
_send = requests.adapters.HTTPAdapter.send


def _to_the_store(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
    parts = urlsplit(request.url)
    if parts.hostname != _HOST:
        raise RuntimeError(f"a benchmark sends requests to the local store only, not to {parts.hostname}")
    request.url = urlunsplit(parts._replace(scheme=_STORE.scheme, netloc=_STORE.netloc))
    return _send(self, request, *args, **kwargs)


requests.adapters.HTTPAdapter.send = _to_the_store  # type: ignore[method-assign]  # that is the redirection

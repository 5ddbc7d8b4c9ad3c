"""A local BigCommerce store to develop and test against.

    from sandbox import Options, serve

    with serve(Options(orders=1000, seed=7)) as server:
        requests.get(f"{server.url}/v2/orders", headers={"X-Auth-Token": server.token})

It imitates the REST Management API from its documentation, with a switch for every question that the
documentation leaves open (`ApiVariant`), and shares no code with the connector that it tests. See
docs/sandbox.md. Where a docstring names a file of BigCommerce, it is one of github.com/bigcommerce/docs.
"""

from sandbox.b2b.variants import B2B_VARIANTS, B2BVariant
from sandbox.options import READ_SCOPES, Options
from sandbox.server import Server, serve
from sandbox.store import Store
from sandbox.variants import API_VARIANTS, ApiVariant

__all__ = [
    "API_VARIANTS",
    "B2B_VARIANTS",
    "READ_SCOPES",
    "ApiVariant",
    "B2BVariant",
    "Options",
    "Server",
    "Store",
    "serve",
]

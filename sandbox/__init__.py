"""A local BigCommerce store to develop and test against.

    from sandbox import Options, serve

    with serve(Options(orders=1000, seed=7)) as server:
        requests.get(f"{server.url}/v2/orders", headers={"X-Auth-Token": server.token})

It imitates the REST Management API from its documentation, with a switch for every answer that the
documentation leaves open (`Readings`), and shares no code with the connector that it tests. How to use it:
docs/sandbox.md. Where a docstring names a file of BigCommerce, it is one of github.com/bigcommerce/docs.
"""

from sandbox.options import READ_SCOPES, Options
from sandbox.readings import READINGS, Readings
from sandbox.server import Server, serve
from sandbox.store import Store

__all__ = ["READINGS", "READ_SCOPES", "Options", "Readings", "Server", "Store", "serve"]

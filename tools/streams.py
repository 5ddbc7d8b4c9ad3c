"""Every stream of the connector, for tools and tests that read their declarations."""

from __future__ import annotations

from source_bigcommerce.api import client
from source_bigcommerce.api.client import Store
from source_bigcommerce.api.rate_limit.headers import B2B_HEADERS
from source_bigcommerce.api.rate_limit.pace import ApiQuota
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.stream import Stream


def streams() -> list[Stream]:
    """Returns one instance of every stream, for a store to which no request is sent."""
    store = Store(Config.parse({"start_date": "2024-01-01", "client_id": "-", "access_token": "-", "store_hash": "x"}))
    return [stream(store) for stream in ALL_STREAMS]


def ignore_documented_rates() -> None:
    """Makes syncs of this process follow the quota that responses of B2B Edition report, and nothing else: a sandbox
    has none unless it is asked for, and the documented rates would take minutes."""
    vars(client)["B2B_QUOTA"] = ApiQuota(B2B_HEADERS)


def scopes(stream: Stream) -> str:
    """Returns the scopes that a stream requires, under their names in the control panel."""
    return ", ".join(scope.value for scope in stream.scopes())

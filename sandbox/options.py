"""How a sandbox store is set up: one value, given to `serve` or built from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.readings import Readings

DATA_EPOCH = 1767225600
"""2026-01-01T00:00:00Z: the generated data ends the day before, whenever the store is started."""

READ_SCOPES = frozenset(
    {
        "store_v2_customers_read_only",
        "store_v2_marketing_read_only",
        "store_v2_orders_read_only",
        "store_v2_products_read_only",
        "store_v2_transactions_read_only",
    }
)
"""The scopes of a token made for replication (BigCommerce's docs/start/authentication/api-accounts.mdx)."""

INFORMATION_SCOPE = "store_v2_information_read_only"
UNLIMITED_QUOTA = 7_000_000
"""The quota announced when none is set; an Enterprise store reports about this many per window (seen by singer-io)."""


@dataclass(frozen=True)
class Options:
    """Size, seed and manners of a store."""

    orders: int = 1000
    products: int = 300
    customers: int = 300
    coupons: int = 40
    seed: int = 1
    now: int = DATA_EPOCH
    oddities: bool = True

    store_hash: str = "sandbox"
    token: str = "sandbox-token"
    scopes: frozenset[str] = READ_SCOPES
    suspended: bool = False
    readings: Readings = field(default_factory=Readings)

    quota: int | None = None
    window_ms: int = 30_000
    other_apps: float = 0.0
    unannounced_apps: float = 0.0
    unannounced_when: str = "trickle"
    headerless_429: bool = False
    concurrency: Mapping[str, int] = field(default_factory=dict)
    latency_ms: float = 0.0
    gzip_level: int = 1

    live_every: int = 0
    live_when: str = "both"

    host: str = "127.0.0.1"
    port: int = 0

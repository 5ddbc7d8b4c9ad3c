"""The options of a sandbox store: one value, given to `serve` or built from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.b2b.variants import B2BVariant
from sandbox.variants import ApiVariant

DATA_EPOCH = 1767225600
"""2026-01-01T00:00:00Z: the generated data ends the day before, whenever the store is started."""

CARTS = "store_cart_read_only"
CHANNEL_LISTINGS = "store_channel_listings_read_only"
CHANNEL_SETTINGS = "store_channel_settings_read_only"
CHECKOUTS = "store_checkout_read_only"
CHECKOUT_CONTENT = "store_content_checkout_read_only"
CONTENT = "store_v2_content_read_only"
CUSTOMERS = "store_v2_customers_read_only"
FULFILLMENT_METHODS = "store_fulfillment_methods_read_only"
INFORMATION = "store_v2_information_read_only"
INVENTORY = "store_inventory_read_only"
LOCATIONS = "store_locations_read_only"
LOGS = "store_logs_read_only"
MARKETING = "store_v2_marketing_read_only"
ORDER_FULFILLMENT = "store_order_fulfillment_read_only"
ORDERS = "store_v2_orders_read_only"
PAYMENT_METHODS = "store_payments_methods_read"
PRODUCTS = "store_v2_products_read_only"
SITES = "store_sites_read_only"
STORED_INSTRUMENTS = "store_stored_payment_instruments_read_only"
THEMES = "store_themes_read_only"
TRANSACTIONS = "store_v2_transactions_read_only"

READ_SCOPES = frozenset(
    {
        CARTS,
        CHANNEL_LISTINGS,
        CHANNEL_SETTINGS,
        CHECKOUTS,
        CHECKOUT_CONTENT,
        CONTENT,
        CUSTOMERS,
        FULFILLMENT_METHODS,
        INFORMATION,
        INVENTORY,
        LOCATIONS,
        LOGS,
        MARKETING,
        ORDER_FULFILLMENT,
        ORDERS,
        PAYMENT_METHODS,
        PRODUCTS,
        SITES,
        STORED_INSTRUMENTS,
        THEMES,
        TRANSACTIONS,
    }
)
"""The scopes of a token made for replication (BigCommerce's docs/start/authentication/api-accounts.mdx)."""

MISSION_SCOPES = frozenset({CUSTOMERS, MARKETING, ORDERS, PRODUCTS})
"""Those that the tables of the former integrations need."""

UNLIMITED_QUOTA = 7_000_000
"""The quota announced when none is set; an Enterprise store reports about this many per window (seen by singer-io)."""


@dataclass(frozen=True)
class Options:
    """Size, seed and manners of a store."""

    orders: int = 1000
    products: int = 300
    customers: int = 300
    coupons: int = 40
    variants: int | None = None  # of each product, up to 999; None: one to six, heavy ones 1 to 30
    heavy: bool = False  # orders, products and customers of the weight of real ones
    seasonal: bool = False  # orders that grow over time, with regulars, best sellers and discounts; not with `heavy`
    rows: int | None = None  # of each small collection that may grow; None: as many as it declares
    seed: int = 1
    now: int = DATA_EPOCH
    oddities: bool = True

    store_hash: str = "sandbox"
    token: str = "sandbox-token"
    scopes: frozenset[str] = READ_SCOPES
    suspended: bool = False
    api_variant: ApiVariant = field(default_factory=ApiVariant)

    quota: int | None = None
    window_ms: int = 30_000
    other_apps: float = 0.0
    unannounced_apps: float = 0.0
    unannounced_when: str = "trickle"
    headerless_429: bool = False
    concurrency: Mapping[str, int] = field(default_factory=dict)
    latency_ms: float = 0.0
    gzip_level: int = 1

    b2b: bool = False  # B2B Edition, on a port of its own
    b2b_edition: bool = True  # False: that port is there, and the store has no B2B Edition
    b2b_scope: bool = True  # the token has the scope *B2B Edition*, whose name in OAuth is not documented
    b2b_variant: B2BVariant = field(default_factory=B2BVariant)
    b2b_quota: int | None = None  # BigCommerce's is 150
    b2b_window_ms: int = 60_000
    hierarchy_quota: int | None = None  # of company hierarchies alone; BigCommerce's is 15
    companies: int = 20

    live_every: int = 0
    live_when: str = "both"
    live_silent: bool = False

    host: str = "127.0.0.1"
    port: int = 0
    b2b_port: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError if two options exclude each other."""
        if self.heavy and self.seasonal:
            raise ValueError("a store is heavy or seasonal, not both")

"""The kinds of list that streams are read from, one column of the table for each."""

from __future__ import annotations

from dataclasses import dataclass

LIST = ("first page", "middle", "last page")
CHILD = ("first parent", "last parent")


@dataclass(frozen=True)
class Kind:
    """A stream, and the requests of it that a fault strikes."""

    title: str
    stream: str
    path: str  # glob below the store
    positions: tuple[str, ...] = LIST
    reading: str = "likeliest"
    rows_of: str | None = None  # stream whose schema is that of the rows in the answers; none for a single object

    @property
    def schema_of(self) -> str:
        return self.rows_of or self.stream

    @property
    def bystander(self) -> str:
        """A stream that has nothing to do with this one."""
        return "orders" if self.stream == "coupons" else "coupons"


KINDS = (
    Kind("V2 list, whole", "coupons", "v2/coupons", rows_of="coupons"),
    Kind("V2 list by key", "orders", "v2/orders", rows_of="orders"),
    Kind("V3 list by key", "products", "v3/catalog/products", rows_of="products"),
    Kind("V3 list by cursor", "customers", "v3/customers", rows_of="customers"),
    Kind("V3 list by page number", "order_refunds", "v3/orders/payment_actions/refunds", rows_of="order_refunds"),
    Kind(
        "embedded list, read again",
        "order_products",
        "v2/orders/*/products",
        CHILD,
        reading="some orders lack their lines",
        rows_of="order_products",
    ),
    Kind("V2 list of each order", "order_taxes", "v2/orders/*/taxes", CHILD, rows_of="order_taxes"),
    Kind("V3 list of each order", "transactions", "v3/orders/*/transactions", CHILD, rows_of="transactions"),
    Kind("single object", "orders", "v2/time", ("only request",)),
)

"""The kinds of list that streams are read from, one column of the table for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox import Store
from source_bigcommerce.lists.embedded import PARENTS_PER_REQUEST

LIST = ("first page", "middle", "last page")
CHILD = ("first parent", "last parent")
RECORDS = 16
PAGE = 7


def refunds(store: Store) -> None:
    """As many refunds as records of the other kinds; and an archived order, which shows that the list hides none."""
    orders = store.ids("orders")
    for number in range(RECORDS):
        store.add_child(orders[number % len(orders)], "refunds")
    store.archive_order(orders[1])


def archive(store: Store) -> None:
    """All orders but the first are archived."""
    for order in store.ids("orders")[1:]:
        store.archive_order(order)


def messages(store: Store) -> None:
    """The first order has pages of messages; and an archived order shows that the list hides none."""
    first, *others = store.ids("orders")
    for number in range(RECORDS):
        store.add_child(first, "messages", subject=f"Message {number}")
    store.archive_order(others[0])


def addresses(store: Store) -> None:
    """The first and the last customer have more addresses than are embedded."""
    customers = store.ids("customers")
    for customer in (customers[0], customers[-1]):
        one = next(row for id_ in customers for row in store.record("customers", id_)["addresses"])
        rows = [{**one, "id": 1000 * customer + n, "customer_id": customer} for n in range(RECORDS)]
        store.edit("customers", customer, addresses=rows)


@dataclass(frozen=True)
class Kind:
    """A stream, and the requests of it that a fault strikes."""

    title: str
    stream: str
    path: str  # glob below the store
    positions: tuple[str, ...] = LIST
    api_variant: str = "likeliest"
    rows_of: str | None = None  # stream whose schema is that of the rows in the responses; none for a single object
    furnish: Callable[[Store], None] = refunds
    parents_per_request: int = PARENTS_PER_REQUEST
    is_newest_first: bool = False  # such a list is read twice, a heavy one in pages of one record

    @property
    def is_paged(self) -> bool:
        """True if the faults affect pages of one list."""
        return "last page" in self.positions

    @property
    def schema_of(self) -> str:
        return self.rows_of or self.stream

    @property
    def is_of_b2b_edition(self) -> bool:
        """True if the faults affect the other API."""
        return self.path.startswith("api/")

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
        api_variant="some orders lack their lines",
        rows_of="order_products",
    ),
    Kind("V2 list of each order", "order_taxes", "v2/orders/*/taxes", CHILD, rows_of="order_taxes"),
    Kind("V3 list of each order", "transactions", "v3/orders/*/transactions", CHILD, rows_of="transactions"),
    Kind(
        "archived orders, requested separately",
        "orders",
        "v2/orders?*is_deleted=true&limit=*&sort=id:asc*",
        LIST[1:],  # a refusal of the first page says that the store does not know the filter
        api_variant="archived orders need the filter",
        rows_of="orders",
        furnish=archive,
    ),
    Kind(
        "V2 list of one order",
        "order_messages",
        "v2/orders/101/messages",
        LIST,
        rows_of="order_messages",
        furnish=messages,
    ),
    Kind(
        "embedded lists of several parents",
        "customer_addresses",
        "v3/customers/addresses",
        CHILD,
        rows_of="customer_addresses",
        furnish=addresses,
        parents_per_request=1,  # otherwise a single request, which has no place in a list
    ),
    Kind("V3 list below each of a few", "promotion_codes", "v3/promotions/*/codes", CHILD, rows_of="promotion_codes"),
    Kind("B2B list by offset", "company_users", "api/v3/io/users", rows_of="company_users", is_newest_first=True),
    Kind("B2B record of each quote", "quote_details", "api/v3/io/rfq/*", CHILD),
    Kind("single object", "orders", "v2/time", ("only request",)),
)

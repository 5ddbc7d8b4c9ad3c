"""A store with everything that makes revenue hard to compute: currencies, partial refunds, guests, deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import Options, Server
from sandbox.data import order_children, payments
from sandbox.data.order_lines import bought

OPTIONS = Options(orders=140, products=60, customers=60, coupons=20, companies=8, b2b=True)

SECOND_STOREFRONT = 667160
UNKNOWN_CHANNEL = 999
RATES = {"EUR": "0.9200000000", "GBP": "0.7800000000", "JPY": "155.2500000000"}
PROMOTION = 2
ADJUSTMENT = {"amount": -1.5, "description": "Restocking"}
ORDER_LEVEL = [payments.other_item("SHIPPING", 1, 2.5), payments.other_item("ORDER", 1, 1)]


@dataclass(frozen=True)
class Given:
    """A refund in cents; of one piece of the first line, unless it names other items."""

    amount: int
    tax: int
    items: list[dict[str, Any]] | None = None


class World:
    """Edits of a store. Orders are taken in turn from those that are not odd, so that no edit meets another."""

    def __init__(self, server: Server) -> None:
        self._store = server.store
        odd = set(self._store.oddities["orders"].values())
        self._orders = iter([id_ for id_ in self._store.ids("orders") if id_ not in odd])

    def live(self) -> None:
        """What happens before the first sync."""
        self._currencies()
        self._states_and_channels()
        self._guests()
        self._discounts()
        self._refunds()
        for brand, product in zip(self._store.ids("brands"), self._store.ids("products"), strict=False):
            self._store.edit("products", product, brand_id=brand)

    def go_on(self) -> None:
        """What happens before the second one: deletions, among them orders with refunds, buyers and sold products."""
        store = self._store
        self._order(status_id=5, status="Cancelled")
        store.archive_order(next(self._orders))
        self._refund(2, Given(150, 10))
        for _ in range(2):
            store.create("orders")
        store.delete("orders", self._refund(2, Given(120, 10)))
        store.delete("orders", next(self._orders))
        store.delete("orders", self._guest("leaves.no.trace@example.com"))
        buyers = [store.record("orders", id_)["customer_id"] for id_ in store.ids("orders")]
        registered = [id_ for id_ in store.ids("customers") if id_ in buyers]
        for id_ in (registered[-1], registered[-2]):
            store.delete("customers", id_)
        sold = {line["product_id"] for id_ in store.ids("orders") for line in store.record("orders", id_)["lines"]}
        odd = set(store.oddities["products"].values())
        for id_ in [id_ for id_ in store.ids("products") if id_ in sold and id_ not in odd][-2:]:
            store.delete("products", id_)

    def _order(self, **changes: Any) -> int:
        id_ = next(self._orders)
        self._store.edit("orders", id_, **changes)
        return id_

    def _currencies(self) -> None:
        euro = {
            "default_currency_code": "EUR",
            "store_default_currency_code": "USD",
            "store_default_to_transactional_exchange_rate": RATES["EUR"],
        }
        for _ in range(8):
            self._order(**euro, currency_code="EUR", status_id=2)
        for _ in range(3):  # pays in the store's currency, sees another
            self._order(currency_code="GBP", currency_exchange_rate=RATES["GBP"], status_id=10)
        for _ in range(3):  # three currencies in one order
            self._order(**euro, currency_code="JPY", currency_exchange_rate=RATES["JPY"], status_id=11)
        id_ = self._order(**euro, currency_code="EUR", status_id=14)
        self._with_refunds(id_, Given(500, 45, []))
        for _ in range(3):
            self._order(is_tax_inclusive_pricing=True)

    def _states_and_channels(self) -> None:
        for status_id, status in ((0, "Incomplete"), (5, "Cancelled"), (6, "Declined"), (7, "Awaiting Payment")):
            for _ in range(2):
                self._order(status_id=status_id, status=status)
        self._order(status_id=4, status="Refunded", refunds=[])  # set by hand
        self._store.archive_order(next(self._orders))
        for _ in range(4):
            self._order(channel_id=SECOND_STOREFRONT)
        self._order(channel_id=UNKNOWN_CHANNEL)

    def _guest(self, email: str, **changes: Any) -> int:
        id_ = next(self._orders)
        address = {**self._store.record("orders", id_)["billing_address"], "email": email}
        self._store.edit("orders", id_, customer_id=0, billing_address=address, **changes)
        return id_

    def _guests(self) -> None:
        store = self._store
        registered = store.record("customers", store.ids("customers")[-5])["email"]
        self._guest("returning.guest@example.com", status_id=2)
        self._guest("Returning.Guest@Example.com", status_id=10)
        self._guest(registered.upper(), status_id=2)
        self._guest("", status_id=2)
        self._guest("begins.only@example.com", status_id=0)

    def _discounts(self) -> None:
        names = [
            {"id": "manual-discount", "amount": "3.0000", "name": "Manual Discount", "code": None, "target": "order"},
            {"id": str(PROMOTION), "amount": "1.2500", "name": "Buy two", "code": None, "target": "product"},
        ]
        listed = [order_children.coupon(1, PROMOTION, None, 5)]  # the promotion, in the list of coupons as well
        for status_id, coupons in ((2, []), (10, listed), (5, [])):
            id_ = next(self._orders)
            first, *others = self._store.orders.body(id_).parts["lines"]
            paid = f"{float(first['total_inc_tax']) - 4.25:.4f}"
            line = bought(first, applied_discounts=names, discounted_total_inc_tax=paid)
            changes: dict[str, Any] = {"discount_amount": "4.2500", "lines": [line, *others], "coupon_rows": coupons}
            self._store.edit("orders", id_, status_id=status_id, **changes)

    def _refunds(self) -> None:
        given = [
            Given(350, 0, ORDER_LEVEL),
            Given(60, 60, []),
            Given(200, 20, ORDER_LEVEL),
            Given(300, 30, ORDER_LEVEL),
        ]
        id_ = self._refund(14, Given(150, 14), *given)
        refunds = self._store.orders.body(id_).parts["refunds"]
        whole, part = refunds[3]["payments"][0], refunds[4]["payments"][0]
        declined = [
            {**refunds[3], "payments": [{**whole, "is_declined": True}]},
            {**refunds[4], "payments": [{**part, "amount": 1}, {**part, "amount": 2, "is_declined": True}]},
        ]
        self._store.edit("orders", id_, refunds=[*refunds[:3], *declined])
        self._refund(2, Given(350, 0, ORDER_LEVEL))
        self._refund(5, Given(100, 0, []))  # of a cancelled order

    def _refund(self, status_id: int, *given: Given) -> int:
        return self._with_refunds(self._order(status_id=status_id), *given)

    def _with_refunds(self, id_: int, *given: Given) -> int:
        first, *others = self._store.orders.body(id_).parts["lines"]
        paid = payments.transaction(1, "purchase", 500, "Credit Card")
        piece = [payments.product_item(first, 1, adjustments=(ADJUSTMENT,))]
        refunds = [
            payments.refund(n, piece if one.items is None else one.items, one.amount, one.tax, paid)
            for n, one in enumerate(given, start=1)
        ]
        lines = [bought(first, quantity_refunded=1, is_refunded=first["quantity"] == 1), *others]
        self._store.edit("orders", id_, lines=lines, transactions=[paid], refunds=refunds)
        return id_

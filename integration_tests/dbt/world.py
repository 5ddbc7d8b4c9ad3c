"""A store with everything that makes revenue hard to compute: currencies, partial refunds, guests, deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import Options, Server
from sandbox.data import payments
from sandbox.data.order_children import coupon
from sandbox.data.order_lines import bought

OPTIONS = Options(orders=140, products=60, customers=60, coupons=20, companies=8, b2b=True)

SECOND_STOREFRONT = 667160
UNKNOWN_CHANNEL = 999
RATES = {"EUR": "0.9200000000", "GBP": "0.7800000000", "JPY": "155.2500000000"}
PROMOTION = 2
DAY = 86400
TOGETHER = "SKU-4"  # the item of a product with options
STALE: dict[str, Any] = {"coupons": 21, "product_category_assignments": (78, 2), "inventory_items": "SKU-12"}
ADJUSTMENT = {"amount": -1.5, "description": "Restocking"}
ORDER_LEVEL = [payments.other_item("SHIPPING", 1, 2.5), payments.other_item("ORDER", 1, 1)]

Row = dict[str, Any]


@dataclass(frozen=True)
class Given:
    """A refund in cents; of one piece of the first line, unless it names other items."""

    amount: int
    tax: int
    items: list[Row] | None = None


def _applied(id_: str | None, amount: str, name: str, code: str | None = None) -> Row:
    """A discount as a line names it."""
    return {"id": id_, "amount": amount, "name": name, "code": code, "target": "product"}


class World:
    """Edits of a store. Orders are taken in turn from those that are not odd, so that no edit meets another."""

    def __init__(self, server: Server) -> None:
        self._store = server.store
        odd = set(self._store.oddities["orders"].values())
        self._orders = iter([id_ for id_ in self._store.ids("orders") if id_ not in odd])
        self.kept: dict[str, list[Row]] = {}
        """What a destination that merges keeps of streams that report no deletions."""

    def live(self) -> None:
        """What happens before the first sync."""
        self._currencies()
        self._states_and_channels()
        self._guests()
        self._discounts()
        self._refunds()
        self._last_days()
        self._stock()
        self._b2b_edition()
        for brand, product in zip(self._store.ids("brands"), self._store.ids("products"), strict=False):
            self._store.edit("products", product, brand_id=brand)

    def go_on(self) -> None:
        """What happens before the second one: deletions, among them orders with refunds, buyers and sold products."""
        store = self._store
        self._order(status_id=5, status="Cancelled")
        store.archive_order(next(self._orders))
        self._refund(2, Given(150, 10))
        store.create("orders", status_id=0, status="Incomplete")  # later than all that count
        for table in ("coupons", "product_category_assignments", "inventory_items"):
            self._lose(table, STALE[table])
        store.delete("orders", self._refund(2, Given(120, 10)))
        store.delete("orders", next(self._orders))
        store.delete("orders", self._guest("leaves.no.trace@example.com"))
        buyers = [store.record("orders", id_)["customer_id"] for id_ in store.ids("orders")]
        registered = [id_ for id_ in store.ids("customers") if id_ in buyers]
        for id_ in (registered[-1], registered[-2]):
            store.delete("customers", id_)
        for id_ in self._leaving:
            store.delete("products", id_)

    def _lose(self, table: str, key: Any) -> None:
        shelf = self._store.collections.get(table)
        keys, rows = (shelf.keys() if shelf else self._store.ids(table)), self._store.all_records(table)
        self.kept[table] = [rows[list(keys).index(key)]]
        self._store.delete(table, key)

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
        id_ = self._refund(4, Given(150, 14))  # the same, after the provider declined
        (refund,) = self._store.orders.body(id_).parts["refunds"]
        declined = [{**payment, "is_declined": True} for payment in refund["payments"]]
        self._store.edit("orders", id_, status="Refunded", refunds=[{**refund, "payments": declined}])
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
        for id_, channel in zip(store.ids("customers")[-8:-6], (1, SECOND_STOREFRONT), strict=True):
            store.edit("customers", id_, email="two.accounts@example.com", origin_channel_id=channel)
        for channel in (1, SECOND_STOREFRONT, UNKNOWN_CHANNEL):
            self._guest("two.accounts@example.com", status_id=2, channel_id=channel)

    def _discounts(self) -> None:
        manual = _applied("manual-discount", "3.0000", "Manual Discount")
        promotion, other = _applied(str(PROMOTION), "1.2500", "Buy two"), _applied("3", "0.5000", "Welcome")
        nameless = _applied(None, "0.7500", "Loyalty")
        listed = [coupon(1, PROMOTION, None, 5)]  # the promotion, in the list of coupons as well
        self._discounted(2, [manual, promotion], [])
        self._discounted(10, [manual, promotion, other, nameless], listed)
        self._discounted(5, [manual, promotion], [])
        # A coupon that lines name and the list does, and one that lines name alone.
        self._discounted(2, [_applied("total-coupon", "2.0000", "Listed", "SAVE-12")], [coupon(1, 12, "SAVE-12", 2)])
        self._discounted(10, [_applied("total-coupon", "2.0000", "Lines alone", "SAVE-16")], [])
        # Codes of a promotion and of none, with the identifier of a coupon that has another code.
        self._discounted(2, [], [coupon(1, 14, "SPRING-2", 5)])
        self._discounted(11, [], [coupon(1, 14, "spring-3", 5)])
        self._discounted(2, [], [coupon(1, 16, "GONE", 5)])
        self._discounted(2, [], [coupon(1, STALE["coupons"], f"SAVE-{STALE['coupons']}", 2)])

    def _discounted(self, status_id: int, applied: list[Row], coupons: list[Row]) -> None:
        id_ = next(self._orders)
        first, *others = self._store.orders.body(id_).parts["lines"]
        off = sum(float(one["amount"]) for one in applied)
        line = bought(
            first,
            applied_discounts=applied,
            discounted_total_inc_tax=f"{float(first['total_inc_tax']) - off:.4f}",
            cost_price_ex_tax="4.2000",
        )
        changes: dict[str, Any] = {"discount_amount": f"{off:.4f}", "lines": [line, *others], "coupon_rows": coupons}
        self._store.edit("orders", id_, status_id=status_id, **changes)

    def _last_days(self) -> None:
        """Orders of the last days, some of them of a product that was made then, and products that will be deleted."""
        store = self._store
        now = store.clock.now()
        new = store.create("products", at=now - 20 * DAY, inventory_tracking="variant")
        variant = store.record("products", new)["variants"][0]["id"]
        for days in (5, 12, 12, 40):
            id_ = store.create("orders", at=now - days * DAY, status_id=10, status="Completed")
            first, *others = store.orders.body(id_).parts["lines"]
            if days == 12:
                store.edit("orders", id_, lines=[bought(first, product_id=new, variant_id=variant), *others])
        sold = {line["product_id"] for id_ in store.ids("orders") for line in store.record("orders", id_)["lines"]}
        odd = {new, *store.oddities["products"].values()}
        self._leaving = [id_ for id_ in store.ids("products") if id_ in sold and id_ not in odd][-2:]

    def _stock(self) -> None:
        """Stock of a product with options as a whole, and stock and a category of a product that will be deleted."""
        store, items = self._store, self._store.collections["inventory_items"]
        whole = {row["identity"]["sku"]: row["identity"]["product_id"] for row in store.all_records("inventory_items")}
        store.edit("products", whole[TOGETHER], inventory_tracking="product")
        items.edit_silently(TOGETHER, identity={"sku": TOGETHER, "product_id": whole[TOGETHER], "variant_id": 0})
        leaving = self._leaving[0]
        identity = {"sku": "SKU-10", "product_id": leaving, "variant_id": leaving * 1000 + 1}
        items.edit_silently("SKU-10", identity=identity)

    def _b2b_edition(self) -> None:
        """An invoice of an order elsewhere, and a quote without a subtotal."""
        for table, change in (("invoices", {"orderNumber": "ERP-17"}), ("quotes", {"subtotal": None})):
            shelf = self._store.collections[table]
            shelf.edit(shelf.keys()[1], **change)

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

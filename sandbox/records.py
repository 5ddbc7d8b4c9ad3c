"""The records of a store, for endpoints and tests to read."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from threading import RLock
from typing import Any

from sandbox import children, dates, generate, nested
from sandbox.api import order_views
from sandbox.b2b.collections import COLLECTIONS as B2B_COLLECTIONS
from sandbox.clock import Clock
from sandbox.collection import Collection, Row
from sandbox.collections import COLLECTIONS
from sandbox.data import catalog, customers, marketing, orders
from sandbox.data.archetypes import ARCHETYPES, Archetypes, Oddity, Usual, alike
from sandbox.data.heavy import customers as heavy_customers
from sandbox.data.heavy import orders as heavy_orders
from sandbox.data.heavy import products as heavy_products
from sandbox.data.order_lines import Goods
from sandbox.data.seasonal_orders import BODIES, Bestsellers, SeasonalOrders
from sandbox.journal import Journal
from sandbox.options import Options
from sandbox.refunds import Refunds
from sandbox.replica import Replica
from sandbox.seasonal import Buyers, Pace
from sandbox.shelf import Shelf
from sandbox.table import DateForm, Table
from sandbox.templates import Body, filled

GUESTS = 0.15
KINDS = ("orders", "products", "customers", "coupons")


class Records:
    """Records of every kind, the clock, and the journal of changes.

    `lock` is held while a response is made, so that a page shows one moment.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.api_variant = options.api_variant
        self.clock = Clock(not_before=options.now)
        self.journal = Journal()
        self.lock = RLock()
        self._choices: dict[str, Archetypes] = {}
        self._pace: Callable[[float], float] = Pace(*generate.period(options.now)) if options.seasonal else float
        product, customer = _products_and_customers(options)
        self.products = self._fill("products", options.products, catalog.FIRST_ID, product, catalog.oddities())
        self.customers = self._fill("customers", options.customers, customers.FIRST_ID, customer, customers.oddities())
        coupon = alike(marketing.usual)
        self.coupons = self._fill("coupons", options.coupons, marketing.FIRST_ID, coupon, marketing.oddities())
        maker = self._order_maker()
        order = (
            heavy_orders.usual(maker)
            if options.heavy
            else alike(maker.usual, BODIES if options.seasonal else ARCHETYPES)
        )
        self.orders = self._fill("orders", options.orders, orders.FIRST_ID, order, maker.oddities(), orders.fresh)
        self.orders.compute("billing_email", lambda body: body.fields["billing_address"]["email"])
        self.customers.compute("name", lambda body: f"{body.fields['first_name']} {body.fields['last_name']}")
        self.products.compute("keyword", lambda body: " ".join(body.fields[f] for f in ("name", "description", "sku")))
        self.refunds = Refunds(self.orders)
        world = _Relations(self, self.create)
        self.collections = {
            one.name: Shelf(
                one, world, lambda: self.clock, self._size_of(one), partial(self.keys, one.parent), self.journal
            )
            for one in (*COLLECTIONS, *(B2B_COLLECTIONS if options.b2b else ()))
        }
        self._next_child = children.FIRST_ADDED
        lag, hides = self.api_variant.replica_lag, self.api_variant.replica_shows == "missing"
        self._replicas = (
            {kind: Replica(self.table(kind), self.clock, lag, hides=hides) for kind in KINDS} if lag is not None else {}
        )
        self._attributes = customers.attribute_definitions()
        if options.b2b:
            for one in B2B_COLLECTIONS:
                shelf = self.collections[one.name]
                shelf.keys()  # which makes the rows, before anything changes
                if one.parent == "companies" and options.b2b_variant.parts_move_companies:
                    shelf.on_change = partial(self._move_company, one.parent_field)
            world.is_running = True

    def _fill(self, kind: str, count: int, first_id: int, usual: Usual, odd: list[Oddity], fresh: Any = None) -> Table:
        odd = odd if self.options.oddities else []
        choice = self._choices[kind] = Archetypes(kind, self.options.seed, first_id, usual, odd, fresh)
        table = Table(kind, first_id, choice)
        owner = self._owner() if kind == "orders" else None
        pace = self._pace if kind in ("orders", "customers") else float
        generate.fill(table, count, seed=self.options.seed, now=self.options.now, odd=len(odd), owner=owner, pace=pace)
        choice.fresh_from = table.next_id()
        return table

    def _owner(self) -> Any:
        buyers = array("I", self.customers.present)
        if self.options.seasonal:
            return Buyers(buyers, [self.customers.created_of(id_) for id_ in buyers], GUESTS)
        return lambda rng, _: rng.choice(buyers) if buyers and rng.random() >= GUESTS else 0

    def _order_maker(self) -> orders.OrderMaker:
        sold = array("I", self.products.present)  # as generated: later edits must not change the bodies
        goods = Goods(lambda rng: rng.choice(sold) if sold else None)
        coupons = [
            (id_, marketing.code_of(id_), self.coupons.body(id_).fields["type"]) for id_ in self.coupons.present[:20]
        ]
        if self.options.seasonal:
            usual = [id_ for id_ in sold if id_ not in self._choices["products"].odd_ids.values()]
            return SeasonalOrders(Bestsellers(usual, self.products.body, self.options.seed), coupons)
        return orders.OrderMaker(goods, coupons)

    def _size_of(self, collection: Collection) -> int:
        rows = self.options.rows
        if collection.name == "b2b_orders":
            return len(self.orders)
        if not collection.grows:
            return collection.size
        if rows is None and collection in B2B_COLLECTIONS:
            return max(1, collection.size * self.options.companies // Options.companies)
        return collection.size if rows is None else rows

    def _move_company(self, field: str, row: Row) -> None:
        """Moves the date of the company that a row belongs to."""
        companies = self.collections["companies"]
        if row[field] in companies:
            companies.edit(row[field])

    def keys(self, kind: str | None) -> list[Any]:
        """All keys of one of `KINDS` or of a collection; of `variants`, those of each product's base variant."""
        if kind is None:
            return []
        if kind == "variants":
            return [id_ * 1000 + 1 for id_ in self.products.present]
        return self.collections[kind].keys() if kind in self.collections else list(self.table(kind).present)

    def is_parent(self, kind: str) -> bool:
        """True when rows of some collection are below those of this one."""
        return any(shelf.collection.parent == kind for shelf in self.collections.values())

    def table(self, kind: str) -> Table:
        """The records of one of `KINDS`."""
        if kind not in KINDS:
            raise KeyError(f"no records of kind {kind!r}; there are {', '.join(KINDS)}")
        table: Table = getattr(self, kind)
        return table

    def catch_up(self) -> None:
        """Called before a request is served: replicas, if there are any, show what is old enough."""
        for replica in self._replicas.values():
            replica.catch_up()

    def listed(self, kind: str) -> Table:
        """The records of one of `KINDS` as lists show them, those that look up ids included."""
        return self._served(kind, "lists")

    def addressed(self, kind: str) -> Table:
        """The records of one of `KINDS` as the own address of each shows it."""
        return self._served(kind, "own addresses")

    def _served(self, kind: str, where: str) -> Table:
        by_replica = kind in self._replicas and self.api_variant.replica_serves in (where, "everything")
        return self._replicas[kind].copy if by_replica else self.table(kind)

    def _holding(self, kind: str, id_: int) -> Table:
        table = self.table(kind)
        if id_ not in table:
            raise KeyError(f"{kind} has no record {id_}")
        return table

    @property
    def attribute_definitions(self) -> list[dict[str, Any]]:
        """Customer attributes: a fixed list."""
        return self._attributes

    @property
    def oddities(self) -> dict[str, dict[str, int]]:
        """The id of each odd record that this store is large enough to hold, by kind and name."""
        return {
            kind: {name: id_ for name, id_ in choice.odd_ids.items() if id_ in self.table(kind)}
            for kind, choice in self._choices.items()
        }

    def ids(self, kind: str) -> list[Any]:
        """All present ids, ascending; also of `refunds` and, in the order of their making, of a collection."""
        with self.lock:
            if kind in self.collections:
                return self.collections[kind].keys()
            if kind == "refunds":
                return list(self.refunds.ids())
            return list(self.table(kind).present)

    def dates(self, kind: str) -> dict[Any, int]:
        """Id to modification (whole seconds) of every present record; of `refunds`, to creation.

        0 for each row of a collection that has no such date.
        """
        with self.lock:
            if kind in self.collections:
                return self.collections[kind].dates()
            if kind == "refunds":
                return {id_: self.refunds.created_of(id_) for id_ in self.refunds.ids()}
            table = self.table(kind)
            return {id_: table.modified_of(id_) for id_ in table.present}

    def create(self, kind: str, *, at: int | None = None, **fields: Any) -> int:
        """Makes a record with the next id, which it returns."""
        raise NotImplementedError  # records alone cannot change

    def record(self, kind: str, id_: int) -> dict[str, Any]:
        """One record with every nested list under its own name (`lines`, `variants`, `addresses`, ...)."""
        with self.lock:
            table = self._holding(kind, id_)
            body = table.body(id_)
            date = dates.rfc2822 if kind in ("orders", "coupons") else dates.iso_z
            whole: dict[str, Any] = filled({**body.fields, **body.parts}, table.stamp(id_, date))
            return whole

    def all_records(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a kind as `record` returns it, or every refund or row of a collection."""
        with self.lock:
            if kind in self.collections:
                return self.collections[kind].rows()
            return [self.refund(id_) if kind == "refunds" else self.record(kind, id_) for id_ in self.ids(kind)]

    def children(self, order_id: int, kind: str) -> list[dict[str, Any]]:
        """The rows of one of `children.PARTS` below an order, as a complete copy holds them.

        Exactly as the rows' endpoint shows them, taxes with their details.
        """
        with self.lock:
            body = self._holding("orders", order_id).body(order_id)
            return self._shown(kind, order_id, body)

    def child_ids(self, parent_id: int, kind: str) -> list[int]:
        """The ids of the rows of a kind in a record."""
        with self.lock:
            table = nested.table_of(kind)
            return nested.ids(table, kind, self._holding(table, parent_id).body(parent_id), parent_id)

    def refund(self, id_: int) -> dict[str, Any]:
        """One refund, also of an order that was deleted for good."""
        with self.lock:
            order_id = self.refunds.order_of(id_)
            rows = self._shown("refunds", order_id, self.refunds.body(order_id))
            return next(row for row in rows if row["id"] == id_)

    def _shown(self, kind: str, order_id: int, body: Body) -> list[dict[str, Any]]:
        children.part_of(kind)
        guest = self.orders.value(order_id, "customer_id") == 0
        rows = order_views.children(kind, body, self.options.store_hash, guest=guest)
        found: list[dict[str, Any]] = filled(rows, self.orders.stamp(order_id, self._date_form(kind)))
        return found

    def _date_form(self, kind: str) -> DateForm:
        """The form of dates at the endpoint of a kind of rows below an order."""
        if kind not in children.V3_KINDS:
            return dates.rfc2822
        return dates.iso_z if self.api_variant.v3_date_format == "Z" else dates.iso_offset


def _products_and_customers(options: Options) -> tuple[Usual, Usual]:
    if options.heavy:
        return heavy_products.usual(options.variants), heavy_customers.usual()
    product = catalog.with_variants(options.variants) if options.variants else catalog.usual
    return alike(product), alike(customers.usual)


class _Relations:
    """The rest of the store, as the rows of a collection see it."""

    def __init__(self, store: Records, create: Callable[[str], Any]) -> None:
        self._store = store
        self._create = create
        self.is_running = False
        self._seen: dict[str, tuple[int, list[Any]]] = {}
        self._rows: dict[str, tuple[int, list[Row]]] = {}
        self._owned: dict[tuple[str, str], Any] = {}

    def at(self, n: int) -> int:
        """Some second of the last three years; rows made later are dated later."""
        return self._store.options.now - generate.SPREAD + min(n, 10_000) * 9_000 + n % 977

    def pick(self, kind: str, n: int) -> Any:
        """The key of some record; 0 where there is none."""
        keys = self._keys(kind)
        return keys[n % len(keys)] if keys else 0

    def own(self, kind: str, owners: str) -> Any:
        """The key of the next record, by id, that no row of these owners has; a new one once those are used up.

        While the rows of `owners` are first made, none is: then some record belongs to two rows.
        """
        store = self._store
        present = store.table(kind).present
        last = self._owned.get((kind, owners), 0)
        place = bisect_right(present, last)
        if place < len(present):
            self._owned[kind, owners] = present[place]
            return present[place]
        if not self.is_running:
            return self.pick(kind, last)
        self._owned[kind, owners] = made = self._create(kind)
        return made

    def record(self, kind: str, key: Any) -> Mapping[str, Any]:
        """The content of a record or row, its own dates in seconds; empty where there is none."""
        store = self._store
        if kind in store.collections:
            shelf = store.collections[kind]
            return shelf.row(key) if key in shelf else {}
        table = store.table(kind)
        if key not in table:
            return {}
        return {
            **store.record(kind, key),
            "date_created": table.created_of(key),
            "date_modified": table.modified_of(key),
        }

    def rows(self, kind: str) -> list[Row]:
        """The rows of a collection, found again when the store has changed."""
        shelf, changes = self._store.collections[kind], len(self._store.journal.changes)
        if kind not in self._rows or self._rows[kind][0] != changes:
            self._rows[kind] = (changes, shelf.rows())
        return self._rows[kind][1]

    def _keys(self, kind: str) -> list[Any]:
        """The keys of a kind, computed again when the store has changed or rows are still being created."""
        shelf, changes = self._store.collections.get(kind), len(self._store.journal.changes)
        if kind in self._seen and self._seen[kind][0] == changes:
            return self._seen[kind][1]
        keys = self._store.keys(kind)
        if shelf is None or shelf.is_filled:
            self._seen[kind] = (changes, keys)
        return keys

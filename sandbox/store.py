"""The store: its records, how a test edits them, and what a sync of it must have read."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import partial
from random import Random
from threading import RLock
from typing import Any

from sandbox import children, dates, generate
from sandbox.api import order_views
from sandbox.clock import Clock
from sandbox.collection import Collection
from sandbox.collections import COLLECTIONS
from sandbox.data import catalog, customers, marketing, orders
from sandbox.data.archetypes import Archetypes, Oddity
from sandbox.data.order_lines import Goods
from sandbox.journal import Change, Journal
from sandbox.options import Options
from sandbox.refunds import Refunds
from sandbox.shelf import Shelf
from sandbox.table import DateForm, Table
from sandbox.templates import Body, filled

GUESTS = 0.15
KINDS = ("orders", "products", "customers", "coupons")
_MANAGED = frozenset({"id", "date_created", "date_modified"})


def _refuse_managed(changes: Iterable[str]) -> None:
    """Fields that the store's filters know from elsewhere: a changed one would not be found by its value."""
    if found := _MANAGED & set(changes):
        raise ValueError(f"{', '.join(sorted(found))} cannot be set; `at` is the second of the change")


class Store:
    """Records of every kind, the clock, and the log of changes.

    Any thread may edit; `lock` is held while an answer is made, so that a page shows one moment.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.readings = options.readings
        self.clock = Clock(not_before=options.now)
        self.journal = Journal()
        self.lock = RLock()
        self._choices: dict[str, Archetypes] = {}
        product = catalog.with_variants(options.variants) if options.variants else catalog.usual
        self.products = self._fill("products", options.products, catalog.FIRST_ID, product, catalog.oddities())
        self.customers = self._fill(
            "customers", options.customers, customers.FIRST_ID, customers.usual, customers.oddities()
        )
        self.coupons = self._fill("coupons", options.coupons, marketing.FIRST_ID, marketing.usual, marketing.oddities())
        maker = self._order_maker()
        self.orders = self._fill("orders", options.orders, orders.FIRST_ID, maker.usual, maker.oddities(), orders.fresh)
        self.orders.compute("billing_email", lambda body: body.fields["billing_address"]["email"])
        self.customers.compute("name", lambda body: f"{body.fields['first_name']} {body.fields['last_name']}")
        self.products.compute("keyword", lambda body: " ".join(body.fields[f] for f in ("name", "description", "sku")))
        self.refunds = Refunds(self.orders)
        world = _Relations(self)
        self.collections = {
            one.name: Shelf(one, world, self.clock, self._size_of(one), partial(self.keys, one.parent), self.journal)
            for one in COLLECTIONS
        }
        self._next_child = children.FIRST_ADDED
        self._attributes = customers.attribute_definitions()

    def _fill(self, kind: str, count: int, first_id: int, usual: Any, odd: list[Oddity], fresh: Any = None) -> Table:
        odd = odd if self.options.oddities else []
        choice = self._choices[kind] = Archetypes(kind, self.options.seed, first_id, usual, odd, fresh)
        table = Table(kind, first_id, choice)
        owner = self._owner() if kind == "orders" else None
        generate.fill(table, count, seed=self.options.seed, now=self.options.now, odd=len(odd), owner=owner)
        choice.fresh_from = table.next_id()
        return table

    def _owner(self) -> Any:
        buyers = array("I", self.customers.present)
        return lambda rng: rng.choice(buyers) if buyers and rng.random() >= GUESTS else 0

    def _order_maker(self) -> orders.OrderMaker:
        sold = array("I", self.products.present)  # as generated: later edits must not change the bodies
        goods = Goods(lambda rng: rng.choice(sold) if sold else None)
        coupons = [
            (id_, marketing.code_of(id_), self.coupons.body(id_).fields["type"]) for id_ in self.coupons.present[:20]
        ]
        return orders.OrderMaker(goods, coupons)

    def _size_of(self, collection: Collection) -> int:
        rows = self.options.rows
        return collection.size if rows is None or not collection.grows else rows

    # Reading

    def keys(self, kind: str | None) -> list[Any]:
        """All keys of one of `KINDS` or of a collection; of `variants`, those of each product's base variant."""
        if kind is None:
            return []
        if kind == "variants":
            return [id_ * 1000 + 1 for id_ in self.products.present]
        return self.collections[kind].keys() if kind in self.collections else list(self.table(kind).present)

    def is_parent(self, kind: str) -> bool:
        """Whether rows of some collection are below those of this one."""
        return any(one.parent == kind for one in COLLECTIONS)

    def table(self, kind: str) -> Table:
        """The records of one of `KINDS`."""
        if kind not in KINDS:
            raise KeyError(f"no records of kind {kind!r}; there are {', '.join(KINDS)}")
        table: Table = getattr(self, kind)
        return table

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

    def record(self, kind: str, id_: int) -> dict[str, Any]:
        """One record with every nested list under its own name (`lines`, `variants`, `addresses`, ...)."""
        with self.lock:
            table = self._holding(kind, id_)
            body = table.body(id_)
            date = dates.rfc2822 if kind in ("orders", "coupons") else dates.iso_z
            whole: dict[str, Any] = filled({**body.fields, **body.parts}, table.stamp(id_, date))
            return whole

    def children(self, order_id: int, kind: str) -> list[dict[str, Any]]:
        """The rows of one of `children.PARTS` below an order, as a complete copy holds them.

        Exactly as the rows' endpoint shows them, taxes with their details.
        """
        with self.lock:
            body = self._holding("orders", order_id).body(order_id)
            return self._shown(kind, order_id, body)

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
        """How the endpoint of a kind of rows below an order writes dates."""
        if kind not in children.V3_KINDS:
            return dates.rfc2822
        return dates.iso_z if self.readings.v3_date_format == "Z" else dates.iso_offset

    # Changing

    def edit(self, kind: str, id_: int, *, at: int | None = None, **changes: Any) -> int:
        """Changes fields or nested lists of a record, now or at a given second; returns that second.

        What BigCommerce would derive from them (totals, `items_total`, `address_count`) stays as it was.
        """
        return self._replace(kind, id_, "edit", at, changes)

    def bulk_edit(self, kind: str, ids: Iterable[int], **changes: Any) -> int:
        """Changes many records in one and the same second, which it returns."""
        with self.lock:
            at = self.clock.now()
            for id_ in ids:
                self._replace(kind, id_, "edit", at, changes)
            return at

    def create(self, kind: str, *, at: int | None = None, **fields: Any) -> int:
        """Makes a record with the next id, which it returns."""
        with self.lock:
            table = self.table(kind)
            _refuse_managed(fields)
            made = self.clock.now() if at is None else at
            rng = Random(f"{self.options.seed}/{kind}/new/{table.next_id()}")
            owner = fields.pop("customer_id", None) if kind == "orders" else 0
            if owner is None:
                owner = rng.choice(self.customers.present) if len(self.customers) else 0
            id_ = table.next_id()
            body = table.body(id_).changed(fields) if fields else None
            table.add(made, owner, body)
            if kind == "orders":
                self.refunds.renew(id_)
            self._log(kind, id_, "create", None, made)
            return id_

    def delete(self, kind: str, id_: int | None = None) -> int:
        """Deletes a record (the newest, unless one is named) for good; returns its id."""
        with self.lock:
            id_ = self.table(kind).present[-1] if id_ is None else id_
            table = self._holding(kind, id_)
            before = table.modified_of(id_)
            if kind == "orders":
                self.refunds.keep(id_)
            table.remove(id_)
            self._log(kind, id_, "delete", before, None)
            return id_

    def archive_order(self, id_: int) -> int:
        """Archives an order, as the control panel does on deletion; returns its modification."""
        with self.lock:
            orders = self._holding("orders", id_)
            at = None if self.readings.archiving_bumps_date_modified else orders.modified_of(id_)
            return self._replace("orders", id_, "archive", at, {"is_deleted": True})

    def _replace(self, kind: str, id_: int, action: str, at: int | None, changes: dict[str, Any]) -> int:
        with self.lock:
            table = self._holding(kind, id_)
            before = table.modified_of(id_)
            changes = dict(changes)
            _refuse_managed(changes)
            owner = changes.pop("customer_id", None) if kind == "orders" else None
            after = self.clock.now() if at is None else at
            table.put(id_, table.body(id_).changed(changes), after, owner)
            if kind == "orders":
                self.refunds.renew(id_)
            self._log(kind, id_, action, before, after)
            return after

    def add_child(self, order_id: int, kind: str, *, at: int | None = None, **fields: Any) -> int:
        """Adds a shipment, message, transaction or refund to an order, now or at a given second; returns its id.

        A shipment sends one piece unless `items` says more, and counts and status follow from it. Whether the
        order's `date_modified` moves is a reading. Ids are larger than every one before.
        """
        with self.lock:
            body = self._holding("orders", order_id).body(order_id)
            children.part_of(kind)
            moment = self.clock.now() if at is None else at
            date = self._date_form(kind)(moment).decode()
            changes = children.added(kind, body, self._next_child, date, fields)
            self._next_child += 1
            return self._hang(order_id, kind, self._next_child - 1, "create", moment, changes)

    def edit_child(self, order_id: int, kind: str, child_id: int, *, at: int | None = None, **fields: Any) -> int:
        """Changes fields of a row below an order; returns its id."""
        with self.lock:
            body = self._holding("orders", order_id).body(order_id)
            changes = children.edited(kind, body, order_id, child_id, fields)
            return self._hang(order_id, kind, child_id, "edit", self.clock.now() if at is None else at, changes)

    def remove_child(self, order_id: int, kind: str, child_id: int, *, at: int | None = None) -> int:
        """Takes a row away from an order, such as a line; returns its id. The counts of pieces follow."""
        with self.lock:
            body = self._holding("orders", order_id).body(order_id)
            changes = children.removed(kind, body, order_id, child_id)
            return self._hang(order_id, kind, child_id, "delete", self.clock.now() if at is None else at, changes)

    def _hang(self, order_id: int, kind: str, child_id: int, action: str, at: int, changes: dict[str, Any]) -> int:
        """Puts changed rows into an order, in sight of a reader by date or not; logs the row and, if so, the order."""
        if children.bumps(self.readings, kind, action):
            self._replace("orders", order_id, "edit", at, changes)
        else:
            table = self.orders
            table.put(order_id, table.body(order_id).changed(changes), table.modified_of(order_id))
            self.refunds.renew(order_id)
        before, after = None if action == "create" else at, None if action == "delete" else at
        self._log(f"orders/{kind}", child_id, action, before, after)
        return child_id

    def _log(self, kind: str, id_: int, action: str, before: int | None, after: int | None) -> None:
        self.journal.add(Change(self.clock.time(), kind, id_, action, before, after))

    # What a sync owes

    @property
    def changes(self) -> list[Change]:
        """The log of changes."""
        return self.journal.changes

    def touched(self, kind: str, since: float = 0, until: float | None = None) -> set[Any]:
        """Ids that were edited, made, archived or deleted in a stretch of the store's time."""
        with self.lock:
            return self.journal.touched(kind, since, self.clock.time() if until is None else until)

    def must_emit(self, kind: str, lower: float, since: float, until: float | None = None) -> set[Any]:
        """Ids that one sync must have emitted: every record that was there at its start and was not touched.

        They existed at `since` with a modification of at least `lower`, were not touched from `since` to
        `until`, and can be reached at all under the store's readings. Of `refunds`, which have no modification,
        `lower` bounds the creation, of a collection without such a date nothing. Rows whose parent is gone are
        not owed.
        """
        with self.lock:
            until = self.clock.time() if until is None else until
            if kind == "refunds":
                touched = self.journal.touched("orders/refunds", since, until)
                return {id_ for id_, made in self.dates("refunds").items() if made >= lower and id_ not in touched}
            if kind in self.collections and self.collections[kind].collection.modified is None:
                lower = 0
            dates_then = self.journal.dates_at(kind, since, self.dates(kind))
            touched = self.journal.touched(kind, since, until)
            owed = {id_ for id_, modified in dates_then.items() if modified >= lower and id_ not in touched}
            return owed - self.unreachable(kind)

    def must_emit_children(self, kind: str, lower: float, since: float, until: float | None = None) -> set[int]:
        """Ids of the rows below orders that one sync must have emitted.

        All rows of the orders that `must_emit` names, but for those that were added, edited or removed meanwhile
        and those that no request can show.
        """
        with self.lock:
            until = self.clock.time() if until is None else until
            owed = {
                children.id_of(row, order_id)
                for order_id in self.must_emit("orders", lower, since, until)
                for row in children.reachable(self.readings, kind, self.orders.body(order_id))
            }
            return owed - self.journal.touched(f"orders/{kind}", since, until)

    def unreachable(self, kind: str) -> set[int]:
        """Records that no request can show: archived orders, if hidden and the filter is refused."""
        readings = self.readings
        if kind != "orders" or readings.plain_orders_include_deleted or readings.is_deleted_filter == "honoured":
            return set()
        return {id_ for id_ in self.orders.present if self.orders.body(id_).fields.get("is_deleted")}


class _Relations:
    """The rest of the store, as the rows of a collection see it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[str, tuple[int, list[Any]]] = {}

    def at(self, n: int) -> int:
        """Some second of the last three years; rows made later are dated later."""
        return self._store.options.now - generate.SPREAD + min(n, 10_000) * 9_000 + n % 977

    def pick(self, kind: str, n: int) -> Any:
        """The key of some record; 0 where there is none."""
        keys = self._keys(kind)
        return keys[n % len(keys)] if keys else 0

    def _keys(self, kind: str) -> list[Any]:
        """The keys of a kind, listed anew when the store has changed or rows are still being made."""
        shelf, changes = self._store.collections.get(kind), len(self._store.changes)
        if kind in self._seen and self._seen[kind][0] == changes:
            return self._seen[kind][1]
        keys = self._store.keys(kind)
        if shelf is None or shelf.is_filled:
            self._seen[kind] = (changes, keys)
        return keys

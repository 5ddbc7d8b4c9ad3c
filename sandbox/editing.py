"""Edits of the records of a store, as merchants and apps make them."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from sandbox import children
from sandbox.journal import Change
from sandbox.records import Records

_MANAGED = frozenset({"id", "date_created", "date_modified"})


def _refuse_managed(changes: Iterable[str]) -> None:
    """Fields that the store's filters know from elsewhere: a changed one would not be found by its value."""
    if found := _MANAGED & set(changes):
        raise ValueError(f"{', '.join(sorted(found))} cannot be set; `at` is the second of the change")


class EditableRecords(Records):
    """Records that any thread may edit."""

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
            at = None if self.api_variant.archiving_bumps_date_modified else orders.modified_of(id_)
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
        order's `date_modified` moves depends on the API variant. Ids are larger than every one before.
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
        if children.bumps(self.api_variant, kind, action):
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

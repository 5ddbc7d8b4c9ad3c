"""Edits of the records of a store, as merchants and apps make them."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from sandbox import nested
from sandbox.journal import Change, NestedChange
from sandbox.records import Records
from sandbox.templates import Body

_MANAGED = frozenset({"id", "date_created", "date_modified"})


def _refuse_managed(changes: Iterable[str]) -> None:
    """Fields that the store's filters know from elsewhere: a changed one would not be found by its value."""
    if found := _MANAGED & set(changes):
        raise ValueError(f"{', '.join(sorted(found))} cannot be set; `at` is the second of the change")


def _refunds_alone(body: Body | None) -> Body | None:
    """What the list of refunds keeps of an order that is deleted."""
    return Body({}, {"refunds": body.parts["refunds"]}) if body else None


class EditableRecords(Records):
    """Records that any thread may edit."""

    def edit(self, kind: str, id_: int, *, at: int | None = None, **changes: Any) -> int:
        """Changes fields or nested lists of a record, now or at a given second; returns that second.

        What BigCommerce would derive from them (totals, `items_total`, `address_count`) stays as it was.
        """
        return self._replace(kind, id_, "edit", at, changes)

    def edit_silently(self, kind: str, id_: Any, **changes: Any) -> None:
        """Changes fields or nested lists of a record, or fields of a row of a collection, and no date."""
        with self.lock:
            if kind in self.collections:
                self.collections[kind].edit_silently(id_, **changes)
                return
            self._replace(kind, id_, "edit", self._holding(kind, id_).modified_of(id_), changes)

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
            owner = self._buyer(kind, fields, rng)
            id_ = table.next_id()
            body = table.body(id_).changed(fields) if fields else None
            table.add(made, owner, body)
            if kind == "orders":
                self.refunds.renew(id_)
            self._follow(kind, id_, None, table.body(id_))
            self._log(kind, id_, "create", None, made)
            return id_

    def _buyer(self, kind: str, fields: dict[str, Any], rng: Random) -> int:
        """The customer of a new order: the one that `fields` name, else some customer."""
        owner = fields.pop("customer_id", None) if kind == "orders" else 0
        if owner is None:
            owner = rng.choice(self.customers.present) if len(self.customers) else 0
        return int(owner)

    def recreate(self, kind: str, id_: Any, *, at: int | None = None, **fields: Any) -> None:
        """Makes a deleted record, or row of a collection, again, as a restored backup does.

        It has the same id, is created and modified now or at a given second, and has the content of a new record.
        The refunds that were kept of a deleted order make way for those of the new one. Raises KeyError for an id
        that never was, ValueError for one that is there.
        """
        with self.lock:
            if kind in self.collections:
                self.collections[kind].recreate(id_, at=at, **fields)
                return
            table = self.table(kind)
            _refuse_managed(fields)
            if not table.was_given(id_):
                raise KeyError(f"{kind} never had a record {id_}")
            if id_ in table:
                raise ValueError(f"{kind} has a record {id_}")
            made = self.clock.now() if at is None else at
            owner = self._buyer(kind, fields, Random(f"{self.options.seed}/{kind}/again/{id_}"))
            table.restore(id_, made, owner, table.fresh_body().changed(fields))
            kept = None
            if kind == "orders":
                kept = _refunds_alone(self.refunds.forget(id_))
                self.refunds.renew(id_)
            self._follow(kind, id_, kept, table.body(id_))
            self._log(kind, id_, "create", None, made)

    def delete(self, kind: str, id_: Any = None) -> Any:
        """Deletes a record (the newest, unless one is named) or row of a collection for good; returns its key.

        Orders too: `archive_order` is what the control panel and `DELETE` do at first.
        """
        with self.lock:
            if kind in self.collections:
                shelf = self.collections[kind]
                key = shelf.keys()[-1] if id_ is None else id_
                shelf.delete(key)
                return key
            id_ = self.table(kind).present[-1] if id_ is None else id_
            table = self._holding(kind, id_)
            before, body = table.modified_of(id_), table.body(id_)
            if kind == "orders":
                self.refunds.keep(id_)
            table.remove(id_)
            self._follow(kind, id_, body, _refunds_alone(body) if kind == "orders" else None)
            self._log(kind, id_, "delete", before, None)
            return id_

    def assign_channel(self, product_id: int, channel_id: int) -> None:
        """Puts a product into a channel; no date moves. Raises ValueError when it is there."""
        with self.lock:
            channels = self._holding("products", product_id).body(product_id).parts["channels"]
            if channel_id in channels:
                raise ValueError(f"product {product_id} is in channel {channel_id}")
            self.edit_silently("products", product_id, channels=sorted([*channels, channel_id]))
            assignments = self.collections["product_channel_assignments"]
            if (product_id, channel_id) not in assignments:
                assignments.create(product_id=product_id, channel_id=channel_id)

    def unassign_channel(self, product_id: int, channel_id: int) -> None:
        """Takes a product out of a channel; no date moves. Raises ValueError when it is not there."""
        with self.lock:
            channels = self._holding("products", product_id).body(product_id).parts["channels"]
            if channel_id not in channels:
                raise ValueError(f"product {product_id} is not in channel {channel_id}")
            self.edit_silently("products", product_id, channels=[one for one in channels if one != channel_id])
            assignments = self.collections["product_channel_assignments"]
            if (product_id, channel_id) in assignments:
                assignments.delete((product_id, channel_id))

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
            self._put(kind, id_, table.body(id_).changed(changes), after, owner)
            self._log(kind, id_, action, before, after)
            return after

    def _put(self, kind: str, id_: int, body: Body, at: int, owner: int | None = None) -> None:
        table = self.table(kind)
        before = table.body(id_)
        table.put(id_, body, at, owner)
        if kind == "orders":
            self.refunds.renew(id_)
        self._follow(kind, id_, before, body)

    def _follow(self, kind: str, id_: int, before: Body | None, after: Body | None) -> None:
        """Notes the nested rows that came, changed or went with two contents of their record."""
        at = self.clock.time()
        for name, row, action in nested.differences(kind, id_, before, after):
            self.journal.nested.append(NestedChange(at, f"{kind}/{name}", id_, row, action))

    def _log(self, kind: str, id_: int, action: str, before: int | None, after: int | None) -> None:
        self.journal.add(Change(self.clock.time(), kind, id_, action, before, after))

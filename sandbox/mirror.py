"""What a copy owes to the store: the keys that were there at a moment, those deleted since, and silent changes.

`kind` is one of `records.KINDS`, a collection, `refunds`, or rows nested in records such as `products/variants` and
`orders/lines`, whose keys are the ids of parent and row. Everything is worked back from the present with the journal:
the clock must not have been moved back in between.
"""

from __future__ import annotations

from typing import Any

from sandbox import nested
from sandbox.records import KINDS, Records

_REFUNDS = "orders/refunds"
_SHOWN_BY_ORDERS = ("lines", "shipping_addresses", "fees", "shipments")
"""Rows whose change is a change of the order itself."""


class Mirror:
    """The keys of a store in the course of time. Hold the lock of the store while using it."""

    def __init__(self, store: Records) -> None:
        self._store = store
        self._journal = store.journal

    def keys_at(self, kind: str, moment: float) -> set[Any]:
        """The keys just before a moment."""
        return set(self._dates_at(kind, moment))

    def deleted(self, kind: str, since: float, until: float) -> set[Any]:
        """The keys that were there at some moment from `since` to `until` and are not there at the end.

        Archived orders are there.
        """
        return (self.keys_at(kind, since) | self._touched(kind, since, until)) - self.keys_at(kind, until)

    def changed_silently(self, kind: str, since: float, until: float) -> set[Any]:
        """The keys that changed or came from `since` to `until` and are dated before, so that no date shows it.

        Of rows nested in records the date of the parent counts; of collections without a date every change is silent.
        """
        dates = self._dates_at(kind, until)
        changed = self._touched(kind, since, until) | (set(dates) - self.keys_at(kind, since))
        return {key for key in changed if key in dates and dates[key] < int(since)}

    def _dates_at(self, kind: str, moment: float) -> dict[Any, int]:
        store, journal = self._store, self._journal
        if kind == "refunds":
            now = {(store.refunds.order_of(id_), id_) for id_ in store.refunds.ids()}
            return {id_: store.refunds.created_of(id_) for _, id_ in journal.nested_at(_REFUNDS, moment, now)}
        if kind in KINDS:
            return journal.dates_at(kind, moment, store.dates(kind))
        if kind in store.collections:
            return self._rows_at(kind, moment)
        table, _, rows = kind.partition("/")
        if kind == _REFUNDS:
            raise KeyError("the kind of refunds is `refunds`: their list outlives the orders")
        if nested.table_of(rows) != table:
            raise KeyError(f"{table} have no {rows}")
        now = {(id_, row) for id_ in store.ids(table) for row in store.child_ids(id_, rows)}
        dates = self._dates_at(table, moment)
        return {key: dates[key[0]] for key in journal.nested_at(kind, moment, now) if key[0] in dates}

    def _rows_at(self, kind: str, moment: float) -> dict[Any, int]:
        """The rows of a collection whose parent, if they have one, was there."""
        shelf = self._store.collections[kind]
        dates = self._journal.dates_at(kind, moment, shelf.held_dates())
        parent = shelf.collection.parent
        if parent is None:
            return dates
        parents = self.keys_at(parent, moment) | {0}
        return {key: at for key, at in dates.items() if shelf.parent_of(key) in parents}

    def _touched(self, kind: str, since: float, until: float) -> set[Any]:
        """The keys that changed, came or went in a stretch of time."""
        journal = self._journal
        if kind == "refunds":
            return {id_ for _, id_ in journal.nested_touched(_REFUNDS, since, until)}
        if "/" in kind:
            return journal.nested_touched(kind, since, until)
        touched = journal.touched(kind, since, until)
        if kind in self._store.collections:
            return touched
        shown = _SHOWN_BY_ORDERS if kind == "orders" else nested.PARTS.get(kind, {})
        for name in shown:
            touched |= {parent for parent, _ in journal.nested_touched(f"{kind}/{name}", since, until)}
        return touched

"""The store: its records, and what a sync of it must have read."""

from __future__ import annotations

from typing import Any

from sandbox import children
from sandbox.journal import Change
from sandbox.mirror import Mirror
from sandbox.nested_editing import EditableRows


class Store(EditableRows):
    """A store whose records can be read and edited, and which knows what a sync owes."""

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
        `until`, and can be reached at all under the API variant of the store. Of `refunds`, which have no modification,
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

        All rows of the orders that `must_emit` names, but for those that were added, edited or removed during the sync
        and those that no request can show.
        """
        with self.lock:
            until = self.clock.time() if until is None else until
            owed = {
                children.id_of(row, order_id)
                for order_id in self.must_emit("orders", lower, since, until)
                for row in children.reachable(self.api_variant, kind, self.orders.body(order_id))
            }
            return owed - self.journal.touched(f"orders/{kind}", since, until)

    def keys_at(self, kind: str, moment: float | None = None) -> set[Any]:
        """The keys of a kind just before a moment of the store's time, or now; see `sandbox.mirror`."""
        with self.lock:
            return Mirror(self).keys_at(kind, self.clock.time() if moment is None else moment)

    def deleted(self, kind: str, since: float, until: float | None = None) -> set[Any]:
        """The keys that were there at some moment since then and are gone for good at the end."""
        with self.lock:
            return Mirror(self).deleted(kind, since, self.clock.time() if until is None else until)

    def changed_silently(self, kind: str, since: float, until: float | None = None) -> set[Any]:
        """The keys that changed or came since then and that are dated earlier, so that no date filter finds them."""
        with self.lock:
            return Mirror(self).changed_silently(kind, since, self.clock.time() if until is None else until)

    def unreachable(self, kind: str) -> set[int]:
        """Records that no request can show: archived orders, if hidden and the filter is refused."""
        api_variant = self.api_variant
        if kind != "orders" or api_variant.plain_orders_include_deleted or api_variant.is_deleted_filter == "honoured":
            return set()
        return {id_ for id_ in self.orders.present if self.orders.body(id_).fields.get("is_deleted")}

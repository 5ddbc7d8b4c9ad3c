"""All refunds of a store by id: the one list of rows below orders that can be read without a request for each order."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Sequence

from sandbox.children import id_of, seconds_of
from sandbox.table import Table
from sandbox.templates import Body


class Refunds:
    """Ids and dates of the refunds, made at the first request and then kept up with every change of an order.

    The list only grows: it keeps the refunds of an order that was deleted for good.
    """

    def __init__(self, orders: Table) -> None:
        self._orders = orders
        self._gone: dict[int, Body] = {}
        self._ids: array[int] | None = None
        self._created: dict[int, int] = {}
        self._order: dict[int, int] = {}
        self._of: dict[int, list[int]] = {}

    def ids(self) -> Sequence[int]:
        """All ids, ascending."""
        if self._ids is None:
            self._ids = array("Q")
            for order_id in self._orders.present:
                self._take(order_id, sorting=False)
            for order_id in self._gone:
                self._take(order_id, sorting=False)
            self._ids = array("Q", sorted(self._ids))
        return self._ids

    def of(self, order_id: int) -> list[int]:
        """The ids of one order's refunds, in the order of its rows."""
        self.ids()
        return self._of.get(order_id, [])

    def order_of(self, id_: int) -> int:
        """The order of a refund."""
        self.ids()
        if id_ not in self._order:
            raise KeyError(f"there is no refund {id_}")
        return self._order[id_]

    def created_of(self, id_: int) -> int:
        """The creation of a refund, in Unix seconds; 0 for one that went before the list was first read."""
        return self._created.get(id_, 0)

    def body(self, order_id: int) -> Body:
        """The order that holds a refund, also when it is gone."""
        return self._gone.get(order_id) or self._orders.body(order_id)

    def keep(self, order_id: int) -> None:
        """Called before an order is deleted."""
        self._gone[order_id] = self._orders.body(order_id)

    def forget(self, order_id: int) -> Body | None:
        """Called before an order is made again with the id of a deleted one; returns the content that was kept."""
        return self._gone.pop(order_id, None)

    def renew(self, order_id: int) -> None:
        """Called after an order was made or changed."""
        if self._ids is None:
            return
        for id_ in self._of.pop(order_id, []):
            del self._ids[bisect_left(self._ids, id_)]
            del self._order[id_]
        self._take(order_id, sorting=True)

    def _take(self, order_id: int, *, sorting: bool) -> None:
        assert self._ids is not None
        rows = self.body(order_id).parts["refunds"]
        if not rows:
            return
        created = self._orders.created_of(order_id)
        for row in rows:
            id_ = id_of(row, order_id)
            self._created[id_] = seconds_of(row["created"], created)
            self._order[id_] = order_id
            self._of.setdefault(order_id, []).append(id_)
            if sorting:
                insort(self._ids, id_)
            else:
                self._ids.append(id_)

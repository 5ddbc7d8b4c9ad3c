"""A store that changes while it is read, where it hurts a reader that counts pages.

On each k-th page of a kind, records that the reader has just passed are edited and deleted (in a list by page
number every later row then slides one place forward, over the page boundary), one ahead of it is edited (it
leaves a window with an upper bound), one is deleted, and as many new ones appear. What hangs on two other orders,
one passed and one ahead, changes too; around a page of refunds one is made and one that was shown is declined.
Silent changes come on top of these, and leave the choice of these as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from random import Random
from typing import Any

from sandbox.shelf import Shelf
from sandbox.silent_changes import TEXT_FIELDS, SilentChanges, row_edit
from sandbox.store import Store

WHEN = ("before", "after", "both")
_FEWEST = 30
"""Below this many records nothing is deleted."""
_FEWEST_ROWS = 8
"""The same of a small collection."""
_ROUNDS = 4
"""Rounds that take away from a list that comes with the newest first, before as many add to it."""
_CHILDREN = ("messages", "transactions", "refunds")
"""The children added to orders, in turn; in between a shipment that is there gets another tracking number."""


class Live:
    """Edits the store around its readers."""

    def __init__(self, store: Store, every: int, when: str = "both", *, silent: bool = False) -> None:
        if when not in WHEN:
            raise ValueError(f"when must be one of {', '.join(WHEN)}")
        self._store = store
        self._every = 0
        self.set_every(every)
        self._when = when
        self._rng = Random(f"{store.options.seed}/live")
        self._rng_below = Random(f"{store.options.seed}/live/below")
        self._rounds_below = 0
        self._reads: Counter[str] = Counter()
        self._passed: dict[str, list[Any]] = {}
        self._turns: Counter[str] = Counter()
        self._odd = {kind: set(names.values()) for kind, names in store.oddities.items()}
        self.is_silent_too = silent
        self.silent = SilentChanges(store, self._odd)

    def set_every(self, every: int) -> None:
        """Changes how many page reads of a kind lie between two rounds; 0 stops them."""
        if every < 0:
            raise ValueError("the store cannot change every less than 0 pages; 0 is never")
        with self._store.lock:  # not between the two ends of a page
            self._every = every

    def before(self, kind: str) -> None:
        """Called when a page of a kind is requested."""
        if not self._every:
            return
        self._reads[kind] += 1
        if self._is_due(kind) and self._when != "after":
            self.disturb(kind)

    def after(self, kind: str, shown: list[Any]) -> None:
        """Called when that page is made."""
        if not self._every:
            return
        self._passed[kind] = shown
        if self._is_due(kind) and self._when != "before":
            self.disturb(kind)

    def _is_due(self, kind: str) -> bool:
        return self._reads[kind] % self._every == 0

    def disturb(self, kind: str) -> None:
        """One round of changes around the last page of a kind. Odd records are left alone."""
        self._disturb(kind)
        if self.is_silent_too and kind != "refunds":  # changes of which show no date anyway
            self._disturb_silently(kind)

    def _disturb_silently(self, kind: str) -> None:
        store = self._store
        with store.lock:
            keys = [key for key in store.ids(kind) if key not in self._odd.get(kind, ())]
            shown = set(self._passed.get(kind, []))
            passed = [key for key in keys if key in shown]
            ahead = keys[keys.index(passed[-1]) + 1 :] if passed else keys
            self.silent.around(kind, passed, ahead[:300], may_delete=len(keys) >= _FEWEST)

    def _disturb(self, kind: str) -> None:
        store = self._store
        if kind == "refunds":
            self._disturb_refunds()
            return
        if kind in store.collections:
            self._disturb_collection(store.collections[kind])
            return
        with store.lock:
            table = store.table(kind)
            passed = [id_ for id_ in self._passed.get(kind, []) if id_ in table and id_ not in self._odd[kind]]
            ahead = self._ahead(kind, passed)
            doomed = [passed.pop(0)] if passed else []
            doomed += ahead[:1]
            for id_ in [*passed[-2:], *ahead[1:2]]:
                self._edit(kind, id_)
            if kind == "orders":
                self._disturb_below([*passed[-3:-2], *self._further(passed, ahead)])
            if len(table) < _FEWEST:
                return
            for id_ in doomed:
                if kind == "orders" and self._rng.random() < 0.5:
                    store.archive_order(id_)
                    continue
                store.delete(kind, id_)
                store.create(kind)

    def _ahead(self, kind: str, passed: list[int]) -> list[int]:
        present = self._store.table(kind).present
        start = bisect_right(present, max(passed, default=0))
        near = [id_ for id_ in present[start : start + 300] if id_ not in self._odd[kind]]
        return self._rng.sample(near, min(2, len(near)))

    def _further(self, passed: list[int], ahead: list[int]) -> list[int]:
        """One order ahead of the reader that this round does nothing else to."""
        present = self._store.orders.present
        start = bisect_right(present, max(passed, default=0))
        near = [id_ for id_ in present[start : start + 300] if id_ not in self._odd["orders"] and id_ not in ahead]
        return self._rng_below.sample(near, min(1, len(near)))

    def _disturb_below(self, orders: list[int]) -> None:
        """Changes what hangs on some orders, a kind in turn."""
        for id_ in orders:
            self._rounds_below += 1
            if self._rounds_below % 2 == 0 and (shipments := self._store.children(id_, "shipments")):
                number = f"CHANGED{len(self._store.changes)}"
                self._store.edit_child(id_, "shipments", shipments[0]["id"], tracking_number=number)
            else:
                self._store.add_child(id_, _CHILDREN[self._rounds_below // 2 % len(_CHILDREN)])

    def _disturb_refunds(self) -> None:
        store = self._store
        with store.lock:
            odd = self._odd["orders"]
            passed = [id_ for id_ in self._passed.get("refunds", []) if store.refunds.order_of(id_) in store.orders]
            passed = [id_ for id_ in passed if store.refunds.order_of(id_) not in odd]
            free = [id_ for id_ in store.orders.present if id_ not in odd]
            if free:
                store.add_child(self._rng_below.choice(free), "refunds")
            for id_ in passed[-1:]:
                payment = {**store.refund(id_)["payments"][0], "is_declined": True, "declined_message": "Declined"}
                store.edit_child(store.refunds.order_of(id_), "refunds", id_, payments=[payment])

    def _disturb_collection(self, shelf: Shelf) -> None:
        """Edits a row that was passed and one ahead; takes one of each away and makes others, unless rows of other
        collections are below them.

        Where the newest come first, some rounds take rows away and the next ones make some: what is made at the front
        would move the rest back by as much as it moves forward.
        """
        with self._store.lock:
            keys = shelf.keys()
            passed = [key for key in self._passed.get(shelf.collection.name, []) if key in keys]
            if shelf.collection.newest_first and passed and shelf.rank(passed[0]) > shelf.rank(passed[-1]):
                keys.reverse()
            ahead = keys[keys.index(passed[-1]) + 1 :][:4] if passed else keys[-4:]
            for key in [*passed[-2:-1], *ahead[1:2]]:
                self._edit_row(shelf, key)
            if len(keys) < _FEWEST_ROWS or not shelf.collection.grows or self._store.is_parent(shelf.collection.name):
                return
            if shelf.collection.newest_first:
                self._thin_or_fill(shelf, [*passed[:2], *(key for key in ahead[2:3] if key not in passed)])
                return
            for key in [*passed[:1], *ahead[2:3]]:
                shelf.delete(key)
                shelf.create()

    def _thin_or_fill(self, shelf: Shelf, doomed: list[Any]) -> None:
        """Takes rows away in some rounds, and makes as many in the next."""
        turn = self._turns[shelf.collection.name]
        self._turns[shelf.collection.name] += 1
        for key in doomed:
            if turn // _ROUNDS % 2:
                shelf.create()
            else:
                shelf.delete(key)

    def _edit_row(self, shelf: Shelf, key: Any) -> None:
        """Another text where the row has one; at least another date."""
        shelf.edit(key, **row_edit(shelf, key, f"edited, change {len(self._store.changes)}"))

    def _edit(self, kind: str, id_: int) -> None:
        change: dict[str, Any] = {TEXT_FIELDS[kind]: f"edited, change {len(self._store.changes)}"}
        self._store.edit(kind, id_, **change)

    def random_changes(self, kind: str, *, edit: int = 0, create: int = 0, delete: int = 0) -> dict[str, list[Any]]:
        """Changes some records chosen at random, odd ones excepted; returns their ids by action.

        `silent.random` makes those changes that no date reports.
        """
        store = self._store
        if kind in store.collections:
            return self._random_rows(store.collections[kind], edit, create, delete)
        with store.lock:
            free = [id_ for id_ in store.table(kind).present if id_ not in self._odd[kind]]
            chosen = self._rng.sample(free, min(edit + delete, len(free)))
            edited, deleted = chosen[:edit], chosen[edit:]
            for id_ in edited:
                self._edit(kind, id_)
            for id_ in deleted:
                store.delete(kind, id_)
            created = [store.create(kind) for _ in range(create)]
        return {"edited": edited, "deleted": deleted, "created": created}

    def _random_rows(self, shelf: Shelf, edit: int, create: int, delete: int) -> dict[str, list[Any]]:
        with self._store.lock:
            keys = shelf.keys()
            chosen = self._rng.sample(keys, min(edit + delete, len(keys)))
            edited, deleted = chosen[:edit], chosen[edit:]
            for key in edited:
                self._edit_row(shelf, key)
            for key in deleted:
                shelf.delete(key)
            made = [shelf.create() for _ in range(create)]
        return {"edited": edited, "deleted": deleted, "created": [key for key in made if key is not None]}

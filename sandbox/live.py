"""A store that changes while it is read, where it hurts a reader that counts pages.

On each k-th page of a kind, records that the reader has just passed are edited and deleted (in a list by page
number every later row then slides one place forward, over the page boundary), one ahead of it is edited (it
leaves a window with an upper bound), one is deleted, and as many new ones appear.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from random import Random
from typing import Any

from sandbox.store import Store

WHEN = ("before", "after", "both")
_FEWEST = 30
"""Below this many records nothing is deleted."""


class Live:
    """Edits the store around its readers."""

    def __init__(self, store: Store, every: int, when: str = "both") -> None:
        if when not in WHEN:
            raise ValueError(f"when must be one of {', '.join(WHEN)}")
        self._store = store
        self._every = 0
        self.set_every(every)
        self._when = when
        self._rng = Random(f"{store.options.seed}/live")
        self._reads: Counter[str] = Counter()
        self._passed: dict[str, list[int]] = {}
        self._odd = {kind: set(names.values()) for kind, names in store.oddities.items()}

    def set_every(self, every: int) -> None:
        """Changes how many page reads of a kind lie between two rounds; 0 stops them."""
        if every < 0:
            raise ValueError("the store cannot change every less than 0 pages; 0 is never")
        with self._store.lock:  # not between the two ends of a page
            self._every = every

    def before(self, kind: str) -> None:
        """Called when a page of a kind is asked for."""
        if not self._every:
            return
        self._reads[kind] += 1
        if self._is_due(kind) and self._when != "after":
            self.disturb(kind)

    def after(self, kind: str, shown: list[int]) -> None:
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
        store = self._store
        with store.lock:
            table = store.table(kind)
            passed = [id_ for id_ in self._passed.get(kind, []) if id_ in table and id_ not in self._odd[kind]]
            ahead = self._ahead(kind, passed)
            doomed = [passed.pop(0)] if passed else []
            doomed += ahead[:1]
            for id_ in [*passed[-2:], *ahead[1:2]]:
                self._edit(kind, id_)
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

    def _edit(self, kind: str, id_: int) -> None:
        name = {"orders": "staff_notes", "products": "description", "customers": "notes", "coupons": "name"}[kind]
        change: dict[str, Any] = {name: f"edited, change {len(self._store.changes)}"}
        self._store.edit(kind, id_, **change)

    def random_changes(self, kind: str, *, edit: int = 0, create: int = 0, delete: int = 0) -> dict[str, list[int]]:
        """Changes some records chosen at random, odd ones excepted; returns their ids by action."""
        store = self._store
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

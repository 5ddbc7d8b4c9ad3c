"""Random changes that no date reports: edits, nested rows that come and go, deletions for good, moves of products."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

from sandbox.shelf import Shelf
from sandbox.store import Store

TEXT_FIELDS = {"orders": "staff_notes", "products": "description", "customers": "notes", "coupons": "name"}
"""The field that an edit of a record changes."""
_ROW_TEXTS = ("description", "name", "title", "to_name")
"""The field that an edit of a row of a small collection changes, where the row has it."""
_ROWS = {
    "products": {
        "variants": "mpn",
        "images": "description",
        "custom_fields": "value",
        "videos": "description",
        "modifiers": "display_name",
        "bulk_pricing_rules": "",
    },
    "customers": {"addresses": "address2", "attributes": "attribute_value"},
    "orders": {
        "messages": "message",
        "shipments": "comments",
        "lines": "name",
        "transactions": "",
        "refunds": "reason",
    },
}
"""The nested rows that change, and the text of each that an edit changes; where there is none, they come and go."""
_CHANNEL = 667159
_ADDED_TO_ORDERS = ("messages", "transactions", "refunds")


def row_edit(shelf: Shelf, key: Any, text: str) -> dict[str, Any]:
    """What an edit changes in a row of a collection: a text that is not part of its key; nothing if it has none."""
    row = shelf.row(key)
    texts = (shelf.collection.text, *_ROW_TEXTS)
    names = [name for name in texts if isinstance(row.get(name), str) and name not in shelf.collection.key]
    return {names[0]: text} if names else {}


class SilentChanges:
    """Changes a store as merchants and apps do where BigCommerce moves no date. Odd records are left alone."""

    def __init__(self, store: Store, odd: Mapping[str, Collection[int]]) -> None:
        self._store = store
        self._odd = odd
        self._rng = Random(f"{store.options.seed}/silent")
        self._turn = 0

    def around(self, kind: str, passed: list[Any], ahead: list[Any], *, may_delete: bool) -> None:
        """One round: of records that a reader has passed and of some ahead, each is changed in another way."""
        store = self._store
        with store.lock:
            for records in (passed[:], ahead[:]):
                self._rng.shuffle(records)
                for change in self._ways(kind, may_delete=may_delete):
                    if records:
                        change(records.pop())

    def _ways(self, kind: str, *, may_delete: bool) -> list[Callable[[Any], object]]:
        ways: list[Callable[[Any], object]] = [lambda key: self.edit(kind, key)]
        if kind in _ROWS:
            ways += [lambda key: self.change_rows(kind, key)] * 2
        if kind == "products":
            ways.append(self.move)
        if kind == "orders" and may_delete:
            ways.append(lambda key: (self._store.delete("orders", key), self._store.create("orders")))
        return ways

    def edit(self, kind: str, key: Any) -> None:
        """Another text, and the old date."""
        store = self._store
        text = f"edited silently, change {len(store.changes)}"
        shelf = store.collections.get(kind)
        store.edit_silently(kind, key, **(row_edit(shelf, key, text) if shelf else {TEXT_FIELDS[kind]: text}))

    def change_rows(self, kind: str, id_: int) -> None:
        """A row nested in a record is added, edited or removed, in turn; the record keeps its date."""
        store = self._store
        self._turn += 1
        rows = sorted(_ROWS[kind])
        name = rows[self._turn // 3 % len(rows)]
        action = ("add", "edit", "remove")[self._turn % 3]
        ids, text = store.child_ids(id_, name), _ROWS[kind][name]
        if action == "remove" and len(ids) > (
            name in ("variants", "lines")
        ):  # a product has a variant, an order a line
            store.remove_child(id_, name, self._rng.choice(ids), dated=False)
        elif action == "edit" and ids and text:
            change: dict[str, Any] = {text: f"edited silently, change {len(store.changes)}"}
            store.edit_child(id_, name, self._rng.choice(ids), dated=False, **change)
        elif kind != "orders" or name in _ADDED_TO_ORDERS:
            self._add(id_, name)

    def _add(self, id_: int, name: str) -> None:
        try:
            self._store.add_child(id_, name, dated=False)
        except ValueError:  # as many as a record can hold
            ids = self._store.child_ids(id_, name)
            self._store.remove_child(id_, name, self._rng.choice(ids), dated=False)

    def move(self, id_: int) -> None:
        """A product enters a channel, or leaves it."""
        store = self._store
        if _CHANNEL in store.products.body(id_).parts["channels"]:
            store.unassign_channel(id_, _CHANNEL)
        else:
            store.assign_channel(id_, _CHANNEL)

    def random(self, kind: str, *, edit: int = 0, rows: int = 0, move: int = 0) -> dict[str, list[Any]]:
        """Changes some records chosen at random; returns their keys by action.

        Raises ValueError for what a kind does not have.
        """
        if (rows and kind not in _ROWS) or (move and kind != "products"):
            raise ValueError(f"{kind} have no such change")
        store, found = self._store, {}
        with store.lock:
            keys = [key for key in store.ids(kind) if key not in self._odd.get(kind, ())]
            wanted: tuple[tuple[str, int, Callable[[Any], None]], ...] = (
                ("edited_silently", edit, lambda key: self.edit(kind, key)),
                ("rows_changed", rows, lambda key: self.change_rows(kind, key)),
                ("moved", move, self.move),
            )
            for name, count, change in wanted:
                if count:
                    found[name] = self._rng.sample(keys, min(count, len(keys)))
                    for key in found[name]:
                        change(key)
        return found

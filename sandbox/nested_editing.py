"""Edits of the rows nested in records: lines and shipments, variants and images, addresses."""

from __future__ import annotations

from typing import Any

from sandbox import children, nested
from sandbox.editing import EditableRecords


class EditableRows(EditableRecords):
    """Records whose nested rows can be edited on their own.

    `kind` is one of `nested.PARTS`: rows below orders, products or customers. Whether the `date_modified` of the
    parent moves depends on the API variant unless `dated` says so.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._last_numbers: dict[tuple[str, int], int] = {}

    def add_child(
        self, parent_id: int, kind: str, *, at: int | None = None, dated: bool | None = None, **fields: Any
    ) -> int:
        """Adds a row to a record, now or at a given second; returns its id.

        To an order a shipment, message, transaction or refund: ids are larger than every one before. A shipment
        sends one piece unless `items` says more, and counts and status follow from it. To a product or customer any
        row but an option: ids extend that of the parent, and none is used again. Raises KeyError without such a
        record, ValueError for what cannot be added.
        """
        with self.lock:
            table = nested.table_of(kind)
            body = self._holding(table, parent_id).body(parent_id)
            moment = self.clock.now() if at is None else at
            if table == "orders":
                date = self._date_form(kind)(moment).decode()
                changes, id_ = children.added(kind, body, self._next_child, date, fields), self._next_child
                self._next_child += 1
            else:
                number = max(self._last_numbers.get((kind, parent_id), 0), nested.last_number(kind, body)) + 1
                changes, id_ = nested.added(kind, body, number, fields), parent_id * 1000 + number
                self._last_numbers[kind, parent_id] = number
            return self._change_row(parent_id, kind, id_, "create", moment, changes, dated)

    def edit_child(
        self,
        parent_id: int,
        kind: str,
        child_id: int,
        *,
        at: int | None = None,
        dated: bool | None = None,
        **fields: Any,
    ) -> int:
        """Changes fields of a row of a record; returns its id. Raises KeyError without such a row."""
        with self.lock:
            table = nested.table_of(kind)
            body = self._holding(table, parent_id).body(parent_id)
            editor = children if table == "orders" else nested
            changes = editor.edited(kind, body, parent_id, child_id, fields)
            moment = self.clock.now() if at is None else at
            return self._change_row(parent_id, kind, child_id, "edit", moment, changes, dated)

    def remove_child(
        self, parent_id: int, kind: str, child_id: int, *, at: int | None = None, dated: bool | None = None
    ) -> int:
        """Takes a row away from a record for good; returns its id. Raises KeyError without such a row.

        An order's counts of pieces follow from a removed line.
        """
        with self.lock:
            table = nested.table_of(kind)
            body = self._holding(table, parent_id).body(parent_id)
            editor = children if table == "orders" else nested
            changes = editor.removed(kind, body, parent_id, child_id)
            if table != "orders":
                self._last_numbers[kind, parent_id] = max(
                    self._last_numbers.get((kind, parent_id), 0), nested.last_number(kind, body)
                )
            moment = self.clock.now() if at is None else at
            return self._change_row(parent_id, kind, child_id, "delete", moment, changes, dated)

    def _change_row(
        self,
        parent_id: int,
        kind: str,
        child_id: int,
        action: str,
        at: int,
        changes: dict[str, Any],
        dated: bool | None,
    ) -> int:
        if dated is None:
            return self._hang(parent_id, kind, child_id, action, at, changes)
        return self._attach(parent_id, kind, child_id, action, at, changes, dated=dated)

    def _hang(self, parent_id: int, kind: str, child_id: int, action: str, at: int, changes: dict[str, Any]) -> int:
        """Puts changed rows into a record, in sight of a reader by date or not as the API variant says."""
        dated = nested.bumps(self.api_variant, kind, action)
        return self._attach(parent_id, kind, child_id, action, at, changes, dated=dated)

    def _attach(
        self, parent_id: int, kind: str, child_id: int, action: str, at: int, changes: dict[str, Any], *, dated: bool
    ) -> int:
        """Puts changed rows into a record; logs the row and, if its date moves, the record."""
        name = nested.table_of(kind)
        table = self.table(name)
        if dated:
            self._replace(name, parent_id, "edit", at, changes)
        else:
            self._put(name, parent_id, table.body(parent_id).changed(changes), table.modified_of(parent_id))
        before, after = None if action == "create" else at, None if action == "delete" else at
        self._log(f"{name}/{kind}", child_id, action, before, after)
        return child_id

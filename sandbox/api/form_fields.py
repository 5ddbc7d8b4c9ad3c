"""`/v3/customers/form-field-values`: of customers and of addresses, by cursor.

Documented in BigCommerce's reference/customers.v3.yml, the content of the cursor by its examples.
"""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.api.endpoint import Call
from sandbox.paging import cursor, cursor_meta, envelope, offset_meta, opened_cursor, requested_page
from sandbox.responses import ApiResponse, BadValue
from sandbox.store import Store
from sandbox.table import Where

_TYPES = ("checkboxes", "date", "multiline", "numbers", "password", "radiobuttons", "text", "picklist")
Key = tuple[int, int]


def plain_rows(call: Call, rows: list[dict[str, Any]]) -> ApiResponse:
    """A V3 page of rows that are at hand as dictionaries."""
    page = requested_page(call.query, call.api_variant, version="v3")
    shown = rows[page.start : page.stop]
    return envelope(_pieces(shown), {"pagination": offset_meta(call.query, page, len(rows), len(shown))})


def _pieces(rows: list[dict[str, Any]]) -> list[bytes]:
    return [orjson.dumps(rows)[1:-1]]


class FormFieldValues:
    """One row per value; its key is (customer, position), which the cursor calls session and field."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = -1
        self._rows: list[tuple[Key, dict[str, Any]]] = []

    def respond(self, call: Call) -> ApiResponse:
        """`GET /v3/customers/form-field-values`."""
        query = call.query
        rows = self._matching(call)
        page = requested_page(query, call.api_variant, version="v3")
        after, before = query.text("after"), query.text("before")
        if after or before:
            key = _opened("after" if after else "before", after or before or "")
            side = [(k, row) for k, row in rows if (k > key if after else k < key)]
            start = 0 if after else max(0, len(side) - page.limit)
            shown = side[start : start + page.limit]
            more = len(side) > page.limit if after else True
            meta = {"cursor_pagination": self._cursors(call, page.limit, shown, more, bool(after) or start > 0)}
        else:
            shown = rows[page.start : page.stop]
            meta = {"pagination": offset_meta(query, page, len(rows), len(shown))}
            if page.number == 1:
                meta["cursor_pagination"] = self._cursors(call, page.limit, shown, len(rows) > page.limit, False)
        return envelope(_pieces([row for _, row in shown]), meta)

    def _cursors(
        self, call: Call, limit: int, shown: list[tuple[Key, dict[str, Any]]], more: bool, earlier: bool
    ) -> dict[str, Any]:
        cursors = [cursor({"sessionId": session, "fieldId": field}) for (session, field), _ in shown]
        always = call.api_variant.cursor_next_link_always
        return cursor_meta(call.query, limit, cursors, has_next=more, has_previous=earlier, always_next=always)

    def _matching(self, call: Call) -> list[tuple[Key, dict[str, Any]]]:
        query = call.query
        kind = query.choice("field_type", _TYPES)
        wanted = {name: query.integer(name) for name in ("customer_id", "address_id") if name in query}
        name = query.text("field_name")
        return [
            (key, row)
            for key, row in self._all()
            if all(row.get(field) == value for field, value in wanted.items())
            and name in (None, row["name"])
            and kind in (None, _type_of(row["value"]))
        ]

    def _all(self) -> list[tuple[Key, dict[str, Any]]]:
        table = self._store.listed("customers")
        if self._version != table.version:
            found = table.select(Where())
            self._rows = [pair for id_ in found.ids(0, len(found)) for pair in self._of(id_)]
            self._version = table.version
        return self._rows

    def _of(self, id_: int) -> list[tuple[Key, dict[str, Any]]]:
        body = self._store.listed("customers").body(id_)
        rows = [{**row, "customer_id": id_} for row in body.parts["form_fields"]]
        for address in body.parts["addresses"]:
            address_id = id_ * 1000 + int(str(address["id"])[-3:])
            rows += [{**row, "address_id": address_id} for row in address["form_fields"]]
        return [((id_, n), row) for n, row in enumerate(rows, start=1)]


def _type_of(value: Any) -> str:
    if isinstance(value, list):
        return "checkboxes"
    return "text" if isinstance(value, str) else "numbers"


def _opened(name: str, text: str) -> Key:
    key = opened_cursor(name, text)
    try:
        return int(key["sessionId"]), int(key["fieldId"])
    except (KeyError, TypeError, ValueError):
        raise BadValue(name, "is not a cursor") from None

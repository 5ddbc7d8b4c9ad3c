"""Shared parts of the V3 endpoints: date filters, and lists of nested rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from sandbox.api.endpoint import Call
from sandbox.dates import parse_v3
from sandbox.paging import Page, envelope, offset_meta, requested_page
from sandbox.query import Query, Range, span
from sandbox.responses import ApiResponse
from sandbox.table import ENDLESS, DateForm, Table
from sandbox.templates import Body, Template
from sandbox.variants import ApiVariant

Position = tuple[int, int]
"""A parent's id and the index of one of its rows."""


def date_range(
    query: Query,
    name: str,
    api_variant: ApiVariant,
    parse: Callable[[str], float] = parse_v3,
    *,
    colons_break: bool = False,
) -> Range:
    """The seconds that `name`, `name:min` and `name:max` let through; a bare date is equality (bigcommerce/api#105).

    `colons_break` marks the endpoint where a value with encoded colons may be ignored (bigcommerce/docs#620).
    """
    least = query.at_least(f"{name}:min", parse, inclusive=api_variant.v3_dates_inclusive)
    most = query.at_most(f"{name}:max", parse, inclusive=api_variant.v3_dates_inclusive)
    exactly = query.moment(name, parse)
    if api_variant.date_filter_ignored:
        return (0, ENDLESS)

    def is_ignored(form: str) -> bool:
        return colons_break and api_variant.encoded_colons == "ignored" and query.has_encoded_colon(form)

    if exactly is not None and not is_ignored(name):
        return span(int(exactly), int(exactly), ENDLESS)
    return span(
        None if is_ignored(f"{name}:min") else least,
        None if is_ignored(f"{name}:max") else most,
        ENDLESS,
    )


class NestedRows:
    """The rows nested in the records of a table, as one list: all variants, all addresses."""

    def __init__(self, table: Table, name: str, rows: Callable[[Body], list[Any]]) -> None:
        self._table = table
        self._name = name
        self._rows = rows
        self._version = -1
        self._parents: list[int] = []
        self._ends: list[int] = []

    def page(self, page: Page) -> tuple[list[Position], int]:
        """The positions on a page of all rows by parent id, and the total."""
        if self._version != self._table.version:
            self._parents = list(self._table.present)
            self._ends = list(accumulate(len(self._rows(self._table.body(id_))) for id_ in self._parents))
            self._version = self._table.version
        total = self._ends[-1] if self._ends else 0
        return [self._position(n) for n in range(page.start, min(page.stop, total))], total

    def _position(self, n: int) -> Position:
        at = bisect_right(self._ends, n)
        return self._parents[at], n - (self._ends[at - 1] if at else 0)

    def of(self, parents: Sequence[int], keep: Callable[[int, Any], bool] | None = None) -> list[Position]:
        """The positions of the rows of some parents that pass a test."""
        return [
            (id_, index)
            for id_ in parents
            for index, row in enumerate(self._rows(self._table.body(id_)))
            if keep is None or keep(id_, row)
        ]

    def rendered(
        self,
        positions: list[Position],
        date: DateForm,
        view: str = "",
        change: Callable[[Any], Any] | None = None,
    ) -> list[bytes]:
        """The rows as pieces of JSON; `change` shows them in another form, remembered as `view`."""
        pieces: list[bytes] = []
        for id_, index in positions:
            if pieces:
                pieces.append(b",")
            self._templates(id_, view, change)[index].fill(self._table.stamp(id_, date), pieces)
        return pieces

    def _templates(self, id_: int, view: str, change: Callable[[Any], Any] | None) -> list[Template]:
        def build(body: Body) -> list[Any]:
            rows = self._rows(body)
            return [change(row) for row in rows] if change else rows

        return self._table.body(id_).row_views(f"nested {self._name} {view}", build)


def row_id(parent: int, row: Any) -> int:
    """The id of a nested row: the parent's id and three digits."""
    return parent * 1000 + int(str(row["id"])[-3:])


def paged_rows(
    call: Call,
    nested: NestedRows,
    found: list[Position] | None,
    date: DateForm,
    view: str = "",
    change: Callable[[Any], Any] | None = None,
    *,
    whole: bool = False,
) -> ApiResponse:
    """A V3 list of nested rows: of those found, or of all."""
    page = requested_page(call.query, call.api_variant, version="v3")
    if whole and found is not None:
        page = Page(1, max(len(found), 1))
    if found is None:
        positions, total = nested.page(page)
    else:
        positions, total = found[page.start : page.stop], len(found)
    meta = {"pagination": offset_meta(call.query, page, total, len(positions))}
    return envelope(nested.rendered(positions, date, view, change), meta)


def chosen_fields(query: Query) -> tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    """`include_fields` and `exclude_fields`: a key for the view, and the cut; the id always stays."""
    wanted, unwanted = query.texts("include_fields"), query.texts("exclude_fields") or ()

    def cut(row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in row.items()
            if name == "id" or ((wanted is None or name in wanted) and name not in unwanted)
        }

    return f"{wanted} {unwanted}", cut

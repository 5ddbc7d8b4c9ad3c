"""Pagination of B2B Edition, whose responses `b2b_edition.adapt` has given the form of V3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from source_bigcommerce.api.pagination import (
    IncompleteListError,
    Page,
    PageNumber,
    Params,
    Record,
    SinglePage,
    requested_limit,
)

_DEFAULT_LIMIT = 10  # records, if the request contains no limit (documented)


@dataclass(frozen=True)
class Offset(PageNumber):
    """Lists that skip `offset` records.

    A position has the number of a page nevertheless, which `with_query` replaces, so that these lists are read like
    those with page numbers. Where the API reduces the page size, the positions that follow are in pages of that size.
    If it reports neither its page size nor a total, a first page may be a full one, unless it is shorter than any
    page size that the API has by itself.

    The documented maximum is 200 or 250, which some documents call exclusive; 200 is accepted in either case, and
    divides into the smaller sizes.

    `key` is the field that identifies a record; the record gets it as its `id` too, and keeps an id of another kind as
    `b2b_id`. `place` is the field of `data` that contains the list, if it is not `data` itself. `total_is_of_records`
    is False if the reported total counts something else. One that is smaller than the page is ignored in any case.
    Documented examples contain both.
    """

    limit: int = 100  # where no maximum is documented; otherwise 200
    key: str = "id"
    place: str = ""
    total_is_of_records: bool = True

    def page(self, body: Any, request_params: Params) -> Page:
        envelope = {} if body is None else _mapping(body)
        rows = self._rows_of(envelope.get("data", [] if body is None else None))
        meta = dict(_mapping(_mapping(envelope.get("meta")).get("pagination")))
        if not self.total_is_of_records or meta.get("total", 0) < len(rows):
            meta.pop("total", None)
        found = super().page({"data": rows, "meta": {"pagination": meta}}, request_params)
        number, requested = int(request_params["page"]), requested_limit(request_params, self)
        reported = meta.get("per_page")
        is_unknown = found.total is None and reported is None
        may_be_full = number == 1 and len(rows) >= _DEFAULT_LIMIT and is_unknown
        if found.next is None and not may_be_full:
            return found
        served = reported or requested
        if number == 1:
            served = min(served, len(rows))
        if served >= requested:
            return found
        pages, rest = divmod((number - 1) * requested + served, served)
        if rest:
            raise IncompleteListError(f"its page size changed from {requested} to {served}")
        return replace(found, next={"limit": served, "page": pages + 1})

    def _rows_of(self, data: Any) -> list[Record]:
        """Returns the records, or the only one, each with its `id`."""
        if isinstance(data, dict):
            data = data.get(self.place, [data])
        rows = list(SinglePage().page({"data": data}, {}).records)
        for row in rows if self.key != "id" else ():
            if "id" in row:
                row["b2b_id"] = row["id"]
            row["id"] = row.get(self.key)
        return rows


@dataclass(frozen=True)
class ListOrObject(SinglePage):
    """Lists without pages that are documented as an object, the form of their only record."""

    def page(self, body: Any, request_params: Params) -> Page:
        data = _mapping(body).get("data")
        return super().page({"data": [data]} if isinstance(data, dict) else body, request_params)


@dataclass(frozen=True)
class NumberedRecords(SinglePage):
    """Lists of records without a certain key: each gets its `position` in the list, from 1."""

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _mapping(body).get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise IncompleteListError("the response is not a list of records")
        return Page([{**row, "position": position} for position, row in enumerate(rows, 1)], None)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

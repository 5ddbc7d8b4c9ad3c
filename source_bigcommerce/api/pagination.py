"""Pagination strategies. A strategy is a value that takes a page and returns its records and the next request.

In a list that changes, page numbers skip a row that moves across a page boundary; keys do not move. Strategies with a
key therefore continue after the last key. Source: docs/start/about/common-query-params and the endpoint pages of
BigCommerce's developer documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.normalization import to_integer

Params = Mapping[str, str | int]
Record = dict[str, Any]

# Page sizes that servers use instead of the requested one. A V2 response does not report its page size, so a page with
# exactly this many rows may be a full one: it is not considered the last page.
SERVER_PAGE_SIZES = frozenset({10, 20, 25, 50, 100, 200})
_SHOWN = 40  # characters of a value in a message


@dataclass(frozen=True)
class Page:
    """One page: its new records and the parameters of the next request (None at the end of the list).

    `total` is the number of records that match the request, if the API reports it.
    """

    records: Sequence[Record]
    next: Params | None
    total: int | None = None


class IncompleteListError(BigCommerceError):
    """A list that cannot be read to its end without losing records."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The list cannot be read without losing records: {reason}. The sync stops to "
            "avoid losing them. Please report this line.",
            FailureType.system_error,
        )


class Pagination(Protocol):
    """A strategy. `request_params` are the pagination parameters of the request that returned `body`."""

    @property
    def limit(self) -> int:
        """The requested page size, unless such pages turn out to be too heavy."""

    def first(self) -> Params:
        """Returns the pagination parameters of the first request."""

    def page(self, body: Any, request_params: Params) -> Page:
        """Returns the page in a decoded body. Raises BigCommerceError if records could be lost."""


@dataclass(frozen=True)
class KeysetV2:
    """V2 lists: a bare array, 204 for none; continues at `min_id`.

    It is not documented whether `min_id` is inclusive. The last id is requested again and dropped, which is correct in
    both cases.
    """

    sort: str | None = None
    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, **({"sort": self.sort} if self.sort else {})}

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _rows([] if body is None else body)
        seen = request_params.get("min_id")
        records, last = _after(rows, seen)
        ended = last is None or (
            len(rows) < requested_limit(request_params, self) and len(rows) not in SERVER_PAGE_SIZES
        )
        return Page(records, None if ended or last is None else {**self.first(), "min_id": last})


@dataclass(frozen=True)
class KeysetV3:
    """V3 lists that sort and filter by id: continues at `id:greater`, or at another `bound`, which may be inclusive.

    The last page is shorter than the page size in the response, and no more records match: some includes reduce the
    page size, and `total_pages` is then reported to be wrong.
    """

    limit: int = 250
    bound: str = "id:greater"

    def first(self) -> Params:
        return {"limit": self.limit, "sort": "id", "direction": "asc"}

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _data(body)
        meta = _pagination(body, "pagination")
        total = meta.get("total")
        if not rows and isinstance(total, int) and total > 0 and "page" not in request_params:
            raise IncompleteListError(f"an empty page was returned although {total} records are left")
        records, last = _after(rows, request_params.get(self.bound))
        ended = last is None or _is_short(rows, meta, requested_limit(request_params, self), total)
        more = None if ended or last is None else {**self.first(), self.bound: last}
        return Page(records, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class CursorV3:
    """V3 lists with opaque cursors: continues `after` the page's `end_cursor`, which encodes the last key.

    `links.next` is not used, as the last page may have it too (github.com/bigcommerce/docs/pull/613). A short page ends
    the list: with an empty one as the end, a store that gains customers during the sync would never be complete.
    """

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit}

    def page(self, body: Any, request_params: Params) -> Page:
        if "page" in request_params:  # to skip a record that the store cannot return
            return PageNumber(self.limit).page(body, request_params)
        rows = _data(body)
        # Only the first page's total counts the records left: after a cursor, it is absent or that of the whole list.
        total = None if "after" in request_params else _pagination(body, "pagination").get("total")
        meta = _pagination(body, "cursor_pagination")
        cursor = meta.get("end_cursor")
        meta = meta or _pagination(body, "pagination")
        ended = not rows or _is_short(rows, meta, requested_limit(request_params, self), total)
        if not ended and not cursor:
            raise IncompleteListError("a full page was returned without a cursor to continue from")
        if not ended and cursor == request_params.get("after"):
            raise IncompleteListError("its cursor does not advance")
        more = None if ended else {**self.first(), "after": str(cursor)}
        return Page(rows, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class PageNumber:
    """V3 lists with page numbers only. If the list changes during the sync, records may be missing.

    The reader must therefore compare `total` with the number of records, and read again if they differ.
    """

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, "page": 1}

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _data(body)
        meta = _pagination(body, "pagination")
        total = meta.get("total")
        page, limit = int(request_params["page"]), requested_limit(request_params, self)
        left = total - (page - 1) * limit if isinstance(total, int) else None
        ended = not rows or _is_short(rows, meta, limit, left)
        more = None if ended else {"limit": limit, "page": page + 1}
        return Page(rows, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class PageNumberV2:
    """V2 lists without keys: a bare array, 204 for none.

    They report no total, so this is only for the short lists of one parent, which are documented to be sorted by id.
    """

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, "page": 1}

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _rows([] if body is None else body)
        limit = requested_limit(request_params, self)
        ended = not rows or (len(rows) < limit and len(rows) not in SERVER_PAGE_SIZES)
        return Page(rows, None if ended else {"limit": limit, "page": int(request_params["page"]) + 1})


@dataclass(frozen=True)
class MaybePaginated(PageNumber):
    """V3 lists for which pagination is not documented. They are requested as paginated lists.

    If every page number returns the same response, that is the complete list, unless its total is higher.
    """


@dataclass(frozen=True)
class SinglePage:
    """Lists without pages: a bare array, or one under `data`, or in the field `place` of the object there. V2 rejects
    pagination parameters for them."""

    limit: int = 0  # a single page is never full
    place: str = ""

    def first(self) -> Params:
        return {}

    def page(self, body: Any, request_params: Params) -> Page:
        if self.place:
            return Page(_rows(_member(_member(body, "data"), self.place) or []), None)
        return Page(_rows([] if body is None else body) if not isinstance(body, dict) else _data(body), None)


@dataclass(frozen=True)
class BlogTagList(SinglePage):
    """The tags of the blog, which are documented as a list of lists."""

    def page(self, body: Any, request_params: Params) -> Page:
        if isinstance(body, list):
            body = [tag for row in body for tag in (row if isinstance(row, list) else [row])]
        return super().page(body, request_params)


@dataclass(frozen=True)
class SingleObject:
    """An object instead of a list, bare or under `data`: one record, or none for 204."""

    limit: int = 1

    def first(self) -> Params:
        return {}

    def page(self, body: Any, request_params: Params) -> Page:
        if body is None:
            return Page([], None)
        if not isinstance(body, dict):
            raise IncompleteListError("the response is not an object")
        found = body["data"] if "data" in body else {name: value for name, value in body.items() if name != "meta"}
        if found == []:
            return Page([], None)  # an empty object as PHP encodes it
        if not isinstance(found, dict):
            raise IncompleteListError("the response is not an object")
        return Page([found], None)


@dataclass(frozen=True)
class KeysetAfter:
    """V3 lists by key: continues `after` the last key. The API does not report their page size."""

    key: str
    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit}

    def page(self, body: Any, request_params: Params) -> Page:
        rows = _data(body)
        records, last = _after(rows, request_params.get("after"), self.key)
        # Only the first page's total is the number of records left.
        total = _pagination(body, "pagination").get("total") if "after" not in request_params else None
        more = (
            None
            if last is None or _is_short(rows, {}, requested_limit(request_params, self), total)
            else {**self.first(), "after": last}
        )
        return Page(records, more, total if isinstance(total, int) else None)


def requested_limit(request_params: Params, pagination: Pagination) -> int:
    """Returns the page size that was requested."""
    return int(request_params.get("limit", pagination.limit))


def smallest_limit(pagination: Pagination) -> int:
    """Returns the smallest page size that advances: 2 if a page may begin with the last key again, otherwise 1."""
    repeats_key = isinstance(pagination, KeysetV2) or (
        isinstance(pagination, KeysetV3) and pagination.bound == "id:min"
    )
    return 2 if repeats_key else 1


def is_empty(body: Any) -> bool:
    """Returns True if a decoded body is a list without entries."""
    return body is None or body == [] or (isinstance(body, dict) and body.get("data") == [])


def reports_no_entries(body: Any) -> bool:
    """Returns True if a decoded body reports a total of 0."""
    return _pagination(body, "pagination").get("total") == 0


def _rows(body: Any) -> list[Record]:
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise IncompleteListError("the response is not a list of records")
    first: dict[Any, Record] = {}
    for row in with_integer_ids(body):
        key = row.get("id")
        if isinstance(key, (int, str)) and (same := first.setdefault(key, row)) is not row and same != row:
            raise IncompleteListError(f"different records have the same id {key}")
    return body


def with_integer_ids(rows: list[Record]) -> list[Record]:
    """Returns the same rows, after changing ids such as `"1"` or `1.0` to integers in place."""
    for row in rows:
        key = row.get("id")
        if type(key) is not int and (number := to_integer(key)) is not None:
            row["id"] = number
    return rows


def _data(body: Any) -> list[Record]:
    return [] if body is None else _rows(_member(body, "data"))  # 204 is documented for some V3 lists


def _member(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def _pagination(body: Any, kind: str) -> Mapping[str, Any]:
    found = _member(_member(body, "meta"), kind)
    return found if isinstance(found, dict) else {}


def _is_short(rows: list[Record], meta: Mapping[str, Any], limit: int, left: Any) -> bool:
    """Returns True if this page is not full, according to the response.

    `left` is the number of records from this page on, if it is known.
    """
    size = meta.get("per_page")
    full = min(size, limit) if isinstance(size, int) and size > 0 else limit
    if isinstance(left, int):
        return len(rows) < full and len(rows) >= left
    return len(rows) < full and len(rows) not in SERVER_PAGE_SIZES


def _after(rows: list[Record], seen: str | int | None, field: str = "id") -> tuple[list[Record], int | None]:
    """Returns the rows after the key `seen`, and the last of their keys (None if there are no such rows).

    The next page begins after that key, so unsorted rows could lose records. Raises IncompleteListError for them.
    """
    last = int(seen) if seen is not None else None
    records = []
    newest: int | None = None
    for row in rows:
        key = key_of(row, field)
        if newest is not None and key < newest:
            raise IncompleteListError(f"the records are not sorted by {field}, as requested")
        newest = key
        if last is None or key > last:
            records.append(row)
    if last is not None and len(rows) - len(records) > 1:
        raise IncompleteListError("the store ignored the key to continue from")
    return records, newest if records else None


def key_of(row: Record, field: str = "id") -> int:
    """Returns the integer key of a record. Raises BigCommerceError if it has none."""
    key = to_integer(row.get(field))
    if key is None:
        raise IncompleteListError(missing_key_reason("a record", field, row.get(field), "integer"))
    return key


def nested_list(row: Record, field: str) -> Sequence[Record]:
    """Returns the records in a field of a record, if any. Raises IncompleteListError if it contains anything else."""
    found = row.get(field) or []
    if not isinstance(found, list) or not all(isinstance(nested, dict) for nested in found):
        raise IncompleteListError(f"the field '{field}' of a record is not a list of objects")
    return found


def missing_key_reason(record: str, field: str, value: Any, kind: str) -> str:
    """Returns the reason why a record cannot be identified: its key is missing or has another type."""
    if value in (None, "", [], {}):
        return f"{record} has no {field}, which identifies a record"
    return f"{record} has {preview(value)} for its {field}, which is not of type {kind}"


def preview(value: Any) -> str:
    """Returns a short form of a value for messages, without the contents of lists and objects (personal data)."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")

"""How each kind of list is paged. A strategy is a value: from one page it tells the records and the next page.

Page numbers over a list that changes skip the row that slides across a page boundary; keys do not move. So every
strategy but `Offset` continues behind the last key seen. Documented behaviour: docs/start/about/common-query-params
and the endpoint pages of BigCommerce's developer documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.values import integer

Params = Mapping[str, str | int]
Record = dict[str, Any]

# Sizes at which a server cuts pages by its own rule. A V2 page does not say its size, so a page of exactly so many
# rows may be a full one of a smaller size than was asked for: it is not taken for the last page.
SERVER_PAGE_SIZES = frozenset({10, 20, 25, 50, 100, 200})
_SHOWN = 40  # characters of a value in a message


@dataclass(frozen=True)
class Page:
    """One page: its new records, the parameters that continue the list (None at its end), and, where the API tells
    it, how many records the request matches in all."""

    records: Sequence[Record]
    next: Params | None
    total: int | None = None


class Paging(Protocol):
    """A strategy. `asked` are the paging parameters of the request that brought `body`."""

    @property
    def limit(self) -> int:
        """The number of records that a page is asked to hold, unless it turns out to be too heavy."""

    def first(self) -> Params:
        """The paging parameters of a list's first request."""

    def page(self, body: Any, asked: Params) -> Page:
        """The page in a decoded body. Raises BigCommerceError when the list cannot be followed without loss."""


@dataclass(frozen=True)
class KeysetV2:
    """V2 lists: a bare array, 204 for none; continues at `min_id`.

    Whether `min_id` includes its bound is not documented: asking for the last id seen and dropping it is right
    either way.
    """

    sort: str | None = None
    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, **({"sort": self.sort} if self.sort else {})}

    def page(self, body: Any, asked: Params) -> Page:
        rows = _rows([] if body is None else body)
        seen = asked.get("min_id")
        records, last = _after(rows, seen)
        ended = last is None or (len(rows) < asked_limit(asked, self) and len(rows) not in SERVER_PAGE_SIZES)
        return Page(records, None if ended or last is None else {**self.first(), "min_id": last})


@dataclass(frozen=True)
class KeysetV3:
    """V3 lists that sort and filter by id: continues at `id:greater`, or at another `bound`, which may be inclusive.

    A page is the last one when it is shorter than the page size that the answer itself names and nothing more
    matches: the page size shrinks with some includes, and `total_pages` is then reported to be wrong.
    """

    limit: int = 250
    bound: str = "id:greater"

    def first(self) -> Params:
        return {"limit": self.limit, "sort": "id", "direction": "asc"}

    def page(self, body: Any, asked: Params) -> Page:
        rows = _data(body)
        meta = _pagination(body, "pagination")
        total = meta.get("total")
        if not rows and isinstance(total, int) and total > 0 and "page" not in asked:
            raise lossy(f"an empty page came where {total} records are left")
        records, last = _after(rows, asked.get(self.bound))
        ended = last is None or _is_short(rows, meta, asked_limit(asked, self), total)
        more = None if ended or last is None else {**self.first(), self.bound: last}
        return Page(records, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class CursorV3:
    """V3 lists with opaque cursors: continues `after` the page's `end_cursor`, which encodes the last key.

    `links.next` may be there on the last page too (github.com/bigcommerce/docs/pull/613), so it tells nothing. Waiting
    for an empty page instead of a short one would never end in a store that gains customers while it is read.
    """

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit}

    def page(self, body: Any, asked: Params) -> Page:
        if "page" in asked:  # around a record that the store cannot serve
            return Offset(self.limit).page(body, asked)
        rows = _data(body)
        # Only the first page's total says how much is left: behind a cursor there is none, or that of the whole list.
        total = None if "after" in asked else _pagination(body, "pagination").get("total")
        meta = _pagination(body, "cursor_pagination")
        cursor = meta.get("end_cursor")
        meta = meta or _pagination(body, "pagination")
        ended = not rows or _is_short(rows, meta, asked_limit(asked, self), total)
        if not ended and not cursor:
            raise lossy("a full page came without a cursor to continue from")
        if not ended and cursor == asked.get("after"):
            raise lossy("its cursor does not advance")
        more = None if ended else {**self.first(), "after": str(cursor)}
        return Page(rows, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class Offset:
    """V3 lists that only know page numbers. Complete only while the list holds still: the reader has to compare
    `total` with what it got and read again where they disagree."""

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, "page": 1}

    def page(self, body: Any, asked: Params) -> Page:
        rows = _data(body)
        meta = _pagination(body, "pagination")
        total = meta.get("total")
        page, limit = int(asked["page"]), asked_limit(asked, self)
        left = total - (page - 1) * limit if isinstance(total, int) else None
        ended = not rows or _is_short(rows, meta, limit, left)
        more = None if ended else {"limit": limit, "page": page + 1}
        return Page(rows, more, total if isinstance(total, int) else None)


@dataclass(frozen=True)
class OffsetV2:
    """V2 lists without keys: a bare array, 204 for none. They tell no total, so this is for the short lists that
    belong to one parent, in their documented order by id."""

    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit, "page": 1}

    def page(self, body: Any, asked: Params) -> Page:
        rows = _rows([] if body is None else body)
        limit = asked_limit(asked, self)
        ended = not rows or (len(rows) < limit and len(rows) not in SERVER_PAGE_SIZES)
        return Page(rows, None if ended else {"limit": limit, "page": int(asked["page"]) + 1})


@dataclass(frozen=True)
class Unpaged(Offset):
    """V3 lists of which no document says whether they have pages: asked for as if they had.

    Where the answer to every page number is the same one, that is the whole list, unless its own total says more.
    """


@dataclass(frozen=True)
class Whole:
    """Lists that come in one piece: a bare array, or one under `data`. V2 refuses paging parameters there."""

    limit: int = 0  # no page is ever full

    def first(self) -> Params:
        return {}

    def page(self, body: Any, asked: Params) -> Page:
        return Page(_rows([] if body is None else body) if not isinstance(body, dict) else _data(body), None)


@dataclass(frozen=True)
class Tags(Whole):
    """The tags of the blog, documented as a list of lists."""

    def page(self, body: Any, asked: Params) -> Page:
        if isinstance(body, list):
            body = [tag for row in body for tag in (row if isinstance(row, list) else [row])]
        return super().page(body, asked)


@dataclass(frozen=True)
class OneObject:
    """An object instead of a list, bare or under `data`: a list of one record, or of none where there is none (204)."""

    limit: int = 1

    def first(self) -> Params:
        return {}

    def page(self, body: Any, asked: Params) -> Page:
        if body is None:
            return Page([], None)
        if not isinstance(body, dict):
            raise lossy("the answer is not an object")
        found = body["data"] if "data" in body else {name: value for name, value in body.items() if name != "meta"}
        if found == []:
            return Page([], None)  # which is how PHP writes an empty object
        if not isinstance(found, dict):
            raise lossy("the answer is not an object")
        return Page([found], None)


@dataclass(frozen=True)
class KeysetAfter:
    """V3 lists by key: continues `after` the last one seen. They do not say how large their pages are."""

    key: str
    limit: int = 250

    def first(self) -> Params:
        return {"limit": self.limit}

    def page(self, body: Any, asked: Params) -> Page:
        rows = _data(body)
        records, last = _after(rows, asked.get("after"), self.key)
        # Only the first page's total says how much is left.
        total = _pagination(body, "pagination").get("total") if "after" not in asked else None
        more = (
            None
            if last is None or _is_short(rows, {}, asked_limit(asked, self), total)
            else {**self.first(), "after": last}
        )
        return Page(records, more, total if isinstance(total, int) else None)


def asked_limit(asked: Params, paging: Paging) -> int:
    """The number of records that a page was asked to hold."""
    return int(asked.get("limit", paging.limit))


def smallest_limit(paging: Paging) -> int:
    """The smallest page with which the list goes on: where the key may be repeated, one record would never do."""
    repeats_key = isinstance(paging, KeysetV2) or (isinstance(paging, KeysetV3) and paging.bound == "id:min")
    return 2 if repeats_key else 1


def is_empty(body: Any) -> bool:
    """Whether a decoded body is that of a list without entries."""
    return body is None or body == [] or (isinstance(body, dict) and body.get("data") == [])


def counts_none(body: Any) -> bool:
    """Whether a decoded body says that the list has no entries."""
    return _pagination(body, "pagination").get("total") == 0


def _rows(body: Any) -> list[Record]:
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise lossy("the answer is not a list of records")
    first: dict[Any, Record] = {}
    for row in with_integer_ids(body):
        key = row.get("id")
        if isinstance(key, (int, str)) and (same := first.setdefault(key, row)) is not row and same != row:
            raise lossy(f"different records have the same id {key}")
    return body


def with_integer_ids(rows: list[Record]) -> list[Record]:
    """The same rows, in which an id that came as `"1"` or `1.0` is the integer that it is."""
    for row in rows:
        key = row.get("id")
        if type(key) is not int and (number := integer(key)) is not None:
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
    """Whether this page is not a full one, as far as the answer tells.

    `left` is how many records the list holds from this page on, if that is known.
    """
    size = meta.get("per_page")
    full = min(size, limit) if isinstance(size, int) and size > 0 else limit
    if isinstance(left, int):
        return len(rows) < full and len(rows) >= left
    return len(rows) < full and len(rows) not in SERVER_PAGE_SIZES


def _after(rows: list[Record], seen: str | int | None, field: str = "id") -> tuple[list[Record], int | None]:
    """The rows behind the key `seen`, and the last of their keys (None if there are none).

    The next page starts behind that key, so rows out of order would lose records: they are an error.
    """
    last = int(seen) if seen is not None else None
    records = []
    newest: int | None = None
    for row in rows:
        key = key_of(row, field)
        if newest is not None and key < newest:
            raise lossy(f"the records are not sorted by {field}, as was asked")
        newest = key
        if last is None or key > last:
            records.append(row)
    if last is not None and len(rows) - len(records) > 1:
        raise lossy("the store ignored the key to continue from")
    return records, newest if records else None


def key_of(row: Record, field: str = "id") -> int:
    """The number by which a record is known. Raises BigCommerceError when it has none."""
    key = integer(row.get(field))
    if key is None:
        raise lossy(no_key("a record", field, row.get(field), "integer"))
    return key


def no_key(record: str, field: str, value: Any, kind: str) -> str:
    """Why a record cannot be told from others: it has no key, or one that is not of its type."""
    if value in (None, "", [], {}):
        return f"{record} has no {field}, by which records are told apart"
    return f"{record} has {shown(value)} for its {field}, which is not of type {kind}"


def shown(value: Any) -> str:
    """A value as a message may show it: shortened, and of lists and objects, which may be about people, no more than
    that they are."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def lossy(reason: str) -> BigCommerceError:
    """The error of a list that cannot be read whole."""
    return BigCommerceError(
        f"BigCommerce's list cannot be followed without losing records: {reason}. The sync stops here rather than "
        "lose them; please report it with this line.",
        FailureType.system_error,
    )

"""Every way of paging, against small stores that follow each interpretation of BigCommerce's documentation."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.pagination import (
    SERVER_PAGE_SIZES,
    CursorV3,
    IncompleteListError,
    KeysetV2,
    KeysetV3,
    PageNumber,
    PageNumberV2,
    Params,
    nested_list,
)

Reply = Callable[[Params], Any]
MOST_REQUESTS = 500


@dataclass
class Listing:
    """A list of ids that serves one request at a time, and may change after each."""

    ids: list[int]
    size: int = 250  # the largest page that the server gives
    inclusive: bool = False
    total_known: bool = True
    honest: bool = True  # whether `per_page` reports the size of the pages
    links: str = "honest"  # or "always" or "never"
    changes: list[Callable[[list[int]], None]] = field(default_factory=list)

    def keyset_v2(self, requested: Params) -> Any:
        low = int(requested.get("min_id", 0))
        rows = self._cut([i for i in self.ids if (i >= low if self.inclusive else i > low)], requested)
        return [{"id": i} for i in rows] or None

    def keyset_v3(self, requested: Params) -> Any:
        matching = [i for i in self.ids if i > int(requested.get("id:greater", 0))]
        return self._envelope(self._cut(matching, requested), requested, len(matching))

    def cursor_v3(self, requested: Params) -> Any:
        after = int(base64.b64decode(str(requested["after"]))) if "after" in requested else 0
        matching = [i for i in self.ids if i > after]
        rows = self._cut(matching, requested)
        body = self._envelope(rows, requested, len(self.ids))
        more = {"honest": len(rows) < len(matching), "always": True, "never": False}[self.links]
        cursor: dict[str, Any] = {"per_page": self._per_page(requested), "links": {"next": "?after=x"} if more else {}}
        if rows:
            cursor["end_cursor"] = base64.b64encode(str(rows[-1]).encode()).decode()
        body["meta"]["cursor_pagination"] = cursor
        if "after" in requested:
            del body["meta"]["pagination"]
        return body

    def offset_v3(self, requested: Params) -> Any:
        return self._envelope(self._page(requested), requested, len(self.ids))

    def offset_v2(self, requested: Params) -> Any:
        return [{"id": i} for i in self._page(requested)] or None

    def _page(self, requested: Params) -> list[int]:
        size = min(self.size, int(requested["limit"]))
        start = (int(requested["page"]) - 1) * size
        return self._cut(self.ids[start:], requested)

    def _cut(self, matching: list[int], requested: Params) -> list[int]:
        rows = matching[: min(self.size, int(requested["limit"]))]
        if self.changes:
            self.changes.pop(0)(self.ids)
        return rows

    def _per_page(self, requested: Params) -> int:
        return min(self.size, int(requested["limit"])) if self.honest else int(requested["limit"])

    def _envelope(self, rows: list[int], requested: Params, total: int) -> dict[str, Any]:
        pagination = {"per_page": self._per_page(requested), "count": len(rows)}
        if self.total_known:
            pagination["total"] = total
        return {"data": [{"id": i} for i in rows], "meta": {"pagination": pagination}}


def walk(pagination: Any, response: Reply) -> tuple[list[int], int]:
    """The ids that a reader gets, and the number of requests it took."""
    found: list[int] = []
    requested: Params | None = pagination.first()
    requests = 0
    while requested is not None:
        requests += 1
        assert requests <= MOST_REQUESTS, "the list never ends"
        # In the connector the parameters come back out of a URL, as texts.
        page = pagination.page(response(requested), {name: str(value) for name, value in requested.items()})
        found += [record["id"] for record in page.records]
        requested = page.next
    return found, requests


IDS = st.sets(st.integers(1, 5000), max_size=120).map(sorted)
LONG_IDS = st.integers(0, 1100).flatmap(
    lambda n: st.integers(1, 3).map(lambda step: list(range(1, n * step + 1, step)))
)
KEYSETS: list[tuple[Any, Callable[[Listing], Reply]]] = [
    (KeysetV2, lambda listing: listing.keyset_v2),
    (KeysetV3, lambda listing: listing.keyset_v3),
    (CursorV3, lambda listing: listing.cursor_v3),
]
ALL: list[tuple[Any, Callable[[Listing], Reply]]] = [
    *KEYSETS,
    (PageNumber, lambda listing: listing.offset_v3),
    (PageNumberV2, lambda listing: listing.offset_v2),
]
each_keyset = pytest.mark.parametrize(("strategy", "responses"), KEYSETS, ids=[s.__name__ for s, _ in KEYSETS])
each_strategy = pytest.mark.parametrize(("strategy", "responses"), ALL, ids=[s.__name__ for s, _ in ALL])


@each_strategy
@given(
    ids=IDS | LONG_IDS,
    limit=st.sampled_from([2, 7, 30, 250]),
    inclusive=st.booleans(),
    total_known=st.booleans(),
    links=st.sampled_from(["honest", "always", "never"]),
)
def test_every_record_is_read_once_and_the_list_ends(
    strategy: Any,
    responses: Callable[[Listing], Reply],
    ids: list[int],
    limit: int,
    inclusive: bool,
    total_known: bool,
    links: str,
) -> None:
    """The documentation leaves open if bounds are inclusive and if links end: no interpretation may lose a row."""
    ids = ids[: 100 * (limit - 1)]
    found, requests = walk(
        strategy(limit=limit), responses(Listing(ids, inclusive=inclusive, total_known=total_known, links=links))
    )
    assert found == ids
    assert requests <= math.ceil(len(ids) / (limit - inclusive)) + 2


@each_strategy
@given(
    count=st.integers(0, 260) | st.sampled_from([*SERVER_PAGE_SIZES, 249, 250, 251, 499, 500]),
    size=st.sampled_from(sorted(SERVER_PAGE_SIZES)),
    inclusive=st.booleans(),
    total_known=st.booleans(),
    honest=st.booleans(),
)
def test_a_store_that_returns_smaller_pages_than_requested_is_read_to_the_end(
    strategy: Any,
    responses: Callable[[Listing], Reply],
    count: int,
    size: int,
    inclusive: bool,
    total_known: bool,
    honest: bool,
) -> None:
    """Products with some includes come ten at a time whatever the limit; V2 falls back to fifty."""
    # Indistinguishable for any reader: a page size that is not reported, on a list whose end is not reported either.
    honest = honest or strategy is PageNumber
    ids = list(range(1, count + 1))
    listing = Listing(ids, size, inclusive=inclusive, total_known=total_known, honest=honest)
    found, requests = walk(strategy(), responses(listing))
    assert found == ids
    assert requests <= math.ceil(count / (size - inclusive)) + 2


@each_strategy
@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 1000])
def test_a_list_costs_one_request_per_page_and_at_most_one_more(
    strategy: Any, responses: Callable[[Listing], Reply], count: int
) -> None:
    """The store's quota is shared with the merchant's other apps."""
    found, requests = walk(strategy(), responses(Listing(list(range(1, count + 1)))))
    assert len(found) == count
    assert requests <= count // 250 + 1


def edit(ids: list[int], kind: str, choice: int) -> None:
    """One change of the list: rows vanish when they are deleted or leave the filter, and new ones get the next id."""
    if kind == "create":
        ids.append(max(ids, default=0) + 1 + choice % 3)
    elif ids:
        ids.pop(choice % len(ids))


EDITS = st.lists(st.tuples(st.sampled_from(["create", "delete"]), st.integers(0, 999)), max_size=40)


def edited(edits: Iterable[tuple[str, int]]) -> list[Callable[[list[int]], None]]:
    # mypy does not type a lambda's defaults
    return [lambda ids, edit_=edit_: edit(ids, *edit_) for edit_ in edits]  # type: ignore[misc]


@each_keyset
@given(ids=IDS, edits=EDITS, limit=st.sampled_from([2, 5, 20]), inclusive=st.booleans())
def test_keys_never_miss_a_record_that_nobody_touched(
    strategy: Any,
    responses: Callable[[Listing], Reply],
    ids: list[int],
    edits: list[tuple[str, int]],
    limit: int,
    inclusive: bool,
) -> None:
    """A busy store is edited on every request: what stays must be read for all that."""
    listing = Listing(list(ids), inclusive=inclusive, changes=edited(edits))
    found, _ = walk(strategy(limit=limit), responses(listing))
    untouched = set(ids) & set(listing.ids)
    assert untouched <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("strategy", "responses"), ALL[3:], ids=["PageNumber", "PageNumberV2"])
def test_page_numbers_do_miss_such_a_record(strategy: Any, responses: Callable[[Listing], Reply]) -> None:
    """The test of the test above: it would be worth nothing if it passed for page numbers."""
    listing = Listing(list(range(1, 11)), changes=edited([("delete", 0)]))
    found, _ = walk(strategy(limit=5), responses(listing))
    assert {*range(2, 11)} - set(found) == {6}


@each_strategy
def test_a_page_of_exactly_fifty_is_not_taken_for_the_last(
    strategy: Any, responses: Callable[[Listing], Reply]
) -> None:
    """Fifty is the size that the store chooses when it ignores the one that was requested."""
    listing = Listing(list(range(1, 51)), size=50, total_known=False)
    page = strategy().page(responses(listing)(strategy().first()), strategy().first())
    assert len(page.records) == 50
    assert page.next is not None


@pytest.mark.parametrize("strategy", [KeysetV2(), PageNumberV2()])
def test_a_v2_response_without_a_body_is_an_empty_list(strategy: Any) -> None:
    """V2 returns 204 where nothing matches, and past the last page."""
    page = strategy.page(None, strategy.first())
    assert (list(page.records), page.next) == ([], None)


@pytest.mark.parametrize("strategy", [PageNumber(), KeysetV3(), CursorV3()])
def test_a_v3_response_without_a_body_is_an_empty_list(strategy: Any) -> None:
    """Product images and reviews are documented to return 204 where there are none."""
    page = strategy.page(None, strategy.first())
    assert (list(page.records), page.next) == ([], None)


@pytest.mark.parametrize("body", [{}, {"id": 1}, "text", 7, True, [1], [None], [[]], [{"id": 1}, "x"]])
@pytest.mark.parametrize("strategy", [KeysetV2(), PageNumberV2()])
def test_a_v2_body_that_is_not_a_list_of_records_is_an_error(strategy: Any, body: Any) -> None:
    """An error object taken for an empty list would be a stream that is green and empty."""
    with pytest.raises(BigCommerceError, match="not a list of records"):
        strategy.page(body, strategy.first())


@pytest.mark.parametrize(
    "body", [{}, [], "text", 7, {"data": None}, {"data": {}}, {"data": [1]}, {"error": {"code": "X"}}]
)
@pytest.mark.parametrize("strategy", [KeysetV3(), CursorV3(), PageNumber()])
def test_a_v3_body_without_a_list_of_records_is_an_error(strategy: Any, body: Any) -> None:
    """Price lists return {"error": ...} when they are degraded: that is not an empty list."""
    with pytest.raises(BigCommerceError, match="not a list of records"):
        strategy.page(body, strategy.first())


@pytest.mark.parametrize(
    "meta", [None, [], "x", {}, {"pagination": []}, {"pagination": {"total": "3", "per_page": "x"}}]
)
@pytest.mark.parametrize("strategy", [KeysetV3(), CursorV3(), PageNumber()])
def test_an_odd_envelope_costs_nothing_but_knowledge(strategy: Any, meta: Any) -> None:
    """`meta` is {} for some lists and misses keys for others; the records are there all the same."""
    page = strategy.page({"data": [{"id": 1}], "meta": meta}, strategy.first())
    assert (list(page.records), page.next, page.total) == ([{"id": 1}], None, None)


def body_of(strategy: Any, rows: list[Any]) -> Any:
    return rows if isinstance(strategy, KeysetV2) else {"data": rows, "meta": {}}


@pytest.mark.parametrize("strategy", [KeysetV2(), KeysetV3()])
def test_records_out_of_order_are_an_error(strategy: Any) -> None:
    """The next page starts behind the last key: a smaller one that comes later would be skipped."""
    with pytest.raises(BigCommerceError, match="not sorted by id"):
        strategy.page(body_of(strategy, [{"id": 1}, {"id": 3}, {"id": 2}]), strategy.first())


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "seven"}, {"id": "07"}, {"id": 1.5}, {"id": []}])
@pytest.mark.parametrize("strategy", [KeysetV2(), KeysetV3()])
def test_a_record_without_a_key_is_an_error(strategy: Any, row: Any) -> None:
    """Without a key it is unknown where the next page begins."""
    with pytest.raises(
        BigCommerceError, match=r"a record has (no id, which|.+ for its id, which is not of type integer)"
    ):
        strategy.page(body_of(strategy, [{"id": 1}, row]), strategy.first())


@pytest.mark.parametrize("key", ["18048288", 18048288.0])
@pytest.mark.parametrize("strategy", [KeysetV2(), KeysetV3()])
def test_an_id_that_is_spelled_another_way_is_an_integer(strategy: Any, key: Any) -> None:
    """A server between the store and the connector may write numbers as text, or as floats."""
    full = [{"id": id_} for id_ in range(1, 250)]
    page = strategy.page(body_of(strategy, [*full, {"id": key}]), strategy.first())
    assert page.records[-1] == {"id": 18048288}
    assert 18048288 in page.next.values()


@pytest.mark.parametrize(("strategy", "key"), [(KeysetV2(), "min_id"), (KeysetV3(), "id:greater")])
def test_a_store_that_ignores_the_key_is_an_error_and_not_the_end(strategy: Any, key: str) -> None:
    """The same full page again has nothing new on it, but it is not the last one either: there is more behind it."""
    first_page = body_of(strategy, [{"id": i} for i in range(1, 251)])
    with pytest.raises(BigCommerceError):
        strategy.page(first_page, {**strategy.first(), key: "250"})


@pytest.mark.parametrize("requested", [{}, {"id:greater": "250"}])
def test_an_empty_page_where_records_are_left_is_an_error(requested: dict[str, str]) -> None:
    """The total counts what lies behind the key: an empty page is then a fault and not the end."""
    body = {"data": [], "meta": {"pagination": {"total": 3, "per_page": 250}}}
    with pytest.raises(BigCommerceError, match="an empty page was returned although 3 records are left"):
        KeysetV3().page(body, {**KeysetV3().first(), **requested})


@pytest.mark.parametrize("total", [0, None, "3"])
def test_an_empty_page_is_the_end_where_no_records_are_left(total: Any) -> None:
    """Nothing else shows the end of a list whose last page was a full one."""
    page = KeysetV3().page({"data": [], "meta": {"pagination": {"total": total}}}, KeysetV3().first())
    assert (list(page.records), page.next) == ([], None)


def short_page(total: int, **cursor: Any) -> Any:
    """The first page of a list with cursors: thirty records where a page has room for 250."""
    meta = {"pagination": {"total": total, "per_page": 250}, "cursor_pagination": {"per_page": 250, **cursor}}
    return {"data": [{"id": i} for i in range(30)], "meta": meta}


def test_a_short_page_is_not_the_end_of_a_list_whose_total_says_more() -> None:
    """A store that leaves records out of a page, such as those it cannot show, has more pages all the same."""
    assert CursorV3().page(short_page(31, end_cursor="YQ=="), CursorV3().first()).next == {
        "limit": 250,
        "after": "YQ==",
    }
    assert CursorV3().page(short_page(30, end_cursor="YQ=="), CursorV3().first()).next is None


def test_a_short_page_without_a_cursor_is_an_error_where_the_total_says_more() -> None:
    """There is more, and no way to get to it."""
    with pytest.raises(BigCommerceError, match="without a cursor"):
        CursorV3().page(short_page(31), CursorV3().first())
    assert CursorV3().page(short_page(30), CursorV3().first()).next is None


def test_a_cursor_that_does_not_advance_is_an_error() -> None:
    """Asking for the same page again and again never ends."""
    body = {"data": [{"id": 1}] * 250, "meta": {"cursor_pagination": {"per_page": 250, "end_cursor": "YQ=="}}}
    with pytest.raises(BigCommerceError, match="does not advance"):
        CursorV3().page(body, {"limit": "250", "after": "YQ=="})


@pytest.mark.parametrize("cursor", [{}, {"end_cursor": None}, {"end_cursor": ""}, {"links": {"next": "?after=x"}}])
def test_a_full_page_without_a_cursor_is_an_error(cursor: dict[str, Any]) -> None:
    """A store that does not know cursors yet would look as if it had 250 customers."""
    body = {"data": [{"id": i} for i in range(250)], "meta": {"cursor_pagination": cursor}}
    with pytest.raises(BigCommerceError, match="without a cursor"):
        CursorV3().page(body, CursorV3().first())


def test_an_error_about_a_list_says_what_to_do() -> None:
    """It is the one kind of failure that the user cannot mend."""
    with pytest.raises(BigCommerceError, match=r"to avoid losing them\. Please report this line\.$"):
        KeysetV2().page({}, {})


def test_a_limit_larger_than_the_page_size_that_is_reported_is_not_a_short_page() -> None:
    """`per_page` reports the page size that the server used."""
    body = {"data": [{"id": 1}, {"id": 2}], "meta": {"pagination": {"per_page": 2}}}
    assert KeysetV3().page(body, KeysetV3().first()).next == {**KeysetV3().first(), "id:greater": 2}
    assert PageNumber().page(body, {"page": "1"}).next == {"limit": 250, "page": 2}


@pytest.mark.parametrize(
    ("strategy", "first"),
    [
        (KeysetV2(sort="id:asc"), {"limit": 250, "sort": "id:asc"}),
        (KeysetV2(), {"limit": 250}),
        (KeysetV3(), {"limit": 250, "sort": "id", "direction": "asc"}),
        (CursorV3(), {"limit": 250}),
        (PageNumber(), {"limit": 250, "page": 1}),
        (PageNumberV2(), {"limit": 250, "page": 1}),
    ],
)
def test_a_list_is_first_requested_by_its_documented_parameters(strategy: Any, first: dict[str, Any]) -> None:
    """V2 returns 400 for a parameter that it does not know."""
    assert strategy.first() == first


@pytest.mark.parametrize("empty", [None, "", [], {}, False])
def test_a_field_without_nested_records_has_none(empty: Any) -> None:
    assert list(nested_list({"id": 1, "locations": empty}, "locations")) == []
    assert list(nested_list({"id": 1}, "locations")) == []


@pytest.mark.parametrize("odd", [True, 7, "text", {"id": 1}, [{"id": 1}, True]])
def test_nested_records_of_another_form_are_not_passed_over(odd: Any) -> None:
    with pytest.raises(IncompleteListError, match="the field 'locations' of a record is not a list of objects"):
        nested_list({"id": 1, "locations": odd}, "locations")

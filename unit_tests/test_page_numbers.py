"""Lists that know page numbers only: what a change between two pages does to their reader."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.pagination import Page, PageNumber, Record
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.lists import page_numbers
from source_bigcommerce.lists.list_changes import InsertionDetector
from source_bigcommerce.lists.page_numbers import PASSES
from source_bigcommerce.lists.slices import ListSlice, TimeWindow
from source_bigcommerce.streams.catalog import Brands
from source_bigcommerce.streams.channels import SiteCertificates
from source_bigcommerce.streams.customers import Subscribers
from source_bigcommerce.streams.stream import Stream
from unit_tests.support import make_stream

Change = Callable[["Shop"], None]
BEGAN = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


class Shop:
    """A list of ids that changes around each page that is requested."""

    def __init__(self, ids: list[int], changes: list[Change], *, size: int = 3, tells_total: bool = True) -> None:
        self.ids = ids
        self.next_id = max(ids, default=0) + 1
        self.changes = list(changes)
        self.size = size
        self.tells_total = tells_total
        self.requested: list[int] = []

    def page(self, stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        number = int((pagination or {"page": 1})["page"])
        self.requested.append(number)
        rows: list[Record] = [{"id": id_} for id_ in self.ids[(number - 1) * self.size : number * self.size]]
        meta = {"total": len(self.ids), "per_page": self.size} if self.tells_total else {}
        response = {"data": rows, "meta": {"pagination": meta}}
        if self.changes:
            self.changes.pop(0)(self)
        return PageNumber(limit=self.size).page(response, {"page": number})


def delete(place: int) -> Change:
    """Takes away the record at a place, counted round and round."""

    def change(shop: Shop) -> None:
        if shop.ids:
            del shop.ids[place % len(shop.ids)]

    return change


def append(shop: Shop) -> None:
    """Adds a record at the end, with an id that none had before."""
    shop.ids.append(shop.next_id)
    shop.next_id += 1


def read(shop: Shop) -> list[int]:
    """The ids that a reader of the list gets."""
    return ids_of(Brands, shop.page)


def ids_of(stream: type[Stream], page: Callable[..., Page]) -> list[int]:
    """The ids that a stream reads from these pages."""
    reader = make_stream(stream).reader
    reader.pages.fetch = page
    return [row["id"] for rows in reader.read_entries(ListSlice()) for row in rows]


class DatedShop(Shop):
    """Changes of records bring them into a window of dates, and out of one that ends before."""

    def __init__(self, dates: list[int], changes: list[Change], **how: Any) -> None:
        super().__init__(list(range(1, len(dates) + 1)), changes, **how)
        self.dates = dict(zip(self.ids, dates, strict=True))  # seconds before the sync began, as negative numbers
        self.now = 0
        self.ignores_the_beginning = self.ignores_the_end = False

    def page(self, stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        window = stream_slice.window
        start, end = (window.start, window.end) if window else (None, None)
        whole = self.ids
        self.now += 1
        self.ids = [
            id_
            for id_ in whole
            if (start is None or self.ignores_the_beginning or self.date(id_) >= start - SECOND)
            and (end in (None, BEGAN) or self.ignores_the_end or self.date(id_) <= end + SECOND)
        ]
        try:
            changes, self.changes = self.changes, []
            page = super().page(stream_slice, pagination)
        finally:
            self.ids, self.changes = whole, changes
        if self.changes:
            self.changes.pop(0)(self)
        dated = [{**row, "date_modified": format_timestamp(self.date(row["id"]))} for row in page.records]
        return Page(dated, page.next, page.total)

    def date(self, id_: int) -> datetime:
        return BEGAN + self.dates.get(id_, 0) * SECOND


def edit(place: int) -> Change:
    """Changes a record, which dates it now."""

    def change(shop: Shop) -> None:
        assert isinstance(shop, DatedShop)
        shop.dates[shop.ids[place % len(shop.ids)]] = shop.now

    return change


def read_window(shop: DatedShop, since: int, until: int = 0) -> list[int]:
    """The ids that an incremental reader gets of a window that began, and ended, so many seconds before the sync."""
    stream = make_stream(Subscribers)
    stream.store._started = BEGAN
    stream.store.now = lambda: BEGAN + shop.now * SECOND
    stream.reader.pages.fetch = shop.page
    piece = ListSlice(window=TimeWindow(BEGAN - since * SECOND, BEGAN - until * SECOND))
    return [row["id"] for rows in stream.reader.read_entries(piece) for row in rows]


naps: list[DatedShop] = []  # the last one is the shop that is being read


@pytest.fixture(autouse=True, scope="module")
def no_one_sleeps() -> Iterator[None]:
    """A reader that waits lets the shop's clock go on."""

    def sleep(seconds: float) -> None:
        naps[-1].now += math.ceil(seconds)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(page_numbers.time, "sleep", sleep)
        yield


@given(
    st.lists(st.integers(-200, -1) | st.integers(-3, -1), min_size=1, max_size=20),
    st.lists(st.builds(edit, st.integers(0, 30)), max_size=12),
    st.sampled_from([0, 2, 20]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_what_is_edited_during_the_sync_pushes_nothing_out_of_a_window(
    dates: list[int],
    changes: list[Change],
    until: int,
    tells_total: bool,
    ignores_the_beginning: bool,
    ignores_the_end: bool,
) -> None:
    """An old record joins the list in its middle, and every later one slides a place on, over page boundaries."""
    shop = DatedShop(dates, changes, tells_total=tells_total)
    shop.ignores_the_beginning, shop.ignores_the_end = ignores_the_beginning, ignores_the_end
    naps.append(shop)
    owed = {id_ for id_, seconds in shop.dates.items() if -100 <= seconds < -until}
    try:
        found = read_window(shop, since=100, until=until)
    except BigCommerceError:  # it never held still
        assert ignores_the_end
        return
    assert {id_ for id_ in owed if shop.dates[id_] < 0} <= set(found)  # the others are for the next sync


def test_a_window_that_ended_before_the_sync_is_read_to_its_end_only() -> None:
    """The next slice has the entries after it."""
    dates = [-200, *range(-90, -10, 5)]
    found = read_window(DatedShop(dates, []), since=100, until=50)
    assert found and all(-100 <= dates[id_ - 1] < -50 for id_ in found)
    assert len(found) == sum(-100 <= date < -50 for date in dates)


def test_the_same_edits_hide_a_record_from_a_reader_of_the_open_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test above: without an end of the window, and believed at once, the list loses a record."""
    dates = [-200, -50, -50, -50, -50, -50, -50, -50, -50, -50]
    changes: list[Change] = [lambda _: None, edit(0)]
    assert set(read_window(DatedShop(dates, changes[:]), since=100)) >= set(range(2, 11))
    monkeypatch.setattr(page_numbers, "closed_part", lambda *_: None)
    monkeypatch.setattr(InsertionDetector, "are_possible", False)
    assert set(range(2, 11)) - set(read_window(DatedShop(dates, changes[:]), since=100)) == {7}


class Restless(DatedShop):
    """Each page holds three records that nobody has seen, all dated within the window and beyond its end."""

    def page(self, stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        first, self.next_id = self.next_id, self.next_id + 3
        rows = [{"id": first + n, "date_modified": format_timestamp(BEGAN)} for n in range(3)]
        return Page(rows, {"page": 2} if pagination is None else None, 6)


def test_a_window_that_never_holds_still_fails_the_stream() -> None:
    """A state would pass what may be missing; a full refresh has none, and warns."""
    with pytest.raises(BigCommerceError, match=r"changed each of the 3 times that it was read\. Nothing is lost"):
        read_window(Restless([-50], []), since=100)


def test_different_records_with_one_key_on_a_page_are_an_error() -> None:
    """A destination that merges by key would keep one of them."""
    rows = [
        {"common_name": "a.example", "certificate": "-----BEGIN CERTIFICATE-----", "issuer": issuer}
        for issuer in ("one", "another")
    ]
    with pytest.raises(BigCommerceError, match=r"different records have the same key"):
        ids_of(SiteCertificates, lambda *_: Page(rows, None, 2))


edits = st.lists(st.one_of(st.just(append), st.builds(delete, st.integers(0, 30))), max_size=12)


@given(st.integers(0, 20), edits, st.booleans())
def test_what_is_there_all_the_time_is_read_exactly_once(length: int, changes: list[Change], tells_total: bool) -> None:
    """However records are deleted and added between two pages, none slides out of sight, and none comes twice."""
    shop = Shop(list(range(1, length + 1)), changes, tells_total=tells_total)
    found = read(shop)
    assert set(range(1, length + 1)) & set(shop.ids) <= set(found)
    assert len(found) == len(set(found))


class HeavyShop(Shop):
    """Serves ten records once, to a first request, and two at a time from then on."""

    def page(self, stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        limit = int((pagination or {"limit": 10})["limit"])
        if pagination and limit > 2:
            raise PageTooHeavy("Too heavy.", FailureType.transient_error, "504")
        self.size = limit
        return super().page(stream_slice, pagination)


@given(st.integers(0, 40), edits)
def test_nor_does_any_where_pages_are_too_heavy_and_come_in_pieces(length: int, changes: list[Change]) -> None:
    """The pieces of a page are read from the last to the first too."""
    shop = HeavyShop(list(range(1, length + 1)), changes, size=10)
    found = read(shop)
    assert set(range(1, length + 1)) & set(shop.ids) <= set(found)
    assert len(found) == len(set(found))


def test_the_same_changes_hide_a_record_from_a_reader_that_goes_forward() -> None:
    """The test of the test above: the change is one that a plain reader suffers from, and no total reports it."""
    shop, found, pagination = Shop(list(range(1, 10)), [delete(0)]), [], {"page": 1}
    while pagination is not None:
        page = shop.page(None, pagination)
        found += [row["id"] for row in page.records]
        pagination = page.next
    assert set(range(2, 10)) - set(found) == {4}


@pytest.mark.parametrize(
    ("length", "requests"), [(0, [1]), (2, [1]), (3, [1, 2]), (6, [1, 2, 3, 1]), (8, [1, 3, 2, 1])]
)
def test_a_list_costs_one_request_more_than_it_has_pages(length: int, requests: list[int]) -> None:
    """One page is one moment and needs no second look. A full last page is followed by a look behind it."""
    shop = Shop(list(range(1, length + 1)), [])
    assert len(read(shop)) == length
    assert shop.requested == requests


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("length", [4, 8, 9])
def test_a_total_that_is_far_too_high_costs_one_look(length: int, tells_total: bool) -> None:
    """Else a store that once said a thousand million would be requested millions of empty pages."""
    shop = Shop(list(range(1, length + 1)), [])
    first = shop.page(None, None)
    shop.tells_total = tells_total  # from here on
    responses = [Page(first.records, first.next, 10**9)]
    totals = [Page(first.records, first.next, length)]  # of another first page, where the last one reports none

    def page(stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        if pagination is None:
            return (responses or totals).pop(0)
        return shop.page(stream_slice, pagination)

    assert ids_of(Brands, page)[:3] == [1, 2, 3]
    assert set(shop.requested) >= set(range(1, -(-length // 3) + 1))
    assert len(shop.requested) <= 6


@pytest.mark.parametrize("total", [9, 10**9])
def test_an_empty_page_that_cannot_be_fails_the_stream(total: int) -> None:
    """Its own total says that there are records on it."""
    first = Page([{"id": 1}, {"id": 2}, {"id": 3}], {"page": 2}, total)
    with pytest.raises(BigCommerceError, match=rf"page \d+ is empty though there are {total} records"):
        ids_of(Brands, lambda _, position, **__: Page([], None, total) if position else first)


def test_a_list_without_a_total_is_read_forward_and_then_backward() -> None:
    """There is no last page to begin with, and a record that slid over a page boundary is seen on the way back."""
    shop = Shop(list(range(1, 9)), [append, append], tells_total=False)
    assert set(read(shop)) >= set(range(1, 9))
    assert shop.requested == [1, 2, 3, 4, 4, 3, 2, 1]


def test_a_list_that_is_not_sorted_is_read_until_nothing_new_comes(caplog: pytest.LogCaptureFixture) -> None:
    """Its records may move either way, so the direction alone proves nothing."""

    def swap(shop: Shop) -> None:
        shop.ids[2], shop.ids[3] = shop.ids[3], shop.ids[2]

    # Read as 1, then 3: in between, the record that was on page 1 moves to page 2 and back.
    shop = Shop([9, 1, 8, 2, 7, 3, 6, 4, 5], [swap, *[lambda _: None] * 2, swap])
    with caplog.at_level(logging.WARNING):
        assert sorted(read(shop)) == list(range(1, 10))
    assert len(shop.requested) > 4
    assert not caplog.records


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("at", range(12))
def test_a_record_at_the_beginning_of_a_list_hides_no_other(at: int, size: int, tells_total: bool) -> None:
    """The pages of a list that is sorted the other way round may have one record each: each is sorted by itself."""

    def prepend(shop: Shop) -> None:
        shop.ids.insert(0, 9)

    shop = Shop([5, 4, 3, 2, 1], [*[lambda _: None] * at, prepend], size=size, tells_total=tells_total)
    assert set(read(shop)) >= {1, 2, 3, 4, 5}


def test_a_list_that_never_holds_still_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing more can be done, and that must be said."""

    def prepend(shop: Shop) -> None:
        shop.ids.insert(0, 100 + len(shop.ids))

    shop = Shop([5, 4, 3, 2, 1], [prepend] * 100)
    with caplog.at_level(logging.WARNING):
        assert set(read(shop)) >= {1, 2, 3, 4, 5}
    assert shop.requested.count(1) == 1 + PASSES
    assert "'brands' changed each of the" in caplog.text


class Liar(Shop):
    """A shop whose responses are bent."""

    def __init__(self, ids: list[int], *, total: int | None = None, only: int | None = None) -> None:
        super().__init__(ids, [])
        self.total, self.only = total, only

    def page(self, stream_slice: Any, pagination: Any, may_be_empty: bool = False) -> Page:
        number = int((pagination or {"page": 1})["page"])
        self.requested.append(number)
        assert len(self.requested) < 100, "the list never ends"
        shown = self.only or number
        rows: list[Record] = [{"id": id_} for id_ in self.ids[(shown - 1) * self.size : shown * self.size]]
        total = len(self.ids) if self.total is None else self.total
        response = {"data": rows, "meta": {"pagination": {"total": total, "per_page": self.size}}}
        return PageNumber(limit=self.size).page(response, {"page": number})


@pytest.mark.parametrize("total", [0, 1, 2, 4, 6, 7])
def test_a_total_that_is_too_small_hides_no_record(total: int) -> None:
    """The last page holds more than it leaves: so there are others behind it."""
    assert sorted(read(Liar(list(range(1, 9)), total=total))) == list(range(1, 9))


@pytest.mark.parametrize("total", [9, 12])
def test_a_total_that_is_never_reached_is_an_error(total: int) -> None:
    """A wrong total cannot be distinguished from missing records."""
    with pytest.raises(BigCommerceError, match=rf"only 8 of {total} records were returned|is empty though"):
        read(Liar(list(range(1, 9)), total=total))


@pytest.mark.parametrize("total", [None, 3, 0])
def test_a_list_that_knows_no_pages_after_all_is_an_error(total: int | None) -> None:
    """The same full page for every number: what is behind it cannot be had."""
    with pytest.raises(BigCommerceError, match=r"returns the same page|records were returned"):
        read(Liar(list(range(1, 9)), total=total, only=1))


@pytest.mark.parametrize("number_of_pages", [1, 3])
def test_a_list_without_a_total_that_never_ends_is_an_error(number_of_pages: int) -> None:
    """Also if its entries change each time, such as a number of views, or if some pages take turns."""
    requested = 0

    def page(piece: Any, position: Any, may_be_empty: bool = False) -> Page:
        nonlocal requested
        requested += 1
        assert requested < 100, "the list never ends"
        number = int((position or {"page": 1})["page"])
        first = (number - 1) % number_of_pages * 3
        rows = [{"id": first + place, "views": requested} for place in range(3)]
        return PageNumber(limit=3).page({"data": rows, "meta": {"pagination": {}}}, {"page": number})

    with pytest.raises(BigCommerceError, match="returns the same page"):
        ids_of(Brands, page)


def test_a_page_with_nothing_new_does_not_end_a_list() -> None:
    """As many records were inserted before it as two pages contain."""

    def insert(shop: Shop) -> None:
        shop.ids[:0] = [91, 92, 93, 94, 95, 96]

    shop = Shop(list(range(1, 10)), [lambda _: None, insert], tells_total=False)
    assert set(read(shop)) >= set(range(1, 10))

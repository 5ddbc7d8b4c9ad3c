"""Long lists: slices that are cut by samples, pages, and the end of a list."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.pagination import Page
from source_bigcommerce.lists import sampling
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.orders import (
    Orders,
)
from source_bigcommerce.streams.stream import Stream
from unit_tests.support import (
    MODIFIED,
    STORE_URL,
    keys,
    listing,
    make_stream,
    query,
    read,
    row,
    sync,
    urls,
    v3,
)


def test_the_same_page_is_not_requested_twice_when_one_slice_holds_all(api: Any) -> None:
    """The first page reports the size of the list, and its records are wanted anyway."""
    listing(api, Customers, [row(Customers, 1, MODIFIED)])
    assert len(sync(make_stream(Customers))) == 1
    assert len(urls(api)) == 1


def large_store(stream: type[Stream], samples: Any, first_ids: Any = range(1, 251)) -> Any:
    """Responses of a store that reports 60 records and shows these as the sample of any number."""

    def reply(request: Any, context: Any) -> Any:
        if "page" in query(request.url):
            return v3([row(stream, id_, date) for id_, date in samples])
        more = {"cursor_pagination": {"end_cursor": "abc", "per_page": 250, "links": {"next": "?x"}}}
        body = v3([row(stream, id_, MODIFIED) for id_ in first_ids], total=60)
        return {"data": body["data"], "meta": {**body["meta"], **more}}

    return reply


NEWEST_FIRST = [(9, "2024-03-03T00:00:00Z"), (7, "2024-03-02T00:00:00Z"), (8, "2024-03-01T00:00:00Z")]


@pytest.fixture
def tiny_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples of three records, so that sixty make two slices."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 3)


@pytest.mark.usefixtures("tiny_samples")
@pytest.mark.parametrize("stream", [Customers, Products])
def test_a_large_store_is_cut_where_the_store_s_own_records_lie(api: Any, stream: type[Stream]) -> None:
    """Work spreads over the workers, and what was seen on the way is not listed again."""
    api.get(f"{STORE_URL}{stream.listing.endpoint}", json=large_store(stream, NEWEST_FIRST))
    subject = make_stream(stream)
    slices = list(subject.stream_slices(sync_mode=SyncMode.incremental))
    assert [piece["end"] for piece in slices] == ["2024-03-02T00:00:00Z", "2024-06-01T12:00:00Z"]
    assert slices[1]["start"] == "2024-03-02T00:00:00Z"
    sample = query(urls(api)[1])
    assert (sample["limit"], sample["page"]) == ("3", "11")
    listing(api, stream, [])
    assert keys(stream, read(subject, slices[1])) == [7]
    assert query(urls(api)[-1])["date_modified:min"] == "2024-03-02T23:59:59Z"


@pytest.mark.usefixtures("tiny_samples")
@pytest.mark.parametrize("stream", [Customers, Products])
def test_a_sample_that_is_not_sorted_as_requested_is_not_believed(api: Any, stream: type[Stream]) -> None:
    """A store that ignores the order shows any page of the list, and others with dates in between lie elsewhere."""
    api.get(f"{STORE_URL}{stream.listing.endpoint}", json=large_store(stream, NEWEST_FIRST[::-1]))
    assert len(list(make_stream(stream).stream_slices(sync_mode=SyncMode.incremental))) == 1


@pytest.mark.usefixtures("tiny_samples")
def test_a_sample_with_an_entry_that_is_no_record_is_not_believed(api: Any) -> None:
    """The page would stand in for a part of the list: that is listed instead, where such an entry is an error."""
    response = large_store(Customers, NEWEST_FIRST)

    def reply(request: Any, context: Any) -> Any:
        body = response(request, context)
        return {**body, "data": [*body["data"], 7]} if "page" in query(request.url) else body

    api.get(f"{STORE_URL}v3/customers", json=reply)
    assert len(list(make_stream(Customers).stream_slices(sync_mode=SyncMode.incremental))) == 1


@pytest.mark.usefixtures("tiny_samples")
def test_a_sample_proves_nothing_where_the_list_comes_newest_first_by_itself(api: Any) -> None:
    """Then a page of a store that ignores the order looks sorted: it may report a date, but not what is complete."""
    api.get(f"{STORE_URL}v3/customers", json=large_store(Customers, NEWEST_FIRST, range(250, 0, -1)))
    subject = make_stream(Customers)
    slices = list(subject.stream_slices(sync_mode=SyncMode.incremental))
    assert len(slices) == 2
    listing(api, Customers, [])
    assert read(subject, slices[1]) == []
    assert query(urls(api)[-1])["date_modified:min"] == "2024-03-01T23:59:59Z"


@pytest.mark.usefixtures("tiny_samples")
def test_a_slice_that_is_read_a_second_time_is_listed_whole(api: Any) -> None:
    """Its sample was used up by the first read."""
    api.get(f"{STORE_URL}v3/customers", json=large_store(Customers, NEWEST_FIRST))
    subject = make_stream(Customers)
    *_, last = subject.stream_slices(sync_mode=SyncMode.incremental)
    listing(api, Customers, [row(Customers, 7, "2024-03-02T00:00:00Z")])
    assert [keys(Customers, read(subject, last)) for _ in range(2)] == [[7], [7]]


@pytest.mark.parametrize(
    "refusal",
    [{"status_code": 400, "json": []}, {"status_code": 422, "json": {"title": "no"}}, {"status_code": 500}],
    ids=str,
)
def test_a_store_that_will_not_be_cut_is_read_in_one_slice(api: Any, refusal: dict[str, Any]) -> None:
    """Slicing is a convenience: refusing it must not cost a record."""
    api.get(f"{STORE_URL}v2/orders", json=[row(Orders, i, MODIFIED) for i in range(1, 251)])
    api.get(f"{STORE_URL}v2/orders/count", **refusal)
    assert len(list(make_stream(Orders).stream_slices(sync_mode=SyncMode.incremental))) == 1


def test_a_record_at_the_border_of_two_slices_is_in_exactly_one(api: Any) -> None:
    """Each slice requests a second more than it covers, so both see it."""
    listing(api, Customers, [row(Customers, 1, "2024-03-01T00:00:00Z")])
    subject = make_stream(Customers)
    subject.store.sync_started_at()
    left = {"start": "2024-01-01T00:00:00Z", "end": "2024-03-01T00:00:00Z"}
    right = {"start": "2024-03-01T00:00:00Z", "end": "2024-06-01T12:00:00Z"}
    assert [len(read(subject, piece)) for piece in (left, right)] == [0, 1]


def test_what_does_not_fit_is_reported_once_per_field_and_not_per_record(api: Any) -> None:
    """A hundred thousand equal warnings hide the one that matters."""
    api.get(f"{STORE_URL}v2/coupons", json=[{"id": i, "amount": "much", "num_uses": "9" * 60} for i in range(1, 9)])
    stream = make_stream(Coupons)
    records = read(stream)
    assert [(record["amount"], record["num_uses"]) for record in records] == [(None, None)] * 8
    assert [[(one.field, one.reason.value) for one in record.changes] for record in records] == [
        [("amount", "SOURCE_SERIALIZATION_ERROR"), ("num_uses", "SOURCE_FIELD_SIZE_LIMITATION")]
    ] * 8
    amount, num_uses = stream.mismatches.summary()
    assert amount == (
        "8 values of the field amount of 'coupons' did not fit its type (number): replaced by null, as "
        "meta.changes of the record says. The first was 'much' in the record with id 1."
    )
    assert "num_uses" in num_uses and f"'{'9' * 40}...'" in num_uses


def test_pages_follow_each_other_by_key(api: Any) -> None:
    """Keys do not move when the list changes."""
    pages = [[{"id": i} for i in range(1, 251)], [{"id": 250}, {"id": 251}]]
    api.get(f"{STORE_URL}v2/coupons", [{"json": page} for page in pages])
    assert len(read(make_stream(Coupons))) == 251
    assert urls(api) == ["v2/coupons?limit=250", "v2/coupons?limit=250&min_id=250"]


def test_a_cursor_survives_the_way_through_the_url(api: Any) -> None:
    """Base64 has characters that mean something else in a query."""
    first = {"data": [row(Customers, i, MODIFIED) for i in range(1, 251)]}
    first["meta"] = {"cursor_pagination": {"end_cursor": "aW+Q6/w==", "per_page": 250}}  # type: ignore[assignment]  # another shape on purpose
    # The end is requested twice, and the beginning once more: it contradicts the end where it has become empty, too.
    api.get(f"{STORE_URL}v3/customers", [{"json": first}, {"json": v3([])}, {"json": v3([])}, {"json": first}])
    assert len(read(make_stream(Customers))) == 250
    assert query(urls(api)[1])["after"] == "aW+Q6/w=="


def test_pages_that_go_round_in_a_circle_are_an_error() -> None:
    """The end would never come, and the same records over and over."""
    reader = make_stream(Coupons).reader
    following = {None: 1, 1: 2, 2: 1}
    reader.pages.fetch = lambda _, position: Page([{"id": 1}], {"min_id": following[(position or {}).get("min_id")]})
    with pytest.raises(BigCommerceError, match="repeat in a cycle"):
        list(reader.read(ListSlice()))


@pytest.mark.parametrize("id_", [None, "", "seven", "07", 7.5, True, [7]])
def test_a_record_without_a_primary_key_is_an_error(api: Any, id_: Any) -> None:
    """No destination could distinguish it from another one."""
    listing(api, Customers, [{**row(Customers, 7, MODIFIED), "id": id_}])
    with pytest.raises(
        BigCommerceError, match=r"a record has (no id, which|.+ for its id, which is not of type integer)"
    ):
        read(make_stream(Customers))


def full_page_and_end(api: Any, newest: int) -> None:
    """A list of orders that ends with a full page, and what the store says is the highest id of all."""
    page = [{"id": i, "items_total": 0, "consignments": {}, "fees": []} for i in range(1, 251)]
    api.get(f"{STORE_URL}v2/orders", [{"json": page}, {"status_code": 204}])
    api.get(f"{STORE_URL}v2/orders?sort=id:desc", json=[{"id": newest}])


def test_an_end_that_the_store_contradicts_is_not_believed(api: Any) -> None:
    """An empty page behind a full one, each time that it is requested, while the highest id is another one."""
    full_page_and_end(api, newest=251)
    with pytest.raises(BigCommerceError, match="ended after 250 records, although the store has more"):
        read(make_stream(Orders))


def test_an_end_that_nothing_contradicts_is_one(api: Any) -> None:
    """A list may fill its last page exactly."""
    full_page_and_end(api, newest=250)
    assert len(read(make_stream(Orders))) == 250

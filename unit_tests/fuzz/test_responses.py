"""Responses that no document describes: a stream reads what is intact, or fails with a sentence. Nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from airbyte_cdk.models import SyncMode
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Options
from sandbox.app import Application
from sandbox.inprocess import InProcess
from sandbox.store import Store as SandboxStore
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.catalog import (
    ProductBulkPricingRules,
    ProductCustomFields,
    ProductModifiers,
    ProductModifierValues,
    ProductVideos,
)
from source_bigcommerce.streams.stream import Stream
from unit_tests.fuzz.support import JSON, assert_sentence, examples, nested
from unit_tests.representatives import representatives
from unit_tests.support import make_store, set_listing

OPTIONS = Options(orders=30, products=12, customers=12, coupons=12, b2b=True, companies=6)
PAGE = 5  # records, so that each list has several pages
MOST_REQUESTS = 600  # of a sync that ends; an undisturbed one takes fewer than 60
GONE = object()
Place = tuple[Any, ...]

VALUES = st.one_of(
    JSON,
    st.sampled_from(
        [GONE, None, True, [], {}, "", -1, 10**9, 2**63 - 1, "x" * 100_000, nested(300), [{}], [[]], [None]]
    ),
)


@dataclass
class Responses:
    """The sandbox's responses, of which one is exchanged; a lasting one at each later request for its address too.

    `place` is its address, and the number of requests for that address before it. The position among all requests
    would not do: two threads send them.
    """

    place: tuple[str, int] | None = None
    is_lasting: bool = False
    exchange: Callable[[bytes], bytes] | None = None
    requested: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.adapter = InProcess(application())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The response to a request."""
        assert len(self.requested) < MOST_REQUESTS, "the stream goes on for ever"
        url = request.url or ""
        response = self.adapter.send(request, **kwargs)
        body = response.content
        place = (url, self.requested.count(url))
        if self.exchange and self.place and (place == self.place or (self.is_lasting and self._is_later(place))):
            response.status_code = 200
            response._content = self.exchange(body)
        self.requested.append(url)
        self.bodies.append(body)
        return response

    def place_of(self, nth: int) -> tuple[str, int]:
        """The place of the n-th request."""
        return self.requested[nth], self.requested[:nth].count(self.requested[nth])

    def _is_later(self, place: tuple[str, int]) -> bool:
        return self.place is not None and place[0] == self.place[0] and place[1] > self.place[1]


LACKING = (ProductVideos, ProductCustomFields, ProductBulkPricingRules, ProductModifiers, ProductModifierValues)  # here
# Every class of stream, and every way in which a list is read.
KINDS = tuple(
    {
        (
            stream.__bases__,
            type(stream.listing.pagination),
            type(stream.listing.parents),
            stream.listing.reader,
            stream.listing.enricher,
            stream.listing.date_filter is None,
            "extract_records" in vars(stream),
        ): stream
        for stream in reversed(ALL_STREAMS)
        if stream not in LACKING
    }.values()
)

each_kind = pytest.mark.parametrize(
    "stream",
    representatives(KINDS, {"Orders", "Products", "Customers", "BlogPosts", "Transactions"}, key=lambda s: s.__name__),
    ids=lambda s: s.__name__,
)


@cache
def application() -> Application:
    """One store for all tests: reading does not change it."""
    return Application(OPTIONS, SandboxStore(OPTIONS))


def read(stream: type[Stream], responses: Responses) -> list[dict[str, Any]]:
    """All records of the stream. Raises BigCommerceError."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", lambda _: None)
        patch.setattr(requests.Session, "get_adapter", lambda *_, **__: responses)
        store = make_store(
            start_date="2020-01-01",
            api_url="http://127.0.0.1:1",
            b2b_edition=True,
            b2b_api_url="http://127.0.0.1:1",
            store_hash=OPTIONS.store_hash,
            access_token=OPTIONS.token,
            num_workers=1,
        )
        set_listing(patch, stream.listing, pagination=replace(stream.listing.pagination, limit=PAGE))
        reader: Any = stream(store)
        slices = reader.stream_slices(sync_mode=SyncMode.full_refresh)
        try:
            return [row for piece in slices for row in reader.read_records(SyncMode.full_refresh, stream_slice=piece)]
        finally:
            store._readers.shutdown(wait=True, cancel_futures=True)


@cache
def good(stream: type[Stream]) -> tuple[Responses, frozenset[Any]]:
    """An undisturbed sync: the responses, and the keys of the records."""
    responses = Responses()
    rows = read(stream, responses)
    assert rows, "a store without records shows nothing"
    return responses, frozenset(keys(stream, rows))


def keys(stream: type[Stream], rows: list[dict[str, Any]]) -> Iterator[Any]:
    """The primary keys, each with the order that it belongs to."""
    names = [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key
    for row in rows:
        yield str(row.get("order_id")), tuple(str(row[name]) for name in names)


def ends_well(stream: type[Stream], responses: Responses) -> list[dict[str, Any]] | None:
    """The records, which all can be written; None where the stream failed with a sentence."""
    try:
        rows = read(stream, responses)
    except BigCommerceError as error:
        assert_sentence(error)
        return None
    for row in rows:
        json.dumps(row, allow_nan=False, ensure_ascii=False).encode()
    return rows


@each_kind
@examples(12)
@given(data=st.data())
def test_any_json_in_place_of_a_response_is_read_or_explained(stream: type[Stream], data: Any) -> None:
    """A store, or what stands before it, may return anything."""
    undisturbed, _ = good(stream)
    nth = data.draw(st.integers(0, len(undisturbed.requested) - 1))
    body = json.dumps(data.draw(JSON | JSON.map(lambda rows: {"data": rows, "meta": rows}))).encode()
    ends_well(stream, Responses(undisturbed.place_of(nth), data.draw(st.booleans()), lambda _: body))


@each_kind
@examples(24)
@given(data=st.data())
def test_a_change_inside_a_response_loses_no_other_record(stream: type[Stream], data: Any) -> None:
    """One field of another type, too deep, too large or missing: the other records are there, or the stream fails."""
    undisturbed, expected = good(stream)
    nth = data.draw(st.sampled_from([nth for nth, body in enumerate(undisturbed.bodies) if body]))
    body, requested = json.loads(undisturbed.bodies[nth]), undisturbed.requested[nth]
    place, value = draw_place(data, body), data.draw(VALUES)
    changed = with_change(json.loads(undisturbed.bodies[nth]), place, value)
    rows = ends_well(
        stream, Responses(undisturbed.place_of(nth), data.draw(st.booleans()), lambda _: json.dumps(changed).encode())
    )
    if rows is None:
        return
    is_listed = urlsplit(requested).path.endswith(f"/{stream.listing.endpoint}")
    lost = expected - set(keys(stream, rows))
    # Where another request returned the record all the same, nothing is lost.
    assert not (is_listed and hides_record(body, place, value) and lost), f"{place} of {requested} was skipped"
    touched = row_at(body, place)
    if not isinstance(touched, dict):
        return
    if not (is_listed and stream.one_record_per_entry and stays(stream, place, value)):
        lost = {key for key in lost if str(touched.get("id")) not in (key[0], *key[1])}
    if "/orders/" in requested:  # what belongs to one order
        lost = {key for key in lost if f"/orders/{key[0]}/" not in requested}
    assert not lost, f"lost after {place} of {requested} was changed"


def hides_record(body: Any, place: Place, value: Any) -> bool:
    """Returns True if the place is a record of the list and the value is none: the record must not be skipped."""
    place, rows = (place[1:], body.get("data")) if isinstance(body, dict) else (place, body)
    is_record = isinstance(rows, list) and len(place) == 1 and isinstance(place[0], int)
    return (
        is_record
        and isinstance(rows[place[0]], dict)
        and value is not GONE
        and not (isinstance(value, dict) and to_integer(value.get("id")) is not None)
    )


def stays(stream: type[Stream], place: Place, value: Any) -> bool:
    """Returns True if the record is still the same and due, with this value in one of its fields."""
    field = next((step for step in place if isinstance(step, str) and step != "data"), "id")
    key = [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key
    if field in ("id", "order_id", *key):
        return False
    try:
        return (
            field != (dates.field if (dates := stream.listing.date_filter) else None)
            or value is GONE
            or parse_timestamp(value) is None
        )
    except (ValueError, TypeError):
        return True  # a date that cannot be read is no reason to leave a record out


def draw_place(data: Any, body: Any) -> Place:
    """A way into a document, not always to its end."""
    place: Place = ()
    value = body
    while isinstance(value, (dict, list)) and value and (not place or data.draw(st.integers(0, 4))):
        step = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        place, value = (*place, step), value[step]
    return place


def with_change(body: Any, place: Place, value: Any) -> Any:
    """The document, changed to have another value there."""
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    if not place:
        return None if value is GONE else value
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return body


def row_at(body: Any, place: Place) -> Mapping[str, Any] | None:
    """The record inside which the place lies; an empty one where it lies next to the records; None where it is one of
    them or all, in which nothing can be identified as missing."""
    if "data" in place[:1]:
        place, body = place[1:], body["data"]
    elif isinstance(body, dict):
        return {} if place and "data" in body else None
    return body[place[0]] if len(place) > 1 and isinstance(body, list) else None

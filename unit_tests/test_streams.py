"""The contract of every stream, and the requests of an incremental sync."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from jsonschema import Draft7Validator

import source_bigcommerce
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.concurrency.cursors import WatermarkCursor
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.order_children import (
    OrderCoupons,
    OrderMessages,
    OrderShipments,
    OrderTaxes,
    Transactions,
)
from source_bigcommerce.streams.orders import (
    OrderConsignments,
    OrderFees,
    OrderProducts,
    Orders,
    OrderShippingAddresses,
)
from source_bigcommerce.streams.refunds import OrderRefunds
from source_bigcommerce.streams.stream import PerParentStream, Stream
from unit_tests.support import (
    MODIFIED,
    STORE_URL,
    cursor_of,
    envelope,
    keys,
    listing,
    make_store,
    make_stream,
    query,
    read,
    row,
    sync,
    time_slice,
    urls,
)

# What all streams have in common is tried with some of each kind; every one of them is read from the sandbox in the
# integration tests.
SAMPLES = (
    Orders,
    OrderProducts,
    OrderConsignments,
    OrderShippingAddresses,
    OrderFees,
    Transactions,
    OrderTaxes,
    OrderShipments,
    OrderCoupons,
    OrderMessages,
    OrderRefunds,
    Customers,
    Products,
    Coupons,
)
INCREMENTAL = [stream for stream in SAMPLES if stream.listing.date_filter is not None]
each_stream = pytest.mark.parametrize("stream", SAMPLES, ids=lambda stream: stream.__name__)
every_stream = pytest.mark.parametrize("stream", ALL_STREAMS, ids=lambda stream: stream.__name__)
each_incremental = pytest.mark.parametrize("stream", INCREMENTAL, ids=lambda stream: stream.__name__)


# The contract.


@every_stream
def test_a_stream_has_a_key_a_scope_a_way_of_paging_and_a_name(stream: type[Stream]) -> None:
    """Adding a stream is declaring these; a forgotten one would only show in a sync."""
    assert stream.primary_key
    assert set(stream.scopes()) <= set(Scope) and make_stream(stream).scope in stream.scopes()
    assert stream.listing.pagination.first().get("limit", 250) in (100, 200, 250, 1000)
    assert stream.listing.endpoint.startswith(("v2/", "v3/", "b2b/")) and not stream.listing.endpoint.endswith("/")
    by_class = re.sub(r"(?<!^)(?=[A-Z])", "_", stream.__name__).lower()
    assert make_stream(stream).name == ("store" if by_class == "store_information" else by_class)
    assert stream.__dict__.get("__doc__"), "a stream says what its records are"


@every_stream
def test_a_stream_has_an_open_schema_that_knows_its_key_and_cursor(stream: type[Stream]) -> None:
    """A schema without the cursor makes the destination drop the column that it needs most."""
    schema = make_stream(stream).get_json_schema()
    Draft7Validator.check_schema(schema)
    assert schema["additionalProperties"] is True
    for key in [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key:
        assert schema["properties"][key]["type"] in ("integer", "string")
    if stream.listing.date_filter is not None:
        cursor = schema["properties"][cursor_of(stream)]
        assert cursor["format"] == "date-time" and cursor["airbyte_type"] == "timestamp_with_timezone"


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every schema inside a schema."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [node for child in inner for node in [child, *nodes(child)]]


@every_stream
def test_every_field_but_a_key_may_be_null_and_every_object_may_grow(stream: type[Stream]) -> None:
    """BigCommerce promises neither that a field is there nor that no other one comes."""
    schema = make_stream(stream).get_json_schema()
    keys = [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key
    others = {name: field for name, field in schema["properties"].items() if name not in keys}
    for node in nodes({"properties": others}):
        assert node["type"][0] == "null" and len(node["type"]) == 2
        assert node["type"][1] != "object" or node["additionalProperties"] is True
        assert node["type"][1] != "array" or "items" in node
        assert node.get("format") != "date-time" or node["airbyte_type"] == "timestamp_with_timezone"


def test_each_schema_belongs_to_a_stream() -> None:
    """One that does not is a stream that was forgotten, or renamed by half."""
    files = {path.stem for path in (Path(source_bigcommerce.__file__).parent / "schemas").iterdir()}
    assert files == {make_stream(stream).name for stream in ALL_STREAMS}


def test_streams_have_different_names() -> None:
    """Two streams of one name would share a table."""
    assert len({stream.__name__ for stream in ALL_STREAMS}) == len(ALL_STREAMS)


@every_stream
def test_a_stream_declares_its_ways_to_sync(stream: type[Stream]) -> None:
    """The catalog that users choose from is made of this."""
    declared = make_stream(stream).as_airbyte_stream()
    key = [stream.primary_key] if isinstance(stream.primary_key, str) else stream.primary_key
    assert declared.source_defined_primary_key == [[part] for part in key]
    assert (SyncMode.incremental in declared.supported_sync_modes) == (stream.listing.date_filter is not None)
    if stream.listing.date_filter is not None:
        assert declared.default_cursor_field == [cursor_of(stream)] and declared.source_defined_cursor


@every_stream
def test_two_objects_of_a_stream_share_nothing(stream: type[Stream]) -> None:
    """State kept on the class outlives a sync and ends up in the next one."""
    one, other = make_stream(stream), make_stream(stream)
    for name, value in vars(one).items():
        if isinstance(value, (dict, list, set)):
            assert value is not vars(other)[name]


@each_stream
def test_access_is_checked_with_one_row(api: Any, stream: type[Stream]) -> None:
    """Checking a connection must be quick, however large the store."""
    listing(api, stream, [])
    of_an_order = stream.children.format(id=1) if stream is Transactions else None
    if of_an_order:
        api.get(f"{STORE_URL}{of_an_order}", status_code=204)
    make_stream(stream).check_access()
    assert urls(api) == [f"{requested}?limit=1" for requested in (stream.listing.endpoint, of_an_order) if requested]


@each_stream
def test_a_missing_scope_is_reported_with_the_stream_s_name(api: Any, stream: type[Stream]) -> None:
    """The user must know which box to tick, and what for."""
    api.get(f"{STORE_URL}{stream.listing.endpoint}", status_code=403, json={})
    if stream is Transactions:
        api.get(f"{STORE_URL}{stream.children.format(id=1)}", status_code=403, json={})
    with pytest.raises(BigCommerceError) as failure:
        make_stream(stream).check_access()
    assert f"'{make_stream(stream).name}'" in str(failure.value.message)
    assert f"scope {make_stream(stream).scope.value} (read-only)" in str(failure.value.message)


# Requests.

FIRST_PAGES = {
    Orders: (
        "v2/orders?include=consignments.line_items,fees&consignment_structure=object"
        "&min_date_modified=2023-12-31T23:59:59Z&limit=250&sort=id:asc"
    ),
    Customers: (
        "v3/customers?include=addresses,attributes,formfields,storecredit"
        "&date_modified:min=2023-12-31T23:59:59Z&limit=250"
    ),
    Products: (
        "v3/catalog/products?include=bulk_pricing_rules,channels,custom_fields,images,parent_relations,"
        "primary_image,reviews,variants,videos"
        "&limit=250&sort=id&direction=asc"
    ),
    Coupons: "v2/coupons?limit=250",
    PerParentStream: "v2/orders?min_date_modified=2023-12-31T23:59:59Z&limit=250&sort=id:asc",
    OrderRefunds: "v3/orders/payment_actions/refunds?created:min=2023-12-31T23:59:59Z&limit=250&page=1",
}


@each_stream
def test_the_first_request_of_a_first_sync_is_exactly_this(api: Any, stream: type[Stream]) -> None:
    """Colons and commas must travel as they are, dates as full UTC timestamps a second wider than meant."""
    listing(api, stream, [])
    assert sync(make_stream(stream)) == []
    family = (
        PerParentStream
        if issubclass(stream, PerParentStream)
        else Orders
        if stream.listing is Orders.listing
        else stream
    )
    assert urls(api)[0] == FIRST_PAGES[family]


@each_incremental
def test_a_later_sync_asks_from_the_state_less_the_look_back(api: Any, stream: type[Stream]) -> None:
    """Records that the store returned late are read again; nothing else is."""
    listing(api, stream, [])
    sync(make_stream(stream, lookback_minutes=7), {cursor_of(stream): "2024-05-31T10:00:00Z"})
    requested = query(urls(api)[0])
    assert requested[stream.listing.date_filter.minimum] == "2024-05-31T09:52:59Z"
    assert stream.listing.date_filter.maximum not in requested


@each_incremental
def test_every_parameter_of_a_date_filter_is_a_whole_second_in_utc(api: Any, stream: type[Stream]) -> None:
    """Products completes a bare day with the current time of day, and loses what changed before."""
    listing(api, stream, [])
    subject = make_stream(stream, start_date="2024-03-01T01:30:00+02:00")
    sync(subject, {cursor_of(stream): "2024-03-01T00:00:00.75+01:00"})
    value = query(urls(api)[0])[stream.listing.date_filter.minimum]
    assert len(value) == 20 and value.endswith("Z")
    piece = ListSlice.of(time_slice("2024-03-01T00:00:00.75Z", "2024-03-02T00:00:00.75Z"))
    requested = subject.reader.query.filters(piece)
    assert requested[stream.listing.date_filter.minimum] == "2024-02-29T23:59:59Z"
    assert requested[stream.listing.date_filter.maximum] == "2024-03-02T00:00:01Z"


@each_incremental
def test_a_sync_without_changes_costs_one_request_where_the_response_counts(api: Any, stream: type[Stream]) -> None:
    """It is what most hourly syncs are. V2 does not count: "nothing" is requested twice before it is believed."""
    listing(api, stream, [])
    sync(make_stream(stream), {cursor_of(stream): "2024-05-31T10:00:00Z"})
    requested = urls(api)
    archived = [url for url in requested if "is_deleted" in url]
    assert (len(requested) - len(archived), len(archived)) == (
        (2, 2) if stream.listing.endpoint == "v2/orders" else (1, 0)
    )


@each_incremental
def test_a_state_in_the_future_reads_nothing_and_is_set_back_to_the_server_s_clock(
    api: Any, stream: type[Stream], caplog: pytest.LogCaptureFixture
) -> None:
    """The platform's own acceptance test passes such a state; kept, it would hide every change until then."""
    subject = make_stream(stream)
    repository = InMemoryMessageRepository()
    cursor = WatermarkCursor(
        subject.name, cursor_of(stream), subject.reader.watermark, ConnectorStateManager(), repository
    )
    with caplog.at_level(logging.WARNING):
        assert sync(subject, {cursor_of(stream): "2999-01-01T00:00:00Z"}) == []
    cursor.ensure_at_least_one_state_emitted()
    assert urls(api) == []
    assert subject.state[cursor_of(stream)] == "2024-06-01T12:00:00Z"
    (message,) = repository.consume_queue()
    assert message.state.stream.stream_state.__dict__ == {cursor_of(stream): "2024-06-01T12:00:00Z"}
    (warning,) = [record.getMessage() for record in caplog.records]
    assert f"'{subject.name}' is later than the store's clock" in warning


@each_incremental
def test_a_state_a_little_ahead_of_the_clock_is_covered_by_the_look_back(api: Any, stream: type[Stream]) -> None:
    """Clocks of several servers differ by seconds: nothing may be skipped for that."""
    listing(api, stream, [row(stream, 1, "2024-06-01T11:59:00Z")])
    subject = make_stream(stream)
    assert keys(stream, sync(subject, {cursor_of(stream): "2024-06-01T12:00:30Z"})) == [1]
    assert subject.state[cursor_of(stream)] == "2024-06-01T12:00:00Z"


@each_incremental
def test_a_sync_ends_at_the_server_s_clock(api: Any, stream: type[Stream]) -> None:
    """Not at the newest record, which may be days older, nor at the clock of this machine."""
    listing(api, stream, [])
    subject = make_stream(stream)
    assert subject.state == {}
    sync(subject)
    assert subject.state[cursor_of(stream)] == "2024-06-01T12:00:00Z"


@each_incremental
def test_a_sync_that_fails_does_not_move_the_state(api: Any, stream: type[Stream]) -> None:
    """The next one must start where this one did."""
    subject = make_stream(stream)
    api.get(f"{STORE_URL}{stream.listing.endpoint}", status_code=400, json=[{"message": "no"}])
    with pytest.raises(BigCommerceError):
        sync(subject, {cursor_of(stream): "2024-05-31T10:00:00Z"})
    assert subject.state[cursor_of(stream)] == "2024-05-31T10:00:00Z"


@each_incremental
def test_the_dates_are_checked_again_here(api: Any, stream: type[Stream]) -> None:
    """A store that ignores the filter costs time, not correctness; no date and one past the clock are kept."""
    dates = {
        1: "2023-12-31T23:59:59Z",
        2: "2024-01-01T00:00:00Z",
        3: MODIFIED,
        4: "2024-06-01T12:00:00+00:00",
        5: "2024-06-01T12:00:01Z",
        6: None,
        7: "soon",
        8: "",
    }
    listing(api, stream, [row(stream, record_id, date) for record_id, date in dates.items()])
    found = set(keys(stream, sync(make_stream(stream))))
    assert found == ({1, 2, 3, 4, 5, 6, 7, 8} if stream is Products else {2, 3, 4, 5, 6, 7, 8})


@each_incremental
def test_a_slice_that_is_not_the_last_asks_for_no_more_than_it_holds(api: Any, stream: type[Stream]) -> None:
    """Later records belong to the next slice: read here too, they would be emitted twice."""
    dates = {
        1: "2024-02-29T23:59:59Z",
        2: "2024-03-01T00:00:00Z",
        3: "2024-03-01T23:59:59Z",
        4: "2024-03-02T00:00:00Z",
        5: "2024-03-02T00:00:01Z",
        6: "2024-06-01T12:00:01Z",
        7: None,
    }
    listing(api, stream, [row(stream, record_id, date) for record_id, date in dates.items()])
    piece = {"start": "2024-03-01T00:00:00Z", "end": "2024-03-02T00:00:00Z"}
    assert keys(stream, read(make_stream(stream), piece)) == [2, 3, 7]
    requested = query(urls(api)[0])
    assert requested[stream.listing.date_filter.minimum] == "2024-02-29T23:59:59Z"
    assert requested[stream.listing.date_filter.maximum] == "2024-03-02T00:00:01Z"


@each_incremental
def test_the_last_slice_has_no_end(api: Any, stream: type[Stream]) -> None:
    """A record that changes all the time would move past the end of every sync and never be seen."""
    listing(api, stream, [row(stream, 1, "2024-06-01T12:00:01Z"), row(stream, 2, "2024-06-01T13:00:00Z")])
    piece = {"start": "2024-03-01T00:00:00Z", "end": "2024-06-01T12:00:00Z"}
    assert keys(stream, read(make_stream(stream), piece)) == [1, 2]
    requested = query(urls(api)[0])
    assert requested[stream.listing.date_filter.minimum] == "2024-02-29T23:59:59Z"
    assert stream.listing.date_filter.maximum not in requested


@each_incremental
def test_a_record_edited_between_two_slices_is_passed_on_once_a_sync(api: Any, stream: type[Stream]) -> None:
    """The next sync begins where this one did, and reads it in its new form."""
    subject, late = make_stream(stream), "2024-06-01T12:00:01Z"
    earlier = {"start": "2024-03-01T00:00:00Z", "end": "2024-03-02T00:00:00Z"}
    last = {"start": "2024-03-02T00:00:00Z", "end": "2024-06-01T12:00:00Z"}
    listing(api, stream, [row(stream, 1, "2024-03-01T10:00:00Z")])
    assert keys(stream, read(subject, earlier)) == [1]
    listing(api, stream, [row(stream, 1, late), row(stream, 2, late)])
    assert keys(stream, read(subject, last)) == [2]
    assert keys(stream, sync(subject)) == [1, 2]


@pytest.mark.parametrize(
    ("stream", "other", "chosen"),
    [(Products, {"channels": [2]}, {"channels": [1, 2]}), (Orders, {"channel_id": 2}, {"channel_id": 1})],
)
def test_a_record_that_comes_into_a_chosen_channel_during_the_sync_is_passed_on(
    api: Any, stream: type[Stream], other: dict[str, Any], chosen: dict[str, Any]
) -> None:
    """A record that was left out because of its channel has not been emitted yet."""
    subject = make_stream(stream, channel_ids=[1])
    earlier = {"start": "2024-03-01T00:00:00Z", "end": "2024-03-02T00:00:00Z"}
    last = {"start": "2024-03-02T00:00:00Z", "end": "2024-06-01T12:00:00Z"}
    listing(api, stream, [{**row(stream, 1, "2024-03-01T10:00:00Z"), **other}])
    assert read(subject, earlier) == []
    listing(api, stream, [{**row(stream, 1, "2024-06-01T12:00:01Z"), **chosen}])
    assert keys(stream, read(subject, last)) == [1]


def test_products_ignore_the_start_date_until_there_is_a_state(api: Any) -> None:
    """An order of today may be for a product of ten years ago."""
    listing(api, Products, [row(Products, 1, "2001-01-01T00:00:00Z")])
    subject = make_stream(Products)
    assert [record["id"] for record in sync(subject)] == [1]
    assert sync(subject, dict(subject.state)) == []


def test_coupons_are_read_whole_each_time(api: Any) -> None:
    """The number of uses of a coupon changes without a date."""
    api.get(f"{STORE_URL}v2/coupons", [{"json": [{"id": 5, "expires": "", "num_uses": "3"}]}, {"status_code": 204}])
    subject = make_stream(Coupons)
    assert sync(subject) == [{"id": 5, "expires": None, "num_uses": 3}]
    assert sync(subject) == []


@each_stream
@pytest.mark.parametrize("id_", [None, "seven", [7], 7.5, True], ids=str)
def test_an_entry_without_an_id_fails_its_stream_with_a_sentence(api: Any, stream: type[Stream], id_: Any) -> None:
    """Child records are requested by the id, and the id identifies a record."""
    listing(api, stream, [{**row(stream, 1, MODIFIED), "id": id_}])
    with pytest.raises(
        BigCommerceError, match=r"a record (of '\w+' )?has (no id, which|.+ for its id, which is not of)"
    ):
        read(make_stream(stream))


@each_stream
@pytest.mark.parametrize("id_", ["7", 7.0], ids=repr)
def test_an_id_that_is_spelled_another_way_is_read(api: Any, stream: type[Stream], id_: Any) -> None:
    """As text or as a float it is the same id, also where something is requested by it."""
    listing(api, stream, [{**row(stream, 7, MODIFIED), "id": 7}])
    expected = read(make_stream(stream))
    api.get(f"{STORE_URL}{stream.listing.endpoint}", json=envelope(stream, [{**row(stream, 7, MODIFIED), "id": id_}]))
    assert read(make_stream(stream)) == expected != []


def test_the_clock_and_the_quota_are_shared_by_all_streams() -> None:
    """Each stream with its own would spend the quota four times over. B2B Edition has one of its own."""
    store = make_store()
    streams = [stream(store) for stream in ALL_STREAMS]
    for connection in store.connections:
        sharing = [stream for stream in streams if store.connection(stream.listing.endpoint) is connection]
        assert {id(stream._http_client._session._api_budget) for stream in sharing} == {id(connection.governor)}
        assert {id(stream._http_client._session.auth) for stream in sharing} == {id(connection.auth)}


def test_the_hooks_of_an_http_stream_send_requests_like_the_readers(api: Any) -> None:
    """A tool that drives a stream by them would take no notice of the store's quota otherwise."""
    stream = make_stream(Coupons)
    api.get(f"{STORE_URL}v2/coupons", json=[{"id": 1}])
    _, response = stream._fetch_next_page()
    assert list(stream.parse_response(response)) == [{"id": 1}]
    assert stream.store.api.governor.usage.requests == 1

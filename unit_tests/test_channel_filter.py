"""The filter of lists by the channels that the user chose."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.catalog import ProductOptions, ProductVariants
from source_bigcommerce.streams.channels import ChannelCurrencyAssignments, Sites
from source_bigcommerce.streams.content import Pages
from source_bigcommerce.streams.orders import OrderProducts
from source_bigcommerce.streams.stream import Stream
from unit_tests.support import STORE_URL, make_stream, query, urls, v3

NARROWED = [stream for stream in ALL_STREAMS if stream.listing.channel_filter]


@pytest.mark.parametrize(
    ("by", "chosen", "sent"),
    [
        (ChannelFilter("channel_id", "channel_id:in"), (), {}),
        (ChannelFilter("channel_id", "channel_id:in"), (2, 3), {"channel_id:in": "2,3"}),
        (ChannelFilter("channel_id", "channel_id", accepts_many=False), (2,), {"channel_id": "2"}),
        (ChannelFilter("channel_id", "channel_id", accepts_many=False), (2, 3), {}),
        (ChannelFilter("channel_id"), (2,), {}),
    ],
)
def test_as_many_channels_are_requested_as_the_store_accepts(
    by: ChannelFilter, chosen: tuple[int, ...], sent: dict[str, str]
) -> None:
    """A parameter with one value cannot select several channels: the connector filters the list."""
    assert by.params(chosen) == sent


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ({"channel": 2}, True),
        ({"channel": 1}, False),
        ({"channel": 0}, True),
        ({"channel": None}, True),
        ({"channel": ""}, True),
        ({}, True),
        ({"channel": [1, 2]}, True),
        ({"channel": [1, 4]}, False),
        ({"channel": []}, True),
        ({"channel": [0]}, True),
        ({"channel": [{"id": 2}]}, True),
        ({"channel": [{"id": 1}]}, False),
        ({"channel": [{"name": "x"}]}, True),
        ({"channel": "Main"}, True),
    ],
    ids=str,
)
def test_records_of_no_or_of_an_unknown_channel_are_kept(entry: dict[str, Any], kept: bool) -> None:
    """A row too many can be left out in the destination, one too few cannot be found there."""
    assert ChannelFilter("channel").matches(entry, (2, 3)) is kept
    assert ChannelFilter("a.channel").matches({"a": entry}, (2, 3)) is kept
    assert ChannelFilter("channel").matches(entry, ()) is True


def test_an_empty_list_of_channels_may_mean_none() -> None:
    """A product without channels is sold nowhere; one whose channels are not embedded may be sold anywhere."""
    by = ChannelFilter("channels", empty_means_no_channel=True)
    assert [by.matches({"channels": channels}, (2,)) for channels in ([], None, [1], [2])] == [False, True, False, True]
    assert by.matches({"channels": []}, ()) is True


@pytest.mark.parametrize("stream", NARROWED, ids=lambda stream: stream.__name__)
def test_every_such_stream_sends_what_it_declares(stream: type[Stream]) -> None:
    """A stream with filters of its own must not forget those of all streams."""
    channels = stream.listing.channel_filter
    assert channels
    for chosen in ([], [2], [2, 3]):
        query = make_stream(stream, channel_ids=chosen).reader.query
        query.channels_of_store = tuple  # B2B Edition is asked for them
        assert query.filters(ListSlice()) == channels.params(chosen)


@pytest.mark.parametrize(("chosen", "sent"), [([], None), ([2], "2"), ([1, 2], None)])
def test_pages_of_other_channels_are_left_out(api: Any, chosen: list[int], sent: str | None) -> None:
    """Also when the store ignores the filter."""
    api.get(f"{STORE_URL}v3/content/pages", json=v3([{"id": i, "channel_id": i} for i in (1, 2, 3)]))
    subject = make_stream(Pages, channel_ids=chosen)
    records = [
        record["id"]
        for piece in subject.stream_slices(sync_mode=SyncMode.full_refresh)
        for record in read(subject, piece)
    ]
    assert records == [i for i in (1, 2, 3) if not chosen or i in chosen]
    assert query(urls(api)[0]).get("channel_id") == sent
    assert subject.reader.estimated_total == (None if len(chosen) > 1 else 3)


def test_a_list_that_the_store_does_not_narrow_down_has_no_estimate(api: Any) -> None:
    """Its total is that of all channels."""
    api.get(f"{STORE_URL}v3/channels/currency-assignments", json=v3([{"channel_id": 1}, {"channel_id": 2}]))
    subject = make_stream(ChannelCurrencyAssignments, channel_ids=[2])
    pieces = list(subject.stream_slices(sync_mode=SyncMode.full_refresh))
    assert subject.reader.estimated_total is None
    assert read(subject, pieces[0]) == [{"channel_id": 2}]


def test_parts_and_choices_are_those_of_the_chosen_products_and_orders() -> None:
    """They are made of the same lists, whose entries name their channels."""
    for stream in (ProductVariants, ProductOptions):
        path = make_stream(stream, channel_ids=[2]).path()
        assert "channel_id:in=2" in path
        assert "channels" in query(path)["include"].split(",")
    assert query(make_stream(OrderProducts, channel_ids=[2]).path())["channel_id"] == "2"
    assert "channel_id:in=2,3" in make_stream(Sites, channel_ids=[2, 3]).path()


def read(stream: Any, piece: Any) -> list[dict[str, Any]]:
    return list(stream.read_records(sync_mode=SyncMode.full_refresh, stream_slice=piece))

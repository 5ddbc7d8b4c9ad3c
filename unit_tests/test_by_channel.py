"""How lists are narrowed down to the channels that the user chose."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.catalog import ProductOptions, ProductVariants
from source_bigcommerce.streams.channels import ChannelCurrencyAssignments, Sites
from source_bigcommerce.streams.content import Pages
from source_bigcommerce.streams.order_parts import OrderProducts
from unit_tests.support import STORE_URL, make_stream, query, urls, v3

NARROWED = [stream for stream in ALL_STREAMS if stream.by_channel]


@pytest.mark.parametrize(
    ("by", "chosen", "sent"),
    [
        (ByChannel("channel_id", "channel_id:in"), (), {}),
        (ByChannel("channel_id", "channel_id:in"), (2, 3), {"channel_id:in": "2,3"}),
        (ByChannel("channel_id", "channel_id", takes_several=False), (2,), {"channel_id": "2"}),
        (ByChannel("channel_id", "channel_id", takes_several=False), (2, 3), {}),
        (ByChannel("channel_id"), (2,), {}),
    ],
)
def test_the_store_is_asked_for_as_many_channels_as_it_takes(
    by: ByChannel, chosen: tuple[int, ...], sent: dict[str, str]
) -> None:
    """Of several channels one parameter of one value tells nothing: the list is narrowed down here."""
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
def test_what_belongs_to_no_channel_or_does_not_tell_is_kept(entry: dict[str, Any], kept: bool) -> None:
    """A row too many can be left out in the destination, one too few cannot be found there."""
    assert ByChannel("channel").selects(entry, (2, 3)) is kept
    assert ByChannel("a.channel").selects({"a": entry}, (2, 3)) is kept
    assert ByChannel("channel").selects(entry, ()) is True


def test_an_empty_list_of_channels_may_mean_none() -> None:
    """A product without channels is sold nowhere; one whose channels did not come along may be sold anywhere."""
    by = ByChannel("channels", empty_is_none=True)
    assert [by.selects({"channels": channels}, (2,)) for channels in ([], None, [1], [2])] == [False, True, False, True]
    assert by.selects({"channels": []}, ()) is True


@pytest.mark.parametrize("stream", NARROWED, ids=lambda stream: stream.__name__)
def test_every_such_stream_sends_what_it_declares(stream: type[BigCommerceStream]) -> None:
    """A stream with filters of its own must not forget those of all streams."""
    assert stream.by_channel
    for chosen in ([], [2], [2, 3]):
        assert make_stream(stream, channel_ids=chosen).filters(None) == stream.by_channel.params(chosen)


@pytest.mark.parametrize(("chosen", "sent"), [([], None), ([2], "2"), ([1, 2], None)])
def test_pages_of_other_channels_are_left_out(api: Any, chosen: list[int], sent: str | None) -> None:
    """Also when the store ignores the filter."""
    api.get(f"{STORE_URL}v3/content/pages", json=v3([{"id": i, "channel_id": i} for i in (1, 2, 3)]))
    subject = make_stream(Pages, channel_ids=chosen)
    records = [record["id"] for piece in subject.stream_slices(sync_mode=None) for record in read(subject, piece)]
    assert records == [i for i in (1, 2, 3) if not chosen or i in chosen]
    assert query(urls(api)[0]).get("channel_id") == sent
    assert subject.tally.expected == (None if len(chosen) > 1 else 3)


def test_a_list_that_the_store_does_not_narrow_down_has_no_estimate(api: Any) -> None:
    """Its total is that of all channels."""
    api.get(f"{STORE_URL}v3/channels/currency-assignments", json=v3([{"channel_id": 1}, {"channel_id": 2}]))
    subject = make_stream(ChannelCurrencyAssignments, channel_ids=[2])
    pieces = list(subject.stream_slices(sync_mode=None))
    assert subject.tally.expected is None
    assert read(subject, pieces[0]) == [{"channel_id": 2}]


def test_parts_and_choices_are_those_of_the_chosen_products_and_orders() -> None:
    """They are made of the same lists, whose entries tell their channels."""
    for stream in (ProductVariants, ProductOptions):
        path = make_stream(stream, channel_ids=[2]).path()
        assert "channel_id:in=2" in path
        assert "channels" in query(path)["include"].split(",")
    assert query(make_stream(OrderProducts, channel_ids=[2]).path())["channel_id"] == "2"
    assert "channel_id:in=2,3" in make_stream(Sites, channel_ids=[2, 3]).path()


def read(stream: Any, piece: Any) -> list[dict[str, Any]]:
    return list(stream.read_records(sync_mode=None, stream_slice=piece))

"""While it runs, a person can see how far a sync is."""

from __future__ import annotations

import logging
import re

import pytest

from integration_tests.harness import CORE, KINDS, Sync, as_dict, catalog_of, config_for, sync
from sandbox import API_VARIANTS, Options, serve
from source_bigcommerce import progress_log
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.stream import Stream
from unit_tests.representatives import representatives
from unit_tests.support import set_page_size

LOGGER = logging.getLogger("airbyte")
SEVERAL_PAGES = Options(orders=700, products=700, customers=700, coupons=700, rows=300, oddities=False)
COUNTED = [Products, Customers, *(stream for stream in ALL_STREAMS if stream.listing.count_endpoint)]


@pytest.mark.exhaustive
def test_every_stream_is_estimated_before_its_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a store at rest the estimate is the number of records, from the list or from a count endpoint.

    Only of streams whose records are the entries of their list: the number of nested records is not reported. Coupons
    have none, as their pages report no total, and a list that is read as a whole is not worth a count.
    """
    set_page_size(monkeypatch, 50)
    estimated = (*(kind for kind in KINDS if kind != "coupons"), "order_refunds")
    result = Sync()
    with serve(Options(orders=140, products=140, customers=140, coupons=140, oddities=False)) as server:
        for message in map(as_dict, SourceBigcommerce().read(LOGGER, config_for(server), catalog_of(CORE), [])):
            result.take(message)
            if message["type"] == "RECORD" and (name := message["record"]["stream"]) in estimated:
                assert name in result.estimates
    assert result.estimates == {name: [len(result.records[name])] for name in estimated}
    assert min(map(len, result.records.values())) > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("cls", representatives(COUNTED, COUNTED[::6]), ids=lambda cls: cls.__name__)
def test_an_estimate_costs_one_request_at_most(cls: type[Stream]) -> None:
    """None where the list reports its own length, or is read as a whole; a store of one page pays for none."""
    endpoint = cls.listing.count_endpoint
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    with serve(SEVERAL_PAGES) as server:
        sync(server, [name])
        requested = server.log.by_path()
    counts = {path: number for path, number in requested.items() if path.endswith("/count")}
    assert counts == ({endpoint: 1} if endpoint and cls.listing.date_filter else {})


def test_an_estimate_of_a_later_sync_is_of_what_changed() -> None:
    """Not of the whole store: the bar would stop at one percent."""
    with serve(SEVERAL_PAGES) as server:
        first = sync(server, ["orders"])
        server.store.clock.advance(3600)
        server.store.bulk_edit("orders", server.store.ids("orders")[:300])
        second = sync(server, ["orders"], state=first.state())
    assert second.estimates == {"orders": [300]}


def test_orders_of_several_channels_have_no_estimate() -> None:
    """The endpoint counts one channel or all of them: a bar that stops in the middle is worse than none."""
    with serve(SEVERAL_PAGES) as server:
        one = sync(server, ["orders"], channel_ids=[1])
        several = sync(server, ["orders"], channel_ids=[1, 2])
    assert one.estimates == {"orders": [len(one.records["orders"])]}
    assert several.estimates == {}


def test_a_count_that_fails_costs_the_estimate_only() -> None:
    """Progress for users matters less than their records."""
    with serve(SEVERAL_PAGES) as server:
        server.fail("v2/coupons/count", times=100, status=403)
        result = sync(server, ["coupons"])
    assert not result.failure
    assert len(set(result.ids("coupons"))) == 700
    assert result.estimates == {}


@pytest.mark.exhaustive
def test_progress_is_logged_while_the_sync_waits_for_the_quota(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Records, percent, requests, quota and the time waited, in lines that grow."""
    monkeypatch.setattr(progress_log, "SECONDS_BETWEEN_LINES", 0.1)
    options = Options(
        orders=3000, products=5, customers=5, quota=5, window_ms=600, api_variant=API_VARIANTS["likeliest"]
    )
    with serve(options) as server, caplog.at_level(logging.INFO, "airbyte"):
        result = sync(server, ["orders"])
        made = len(server.requests)
    lines = [line for line in caplog.messages if "streams ended" in line]
    shape = re.compile(
        r"([\d,]+) records(?: \(orders [\d,]+(?: of about 3,000, \d+ %)?\))?, \d of 1 streams ended, (\d+) requests"
        r"(?:, \d+ of 5 left in the store's quota)?, \d+ s waited for the quota\."
    )
    reported = [shape.fullmatch(line) for line in lines]
    assert not result.failure
    assert len(lines) > 3
    assert all(reported), lines
    records = [int(one[1].replace(",", "")) for one in reported if one]
    assert records == sorted(records)
    assert records[-1] == len(result.records["orders"])
    last = reported[-1]
    assert last
    assert int(last[2]) == made

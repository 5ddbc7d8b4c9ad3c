"""The store's clock, which is read once before everything else."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.errors import (
    BigCommerceError,
)
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.orders import Orders
from unit_tests.support import (
    NOW,
    STORE_URL,
    make_store,
    opened,
)


def test_the_clock_is_read_once_for_all_streams(api: Any) -> None:
    """Two upper bounds would leave a gap between the streams."""
    store = make_store()
    assert store.sync_started_at() is store.sync_started_at()
    assert api.call_count == 1


def test_the_date_header_is_the_clock_where_the_endpoint_reports_none(api: Any) -> None:
    """The local clock may be wrong by hours: it is never used."""
    api.get(f"{STORE_URL}v2/time", json={}, headers={"Date": "Sat, 01 Jun 2024 12:00:00 GMT"})
    assert make_store().sync_started_at().isoformat() == "2024-06-01T12:00:00+00:00"


@pytest.mark.parametrize("headers", [{}, {"Date": "today"}, {"Date": ""}])
def test_a_store_without_a_clock_is_an_error(api: Any, headers: dict[str, str]) -> None:
    """Without an upper bound no state would be true."""
    api.get(f"{STORE_URL}v2/time", json={"time": "soon"}, headers=headers)
    with pytest.raises(BigCommerceError, match="returned no time"):
        make_store().sync_started_at()


def test_a_start_date_in_the_future_of_the_store_is_an_error(api: Any) -> None:
    """It would replicate nothing and look like success."""
    with pytest.raises(BigCommerceError, match=r"start date 2024-06-02 is in the future.*choose an earlier one"):
        make_store(start_date="2024-06-02").sync_started_at()
    assert make_store(start_date="2024-06-01T12:00:00Z").sync_started_at()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_one_refusal_of_the_clock_is_not_believed(api: Any, status: int) -> None:
    """It would fail every stream, and send the user to make another API account."""
    api.get(f"{STORE_URL}v2/time", [{"status_code": status}, {"json": {"time": NOW}}])
    store = make_store()
    assert store.sync_started_at()
    assert opened(store.breaker) is None


@pytest.mark.parametrize("status", [403, 404])
def test_a_wrong_store_hash_is_reported_by_the_clock(api: Any, status: int) -> None:
    """It is the first request of all, and the only one that can distinguish a wrong store from a missing scope."""
    api.get(f"{STORE_URL}v2/time", status_code=status)
    with pytest.raises(BigCommerceError, match="Check the store hash"):
        make_store().sync_started_at()


@pytest.mark.parametrize(
    ("reply", "changes", "sentence", "requests"),
    [
        ({"status_code": 404}, {}, "Check the store hash", 2),
        ({"status_code": 401}, {}, "access token was refused", 2),
        ({"json": {}}, {}, "returned no time", 1),
        ({"json": {"time": 1_717_243_200}}, {"start_date": "2024-06-02"}, "is in the future", 1),
        ({"status_code": 500}, {}, "temporary error", BigCommerceErrorHandler.max_retries + 1),
        ({"status_code": 429}, {}, "rate limit stayed exhausted", BigCommerceErrorHandler.max_retries + 1),
    ],
    ids=str,
)
def test_a_failure_of_the_clock_fails_every_stream_after_one_request(
    api: Any, reply: dict[str, Any], changes: dict[str, Any], sentence: str, requests: int
) -> None:
    """One response is enough for all streams, and each of them must fail with it."""
    api.get(f"{STORE_URL}v2/time", **reply)
    store = make_store(**changes)
    reported = []
    for stream in (Orders(store), Coupons(store)):
        with pytest.raises(BigCommerceError, match=sentence) as failure:
            list(stream.stream_slices(sync_mode=SyncMode.incremental))
        reported.append(failure.value)
    assert reported[0] is reported[1]
    assert api.call_count == requests

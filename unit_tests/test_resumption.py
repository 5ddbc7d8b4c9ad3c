"""The next sync does what a message says about it."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.streams.customers import Customers
from source_bigcommerce.streams.marketing import Coupons
from unit_tests.support import STORE_URL, make_stream, sync, urls


def test_a_stream_without_states_is_read_from_its_start(api: Any) -> None:
    """A full refresh keeps no state that a later sync could resume from."""
    api.get(f"{STORE_URL}v2/coupons", status_code=500)
    api.get(f"{STORE_URL}v2/coupons/count", status_code=500)
    with pytest.raises(BigCommerceError, match=r"Nothing is lost: the next sync reads the stream from its start\."):
        sync(make_stream(Coupons))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, r"the next sync reads the stream from its start, or from the last state that this one still saves\."),
        ({"date_modified": "2024-05-01T00:00:00Z"}, r"the next sync resumes from the last saved state\."),
    ],
    ids=["first sync", "later sync"],
)
def test_a_stream_with_states_is_resumed_where_there_is_one(api: Any, state: dict[str, Any], message: str) -> None:
    """A first sync that fails before its first state has none."""
    api.get(f"{STORE_URL}v3/customers", status_code=500)
    with pytest.raises(BigCommerceError, match=f"Nothing is lost: {message}"):
        sync(make_stream(Customers), state)


def test_a_page_that_cannot_be_followed_is_named(api: Any) -> None:
    """A report contains nothing but the message."""
    api.get(f"{STORE_URL}v2/coupons", json=[{"id": 2}, {"id": 1}], headers={"X-Request-ID": "8f3c"})
    with pytest.raises(BigCommerceError, match=r"not sorted by id.*was v2/coupons \(X-Request-ID 8f3c\)\.$"):
        sync(make_stream(Coupons))
    assert urls(api)

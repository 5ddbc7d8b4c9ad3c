"""A check while the store's request quota is used up: a user waits for its result."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.source import SourceBigcommerce
from unit_tests.support import NOW, STORE_URL, make_store

LOGGER = logging.getLogger("airbyte")
WINDOW = 30.0
ANYTHING_ELSE = re.compile(rf"{STORE_URL}v[23]/(?!time)")


def quota_of(left: int, reset: float) -> dict[str, str]:
    return {
        "X-Rate-Limit-Requests-Quota": "150",
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Time-Window-Ms": str(int(WINDOW * 1000)),
        "X-Rate-Limit-Time-Reset-Ms": str(int(reset * 1000)),
    }


@pytest.fixture
def store() -> Store:
    return make_store(num_workers=20)


def failure_of(store: Store) -> BigCommerceError:
    with pytest.raises(BigCommerceError) as failure:
        SourceBigcommerce._check(store, LOGGER)
    assert failure.value.failure_type is FailureType.transient_error
    return failure.value


def used_up(store: Store, reset: Any = None) -> Any:
    """Returns 429 for everything: other apps take what each window grants, as soon as it begins."""

    def response(request: Any, context: Any) -> dict[str, Any]:
        now = store.api.governor._clock()
        context.status_code = 429
        context.headers.update(quota_of(0, WINDOW - now % WINDOW if reset is None else reset))
        return {}

    return response


def test_a_check_waits_for_one_window_and_then_says_for_how_long_the_quota_is_used_up(
    api: Any, store: Store, naps: list[float]
) -> None:
    """It took over three minutes and ended with a sentence about syncs."""
    api.get(f"{STORE_URL}v2/time", json=used_up(store))
    error = failure_of(store)
    assert error.message == ("The store's rate limit is reached. It resets in 30 seconds: try again then.")
    assert store.api.governor._clock() + sum(naps) < 60
    assert api.call_count == 2


@pytest.mark.parametrize("reset", [0.5, 3.0, 20.0])
def test_every_announced_pause_counts_as_a_window(api: Any, store: Store, naps: list[float], reset: float) -> None:
    """However short it is."""
    api.get(f"{STORE_URL}v2/time", json=used_up(store, reset))
    assert "rate limit is reached" in str(failure_of(store).message)
    assert store.api.governor._clock() + sum(naps) < 60
    assert api.call_count == 2


def test_a_check_does_not_wait_for_an_hour(api: Any, store: Store) -> None:
    """The store may announce any time."""
    api.get(f"{STORE_URL}v2/time", json=used_up(store, 3600.0))
    assert str(failure_of(store).message).endswith("It resets in 3600 seconds: try again then.")
    assert api.call_count == 1


def test_a_check_whose_window_ends_after_its_first_request_says_the_same(api: Any, store: Store) -> None:
    """Then some scopes are not known."""
    api.get(f"{STORE_URL}v2/time", json={"time": NOW}, headers=quota_of(100, 20.0))
    api.get(ANYTHING_ELSE, json=used_up(store))
    assert "rate limit is reached. It resets in " in str(failure_of(store).message)


def test_a_check_without_429_waits_for_one_window_too(api: Any, store: Store) -> None:
    """The store says with each response that nothing is left, and the reserve is the others'."""

    def response(request: Any, context: Any) -> dict[str, Any]:
        now = store.api.governor._clock()
        context.headers.update(quota_of(0, WINDOW - now % WINDOW))
        return {"time": NOW, "data": [], "meta": {}}

    api.get(f"{STORE_URL}v2/time", json=response)
    api.get(ANYTHING_ELSE, json=response)
    assert "rate limit is reached" in str(failure_of(store).message)


def test_a_check_goes_on_when_the_window_turns(api: Any, store: Store, naps: list[float]) -> None:
    """One used-up window says nothing about the connection."""

    def response(request: Any, context: Any) -> Any:
        now = store.api.governor._clock()
        if now < WINDOW:
            return used_up(store)(request, context)
        context.headers.update(quota_of(149, WINDOW - now % WINDOW))
        return {"time": NOW, "data": [], "meta": {}}

    api.get(f"{STORE_URL}v2/time", json=response)
    api.get(ANYTHING_ELSE, json=response)
    SourceBigcommerce._check(store, LOGGER)


def test_the_rate_limit_of_b2b_edition_concerns_its_own_streams_alone(
    api: Any, caplog: pytest.LogCaptureFixture, naps: list[float]
) -> None:
    """Its window is longer than a user should wait, and the store itself can be read."""
    caplog.set_level(logging.INFO, "airbyte")
    api.get(f"{STORE_URL}v2/time", json={"time": NOW})
    api.get(ANYTHING_ELSE, json={"data": [], "meta": {}})
    exhausted = {"X-Requests-Allocated": "150", "X-Requests-Remaining": "0", "X-Request-Window-Resets-After": "59 s"}
    api.get(re.compile("https://api-b2b.bigcommerce.com/"), status_code=429, headers=exhausted)
    SourceBigcommerce._check(make_store(num_workers=30, b2b_edition=True), LOGGER)
    assert "B2B Edition's rate limit is reached. It resets in 59 seconds" in caplog.text

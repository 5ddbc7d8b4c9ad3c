"""The documented rates of B2B Edition, and its headers."""

from __future__ import annotations

import pytest

from source_bigcommerce.api.errors import Breaker
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.api.rate_limit.headers import B2B_HEADERS, STORE_HEADERS
from source_bigcommerce.api.rate_limit.pace import B2B_QUOTA, DocumentedRate, Pace
from source_bigcommerce.api.rate_limit.window import RateLimitHeaders
from unit_tests.support import Clock, response


@pytest.mark.parametrize(
    ("allocated", "remaining", "resets", "expected"),
    [
        ("150 times/60 s", "149 times", "37 s", RateLimitHeaders(150, 149, 37, 60)),
        ("150 times/1 minute", "149", "37 seconds", RateLimitHeaders(150, 149, 37, 60)),
        ("150", "0", "37", RateLimitHeaders(150, 0, 37, 60)),
        ("150 times/60000 ms", "3 times", "1500 milliseconds", RateLimitHeaders(150, 3, 1.5, 60)),
        ("150", "0", "60000", RateLimitHeaders(150, 0, 120, 60)),  # milliseconds, it seems
        ("150", "0", "600 s", RateLimitHeaders(150, 0, 600, 60)),
        ("150 times/60 s", "149 times", "soon", None),
        ("many", "149 times", "37 s", None),
        ("", "", "", None),
    ],
)
def test_the_units_of_headers_are_read(
    allocated: str, remaining: str, resets: str, expected: RateLimitHeaders | None
) -> None:
    """Their exact text is not documented."""
    names = ("X-Requests-Allocated", "X-Requests-Remaining", "X-Request-Window-Resets-After")
    reply = response(headers=dict(zip(names, (allocated, remaining, resets), strict=True)))
    assert B2B_HEADERS.read(reply) == expected


def test_the_store_s_own_headers_are_in_milliseconds() -> None:
    names = ("Requests-Quota", "Requests-Left", "Time-Reset-Ms", "Time-Window-Ms")
    headers = {
        f"X-Rate-Limit-{name}": value for name, value in zip(names, ("150", "140", "2500", "30000"), strict=True)
    }
    assert STORE_HEADERS.read(response(headers=headers)) == RateLimitHeaders(150, 140, 2.5, 30)


def test_no_interval_contains_more_requests_than_documented() -> None:
    """Whenever the API's own minute begins."""
    pace, now, sent = Pace([DocumentedRate(10, 60.0)], 0.1), 0.0, []
    for _ in range(50):
        now += pace.wait("b2b/companies", now) + 0.5
        pace.send("b2b/companies", now)
        sent.append(now)
    assert max(sum(start <= moment < start + 60 for moment in sent) for start in sent) == 9


def test_an_endpoint_with_a_rate_of_its_own_does_not_hold_the_others_back() -> None:
    """15 requests a minute for the hierarchy, of which the reserve is left."""
    pace = Pace(B2B_QUOTA.rates, 0.1)
    for _ in range(13):
        assert pace.wait("b2b/companies/1/hierarchy", 0.0) == 0
        pace.send("b2b/companies/1/hierarchy", 0.0)
    assert pace.wait("b2b/companies/2/hierarchy", 0.0) == 60
    assert pace.wait("b2b/companies", 0.0) == 0
    assert pace.wait("b2b/companies/2/hierarchy", 60.0) == 0


def test_a_governor_keeps_to_the_rates_without_any_header() -> None:
    """As in the documentation, and not as a response reports."""
    clock = Clock()
    governor = RateLimitGovernor(0.1, Breaker(), clock, clock.sleep, quota=B2B_QUOTA)
    for _ in range(136):
        with governor.slot("b2b/companies"):
            governor.acquire_call(None)
            governor.update_from_response(None, response())
    assert clock.now >= 60

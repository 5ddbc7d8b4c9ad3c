"""Failed requests, with the CDK's client in between as in a sync: what is repeated, and what the user reads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from requests_mock import ANY

from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.errors import (
    BigCommerceError,
    unwrap_cdk_error,
)
from source_bigcommerce.api.token_check import TokenCheck
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.orders import Orders
from unit_tests.support import (
    CLIENT,
    STORE_URL,
    TOKEN,
    is_a_sentence,
    make_store,
    make_stream,
    opened,
    query,
    urls,
)


def read(stream: Any) -> list[Any]:
    return list(stream.read_records(None, stream_slice={}))


def test_a_refused_token_stops_all_streams_at_once(api: Any) -> None:
    """Hammering a store with a dead token is how apps get blocked."""
    api.get(f"{STORE_URL}v2/orders", status_code=401, text="Unauthorized")
    api.get(f"{STORE_URL}v2/time", status_code=401, text="Unauthorized")
    api.get(f"{STORE_URL}v2/coupons", json=[])
    store = make_store()
    with pytest.raises(BigCommerceError, match="access token was refused"):
        read(Orders(store))
    for stream in ALL_STREAMS:
        with pytest.raises(BigCommerceError, match="access token was refused"):
            read(stream(store))
    assert [request.path.partition("/v2/")[2] for request in api.request_history] == ["orders", "time"]


@pytest.mark.parametrize("elsewhere", [{"json": {"time": 1}}, {"status_code": 500}, {"exc": requests.ConnectionError}])
def test_a_token_that_one_address_refuses_once_is_good(api: Any, elsewhere: dict[str, Any]) -> None:
    """Stores have returned 401 at random during incidents. Nothing but a second refusal proves the first."""
    api.get(f"{STORE_URL}v2/time", **elsewhere)
    api.get(f"{STORE_URL}v2/coupons", [{"status_code": 401}, {"status_code": 401}, GOOD])
    store = make_store()
    assert [record["id"] for record in read(Coupons(store))] == [1]
    assert opened(store.breaker) is None


def test_a_token_that_one_address_always_refuses_fails_one_stream(api: Any) -> None:
    """The others go on, and the user is not sent to make another API account."""
    api.get(f"{STORE_URL}v2/coupons", status_code=401, json=[{"message": "Unauthorized"}])
    api.get(f"{STORE_URL}v2/orders", json=[])
    store = make_store()
    with pytest.raises(BigCommerceError) as failure:
        read(Coupons(store))
    sentence = str(failure.value.message)
    assert "(401: Unauthorized), although /v2/time accepts it" in sentence and is_a_sentence(sentence)
    assert "API account" not in sentence
    assert failure.value.failure_type is FailureType.transient_error
    assert opened(store.breaker) is None
    assert len([url for url in urls(api) if url.startswith("v2/coupons")]) == BigCommerceErrorHandler.max_retries + 1
    assert read(Orders(store)) == []


def test_one_request_checks_the_token_for_all_threads() -> None:
    """Eight workers may meet the same refusal at the same moment."""
    begun, finish, requested = threading.Event(), threading.Event(), []

    def request() -> bool:
        requested.append(1)
        begun.set()
        finish.wait()
        return True

    check: Any = TokenCheck(request)
    with ThreadPoolExecutor(8) as workers:
        first = workers.submit(check.is_refused)
        begun.wait()
        check._lock = lock = CountingLock(check._lock, 7, finish)
        others = [workers.submit(check.is_refused) for _ in range(7)]
        assert all(one.result() for one in (first, *others))
    assert lock.waiting == 7
    assert len(requested) == 1
    assert check.is_refused() and len(requested) == 2, "a later refusal is another one"


class CountingLock:
    """A lock that sets an event once so many threads wait for it."""

    def __init__(self, lock: Any, awaited: int, event: threading.Event) -> None:
        self._lock, self._awaited, self._event = lock, awaited, event
        self._counting = threading.Lock()
        self.waiting = 0

    def __enter__(self) -> None:
        with self._counting:
            self.waiting += 1
            if self.waiting == self._awaited:
                self._event.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_a_request_that_waits_for_the_quota_is_not_sent_once_the_token_was_refused(api: Any) -> None:
    """All but one of the workers may be waiting at that moment: none of them has anything left to send."""
    api.get(f"{STORE_URL}v2/coupons", json=[])
    store = make_store()
    store.api.governor._blocked_until = 30
    store.api.governor._sleep = lambda _: _refuse(store)
    with pytest.raises(BigCommerceError, match="revoked"):
        read(Coupons(store))
    assert api.call_count == 0


def _refuse(store: Any) -> None:
    store.breaker.open(BigCommerceError("The token was revoked."))
    store.api.governor._blocked_until = 0


def test_a_request_that_is_about_to_be_repeated_is_not_sent_once_the_token_was_refused(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause before another attempt is long enough for another worker to learn better."""
    api.get(f"{STORE_URL}v2/coupons", status_code=500)
    store = make_store()
    monkeypatch.setattr("time.sleep", lambda _: _refuse(store))
    with pytest.raises(BigCommerceError, match="revoked"):
        read(Coupons(store))
    assert api.call_count == 1


@pytest.mark.parametrize("location", ["https://evil.example.com/x", f"{STORE_URL}v2/other", "//evil.example.com/"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(api: Any, status: int, location: str) -> None:
    """The token would go along to wherever the response points."""
    api.get(f"{STORE_URL}v2/coupons", status_code=status, headers={"Location": location})
    api.get("https://evil.example.com/", json=[])
    with pytest.raises(BigCommerceError, match="redirect"):
        read(make_stream(Coupons))
    assert [request.hostname for request in api.request_history] == ["api.bigcommerce.com"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/stores/abc123/v2/orders",
        "https://api.bigcommerce.com.evil.example.com/stores/abc123/v2/orders",
        "https://api.bigcommerce.com/stores/other/v2/orders",
        "https://api.bigcommerce.com/stores/abc1234/v2/orders",
        "http://api.bigcommerce.com/stores/abc123/v2/orders",
        "https://api.bigcommerce.com@evil.example.com/stores/abc123/v2/orders",
        "https://evil.example.com/api/v3/io/companies",
        "https://api-b2b.bigcommerce.com/api/v2/io/companies",
        "https://api-b2b.bigcommerce.com.evil.example.com/api/v3/io/companies",
    ],
)
def test_the_token_goes_to_no_other_address(url: str) -> None:
    """Whatever builds an address wrongly, the credentials do not follow it."""
    request = requests.Request("GET", url)
    for connection in make_store().connections:
        with pytest.raises(BigCommerceError, match="outside the configured store"):
            connection.auth(request.prepare())


@pytest.mark.parametrize(
    "api_url", ["HTTPS://API.BigCommerce.com", "https://api.bigcommerce.com:443", "http://LOCALHOST:80", "http://[::1]"]
)
def test_an_api_address_in_an_unusual_spelling_still_reaches_the_store(api: Any, api_url: str) -> None:
    """`requests` rewrites addresses to their usual form: the guard must not take that for another host."""
    api.get(ANY, json=[])
    assert read(make_stream(Coupons, api_url=api_url)) == []


def test_every_request_names_the_client_and_carries_the_credentials(api: Any) -> None:
    """Clients should identify themselves (documented); without Accept, V2 may respond in XML."""
    api.get(f"{STORE_URL}v2/coupons", json=[])
    read(make_stream(Coupons))
    headers = api.last_request.headers
    assert (headers["X-Auth-Token"], headers["X-Auth-Client"]) == (TOKEN, CLIENT)
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"].startswith("bigcommerce-mirror/")
    assert "gzip" in headers["Accept-Encoding"]
    assert api.last_request.timeout is not None


GOOD = {"json": [{"id": 1}]}


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "<html>maintenance</html>", "headers": {"Content-Type": "text/html"}},
        {"text": '[{"id": 1}, {"id"'},
        {"text": ""},
        {"status_code": 500},
        {"status_code": 502, "text": "<html>Bad Gateway</html>"},
        {"status_code": 503, "json": {"error": {"code": "SERVICE_DEGRADED"}}},
        {"status_code": 429},
        {"exc": requests.exceptions.ConnectTimeout},
        {"exc": requests.exceptions.ConnectionError},
        {"exc": requests.exceptions.ChunkedEncodingError},
    ],
    ids=str,
)
def test_a_passing_fault_is_outlived(api: Any, naps: list[float], bad: dict[str, Any]) -> None:
    """Most faults are gone a few seconds later, and the user never hears of them."""
    api.get(f"{STORE_URL}v2/coupons", [bad, bad, GOOD])
    assert [record["id"] for record in read(make_stream(Coupons))] == [1]
    assert api.call_count == 3
    if bad.get("status_code") != 429:  # after which all wait for the governor
        jitter = [naps.pop(0), naps.pop(1)]
        assert all(0 <= one <= 1 for one in jitter) and jitter[0] != jitter[1]
    assert naps == [1, 2]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"text": "<html>"}, "returned invalid or incomplete JSON"),
        ({"status_code": 423}, "temporary error (423)"),
        ({"status_code": 429}, "rate limit stayed exhausted"),
        ({"exc": requests.exceptions.ConnectTimeout}, "could not be reached while 'coupons' was read (ConnectTimeout)"),
    ],
    ids=str,
)
def test_when_no_attempt_helps_the_user_reads_why(api: Any, naps: list[float], bad: Any, sentence: str) -> None:
    """The CDK says "exhausted available request attempts", which says nothing to a merchant."""
    api.get(f"{STORE_URL}v2/coupons", [bad])
    with pytest.raises(BigCommerceError) as failure:
        read(make_stream(Coupons))
    message = str(failure.value.message)
    assert sentence in message and is_a_sentence(message) and "Exhausted" not in message
    assert failure.value.failure_type is FailureType.transient_error
    assert api.call_count == BigCommerceErrorHandler.max_retries + 1


@pytest.mark.parametrize(
    ("bad", "cause"), [({"status_code": 503}, "503"), ({"exc": requests.exceptions.ReadTimeout}, "ReadTimeout")]
)
def test_when_no_smaller_page_helps_the_user_reads_what_was_tried(
    api: Any, naps: list[float], bad: Any, cause: str
) -> None:
    """A store that is down costs a few requests more than before, and no more time than a sync can bear."""
    api.get(f"{STORE_URL}v2/coupons", [bad])
    with pytest.raises(BigCommerceError) as failure:
        read(make_stream(Coupons))
    message = str(failure.value.message)
    assert f"'coupons': even the request for a page of 2 records fails again and again ({cause})" in message
    assert is_a_sentence(message)
    assert failure.value.failure_type is FailureType.transient_error
    sizes = [query(request.url)["limit"] for request in api.request_history]
    attempts = 1 if "exc" in bad else 3  # a timeout takes minutes
    last = [*["2"] * 3, *["1"] * 3] if "exc" in bad else [*["2"] * 7, *["1"] * 6]
    assert sizes == [*(size for size in ("250", "50", "10") for _ in range(attempts)), *last]


def test_a_sentence_of_our_own_is_left_alone() -> None:
    """It passes the place where the CDK's errors are put into words, too."""
    error = BigCommerceError("Cause. Remedy.")
    assert unwrap_cdk_error(error) is error


def logged(records: Iterable[logging.LogRecord]) -> str:
    return "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.exc_info or ''}" for record in records)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 301])
def test_no_failure_puts_the_credentials_into_the_log_or_the_error(
    api: Any, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """Logs are copied into tickets."""
    api.get(f"{STORE_URL}v2/coupons", status_code=status, text="no")
    with caplog.at_level(logging.INFO), pytest.raises(BigCommerceError) as failure:
        read(make_stream(Coupons))
    reported = logged(caplog.records) + repr(failure.value) + str(failure.value.as_airbyte_message())
    assert TOKEN not in reported and CLIENT not in reported

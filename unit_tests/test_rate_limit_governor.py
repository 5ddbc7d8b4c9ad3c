"""The store's request quota: used well, never used up."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import pytest
import requests

from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.api.rate_limit.governor import LONG_WAIT, RateLimitGovernor, Usage
from source_bigcommerce.api.rate_limit.window import RateLimitHeaders, RateLimitWindow, RequestPermit
from unit_tests.support import Clock, response


def make_governor(reserve: float = 0.1) -> tuple[RateLimitGovernor, Clock]:
    clock = Clock()
    return RateLimitGovernor(reserve, Breaker(), clock, clock.sleep), clock


def close_to(seconds: float) -> Any:
    """Not earlier than the moment, and not more than some hundredths of a second later."""
    return pytest.approx(seconds + 0.015, abs=0.0151)


def reply(
    left: float | None = None, reset_ms: float = 30_000, quota: int = 150, status: int = 200, **headers: str
) -> requests.Response:
    """A response with the quota's headers, unless `left` is None."""
    said = {
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Time-Reset-Ms": str(reset_ms),
        "X-Rate-Limit-Time-Window-Ms": "30000",
    }
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return response(status, b"[]", {**(said if left is not None else {}), **extra})


def send(governor: RateLimitGovernor, reply: requests.Response) -> None:
    """One request and its response."""
    governor.acquire_call(None)
    governor.update_from_response(None, reply)


def test_nothing_is_held_back_before_the_store_has_reported_its_quota() -> None:
    """The first request must be made in order to learn anything."""
    governor, clock = make_governor()
    send(governor, reply(None))
    send(governor, reply(None))
    assert clock.now == 0


@pytest.mark.parametrize(
    ("quota", "reserve", "spent"), [(150, 0.1, 135), (150, 0.0, 150), (450, 0.5, 225), (7, 0.1, 6)]
)
def test_the_quota_less_the_reserve_is_spent_and_then_the_reset_is_waited_for(
    quota: int, reserve: float, spent: int
) -> None:
    """The rest belongs to the merchant's other apps; a moment more than the reset would be wasted."""
    governor, clock = make_governor(reserve)
    for request in range(1, spent + 1):
        send(governor, reply(quota - request, reset_ms=20_000, quota=quota))
    assert clock.now == 0
    governor.acquire_call(None)
    assert clock.now == close_to(20)


def test_a_new_window_is_a_whole_one() -> None:
    """After the wait all workers may go on at full speed."""
    governor, clock = make_governor()
    send(governor, reply(15, reset_ms=4_000))
    for request in range(1, 136):
        send(governor, reply(150 - request))
    assert clock.now == close_to(4)
    governor.acquire_call(None)
    assert clock.now == close_to(34)


def test_requests_on_their_way_are_counted_before_the_store_has_seen_them() -> None:
    """Eight workers that each read "one left" would send eight."""
    governor, _ = make_governor(reserve=0)
    send(governor, reply(11, reset_ms=5_000))
    permits = [governor.try_acquire() for _ in range(8)]
    assert isinstance(permits[0], RequestPermit)
    governor.learn(permits[0], reply(9, reset_ms=4_999))
    assert [type(governor.try_acquire()) for _ in range(2)] == [RequestPermit, RequestPermit]
    assert governor.try_acquire() == close_to(5)


def test_a_quota_that_shrinks_or_grows_is_followed_from_response_to_response() -> None:
    """It is split among the apps that call at that moment."""
    governor, clock = make_governor()
    send(governor, reply(149, quota=150))
    send(governor, reply(3, quota=30, reset_ms=7_000))
    governor.acquire_call(None)
    assert clock.now == close_to(7)
    governor.update_from_response(None, reply(449, quota=450))
    turns = [governor.try_acquire() for _ in range(449 - 45 + 1)]
    assert [type(turn) for turn in turns] == [RequestPermit] * (449 - 45) + [float]
    assert clock.now == close_to(7)


@pytest.mark.parametrize(("quota", "reserve"), [(1, 0.1), (5, 0.9), (1, 0.0), (2, 0.9)])
def test_a_small_quota_still_lets_a_request_through_in_each_window(quota: int, reserve: float) -> None:
    """A reserve that rounds up to the whole quota would be a sync that hangs for ever without a word."""
    governor, clock = make_governor(reserve)
    send(governor, reply(0, quota=quota, reset_ms=1_000))
    for _ in range(20):
        turn = governor.try_acquire()
        if isinstance(turn, RequestPermit):
            return
        clock.sleep(turn)
    pytest.fail("no request was allowed in twenty windows")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X_Retry_After": "12"}, 12),
        ({"X_Rate_Limit_Time_Reset_Ms": "8000"}, 8),
        ({"X_Retry_After": "12", "X_Rate_Limit_Time_Reset_Ms": "8000"}, 12),
        ({"X_Retry_After": "3", "X_Rate_Limit_Time_Reset_Ms": "8000"}, 8),
        ({"x_retry_after": "5"}, 5),
    ],
)
def test_a_429_stops_everyone_until_the_later_of_both_resets(headers: dict[str, str], wait: float) -> None:
    """Every request before the reset is refused too, and counts as abuse."""
    governor, clock = make_governor()
    governor.acquire_call(None)
    governor.acquire_call(None)
    governor.update_from_response(None, reply(None, status=429, **headers))
    governor.update_from_response(None, reply(35))  # the response to the other request does not end the pause
    governor.acquire_call(None)
    assert clock.now == close_to(wait)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "20"}, 20),
        ({"Retry_After": "20", "X_Retry_After": "7"}, 20),
        ({"Retry_After": "7", "X_Retry_After": "20"}, 20),
        ({"Retry_After": "Sat, 01 Jun 2024 12:00:20 GMT", "Date": "Sat, 01 Jun 2024 12:00:00 GMT"}, 20),
        ({"Retry_After": "999999"}, 3600),
    ],
    ids=str,
)
def test_a_429_with_the_standard_header_alone_is_heeded(headers: dict[str, str], wait: float) -> None:
    """Gateways send it, as seconds or as a date, which counts by the clock that wrote it."""
    governor, clock = make_governor()
    send(governor, reply(None, status=429, **headers))
    send(governor, reply(None))
    assert clock.now == close_to(wait)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry_After": "Sat, 01 Jun 2024 12:00:20 GMT"},  # and no date to compare it with
        {"Retry_After": "Sat, 01 Jun 2024 11:00:00 GMT", "Date": "Sat, 01 Jun 2024 12:00:00 GMT"},
        {"Retry_After": "Sat, 01 Jun 2024 12:00:20", "Date": "Sat, 01 Jun 2024 12:00:00 GMT"},
        {"Retry_After": "soon", "Date": "now"},
        {"Retry_After": "-5"},
        {"Retry_After": "inf"},
    ],
    ids=str,
)
def test_a_standard_header_that_says_nothing_is_waited_out_blindly(headers: dict[str, str]) -> None:
    """As if there were none: a few seconds, longer each time."""
    governor, clock = make_governor()
    send(governor, reply(None, status=429, **headers))
    send(governor, reply(None))
    assert 1 <= clock.now <= 5


def test_a_509_stops_everyone_like_a_429() -> None:
    """It was the response to a used-up quota while that was counted by the hour."""
    governor, clock = make_governor()
    send(governor, reply(None, status=509, X_Retry_After="12"))
    governor.acquire_call(None)
    assert clock.now == close_to(12)


@pytest.mark.parametrize("status", [200, 429, 509])
@pytest.mark.parametrize("far", [3_600_001, 10**9, 1e300])
def test_a_reset_further_away_than_an_hour_is_not_waited_for(status: int, far: float) -> None:
    """A date where a duration is meant would stop the sync for fifty years."""
    governor, clock = make_governor()
    send(governor, reply(0, reset_ms=far, status=status))
    governor.acquire_call(None)
    assert clock.now == close_to(3600)


def test_a_retry_after_further_away_than_an_hour_is_not_waited_for() -> None:
    """It is the other header that announces a reset."""
    governor, clock = make_governor()
    send(governor, reply(None, status=429, X_Retry_After="1717243200"))
    governor.acquire_call(None)
    assert clock.now == close_to(3600)


@pytest.mark.parametrize("quota", [0, -1, -150])
def test_a_quota_of_nothing_is_ignored(quota: int) -> None:
    """Taken at its word, it would be a sync that waits for ever."""
    governor, clock = make_governor()
    send(governor, reply(0, quota=quota))
    for _ in range(200):
        governor.acquire_call(None)
    assert clock.now == 0


def test_a_pause_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """Forty workers that are refused at once are one pause, and the next one is another."""
    governor, _ = make_governor()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            for _ in range(8):
                governor.acquire_call(None)
            for seconds in range(8):
                governor.update_from_response(None, reply(None, status=429, X_Retry_After=str(20 - seconds)))
            governor.acquire_call(None)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert all("Pausing all requests for 20 s" in line for line in said)


def test_a_429_is_believed_even_with_quota_left() -> None:
    """The documentation's own example has 35 requests left: limits on concurrency leave quota too."""
    governor, clock = make_governor()
    send(governor, reply(35, status=429, reset_ms=15_000))
    governor.acquire_call(None)
    assert clock.now == close_to(15)


def test_a_shorter_pause_does_not_cut_a_longer_one_short() -> None:
    """Refusals come in bursts, each with its own idea of the reset."""
    governor, clock = make_governor()
    governor.acquire_call(None)
    governor.acquire_call(None)
    governor.update_from_response(None, reply(None, status=429, X_Retry_After="20"))
    governor.update_from_response(None, reply(None, status=429, X_Retry_After="2"))
    governor.acquire_call(None)
    assert clock.now == close_to(20)


@pytest.mark.parametrize("useless", [{}, {"X_Retry_After": "soon"}, {"X_Retry_After": "0"}, {"X_Retry_After": ""}])
def test_a_429_that_does_not_say_when_is_waited_out_longer_each_time(useless: dict[str, str]) -> None:
    """It means that the platform is overloaded: coming back all at once and in step would keep it so."""
    bounds = [(2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 32.0), (30.0, 60.0), (30.0, 60.0)]
    waits: list[list[float]] = []
    for _ in range(30):
        governor, clock = make_governor()
        waits.append([])
        for _ in bounds:
            before = clock.now
            send(governor, reply(None, status=429, **useless))
            governor.acquire_call(None)
            waits[-1].append(clock.now - before)
            governor.update_from_response(None, None)
    for i, (low, high) in enumerate(bounds):
        column = [row[i] for row in waits]
        assert all(low - 0.01 <= wait <= high + 0.01 for wait in column)
        assert len({round(wait, 3) for wait in column}) > 10


def test_a_good_response_ends_the_growing_of_the_pauses() -> None:
    """The next overload has nothing to do with this one."""
    governor, clock = make_governor()
    for _ in range(4):
        send(governor, reply(None, status=429))
    send(governor, reply(None))
    before = clock.now
    send(governor, reply(None, status=429))
    governor.acquire_call(None)
    assert clock.now - before <= 4.01


@pytest.mark.parametrize("failures", [5, 50, 500])
def test_requests_without_a_response_do_not_use_up_the_quota_for_good(failures: int) -> None:
    """A flaky line must not end in a sync that waits for ever."""
    governor, clock = make_governor()
    send(governor, reply(149))
    for _ in range(failures):
        governor.acquire_call(None)  # the connection breaks: nobody reports back
    clock.now += 31
    send(governor, reply(149))
    clock.now += 31
    start = clock.now
    for request in range(1, 135):
        send(governor, reply(150 - request, reset_ms=30_000 - 1000 * (clock.now - start)))
    assert clock.now == start


@pytest.mark.parametrize("headers", [{"X-Rate-Limit-Requests-Left": "x"}, {"X-Rate-Limit-Requests-Quota": "unlimited"}])
def test_headers_that_cannot_be_read_are_ignored(headers: dict[str, str]) -> None:
    """Enterprise plans have a rate plan called Unlimited."""
    governor, clock = make_governor()
    send(governor, response(200, b"[]", {"X-Rate-Limit-Time-Reset-Ms": "1000", **headers}))
    governor.acquire_call(None)
    assert clock.now == 0


@pytest.mark.parametrize("value", ["inf", "nan", "-1", "1e400"])
@pytest.mark.parametrize(
    "header",
    ["X-Rate-Limit-Requests-Quota", "X-Rate-Limit-Requests-Left", "X-Rate-Limit-Time-Reset-Ms", "X-Retry-After"],
)
def test_no_header_value_makes_the_governor_fall_over(header: str, value: str) -> None:
    """An error in here would be reported as a failure of the stream."""
    governor, _ = make_governor()
    governor.acquire_call(None)
    governor.update_from_response(None, response(200, b"[]", {**reply(100).headers, header: value}))


def test_a_response_that_was_long_on_its_way_does_not_move_the_end_of_the_window() -> None:
    """The quickest response determines the end: waiting for longer would be quota left unused in each window."""
    allowance = RateLimitWindow(reserve=0.0)
    quick, slow = allowance.send(0.0), allowance.send(0.0)
    allowance.record_response(quick, 0.1, RateLimitHeaders(quota=2, left=1, reset=30.0, window=30.0))
    allowance.record_response(slow, 4.0, RateLimitHeaders(quota=2, left=0, reset=29.9, window=30.0))
    assert 4.0 + allowance.wait(4.0) == close_to(30.1)


def test_a_response_slower_than_a_window_does_not_say_that_more_is_left() -> None:
    """It may be of the window before: what it says was left may be long spent."""
    allowance = RateLimitWindow(reserve=0.0)
    allowance.record_response(allowance.send(0.0), 0.1, RateLimitHeaders(quota=10, left=9, reset=30.0, window=30.0))
    slow = allowance.send(1.0)
    allowance.record_response(allowance.send(31.0), 31.1, RateLimitHeaders(quota=10, left=1, reset=28.9, window=30.0))
    allowance.record_response(slow, 35.0, RateLimitHeaders(quota=10, left=8, reset=25.0, window=30.0))
    assert allowance.left(35.0) == 1


def test_usage_is_what_the_store_said_last_less_what_was_sent_since() -> None:
    """People see from it how much is left, and whether the sync is waiting."""
    governor, clock = make_governor()
    assert governor.usage == Usage(requests=0, left=None, quota=None, waited=0)
    send(governor, reply(left=100))
    governor.acquire_call(None)
    assert governor.usage == Usage(requests=2, left=99, quota=150, waited=0)
    clock.now += 31
    assert governor.usage.left == 149, "the window is over, and the request under way may be counted in the next one"


def test_waiting_is_counted_once_however_many_workers_wait() -> None:
    """Eight workers that wait ten seconds make the sync ten seconds longer, not eighty."""
    clock = Clock()
    asleep, resume = threading.Semaphore(0), threading.Event()

    def sleep(seconds: float) -> None:
        asleep.release()
        assert resume.wait(timeout=10)
        clock.now += 0.5

    governor = RateLimitGovernor(0.0, Breaker(), clock, sleep)
    send(governor, reply(left=0, reset_ms=30_000))
    workers = [threading.Thread(target=governor.acquire_call, args=(None,)) for _ in range(3)]
    for seconds, worker in enumerate(workers):
        clock.now = seconds
        worker.start()
        assert asleep.acquire(timeout=10)
    clock.now = 12
    assert governor.usage.waited == 12, "the wait under way counts too, from the first worker's on"
    clock.now = 31
    resume.set()
    for worker in workers:
        worker.join()
    assert 31 <= governor.usage.waited < 40
    assert governor.usage.requests == 4


class OpenedAfterTheFirstCheck(Breaker):
    """A breaker that another thread opens as soon as it was found closed."""

    governor: RateLimitGovernor
    _is_checked = False

    def check(self) -> None:
        super().check()
        if not self._is_checked:
            self._is_checked = True
            closer = threading.Thread(target=self._close_the_sync, daemon=True)
            closer.start()
            closer.join(timeout=0.2)

    def _close_the_sync(self) -> None:
        self.open(BigCommerceError("The sync has ended."))
        self.governor.wake()


def test_a_sync_that_ends_just_before_a_wait_is_not_waited_for() -> None:
    """The wake-up comes before the wait then: a thread would stay until the quota resets, perhaps for an hour."""
    breaker = OpenedAfterTheFirstCheck()
    breaker.governor = governor = RateLimitGovernor(0.0, breaker)
    governor.update_from_response(None, reply(left=0, reset_ms=1000 * (LONG_WAIT - 0.5)))
    began = time.monotonic()
    with pytest.raises(BigCommerceError, match="The sync has ended"):
        governor.acquire_call(None)
    assert time.monotonic() - began < 1.5


class Listener:
    """A listener for the governor's reports. It may call the governor, or block: the lock is free during the call."""

    def __init__(self, governor: RateLimitGovernor) -> None:
        self.waits: list[float] = []
        self.wakes = 0
        self._governor = governor

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def wake(self) -> None:
        assert self._governor.usage
        self.wakes += 1


def reported(governor: RateLimitGovernor) -> list[float]:
    """The list in which the governor's reports of its waits will stand."""
    governor.listener = listener = Listener(governor)
    return listener.waits


def test_a_long_wait_is_reported_when_it_begins_and_when_it_ends() -> None:
    """The platform shows people that a sync waits, and until when; and it must be informed that it resumes."""
    governor, _ = make_governor()
    reports = reported(governor)
    for window in range(1, 4):
        send(governor, reply(15, reset_ms=20_000))
        assert len(reports) == 2 * window - 2
        governor.acquire_call(None)
        assert reports[2 * window - 2 :] == [close_to(20), 0]


@pytest.mark.parametrize(
    "refused", [reply(None, status=429, X_Retry_After="12"), reply(0, reset_ms=12_000, status=429)]
)
def test_the_wait_after_a_429_is_reported_like_any_other(refused: requests.Response) -> None:
    """Once, however many requests were refused at the same time."""
    governor, _ = make_governor()
    reports = reported(governor)
    for _ in range(3):
        governor.update_from_response(None, refused)
    governor.acquire_call(None)
    assert reports == [close_to(12), 0]


def test_a_request_that_goes_out_during_a_wait_does_not_make_two_of_it() -> None:
    """A response may show that a request or two are left after all."""
    governor, clock = make_governor()
    reports = reported(governor)
    send(governor, reply(15, reset_ms=20_000))
    clock.now = 1
    late = governor._window.send(1)
    governor._sleep = lambda _: governor._window.record_response(late, clock.now, RateLimitHeaders(150, 17, 19, 30))
    governor.acquire_call(None)
    assert clock.now == 1
    governor._sleep = clock.sleep
    for left in (16, 15):
        governor.update_from_response(None, reply(left, reset_ms=19_000))
        governor.acquire_call(None)
    assert reports == [close_to(19), 0]


def test_a_short_wait_is_not_reported() -> None:
    """A window that is about to end is nothing that people could see."""
    governor, clock = make_governor()
    reports = reported(governor)
    send(governor, reply(15, reset_ms=1000 * LONG_WAIT - 100))
    governor.acquire_call(None)
    assert clock.now > 0
    assert reports == []


def test_a_wait_is_reported_once_however_many_workers_wait() -> None:
    """Eight of them would be eight messages for each stream."""
    clock = Clock()
    asleep, resume = threading.Semaphore(0), threading.Event()

    def sleep(seconds: float) -> None:
        asleep.release()
        assert resume.wait(timeout=10)
        clock.now = max(30.5, clock.now) + 0.5

    governor = RateLimitGovernor(0.0, Breaker(), clock, sleep)
    reports = reported(governor)
    send(governor, reply(left=0, reset_ms=30_000))
    workers = [threading.Thread(target=governor.acquire_call, args=(None,)) for _ in range(3)]
    for worker in workers:
        worker.start()
        assert asleep.acquire(timeout=10)
    resume.set()
    for worker in workers:
        worker.join()
    assert reports == [close_to(30), 0]


@pytest.mark.parametrize("status", [200, 429, 500])
def test_every_response_is_reported(status: int) -> None:
    """It proves that the sync is alive."""
    governor, _ = make_governor()
    governor.listener = listener = Listener(governor)
    governor.acquire_call(None)
    assert listener.wakes == 0
    governor.update_from_response(None, reply(100, status=status))
    assert listener.wakes == 1

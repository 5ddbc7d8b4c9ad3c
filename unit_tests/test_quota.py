"""The store's request quota: used well, never used up."""

from __future__ import annotations

import heapq
import logging
import math
import random
import threading
from collections.abc import Callable

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import Breaker
from source_bigcommerce.api.quota import QuotaGovernor, Usage
from unit_tests.support import Clock, response


def make_governor(reserve: float = 0.1) -> tuple[QuotaGovernor, Clock]:
    clock = Clock()
    return QuotaGovernor(reserve, Breaker(), clock, clock.sleep), clock


def answer(
    left: float | None = None, reset_ms: float = 30_000, quota: int = 150, status: int = 200, **headers: str
) -> requests.Response:
    """An answer with the quota's headers, unless `left` is None."""
    told = {
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Time-Reset-Ms": str(reset_ms),
        "X-Rate-Limit-Time-Window-Ms": "30000",
    }
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return response(status, b"[]", {**(told if left is not None else {}), **extra})


def send(governor: QuotaGovernor, reply: requests.Response) -> None:
    """One request and its answer."""
    governor.acquire_call(None)
    governor.update_from_response(None, reply)


def test_nothing_is_held_back_before_the_store_has_told_its_quota() -> None:
    """The first request has to be made in order to learn anything."""
    governor, clock = make_governor()
    send(governor, answer(None))
    send(governor, answer(None))
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
        send(governor, answer(quota - request, reset_ms=20_000, quota=quota))
    assert clock.now == 0
    governor.acquire_call(None)
    assert clock.now == pytest.approx(20)


def test_a_new_window_is_a_whole_one() -> None:
    """After the wait all workers may go on at full speed."""
    governor, clock = make_governor()
    send(governor, answer(15, reset_ms=4_000))
    for request in range(1, 136):
        send(governor, answer(150 - request))
    assert clock.now == pytest.approx(4)
    governor.acquire_call(None)
    assert clock.now == pytest.approx(34)


def test_requests_on_their_way_are_counted_before_the_store_has_seen_them() -> None:
    """Eight workers that each read "one left" would send eight."""
    governor, clock = make_governor(reserve=0)
    for _ in range(8):
        governor.acquire_call(None)
    governor.update_from_response(None, answer(9, reset_ms=5_000))
    for _ in range(2):
        governor.acquire_call(None)
    assert clock.now == 0
    governor.acquire_call(None)
    assert clock.now == pytest.approx(5)


def test_a_quota_that_shrinks_or_grows_is_followed_from_answer_to_answer() -> None:
    """It is split among the apps that call at that moment."""
    governor, clock = make_governor()
    send(governor, answer(149, quota=150))
    send(governor, answer(3, quota=30, reset_ms=7_000))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(7)
    governor.update_from_response(None, answer(449, quota=450))
    for _ in range(449 - 45):
        governor.acquire_call(None)
    assert clock.now == pytest.approx(7)


@pytest.mark.parametrize(("quota", "reserve"), [(1, 0.1), (5, 0.9), (1, 0.0), (2, 0.9)])
def test_a_small_quota_still_lets_a_request_through_in_each_window(quota: int, reserve: float) -> None:
    """A reserve that rounds up to the whole quota would be a sync that hangs for ever without a word."""
    governor, clock = make_governor(reserve)
    send(governor, answer(0, quota=quota, reset_ms=1_000))
    for _ in range(20):
        if (wait := governor._try_acquire()) == 0:
            return
        clock.sleep(wait)
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
    governor.update_from_response(None, answer(None, status=429, **headers))
    governor.update_from_response(None, answer(35))  # the answer to the other request does not end the pause
    governor.acquire_call(None)
    assert clock.now == pytest.approx(wait)


def test_a_509_stops_everyone_like_a_429() -> None:
    """It was the answer to a used-up quota while that was counted by the hour."""
    governor, clock = make_governor()
    send(governor, answer(None, status=509, X_Retry_After="12"))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(12)


@pytest.mark.parametrize("status", [200, 429, 509])
@pytest.mark.parametrize("far", [3_600_001, 10**9, 1e300])
def test_a_reset_further_away_than_an_hour_is_not_waited_for(status: int, far: float) -> None:
    """A date where a duration is meant would stop the sync for fifty years."""
    governor, clock = make_governor()
    send(governor, answer(0, reset_ms=far, status=status))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(3600)


def test_a_retry_after_further_away_than_an_hour_is_not_waited_for() -> None:
    """It is the other header that announces a reset."""
    governor, clock = make_governor()
    send(governor, answer(None, status=429, X_Retry_After="1717243200"))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(3600)


@pytest.mark.parametrize("quota", [0, -1, -150])
def test_a_quota_of_nothing_is_ignored(quota: int) -> None:
    """Taken at its word, it would be a sync that waits for ever."""
    governor, clock = make_governor()
    send(governor, answer(0, quota=quota))
    for _ in range(200):
        governor.acquire_call(None)
    assert clock.now == 0


def test_a_pause_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Forty workers that are refused at once are one pause, and the next one is another."""
    governor, _ = make_governor()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            for _ in range(8):
                governor.acquire_call(None)
            for seconds in range(8):
                governor.update_from_response(None, answer(None, status=429, X_Retry_After=str(20 - seconds)))
            governor.acquire_call(None)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert all("no request is sent for 20 s" in line for line in told)


def test_a_429_is_believed_even_with_quota_left() -> None:
    """The documentation's own example has 35 requests left: limits on concurrency leave quota too."""
    governor, clock = make_governor()
    send(governor, answer(35, status=429, reset_ms=15_000))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(15)


def test_a_shorter_pause_does_not_cut_a_longer_one_short() -> None:
    """Refusals come in bursts, each with its own idea of the reset."""
    governor, clock = make_governor()
    governor.acquire_call(None)
    governor.acquire_call(None)
    governor.update_from_response(None, answer(None, status=429, X_Retry_After="20"))
    governor.update_from_response(None, answer(None, status=429, X_Retry_After="2"))
    governor.acquire_call(None)
    assert clock.now == pytest.approx(20)


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
            send(governor, answer(None, status=429, **useless))
            governor.acquire_call(None)
            waits[-1].append(clock.now - before)
            governor.update_from_response(None, None)
    for i, (low, high) in enumerate(bounds):
        column = [row[i] for row in waits]
        assert all(low - 0.01 <= wait <= high + 0.01 for wait in column)
        assert len({round(wait, 3) for wait in column}) > 10


def test_a_good_answer_ends_the_growing_of_the_pauses() -> None:
    """The next overload has nothing to do with this one."""
    governor, clock = make_governor()
    for _ in range(4):
        send(governor, answer(None, status=429))
    send(governor, answer(None))
    before = clock.now
    send(governor, answer(None, status=429))
    governor.acquire_call(None)
    assert clock.now - before <= 4.01


@pytest.mark.parametrize("failures", [5, 50, 500])
def test_requests_without_an_answer_do_not_use_up_the_quota_for_good(failures: int) -> None:
    """A flaky line must not end in a sync that waits for ever."""
    governor, clock = make_governor()
    send(governor, answer(149))
    for _ in range(failures):
        governor.acquire_call(None)  # the connection breaks: nobody reports back
    clock.now += 31
    send(governor, answer(149))
    clock.now += 31
    start = clock.now
    for request in range(1, 135):
        send(governor, answer(150 - request, reset_ms=30_000 - 1000 * (clock.now - start)))
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
    governor.update_from_response(None, response(200, b"[]", {**answer(100).headers, header: value}))


class FixedWindow:
    """A store that allows `quota` requests per window of `seconds`, and counts each when it arrives."""

    def __init__(self, quota: int, seconds: float, phase: float) -> None:
        self.quota, self.seconds, self.phase = quota, seconds, phase
        self.window = -1
        self.used = 0
        self.refused = 0
        self.served: dict[int, int] = {}

    def reply(self, now: float) -> requests.Response:
        window = math.floor((now + self.phase) / self.seconds)
        if window != self.window:
            self.window, self.used = window, 0
        reset_ms = math.ceil(1000 * ((window + 1) * self.seconds - self.phase - now))
        if self.used >= self.quota:
            self.refused += 1
            return answer(0, reset_ms, self.quota, status=429)
        self.used += 1
        self.served[window] = self.used
        return answer(
            self.quota - self.used, reset_ms, self.quota, X_Rate_Limit_Time_Window_Ms=str(self.seconds * 1000)
        )


def simulate(
    governor: QuotaGovernor, clock: Clock, store: FixedWindow, workers: int, latency: Callable[[], float], until: float
) -> None:
    """Workers that ask for one page after another, in simulated time: nothing here takes real time."""
    events: list[tuple[float, int, str]] = [(0.0, worker, "ask") for worker in range(workers)]
    replies: dict[int, requests.Response] = {}
    first = True
    while events and events[0][0] < until:
        clock.now, worker, what = heapq.heappop(events)
        if what == "ask":
            wait = governor._try_acquire()
            if first and not wait:  # a sync begins with one request, for the store's clock
                first = False
                governor.update_from_response(None, store.reply(clock.now))
                wait = governor._try_acquire()
            heapq.heappush(events, (clock.now + (wait or latency()), worker, "ask" if wait else "arrive"))
        elif what == "arrive":
            replies[worker] = store.reply(clock.now)
            heapq.heappush(events, (clock.now + latency(), worker, "answer"))
        else:
            governor.update_from_response(None, replies.pop(worker))
            heapq.heappush(events, (clock.now, worker, "ask"))


@given(
    quota=st.sampled_from([150, 450]),
    window=st.sampled_from([10.0, 30.0]),
    phase=st.floats(0, 9.9),
    workers=st.integers(1, 10),
    typical=st.sampled_from([0.02, 0.1, 0.5]),
    seed=st.integers(0, 99),
)
@example(quota=150, window=30.0, phase=0.0, workers=40, typical=0.1, seed=1)
@example(quota=150, window=30.0, phase=0.0, workers=8, typical=2.0, seed=1)
def test_workers_that_share_a_governor_cause_no_429_and_leave_no_quota_unused(
    quota: int, window: float, phase: float, workers: int, typical: float, seed: int
) -> None:
    """The two halves of being a good neighbour: never too much, and not so little that the sync takes all day."""
    governor, clock = make_governor(reserve=0.1)
    store = FixedWindow(quota, window, phase)
    rng = random.Random(seed)
    simulate(governor, clock, store, workers, lambda: typical * rng.uniform(0.5, 1.5) / 2, until=4 * window)
    assert store.refused == 0
    budget = quota - math.ceil(quota * 0.1)
    possible = min(budget, workers * window / typical)
    whole_windows = list(store.served.values())[1:-1]
    assert whole_windows and min(whole_windows) >= 0.85 * possible - workers


@given(
    quota=st.sampled_from([20, 60, 150]),
    reserve=st.sampled_from([0.0, 0.1]),
    workers=st.sampled_from([4, 8, 40]),
    typical=st.sampled_from([0.1, 2.0]),
    seed=st.integers(0, 9),
)
@example(quota=150, reserve=0.0, workers=8, typical=0.1, seed=0)
def test_even_without_a_reserve_or_with_many_workers_there_is_no_429(
    quota: int, reserve: float, workers: int, typical: float, seed: int
) -> None:
    """A reserve is for other apps: it must not be needed to make up for our own miscounting."""
    governor, clock = make_governor(reserve)
    store = FixedWindow(quota, 30.0, phase=seed)
    rng = random.Random(seed)
    simulate(governor, clock, store, workers, lambda: typical * rng.uniform(0.5, 1.5) / 2, until=120.0)
    assert store.refused == 0


def test_the_simulated_store_does_refuse_those_who_do_not_ask() -> None:
    """The test of the tests above: without the governor the same workers run into the limit."""

    class Reckless(QuotaGovernor):
        def _try_acquire(self) -> float:
            return 0.0

    clock = Clock()
    store = FixedWindow(150, 30.0, phase=0.0)
    simulate(Reckless(0.1, Breaker(), clock, clock.sleep), clock, store, 8, lambda: 0.1, until=60.0)
    assert store.refused > 100


def test_usage_is_what_the_store_said_last_less_what_was_sent_since() -> None:
    """People see from it how much is left, and whether the sync is waiting."""
    governor, clock = make_governor()
    assert governor.usage == Usage(requests=0, left=None, quota=None, waited=0)
    send(governor, answer(left=100))
    governor.acquire_call(None)
    assert governor.usage == Usage(requests=2, left=99, quota=150, waited=0)
    clock.now += 31
    assert governor.usage.left == 150, "the window is over"


def test_waiting_is_counted_once_however_many_workers_wait() -> None:
    """Eight workers that wait ten seconds make the sync ten seconds longer, not eighty."""
    clock = Clock()
    asleep, resume = threading.Semaphore(0), threading.Event()

    def sleep(seconds: float) -> None:
        asleep.release()
        assert resume.wait(timeout=10)

    governor = QuotaGovernor(0.0, Breaker(), clock, sleep)
    send(governor, answer(left=0, reset_ms=30_000))
    workers = [threading.Thread(target=governor.acquire_call, args=(None,)) for _ in range(3)]
    for seconds, worker in enumerate(workers):
        clock.now = seconds
        worker.start()
        assert asleep.acquire(timeout=10)
    clock.now = 12
    assert governor.usage.waited == 12, "the wait under way counts too, from the first worker's on"
    clock.now = 30
    resume.set()
    for worker in workers:
        worker.join()
    assert governor.usage.waited == 30
    assert governor.usage.requests == 4

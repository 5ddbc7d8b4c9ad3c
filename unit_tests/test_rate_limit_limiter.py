"""Limits on concurrent requests."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from source_bigcommerce.api.errors import Breaker
from source_bigcommerce.api.rate_limit import window
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.api.rate_limit.limiter import ENDPOINT_LIMITS, ConcurrencyLimiter, limit_of_endpoint
from unit_tests.support import Clock
from unit_tests.test_rate_limit_governor import reply

TREE = "v3/catalog/trees/1/categories"  # one at a time
RECORDS = "v3/pricelists/{}/records"  # five at a time


def test_an_endpoint_is_bounded_by_half_of_what_bigcommerce_documents() -> None:
    """The limit is the store's, and other apps read those lists too; where one is allowed it is ours."""
    allowed = {limit.pattern: limit.max_concurrent for limit in ENDPOINT_LIMITS}
    assert allowed["v3/catalog/trees/*/categories"] == 1
    assert allowed["v3/pricelists/*/records"] == 5
    assert allowed["v3/promotions"] == 20
    assert all(limit.max_concurrent <= max(1, limit.documented / 2) for limit in ENDPOINT_LIMITS)


@pytest.mark.parametrize("limit", ENDPOINT_LIMITS, ids=lambda limit: limit.pattern)
def test_each_limit_is_found_by_its_own_endpoint(limit: object) -> None:
    """A limit that nothing matches, or that another one hides, protects nothing."""
    assert limit_of_endpoint(limit.pattern.replace("*", "123")) is limit


@pytest.mark.parametrize(
    "endpoint", ["v2/orders", "v2/orders/5/products", "v3/pricelists", "v3/promotions/1/codes/2", "v2/customer_groupsX"]
)
def test_most_endpoints_have_no_limit_of_their_own(endpoint: str) -> None:
    """They would be read more slowly for nothing."""
    assert limit_of_endpoint(endpoint) is None


def test_those_who_wait_for_an_endpoint_leave_the_others_places_free() -> None:
    """Ten readers of a list that may be read by one would stop the whole source."""
    places = ConcurrencyLimiter(3)
    trees = [places.enter(TREE) for _ in range(10)]
    orders = [places.enter("v2/orders") for _ in range(3)]
    assert [slot.admitted.is_set() for slot in trees] == [True] + [False] * 9
    assert [slot.admitted.is_set() for slot in orders] == [True, True, False]
    places.leave(trees[0])
    assert trees[1].admitted.is_set(), "who came first is next"
    assert not orders[2].admitted.is_set()
    places.leave(orders[0])
    assert not trees[2].admitted.is_set()
    assert orders[2].admitted.is_set()


def test_price_lists_share_the_bound_of_their_endpoint() -> None:
    """It is documented per store and endpoint, not per list."""
    places = ConcurrencyLimiter()
    tickets = [places.enter(RECORDS.format(n)) for n in range(6)]
    assert [slot.admitted.is_set() for slot in tickets] == [True] * 5 + [False]


def test_first_come_first_served() -> None:
    """No stream waits for ever behind the others."""
    places = ConcurrencyLimiter(1)
    tickets = [places.enter("v2/orders") for _ in range(5)]
    for n in range(5):
        assert [slot.admitted.is_set() for slot in tickets[n:]] == [True] + [False] * (4 - n)
        places.leave(tickets[n])


def test_who_gives_up_waiting_leaves_the_queue() -> None:
    """An interrupted wait must not take a place that nobody gives back."""
    places = ConcurrencyLimiter(1)
    first, second, third = (places.enter("v2/orders") for _ in range(3))
    places.leave(second)
    places.leave(first)
    assert third.admitted.is_set()


def make_governor(max_in_flight: int | None, reserve: float = 0.0) -> tuple[RateLimitGovernor, Clock]:
    clock = Clock()
    return RateLimitGovernor(reserve, Breaker(), clock, clock.sleep, max_in_flight), clock


class Interrupted(BaseException):
    """As when somebody presses Ctrl-C."""


@pytest.mark.parametrize("error", [ValueError, Interrupted, GeneratorExit])
def test_a_slot_is_given_back_however_its_request_ends(error: type[BaseException]) -> None:
    """A place lost with every failure would end in a sync that hangs."""
    governor, _ = make_governor(1)

    def fail() -> None:
        with governor.slot(TREE):
            governor.acquire_call(None)
            raise error

    for _ in range(3):
        with pytest.raises(error):
            fail()
    with governor.slot(TREE):
        pass


def test_a_slot_within_a_slot_is_a_mistake_and_not_a_deadlock() -> None:
    """With one place it would wait for itself, and two threads could wait for each other."""
    governor, _ = make_governor(1)
    nested = pytest.raises(RuntimeError, match="v2/orders was not left before one for v2/time")
    with governor.slot("v2/orders"), nested, governor.slot("v2/time"):
        pass
    with governor.slot("v2/time"):
        pass


def test_a_request_that_failed_in_its_slot_is_known_to_be_over() -> None:
    """It may have been counted, until a response to a later request reports what is left."""
    governor, _ = make_governor(None)

    def fail() -> None:
        with governor.slot("v2/orders"):
            governor.acquire_call(None)
            governor.update_from_response(None, reply(left=10))
            governor.acquire_call(None)
            raise ConnectionError

    for _ in range(4):
        with pytest.raises(ConnectionError):
            fail()
    assert governor.usage.left == 9
    with governor.slot("v2/orders"):
        governor.acquire_call(None)
        governor.update_from_response(None, reply(left=9))
    assert governor.usage.left == 9


def test_a_thread_that_failed_and_sends_nothing_more_leaves_nothing_under_way() -> None:
    """Its request would be taken off the quota as long as the sync lasts."""
    governor, _ = make_governor(None)

    def fail(_: int) -> None:
        with suppress(ConnectionError), governor.slot("v2/orders"):
            governor.acquire_call(None)
            raise ConnectionError

    with threads(1, fail):
        pass
    governor.acquire_call(None)
    governor.update_from_response(None, reply(left=9))
    assert governor.usage.left == 9


@contextmanager
def threads(number: int, work: Callable[[int], None]) -> Iterator[None]:
    """Runs the work in so many threads, and hands on the first error."""
    errors: list[BaseException] = []

    def guarded(n: int) -> None:
        try:
            work(n)
        except BaseException as error:
            errors.append(error)

    running = [threading.Thread(target=guarded, args=(n,), daemon=True) for n in range(number)]
    for thread in running:
        thread.start()
    yield
    for thread in running:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in running), "a thread still waits: a place was not given back"
    if errors:
        raise errors[0]


def test_many_threads_never_exceed_a_bound_and_all_get_through() -> None:
    """Real threads, with failures, repetitions and every kind of endpoint."""
    governor = RateLimitGovernor(0.1, Breaker(), max_in_flight=6)
    limits = {"all": 6, TREE: 1, "records": 5}
    active: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()
    done = Counter[int]()

    def count(names: tuple[str, ...], step: int) -> None:
        with lock:
            for name in names:
                active[name] += step
                most[name] = max(most[name], active[name])

    def work(n: int) -> None:
        rng = random.Random(n)
        for i in range(60):
            endpoint = rng.choice([TREE, RECORDS.format(n), "v2/orders", "v3/customers"])
            names = ("all", TREE) if endpoint == TREE else ("all", "records") if "records" in endpoint else ("all",)
            try:
                with governor.slot(endpoint):
                    count(names, 1)
                    try:
                        for _ in range(rng.choice([1, 1, 2])):
                            governor.acquire_call(None)
                            if rng.random() < 0.2:
                                raise ConnectionError
                            governor.update_from_response(None, reply(left=10**6 - i, quota=10**6))
                    finally:
                        count(names, -1)
            except ConnectionError:
                pass
            done[n] += 1

    with threads(16, work):
        pass
    assert all(most[name] <= limit for name, limit in limits.items())
    assert done == dict.fromkeys(range(16), 60)
    assert governor.usage.left is not None


def test_a_response_releases_those_that_waited_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause one request goes ahead; the others follow at once and not by the clock."""
    monkeypatch.setattr(window, "_PROBE_TIMEOUT", 3600.0)
    moments = iter([0.0] * 10_000)
    governor = RateLimitGovernor(0.0, Breaker(), clock=lambda: next(moments), max_in_flight=8)
    ahead, responded = threading.Event(), threading.Event()
    others = threading.Semaphore(0)

    def work(n: int) -> None:
        if n:
            assert ahead.wait(timeout=30)
        with governor.slot("v2/orders"):
            governor.acquire_call(None)
            if not n:
                ahead.set()
                assert responded.wait(timeout=30)
            else:
                assert responded.is_set(), "somebody did not wait for the first response"
            governor.update_from_response(None, reply(left=100))
            if n:
                others.release()
            else:
                assert all(others.acquire(timeout=10) for _ in range(7)), "they wait for more than the response"

    with threads(8, work):
        assert ahead.wait(timeout=30)
        responded.set()


def test_places_are_enough_for_those_who_send_without_a_slot_too() -> None:
    """A request outside of a slot is counted in the quota all the same."""
    governor, clock = make_governor(2)
    governor.acquire_call(None)
    governor.update_from_response(None, reply(left=1, reset_ms=5_000))
    governor.acquire_call(None)
    assert clock.now == 0
    governor.acquire_call(None)  # the one before ended without a response
    assert clock.now == pytest.approx(5, abs=0.02)

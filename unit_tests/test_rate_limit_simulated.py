"""The governor under many workers, in simulated time, against a model of the store's window."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import Breaker
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.api.rate_limit.limiter import ConcurrencyLimiter
from source_bigcommerce.api.rate_limit.window import RequestPermit
from unit_tests.representatives import representatives
from unit_tests.store_window import Moment, Outside, Sent, Step, StoreWindow, Timeline, reply

BOUNDED = "v3/catalog/trees/1/categories"  # one at a time
HALVED = "v3/pricelists/7/records"  # five at a time
LISTS = ("v2/orders", "v3/customers", BOUNDED, HALVED)


@dataclass
class Sync:
    """Workers that make `requests` requests together, each again until it succeeds."""

    store: StoreWindow
    requests: int
    workers: int = 8
    reserve: float = 0.1
    latency: float = 0.3  # there and back; each way takes between 0.2 and 1.8 times its half
    faults: float = 0.0  # share of requests with each kind of fault
    idle: float = 0.0  # longest pause between two requests of a worker, in seconds
    seed: int = 0
    endpoints: tuple[str, ...] = LISTS[:1]
    governor_class: type[RateLimitGovernor] = RateLimitGovernor
    overloaded: tuple[float, float] = (0.0, 0.0)  # from and until when the store refuses without headers

    line: Timeline = field(default_factory=Timeline)
    sent: list[Sent] = field(default_factory=list)
    responded: list[Sent] = field(default_factory=list)
    silent_until: float = -math.inf
    most_at: Counter[str] = field(default_factory=Counter)

    def run(self, until: float) -> Sync:
        self.rng = random.Random(self.seed)
        random.seed(self.seed)  # the governor's jitter
        self.governor = self.governor_class(self.reserve, Breaker(), self.line.clock)
        self.limiter = ConcurrencyLimiter(self.workers)
        self.busy: Counter[str] = Counter()
        self.to_do = self.requests
        self.line.run([self._worker() for _ in range(self.workers + 3)], until)
        assert self.to_do == 0
        return self

    # Methods for the tests.

    @property
    def refused(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.counted and sent.counted.is_refused]

    @property
    def took(self) -> float:
        return max(sent.ended for sent in self.sent)

    def served(self) -> Counter[int]:
        """Requests counted in each of the store's windows."""
        return Counter(s.counted.window for s in self.sent if s.counted and not s.counted.is_refused)

    def kept(self, quota: int) -> int:
        return max(0, min(math.ceil(quota * self.reserve), quota - 1))

    def assert_nothing_was_taken_that_was_not_free(self) -> None:
        """Every request left the reserve in place, and so none was refused, but for what others had taken from it
        between the last response that we could know and the moment when the request arrived."""
        counted = sorted((s for s in self.sent if s.counted), key=lambda s: s.counted.at if s.counted else 0)
        last: dict[int, Sent] = {}  # per window, the one that was sent last of those that arrived so far
        for sent in counted:
            moment = sent.counted
            assert moment
            if moment.window not in last or sent.at >= last[moment.window].at:
                last[moment.window] = sent
            known = last[moment.window].known
            if known is None:
                continue
            gone = self.store.gone(known.at, moment.at)
            left = -1 if moment.is_refused else moment.left
            assert left + gone >= self.kept(known.quota), (
                f"at {moment.at:.3f} s a request left {left} requests of the reserve of {self.kept(known.quota)}, and "
                f"other apps had taken {gone} only since the response of {known.at:.3f} s"
            )

    # How the workers work.

    def _worker(self) -> Step:
        while self.to_do > 0:
            self.to_do -= 1
            endpoint = self.rng.choice(self.endpoints)
            slot = self.limiter.enter(endpoint)
            while not slot.admitted.is_set():
                yield -3600.0
            self.busy[endpoint] += 1
            self.most_at[endpoint] = max(self.most_at[endpoint], self.busy[endpoint])
            self.most_at["all"] = max(self.most_at["all"], sum(self.busy.values()))
            is_good = False
            while not is_good:
                while not isinstance(turn := self.governor.try_acquire(), RequestPermit):
                    yield -turn
                is_good = yield from self._request(turn)
            self.busy[endpoint] -= 1
            self.limiter.leave(slot)
            self.line.changed()
            if self.idle:
                yield self.rng.uniform(0, self.idle)

    def _request(self, permit: RequestPermit) -> Step:
        known = max((s.counted for s in self.responded if s.counted), key=lambda moment: moment.at, default=None)
        self._assert_silence_is_kept()
        sent = Sent(self.line.now, known)
        self.sent.append(sent)
        fate = self.rng.choices(
            ("responded", "without headers", "never arrived", "response lost"),
            (1 - 3 * self.faults, *[self.faults] * 3),
        )[0]
        yield self._one_way()
        response = None
        if fate != "never arrived":
            moment = self.store.count(self.line.now)
            if self.overloaded[0] <= self.line.now < self.overloaded[1]:
                response = reply(self.store, moment, has_headers=False, status=429)
            else:
                response = reply(self.store, moment, has_headers=fate == "responded")
            sent.counted = moment
        yield self._one_way()
        sent.ended = self.line.now
        if fate == "response lost":
            response = None
        self.governor.learn(permit, response)
        if fate == "responded" and response is not None and response.headers:
            self.responded.append(sent)
        if response is not None and response.status_code == 429:
            announced = float(response.headers.get("X-Rate-Limit-Time-Reset-Ms", 1000)) / 1000
            self.silent_until = max(self.silent_until, self.line.now + announced)
        self.line.changed()
        return response is not None and response.status_code == 200

    def _one_way(self) -> float:
        return self.latency / 2 * self.rng.uniform(0.2, 1.8)

    def _assert_silence_is_kept(self) -> None:
        """A 429 stops everyone until the reset; then one goes ahead, and others only with its response or in time."""
        now, end = self.line.now, self.silent_until
        assert now >= end - 1e-9, (
            f"a request was sent {end - now:.3f} s before the end of the pause that a 429 required"
        )
        if end > 0:
            since = [sent for sent in self.sent if sent.at >= end]
            if since and all(sent.ended > now for sent in since):
                patience = now - since[0].at
                assert len(since) <= patience + 1e-9, (
                    f"{len(since) + 1} requests went ahead {patience:.1f} s after a pause"
                )


QUOTAS = st.sampled_from([1, 2, 7, 20, 150, 450])
RESERVES = st.sampled_from([0.0, 0.1, 0.5])
ROUNDINGS = st.sampled_from([math.ceil, math.floor, round])
WORKERS = st.sampled_from([1, 4, 10, 40])
SEEDS = st.integers(0, 999)


@given(
    quota=QUOTAS,
    seconds=st.sampled_from([2.0, 10.0, 30.0]),
    phase=st.floats(0, 0.99),
    reserve=RESERVES,
    workers=WORKERS,
    latency=st.floats(0.001, 0.1),
    rounding=ROUNDINGS,
    seed=SEEDS,
)
@example(quota=150, seconds=30.0, phase=0.0, reserve=0.1, workers=10, latency=0.01, rounding=math.ceil, seed=1)
@example(quota=450, seconds=30.0, phase=0.5, reserve=0.1, workers=10, latency=0.01, rounding=math.ceil, seed=1)
def test_a_window_is_spent_to_the_reserve_and_never_further(
    quota: int,
    seconds: float,
    phase: float,
    reserve: float,
    workers: int,
    latency: float,
    rounding: Callable[[float], int],
    seed: int,
) -> None:
    """The two halves of being a good neighbour: never too much, and not so little that the sync takes all day."""
    latency *= seconds  # a response takes up to a tenth of a window
    store = StoreWindow(quota, seconds, phase * seconds, rounding=rounding)
    sync = Sync(store, 0, workers, reserve, latency, seed=seed)
    budget = quota - sync.kept(quota)
    sync.requests = min(4 * budget + 3, 1500)
    windows = sync.requests / budget
    sync.run(until=(windows + 2) * (seconds + 3 * latency) + 2 * sync.requests * latency / workers)
    assert [sent for sent in sync.refused if sent.known] == []
    sync.assert_nothing_was_taken_that_was_not_free()
    served = sync.served()
    if budget * 1.8 * latency / workers + 5 * latency < seconds:  # there is time enough to spend it
        first = 1 + max(s.counted.window for s in sync.sent if s.counted and s.known is None)
        assert [served[window] for window in range(first, max(served))] == [budget] * (max(served) - first)


@st.composite
def events(draw: st.DrawFn, quota: int, seconds: float, changes_quota: bool) -> list[Outside]:
    """The requests of other apps over some windows."""
    happen = []
    for _ in range(draw(st.integers(0, 30))):
        at = draw(st.floats(0, 6 * seconds))
        if changes_quota and draw(st.booleans()):
            happen.append(Outside(at, quota=draw(st.integers(1, 2 * quota))))
        else:
            happen.append(Outside(at, takes=draw(st.integers(0, quota))))
    return happen


@given(
    data=st.data(), quota=QUOTAS, seconds=st.sampled_from([2.0, 30.0]), reserve=RESERVES, workers=WORKERS, seed=SEEDS
)
def test_whatever_happens_no_more_is_taken_than_what_could_be_known_to_be_free(
    data: st.DataObject, quota: int, seconds: float, reserve: float, workers: int, seed: int
) -> None:
    """Other apps in bursts, changing quotas, lost requests and responses, missing headers, pauses."""
    store = StoreWindow(
        quota,
        seconds,
        phase=data.draw(st.floats(0, 0.99)) * seconds,
        outside=data.draw(events(quota, seconds, changes_quota=True)),
        rounding=data.draw(ROUNDINGS),
    )
    latency = data.draw(st.floats(0.001, 0.1)) * seconds
    faults = data.draw(st.sampled_from([0.0, 0.02, 0.15]))
    idle = data.draw(st.sampled_from([0.0, 0.3])) * seconds
    sync = Sync(store, 300, workers, reserve, latency, faults, idle, seed, endpoints=LISTS)
    sync.run(until=10_000 * seconds)
    sync.assert_nothing_was_taken_that_was_not_free()
    assert sync.most_at["all"] <= workers
    assert sync.most_at[BOUNDED] <= 1
    assert sync.most_at[HALVED] <= 5


@pytest.mark.parametrize("when", ["at the start", "all along", "near the end"])
@pytest.mark.parametrize(("quota", "seconds"), [(150, 30.0), (450, 30.0), (40, 2.0)])
@pytest.mark.parametrize("seed", representatives(range(3), {0}))
def test_what_another_app_takes_unannounced_is_neither_taken_from_it_nor_wasted(
    when: str, quota: int, seconds: float, seed: int
) -> None:
    """The announced quota stays, and what is left falls faster than we spend it."""
    share = round(0.3 * quota)
    moments = {
        "at the start": [(0.0, share)],
        "all along": [(seconds * (n + 0.5) / share, 1) for n in range(share)],
        "near the end": [(0.9 * seconds, share)],
    }[when]
    store = StoreWindow(
        quota,
        seconds,
        phase=seconds / 2,
        outside=[Outside((w - 0.5) * seconds + at, takes=n) for w in range(12) for at, n in moments],
    )
    sync = Sync(store, 5 * quota, workers=10, latency=0.01 * seconds, seed=seed).run(until=12 * seconds)
    assert [sent for sent in sync.refused if sent.counted and sent.counted.window > 0] == []
    sync.assert_nothing_was_taken_that_was_not_free()
    free = quota - share - sync.kept(quota)
    served = sync.served()
    assert min(served[window] for window in range(1, max(served))) >= free


@pytest.mark.parametrize("seed", representatives(range(5), {0}))
def test_a_quota_that_other_apps_change_in_the_middle_of_windows_is_followed(seed: int) -> None:
    """It is split among the apps that call at the moment: each response may announce another one."""
    changes = [Outside(45.0 * n, quota=105 if n % 2 else 150) for n in range(1, 20)]
    store = StoreWindow(150, 30.0, outside=changes)
    sync = Sync(store, 1000, workers=10, seed=seed).run(until=1000 / 94 * 30 + 30)
    assert sync.refused == []
    sync.assert_nothing_was_taken_that_was_not_free()


@pytest.mark.parametrize("late", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("quota", [150, 450])
@pytest.mark.parametrize("seed", representatives(range(3), {0}))
def test_a_window_that_turns_later_than_announced_costs_a_few_requests_of_the_reserve(
    quota: int, late: float, seed: int
) -> None:
    """The clocks of a server farm differ: immediate repetition would use up the whole reserve within the second."""
    store = StoreWindow(quota, 30.0, late=late)
    sync = Sync(store, 6 * quota, workers=8, latency=0.05, seed=seed).run(until=9 * 30.0)
    assert sync.refused == []
    served = sync.served()
    budget = quota - sync.kept(quota)
    assert max(served.values()) <= budget + 3
    assert min(served[window] for window in range(max(served))) >= budget


@pytest.mark.parametrize("workers", [10, 40])
@pytest.mark.parametrize("seed", representatives(range(5), {0}))
def test_a_window_that_others_have_eaten_costs_one_refusal_and_not_one_per_worker(workers: int, seed: int) -> None:
    """Refusals in a row count as abuse; after a pause one request finds out for all."""
    eaten = [Outside(30.0 * n, takes=150) for n in range(1, 5)]
    store = StoreWindow(150, 30.0, outside=eaten)
    sync = Sync(store, 300, workers, seed=seed).run(until=8 * 30.0)
    assert 1 <= len(sync.refused) <= 4


@pytest.mark.parametrize("seed", representatives(range(10), {0}))
def test_one_worker_at_a_time_repeats_requests_to_an_overloaded_store(seed: int) -> None:
    """A 429 without headers says that the platform is overloaded: ten that come back together would keep it so."""
    store = StoreWindow(450, 30.0)
    sync = Sync(store, 400, workers=10, seed=seed, overloaded=(3.0, 60.0)).run(until=300)
    during = [sent for sent in sync.sent if 6.0 < sent.at < 60.0]
    assert 1 <= len(during) <= 6


@pytest.mark.parametrize("latency", [5.0, 40.0])
@pytest.mark.parametrize("quota", [3, 7, 150])
def test_responses_slower_than_a_window_neither_stop_the_sync_nor_cost_a_429(latency: float, quota: int) -> None:
    """Such a response does not say which window it is of: the smaller possibility holds."""
    store = StoreWindow(quota, 30.0)
    sync = Sync(store, 60, workers=10, latency=latency, reserve=0.0).run(until=60 * 30 + 60 * latency)
    assert [sent for sent in sync.refused if sent.known] == []


def test_requests_that_get_lost_do_not_use_up_the_quota_for_good() -> None:
    """A flaky line must not end in a sync that waits for ever."""
    store = StoreWindow(150, 30.0)
    sync = Sync(store, 400, workers=10, faults=0.3, seed=1).run(until=3000)
    assert sync.refused == []
    sync.assert_nothing_was_taken_that_was_not_free()


def test_the_model_does_refuse_those_who_do_not_ask() -> None:
    """The test of the tests above: without the governor the same workers run into the limit."""

    class Reckless(RateLimitGovernor):
        def _try_acquire(self) -> RequestPermit | float:
            return self._window.send(self._clock())

    sync = Sync(StoreWindow(150, 30.0), 300, governor_class=Reckless)
    with pytest.raises(AssertionError, match="before the end of the pause"):
        sync.run(until=300)
    assert sync.refused
    with pytest.raises(AssertionError, match="of the reserve"):
        sync.assert_nothing_was_taken_that_was_not_free()


def test_the_model_reports_what_was_left_after_each_request() -> None:
    """And for how long, as the documentation says of the headers."""
    store = StoreWindow(2, 10.0, phase=4.0)
    assert [store.count(0.0), store.count(1.0), store.count(2.0)] == [
        Moment(0.0, 0, 2, 1, False, 6.0),
        Moment(1.0, 0, 2, 0, False, 5.0),
        Moment(2.0, 0, 2, 0, True, 4.0),
    ]
    assert store.count(6.0).left == 1

"""The rate limit of one of BigCommerce's APIs, which this connector shares with the merchant's other apps.

BigCommerce grants a number of requests per window; each response reports how many are left and when the window ends
(docs/api-docs/getting-started/api-rate-limits). The governor is the CDK's call-rate budget: it is called before every
request and after every response of every stream.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.call_rate import APIBudget

from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.api.rate_limit.headers import retry_after
from source_bigcommerce.api.rate_limit.limiter import ConcurrencyLimiter
from source_bigcommerce.api.rate_limit.pace import STORE_QUOTA, ApiQuota, Pace
from source_bigcommerce.api.rate_limit.window import RateLimitWindow, RequestPermit

logger = logging.getLogger("airbyte")

_LONGEST_WAIT_ONCE = 40.0  # seconds
_SHORT_WAIT = 5.0  # seconds; includes waits for the response to a request that was sent first
_FIRST_BLIND_WAIT, _LONGEST_BLIND_WAIT = 2.0, 60.0  # seconds, after a 429 that does not report a reset
LONG_WAIT = 3.0  # seconds; a shorter wait is not reported


@dataclass(frozen=True)
class Usage:
    """The requests that a sync has sent. `left` and `quota` are None before the first response.

    `waited` is the time in seconds in which at least one request had to wait.
    """

    requests: int
    left: int | None
    quota: int | None
    waited: float


class QuotaListener(Protocol):
    """Receives the waits and responses of all requests, in the threads that send them."""

    def wait(self, seconds: float) -> None:
        """Called in order when a long wait begins, and with 0 when it is over. Must return at once."""

    def wake(self) -> None:
        """Called after each call of `wait` and after every response; may block."""


class RateLimitGovernor(APIBudget):
    """Lets all workers use the quota minus a reserve, then pauses them until the reset.

    `reserve` is the share of the quota, between 0 and 1, that is left to other apps. `clock` returns monotonic seconds.
    `sleep` replaces waiting, which the response to another request may end early. `max_in_flight` is the maximum number
    of concurrent requests (None: no limit). `quota` is how the API reports its quota, and what it documents of it.
    """

    listener: QuotaListener | None = None

    def __init__(
        self,
        reserve: float,
        breaker: Breaker,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        max_in_flight: int | None = None,
        quota: ApiQuota = STORE_QUOTA,
    ) -> None:
        super().__init__(policies=[])  # one quota applies to all requests
        self._breaker = breaker
        self._clock = clock
        self._sleep = sleep
        self._limiter = ConcurrencyLimiter(max_in_flight)
        self._in_slot = threading.local()
        self._changed = threading.Condition(threading.Lock())
        self._window = RateLimitWindow(reserve)
        self._quota, self._pace = quota, Pace(quota.rates, reserve)
        self._permits: dict[int, RequestPermit] = {}  # by thread: each sends one request at a time
        self._blocked_until = -math.inf
        self._blind_refusals = 0  # consecutive 429s that did not report a reset
        self._pauses = 0  # after a 429; those of one burst are one
        self._waits_once = False
        self._first_wait_end: float | None = None  # of the first wait that was not short
        self._requests = 0
        self._waiting = 0  # workers
        self._waiting_since = 0.0
        self._waited = 0.0
        self._wait_is_reported, self._reported_end = False, -math.inf

    @property
    def usage(self) -> Usage:
        """The usage so far."""
        with self._changed:
            now = self._clock()
            waited = self._waited + (now - self._waiting_since if self._waiting else 0.0)
            left = None if self._window.quota is None else self._window.left(now)
            return Usage(self._requests, left, self._window.quota, waited)

    def wait_once(self) -> None:
        """Allows one wait for a reset from now on. After that, requests fail while the quota is used up."""
        self._waits_once = True

    @contextmanager
    def slot(self, endpoint: str) -> Iterator[None]:
        """Occupies the slot of one request and its retries; waits while too many requests are in flight.

        `endpoint` is the path below the store, without its query. Raises RuntimeError for a slot inside another one.
        """
        if getattr(self._in_slot, "endpoint", None):
            raise RuntimeError(f"the slot of {self._in_slot.endpoint} was not left before one for {endpoint}")
        with self._limiter.acquire(endpoint):
            self._in_slot.endpoint = endpoint
            try:
                yield
            finally:
                self._in_slot.endpoint = None
                with self._changed:
                    self._record_unanswered()
                    self._changed.notify_all()

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
        """Waits until one more request may be sent.

        Raises BigCommerceError if no further request can succeed, also if that happens during the wait.
        """
        with self._changed:
            # With the lock held until the wait begins: a call of `wake` in between would be missed.
            self._breaker.check()
            self._record_unanswered()
            while not isinstance(turn := self._try_acquire(), RequestPermit):
                if self._waits_once:
                    self._fail_if_exhausted_again(turn)
                if turn > LONG_WAIT and self._reported_wait_is_over:
                    self._report_wait(turn)
                else:
                    self._pause(turn)
                self._breaker.check()
            self._permits[threading.get_ident()] = turn
            if self._wait_is_reported and self._reported_wait_is_over:
                self._report_wait(0.0)

    def wake(self) -> None:
        """Makes all waiting workers check whether their requests can still succeed."""
        with self._changed:
            self._changed.notify_all()

    def update_from_response(self, request: Any, response: Any) -> None:
        """Records the headers of a response. A 429 pauses all workers until the reset that it reports."""
        with self._changed:
            permit = self._permits.pop(threading.get_ident(), None) or self._window.send(self._clock())
            self._record(permit, response)
            self._changed.notify_all()
        if self.listener:
            self.listener.wake()

    # The same for callers that keep their permits themselves and do not block.

    def try_acquire(self) -> RequestPermit | float:
        """Returns the permit for one request, or the seconds to wait unless a response arrives earlier."""
        with self._changed:
            return self._try_acquire()

    def learn(self, permit: RequestPermit, response: requests.Response | None) -> None:
        """Records the response to a request, or that there was none."""
        with self._changed:
            self._record(permit, response)

    # The methods below are called with the lock held.

    def _try_acquire(self) -> RequestPermit | float:
        now, endpoint = self._clock(), getattr(self._in_slot, "endpoint", None) or ""
        wait = max(self._blocked_until - now, 0.0) or max(self._window.wait(now), self._pace.wait(endpoint, now))
        if wait > 0:
            return wait
        self._requests += 1
        self._pace.send(endpoint, now)
        return self._window.send(now)

    def _fail_if_exhausted_again(self, wait: float) -> None:
        ends = self._clock() + wait
        if self._first_wait_end is None and wait > _SHORT_WAIT:
            self._first_wait_end = ends
        is_another = self._first_wait_end is not None and ends > self._first_wait_end + _SHORT_WAIT
        if is_another or self._pauses > 1 or wait > _LONGEST_WAIT_ONCE:
            self._breaker.open(_exhausted(self._quota.owner, wait))
            self._changed.notify_all()
            self._breaker.check()

    def _pause(self, seconds: float) -> None:
        if not self._waiting:
            self._waiting_since = self._clock()
        self._waiting += 1
        try:
            if self._sleep is None:
                self._changed.wait(seconds)
            else:
                self._changed.release()
                try:
                    self._sleep(seconds)
                finally:
                    self._changed.acquire()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._waited += self._clock() - self._waiting_since

    @property
    def _reported_wait_is_over(self) -> bool:
        """True after the reported end. Single requests may be sent earlier without the end of the wait."""
        return self._clock() > self._reported_end - LONG_WAIT

    def _report_wait(self, seconds: float) -> None:
        """Reports a wait, or with 0 its end. Releases the lock around `wake`, which may block."""
        self._wait_is_reported, self._reported_end = seconds > 0, self._clock() + seconds
        if self.listener:
            self.listener.wait(seconds)
            self._changed.release()
            try:
                self.listener.wake()
            finally:
                self._changed.acquire()

    def _record_unanswered(self) -> None:
        """Records the loss of this thread's last request. The CDK does not report requests without a response."""
        if permit := self._permits.pop(threading.get_ident(), None):
            self._window.record_lost(permit, self._clock())

    def _record(self, permit: RequestPermit, response: Any) -> None:
        now = self._clock()
        if not isinstance(response, requests.Response):
            self._window.record_lost(permit, now)
            return
        self._window.record_response(permit, now, self._quota.headers.read(response))
        if response.status_code in (429, 509):  # 509 was the legacy hourly limit
            self._block(response, now)
        else:
            self._blind_refusals = 0

    def _block(self, response: requests.Response, now: float) -> None:
        announced = max(self._quota.headers.seconds_to_reset(response) or 0, retry_after(response))
        is_new = now >= self._blocked_until  # 429s of one burst are one
        self._pauses += is_new
        if announced <= 0:  # a store under load may return a 429 without headers, as documented
            self._blind_refusals += is_new
            announced = _blind_wait(self._blind_refusals)
        self._blocked_until = max(self._blocked_until, now + announced)
        self._window.invalidate()
        if is_new:
            logger.warning(f"Rate limit reached ({response.status_code}). Pausing all requests for {announced:.0f} s.")


def _exhausted(owner: str, wait: float) -> BigCommerceError:
    return BigCommerceError(
        f"{owner} rate limit is reached. It resets in {math.ceil(wait)} seconds: try again then.",
        FailureType.transient_error,
    )


def _blind_wait(refusals: int) -> float:
    """Returns the seconds to wait after so many consecutive 429s that did not report a reset, with jitter."""
    longest = min(_FIRST_BLIND_WAIT * 2**refusals, _LONGEST_BLIND_WAIT)
    return random.uniform(longest / 2, longest)

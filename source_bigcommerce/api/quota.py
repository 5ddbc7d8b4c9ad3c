"""The store's request quota, which this connector shares with the merchant's other apps.

BigCommerce grants a number of requests per window and tells in each answer how many are left and when the window
ends (docs/api-docs/getting-started/api-rate-limits). The governor sits on the CDK's call-rate seam: it is asked before
every request of every stream and told of every answer.
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
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.call_rate import APIBudget

from source_bigcommerce.api.allowance import USUAL_WINDOW, Allowance, Permit, Told
from source_bigcommerce.api.concurrency import Places
from source_bigcommerce.api.errors import BigCommerceError, Breaker

logger = logging.getLogger("airbyte")

LONGEST_WAIT = 3600.0  # seconds; a reset further away is a mistake
_LONGEST_WAIT_ONCE, _SHORT_WAIT = 40.0, 5.0  # seconds; short are those for the answer to a request that goes first
_FIRST_BLIND_WAIT, _LONGEST_BLIND_WAIT = 2.0, 60.0
LONG_WAIT = 3.0  # seconds; a shorter wait is not reported


@dataclass(frozen=True)
class Usage:
    """What a sync has taken of the quota so far. `left` and `quota` are None until the store has told them; `waited`
    are the seconds in which at least one request was held back."""

    requests: int
    left: int | None
    quota: int | None
    waited: float


class QuotaListener(Protocol):
    """Follows the waits and the responses of all requests. The threads that send them call it."""

    def wait(self, seconds: float) -> None:
        """A long wait begins, or with 0 seconds it is over. These calls come in order and must return at once."""

    def wake(self) -> None:
        """Called after each of the above and after every response; may block."""


class QuotaGovernor(APIBudget):
    """Spends what the headers allow minus a reserve, then holds every worker until the announced reset.

    `reserve` is the share of the quota, between 0 and 1, that is left to other apps. `clock` returns seconds that
    never run backwards. `sleep` stands in for waiting, which an answer to another request may end early.
    `max_in_flight` bounds the requests under way at a time (None: no bound).
    """

    listener: QuotaListener | None = None

    def __init__(
        self,
        reserve: float,
        breaker: Breaker,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        max_in_flight: int | None = None,
    ) -> None:
        super().__init__(policies=[])  # one quota holds for all requests
        self._breaker = breaker
        self._clock = clock
        self._sleep = sleep
        self._places = Places(max_in_flight)
        self._in_slot = threading.local()
        self._changed = threading.Condition(threading.Lock())
        self._allowance = Allowance(reserve)
        self._permits: dict[int, Permit] = {}  # by thread: each sends one request at a time
        self._blocked_until = -math.inf
        self._refusals = 0  # 429s in a row that did not say when to come back
        self._pauses_asked_for = 0  # by a 429; those of one burst are one
        self._waits_once = False
        self._awaited: float | None = None  # the end of the first wait that was not short
        self._requests = 0
        self._waiting = 0  # workers
        self._waiting_since = 0.0
        self._waited = 0.0
        self._wait_is_reported = False
        self._reported_end = -math.inf

    @property
    def usage(self) -> Usage:
        with self._changed:
            now = self._clock()
            waited = self._waited + (now - self._waiting_since if self._waiting else 0.0)
            left = None if self._allowance.quota is None else self._allowance.left(now)
            return Usage(self._requests, left, self._allowance.quota, waited)

    def wait_once(self) -> None:
        """From now on waits for one window at the most; after that, requests fail until the quota is renewed."""
        self._waits_once = True

    @contextmanager
    def slot(self, endpoint: str) -> Iterator[None]:
        """A place for one request, its repetitions included; waits for one as long as too many are under way.

        `endpoint` is the path below the store, without its query. Slots cannot be nested.
        """
        if getattr(self._in_slot, "endpoint", None):
            raise RuntimeError(f"the slot of {self._in_slot.endpoint} was not left before one for {endpoint}")
        with self._places.hold(endpoint):
            self._in_slot.endpoint = endpoint
            try:
                yield
            finally:
                self._in_slot.endpoint = None
                with self._changed:
                    self._lose_unanswered()
                    self._changed.notify_all()

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
        """Returns when one more request may be sent; waits as long as the store asks for.

        Raises BigCommerceError when it became pointless meanwhile.
        """
        self._breaker.check()
        with self._changed:
            self._lose_unanswered()
            while not isinstance(turn := self._try_acquire(), Permit):
                if self._waits_once:
                    self._give_up_if_used_up_again(turn)
                if turn > LONG_WAIT and self._reported_wait_is_over:
                    self._report_wait(turn)
                else:
                    self._pause(turn)
                self._breaker.check()
            self._permits[threading.get_ident()] = turn
            if self._wait_is_reported and self._reported_wait_is_over:
                self._report_wait(0.0)

    def wake(self) -> None:
        """Has everyone who waits look again whether the request still has a point."""
        with self._changed:
            self._changed.notify_all()

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learns from an answer's headers; a 429 stops every worker until the reset it announces."""
        with self._changed:
            permit = self._permits.pop(threading.get_ident(), None) or self._allowance.send(self._clock())
            self._learn(permit, response)
            self._changed.notify_all()
        if self.listener:
            self.listener.wake()

    # The same for those who keep their permits themselves and do not wait in here.

    def try_acquire(self) -> Permit | float:
        """The permit to send one request, or the seconds to wait if no answer comes meanwhile."""
        with self._changed:
            return self._try_acquire()

    def learn(self, permit: Permit, response: requests.Response | None) -> None:
        """Takes note of the answer to the request, or that it did not get any."""
        with self._changed:
            self._learn(permit, response)

    # All of the below is called with the lock held.

    def _try_acquire(self) -> Permit | float:
        now = self._clock()
        wait = max(self._blocked_until - now, 0.0) or self._allowance.wait(now)
        if wait > 0:
            return wait
        self._requests += 1
        return self._allowance.send(now)

    def _give_up_if_used_up_again(self, wait: float) -> None:
        ends = self._clock() + wait
        if self._awaited is None and wait > _SHORT_WAIT:
            self._awaited = ends
        is_another = self._awaited is not None and ends > self._awaited + _SHORT_WAIT
        if is_another or self._pauses_asked_for > 1 or wait > _LONGEST_WAIT_ONCE:
            self._breaker.open(
                BigCommerceError(
                    "The store's request quota is used up. It is renewed in "
                    f"{math.ceil(wait)} seconds: try again then.",
                    FailureType.transient_error,
                )
            )
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
        """Until then a response may let single requests go, and the wait that goes on is still the same."""
        return self._clock() > self._reported_end - LONG_WAIT

    def _report_wait(self, seconds: float) -> None:
        """Reports a wait, or with 0 its end. The lock is released meanwhile, as the listener may block."""
        self._wait_is_reported, self._reported_end = seconds > 0, self._clock() + seconds
        if self.listener:
            self.listener.wait(seconds)
            self._changed.release()
            try:
                self.listener.wake()
            finally:
                self._changed.acquire()

    def _lose_unanswered(self) -> None:
        """The CDK does not say when a request ends without an answer: its thread then goes on to something else."""
        if permit := self._permits.pop(threading.get_ident(), None):
            self._allowance.lose(permit, self._clock())

    def _learn(self, permit: Permit, response: Any) -> None:
        now = self._clock()
        if not isinstance(response, requests.Response):
            self._allowance.lose(permit, now)
            return
        self._allowance.settle(permit, now, _told(response))
        if response.status_code in (429, 509):  # 509 was the legacy hourly limit
            self._block(response, now)
        else:
            self._refusals = 0

    def _block(self, response: requests.Response, now: float) -> None:
        announced = max(_reset(response) or 0, _retry_after(response))
        is_new = now >= self._blocked_until  # refusals of one burst are one
        self._pauses_asked_for += is_new
        if announced <= 0:  # documented for a store under load: a 429 may come without any header
            self._refusals += is_new
            longest = min(_FIRST_BLIND_WAIT * 2**self._refusals, _LONGEST_BLIND_WAIT)
            announced = random.uniform(longest / 2, longest)
        self._blocked_until = max(self._blocked_until, now + announced)
        self._allowance.distrust()
        if is_new:
            logger.warning(
                f"The store asks for a pause ({response.status_code}): no request is sent for {announced:.0f} s."
            )


def _told(response: requests.Response) -> Told | None:
    """What the headers tell of the quota; None where one of the three is missing that matter."""
    reset = _reset(response)
    quota = _number(response, "X-Rate-Limit-Requests-Quota")
    left = _number(response, "X-Rate-Limit-Requests-Left")
    if quota is None or quota < 1 or left is None or reset is None:
        return None
    window = _number(response, "X-Rate-Limit-Time-Window-Ms") or 0
    return Told(int(quota), left, reset, min(window / 1000 if window > 0 else USUAL_WINDOW, LONGEST_WAIT))


def _reset(response: requests.Response) -> float | None:
    """Seconds from the answer to the window's end."""
    reset = _number(response, "X-Rate-Limit-Time-Reset-Ms")
    return None if reset is None else min(max(reset, 0.0) / 1000, LONGEST_WAIT)


def _retry_after(response: requests.Response) -> float:
    """Seconds from the response until a request may be sent again; 0 where it does not say.

    Besides BigCommerce's own header, gateways send the standard one: seconds, or a date by the server's clock.
    """
    seconds = _number(response, "X-Retry-After") or 0, _number(response, "Retry-After") or _until_date(response)
    return min(max(*seconds, 0), LONGEST_WAIT)


def _until_date(response: requests.Response) -> float:
    try:
        until, now = (parsedate_to_datetime(response.headers[header]) for header in ("Retry-After", "Date"))
        return (until - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return 0


def _number(response: requests.Response, header: str) -> float | None:
    try:
        value = float(response.headers[header])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None

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
from typing import Any

import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget

from source_bigcommerce.api.errors import Breaker

logger = logging.getLogger("airbyte")

_USUAL_WINDOW = 30.0  # seconds
_LONGEST_WAIT = 3600.0  # a reset further away is a mistake
_FIRST_BLIND_WAIT, _LONGEST_BLIND_WAIT = 2.0, 60.0


@dataclass(frozen=True)
class Usage:
    """What a sync has taken of the quota so far. `left` and `quota` are None until the store has told them; `waited`
    are the seconds in which at least one request was held back."""

    requests: int
    left: int | None
    quota: int | None
    waited: float


class QuotaGovernor(APIBudget):
    """Spends what the headers allow minus a reserve, then holds every worker until the announced reset.

    `reserve` is the share of the quota, between 0 and 1, that is left to other apps. `clock` returns seconds that
    never run backwards.
    """

    def __init__(
        self,
        reserve: float,
        breaker: Breaker,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(policies=[])  # one quota holds for all requests
        self._reserve = reserve
        self._breaker = breaker
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._quota: int | None = None  # unknown until the first answer
        self._left = math.inf
        self._window = _USUAL_WINDOW
        self._in_flight = 0
        self._stragglers = 0  # sent before the window turned and not answered yet
        self._window_ends = -math.inf
        self._blocked_until = -math.inf
        self._refusals = 0  # 429s in a row that did not say when to come back
        self._requests = 0
        self._waiting = 0  # workers
        self._waiting_since = 0.0
        self._waited = 0.0

    @property
    def usage(self) -> Usage:
        with self._lock:
            now = self._clock()
            waited = self._waited + (now - self._waiting_since if self._waiting else 0.0)
            if self._quota is None:
                return Usage(self._requests, None, None, waited)
            left = self._quota if now >= self._window_ends else max(0, int(self._left))
            return Usage(self._requests, left, self._quota, waited)

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
        """Returns when one more request may be sent; waits as long as the store asks for.

        Raises BigCommerceError when it became pointless meanwhile.
        """
        while (wait := self._try_acquire()) > 0:
            with self._counted_as_waiting():
                self._sleep(wait)
            self._breaker.check()

    def _try_acquire(self) -> float:
        """Takes one request out of the window and returns 0, or returns the seconds to wait."""
        with self._lock:
            now = self._clock()
            if now < self._blocked_until:
                return self._blocked_until - now
            if self._quota is not None:
                if now >= self._window_ends:
                    # A new window, whole until an answer tells better. Requests that failed without an answer count
                    # for one window more and are then forgotten, so that they cannot use up the quota for good.
                    self._stragglers, self._in_flight = self._in_flight, 0
                    self._left = self._quota - self._stragglers
                    self._window_ends = now + self._window
                if self._left <= max(0, min(math.ceil(self._quota * self._reserve), self._quota - 1)):
                    return self._window_ends - now
            self._left -= 1
            self._in_flight += 1
            self._requests += 1
            return 0.0

    @contextmanager
    def _counted_as_waiting(self) -> Iterator[None]:
        with self._lock:
            if not self._waiting:
                self._waiting_since = self._clock()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._waited += self._clock() - self._waiting_since

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learns from an answer's headers; a 429 stops every worker until the reset it announces."""
        with self._lock:
            if self._stragglers:
                self._stragglers -= 1
            else:
                self._in_flight = max(0, self._in_flight - 1)
            if not isinstance(response, requests.Response):
                return
            now = self._clock()
            reset = _number(response, "X-Rate-Limit-Time-Reset-Ms")
            quota = _number(response, "X-Rate-Limit-Requests-Quota")
            left = _number(response, "X-Rate-Limit-Requests-Left")
            reset = None if reset is None else min(reset, _LONGEST_WAIT * 1000)
            if quota is not None and quota >= 1 and left is not None and reset is not None:
                window = _number(response, "X-Rate-Limit-Time-Window-Ms") or _USUAL_WINDOW * 1000
                self._window = min(window / 1000, _LONGEST_WAIT)
                self._learn(int(quota), left, now + reset / 1000)
            if response.status_code in (429, 509):  # 509 was the legacy hourly limit
                self._block(response, now, reset)
            else:
                self._refusals = 0

    def _learn(self, quota: int, left: float, ends: float) -> None:
        """Takes over what an answer says of its window. Answers overtake each other, so an older one knows less."""
        free = left - self._in_flight - self._stragglers  # the store may not have counted those yet
        later = ends - self._window_ends
        if quota != self._quota or later >= self._window / 2:
            self._quota, self._left, self._window_ends = quota, free, ends
        elif later >= -self._window / 2:
            # The same window: what is left of it only shrinks.
            self._left, self._window_ends = min(self._left, free), max(ends, self._window_ends)

    def _block(self, response: requests.Response, now: float, reset_ms: float | None) -> None:
        announced = min(max((reset_ms or 0) / 1000, _number(response, "X-Retry-After") or 0), _LONGEST_WAIT)
        is_new = now >= self._blocked_until  # refusals of one burst are one
        if announced <= 0:  # documented for a store under load: a 429 may come without any header
            self._refusals += is_new
            longest = min(_FIRST_BLIND_WAIT * 2**self._refusals, _LONGEST_BLIND_WAIT)
            announced = random.uniform(longest / 2, longest)
        self._blocked_until = max(self._blocked_until, now + announced)
        if is_new:
            logger.warning(
                f"The store asks for a pause ({response.status_code}): no request is sent for {announced:.0f} s."
            )


def _number(response: requests.Response, header: str) -> float | None:
    try:
        value = float(response.headers[header])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None

"""The number of requests left in the store's rate-limit window, computed from its responses. It never waits.

A response reports what was left when the store made it. Requests in flight at that time, and requests whose response
was lost or had no headers, may not be included: they are subtracted until the response to a later request settles them.
The result is never more than what is left, apart from what other apps use.

The requests of other apps between a response and the next request cannot be known; the reserve covers them. If the
last response is out of date, because a window ended during a wait or because no request was sent for a long time, a
single request is sent first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

USUAL_WINDOW = 30.0  # seconds
_MARGIN = 0.01  # seconds: reported times are rounded, and the clocks of servers differ slightly
_PROBE_TIMEOUT = 1.0  # seconds until another request is sent in addition to the one that was sent first
_FIRST_LATE_RESET_WAIT = 0.5  # seconds to wait for a window that did not reset on time; doubled each time
_IN_FLIGHT_TIMEOUT = 300.0  # seconds after which a request whose end was not reported is no longer in flight


@dataclass(frozen=True)
class RateLimitHeaders:
    """The rate limit of a response: requests per window, requests left, seconds to the reset, seconds per window."""

    quota: int
    left: float
    reset: float
    window: float


@dataclass(eq=False)
class RequestPermit:
    """One request in flight. Events are numbered in their order, as two may have the same time."""

    number: int
    sent: float


class RateLimitWindow:
    """The known state of the store's window. Times are seconds of a monotonic clock.

    `reserve` is the share of the quota, between 0 and 1, that is not used.
    """

    def __init__(self, reserve: float) -> None:
        self._reserve = reserve
        self.quota: int | None = None  # unknown before the first response
        self._left = 0.0  # according to the response that the store made last
        self._reset = math.inf  # seconds to the reset according to that response
        self._response_event = 0  # number of that response's arrival
        self._length = USUAL_WINDOW  # seconds
        # The window ends between these two: it is not known at which point of its round trip a response was made.
        self._earliest_end, self._latest_end = -math.inf, math.inf
        self._start_event = 0  # number of the first event that is certain to be in this window
        self._is_exhausted = False  # True if a request had to wait for the reset
        self._reset_is_unconfirmed = False  # True from such a reset until a response
        self._late_reset_wait = 0.0  # seconds
        self._in_flight: set[RequestPermit] = set()
        self._unsettled: list[tuple[int, float]] = []  # event and time of the end of requests that may have counted
        self._events = 0
        self._invalidated_at = 0  # event; responses to earlier requests are out of date
        self._last_response_at = -math.inf

    def wait(self, now: float) -> float:
        """Returns the seconds until a request may be sent (0: now), unless a response arrives earlier."""
        self._roll_over(now)
        if self.quota is not None and self._available() <= self._reserved():
            self._is_exhausted = True
            return self._latest_end - now
        return self._wait_for_probe(now)

    def send(self, now: float) -> RequestPermit:
        """Records a request that is sent now."""
        self._roll_over(now)
        permit = RequestPermit(self._next_event(), now)
        self._in_flight.add(permit)
        return permit

    def record_response(self, permit: RequestPermit, now: float, headers: RateLimitHeaders | None) -> None:
        """Records a response. Without the headers, it shows only that the store responds."""
        if permit.number > self._invalidated_at:
            self._last_response_at = now
        if headers is None:
            self.record_lost(permit, now)
            return
        self._roll_over(now)
        self._in_flight.discard(permit)
        self._apply(permit, now, headers)

    def record_lost(self, permit: RequestPermit, now: float) -> None:
        """Records that there will be no response. The store may have counted the request."""
        self._roll_over(now)
        self._in_flight.discard(permit)
        if self.quota is not None:
            self._unsettled.append((self._next_event(), now))

    def invalidate(self) -> None:
        """Marks what is known as out of date: the next request is sent alone, the others after its response."""
        self._invalidated_at = self._next_event()
        self._last_response_at = -math.inf

    def left(self, now: float) -> int:
        """Returns the requests left, the reserve included; 0 before the first response."""
        self._roll_over(now)
        return max(0, int(self._available()))

    def _next_event(self) -> int:
        self._events += 1
        return self._events

    def _available(self) -> float:
        return self._left - len(self._in_flight) - len(self._unsettled)

    def _reserved(self) -> int:
        """Returns the reserve in requests. It leaves at least one request per window, or a sync would never end."""
        assert self.quota is not None
        return max(0, min(math.ceil(self.quota * self._reserve), self.quota - 1))

    def _wait_for_probe(self, now: float) -> float:
        if now - self._last_response_at <= self._length / 10:
            return 0.0
        ahead = [permit.sent for permit in self._in_flight if permit.number > self._invalidated_at]
        return max(0.0, min(ahead) + len(ahead) * _PROBE_TIMEOUT - now) if ahead else 0.0

    def _roll_over(self, now: float) -> None:
        """Starts a new window once the last one has certainly ended: a full one until a response reports otherwise."""
        if self.quota is None or now < self._latest_end:
            return
        passed = math.floor((now - self._latest_end) / self._length)
        began = self._earliest_end + passed * self._length
        self._unsettled = [ended for ended in self._unsettled if ended[1] >= began]
        self._in_flight = {permit for permit in self._in_flight if now - permit.sent < _IN_FLIGHT_TIMEOUT}
        self._start_window(began + self._length, self._latest_end + (passed + 1) * self._length)
        self._left, self._reset, self._response_event = self.quota, math.inf, 0

    def _start_window(self, earliest_end: float, latest_end: float) -> None:
        if self._is_exhausted:
            self.invalidate()
        self._reset_is_unconfirmed |= self._is_exhausted
        self._is_exhausted = False
        self._start_event = self._next_event()
        self._earliest_end, self._latest_end = earliest_end, latest_end

    def _apply(self, permit: RequestPermit, now: float, headers: RateLimitHeaders) -> None:
        """Applies the headers of a response, unless it is older than one that was applied before."""
        earliest, latest = permit.sent + headers.reset - _MARGIN, now + headers.reset + _MARGIN
        left = headers.left
        is_first = self.quota is None
        is_old = permit.number < self._start_event  # the response may be about the previous window
        if is_old and latest < self._earliest_end:
            return
        if is_old and earliest <= self._latest_end - self._length:  # it may be about either window
            self._left = min(self._left, left)
            return
        if is_first or earliest > self._latest_end or latest < self._earliest_end:
            self._start_window(earliest, latest)
        else:
            self._earliest_end = max(self._earliest_end, earliest)
            self._latest_end = min(self._latest_end, latest)
            if permit.number < self._response_event and headers.reset > self._reset:
                return
            if headers.reset == self._reset:  # made in the same millisecond
                left = min(left, self._left)
        self.quota, self._length = headers.quota, headers.window
        self._left, self._reset, self._response_event = left, headers.reset, self._next_event()
        self._unsettled = [ended for ended in self._unsettled if ended[0] > permit.number]
        self._defer_late_reset(now)

    def _defer_late_reset(self, now: float) -> None:
        """Waits longer for a window that resets later than reported; requests sent at once would use up the reserve."""
        if self._left > self._reserved():
            self._late_reset_wait = 0.0
        elif self._reset_is_unconfirmed:
            self._late_reset_wait = min(max(2 * self._late_reset_wait, _FIRST_LATE_RESET_WAIT), self._length / 10)
            self._latest_end = max(self._latest_end, now + self._late_reset_wait)
        self._reset_is_unconfirmed = False

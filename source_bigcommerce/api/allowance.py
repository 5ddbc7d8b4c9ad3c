"""How many requests of the store's window are left, worked out from its answers. Nothing here waits, or knows threads.

An answer tells what was left when the store made it. Requests that were under way then, and those whose answer did not
tell or never came, may not have been counted in that: they are taken off until an answer to a later request settles
them. Counted this way, what is left is never more than what is really left, other apps apart.

What other apps take between an answer and the next request cannot be known; the reserve is there for it. Where the
last answer is of no use any more, because the window has turned while the source waited or because nothing was asked
for long, a single request goes first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

USUAL_WINDOW = 30.0  # seconds
_MARGIN = 0.01  # seconds: announced times are rounded, and servers do not agree to the millisecond
_PATIENCE = 1.0  # seconds for a request that goes first; then another goes with it
_FIRST_PAUSE = 0.5  # seconds to wait for a window that has not turned when it should have; doubled each time
_GIVEN_UP = 300.0  # seconds after which a request is not under way any more, if nobody said what became of it


@dataclass(frozen=True)
class Told:
    """What an answer tells of the quota: requests per window, requests left, seconds to the window's end and in all."""

    quota: int
    left: float
    reset: float
    window: float


@dataclass(eq=False)
class Permit:
    """One request under way. Events are numbered in their order, because a clock may not tell them apart."""

    number: int
    sent: float


class Allowance:
    """The store's window as far as it is known. Times are seconds of a clock that never runs backwards.

    `reserve` is the share of the quota, between 0 and 1, that is not spent.
    """

    def __init__(self, reserve: float) -> None:
        self._reserve = reserve
        self.quota: int | None = None  # unknown until an answer tells
        self._left = 0.0  # as the answer said that the store made last
        self._reset = math.inf  # when it made that answer: so long before the end of the window
        self._arrived = 0  # number of that answer's arrival
        self._window = USUAL_WINDOW
        # The window's end lies between these two: an answer took some time, and the store made it meanwhile.
        self._earliest_end, self._latest_end = -math.inf, math.inf
        self._turned = 0  # number of the event by which the window had begun
        self._spent = False  # whether a request had to wait for the window's end
        self._awaited = False  # whether that has come, and no answer has shown it yet
        self._pause = 0.0
        self._under_way: set[Permit] = set()
        self._unsettled: list[tuple[int, float]] = []  # number and time at which a request ended that may have counted
        self._events = 0
        self._distrusted = 0  # answers to requests sent before this event tell nothing of now
        self._heard = -math.inf

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent if nothing is learnt before; 0 when it may be sent now."""
        self._turn(now)
        if self.quota is not None and self._free() <= self._kept():
            self._spent = True
            return self._latest_end - now
        return self._wait_for_those_ahead(now)

    def send(self, now: float) -> Permit:
        """Takes note of a request that is sent now."""
        self._turn(now)
        permit = Permit(self._count(), now)
        self._under_way.add(permit)
        return permit

    def settle(self, permit: Permit, now: float, told: Told | None) -> None:
        """Learns from an answer; from one without the headers, only that the store answers."""
        if permit.number > self._distrusted:
            self._heard = now
        if told is None:
            self.lose(permit, now)
            return
        self._turn(now)
        self._under_way.discard(permit)
        self._learn(permit, now, told)

    def lose(self, permit: Permit, now: float) -> None:
        """Takes note that no answer will come. The store may have counted the request."""
        self._turn(now)
        self._under_way.discard(permit)
        if self.quota is not None:
            self._unsettled.append((self._count(), now))

    def distrust(self) -> None:
        """Whatever was learnt may have changed: the next request goes alone, and the others follow its answer."""
        self._distrusted = self._count()
        self._heard = -math.inf

    def left(self, now: float) -> int:
        """Requests left, the reserve included; 0 before the store has told."""
        self._turn(now)
        return max(0, int(self._free()))

    def _count(self) -> int:
        self._events += 1
        return self._events

    def _free(self) -> float:
        return self._left - len(self._under_way) - len(self._unsettled)

    def _kept(self) -> int:
        """The reserve; but one request per window is always made, or nothing would ever end."""
        assert self.quota is not None
        return max(0, min(math.ceil(self.quota * self._reserve), self.quota - 1))

    def _wait_for_those_ahead(self, now: float) -> float:
        if now - self._heard <= self._window / 10:
            return 0.0
        ahead = [permit.sent for permit in self._under_way if permit.number > self._distrusted]
        return max(0.0, min(ahead) + len(ahead) * _PATIENCE - now) if ahead else 0.0

    def _turn(self, now: float) -> None:
        """Begins a new window once the last one is over for certain: whole, until an answer tells better."""
        if self.quota is None or now < self._latest_end:
            return
        passed = math.floor((now - self._latest_end) / self._window)
        began = self._earliest_end + passed * self._window
        self._unsettled = [ended for ended in self._unsettled if ended[1] >= began]
        self._under_way = {permit for permit in self._under_way if now - permit.sent < _GIVEN_UP}
        self._begin(began + self._window, self._latest_end + (passed + 1) * self._window)
        self._left, self._reset, self._arrived = self.quota, math.inf, 0

    def _begin(self, earliest_end: float, latest_end: float) -> None:
        if self._spent:
            self.distrust()
        self._awaited |= self._spent
        self._spent = False
        self._turned = self._count()
        self._earliest_end, self._latest_end = earliest_end, latest_end

    def _learn(self, permit: Permit, now: float, told: Told) -> None:
        """Takes over what an answer tells, unless another one is newer: answers overtake each other."""
        earliest, latest = permit.sent + told.reset - _MARGIN, now + told.reset + _MARGIN
        left = told.left
        is_first = self.quota is None
        is_old = permit.number < self._turned  # sent before this window began, so perhaps an answer of the last one
        if is_old and latest < self._earliest_end:
            return
        if is_old and earliest <= self._latest_end - self._window:  # so slow that it may be of either
            self._left = min(self._left, left)
            return
        if is_first or earliest > self._latest_end or latest < self._earliest_end:
            self._begin(earliest, latest)
        else:
            self._earliest_end = max(self._earliest_end, earliest)
            self._latest_end = min(self._latest_end, latest)
            if permit.number < self._arrived and told.reset > self._reset:
                return
            if told.reset == self._reset:  # within the same millisecond
                left = min(left, self._left)
        self.quota, self._window = told.quota, told.window
        self._left, self._reset, self._arrived = left, told.reset, self._count()
        self._unsettled = [ended for ended in self._unsettled if ended[0] > permit.number]
        self._mind_a_late_turn(now)

    def _mind_a_late_turn(self, now: float) -> None:
        """Where the window turns later than the store said, asking at once again and again would spend the reserve."""
        if self._left > self._kept():
            self._pause = 0.0
        elif self._awaited:
            self._pause = min(max(2 * self._pause, _FIRST_PAUSE), self._window / 10)
            self._latest_end = max(self._latest_end, now + self._pause)
        self._awaited = False

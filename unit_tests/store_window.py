"""A store's quota and the workers that share it, in simulated time: nothing here takes real time.

It does not know the governor, and is written from BigCommerce's documentation of its rate limits alone.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

import requests

from unit_tests.support import response


@dataclass(frozen=True)
class Outside:
    """Something that happens to the quota without us: other apps take some of it, or the store changes it."""

    at: float
    takes: int = 0
    quota: int | None = None


@dataclass(frozen=True)
class Moment:
    """The state of the store when it counted a request."""

    at: float
    window: int
    quota: int
    left: int
    is_refused: bool
    reset: float


@dataclass
class StoreWindow:
    """Allows `quota` requests per window of `seconds`; `phase` is how much of the first one was over at the start."""

    quota: int
    seconds: float
    phase: float = 0.0
    outside: Iterable[Outside] = ()
    rounding: Callable[[float], int] = math.ceil  # of milliseconds
    late: float = 0.0  # seconds by which a window turns later than announced
    used: int = 0
    window: int = 0
    # What went without us: when, and how much of what was left.
    taken: list[tuple[float, int]] = field(default_factory=list)
    shrunk: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._to_come = sorted(self.outside, key=lambda event: event.at)

    def start_of(self, window: int) -> float:
        return window * self.seconds - self.phase

    def count(self, now: float) -> Moment:
        """A request arrives."""
        while self._to_come and self._to_come[0].at <= now:
            self._happen(self._to_come.pop(0))
        self._turn(now)
        is_refused = self.used >= self.quota
        self.used += not is_refused
        reset = max(0.0, self.start_of(self.window + 1) - now - self.late)
        return Moment(now, self.window, self.quota, max(0, self.quota - self.used), is_refused, reset)

    def headers(self, moment: Moment) -> dict[str, str]:
        return {
            "X-Rate-Limit-Time-Window-Ms": str(round(1000 * self.seconds)),
            "X-Rate-Limit-Time-Reset-Ms": str(self.rounding(1000 * moment.reset)),
            "X-Rate-Limit-Requests-Quota": str(moment.quota),
            "X-Rate-Limit-Requests-Left": str(moment.left),
        }

    def gone(self, since: float, now: float) -> int:
        """The shortfall of requests left at `now`, by others' doing, for those who knew the quota at `since`."""
        start = max(since, self.start_of(math.floor((now + self.phase) / self.seconds)))
        return sum(n for at, n in self.taken if start <= at <= now) + sum(
            n for at, n in self.shrunk if since <= at <= now
        )

    def _turn(self, now: float) -> None:
        window = math.floor((now + self.phase) / self.seconds)
        if window != self.window:
            self.window, self.used = window, 0

    def _happen(self, event: Outside) -> None:
        self._turn(event.at)
        if event.quota is not None:
            self.shrunk.append((event.at, max(0, self.quota - event.quota)))
            self.quota = event.quota
        takes = max(0, min(event.takes, self.quota - self.used))
        self.taken.append((event.at, takes))
        self.used += takes


@dataclass(eq=False)
class Sent:
    """One request of ours, from the first byte to what became of it."""

    at: float
    known: Moment | None  # the store's latest response that we had when we sent it
    counted: Moment | None = None
    ended: float = math.inf


Step = Generator[float, None, None]


class Timeline:
    """Workers as generators. They yield the seconds to sleep; a negative number is a wait that any change ends."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = 0
        self._due: list[tuple[float, int, Step]] = []
        self._plans: dict[Step, int] = {}  # the newest for each worker: older ones are void
        self._waiting: set[Step] = set()

    def clock(self) -> float:
        return self.now

    def changed(self) -> None:
        """Everybody who waits looks again."""
        for step in sorted(self._waiting, key=self._plans.__getitem__):
            self._plan(step, self.now)
        self._waiting.clear()

    def run(self, steps: Iterable[Step], until: float) -> None:
        """Lets the workers work to the end. Raises AssertionError when they have not come to it by `until`."""
        for step in steps:
            self._plan(step, self.now)
        while self._due:
            at, order, step = heapq.heappop(self._due)
            if self._plans[step] != order:
                continue  # was woken before
            self._waiting.discard(step)
            assert at <= until, f"not done after {until:.0f} s: somebody waits for what never comes, or for too long"
            self.now = max(self.now, at)
            self._go_on(step)

    def _go_on(self, step: Step) -> None:
        try:
            seconds = next(step)
        except StopIteration:
            return
        self._plan(step, self.now + abs(seconds))
        if seconds < 0:
            self._waiting.add(step)

    def _plan(self, step: Step, at: float) -> None:
        self._order += 1
        self._plans[step] = self._order
        heapq.heappush(self._due, (at, self._order, step))


def reply(store: StoreWindow, moment: Moment, has_headers: bool = True, status: int | None = None) -> requests.Response:
    """The response as a client receives it."""
    status = status or (429 if moment.is_refused else 200)
    return response(status, b"[]", store.headers(moment) if has_headers else {})

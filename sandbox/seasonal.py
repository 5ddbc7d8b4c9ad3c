"""When and by whom orders of a seasonal store are placed: it grows, sells most before Christmas, and has regulars.

Without this, orders are spread evenly over time and customers, which is what tests of syncs need.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import accumulate
from random import Random

from sandbox.dates import DAY

_MONTHS = (0.85, 0.8, 0.9, 0.95, 1.05, 0.95, 0.85, 0.9, 1.0, 1.1, 1.7, 1.95)
_GROWTH = 1.6  # within a period of `generate.SPREAD`
_FIRST_ORDERS = 0.42  # share of the orders of registered customers
_MEMORY = 0.22  # how far back the regulars reach, as a share of all orders so far


class Pace:
    """Maps moments that are spread evenly over a period to moments at the pace of the season."""

    def __init__(self, first: int, last: int) -> None:
        """The period, in Unix seconds."""
        starts = range(first, last, DAY)
        weights = (_MONTHS[_month(start)] * (1 + _GROWTH * n / len(starts)) for n, start in enumerate(starts))
        self._sums = list(accumulate(weights, initial=0.0))
        self._scale = self._sums[-1] / (last - first)

    def __call__(self, seconds: float) -> float:
        """Returns the seconds since the start of the period for those that would have passed at an even pace."""
        passed = min(max(seconds * self._scale, 0.0), self._sums[-1])
        day = min(bisect_right(self._sums, passed), len(self._sums) - 1) - 1
        return (day + (passed - self._sums[day]) / (self._sums[day + 1] - self._sums[day])) * DAY


class Buyers:
    """Chooses the customers of orders that are placed one after the other: newly registered ones and regulars."""

    def __init__(self, ids: Sequence[int], registered: Sequence[int], guests: float) -> None:
        """Customers in the order of their registration, its dates, and the share of the orders of guests."""
        self._ids = ids
        self._registered = registered
        self._guests = guests
        self._next = 0
        self._past = array("I")

    def __call__(self, rng: Random, at: int) -> int:
        """Returns the customer of the next order; 0 for a guest."""
        if rng.random() < self._guests:
            return 0
        is_waiting = self._next < len(self._ids) and self._registered[self._next] <= at
        if is_waiting and (not self._past or rng.random() < _FIRST_ORDERS):
            buyer = self._ids[self._next]
            self._next += 1
        elif self._past:
            back = int(rng.expovariate(1 / (_MEMORY * len(self._past))))
            buyer = self._past[-1 - min(back, len(self._past) - 1)]
        else:
            return 0
        self._past.append(buyer)
        return buyer


def _month(at: int) -> int:
    return datetime.fromtimestamp(at, timezone.utc).month - 1

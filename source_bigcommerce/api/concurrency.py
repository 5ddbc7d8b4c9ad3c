"""How many requests may be under way at a time: in the whole source, and at the endpoints that bound it."""

from __future__ import annotations

import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bound:
    """What BigCommerce documents for GET requests to an endpoint, in `source` among its OpenAPI files.

    It holds for all apps of a store together, so this one takes half of it.
    """

    pattern: str  # of the path below the store, with * for an id
    documented: int
    source: str

    @property
    def places(self) -> int:
        return max(1, self.documented // 2)


BOUNDS = (
    Bound("v2/customer_groups", 40, "customers.v2"),
    Bound("v3/catalog/categories", 40, "categories_catalog.v3"),
    Bound("v3/catalog/categories/*", 40, "categories_catalog.v3"),
    Bound("v3/catalog/trees/*/categories", 1, "category-trees_catalog.v3"),
    Bound("v3/inventory/locations", 50, "locations.v3"),
    Bound("v3/pricelists/*/records", 10, "price_lists.v3"),
    Bound("v3/pricelists/*/records/*", 40, "price_lists.v3"),
    Bound("v3/pricelists/*/records/*/*", 50, "price_lists.v3"),
    Bound("v3/promotions", 40, "promotions.v3"),
    Bound("v3/promotions/codes", 40, "promotions.v3"),
    Bound("v3/promotions/*", 40, "promotions.v3"),
    Bound("v3/promotions/*/codes", 10, "promotions.v3"),
)

_PATTERNS = [(re.compile(re.escape(bound.pattern).replace(r"\*", "[^/]+")), bound) for bound in BOUNDS]


def bound_of(endpoint: str) -> Bound | None:
    """The documented bound of an endpoint, given as a path below the store without its query; None for most."""
    return next((bound for pattern, bound in _PATTERNS if pattern.fullmatch(endpoint)), None)


@dataclass(eq=False)
class Ticket:
    """A request that has a place, or stands in the queue for one."""

    bound: Bound | None
    admitted: threading.Event = field(default_factory=threading.Event)


class Places:
    """A place for each request under way: one of `total` (None: without limit), and one of its endpoint's if bounded.

    Both are given at once, so that nobody occupies one while waiting for the other; the first in the queue for whom
    both are free is next.
    """

    def __init__(self, total: int | None = None) -> None:
        self._total = total
        self._taken = 0
        self._taken_at: Counter[Bound] = Counter()
        self._queue: deque[Ticket] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, endpoint: str) -> Iterator[None]:
        """Waits for a place, and keeps it until the block ends, however it ends."""
        ticket = self.enter(endpoint)
        try:
            ticket.admitted.wait()
            yield
        finally:
            self.leave(ticket)

    def enter(self, endpoint: str) -> Ticket:
        """Queues up without waiting; `admitted` is set once the request has its place."""
        ticket = Ticket(bound_of(endpoint))
        with self._lock:
            self._queue.append(ticket)
            self._admit()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Gives the place back, or leaves the queue."""
        with self._lock:
            if ticket.admitted.is_set():
                self._taken -= 1
                if ticket.bound:
                    self._taken_at[ticket.bound] -= 1
            else:
                self._queue.remove(ticket)
            self._admit()

    def _admit(self) -> None:
        for ticket in list(self._queue):
            if self._total is not None and self._taken >= self._total:
                return
            if ticket.bound is None or self._taken_at[ticket.bound] < ticket.bound.places:
                self._queue.remove(ticket)
                self._taken += 1
                if ticket.bound:
                    self._taken_at[ticket.bound] += 1
                ticket.admitted.set()

"""Limits on concurrent requests: one for the whole source, and those that BigCommerce documents for endpoints."""

from __future__ import annotations

import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EndpointLimit:
    """The documented limit of concurrent GET requests to an endpoint. `source` is BigCommerce's OpenAPI file.

    All apps of a store share it, so this one uses half.
    """

    pattern: str  # path below the store, with * for an id
    documented: int
    source: str

    @property
    def max_concurrent(self) -> int:
        """The number of concurrent requests that this connector sends."""
        return max(1, self.documented // 2)


ENDPOINT_LIMITS = (
    EndpointLimit("v2/customer_groups", 40, "customers.v2"),
    EndpointLimit("v3/catalog/categories", 40, "categories_catalog.v3"),
    EndpointLimit("v3/catalog/categories/*", 40, "categories_catalog.v3"),
    EndpointLimit("v3/catalog/trees/*/categories", 1, "category-trees_catalog.v3"),
    EndpointLimit("v3/inventory/locations", 50, "locations.v3"),
    EndpointLimit("v3/pricelists/*/records", 10, "price_lists.v3"),
    EndpointLimit("v3/pricelists/*/records/*", 40, "price_lists.v3"),
    EndpointLimit("v3/pricelists/*/records/*/*", 50, "price_lists.v3"),
    EndpointLimit("v3/promotions", 40, "promotions.v3"),
    EndpointLimit("v3/promotions/codes", 40, "promotions.v3"),
    EndpointLimit("v3/promotions/*", 40, "promotions.v3"),
    EndpointLimit("v3/promotions/*/codes", 10, "promotions.v3"),
)

_PATTERNS = [(re.compile(re.escape(limit.pattern).replace(r"\*", "[^/]+")), limit) for limit in ENDPOINT_LIMITS]


def limit_of_endpoint(endpoint: str) -> EndpointLimit | None:
    """Returns the documented limit of an endpoint, a path below the store without its query; None for most."""
    return next((limit for pattern, limit in _PATTERNS if pattern.fullmatch(endpoint)), None)


@dataclass(eq=False)
class Slot:
    """A request that was admitted or is in the queue."""

    limit: EndpointLimit | None
    admitted: threading.Event = field(default_factory=threading.Event)


class ConcurrencyLimiter:
    """Admits up to `total` requests at a time (None: no limit), and up to the limit of each endpoint.

    A request is admitted once both limits allow it, so that none occupies one while it waits for the other. The first
    such request in the queue is next.
    """

    def __init__(self, total: int | None = None) -> None:
        self._total = total
        self._taken = 0
        self._taken_at: Counter[EndpointLimit] = Counter()
        self._queue: deque[Slot] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def acquire(self, endpoint: str) -> Iterator[None]:
        """Waits until the request is admitted, and occupies its slot until the block ends."""
        slot = self.enter(endpoint)
        try:
            slot.admitted.wait()
            yield
        finally:
            self.leave(slot)

    def enter(self, endpoint: str) -> Slot:
        """Adds a request to the queue and returns at once; `admitted` is set once it is admitted."""
        slot = Slot(limit_of_endpoint(endpoint))
        with self._lock:
            self._queue.append(slot)
            self._admit()
        return slot

    def leave(self, slot: Slot) -> None:
        """Releases the slot, or removes it from the queue."""
        with self._lock:
            if slot.admitted.is_set():
                self._taken -= 1
                if slot.limit:
                    self._taken_at[slot.limit] -= 1
            else:
                self._queue.remove(slot)
            self._admit()

    def _admit(self) -> None:
        for slot in list(self._queue):
            if self._total is not None and self._taken >= self._total:
                return
            if slot.limit is None or self._taken_at[slot.limit] < slot.limit.max_concurrent:
                self._queue.remove(slot)
                self._taken += 1
                if slot.limit:
                    self._taken_at[slot.limit] += 1
                slot.admitted.set()

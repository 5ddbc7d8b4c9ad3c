"""The bounds of a probe: the number of its requests, and the time for which it waits for the rate limit."""

from __future__ import annotations

import math
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor

MOST_REQUESTS = 200
LONGEST_WAIT = 300.0  # seconds, all waits together


class RequestsSpent(BigCommerceError):
    """The probe has sent all of its requests."""

    def __init__(self) -> None:
        super().__init__(f"the probe's {MOST_REQUESTS} requests were used up before", FailureType.system_error)


class ProbeGovernor(RateLimitGovernor):
    """Keeps within the rate limit minus the reserve, and sends no more than MOST_REQUESTS, repeated ones included."""

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
        """Waits until one more request may be sent. Raises RequestsSpent, or the error that opened the breaker."""
        if self.usage.requests >= MOST_REQUESTS:
            raise RequestsSpent
        super().acquire_call(request, block, timeout)


class Patience:
    """Ends a probe that would wait for longer than LONGEST_WAIT. A listener of the governor."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker
        self._waited = 0.0

    def wait(self, seconds: float) -> None:
        """Called when a wait of so many seconds begins."""
        self._waited += seconds
        if self._waited > LONGEST_WAIT:
            self._breaker.open(
                BigCommerceError(
                    f"The store's rate limit is used up, by this probe or by other apps. It resets in "
                    f"{math.ceil(seconds)} seconds: start the probe again when the store is less busy.",
                    FailureType.transient_error,
                )
            )

    def wake(self) -> None:
        """Does nothing."""

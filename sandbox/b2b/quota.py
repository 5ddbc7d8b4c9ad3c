"""The quota of B2B Edition, over all integrations of a store.

Documented in BigCommerce's docs/b2b-edition: 150 requests in 60 seconds and three headers, but not their exact text.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from sandbox.quota import Quota


class B2BQuota(Quota):
    """A quota that reports itself in B2B Edition's headers."""

    def __init__(
        self, limit: int | None, window_ms: int, form: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`form` is one of `B2BVariant.rate_headers`."""
        super().__init__(limit, window_ms, clock=clock)
        self._seconds = window_ms / 1000
        self._form = form

    def headers(self) -> dict[str, str]:
        """The headers of every response."""
        if self._form == "absent":
            return {}
        with_units = self._form == "units"
        reset = math.ceil(self.reset_ms / 1000)
        return {
            "x-requests-allocated": f"{self.limit} times/{self._seconds:g} s" if with_units else str(self.limit),
            "x-requests-remaining": f"{self.left} times" if with_units else str(self.left),
            "x-request-window-resets-after": f"{reset} s" if with_units else str(reset),
        }

    def retry_after(self) -> dict[str, str]:
        """No header of a refusal is documented."""
        return {}

"""A check of the access token after one endpoint has refused it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class TokenCheck:
    """Distinguishes a refused access token from a single endpoint that returns 401.

    Stores have returned 401 at random, and for single endpoints, during incidents. `/v2/time` needs no OAuth scope, so
    a token that is refused there is refused everywhere; `request` requests it and returns True for a refusal. Safe to
    use from several threads, which share one request.
    """

    def __init__(self, request: Callable[[], bool]) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._checks = 0
        self._refused = False

    def is_refused(self) -> bool:
        """Returns True if `/v2/time` refuses the token. Sends a request, or waits for the one in flight."""
        before = self._checks
        with self._lock:
            if self._checks == before:
                self._refused = self._request()
                self._checks += 1
            return self._refused

"""A second opinion on an access token that one endpoint refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable


class TokenCheck:
    """Finds out whether the store refuses the access token itself, or only one endpoint does.

    Stores have answered 401 at random, and for single endpoints, during incidents; `/v2/time` needs no OAuth scope, so
    a token that is refused there is refused everywhere. `ask` returns whether it is. Safe to use from several threads:
    one request answers all that wait for it.
    """

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asked = 0
        self._refused = False

    def is_refused(self) -> bool:
        """Whether `/v2/time` refuses the token. Sends a request, or waits for the one under way."""
        before = self._asked
        with self._lock:
            if self._asked == before:
                self._refused = self._ask()
                self._asked += 1
            return self._refused

"""The request quota of a store and limits on concurrent requests.

Documented in BigCommerce's docs/api-docs/getting-started/api-rate-limits.mdx.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from threading import RLock

from sandbox.options import UNLIMITED_QUOTA

_PRESENCE = 1.5
"""Other apps come and go every one and a half windows, so that the quota also changes inside a window."""

UNANNOUNCED: Mapping[str, Callable[[float], float]] = {
    "start": lambda _: 1.0,
    "trickle": lambda passed: passed,
    "end": lambda passed: float(passed >= 0.9),
}
"""The share of their requests that other apps have made, by the share of the window that has passed."""


class Quota:
    """Counts requests per fixed window; once it is spent every request fails until the window ends.

    `other_apps` is the share that other apps take while they are present: the quota that a client sees
    shrinks and grows over time. `unannounced` is the share that other apps take of each window without the quota
    changing: only what is left falls, at the `start` of the window, as a `trickle`, or near its `end`.
    The quota runs on the machine's clock, not on the store's, which a test may move. Tests may look at it while the
    store counts.
    """

    def __init__(
        self,
        limit: int | None,
        window_ms: int,
        *,
        other_apps: float = 0.0,
        unannounced: float = 0.0,
        unannounced_when: str = "trickle",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if window_ms < 1:
            raise ValueError("the window of a quota lasts at least a millisecond")
        if unannounced_when not in UNANNOUNCED:
            raise ValueError(f"other apps come at one of {', '.join(UNANNOUNCED)}, not {unannounced_when!r}")
        self._limit = UNLIMITED_QUOTA if limit is None else limit
        self._window_ms = window_ms
        self._other_apps = other_apps
        self._unannounced = int(self._limit * unannounced)
        self._unannounced_by = UNANNOUNCED[unannounced_when]
        self._taken_by_others = 0
        self._clock = clock
        self._start = clock()
        self._window = 0
        self._used = 0
        self._lock = RLock()
        self.refused = 0

    def _elapsed_ms(self) -> float:
        with self._lock:
            elapsed = (self._clock() - self._start) * 1000
            window = int(elapsed // self._window_ms)
            if window != self._window:
                self._window, self._used, self._taken_by_others = window, 0, 0
            return elapsed

    def _let_others_take(self) -> None:
        """Requests of other apps since the last look; the store refuses them too when nothing is left."""
        passed = self._elapsed_ms() % self._window_ms / self._window_ms
        requested = int(self._unannounced * self._unannounced_by(passed))
        taken = min(requested - self._taken_by_others, max(0, self.limit - self._used))
        self._used += taken
        self._taken_by_others = requested

    @property
    def limit(self) -> int:
        """The part of the current window that this client may use."""
        present = int(self._elapsed_ms() / (self._window_ms * _PRESENCE)) % 2 == 1
        return int(self._limit * (1 - self._other_apps)) if present else self._limit

    @property
    def left(self) -> int:
        """Requests that this window still lets through."""
        with self._lock:
            self._let_others_take()
            return max(0, self.limit - self._used)

    @property
    def reset_ms(self) -> int:
        """Milliseconds until the window ends."""
        return max(1, math.ceil(self._window_ms - self._elapsed_ms() % self._window_ms))

    def take(self) -> bool:
        """Counts a request; False when it must be refused."""
        with self._lock:
            if self.left <= 0:
                self.refused += 1
                return False
            self._used += 1
            return True

    def headers(self) -> dict[str, str]:
        """The headers of every response."""
        return {
            "x-rate-limit-time-window-ms": str(self._window_ms),
            "x-rate-limit-time-reset-ms": str(self.reset_ms),
            "x-rate-limit-requests-quota": str(self.limit),
            "x-rate-limit-requests-left": str(self.left),
        }

    def retry_after(self) -> dict[str, str]:
        """The header of a refusal: whole seconds."""
        return {"x-retry-after": str(math.ceil(self.reset_ms / 1000))}


class Concurrency:
    """Requests under way per path, for endpoints with a limit; paths as globs."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = dict(limits)
        self._active: Counter[str] = Counter()
        self.refused = 0

    def check(self, paths: Iterable[str]) -> None:
        """Refuses a pattern that no path matches: it would bound nothing."""
        known = list(paths)
        for pattern in self._limits:
            if not any(fnmatchcase(path, pattern) for path in known):
                raise ValueError(f"no endpoint matches {pattern!r}")

    def enter(self, path: str) -> str | None:
        """Starts a request: the pattern to leave by ("" when none applies), None when there are too many."""
        for pattern, limit in self._limits.items():
            if fnmatchcase(path, pattern):
                if self._active[pattern] >= limit:
                    self.refused += 1
                    return None
                self._active[pattern] += 1
                return pattern
        return ""

    def leave(self, pattern: str) -> None:
        """Ends a request."""
        if pattern:
            self._active[pattern] -= 1

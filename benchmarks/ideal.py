"""The least time that a number of requests can take."""

from __future__ import annotations

import math
from collections.abc import Sequence


def without_quota(pages: int, latency: float, workers: int) -> float:
    """Seconds for pages that each take `latency`, with no worker ever idle."""
    return pages * latency / workers


def under_quota(
    requests: int, budgets: Sequence[int], *, first: float, length: float, latency: float, workers: int
) -> float:
    """Seconds from the start, with `first` of them left of the window under way.

    Each window lets through what its budget says, the last of `budgets` again and again from the beginning; the
    requests of the last window take only as long as they must.
    """
    seconds, window = 0.0, 0
    while requests > (budget := budgets[window % len(budgets)]):
        requests -= budget
        seconds += length if window else first
        window += 1
    return seconds + math.ceil(requests / workers) * latency

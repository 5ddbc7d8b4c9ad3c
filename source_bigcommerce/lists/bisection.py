"""Division of a time window into parts with few entries each, where the store counts the entries of any window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from source_bigcommerce.lists.slices import TimeWindow

Count = Callable[[TimeWindow], int | None]  # the number of entries in a window; None if the store does not report it

_SHORTEST = timedelta(minutes=1)


def bisected(window: TimeWindow, total: int, most: int, count: Count) -> Iterator[TimeWindow]:
    """Yields windows that tile a window with about `total` entries, oldest first, each as soon as its end is known.

    Each has at most about `most` entries, unless they are all of two minutes, or the store does not count them.
    """
    start = boundary = window.start
    inside = 0
    for end, entries in _parts(window, total, most, count):
        if inside and inside + entries > most:
            yield TimeWindow(start, boundary)
            start, inside = boundary, 0
        boundary, inside = end, inside + entries
    yield TimeWindow(start, window.end)


def _parts(window: TimeWindow, entries: int, most: int, count: Count) -> Iterator[tuple[datetime, int]]:
    """Yields the ends of the parts, and the number of entries in each."""
    half = (window.end - window.start) / 2
    older = TimeWindow(window.start, (window.start + half).replace(microsecond=0))
    counted = count(older) if entries > most and half > _SHORTEST else None
    if counted is None:
        yield window.end, entries
        return
    yield from _parts(older, counted, most, count)
    yield from _parts(TimeWindow(older.end, window.end), max(0, entries - counted), most, count)

"""Dates and ids of a generated store.

Creation runs over three years, roughly along the ids. Modification follows creation closely for most records
and lies anywhere after it for the rest, so that the two orders differ. Several bulk updates leave hundreds of
records with one and the same second, more than fit on a page. A few ids are missing, as after deletions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from random import Random

from sandbox.dates import DAY
from sandbox.table import Table

SPREAD = 3 * 365 * DAY
BULK_UPDATES = 4
BULK_SIZE = 700
_CLOSE = 3 * DAY
_GAP = 0.03


def fill(
    table: Table,
    count: int,
    *,
    seed: int,
    now: int,
    odd: int,
    owner: Callable[[Random, int], int] | None = None,
    pace: Callable[[float], float] = float,
) -> None:
    """Gives a table its rows; the first `odd` ids have no gaps, so that odd records keep their ids.

    `owner` returns the customer of a record made at a given second. `pace` maps seconds since the start of the period.
    """
    rng = Random(f"{seed}/{table.kind}/dates")
    first, last = period(now)
    step = SPREAD / max(count, 1)
    created, modified, owners = array("I"), array("I"), array("I")
    made = 0
    while made < count:
        if made >= odd and rng.random() < _GAP:
            created.append(0)
            modified.append(0)
            owners.append(0)
            continue
        made += 1
        at = min(int(first + pace(step * (made + rng.random() * 4 - 2))), last - 1)
        latest = min(last, at + _CLOSE) if rng.random() < 0.6 else last
        created.append(at)
        modified.append(at + int(rng.random() * max(latest - at, 1)))
        owners.append(owner(rng, at) if owner else 0)
    _bulk_updates(rng, created, modified, last)
    table.load(created, modified, owners)


def period(now: int) -> tuple[int, int]:
    """Returns the first and the last second of the generated data."""
    last = now - DAY
    return last - SPREAD, last


def _bulk_updates(rng: Random, created: array[int], modified: array[int], last: int) -> None:
    size = min(BULK_SIZE, len(modified) // 4)
    for n in range(BULK_UPDATES):
        second = last - SPREAD // BULK_UPDATES * n - rng.randrange(DAY)
        for row in rng.sample(range(len(modified)), size):
            if modified[row] and created[row] <= second:
                modified[row] = second

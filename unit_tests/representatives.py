"""Cases that a quick run takes out of many; the others are marked `exhaustive`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import pytest

# One stream for each kind of list.
ONE_OF_EACH_KIND = {
    "V2 by key": "orders",
    "V3 by key": "products",
    "V3 by key, below each channel": "channel_listings",
    "V3 by cursor": "customers",
    "V2 by page number": "blog_posts",
    "V3 by page number": "order_refunds",
    "maybe paginated": "order_pickups",
    "single page": "order_statuses",
    "single page of names": "blog_tags",
    "single object": "store",
    "for each channel": "order_settings",
    "for each parent": "transactions",
    "nested in another list": "order_products",
}


def representatives(
    cases: Iterable[Any], chosen: Collection[Any], key: Callable[[Any], Any] = lambda case: case
) -> list[Any]:
    """The cases as parameters of a test. Those whose key is not chosen are marked `exhaustive`.

    Raises ValueError for a choice that is no case.
    """
    found = list(cases)
    if unknown := set(chosen) - {key(case) for case in found}:
        raise ValueError(f"no such case: {unknown}")
    return [case if key(case) in chosen else _exhaustive(case) for case in found]


def in_turn(many: Iterable[Any], few: Sequence[Any]) -> list[Any]:
    """Each pair of values as parameters. A quick run takes one pair for each of the many, with the few in turn."""
    return [
        (one, other) if number % len(few) == place else _exhaustive((one, other))
        for number, one in enumerate(many)
        for place, other in enumerate(few)
    ]


def _exhaustive(case: Any) -> Any:
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.exhaustive)

"""What the rows of B2B Edition share: dates, channels, amounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.collection import Collection, Row, World
from sandbox.collections.forms import unix
from sandbox.collections.rows import rows
from sandbox.dates import DAY

Derive = Callable[[int, Row, World], Row]
"""What the n-th row holds in place of the fields of its template, which it is given."""

IO = "api/v3/io"
"""Where every path begins."""
_STEP = 30
"""Rows are made fewer than those of the store, and spread over the same years."""
_BULK = 9_000


def created(n: int, world: World) -> int:
    """The creation of the n-th row."""
    return world.at(n * _STEP)


def updated(n: int, world: World) -> int:
    """The modification of the n-th row: in another order than the creations, and some in one and the same second."""
    made = created(n, world)
    if n % 5 == 0:
        return max(made, world.at(_BULK))
    return made + (n * 7919 % 40) * DAY if n % 2 else made


def named(world: World, kind: str, key: Any, field: str = "name") -> str:
    """A name in another record; empty without that record."""
    return str(world.record(kind, key).get(field, ""))


def channel(n: int, world: World) -> Row:
    """Id and name of some channel."""
    key = world.pick("channels", n)
    return {"channelId": key, "channelName": named(world, "channels", key)}


def channel_list(n: int, world: World) -> list[Row]:
    """The channels of a person; none for some."""
    icon = "https://cdn.example.com/channels/bigcommerce.svg"
    return [{**channel(n, world), "iconUrl": icon}] if n % 4 else []


def amount(value: float) -> Row:
    """An amount of an invoice or payment: `{"code": "USD", "value": "349.5000"}`."""
    return {"code": "USD", "value": f"{value:.4f}"}


def declared(name: str, path: str, derive: Derive | None = None, **settings: Any) -> Collection:
    """A collection of B2B Edition whose rows are made from its template.

    `dates` are the fields with its creation and modification, `createdAt` and `updatedAt` unless others are named.
    """
    template = rows(name)
    dates = settings.pop("dates", {"createdAt": unix, "updatedAt": unix})

    def row(n: int, world: World) -> Row:
        made = template(n, world)
        made |= {field: (updated if "pdated" in field else created)(n, world) for field in dates}
        return {**made, **derive(n, made, world)} if derive else made

    return Collection(name, f"{IO}/{path}", None, row, dates=dates, newest_first=True, **settings)

"""The forms of dates, and what else the declarations of collections share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from sandbox import dates

DATED = frozenset({"id", "date_created", "date_modified"})
CHANNELS = (1, 667159, 667160, 667161)
"""The ids of the channels."""
OWNERS = (0, 1, 667159)
"""The owners of settings: the store (0) and two channels."""


def zulu(at: int) -> str:
    """`2021-05-07T14:54:51Z`."""
    return dates.iso_z(at).decode()


def offset(at: int) -> str:
    """`2018-08-24T14:41:00+00:00`."""
    return dates.iso_offset(at).decode()


def rfc(at: int) -> str:
    """`Wed, 05 Dec 2018 20:16:55 +0000`."""
    return dates.rfc2822(at).decode()


def fraction(at: int) -> str:
    """`2022-08-12T04:15:19.150539Z`, always of a whole second here."""
    return f"{_utc(at):%Y-%m-%dT%H:%M:%S}.000000Z"


def plain(at: int) -> str:
    """`2023-07-17 06:30:41`."""
    return f"{_utc(at):%Y-%m-%d %H:%M:%S}"


def spaced(at: int) -> str:
    """`2018-05-07 20:14:17+00:00`."""
    return f"{plain(at)}+00:00"


def unix(at: int) -> int:
    """`1529512970`."""
    return at


def unix_text(at: int) -> str:
    """`"1672670738"`."""
    return str(at)


WRITERS: dict[str, Callable[[int], Any]] = {
    write.__name__: write for write in (zulu, offset, rfc, fraction, plain, spaced, unix, unix_text)
}
"""The forms of dates by name."""


def uuid(kind: int, n: int) -> str:
    """A unique id, the same each time."""
    return f"{kind:08x}-0000-4000-8000-{n:012x}"


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)

"""Dates as the two API versions write and read them (docs/bigcommerce-oddities.md, "Dates")."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

DAY = 86400

_WEEKDAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # 1970-01-01 was a Thursday
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?"
)
_UNIX = re.compile(r"\d{9,10}")


_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:".encode() for minute in range(1440)]
_SECONDS = [f"{second:02d}".encode() for second in range(60)]


@lru_cache(maxsize=8192)
def _day(number: int) -> tuple[bytes, bytes]:
    date = datetime.fromtimestamp(number * DAY, timezone.utc)
    rfc = f"{_WEEKDAYS[number % 7]}, {date.day:02d} {_MONTHS[date.month - 1]} {date.year} "
    return rfc.encode(), date.strftime("%Y-%m-%dT").encode()


def rfc2822(seconds: int) -> bytes:
    """The form of V2: `Wed, 05 Dec 2018 20:16:55 +0000`, always UTC."""
    day, rest = divmod(seconds, DAY)
    return b"%b%b%b +0000" % (_day(day)[0], _MINUTES[rest // 60], _SECONDS[rest % 60])


def iso_z(seconds: int) -> bytes:
    """One form of V3: `2021-05-07T14:54:51Z` (customers)."""
    day, rest = divmod(seconds, DAY)
    return b"%b%b%bZ" % (_day(day)[1], _MINUTES[rest // 60], _SECONDS[rest % 60])


def iso_offset(seconds: int) -> bytes:
    """The other form of V3: `2018-08-24T14:41:00+00:00` (catalog)."""
    day, rest = divmod(seconds, DAY)
    return b"%b%b%b+00:00" % (_day(day)[1], _MINUTES[rest // 60], _SECONDS[rest % 60])


def is_date_only(text: str) -> bool:
    """True for a filter value without a time of day."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def parse_iso(text: str) -> float:
    """Seconds of an ISO-8601 value; UTC where no zone is given. Raises ValueError.

    A `+` that was not encoded arrives as a space and makes the value invalid (bigcommerce/api#121).
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        raise ValueError(f"not an ISO-8601 date: {text!r}")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        tzinfo=timezone.utc,
    )
    offset = timedelta()
    if zone and zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (-1 if zone[0] == "-" else 1)
    return (moment - offset).timestamp() + float(fraction or 0)


def parse_v2(text: str) -> float:
    """Seconds of a V2 filter value: RFC-2822 or ISO-8601. Raises ValueError."""
    if text[:1].isalpha():
        if not re.search(r" [+-]\d{4}$| (?:GMT|UTC|UT|Z)$", text):
            raise ValueError(f"not an RFC-2822 date: {text!r}")
        try:
            moment = parsedate_to_datetime(text)
        except (TypeError, IndexError) as error:
            raise ValueError(f"not an RFC-2822 date: {text!r}") from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    return parse_iso(text)


def parse_v3(text: str) -> float:
    """Seconds of a V3 filter value: ISO-8601 or a Unix timestamp. Raises ValueError."""
    return float(text) if _UNIX.fullmatch(text) else parse_iso(text)

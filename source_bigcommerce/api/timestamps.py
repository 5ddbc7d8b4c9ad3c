"""BigCommerce's timestamps in all of their formats: see "Dates" in docs/bigcommerce-oddities.md."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)
# The form of V2, which the standard library parses slowly.
_RFC_2822 = re.compile(r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d) \+0000", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Unix time in seconds or, from the year 2001 on, in milliseconds. Fewer digits could be a year or a day.
_UNIX = re.compile(r"-?\d{9,13}", re.ASCII)
_MILLISECONDS = 10**12
# A zone after a time of day, as a name or an offset, without a comment.
_ZONED = re.compile(r"(.*\d:\d\d(?:\.\d+)?)\s*([A-Za-z+-][^(]*?)\s*(?:\(.*)?", re.ASCII)
_AROUND = " \t\r\n\"'"  # one of BigCommerce's examples has an extra quotation mark
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)", re.ASCII)
# Values that BigCommerce, which uses PHP, returns for a date that is not set.
_NO_DATE = re.compile(r"0|0000-00-00.*|-0001-11-30.*|.* -0001 .*", re.ASCII)
# Accepted zone names: those of RFC 2822, and those with a single offset in the tz database since 2009. For example,
# IST (India, Ireland, Israel) and MSK (whose offset changed) are excluded.
_ZONES = {
    name: offset
    for offset, names in {
        "+0000": "GMT UT UTC WET Z",
        "+0100": "BST CET MET WAT WEST",
        "+0200": "CAT CEST EET MEST SAST",
        "+0300": "EAT EEST IDT",
        "+0500": "PKT",
        "+0700": "WIB",
        "+0800": "AWST HKT WITA",
        "+0900": "AWDT JST WIT",
        "+0930": "ACST",
        "+1000": "AEST CHST",
        "+1030": "ACDT",
        "+1100": "AEDT",
        "+1200": "NZST",
        "+1300": "NZDT",
        "-0230": "NDT",
        "-0300": "ADT",
        "-0330": "NST",
        "-0400": "AST EDT",
        "-0500": "CDT EST",
        "-0600": "CST MDT",
        "-0700": "MST PDT",
        "-0800": "AKDT PST",
        "-0900": "AKST HDT",
        "-1000": "HST",
    }.items()
    for name in names.split()
}


@lru_cache(maxsize=8192)
def parse_timestamp(value: str | int) -> datetime | None:
    """Returns a timestamp in any of BigCommerce's formats as a datetime in UTC; None for a date that is not set.

    A value without a zone is UTC. Raises ValueError for any other value, such as one with an ambiguous zone.
    """
    text = str(value).strip(_AROUND)
    if not text or _NO_DATE.fullmatch(text):
        return None
    try:
        if match := _RFC_2822.fullmatch(text):
            day, month, year, hour, minute, second = match.groups()
            return datetime(
                int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc
            )
        if match := _ISO.fullmatch(text):
            day, time, fraction, zone = match.groups()
            zone = "+00:00" if zone in (None, "Z", "z") else zone
            zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            fraction = f".{fraction:0<6.6}" if fraction else ""
            parsed = datetime.fromisoformat(f"{day}T{time or '00:00:00'}{fraction}{zone}")
        elif _UNIX.fullmatch(text):
            seconds = int(text)
            return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds, timezone.utc)
        elif "/" in text:
            parsed = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=timezone.utc)
        elif (match := _ZONED.fullmatch(text)) and not _OFFSET.fullmatch(match[2]):
            return parse_timestamp(f"{match[1]} {_ZONES[match[2].upper()]}")
        else:
            parsed = parsedate_to_datetime(f"{match[1]} {match[2].replace(':', '')}" if match else text)
            parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        return parsed.astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError, LookupError):
        raise ValueError(f"'{text}' is not a date in any format that BigCommerce uses") from None


def format_timestamp(instant: datetime) -> str:
    """Returns the instant as ISO-8601 UTC with `Z`, with a fraction only if it is not zero."""
    if instant.tzinfo is not timezone.utc:
        instant = instant.astimezone(timezone.utc)
    return instant.replace(tzinfo=None).isoformat() + "Z"

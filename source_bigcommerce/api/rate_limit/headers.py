"""Rate-limit headers of responses: their names and units differ between BigCommerce's APIs.

Sources: docs/api-docs/getting-started/api-rate-limits for the API of the store, docs/b2b-edition/docs/about for that of
B2B Edition, whose values contain units (`150 times/60 s`). The exact text of these is not documented.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests

from source_bigcommerce.api.rate_limit.window import USUAL_WINDOW, RateLimitHeaders

LONGEST_WAIT = 3600.0  # seconds; a reset further away is a mistake
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)\s*([a-z]*)", re.ASCII | re.IGNORECASE)
_UNITS = {"ms": 0.001, "milli": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}  # seconds, by the beginning of the word


@dataclass(frozen=True)
class HeaderNames:
    """The headers of one API. A time without a unit is in units of `unit` seconds; a reset without one is at most
    `longest_bare_reset` seconds away, where the unit is not documented.

    Where `window` is "", the length of the window follows the quota in its header, after a slash; it is `usual_window`
    seconds if it is not reported.
    """

    quota: str
    left: str
    reset: str
    window: str = ""
    unit: float = 1.0
    usual_window: float = USUAL_WINDOW
    longest_bare_reset: float = LONGEST_WAIT

    def read(self, response: requests.Response) -> RateLimitHeaders | None:
        """Returns the rate limit that a response reports; None if the quota, the requests left or the reset is
        missing."""
        reset = self.seconds_to_reset(response)
        quota, left = _number(response, self.quota), _number(response, self.left)
        if quota is None or quota < 1 or left is None or reset is None:
            return None
        window = self._window(response) or 0
        return RateLimitHeaders(int(quota), left, reset, min(window if window > 0 else self.usual_window, LONGEST_WAIT))

    def seconds_to_reset(self, response: requests.Response) -> float | None:
        """Returns the seconds from the response to the end of the window; None if it does not report them."""
        text = response.headers.get(self.reset, "")
        reset = self._seconds(text)
        longest = LONGEST_WAIT if _unit_of(text) else self.longest_bare_reset
        return None if reset is None else min(max(reset, 0.0), longest)

    def _window(self, response: requests.Response) -> float | None:
        text = response.headers.get(self.window or self.quota, "")
        return self._seconds(text if self.window else text.partition("/")[2])

    def _seconds(self, text: str) -> float | None:
        number = _parse(text)
        if number is None:
            return None
        word = _unit_of(text)
        unit = next((seconds for name, seconds in _UNITS.items() if word and word.startswith(name)), self.unit)
        return number * unit


STORE_HEADERS = HeaderNames(
    "X-Rate-Limit-Requests-Quota",
    "X-Rate-Limit-Requests-Left",
    "X-Rate-Limit-Time-Reset-Ms",
    "X-Rate-Limit-Time-Window-Ms",
    unit=0.001,
)
B2B_HEADERS = HeaderNames(
    "X-Requests-Allocated",
    "X-Requests-Remaining",
    "X-Request-Window-Resets-After",
    usual_window=60.0,
    longest_bare_reset=2 * 60.0,  # it may be in milliseconds
)


def _unit_of(text: str) -> str:
    """Returns the word after the number, in small letters; "" without one."""
    found = _AMOUNT.search(text)
    return found[2].lower() if found else ""


def retry_after(response: requests.Response) -> float:
    """Returns the seconds from the response until a request may be sent again; 0 if it does not report them.

    BigCommerce has a header of its own; gateways send the standard one, with seconds or a date of the server's clock.
    """
    seconds = _number(response, "X-Retry-After") or 0, _number(response, "Retry-After") or _until_date(response)
    return min(max(*seconds, 0), LONGEST_WAIT)


def _until_date(response: requests.Response) -> float:
    try:
        until, now = (parsedate_to_datetime(response.headers[header]) for header in ("Retry-After", "Date"))
        return (until - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return 0


def _number(response: requests.Response, header: str) -> float | None:
    return _parse(response.headers.get(header, ""))


def _parse(text: str) -> float | None:
    """Returns the number at the beginning of a text that is nothing else, or that continues with a unit."""
    try:
        value = float(text)
    except ValueError:
        found = _AMOUNT.match(text.strip())
        if found is None or not found[2]:
            return None
        value = float(found[1])
    return value if math.isfinite(value) else None

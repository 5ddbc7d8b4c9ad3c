"""Rate-limit headers of responses. Source: docs/api-docs/getting-started/api-rate-limits."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime

import requests

from source_bigcommerce.api.rate_limit.window import USUAL_WINDOW, RateLimitHeaders

LONGEST_WAIT = 3600.0  # seconds; a reset further away is a mistake


def headers_of(response: requests.Response) -> RateLimitHeaders | None:
    """Returns the rate limit that a response reports; None if the quota, the requests left or the reset is missing."""
    reset = seconds_to_reset(response)
    quota = _number(response, "X-Rate-Limit-Requests-Quota")
    left = _number(response, "X-Rate-Limit-Requests-Left")
    if quota is None or quota < 1 or left is None or reset is None:
        return None
    window = _number(response, "X-Rate-Limit-Time-Window-Ms") or 0
    return RateLimitHeaders(int(quota), left, reset, min(window / 1000 if window > 0 else USUAL_WINDOW, LONGEST_WAIT))


def seconds_to_reset(response: requests.Response) -> float | None:
    """Returns the seconds from the response to the end of the window; None if it does not report them."""
    reset = _number(response, "X-Rate-Limit-Time-Reset-Ms")
    return None if reset is None else min(max(reset, 0.0) / 1000, LONGEST_WAIT)


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
    try:
        value = float(response.headers[header])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None

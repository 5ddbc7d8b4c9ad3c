"""Documented numbers of requests in a time, which hold whatever a response reports.

B2B Edition documents 150 requests a minute, and fewer for some endpoints; it is not documented when its minutes begin,
nor that its headers are always present. No interval of that length therefore contains more requests of this connector.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from source_bigcommerce.api.rate_limit.headers import B2B_HEADERS, STORE_HEADERS, HeaderNames


@dataclass(frozen=True)
class DocumentedRate:
    """The documented number of requests in so many seconds, to the endpoints that match `pattern`: a path below the
    API, with * for an id."""

    requests: int
    seconds: float
    pattern: str = ""

    def applies_to(self, endpoint: str) -> bool:
        """Returns True for an endpoint that the rate limits; the one without a pattern limits all of them."""
        return not self.pattern or bool(re.fullmatch(re.escape(self.pattern).replace(r"\*", "[^/]+"), endpoint))


@dataclass(frozen=True)
class ApiQuota:
    """The headers in which an API reports its quota, and the rates that it documents. `owner` is for messages."""

    headers: HeaderNames
    rates: tuple[DocumentedRate, ...] = ()
    owner: str = "The store's"


STORE_QUOTA = ApiQuota(STORE_HEADERS)  # the quota depends on the plan, and every response reports it
# Sources: docs/b2b-edition (rate limits); company.yaml for the single endpoint.
B2B_QUOTA = ApiQuota(
    B2B_HEADERS,
    (DocumentedRate(150, 60.0), DocumentedRate(15, 60.0, "b2b/companies/*/hierarchy")),
    owner="B2B Edition's",
)


class Pace:
    """The requests that were sent under documented rates. `reserve` is the share of each that is not used."""

    def __init__(self, rates: Iterable[DocumentedRate], reserve: float) -> None:
        self._sent = {rate: deque[float](maxlen=max(1, int(rate.requests * (1 - reserve)))) for rate in rates}

    def wait(self, endpoint: str, now: float) -> float:
        """Returns the seconds until a request to the endpoint may be sent (0: now)."""
        return max((sent[0] + seconds - now for seconds, sent in self._full(endpoint)), default=0.0)

    def send(self, endpoint: str, now: float) -> None:
        """Records a request that is sent now."""
        for rate, sent in self._sent.items():
            if rate.applies_to(endpoint):
                sent.append(now)

    def _full(self, endpoint: str) -> Iterator[tuple[float, deque[float]]]:
        for rate, sent in self._sent.items():
            if rate.applies_to(endpoint) and len(sent) == sent.maxlen:
                yield rate.seconds, sent

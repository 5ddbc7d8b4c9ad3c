"""Failures on demand: any status, a reset, half a body, HTML, silence, a lie, on the n-th request to a path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

KINDS = (
    "status",
    "reset",
    "truncate",
    "break",
    "cut gzip",
    "html",
    "stall",
    "redirect",
    "empty",
    "edit",
    "deaf",
    "when",
)

Edit = Callable[[Any, Mapping[str, str]], Any]
"""From the decoded body of a response and the requested parameters to another body: bytes, or anything for JSON."""

When = Callable[[Any, Mapping[str, str]], bool]
"""Of the decoded body of a response and the requested parameters: whether the request fails."""


def rows_of(body: Any) -> list[Any]:
    """The rows of a list, in an envelope or bare; those of quotes are in a list inside `data`."""
    rows = body.get("data") if isinstance(body, dict) else body
    rows = rows.get("list") if isinstance(rows, dict) else rows
    return rows if isinstance(rows, list) else []


def holding(*keys: Any, field: str = "id") -> When:
    """For a list that fails whenever it would hold one of these records."""
    return lambda body, _: any(row.get(field) in keys for row in rows_of(body))


def longer_than(rows: int) -> When:
    """For a list that fails whenever it would hold more rows."""
    return lambda body, _: len(rows_of(body)) > rows


@dataclass
class Fault:
    """A failure for the n-th to (n + times - 1)-th request that matches; `seen` counts the matching ones.

    `pattern` is a glob over the path below the store (`v2/orders`, `v2/orders/*/products`), or over path and
    query when it holds a `?`. One that `spreads` meets every request from the first on that it has struck, as a token
    that is revoked does.
    """

    pattern: str
    nth: int = 1
    times: int = 1
    kind: str = "status"
    status: int = 500
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    rate_headers: bool = True
    seconds: float = 60.0
    edit: Edit | None = None
    ignored: Collection[str] = ()
    spreads: bool = False
    when: When | None = None
    seen: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if (self.kind == "edit") != (self.edit is not None):
            raise ValueError("the kind 'edit' needs the function edit, and no other has one")
        if (self.kind == "when") != (self.when is not None):
            raise ValueError("the kind 'when' needs the function when, and no other has one")
        self.pattern = self.pattern.lstrip("/")
        self.headers = {name.lower(): value for name, value in self.headers.items()}  # to replace the usual ones

    def strikes(self, path: str, query: str) -> bool:
        """Counts a request and says whether it fails."""
        target = f"{path}?{query}" if "?" in self.pattern else path
        if not fnmatchcase(target, self.pattern):
            return self.spreads and self.seen >= self.nth
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Faults:
    """The failures that a test has set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Adds a failure; the first that strikes wins."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forgets all failures."""
        self._faults.clear()

    def for_request(self, path: str, query: str) -> Fault | None:
        """The failure that this request meets; every matching one counts it."""
        striking = [fault for fault in tuple(self._faults) if fault.strikes(path, query)]
        return striking[0] if striking else None

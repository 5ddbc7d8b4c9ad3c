"""An endpoint: a path, the scope it needs, the parameters it knows, and a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.query import Query
from sandbox.responses import NOT_FOUND, ApiResponse, Problem
from sandbox.store import Store
from sandbox.table import DateForm, Table
from sandbox.templates import Body, Template
from sandbox.variants import ApiVariant

PAGE_PARAMETERS = frozenset({"page", "limit"})


@dataclass(frozen=True)
class Call:
    """One request, as an endpoint sees it."""

    store: Store
    query: Query
    path: dict[str, Any]

    @property
    def api_variant(self) -> ApiVariant:
        """The behaviour of the store where the documentation is silent."""
        return self.store.api_variant


@dataclass(frozen=True)
class Endpoint:
    """A path below `/stores/{hash}/`, with `{name:int}` for ids. Of several scopes one is enough.

    `parameters` is None where unknown ones are ignored: V2 refuses them, V3 does not look at them. `lists`
    names the kind of record that a page of this endpoint shows, if any.
    """

    path: str
    scope: str | frozenset[str] | None
    respond: Callable[[Call], ApiResponse]
    parameters: frozenset[str] | None = None
    lists: str | None = None

    @property
    def version(self) -> str:
        """`v2` or `v3`."""
        return self.path[:2]

    def open_to(self, scopes: frozenset[str]) -> bool:
        """True when a token with these scopes may call it."""
        if self.scope is None:
            return True
        return not scopes.isdisjoint({self.scope} if isinstance(self.scope, str) else self.scope)


def existing(table: Table, id_: int) -> Body:
    """The body of a record that a path names; 404 when there is none."""
    if id_ not in table:
        raise Problem(404, NOT_FOUND)
    return table.body(id_)


def rendered(table: Table, ids: list[int], date: DateForm, view: Callable[[int, Body], Template]) -> list[bytes]:
    """The rows of a page, as pieces of JSON with the commas between."""
    pieces: list[bytes] = []
    for id_ in ids:
        if pieces:
            pieces.append(b",")
        view(id_, table.body(id_)).fill(table.stamp(id_, date), pieces)
    return pieces

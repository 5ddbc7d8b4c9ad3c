"""An endpoint of B2B Edition, and one request to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.b2b.responses import B2BProblem, Wrong
from sandbox.b2b.variants import B2BVariant
from sandbox.collection import Row
from sandbox.query import Query
from sandbox.responses import ApiResponse
from sandbox.shelf import Shelf
from sandbox.store import Store


@dataclass(frozen=True)
class Call:
    """One request, as an endpoint sees it."""

    store: Store
    query: Query
    path: dict[str, Any]

    @property
    def variant(self) -> B2BVariant:
        """The behaviour of B2B Edition where its documentation is silent."""
        return self.store.options.b2b_variant

    def shelf(self, kind: str) -> Shelf:
        """The rows of a collection."""
        return self.store.collections[kind]

    def rows(self, kind: str) -> list[Row]:
        """The rows of a collection whose parent is there."""
        return self.shelf(kind).rows()

    def company(self, form: Wrong = Wrong.META) -> Row:
        """The company that the path names. Raises B2BProblem without one."""
        key = self.path["companyId"]
        found = next((row for row in self.rows("companies") if row["companyId"] == key), None)
        if found is None:
            message = "Company does not exist." if form is Wrong.TITLE else "This resource is not found."
            raise B2BProblem(404, message, form=form)
        return found


@dataclass(frozen=True)
class Endpoint:
    """A path below `/api/v3/io/`, with `{name:int}` for ids.

    `lists` is the collection that a page of it shows, if any. A `slow` one has a quota of its own in addition.
    """

    path: str
    respond: Callable[[Call], ApiResponse]
    lists: str | None = None
    slow: bool = False

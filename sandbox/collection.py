"""A small collection of the store, declared in a few lines: where it is, in what shape it comes, what its rows are.

Rows are plain dictionaries. Dates in them are seconds, written as `dates` says; what begins with `_` is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

Row = dict[str, Any]
Scope = str | frozenset[str] | None


_MODIFIED = ("date_modified", "updated_at", "last_updated", "updatedAt", "_updatedAt")
_CREATED = ("date_created", "created_at", "created", "purchase_date", "createdAt", "_createdAt")


def inside(row: Row, path: str) -> Any:
    """The value of a field, or of one inside another: `identity.sku`; of each object in a list: `locations.id`."""
    value: Any = row
    for part in path.split("."):
        if isinstance(value, list):
            value = [one[part] for one in value if part in one] or None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


class World(Protocol):
    """The other records of the store, for relations that hold."""

    def at(self, n: int) -> int:
        """Some second before the store's present, later for larger `n`."""

    def pick(self, kind: str, n: int) -> Any:
        """The key of some record of a kind, the same for the same `n`."""

    def own(self, kind: str, owners: str) -> Any:
        """The key of a record of a kind that no other row of the collections `owners` has; 0 where there is none.

        Once the store runs, a record is made when all are taken.
        """

    def record(self, kind: str, key: Any) -> Mapping[str, Any]:
        """The content of a record, its own dates in seconds; empty where there is none."""

    def rows(self, kind: str) -> list[Row]:
        """The rows of a collection."""


@dataclass(frozen=True)
class ByChannel:
    """A query parameter that selects rows by channel: by one, or by some with commas between, unless `takes_one`.

    `field` holds the id of a row's channel, a list of them, or of objects that have one. A row that names none is not
    found, unless `none_is_all`.
    """

    parameter: str
    field: str
    takes_one: bool = False
    none_is_all: bool = False

    def passes(self, row: Row, wanted: tuple[int, ...]) -> bool:
        """True when a row belongs to one of these channels."""
        named = inside(row, self.field)
        ids = [one["id"] if isinstance(one, dict) else one for one in (named if isinstance(named, list) else [named])]
        return any(one in wanted for one in ids) or (not ids and self.none_is_all)


class Shape(Enum):
    """The form of a response and its pagination."""

    V2 = auto()  # a bare array by page number; 204 or [] for none
    V2_WHOLE = auto()  # a bare array, all of it
    V2_TAGS = auto()  # the same with an array around it
    OFFSET = auto()  # `data` and `meta.pagination`, by page number
    CURSOR = auto()  # the same, and `meta.cursor_pagination`, by opaque cursors
    LISTING = auto()  # `data`, continued `after` the last key
    DATA = auto()  # `data` with an empty `meta`, all of it
    BARE = auto()  # the same without an envelope
    OBJECT = auto()  # one object under `data`
    BARE_OBJECT = auto()  # one object


@dataclass(frozen=True)
class Collection:
    """One kind of record.

    `path` is below the store, with `{parent}` for the key of a record of the collection `parent`, which rows name in
    `parent_field`; `chosen_by` is a query parameter instead that chooses the rows with that `parent_field`, 0 when it
    is absent. `row` makes the n-th row, from 1. `filters` are the fields that can be filtered by, with any operator,
    those inside another as `identity.sku`, which requests name `sku`; a V2 endpoint refuses every other parameter,
    and takes `min_id` and `max_id` when it can be filtered by `id`. Fields in `included` are shown when `include`
    names them. `sorts` are the fields that a V2 list can be sorted by; V3 takes any. `order` is the field by which
    rows come unless a request sorts them, with `-` the largest first.
    """

    name: str
    path: str
    scope: Scope
    row: Callable[[int, World], Row]
    shape: Shape = Shape.OFFSET
    key: tuple[str, ...] = ("id",)
    size: int = 12
    grows: bool = True  # whether options may set the number of rows, and live mode adds some
    dates: Mapping[str, Callable[[int], Any]] = field(default_factory=dict)
    filters: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)  # filters by another name than that of their field
    by_channel: ByChannel | None = None
    included: frozenset[str] = frozenset()
    parent: str | None = None
    parent_field: str = ""
    chosen_by: str = ""
    most: int = 250  # rows to a page
    default: int = 50
    spelling: Mapping[str, str] = field(default_factory=dict)  # of members of `meta.pagination`
    sorts: frozenset[str] = frozenset()
    order: str = ""
    counted: bool = False  # whether `count` below the path returns the number of rows that pass the filters
    needs: str = ""  # a parameter without which the endpoint returns 422
    also_at: str = ""  # another path, for one row chosen by a parameter of it
    also_needs: Callable[[Row], str] | None = None  # the scope without which a token is not shown a row; "" for none
    newest_first: bool = False  # the list usually comes in that order: live mode makes rows at its front
    text: str = ""  # the field that an edit in live mode changes, of those that have none of the usual names

    @property
    def modified(self) -> str | None:
        """The field that an edit moves, if there is one."""
        return next((name for name in _MODIFIED if name in self.dates), None)

    @property
    def created(self) -> str | None:
        """The field that says when a row was made, if there is one."""
        return next((name for name in _CREATED if name in self.dates), None)

    @property
    def filter_names(self) -> dict[str, str]:
        """The fields that can be filtered by, by the name that requests use."""
        return {path.rpartition(".")[2]: path for path in self.filters}

    @property
    def is_v2(self) -> bool:
        """True for a collection of the older API."""
        return self.path.startswith("v2/")

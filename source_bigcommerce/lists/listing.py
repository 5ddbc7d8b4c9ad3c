"""The declaration of a list: its endpoint, parameters, pagination and filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from source_bigcommerce.api.normalization import to_json
from source_bigcommerce.api.pagination import Pagination, Params, Record
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.embedded import EmbeddedList


def by_fields(*fields: str) -> Callable[[Record], Any]:
    """Returns a function for the identity of an entry: the values of these fields, or its content if one is empty.

    The function raises BigCommerceError if the content is nested too deeply.
    """

    def identity(entry: Record) -> Any:
        key = tuple(entry.get(name) for name in fields)
        return to_json(entry) if None in key else tuple(map(str, key))

    return identity


def _any_entry(entry: Record) -> bool:
    return True


@dataclass(frozen=True)
class DateFilter:
    """The query parameters that select entries by a date field, and those that sort by it if the endpoint supports it.

    `maximum` is "" if none is documented. `timestamps_are_utc` is False if dates without a zone may be in another one.
    `is_immutable` marks a date that no edit changes. `takes_unix_time` is True for bounds in Unix seconds instead of
    ISO-8601. `is_returned` is False if the entries do not contain the date: their records carry that of the sync.
    """

    minimum: str
    maximum: str
    newest_first: Params | None = None
    field: str = "date_modified"
    timestamps_are_utc: bool = True
    is_immutable: bool = False
    takes_unix_time: bool = False
    is_returned: bool = True


MODIFIED = DateFilter("date_modified:min", "date_modified:max")


@dataclass(frozen=True, eq=False)
class Listing:
    """One list of BigCommerce's API. Streams that declare the same object are made from one reading of it.

    `embedded` are lists in the entries; `separable` are further values of `include` that can be read from an endpoint
    of their own. `count_endpoint` returns the length of a list whose pages do not. `sequence_field` numbers the
    entries in the order in which they are created. `pages_per_slice` come in addition to the sample of a slice. With
    `slices_by_count`, slices have no sample: the store counts the entries of a period, and the slices are read one by
    one. This is for entries that each take a request of a small quota.
    `finds_by_id` is True if single entries can be requested by their ids, for most lists by the filter `id:in`.
    `record_endpoint` is that of a single entry, with its `{id}`, for lists without such a filter.
    `reader` and `enricher` are classes for lists that need their own.
    """

    endpoint: str
    scope: Scope
    pagination: Pagination
    params: Params = field(default_factory=dict)
    date_filter: DateFilter | None = None
    channel_filter: ChannelFilter | None = None
    ignores_start_date: bool = False
    embedded: tuple[EmbeddedList, ...] = ()
    separable: frozenset[str] = frozenset()
    count_endpoint: str | None = None
    parents: Parents | None = None
    identity: Callable[[Record], Any] = by_fields("id")
    sequence_field: str = "id"
    pages_per_slice: int = 10
    slices_by_count: bool = False
    finds_by_id: bool = False
    record_endpoint: str = ""
    reader: Callable[..., Any] | None = None
    enricher: Callable[..., Any] | None = None

    @property
    def depends_on_channels(self) -> bool:
        """True when the chosen channels decide which entries are read."""
        return self.channel_filter is not None or (
            self.parents is not None and self.parents.listing.depends_on_channels
        )

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The OAuth scopes that reading the list requires."""
        return (*(self.parents.listing.scopes if self.parents else ()), self.scope)


@dataclass(frozen=True)
class Parents:
    """The few records that each have a list of their own: their stream's name, their list, their key.

    `{id}` in the endpoint of the children's list is the parent's `key`, or `parameter` selects its children, and
    `child_field` of a child names it. Parents for which `has_children` is False are skipped; a 404 is no error if
    `absent_means_empty`.
    """

    name: str
    listing: Listing
    child_field: str
    key: str = "id"
    has_children: Callable[[Record], bool] = _any_entry
    absent_means_empty: bool = False
    parameter: str = ""


@dataclass(frozen=True)
class ChannelParents(Parents):
    """The store itself, as channel 0, and its channels.

    A channel's list is at `channel_endpoint`, or selected by the parameter `channel_id` where that is "".
    """

    channel_endpoint: str = ""
    includes_store: bool = True

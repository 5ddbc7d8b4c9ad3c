"""Reading of one list during one sync."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import Store, path_for_parent
from source_bigcommerce.api.error_handler import B2BErrorHandler, BigCommerceErrorHandler, ParentScopeErrorHandler
from source_bigcommerce.api.errors import STARTS_OVER, BigCommerceError, Forbidden, NotFound
from source_bigcommerce.api.pagination import PageNumber, PageNumberV2, Params, Record, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.client import FilterRefused, ListClient
from source_bigcommerce.lists.embedded import PARENTS_PER_REQUEST, EmbeddedLists
from source_bigcommerce.lists.entry_filter import EntryFilter
from source_bigcommerce.lists.listing import ChannelParents, Listing
from source_bigcommerce.lists.lookup import find_by_ids, find_record
from source_bigcommerce.lists.page_numbers import PageNumberReader
from source_bigcommerce.lists.pages import PageFetcher, read_sequentially
from source_bigcommerce.lists.parents import ChannelLists, ParentLists
from source_bigcommerce.lists.query import ListQuery
from source_bigcommerce.lists.slices import ListSlice, closed_part
from source_bigcommerce.lists.state import StreamState
from source_bigcommerce.lists.unread_parents import UnreadParents
from source_bigcommerce.lists.unreadable_records import UnreadableRecords

_HEAVIEST_WAITING = 512 * 1024  # bytes of JSON of the entries that wait to be completed

logger = logging.getLogger("airbyte")


def _ignore_repairs(repairs: Iterable[str], endpoint: str) -> None:
    pass


class ListReader:
    """Reads one list in full during one sync.

    `name` is the stream that requests are made for; `parent_key` the field in which its records name their parents;
    `scope` the OAuth scope of requests other than those for the list, if it differs. `note_repairs` is called with the
    repairs that a response needed.
    """

    def __init__(
        self,
        listing: Listing,
        store: Store,
        name: str,
        parent_key: str = "id",
        scope: Scope | None = None,
        note_repairs: Callable[[Iterable[str], str], None] = _ignore_repairs,
    ) -> None:
        self.listing = listing
        self.store = store
        self.name = name
        self.parent_key = parent_key
        self.unread = UnreadParents()
        self.is_reconciling = False
        self.without_children: set[Any] = set()  # entries that exist, of which the store returns no children
        self.estimated_total: int | None = None  # entries; None if the store does not report it
        separable = listing.separable.union(embedded.name for embedded in listing.embedded)
        self.connection = store.connection(listing.endpoint)
        self.client = ListClient(name, store, self.connection, self._error_handler(scope), separable, note_repairs)
        self.query = ListQuery(listing, store, self.client.refused)
        self.pages = PageFetcher(listing, self.client, self.query, self.resumption)
        self.filter = EntryFilter(listing, store)
        self.parents = self._parent_lists()
        self.enricher: Enricher = (listing.enricher or Enricher)(self)

    def slices(self, state: StreamState, is_full_refresh: bool) -> Iterator[ListSlice]:
        """Yields one slice with the whole list, once the store has returned its time."""
        self.store.sync_started_at()
        whole = ListSlice()
        self._prefetch(whole, may_count=False)  # not worth a request: the whole list is one slice
        yield whole

    def read(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the complete entries of a slice, page by page. Raises BigCommerceError if one cannot be read."""
        yield from self.enricher.complete_pages(self.read_uncompleted(piece))
        self.unread.check(self.name, self.parent_key)

    def read_entries(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the filtered entries of a slice, page by page, as the list returns them."""
        if self.parents:
            yield from self.parents.read(piece)
        else:
            yield from self.read_list(piece)

    def read_list(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the filtered entries of one list, read by the method that its pagination requires."""
        if isinstance(self.listing.pagination, (PageNumber, PageNumberV2)):
            yield from PageNumberReader(self.pages, self.query, self.filter, self.store).read(piece)
            return
        for entries, _ in read_sequentially(self.pages, piece, self.has_records_after):
            yield self.filter.filter(entries, piece)
            del entries  # two pages at a time for each of many workers would use much memory

    def has_records_after(self, piece: ListSlice, read: int, last: Record) -> bool:
        """Returns True if the store contradicts the end of a list after `read` entries, the last of them `last`."""
        if self.listing.date_filter:
            closed = closed_part(piece, self.store.sync_started_at())
            if closed is None:
                return False
            piece = closed
        first = self.pages.fetch(piece, None)
        total = self.pages.total(first, piece)
        return not first.records if total is None else total > read

    def resumption(self) -> str:
        """Returns the end of an error message: how the next sync continues if this one fails now."""
        return STARTS_OVER

    def keep_unread(self, parent: Any, error: BigCommerceError) -> None:
        """Notes a parent whose records could not be read, so that those of the others are read nevertheless.

        Raises the error if no request can succeed, or if it seems to concern more than this parent.
        """
        self.store.breaker.check()
        self.unread.add(parent, error, self.is_known_unread(parent))
        logger.warning(f"The records of {self.parent_key} {parent} are missing from '{self.name}': {error.message}")

    def is_known_unread(self, parent: Any) -> bool:
        """Returns True for a parent whose own list earlier syncs could not read either."""
        return False

    def ignore_if_deleted(self, parent: Record, missing: NotFound) -> None:
        """Logs that a parent was deleted during the sync. Raises `missing` if it still exists."""
        if self.find(parent["id"]) is not None:
            raise missing
        logger.info(f"Record {parent['id']} of '{self.name}' was deleted while it was read.")

    def find(self, key: Any) -> Record | None:
        """Returns the entry with this id; None if neither its own endpoint nor the list returns it. Raises
        BigCommerceError if a response is no object: only 404 means that the entry does not exist."""
        if self.listing.record_endpoint:
            return find_record(self.client, path_for_parent(self.listing.record_endpoint, key), self.listing, key)
        endpoint = path_for_parent(f"{self.listing.endpoint}/{{id}}", key)
        try:
            found = self.client.fetch(endpoint, {})
        except NotFound:
            return self._find_in_list(self.only(key), key)
        if not isinstance(found, dict):
            raise BigCommerceError(f"{endpoint} returned no record.", FailureType.transient_error)
        return found["data"] if isinstance(found.get("data"), dict) else found

    def exists(self, key: Any) -> bool:
        """Returns True if the entry with this id certainly exists, whether or not the list returns it. Raises
        BigCommerceError."""
        return self.find(key) is not None

    def select_all_channels(self) -> None:
        """Includes the channels that are not chosen in what is read from now on."""
        self.filter.selects_all = self.query.selects_all = True

    def find_all(self, keys: Sequence[Any], witness: Any) -> Sequence[Record]:
        """Returns the entries that exist among those with these ids, whatever the settings exclude.

        `witness` is the id of an entry that exists. Raises BigCommerceError if the responses prove nothing.
        """
        return find_by_ids(self.client, self.listing.endpoint, self.query.fixed(), keys, witness)

    def only(self, key: Any) -> Params:
        """Returns the query parameters that select the entry with this id."""
        return {"id:in": str(key)}

    def one_row(self) -> Params:
        """Returns the pagination parameters of the smallest page."""
        return {"limit": 1} if "limit" in self.listing.pagination.first() else {}

    def check_access(self) -> None:
        """Reads one entry. Raises BigCommerceError, which names the missing scope, if that is not allowed."""
        if self.parents:
            self.parents.check_access(self.one_row())
        else:
            self.client.fetch(self.listing.endpoint, self.one_row())

    def _find_in_list(self, params: Params, key: Any) -> Record | None:
        """Returns the entry with this id on the first page of the list for these parameters."""
        first = self.listing.pagination.first()
        page = self.listing.pagination.page(self.client.fetch(self.listing.endpoint, {**first, **params}), first)
        return next((entry for entry in page.records if entry.get("id") == key), None)

    def _prefetch(self, piece: ListSlice, may_count: bool = True) -> int:
        """Fetches the first page of a slice. Returns its estimated length, 0 if it is unknown."""
        if self.parents:
            return 0  # the lists are not known before they are read
        total = self.pages.prefetch(piece, may_count)
        self.estimated_total = None if self.query.lists_unwanted_entries else total
        return total or 0

    def read_uncompleted(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the entries of a slice, from the first page again if a filter is refused on a later one: page numbers
        and totals are then those of another list."""
        while True:
            try:
                yield from self.read_entries(piece)
                return
            except FilterRefused:
                continue

    def _error_handler(self, scope: Scope | None) -> BigCommerceErrorHandler:
        own, common = self.listing.scope, (self.store.token_check.is_refused, self.resumption)
        if scope in (None, own):
            kind = B2BErrorHandler if own is Scope.B2B_EDITION else BigCommerceErrorHandler
            return kind(self.name, own, self.store.breaker, *common)
        return ParentScopeErrorHandler(self.name, scope, self.store.breaker, self.listing.endpoint, own, *common)

    def _parent_lists(self) -> ParentLists | None:
        parents = self.listing.parents
        if parents is None:
            return None
        kind: Callable[..., ParentLists] = ChannelLists if isinstance(parents, ChannelParents) else ParentLists
        return kind(
            parents, self, lambda: ListReader(parents.listing, self.store, parents.name).read_entries(ListSlice())
        )


class Enricher:
    """Completes the entries of a list with the data that its pages lack."""

    def __init__(self, reader: ListReader) -> None:
        self.reader = reader
        self.embedded = EmbeddedLists(
            reader.listing.embedded,
            reader.client.fetch_list,
            reader.ignore_if_deleted,
            reader.store.map_concurrently,
        )

    def note_lengths(self, entries: Sequence[Record]) -> None:
        """Notes the lengths of the lists that the store has embedded in the entries of a page."""
        self.embedded.note(entries)

    def ids_of_possibly_truncated(self, entries: Sequence[Record]) -> Collection[int]:
        """Returns the `id()` of the entries of a page with a list that may be truncated, as far as the lengths of all
        lists of this sync show."""
        self.note_lengths(entries)
        return {id(entry) for entry in entries if self.embedded.is_possibly_truncated(entry)}

    def complete_pages(self, pages: Iterable[Sequence[Record]]) -> Iterator[Sequence[Record]]:
        """Yields the complete entries of the pages. Those with a possibly truncated list wait for each other: later
        pages may rule that out, and several can be read again with one request."""
        waiting: list[Record] = []
        failure = None
        try:
            for entries in pages:
                unsure = self.ids_of_possibly_truncated(entries)
                yield self.complete([entry for entry in entries if id(entry) not in unsure] if unsure else entries)
                waiting.extend(entry for entry in entries if id(entry) in unsure)
                del entries  # not kept while the next page is fetched
                if len(waiting) >= self._most_waiting():
                    yield self.complete(waiting)
                    waiting = []
        except UnreadableRecords as error:
            failure = error  # the other entries have been read
        if waiting:
            yield self.complete(waiting)
        if failure:
            raise failure

    def _most_waiting(self) -> int:
        """Returns the number of entries after which waiting ends: fewer if they are heavy, to bound the memory."""
        record_bytes = max(1.0, self.reader.pages.size.record_bytes)
        return max(1, min(PARENTS_PER_REQUEST, int(_HEAVIEST_WAITING / record_bytes)))

    def complete(self, entries: Sequence[Record], reread_all: bool = False) -> Sequence[Record]:
        """Returns the complete entries of a page, without those that cannot be completed.

        With `reread_all`, every embedded list is read again, not only those that may be truncated.
        """
        if not self.reader.listing.embedded:
            return self.enrich(entries, reread_all)
        originals = [dict(entry) for entry in entries]
        try:
            return self.enrich(entries, reread_all)
        except BigCommerceError as error:
            if not concerns_one_entry(error):
                raise
        completed: list[Record] = []
        for entry in originals:
            try:
                completed.extend(self.enrich([entry], reread_all))
            except BigCommerceError as error:
                if not concerns_one_entry(error):
                    raise
                self.reader.keep_unread(key_of(entry), error)
        return completed

    def enrich(self, entries: Sequence[Record], reread_all: bool = False) -> Sequence[Record]:
        """Returns the complete entries of a page; with `reread_all`, every embedded list is read again. Raises
        BigCommerceError."""
        if self.reader.listing.embedded:
            for entry in entries:
                key_of(entry)  # its embedded lists are requested by its id
            self.embedded.complete(entries, reread_all)
        return entries


def concerns_one_entry(error: BigCommerceError) -> bool:
    """Returns False for temporary failures, and for those that concern other entries as well."""
    is_general = isinstance(error, (FilterRefused, Forbidden)) or error.failure_type is FailureType.transient_error
    return not is_general

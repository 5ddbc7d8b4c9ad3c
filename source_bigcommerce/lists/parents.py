"""Lists of which each record of another list has its own, read one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import Store, path_for_parent
from source_bigcommerce.api.errors import BadRequest, BigCommerceError, NotFound, PageTooHeavy
from source_bigcommerce.api.pagination import IncompleteListError, Page, Params, Record
from source_bigcommerce.lists.client import FilterRefused, ListClient
from source_bigcommerce.lists.listing import ChannelParents, Listing, Parents
from source_bigcommerce.lists.pages import PageFetcher
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.unread_parents import UnreadParents

STORE_LEVEL = 0  # in place of a channel's id: the store itself
ANY_PARENT = 1  # instead of a parent if none is known; it need not exist

logger = logging.getLogger("airbyte")


class ListOwner(Protocol):
    """The part of a list's reader that is used to read the lists of its parents."""

    name: str
    listing: Listing
    store: Store
    client: ListClient
    pages: PageFetcher
    unread: UnreadParents

    def read_list(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the filtered entries of one list."""

    def keep_unread(self, parent: Any, error: BigCommerceError) -> None:
        """Records that the list of a parent could not be read."""


class ParentLists:
    """The lists of all parents during one sync. `read_parents` returns the entries of the parents' own list."""

    def __init__(
        self, parents: Parents, owner: ListOwner, read_parents: Callable[[], Iterator[Sequence[Record]]]
    ) -> None:
        self._parents = parents
        self._owner = owner
        self._read_parents = read_parents

    def read(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the entries of all lists, each with the key of its parent."""
        lists = [self.slice_for(parent, piece) for parent in self.keys()]
        for one, first in zip(lists, self._owner.store.map_concurrently(self._first_of, lists), strict=True):
            if first is not None:
                one.first_page = first
                yield from self._read_one(one)

    def read_parent(self, key: Any) -> Iterator[Sequence[Record]]:
        """Yields the entries of the list of one parent, unless it no longer exists or is no longer chosen."""
        if key in self.keys():
            yield from self._read_one(self.slice_for(key, ListSlice()))

    def keys(self) -> Sequence[Any]:
        """Returns the keys of the parents, read once per sync for all streams that need them."""
        try:
            return self._owner.store.cached(self._parents.name, self._current_keys)
        except BigCommerceError as error:
            self._owner.store.breaker.check()
            raise BigCommerceError(
                f"The stream '{self._owner.name}' needs the list of '{self._parents.name}', which could not be read: "
                f"{error.message}",
                error.failure_type or FailureType.system_error,
            ) from None

    def slice_for(self, parent: Any, piece: ListSlice) -> ListSlice:
        """Returns the slice of the list of this parent for the same time window."""
        endpoint = path_for_parent(self._owner.listing.endpoint, parent)
        return ListSlice(window=piece.window, parent=parent, endpoint=endpoint, params=self._selecting(parent))

    def _selecting(self, parent: Any) -> Params:
        return {self._parents.parameter: parent} if self._parents.parameter else {}

    def exists(self, parent: Any) -> bool:
        """Returns False if a parent was deleted during the sync."""
        return parent in self._current_keys()

    def first_page(self, piece: ListSlice) -> Page | None:
        """Returns the first page of the list of one parent; None if the parent has no list of its own."""
        return self._owner.pages.fetch(piece, None)

    def check_access(self, one_row: Params) -> None:
        """Reads one record of one parent's list. Raises BigCommerceError if that is not allowed."""
        try:
            parent = next(iter(self.keys()), ANY_PARENT)
        except BigCommerceError:
            self._owner.store.breaker.check()
            parent = ANY_PARENT  # the stream of the parents reports that
        listing = self._owner.listing
        with suppress(NotFound):
            endpoint, params = path_for_parent(listing.endpoint, parent), {**listing.params, **self._selecting(parent)}
            self._owner.client.fetch(endpoint, {**params, **one_row})

    def _current_keys(self) -> Sequence[Any]:
        rows = (row for rows in self._read_parents() for row in rows)
        keys = [row.get(self._parents.key) for row in rows if self._parents.has_children(row)]
        if any(type(key) not in (int, str) for key in keys):
            raise IncompleteListError(f"a record of '{self._parents.name}' has no {self._parents.key}")
        return list(dict.fromkeys(keys))

    def _read_one(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        try:
            for rows in self._owner.read_list(piece):
                yield [{**row, self._parents.child_field: piece.parent} for row in rows]
        except FilterRefused:
            raise  # all lists are read again without the filter
        except BigCommerceError as error:
            self._skip(piece.parent, error)
        else:
            self._owner.unread.note_success()

    def _first_of(self, piece: ListSlice) -> Page | PageTooHeavy | None:
        try:
            return self.first_page(piece)
        except PageTooHeavy as error:
            return error  # for the reader of the list
        except BigCommerceError as error:
            self._skip(piece.parent, error)
            return None

    def _skip(self, parent: Any, error: BigCommerceError) -> None:
        if isinstance(error, NotFound):
            if self._parents.absent_means_empty:
                return
            if not self.exists(parent):
                logger.info(f"{self._parents.child_field} {parent} was deleted while '{self._owner.name}' was read.")
                return
        self._owner.keep_unread(parent, error)


class ChannelLists(ParentLists):
    """The lists of the store itself and of its channels. A channel may have nothing of its own."""

    def __init__(
        self, parents: ChannelParents, owner: ListOwner, read_parents: Callable[[], Iterator[Sequence[Record]]]
    ) -> None:
        super().__init__(parents, owner, read_parents)
        self._channels = parents
        self._has_read_any = False
        self._refusal: BigCommerceError | None = None

    def read(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the entries of all lists. Raises BigCommerceError if the store refuses every one of them."""
        self._has_read_any, self._refusal = False, None
        yield from super().read(piece)
        if self._refusal and not self._has_read_any:
            raise self._refusal

    def keys(self) -> Sequence[Any]:
        return [*([STORE_LEVEL] if self._channels.includes_store else []), *super().keys()]

    def slice_for(self, parent: Any, piece: ListSlice) -> ListSlice:
        if parent == STORE_LEVEL:
            return ListSlice(parent=parent)
        if self._channels.channel_endpoint:
            return ListSlice(parent=parent, endpoint=path_for_parent(self._channels.channel_endpoint, parent))
        return ListSlice(parent=parent, params={"channel_id": parent})

    def exists(self, parent: Any) -> bool:
        return parent == STORE_LEVEL or super().exists(parent)

    def first_page(self, piece: ListSlice) -> Page | None:
        page: Page | None
        try:
            page = self._owner.pages.fetch(piece, None)
        except (NotFound, BadRequest):
            page = self._first_page_again(piece)
        self._has_read_any |= page is not None
        return page

    def check_access(self, one_row: Params) -> None:
        self._owner.pages.fetch(self.slice_for(STORE_LEVEL, ListSlice()), None)

    def _first_page_again(self, piece: ListSlice) -> Page | None:
        """Returns the page after repeating a refused request, as the response for a channel without a list of its own
        is not documented; None if it is refused again."""
        try:
            return self._owner.pages.fetch(piece, None)
        except (NotFound, BadRequest) as refusal:
            if piece.parent == STORE_LEVEL:
                raise
            if isinstance(refusal, BadRequest):
                self._refusal = refusal
            logger.info(f"Channel {piece.parent} has no '{self._owner.name}' of its own ({refusal.message})")
            return None

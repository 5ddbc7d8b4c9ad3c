"""What belongs to the records of another list: parts of them, lists at their own addresses, lists below each of a few.

Every row names its parent in `parent_field`. Where the stream is incremental it goes by the window of its parents, and
a row carries its parent's date in the stream's `cursor_field`.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy
from source_bigcommerce.api.paging import Page, Paging, Params, Record, key_of, lossy
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import (
    PARENT,
    BigCommerceStream,
    FilterRefused,
    IncrementalStream,
    key_of_slice,
    of,
)
from source_bigcommerce.streams.embedded import read_list

_ANY = 1  # stands for a parent where none can be had; whether it exists makes no difference


class BelowEach(BigCommerceStream, ABC):
    """Rows that belong to the entries of this stream's list, which are records of another stream."""

    is_a_record_each = False

    def complete(self, entries: Sequence[Record]) -> Sequence[Record]:
        for entry in entries:
            key_of(entry)  # its rows name it
        return super().complete(entries)

    def row_of(self, parent: Record, row: Record) -> Record:
        """The row with the name of its parent, and its parent's date where the stream goes by that."""
        named = {**row, self.parent_field: parent["id"]}
        if isinstance(self, IncrementalStream):
            date = parent.get(self.dated_by)
            is_readable = self.changed(parent) is not None
            named[self.cursor_field] = date if is_readable else self.date_instead(parent, f"id {parent['id']}")
        return named

    def rows_below(self, parent: Record, read: Callable[[], Sequence[Record]]) -> Sequence[Record]:
        """The rows of a parent that `read` returns; none where the parent was deleted, or cannot be read now."""
        rows: Sequence[Record] = ()
        try:
            try:
                rows = read()
            except NotFound as missing:
                self.forgive_if_deleted(parent, missing)
        except BigCommerceError as error:
            self.keep_unread(parent["id"], error)
        else:
            self.unread.note_success()
        return rows


class Parts(BelowEach, ABC):
    """Rows that come inside their parents, so they cost no request more than those."""

    part: ClassVar[str]  # the field of a parent that holds them

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for entry in entries:
            for row in self.parts(entry):
                yield self.row_of(entry, row)

    def parts(self, entry: Record) -> Iterable[Record]:
        """The rows inside one complete parent."""
        found = entry.get(self.part)
        return found if isinstance(found, list) else ()


class AskedOfEach(BelowEach, IncrementalStream, ABC):
    """Rows at an address that each parent has: one request for each parent that is new or changed.

    Subclasses declare the address of the `children` of a parent and, where needed, its fixed `child_params`.
    """

    pages_per_slice = 1  # each entry costs a request: a sync that is killed should not lose thousands of them
    children: ClassVar[str]
    child_params: ClassVar[Params] = {}
    child_paging: ClassVar[Paging]

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        asked = self.parents(entries)
        for parent, rows in zip(asked, self.store.gather(self._children_of, asked), strict=True):
            for row in rows:
                yield self.row_of(parent, row)

    def parents(self, entries: Sequence[Record]) -> Sequence[Record]:
        """The entries of a page without those that prove to have no children."""
        return entries

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        """All children of a parent, which `endpoint` lists. Raises NotFound when it does not."""
        return read_list(self.fetch_list, endpoint, self.child_params, self.child_paging)

    def _children_of(self, parent: Record) -> Sequence[Record]:
        return self.rows_below(parent, lambda: self.read_children(of_parent(self.children, parent["id"]), parent))

    def check_access(self) -> None:
        """Asks for the children of one parent where their list tells nothing of them. A 404 is no refusal."""
        if self.list_scope in (None, self.scope):
            super().check_access()
            return
        try:
            parents = self.paging.page(self.fetch(self.endpoint, self.one_row()), self.paging.first()).records
            parent = key_of(parents[0]) if parents else _ANY
        except BigCommerceError:
            self.store.breaker.check()
            parent = _ANY  # the stream of the parents tells of that
        paged = {"limit": 1} if "limit" in self.child_paging.first() else {}
        with suppress(NotFound):
            self.fetch(of_parent(self.children, parent), paged)


class BelowAll(BigCommerceStream, ABC):
    """The lists below all records of a stream that has only a few, one after the other.

    `{id}` in `endpoint` is the parent's `parent_key`. Of parents that have nothing there, not even an empty list,
    `absent_is_none` says that this is in order.
    """

    parent: ClassVar[type[BigCommerceStream]]
    parent_key: ClassVar[str] = "id"
    absent_is_none: ClassVar[bool] = False

    @classmethod
    def scopes(cls) -> tuple[Scope, ...]:
        return tuple(dict.fromkeys([*cls.parent.scopes(), cls.scope]))

    @classmethod
    def depends_on_channels(cls) -> bool:
        return super().depends_on_channels() or cls.parent.depends_on_channels()

    def look_ahead(self, whole: StreamSlice) -> int:
        return 0  # the lists do not tell before they are read

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        lists = [of(parent, stream_slice or {}) for parent in self.parents()]
        for piece, first in zip(lists, self.store.gather(self._first_of, lists), strict=True):
            if first is not None:
                self._first_pages[key_of_slice(piece)] = first
                yield from self._rows_below(piece)

    def read_parent(self, key: Any) -> Iterator[Sequence[Record]]:
        """The pages with all that is below the parent of this key, unless that is gone or no longer chosen."""
        if key in self.parents():
            yield from self._rows_below(of(key, {}))

    def _rows_below(self, piece: StreamSlice) -> Iterator[Sequence[Record]]:
        parent = piece[PARENT]
        try:
            for rows in super().batches(piece):
                yield [{**row, self.parent_field: parent} for row in rows]
        except FilterRefused:
            raise  # all lists are begun anew without the filter
        except BigCommerceError as error:
            self._pass_over(parent, error)
        else:
            self.unread.note_success()

    def parents(self) -> Sequence[Any]:
        """The keys of the parents, read once in a sync for all streams below them."""
        try:
            return self.store.remembered(self.parent.__name__, self._read_parents)
        except BigCommerceError as error:
            self.store.breaker.check()
            parent = self.parent(self.store).name
            raise BigCommerceError(
                f"The stream '{self.name}' needs the list of '{parent}', which could not be read: {error.message}",
                error.failure_type or FailureType.system_error,
            ) from None

    def is_parent(self, record: Record) -> bool:
        """Whether there is something below this record."""
        return True

    def _read_parents(self) -> Sequence[Any]:
        """The keys of the parents as they are now."""
        whole = StreamSlice(partition={}, cursor_slice={})
        rows = (row for rows in self.parent(self.store).batches(whole) for row in rows)
        keys = [row.get(self.parent_key) for row in rows if self.is_parent(row)]
        if any(type(key) not in (int, str) for key in keys):
            raise lossy(f"a record has no {self.parent_key}, by which what belongs to it is asked for")
        return list(dict.fromkeys(keys))

    def read_first_page(self, piece: StreamSlice) -> Page | None:
        """The first page of the list below one parent; None where that has nothing of its own."""
        return self.fetch_page(piece, None)

    def exists(self, parent: Any) -> bool:
        """False when a parent was deleted during the sync."""
        return parent in self._read_parents()

    def _first_of(self, piece: StreamSlice) -> Page | PageTooHeavy | None:
        try:
            return self.read_first_page(piece)
        except PageTooHeavy as error:
            return error  # for the reader of the list
        except BigCommerceError as error:
            self._pass_over(piece[PARENT], error)
            return None

    def _pass_over(self, parent: Any, error: BigCommerceError) -> None:
        if isinstance(error, NotFound):
            if self.absent_is_none:
                return
            if not self.exists(parent):
                self.logger.info(f"{self.parent_field} {parent} was deleted while '{self.name}' was read.")
                return
        self.keep_unread(parent, error)

    def check_access(self) -> None:
        try:
            parent = next(iter(self.parents()), _ANY)
        except BigCommerceError:
            self.store.breaker.check()
            parent = _ANY  # the stream of the parents tells of that
        with suppress(NotFound):
            self.fetch(of_parent(self.endpoint, parent), {**self.params, **self.one_row()})

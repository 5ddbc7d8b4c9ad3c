"""The base classes of all streams. A stream itself consists of a few declarations: see the other modules."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.streams import IncrementalMixin
from airbyte_cdk.sources.streams.core import package_name_from_class
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from source_bigcommerce.api.client import Store, path_for_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound
from source_bigcommerce.api.json_body import decode
from source_bigcommerce.api.normalization import build_normalizer
from source_bigcommerce.api.pagination import (
    IncompleteListError,
    Page,
    Pagination,
    Params,
    Record,
    SingleObject,
    key_of,
    missing_key_reason,
    nested_list,
)
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.api.transport import REQUEST_KWARGS
from source_bigcommerce.config import Reconcile
from source_bigcommerce.lists.embedded import read_list
from source_bigcommerce.lists.entry_filter import read_instant
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.parents import ANY_PARENT
from source_bigcommerce.lists.reader import ListReader
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.state import StreamState, parse_state, why_unusable
from source_bigcommerce.streams.counters import StreamCounters
from source_bigcommerce.streams.schema_mismatches import SchemaMismatches

DELETED_AT = "_ab_cdc_deleted_at"  # the field by which Airbyte's destinations recognize a deletion
REREAD_DAYS = 30  # after the last change of a parent, its own list is still read again by a reconciliation
ONLY = 1  # the identifier of the only record of a stream
_CREATED = "date_created"
_DELETED_AT_SCHEMA = {
    "type": ["null", "string"],
    "format": "date-time",
    "airbyte_type": "timestamp_with_timezone",
    "description": "Time at which the connector found that the record had been deleted. Empty for existing records.",
}


class Stream(HttpStream, IncrementalMixin, ABC):
    """The records made from the entries of one list: each entry is a record, unless a subclass differs.

    A stream has the name of its class in snake case, unless `name` is declared, and is incremental if its list has a
    date filter. `parent_key` is the field in which a record names its parent, if any; `record_scope` the OAuth scope of
    requests other than those for the list.
    """

    listing: ClassVar[Listing]
    primary_key: str | list[str] = "id"
    record_scope: ClassVar[Scope | None] = None
    parent_key: ClassVar[str] = "id"
    one_record_per_entry: ClassVar[bool] = True

    def __init__(self, store: Store) -> None:
        self.store = store
        super().__init__(authenticator=store.connection(self.listing.endpoint).auth)
        self._key_fields = [self.primary_key] if isinstance(self.primary_key, str) else list(self.primary_key)
        self.counters = StreamCounters()
        self.mismatches = SchemaMismatches(self.name, self._key_fields)
        self.reader = self.new_reader()
        self._http_client = self.reader.client.http

    # The properties of the stream in Airbyte.

    @property
    def cursor_field(self) -> str | list[str]:
        """The field with the date by which the stream is incremental; [] for one that is read in full."""
        return _cursor_field(self)

    @property
    def is_resumable(self) -> bool:
        """True if an interrupted sync resumes from a state; otherwise the stream is read from its start."""
        return self.supports_incremental

    def get_json_schema(self) -> dict[str, Any]:  # type: ignore[override]  # the CDK's is a cached function
        return self._schema

    @property
    def scope(self) -> Scope:
        """The OAuth scope that reading the stream's records requires."""
        return self.record_scope or self.listing.scope

    @classmethod
    def scopes(cls) -> tuple[Scope, ...]:
        """Returns the OAuth scopes that the stream requires."""
        own = [cls.record_scope] if cls.record_scope else []
        return tuple(dict.fromkeys([*cls.listing.scopes, *own]))

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The current state; empty for a stream that is read in full."""
        reader = self.reader
        return reader.watermark.state.dump(self._cursor_name) if isinstance(reader, IncrementalListReader) else {}

    @state.setter
    def state(self, value: Mapping[str, Any]) -> None:
        if isinstance(self.reader, IncrementalListReader):
            self.reader.watermark.resume(parse_state(self.name, self._cursor_name, value))

    def resumed_state(self, sync_mode: SyncMode, state: Mapping[str, Any]) -> StreamState:
        """Returns the state to begin with; an empty one, with a remark, if the saved state cannot be used.

        A full refresh continues only from an interrupted attempt of its own. Raises BigCommerceError if the state
        cannot be read.
        """
        if not isinstance(self.reader, IncrementalListReader):
            return StreamState()
        saved = parse_state(self.name, self._cursor_name, state)
        reason = why_unusable(saved, self.reader.selection, sync_mode is SyncMode.full_refresh)
        return StreamState(remark=f"The stream '{self.name}' is read from its start: {reason}.") if reason else saved

    # Reading.

    def stream_slices(
        self,
        *,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterator[StreamSlice]:
        """Yields the slices of the stream's list that a sync from this state reads."""
        state = self.resumed_state(sync_mode, stream_state or {})
        for piece in self.reader.slices(state, sync_mode is SyncMode.full_refresh):
            yield piece.to_stream_slice()

    def read_records(
        self,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterable[Record]:
        """Yields all records of the slice. Raises BigCommerceError if one of them cannot be read."""
        for entries in self.reader.read(ListSlice.of(stream_slice)):
            yield from self.to_records(entries)
            del entries
        self.check_unread()

    def to_records(self, entries: Sequence[Record]) -> Iterator[Record]:
        """Yields the stream's records made from the entries of a page, in the form that its schema defines."""
        cursor = self._cursor_name
        not_fitting = self.mismatches.pending()
        not_fitting.clear()  # of a record that could not be read
        for extracted in self.extract_records(entries):
            record = self._normalize(extracted)
            if cursor and record.get(cursor) is None:
                record[cursor] = self.substitute_date(record, self.mismatches.key_of(record))
            if not_fitting:
                record = self.mismatches.marked(record)
            for field in self._key_fields:
                if record.get(field) is None:
                    raise IncompleteListError(missing_key_reason(f"a record of '{self.name}'", field, None, ""))
            yield record

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        """Returns the records made from complete entries."""
        return entries

    def child_record(self, parent: Record, child: Record) -> Record:
        """Returns the child with the key of its parent, and the parent's date if the stream is incremental."""
        record = {**child, self.parent_key: parent["id"]}
        if self.listing.date_filter:
            is_readable = self.reader.filter.changed_at(parent) is not None
            date = parent.get(self.listing.date_filter.field)
            record[self._cursor_name] = date if is_readable else self.substitute_date(parent, f"id {parent['id']}")
        return record

    def substitute_date(self, entry: Record, name: str) -> str:
        """Returns a date for an entry without a readable one: that of its creation, or the start of the sync. Some
        destinations refuse a record without a date. `name` identifies the entry in the log."""
        created = read_instant(entry.get(_CREATED))
        if (dates := self.listing.date_filter) and dates.is_returned:
            used = "the date of creation" if created else "the time of the sync"
            self.mismatches.note_dateless(self._cursor_name, used, name)
        return format_timestamp(created or self.store.sync_started_at())

    def worth_rereading(self, entries: Sequence[Record], suspected: Collection[Any]) -> Sequence[Record]:
        """Returns the entries whose records a reconciliation compares; the others only keep theirs. `suspected` are the
        ids of entries of which records were missing in the last one."""
        return entries

    def check_unread(self) -> None:
        """Raises BigCommerceError if the records of some parents could not be read."""
        self.reader.unread.check(self.name, self.parent_field)

    def check_access(self) -> None:
        """Reads one record. Raises BigCommerceError, which names the missing scope, if that is not allowed."""
        self.reader.check_access()

    def new_reader(self) -> ListReader:
        """Returns a reader that has read nothing yet."""
        kind = self.listing.reader or (IncrementalListReader if self.listing.date_filter else ListReader)
        settings = self.listing, self.store, self.name, self.parent_field, self.record_scope
        reader: ListReader = kind(*settings, self.mismatches.note_repairs)
        return reader

    @cached_property
    def _cursor_name(self) -> str:
        return self.cursor_field if isinstance(self.cursor_field, str) else ""

    @property
    def parent_field(self) -> str:
        """The field of a record that names its parent; "id" if it has none."""
        parents = self.listing.parents if self.one_record_per_entry else None
        return parents.child_field if parents else self.parent_key

    @cached_property
    def _normalize(self) -> Callable[[Record], Record]:
        return build_normalizer(self.get_json_schema(), self.mismatches.report)

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return _load_schema(self)

    # The hooks of HttpStream: they describe the requests that the reader sends.

    @property
    def url_base(self) -> str:
        return self.reader.connection.url

    def path(
        self,
        *,
        stream_state: Mapping[str, Any] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> str:
        """Returns the endpoint with its whole query, in which the CDK would encode the colons."""
        position = next_page_token or self.listing.pagination.first()
        return self.reader.connection.path_of(self.reader.query.path(ListSlice.of(stream_slice), position))

    def request_kwargs(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        return REQUEST_KWARGS

    def next_page_token(self, response: requests.Response) -> Params | None:
        return _page_of(self.listing.pagination, response).next

    def parse_response(self, response: requests.Response, **kwargs: Any) -> Iterable[Record]:
        return _page_of(self.listing.pagination, response).records


class NestedStream(Stream, ABC):
    """Records nested in the entries of a list, which cost no request beyond those of the list."""

    nested_field: ClassVar[str]
    one_record_per_entry = False

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for entry in entries:
            key_of(entry)  # its records name it
            for nested in self.nested_records(entry):
                yield self.child_record(entry, nested)

    def nested_records(self, entry: Record) -> Iterable[Record]:
        """Returns the records nested in one complete entry."""
        return nested_list(entry, self.nested_field)


class PerParentStream(Stream, ABC):
    """Records at an endpoint that each entry of a list has: one request for each entry that is new or changed.

    `{id}` in `children` is the identifier of the parent. The list should have few pages per slice, so that a sync that
    is killed does not lose thousands of requests.
    """

    children: ClassVar[str]
    reads_in_parallel: ClassVar[bool] = True
    child_params: ClassVar[Params] = {}
    child_pagination: ClassVar[Pagination]
    one_record_per_entry = False

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for entry in entries:
            key_of(entry)  # its records name it
        parents = self.parents_with_children(entries)
        read = self.store.map_concurrently if self.reads_in_parallel else map
        for parent, rows in zip(parents, read(self._children_of, parents), strict=True):
            for row in rows:
                yield self.child_record(parent, row)

    def worth_rereading(self, entries: Sequence[Record], suspected: Collection[Any]) -> Sequence[Record]:
        since = self.store.sync_started_at() - timedelta(days=REREAD_DAYS)
        dated = ((entry, self.reader.filter.changed_at(entry)) for entry in entries)
        return [entry for entry, changed in dated if changed is None or changed >= since or entry["id"] in suspected]

    def parents_with_children(self, entries: Sequence[Record]) -> Sequence[Record]:
        """Returns the entries without those that certainly have no children."""
        return entries

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        """Returns all children of a parent at this endpoint. Raises NotFound if it does not exist."""
        return read_list(self.reader.client.fetch_list, endpoint, self.child_params, self.child_pagination)

    def children_or_none(self, parent: Record, read: Callable[[], Sequence[Record]]) -> Sequence[Record]:
        """Returns the children that `read` returns; none if the parent was deleted, or cannot be read now."""
        rows: Sequence[Record] = ()
        try:
            try:
                rows = read()
            except NotFound as missing:
                self.reader.ignore_if_deleted(parent, missing)
        except BigCommerceError as error:
            self.reader.keep_unread(parent["id"], error)
        else:
            self.reader.unread.note_success()
        return rows

    def check_access(self) -> None:
        """Requests the children of one parent where they need a scope of their own. A 404 is no refusal."""
        if self.record_scope is None:
            super().check_access()
            return
        client, listing = self.reader.client, self.listing
        try:
            first = listing.pagination.first()
            parents = listing.pagination.page(client.fetch(listing.endpoint, self.reader.one_row()), first).records
            parent = key_of(parents[0]) if parents else ANY_PARENT
        except BigCommerceError:
            self.store.breaker.check()
            parent = ANY_PARENT  # the stream of the parents reports that
        with suppress(NotFound):
            one_row: Params = {"limit": 1} if "limit" in self.child_pagination.first() else {}
            client.fetch(path_for_parent(self.children, parent), one_row)

    def _children_of(self, parent: Record) -> Sequence[Record]:
        endpoint = path_for_parent(self.children, parent["id"])
        return self.children_or_none(parent, lambda: self.read_children(endpoint, parent))


class SingletonStream(Stream, ABC):
    """One record with the constant `id` 1, so that a later one replaces it."""

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        return ({**entry, "id": ONLY} for entry in entries)


def is_reconcilable(stream: Stream) -> bool:
    """Returns True for an incremental stream, unless the user chose never to reconcile."""
    return stream.supports_incremental and stream.store.config.reconcile is not Reconcile.NEVER


def singleton(endpoint: str, scope: Scope) -> Listing:
    """Returns the list of an endpoint that returns one object."""
    return Listing(endpoint, scope, SingleObject())


def _load_schema(stream: Stream) -> dict[str, Any]:
    # The CDK's own cache would keep every stream of every sync, and with it the store, until the process ends.
    schema = ResourceSchemaLoader(package_name_from_class(type(stream))).get_schema(stream.name)
    if is_reconcilable(stream):
        schema["properties"][DELETED_AT] = _DELETED_AT_SCHEMA
    return schema


def _page_of(pagination: Pagination, response: requests.Response) -> Page:
    return pagination.page(decode(response), dict(parse_qsl(urlsplit(response.request.url or "").query)))


def _cursor_field(stream: Stream) -> str | list[str]:
    dates = stream.listing.date_filter
    if dates is None:
        return []
    # Records nested in an entry, or read for it, carry its date: `order_date_modified`.
    return dates.field if stream.one_record_per_entry else f"{stream.parent_key.removesuffix('_id')}_{dates.field}"

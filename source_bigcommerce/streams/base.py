"""What all streams have in common. A stream itself is a handful of declarations: see the modules beside this one."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.sources.streams import IncrementalMixin
from airbyte_cdk.sources.streams.core import package_name_from_class
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.body import decode, forget, repairs
from source_bigcommerce.api.client import Store, of_parent, with_query
from source_bigcommerce.api.errors import (
    RESUMES,
    STARTS_OVER,
    STARTS_OVER_UNLESS_SAVED,
    BigCommerceError,
    ErrorTable,
    Forbidden,
    NotFound,
    PageTooHeavy,
    Refused,
    TwoScopes,
    in_plain_words,
    located,
)
from source_bigcommerce.api.explanation import request_of, shown
from source_bigcommerce.api.paging import (
    Page,
    Paging,
    Params,
    Record,
    counts_none,
    is_empty,
    key_of,
    lossy,
    no_key,
    smallest_limit,
    with_integer_ids,
)
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import REQUEST_KWARGS, PageLimits, limited
from source_bigcommerce.api.values import format_timestamp, normaliser, parse_timestamp
from source_bigcommerce.streams import unreadable
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.embedded import Embedded, complete
from source_bigcommerce.streams.mismatches import Mismatches
from source_bigcommerce.streams.once import Once
from source_bigcommerce.streams.page_size import PageSize, limits_of
from source_bigcommerce.streams.progress import Progress
from source_bigcommerce.streams.refused import RefusedParameters, kind_of, named_in
from source_bigcommerce.streams.slicing import Sample, SamplePages, cut, sample_of, sample_page
from source_bigcommerce.streams.state import Segment, Selection, StreamState, parse_state, segments
from source_bigcommerce.streams.tally import Tally
from source_bigcommerce.streams.unread import UnreadParents
from source_bigcommerce.streams.unreadable import Detour, UnreadableRecords

_DOUBTS = 3  # how often an end is asked for again that the store contradicts
_SECOND = timedelta(seconds=1)
_DATES = ("start", "end")  # the fields of a slice that bound it
PARENT = "parent"  # the field of a slice that names the record whose list it is a part of
_KNOWN_CHANNELS = "known_channels"  # the field of a slice with the channels whose records earlier syncs emitted
_CREATED = "date_created"  # the field of an entry that says when it was made
_PARENTS_IN_A_BODY = 8
_POSITIONS = frozenset({"after", "min_id", "id:greater", "id:min"})  # parameters of later pages, and `page`
_BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)  # before anything that BigCommerce can hold


class FilterRefused(Refused):
    """A filter was refused behind the first page: the list must be read again without it."""


class BigCommerceStream(HttpStream, ABC):
    """A list of records, read whole.

    Subclasses declare `endpoint`, `scope` and `paging`, and where needed fixed `params` (such as what to include),
    the lists that come `embedded` in a record, the endpoint that tells the `count` of a list that does not, and how
    the list is narrowed down to the user's channels.
    """

    primary_key: str | list[str] = "id"
    endpoint: ClassVar[str]
    scope: ClassVar[Scope]
    paging: ClassVar[Paging]
    list_scope: ClassVar[Scope | None] = None  # of the list of parents, where that needs another one
    params: ClassVar[Params] = {}
    embedded: ClassVar[tuple[Embedded, ...]] = ()
    count: ClassVar[str | None] = None
    by_channel: ClassVar[ByChannel | None] = None
    is_a_record_each: ClassVar[bool] = True  # whether an entry of the list is a record, or has some, or none
    parent_field: ClassVar[str] = "id"  # the field of a record that names the parent to which it belongs, if any
    read_apart: ClassVar[frozenset[str]] = frozenset()  # values of `include`, beside `embedded`, that are read apart
    shared_list: ClassVar[str | None] = None  # streams that name the same one can be made of one reading of it

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tally = Tally()
        self.unread = UnreadParents()
        self.refused = RefusedParameters()
        self._answered: set[Any] = set()  # lists and kinds of endpoints that have been read in this sync
        self.sizes = PageSize()
        self._unreadable: list[str] = []  # records that were found in this sync
        # First pages read to learn how long a list is, each until the reader of its slice takes it.
        self._first_pages: dict[tuple[Any, ...], Page | PageTooHeavy] = {}
        super().__init__(authenticator=store.auth)
        self._http_client = store.client(self.name, self.get_error_handler())
        self._key_fields = [self.primary_key] if isinstance(self.primary_key, str) else list(self.primary_key)
        self.mismatches = Mismatches(self.name, self._key_fields)

    @cached_property
    def _normalise(self) -> Callable[[Record], Record]:
        return normaliser(self.get_json_schema(), self.mismatches.report)

    # What the CDK asks of every HTTP stream.

    def get_json_schema(self) -> dict[str, Any]:  # type: ignore[override]  # the CDK's is a cached function
        return self._schema

    @cached_property
    def _schema(self) -> dict[str, Any]:
        # The CDK's own cache keeps every stream of every sync, and with it the store, as long as the process lives.
        return ResourceSchemaLoader(package_name_from_class(type(self))).get_schema(self.name)

    @property
    def url_base(self) -> str:
        return self.store.config.store_url

    def path(
        self,
        *,
        stream_state: Mapping[str, Any] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> str:
        """The endpoint with its whole query: the CDK would encode the colons in it."""
        parent = stream_slice.get(PARENT) if stream_slice else None
        endpoint = self.endpoint if parent is None else of_parent(self.endpoint, parent)
        return with_query(
            endpoint,
            {**self._fixed(), **self.filters(stream_slice), **(next_page_token or self.paging.first())},
        )

    def request_kwargs(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        return REQUEST_KWARGS

    def get_error_handler(self) -> ErrorHandler:
        if self.list_scope in (None, self.scope):
            return ErrorTable(
                self.name, self.scope, self.store.breaker, self.store.token_check.is_refused, self.resumption
            )
        return TwoScopes(
            self.name,
            self.scope,
            self.store.breaker,
            self.endpoint,
            self.list_scope,
            self.store.token_check.is_refused,
            self.resumption,
        )

    def resumption(self) -> str:
        """How the next sync goes on if this one fails now, as the end of a sentence."""
        return STARTS_OVER

    @classmethod
    def depends_on_channels(cls) -> bool:
        """True when the chosen channels decide which records belong to the stream."""
        return cls.by_channel is not None

    @classmethod
    def scopes(cls) -> tuple[Scope, ...]:
        """The OAuth scopes that the stream needs."""
        return tuple(dict.fromkeys([*([cls.list_scope] if cls.list_scope else []), cls.scope]))

    def next_page_token(self, response: requests.Response) -> Params | None:
        return self._page(response).next

    def parse_response(self, response: requests.Response, **kwargs: Any) -> Iterable[Record]:
        return self._page(response).records

    def stream_slices(
        self,
        *,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterable[StreamSlice]:
        """One slice with everything, once the store has answered at all."""
        self.store.started()
        whole = StreamSlice(partition={}, cursor_slice={})
        self.look_ahead(whole)
        yield whole

    def read_records(
        self,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterable[Record]:
        """All records of the slice. Raises BigCommerceError when one of them cannot be read."""
        for _, records in self.read_pages([self], stream_slice):
            yield from records
        self.check_unread()

    def read_pages(
        self, streams: Sequence[BigCommerceStream], stream_slice: Mapping[str, Any] | None
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        """The slice's records for each of the streams, page by page. The others must be made of the same list."""
        yield from self._share(self._begun_anew(stream_slice), streams)
        self.check_unread()

    def keep_unread(self, parent: Any, error: BigCommerceError) -> None:
        """Records that what belongs to a parent could not be read, so that the others are read all the same.

        Raises the error where no request can succeed, or where it does not seem to be of this parent alone.
        """
        self.store.breaker.check()
        self.unread.add(parent, error, self.is_known_unread(parent))
        self.logger.warning(
            f"What belongs to {self.parent_field} {parent} is missing from '{self.name}': {error.message}"
        )

    def is_known_unread(self, parent: Any) -> bool:
        """True for a parent whose own list earlier syncs could not read either."""
        return False

    def check_unread(self, of: BigCommerceStream | None = None) -> None:
        """Raises BigCommerceError when what belongs to some parents could not be read, in this stream or in the one
        that it shares a list with."""
        (of or self).unread.check(self.name, self.parent_field)

    def _begun_anew(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        """All batches, from the first one again where a filter is left out meanwhile: page numbers and totals are
        those of another list then."""
        while True:
            try:
                yield from self.batches(stream_slice)
                return
            except FilterRefused:
                continue

    def _share(
        self, batches: Iterable[Sequence[Record]], streams: Sequence[BigCommerceStream]
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        for listed in batches:
            entries = self._completed(listed)
            for stream in streams:
                yield stream, stream.take(entries)
            del listed, entries  # not kept while the next page is fetched

    def _completed(self, listed: Sequence[Record]) -> Sequence[Record]:
        """The complete entries of a page. One of which a part is refused does not keep the others from being read."""
        if not self.embedded:
            return self.complete(listed)
        as_listed = [dict(entry) for entry in listed]
        try:
            return self.complete(listed)
        except BigCommerceError as error:
            if not _is_of_one_entry(error):
                raise
        completed: list[Record] = []
        for entry in as_listed:
            try:
                completed.extend(self.complete([entry]))
            except BigCommerceError as error:
                if not _is_of_one_entry(error):
                    raise
                self.keep_unread(key_of(entry), error)
        return completed

    def take(self, entries: Sequence[Record]) -> Iterator[Record]:
        """This stream's records of the entries of a page, in the form that its schema promises."""
        records = 0
        not_fitting = self.mismatches.pending()
        not_fitting.clear()  # of a record that could not be read
        for entry in self.records(entries):
            record = self._converted(entry)
            if not_fitting:
                record = self.mismatches.marked(record)
            for field in self._key_fields:
                if record.get(field) is None:
                    raise lossy(no_key(f"a record of '{self.name}'", field, None, ""))
            yield record
            records += 1
        self.tally.add(len(entries), records)

    def _converted(self, entry: Record) -> Record:
        return self._normalise(entry)

    @property
    def is_resumable(self) -> bool:
        """Whether a sync that was broken off can go on where it stopped; otherwise it starts anew."""
        return self.supports_incremental

    # What a stream may override.

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        """The slice's records, page by page, as the store gives them."""
        for listed in self.pages(stream_slice):
            yield self.wanted(listed, stream_slice)
            del listed  # two pages at a time would be a lot of memory when many workers read

    def tells_of_more(self, stream_slice: Mapping[str, Any] | None, listed: int, last: Record) -> bool:
        """Whether the store contradicts itself: what came behind the `last` record, the `listed`-th, was the end.

        Such an end without a record comes only where a list fills its pages exactly, or the store fails. So this costs
        next to nothing.
        """
        first = self.fetch_page(stream_slice, None)
        total = self._total(first, stream_slice)
        return not first.records if total is None else total > listed

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        """The query parameters that select the slice's records."""
        if self.by_channel is None:
            return {}
        known = _known_channels(stream_slice)
        chosen = self.by_channel.params([one for one in self.store.config.channel_ids if one not in known])
        return self.refused.without(self.endpoint, chosen)

    def optional_filters(self) -> Sequence[str]:
        """The parameters of `filters` whose selection `wanted` makes again, so that the stream can do without them."""
        return [self.by_channel.parameter] if self.by_channel else []

    def wanted(self, records: Sequence[Record], stream_slice: Mapping[str, Any] | None) -> Sequence[Record]:
        """The same selection made again here, in case the store ignored a filter."""
        return [record for record in records if self.is_chosen(record)]

    def is_chosen(self, record: Record) -> bool:
        """Whether an entry of the list belongs to the channels that the user chose."""
        return self.by_channel is None or self.by_channel.selects(record, self.store.config.channel_ids)

    def complete(self, entries: Sequence[Record]) -> Sequence[Record]:
        """The entries of a page with all that belongs to them, read from elsewhere where the page lacks it."""
        if self.embedded:
            for entry in entries:
                key_of(entry)  # what belongs to it is asked for by its id
        complete(entries, self.embedded, self.fetch_list, self.forgive_if_deleted)
        return entries

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        """The records that complete entries become."""
        return entries

    # What subclasses build on.

    def pages(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        """All that the store lists for the slice. Raises BigCommerceError where the list proves to go on behind its
        end."""
        detour = self.detour(stream_slice)
        page = self._page_at(stream_slice, None, 0, (), detour)
        positions: set[tuple[Any, ...]] = set()
        listed = 0
        while True:
            listed += len(page.records)
            records, following, last = page.records, page.next, page.records[-1:]
            del page
            yield records
            del records
            if following is None:
                detour.end()
                return
            if key_of_slice(following) in positions:
                raise lossy("its pages go round in a circle")
            positions.add(key_of_slice(following))
            page = self._page_at(stream_slice, following, listed, last, detour)
            doubts = 0
            while not page.records and last and not detour and self.tells_of_more(stream_slice, listed, last[0]):
                if doubts == _DOUBTS:
                    raise _ended_early(self.name, listed, self.resumption())
                doubts += 1  # what it tells of may have been added, or changed once more, in this moment
                page = self.fetch_page(stream_slice, following)

    def look_ahead(self, whole: StreamSlice) -> int:
        """About how many records there are, 0 where the store does not tell.

        The first page is read for that and kept for whoever reads this slice; one request more is spent on lists
        that only their `count` endpoint tells of.
        """
        try:
            first = self.fetch_page(whole, None)
        except PageTooHeavy as error:
            self._first_pages[key_of_slice(whole)] = error  # for the reader of the slice
            return self._total(Page([], None), whole) or 0
        self._first_pages[key_of_slice(whole)] = first
        total = len(first.records) if first.next is None else self._total(first, whole)
        self.tally.expected = None if self._is_narrowed_here_only() else total
        return total or 0

    def first_page(self, stream_slice: Mapping[str, Any] | None) -> Page:
        """The first page of the slice. Raises PageTooHeavy where that was found not to be served."""
        found = self._first_pages.pop(key_of_slice(stream_slice), None)
        if isinstance(found, PageTooHeavy):
            raise found
        return found or self.fetch_page(stream_slice, None)

    def fetch_page(
        self, stream_slice: Mapping[str, Any] | None, paging: Params | None, may_be_empty: bool = False
    ) -> Page:
        """One page of the slice; the first one when `paging` is None. A page that is too heavy comes in a smaller
        size, unless it has a number. Raises PageTooHeavy when that is not served either.

        No records are the documented end of a list, and also what a store says that fails: it is asked once more
        before that is believed, unless that `may_be_empty` or a first page counts none itself.
        """
        asked = paging or self.paging.first()
        if "limit" not in asked:
            return self._fetch_page(stream_slice, paging, asked, None, may_be_empty)
        largest, smallest = int(asked["limit"]), smallest_limit(self.paging)
        is_numbered = paging is not None and "page" in paging
        while True:
            size = largest if is_numbered else min(largest, max(smallest, self.sizes.of(largest)))
            limits = limits_of(size, smallest)
            try:
                return self._fetch_page(stream_slice, paging, {**asked, "limit": size}, limits, may_be_empty)
            except PageTooHeavy as error:
                if size <= smallest:
                    raise error.at_size(self.name, size, self.resumption()) from None
                self.logger.info(
                    f"A page of {size} records of '{self.name}' is too heavy for the store ({error.cause})."
                )
                self.sizes.fail(size, smallest, error.is_refused)
                if is_numbered:
                    raise

    def detour(self, stream_slice: Mapping[str, Any] | None) -> Detour:
        """The way around records of the slice that the store cannot serve."""

        def ask(position: Params) -> Page:
            limits = PageLimits(unreadable.ATTEMPTS, limits_of(int(position["limit"]), 1).largest_body)
            return self._fetch_page(stream_slice, position, position, limits, may_be_empty=False)

        return Detour(self.name, self.paging, self.sizes, self._unreadable, ask)

    def _page_at(
        self,
        stream_slice: Mapping[str, Any] | None,
        position: Params | None,
        listed: int,
        last: Sequence[Record],
        detour: Detour,
    ) -> Page:
        """The page at a position behind `listed` records, around what the store cannot serve."""
        if position is not None and "page" in position:
            return detour.numbered(position)
        try:
            return self.fetch_page(stream_slice, position) if position else self.first_page(stream_slice)
        except PageTooHeavy as error:
            return detour.page_behind(position or self.paging.first(), listed, last, error)

    def _fetch_page(
        self,
        stream_slice: Mapping[str, Any] | None,
        paging: Params | None,
        asked: Params,
        limits: PageLimits | None,
        may_be_empty: bool,
    ) -> Page:
        """The page of the parameters `asked`. Raises PageTooHeavy when the store does not serve it in these limits."""
        part = key_of_slice({name: value for name, value in (stream_slice or {}).items() if name not in _DATES})
        response = self._insist(
            self.endpoint,
            lambda: self.path(stream_slice=stream_slice, next_page_token=asked),
            (Refused, Forbidden, NotFound) if paging or part in self._answered else (),
            self.optional_filters(),
            is_begun=paging is not None,
            limits=limits,
        )
        self._answered.add(part)
        body = decode(response)
        if is_empty(body) and not may_be_empty and (paging or not counts_none(body)):
            response = self._send_limited(self.path(stream_slice=stream_slice, next_page_token=asked), limits)
        page = self._page(response)
        self.sizes.succeed(len(page.records), len(response.content))
        return page

    def _send_limited(self, path: str, limits: PageLimits | None) -> requests.Response:
        if limits is None:
            return self._send(path)
        with limited(replace(limits)):
            return self._send(path)

    def fetch(self, endpoint: str, params: Params) -> Any:
        """The decoded answer of any endpoint, with this stream's permissions and error sentences."""
        return self._fetch(endpoint, params, None)

    def _fetch(self, endpoint: str, params: Params, limits: PageLimits | None) -> Any:
        kind = kind_of(endpoint)
        doubtful: tuple[type[BigCommerceError], ...] = (Refused, Forbidden) if kind in self._answered else ()
        if not _POSITIONS.isdisjoint(params) or params.get("page", 1) != 1:
            doubtful = (Refused, Forbidden, NotFound)
        response = self._insist(
            endpoint,
            lambda: with_query(endpoint, self.refused.without(endpoint, params)),
            doubtful,
            limits=limits,
        )
        self._answered.add(kind)
        return decode(response)

    def _insist(
        self,
        endpoint: str,
        path_of: Callable[[], str],
        doubtful: tuple[type[BigCommerceError], ...],
        filters: Sequence[str] = (),
        is_begun: bool = False,
        limits: PageLimits | None = None,
    ) -> requests.Response:
        """The response to a request that is sent once more after a refusal that is `doubtful`, as the list has been
        read before, or that names something that the stream can do without.

        What is refused twice is left out from then on, for this sync. Raises FilterRefused where that changes which
        records a list has that `is_begun`.
        """
        while True:
            path = path_of()
            try:
                return self._send_limited(path, limits)
            except BigCommerceError as error:
                if not isinstance(error, doubtful) and not self._can_do_without(error, path, filters):
                    raise
            try:
                return self._send_limited(path, limits)
            except Refused as refusal:
                names = self._can_do_without(refusal, path, filters)
                if not names:
                    raise
                self._leave_out(endpoint, names, refusal)
                if is_begun and not set(names).isdisjoint(filters):
                    raise FilterRefused(str(refusal.message)) from None

    def _can_do_without(self, error: BigCommerceError, path: str, filters: Sequence[str]) -> list[str]:
        """The names that a refusal of this request names of what the stream can do without."""
        return named_in(error.explanation, path, filters) if isinstance(error, Refused) else []

    def _leave_out(self, endpoint: str, names: Sequence[str], refusal: Refused) -> None:
        """Leaves parts of requests to an endpoint out, and warns of each once."""
        new = self.refused.add(endpoint, names)
        filters = [name for name in new if name in self.optional_filters()]
        apart = [name for name in new if name in self.read_apart.union(list_.name for list_ in self.embedded)]
        for left_out, consequence in (
            (filters, "the list is read whole and filtered here, which takes more requests"),
            (apart, "that part is read from its own address, which takes more requests"),
            ([name for name in new if name not in {*filters, *apart}], "those fields stay empty"),
        ):
            if left_out:
                self.logger.warning(
                    f"BigCommerce refuses {', '.join(left_out)} in requests to {kind_of(endpoint)} for '{self.name}' "
                    f"({shown(refusal.explanation)}): in this sync, {consequence}."
                )

    def _fixed(self) -> Params:
        return self.refused.without(self.endpoint, self.params)

    def fetch_list(self, endpoint: str, params: Params) -> Any:
        """The same for a list. Raises PageTooHeavy early where less can be asked for: fewer records, or parents."""
        many = 1 + sum(str(value).count(",") for name, value in params.items() if name.endswith(":in"))
        limits = limits_of(int(params.get("limit", many)), 1)
        if many == 1 and limits.largest_body:
            limits.largest_body *= _PARENTS_IN_A_BODY  # what belongs to one parent is held at once in any case
        return self._fetch(endpoint, params, limits if limits.allow_smaller else None)

    def _send(self, path: str) -> requests.Response:
        with self.store.governor.slot(path.partition("?")[0]):
            try:
                response = self._http_client.send_request("GET", self.url_base + path, self.request_kwargs())[1]
            except AirbyteTracedException as error:
                raise in_plain_words(error) from None
        self.mismatches.note_repairs(repairs(response), path.partition("?")[0])
        return response

    def forgive_if_deleted(self, parent: Record, missing: NotFound) -> None:
        """Logs that a child is missing because its parent was deleted meanwhile; raises `missing` if it was not."""
        if self.find(parent["id"]) is not None:
            raise missing
        self.logger.info(f"Record {parent['id']} of '{self.name}' was deleted while it was read.")

    def find(self, key: Any) -> Any:
        """The record of this key; None when neither its own address nor the list has it."""
        try:
            found = self.fetch(of_parent(f"{self.endpoint}/{{id}}", key), {})
            return found["data"] if isinstance(found, dict) and isinstance(found.get("data"), dict) else found
        except NotFound:
            listed = self.paging.page(
                self.fetch(self.endpoint, {**self.paging.first(), **self.only(key)}), self.paging.first()
            )
            return next((record for record in listed.records if record.get("id") == key), None)

    def only(self, key: Any) -> Params:
        """The query parameters that select the record of this key."""
        return {"id:in": str(key)}

    def check_access(self) -> None:
        """Reads one record. Raises BigCommerceError, which names the missing scope, when that is not allowed."""
        self.fetch(self.endpoint, self.one_row())

    def one_row(self) -> Params:
        """The paging parameters of the smallest page there is."""
        return {"limit": 1} if "limit" in self.paging.first() else {}

    def _is_narrowed_here_only(self) -> bool:
        """Whether the list holds what is of other channels than the user's."""
        chosen = self.store.config.channel_ids
        if not chosen or not self.by_channel:
            return False
        return not self.refused.without(self.endpoint, self.by_channel.params(chosen))

    def _total(self, first: Page, whole: Mapping[str, Any] | None) -> int | None:
        if first.total is not None or self.count is None:
            return first.total
        try:
            answer = self.fetch(self.count, self.filters(whole))
        except BigCommerceError as error:
            self.store.breaker.check()
            self.logger.info(f"How many records '{self.name}' has is not known: {error.message}")
            return None
        count = answer.get("count") if isinstance(answer, dict) else None
        return count if isinstance(count, int) else None

    def _page(self, response: requests.Response) -> Page:
        asked = dict(parse_qsl(urlsplit(response.request.url or "").query))
        try:
            return self.paging.page(decode(response), asked)
        except BigCommerceError as error:
            raise located(error, request_of(response)) from None


@dataclass(frozen=True)
class DateFilter:
    """The parameters by which an endpoint selects by the cursor field, and sorts by it, where it does."""

    minimum: str
    maximum: str
    newest_first: Params | None = None


class IncrementalStream(BigCommerceStream, IncrementalMixin, ABC):
    """A list of which later syncs read only what is new or changed.

    Subclasses also declare `dates`. Where the records are not the entries of the list, `dated_by` is the field of an
    entry that `dates` selects by, and `cursor_field` that of a record.
    """

    cursor_field = "date_modified"
    dates: ClassVar[DateFilter]
    dated_by: ClassVar[str] = "date_modified"
    zone_is_known: ClassVar[bool] = True  # of dates that name none: that it is UTC
    ignores_start_date: ClassVar[bool] = False
    pages_per_slice: ClassVar[int] = 10  # and the one that is its sample

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.progress = Progress()
        self._samples: dict[tuple[Any, ...], Sample] = {}  # each until the reader of its slice takes it
        # What an entry of the list is known by, where that is one field.
        self._entry_key = self._key_fields[0] if self.is_a_record_each and len(self._key_fields) == 1 else "id"
        self.once = Once()
        self._known_parts: Sequence[Segment] = ()  # of the window, in which not everything has to be read

    @property
    def state(self) -> MutableMapping[str, Any]:
        return self.progress.state.dump(self.cursor_field)

    @state.setter
    def state(self, value: Mapping[str, Any]) -> None:
        self.progress.resume(parse_state(self.name, self.cursor_field, value))

    @property
    def selection(self) -> Selection:
        """The settings that decide which records belong to this stream."""
        config = self.store.config
        return Selection(
            config.store_hash,
            None if self.ignores_start_date else max(config.start_date, _BEGINNING),
            tuple(sorted(set(config.channel_ids))) if self.depends_on_channels() else None,
        )

    def resumed_state(self, sync_mode: SyncMode, state: Mapping[str, Any]) -> StreamState:
        """The state to begin with; an empty one, with a remark, where the saved state belongs to another mode or store.

        A full refresh goes on only from an attempt of its own that was broken off. Raises BigCommerceError when the
        state cannot be read.
        """
        saved = parse_state(self.name, self.cursor_field, state)
        reason = self._why_unusable(sync_mode, saved)
        if not reason:
            return saved
        return StreamState(remark=f"The stream '{self.name}' is read from its start: {reason}.")

    def _why_unusable(self, sync_mode: SyncMode, saved: StreamState) -> str | None:
        if saved.reached is None:
            return None
        if saved.selection and saved.selection.store_hash.lower() != self.selection.store_hash.lower():
            return f"its saved state is of another store, {saved.selection.store_hash}"
        if sync_mode is not SyncMode.full_refresh:
            return "its saved state is of a full refresh that was broken off" if saved.is_full_refresh else None
        if not saved.is_full_refresh:
            return "the saved state is not of a full refresh that was broken off"
        return None if saved.selection == self.selection else "the settings have changed since the full refresh began"

    def resumption(self) -> str:
        return STARTS_OVER_UNLESS_SAVED if self.progress.state.reached is None else RESUMES

    def stream_slices(
        self,
        *,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterator[StreamSlice]:
        """Slices that tile the time from the last sync, less the look-back, to the server's clock and beyond; and
        before them what the settings let in that earlier syncs left out."""
        state = self.resumed_state(sync_mode, stream_state or {})
        self.progress.resume(state)
        upper = self.store.started()
        parts = segments(state, self.selection, self._earliest, upper, self.store.config.lookback)
        if parts[-1].start > upper:
            self.logger.warning(
                f"The saved state of '{self.name}' lies in the future of the store's clock: nothing is read now, and "
                "the next sync starts from here. Reset the stream in the connection if that is not meant."
            )
            self.progress.resume(replace(state, reached=upper))
            return
        known = [(part.start, part.end) for part in parts if part.is_known]
        is_full_refresh = sync_mode is SyncMode.full_refresh
        self.progress.begin(parts[0].start, upper, self.selection, known, is_full_refresh)
        self.once, self.unread = Once(), UnreadParents()
        self._known_parts = [part for part in parts if part.is_known or part.known_channels]
        if len(parts) > 1:
            self.logger.info(
                f"The settings include more records of '{self.name}' than its saved state covers: those changed since "
                f"{parts[0].start:%Y-%m-%d %H:%M} UTC that earlier syncs left out are read too."
            )
        expected = 0
        for part in parts:
            if not part.is_known:
                yield from self._cut(part)
                expected += self.tally.expected or 0
                self.tally.expected = expected if self.tally.expected is not None else None

    def _cut(self, part: Segment) -> Iterator[StreamSlice]:
        known = {_KNOWN_CHANNELS: part.known_channels} if part.known_channels and self.by_channel else {}
        whole = StreamSlice(partition=known, cursor_slice=window(part.start, part.end).cursor_slice)
        total = self.look_ahead(whole)
        first = self._first_pages.get(key_of_slice(whole))
        oldest_first = isinstance(first, Page) and _is_sorted_by_id(first.records)
        del first
        for start, end, sample in self._cut_window(whole, total):
            piece = narrowed(whole, start, end)
            if piece != whole:
                self._first_pages.pop(key_of_slice(whole), None)
            if sample and sample.start < sample.end and oldest_first:
                self._samples[key_of_slice(piece)] = sample
            yield piece

    def _cut_window(self, whole: StreamSlice, total: int) -> Iterator[tuple[datetime, datetime, Sample | None]]:
        """The parts that a window is cut into. There is only one where the store refuses to select by date, as each of
        several would read the whole list; the first sample shows that, if the first page did not."""
        lower, upper = bounds(whole)
        for piece in cut(lower, upper, () if self.selects_no_dates else self._look_into(whole, total)):
            if self.selects_no_dates and piece[0] == lower:
                yield lower, upper, None
                return
            yield piece

    @property
    def selects_no_dates(self) -> bool:
        """Whether the store refuses a filter by date, so that each slice lists more than its own records."""
        return not self.refused.at(self.endpoint).isdisjoint((self.dates.minimum, self.dates.maximum))

    def read_pages(
        self, streams: Sequence[BigCommerceStream], stream_slice: Mapping[str, Any] | None
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        failure = None
        try:
            yield from self._share(self._begun_anew(stream_slice), streams)
        except UnreadableRecords as error:
            failure = error
            if stream_slice:
                self.progress.leave_out(bounds(stream_slice)[0])
        part = self.progress.claim(*bounds(stream_slice), self.slices_per_state) if stream_slice else None
        if part:
            yield from self._share(self.left_over(window(*part)), streams)
            self.progress.finish(*part)
        if failure:
            raise failure

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        sample = self._samples.pop(key_of_slice(stream_slice), None)
        if stream_slice and sample:
            behind = narrowed(stream_slice, sample.end, bounds(stream_slice)[1])
            rows = [row for row in self._rows(sample.page) if self._is_before(sample.end, row)]
            del sample  # it keeps the decoded page
            yield self.wanted(rows, stream_slice)
            del rows
            stream_slice = behind
        yield from super().batches(stream_slice)

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        """One second wider on both sides: whether the bounds are inclusive is not documented everywhere.

        The last slice has no upper bound: a record that changes all the time, such as a product that sells every
        minute, would move past it in every sync and never be seen.
        """
        chosen = super().filters(stream_slice)
        if not stream_slice or "start" not in stream_slice:
            return chosen
        start, end = bounds(stream_slice)
        minimum = {} if start <= _BEGINNING else {self.dates.minimum: _whole_second(start - _SECOND)}
        maximum = {} if end == self.store.started() else {self.dates.maximum: _whole_second(end + _SECOND)}
        return self.refused.without(self.endpoint, {**minimum, **maximum, **chosen})

    def optional_filters(self) -> Sequence[str]:
        return [*super().optional_filters(), self.dates.minimum, self.dates.maximum]

    def _is_narrowed_here_only(self) -> bool:
        return super()._is_narrowed_here_only() or self.selects_no_dates

    def wanted(self, records: Sequence[Record], stream_slice: Mapping[str, Any] | None) -> Sequence[Record]:
        """The records without those that certainly belong to another slice, or that this sync need not repeat."""
        if not stream_slice or "start" not in stream_slice:
            return super().wanted(records, stream_slice)
        start, end = bounds(stream_slice)
        began = self.store.started()
        chosen = []
        for record in records:
            changed = self.changed(record) if self.zone_is_known else None
            if changed is not None and not (start <= changed and (end == began or changed < end)):
                continue
            if not self.is_chosen(record) or (self._known_parts and self.is_known(record, changed)):
                continue
            if self.once.admits(record.get(self._entry_key), is_late=changed is not None and changed >= began):
                chosen.append(record)
        return chosen

    def is_known(self, record: Record, changed: datetime | None) -> bool:
        """True for a record that an earlier sync emitted, under settings that let in less."""
        return changed is not None and any(
            part.start <= changed < part.end
            and (
                part.is_known or (self.by_channel is not None and self.by_channel.selects(record, part.known_channels))
            )
            for part in self._known_parts
        )

    def tells_of_more(self, stream_slice: Mapping[str, Any] | None, listed: int, last: Record) -> bool:
        settled = self.settled(stream_slice)
        return settled is not None and super().tells_of_more(settled, listed, last)

    def settled(self, stream_slice: Mapping[str, Any] | None) -> StreamSlice | None:
        """What had changed before the sync began, if the slice has such a part: no later edit joins this."""
        dated = stream_slice if stream_slice and "start" in stream_slice else window(_BEGINNING, self.store.started())
        start, end = bounds(dated)
        end = min(end, self.store.started() - 2 * _SECOND)
        return narrowed(stream_slice or {}, start, end) if start < end else None

    @property
    def slices_per_state(self) -> int:
        """How many slices are read before what is `left_over` of them."""
        return 1

    def left_over(self, part: StreamSlice) -> Iterator[Sequence[Record]]:
        """What remains to be read of a part of the window when the list has been read there: behind the last part,
        what belongs to parents that earlier syncs could not read."""
        if self.is_last(part):
            for key in self.progress.resumed.unread_parents:
                if key in self.unread:
                    continue  # tried in this sync
                try:
                    yield from self.read_parent(key)
                except FilterRefused:
                    raise
                except BigCommerceError as error:
                    self.keep_unread(key, error)
                if key not in self.unread:
                    self.progress.remove_unread_parent(key)

    def is_last(self, part: StreamSlice) -> bool:
        """True for the part of the window with which the sync ends."""
        return bounds(part)[1] == self.store.started()

    def read_parent(self, key: Any) -> Iterator[Sequence[Record]]:
        """The pages with all that belongs to the parent of this key, unless the settings leave it out by now."""
        first = self.paging.first()
        listed = self.paging.page(self.fetch(self.endpoint, {**self._fixed(), **first, **self.only(key)}), first)
        parent = next((one for one in listed.records if one.get("id") == key), None) or self.find(key)
        if not isinstance(parent, dict) or not self.is_chosen(parent):
            return
        changed = self.changed(parent)
        if changed is None or changed >= self._earliest:
            yield [parent]

    def is_known_unread(self, parent: Any) -> bool:
        return parent in self.progress.resumed.unread_parents

    def keep_unread(self, parent: Any, error: BigCommerceError) -> None:
        super().keep_unread(parent, error)
        self.progress.add_unread_parent(parent)

    @property
    def _earliest(self) -> datetime:
        return self.selection.start_date or _BEGINNING

    def _look_into(self, whole: StreamSlice, total: int) -> Iterator[Sample | None]:
        """Samples of the window, oldest first."""
        if self.dates.newest_first is None:
            return
        pages = SamplePages(total, self.pages_per_slice)
        for number, sample in self.store.gather(lambda number: (number, self._sample(number, whole)), pages):
            if sample is None:
                pages.tells_nothing(number)
            yield sample

    def _sample(self, number: int, whole: StreamSlice) -> Sample | None:
        """What the page of this number tells, counted from the newest record; None where the store does not help.

        A page that is sorted as was asked for shows that the store does sort: its own order is the other way round.
        """
        try:
            page = self._sample_page(number, whole)
            sample = sample_of([self.changed(row) for row in self._rows(page)], page)
        except BigCommerceError as error:
            # Slicing is a convenience: a store that does not help with it still gets its records read.
            self.store.breaker.check()
            self.logger.info(f"'{self.name}' is read in larger slices: {error.message}")
            return None
        forget(page)  # it is decoded again when its turn comes: text is small
        return sample

    def _sample_page(self, number: int, whole: StreamSlice) -> requests.Response:
        """The sample of this number; a smaller one from the same record where it is too heavy."""
        lower, upper = bounds(whole)
        # With both filters, as slices need them.
        bounded = narrowed(whole, max(lower, _BEGINNING + _SECOND), upper - _SECOND)
        for is_last in (False, True):
            place = sample_page(number, self.sizes)
            try:
                return self._insist(
                    self.endpoint,
                    partial(self._sample_path, bounded, place),
                    (),
                    self.optional_filters(),
                    limits=limits_of(place["limit"], 1),
                )
            except PageTooHeavy as error:
                self.sizes.fail(place["limit"], 1, error.is_refused)
                if is_last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _sample_path(self, bounded: StreamSlice, place: Params) -> str:
        order = {**(self.dates.newest_first or {}), **place}
        return with_query(self.endpoint, {**self._fixed(), **self.filters(bounded), **order})

    def _rows(self, response: requests.Response) -> list[Record]:
        body = decode(response)
        rows = body.get("data") if isinstance(body, dict) else body
        return with_integer_ids(rows) if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []

    def _is_before(self, end: datetime, record: Record) -> bool:
        changed = self.changed(record)
        return changed is not None and changed < end

    def _converted(self, entry: Record) -> Record:
        """The record with a date in the cursor field in any case: some destinations refuse one without, and others
        may keep an older row in its place."""
        record = super()._converted(entry)
        if record.get(self.cursor_field) is None:
            record[self.cursor_field] = self.date_instead(record, self.mismatches.key_of(record))
        return record

    def date_instead(self, entry: Record, name: str) -> str:
        """A date for an entry whose own cannot be read: that of its creation, else the time of the sync. `name` is how
        the log names the entry."""
        created = _instant(entry.get(_CREATED))
        instead = "the date of creation" if created else "the time of the sync"
        self.mismatches.note_dateless(self.cursor_field, instead, name)
        return format_timestamp(created or self.store.started())

    def changed(self, record: Record) -> datetime | None:
        """When the record was last changed; None where it does not tell. Without a zone, it is taken for UTC."""
        return _instant(record.get(self.dated_by))


def _instant(value: Any) -> datetime | None:
    try:
        return parse_timestamp(value) if isinstance(value, (str, int)) else None
    except ValueError:
        return None


def window(start: datetime, end: datetime) -> StreamSlice:
    """The slice of what changed from `start` until before `end`."""
    return StreamSlice(partition={}, cursor_slice={"start": format_timestamp(start), "end": format_timestamp(end)})


def narrowed(stream_slice: Mapping[str, Any], start: datetime, end: datetime) -> StreamSlice:
    """The part of a slice that changed from `start` until before `end`."""
    others = {name: value for name, value in stream_slice.items() if name not in _DATES}
    return StreamSlice(partition=others, cursor_slice=window(start, end).cursor_slice)


def _is_of_one_entry(error: BigCommerceError) -> bool:
    """False for failures that may pass, or that other entries would meet as well."""
    is_general = isinstance(error, (FilterRefused, Forbidden)) or error.failure_type is FailureType.transient_error
    return not is_general


def _known_channels(stream_slice: Mapping[str, Any] | None) -> Sequence[int]:
    known: Sequence[int] = (stream_slice or {}).get(_KNOWN_CHANNELS, ())
    return known


def of(parent: Any, stream_slice: Mapping[str, Any]) -> StreamSlice:
    """The same slice of the list that belongs to this parent; None is no parent."""
    partition = {} if parent is None else {PARENT: parent}
    dates = {name: stream_slice[name] for name in _DATES if name in stream_slice}
    return StreamSlice(partition=partition, cursor_slice=dates)


def bounds(stream_slice: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The start and the end of a slice made by `window`."""
    start, end = parse_timestamp(stream_slice["start"]), parse_timestamp(stream_slice["end"])
    assert start is not None and end is not None, "slices are made by window()"
    return start, end


def _ended_early(stream: str, listed: int, resumption: str) -> BigCommerceError:
    return BigCommerceError(
        f"BigCommerce's list of '{stream}' ended after {listed} records, though the store has more of them. Nothing is "
        f"lost: {resumption}",
        FailureType.transient_error,
    )


def _is_sorted_by_id(records: Sequence[Record]) -> bool:
    ids = [record.get("id") for record in records]
    return all(isinstance(one, int) and isinstance(next_one, int) and one < next_one for one, next_one in pairwise(ids))


def key_of_slice(stream_slice: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """What tells a slice from others, also from one that is equal."""
    return tuple(sorted((stream_slice or {}).items()))


def _whole_second(instant: datetime) -> str:
    return format_timestamp(instant.replace(microsecond=0))

"""What all streams have in common. A stream itself is a handful of declarations: see the modules beside this one."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.sources.streams import IncrementalMixin
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.streams.http.error_handlers import ErrorHandler
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils import AirbyteTracedException

from source_bigcommerce.api.body import decode, forget
from source_bigcommerce.api.client import Store, of_parent, with_query
from source_bigcommerce.api.errors import (
    BigCommerceError,
    ErrorTable,
    NotFound,
    PageTooHeavy,
    TwoScopes,
    in_plain_words,
)
from source_bigcommerce.api.paging import (
    Page,
    Paging,
    Params,
    Record,
    counts_none,
    is_empty,
    key_of,
    lossy,
    smallest_limit,
)
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import REQUEST_KWARGS, PageLimits, limited
from source_bigcommerce.api.values import format_timestamp, normaliser, parse_timestamp
from source_bigcommerce.streams import unreadable
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.embedded import Embedded, complete
from source_bigcommerce.streams.once import Once
from source_bigcommerce.streams.page_size import PageSize, limits_of
from source_bigcommerce.streams.progress import Progress, parse_state, state_of
from source_bigcommerce.streams.slicing import Sample, SamplePages, cut, sample_of, sample_page
from source_bigcommerce.streams.tally import Tally
from source_bigcommerce.streams.unreadable import Detour, UnreadableRecords

_DOUBTS = 3  # how often an end is asked for again that the store contradicts
_SECOND = timedelta(seconds=1)
_DATES = ("start", "end")  # the fields of a slice that bound it
PARENT = "parent"  # the field of a slice that names the record whose list it is a part of
_BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)  # before anything that BigCommerce can hold


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
    shared_list: ClassVar[str | None] = None  # streams that name the same one can be made of one reading of it

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tally = Tally()
        self.sizes = PageSize()
        self._unreadable: list[str] = []  # records that were found in this sync
        self._misfits: set[str] = set()
        # First pages read to learn how long a list is, each until the reader of its slice takes it.
        self._first_pages: dict[tuple[Any, ...], Page | PageTooHeavy] = {}
        super().__init__(authenticator=store.auth)
        self._http_client = store.client(self.name, self.get_error_handler())
        self._key_fields = [self.primary_key] if isinstance(self.primary_key, str) else list(self.primary_key)

    @cached_property
    def _normalise(self) -> Callable[[Record], Record]:
        return normaliser(self.get_json_schema(), self._report_misfit)

    # What the CDK asks of every HTTP stream.

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
            {**self.params, **self.filters(stream_slice), **(next_page_token or self.paging.first())},
        )

    def request_kwargs(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        return REQUEST_KWARGS

    def get_error_handler(self) -> ErrorHandler:
        if self.list_scope in (None, self.scope):
            return ErrorTable(self.name, self.scope, self.store.breaker)
        return TwoScopes(self.name, self.scope, self.store.breaker, self.endpoint, self.list_scope)

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

    def read_pages(
        self, streams: Sequence[BigCommerceStream], stream_slice: Mapping[str, Any] | None
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        """The slice's records for each of the streams, page by page. The others have to be made of the same list."""
        return self._share(self.batches(stream_slice), streams)

    def _share(
        self, batches: Iterable[Sequence[Record]], streams: Sequence[BigCommerceStream]
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        for listed in batches:
            entries = self.complete(listed)
            for stream in streams:
                yield stream, stream.take(entries)
            del listed, entries  # not kept while the next page is fetched

    def take(self, entries: Sequence[Record]) -> Iterator[Record]:
        """This stream's records of the entries of a page, in the form that its schema promises."""
        records = 0
        for record in self.records(entries):
            for field in self._key_fields:
                if type(record.get(field)) not in (int, str):
                    raise lossy(f"a record of '{self.name}' has no {field}, by which records are told apart")
            yield self._normalise(record)
            records += 1
        self.tally.add(len(entries), records)

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
        return self.by_channel.params(self.store.config.channel_ids) if self.by_channel else {}

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
                    raise _ended_early(self.name, listed)
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
                    raise error.at_size(self.name, size) from None
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
        path = self.path(stream_slice=stream_slice, next_page_token=asked)
        response = self._send_limited(path, limits)
        body = decode(response)
        if is_empty(body) and not may_be_empty and (paging or not counts_none(body)):
            response = self._send_limited(path, limits)
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
        return decode(self._send(with_query(endpoint, params)))

    def fetch_list(self, endpoint: str, params: Params) -> Any:
        """The same for a list. Raises PageTooHeavy early where less can be asked for: fewer records, or parents."""
        many = 1 + sum(str(value).count(",") for name, value in params.items() if name.endswith(":in"))
        limits = limits_of(int(params.get("limit", many)), 1)
        return decode(self._send_limited(with_query(endpoint, params), limits if limits.allow_smaller else None))

    def _send(self, path: str) -> requests.Response:
        with self.store.governor.slot(path.partition("?")[0]):
            try:
                return self._http_client.send_request("GET", self.url_base + path, self.request_kwargs())[1]
            except AirbyteTracedException as error:
                raise in_plain_words(error) from None

    def forgive_if_deleted(self, parent: Record, missing: NotFound) -> None:
        """Logs that a child is missing because its parent was deleted meanwhile; raises `missing` if it was not."""
        if self.find(parent["id"]) is not None:
            raise missing
        self.logger.info(f"Record {parent['id']} of '{self.name}' was deleted while it was read.")

    def find(self, key: Any) -> Any:
        """The record of this key; None when neither its own address nor the list has it."""
        try:
            return self.fetch(of_parent(f"{self.endpoint}/{{id}}", key), {})
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
        return bool(chosen and self.by_channel and not self.by_channel.params(chosen))

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
        return self.paging.page(decode(response), asked)

    def _report_misfit(self, path: str, kind: str) -> None:
        if path not in self._misfits:
            self._misfits.add(path)
            self.logger.warning(
                f"The field {path} of '{self.name}' holds values that are not of type {kind}: they are passed on as "
                "they are."
            )


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
        self._once = Once()

    @property
    def state(self) -> MutableMapping[str, Any]:
        return state_of(self.cursor_field, self.progress.value)

    @state.setter
    def state(self, value: Mapping[str, Any]) -> None:
        self.progress.resume(parse_state(self.name, self.cursor_field, value))

    def stream_slices(
        self,
        *,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterator[StreamSlice]:
        """Slices that tile the time from the last sync, less the look-back, to the server's clock and beyond."""
        self.state = stream_state or {}
        lower, upper = self._lower_bound(), self.store.started()
        if lower > upper:
            self.logger.warning(
                f"The saved state of '{self.name}' lies in the future of the store's clock: nothing is read now, and "
                "the next sync starts from here. Reset the stream in the connection if that is not meant."
            )
            self.progress.resume(upper)
            return
        self.progress.begin(lower, upper)
        self._once = Once()
        whole = window(lower, upper)
        total = self.look_ahead(whole)
        first = self._first_pages.get(key_of_slice(whole))
        oldest_first = isinstance(first, Page) and _is_sorted_by_id(first.records)
        del first
        for start, end, sample in cut(lower, upper, self._look_into(whole, total)):
            piece = window(start, end)
            if piece != whole:
                self._first_pages.pop(key_of_slice(whole), None)
            if sample and sample.start < sample.end and oldest_first:
                self._samples[key_of_slice(piece)] = sample
            yield piece

    def read_pages(
        self, streams: Sequence[BigCommerceStream], stream_slice: Mapping[str, Any] | None
    ) -> Iterator[tuple[BigCommerceStream, Iterator[Record]]]:
        failure = None
        try:
            yield from super().read_pages(streams, stream_slice)
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
        return {**minimum, **maximum, **chosen}

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
            if not self.is_chosen(record):
                continue
            if self._once.admits(record.get(self._entry_key), is_late=changed is not None and changed >= began):
                chosen.append(record)
        return chosen

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

    def left_over(self, part: StreamSlice) -> Iterable[Sequence[Record]]:
        """What remains to be read of a part of the window when the list has been read there."""
        return ()

    def _lower_bound(self) -> datetime:
        start = _BEGINNING if self.ignores_start_date else max(self.store.config.start_date, _BEGINNING)
        if self.progress.resumed is None:
            return start
        return max(start, self.progress.resumed - self.store.config.lookback)

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
        for is_last in (False, True):
            place = sample_page(number, self.sizes)
            order = {**(self.dates.newest_first or {}), **place}
            path = with_query(self.endpoint, {**self.params, **self.filters(whole), **order})
            try:
                return self._send_limited(path, limits_of(place["limit"], 1))
            except PageTooHeavy as error:
                self.sizes.fail(place["limit"], 1, error.is_refused)
                if is_last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _rows(self, response: requests.Response) -> list[Record]:
        body = decode(response)
        rows = body.get("data") if isinstance(body, dict) else body
        return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []

    def _is_before(self, end: datetime, record: Record) -> bool:
        changed = self.changed(record)
        return changed is not None and changed < end

    def changed(self, record: Record) -> datetime | None:
        """When the record was last changed; None where it does not tell. Without a zone, it is taken for UTC."""
        try:
            value = record.get(self.dated_by)
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


def _ended_early(stream: str, listed: int) -> BigCommerceError:
    return BigCommerceError(
        f"BigCommerce's list of '{stream}' ended after {listed} records, though the store has more of them. Nothing is "
        "lost: the next sync resumes from the last saved state.",
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

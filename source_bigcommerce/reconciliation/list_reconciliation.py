"""Reconciliation of one list: it is read whole, in the order of its keys if it has one, and compared with the ledgers.

A range is decided as soon as it has been read: between two keys of a sorted list nothing can hide. Lists that have only
page numbers, or no way to request a single record, are decided as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.types import Record as CdkRecord

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.pagination import CursorV3, KeysetV2, KeysetV3, Params, Record
from source_bigcommerce.lists.client import FilterRefused
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.pages import read_sequentially
from source_bigcommerce.lists.unreadable_records import UnreadableRecords
from source_bigcommerce.reconciliation.confirmation import DeletionConfirmation
from source_bigcommerce.reconciliation.messages import RangeDone
from source_bigcommerce.reconciliation.stream_comparison import StreamComparison
from source_bigcommerce.streams.stream import Stream

PAGES_PER_RANGE = 10

logger = logging.getLogger("airbyte")

Item = CdkRecord | RangeDone


class _Unsorted(Exception):
    """The list is not in the order of its ids, so it can only be decided as a whole."""


class ListReconciliation:
    """The reconciliation of one list in one sync, for all streams made from it.

    `is_over` returns True when its time is up; `others_returned_records` returns True if the store has
    returned records of another list in this sync.
    """

    def __init__(
        self,
        comparisons: Sequence[StreamComparison],
        is_over: Callable[[], bool],
        others_returned_records: Callable[[], bool],
    ) -> None:
        first = comparisons[0]
        reader = first.stream.new_reader()
        assert isinstance(reader, IncrementalListReader)
        reader.is_reconciling = True
        for one in comparisons:
            one.stream.reader = reader
        self.comparisons = comparisons
        self.has_ended = False
        self._has_read = False
        self._reader = reader
        self._listing = reader.listing
        self._is_over = is_over
        self._is_ranged = (
            self._listing.finds_by_id
            and self._listing.parents is None
            and isinstance(self._listing.pagination, (CursorV3, KeysetV2, KeysetV3))
        )
        position = _first_position(comparisons) if self._is_ranged else None
        self._after: Any = position[0] if position else None
        self._start: Params | None = position[1] if position else None
        self._confirmation = DeletionConfirmation(reader, comparisons, others_returned_records)

    def items(self) -> Iterator[Item]:
        """Yields the records that differ and the deletions, and the end of each range. Raises BigCommerceError."""
        began = self._reader.store.sync_started_at()
        for one in self.comparisons:
            one.ledger.begun = one.ledger.begun or began
        if not self._is_ranged:
            yield from self._whole()
            return
        while True:
            try:
                yield from self._ranges()
                return
            except FilterRefused:
                continue  # the rest is read without the filter
            except _Unsorted:
                self._after = self._start = None
                yield from self._whole()
                return
            except BigCommerceError:
                if self._start is None or self._has_read:
                    raise
                self._after = self._start = None  # the store may no longer accept the saved position

    @property
    def record_bytes(self) -> float:
        """The average size of an entry on the last page, in bytes of JSON."""
        return self._reader.pages.size.record_bytes

    def summary(self) -> str:
        """Returns a sentence for the log."""
        counters = [one.stream.counters for one in self.comparisons]
        end = "" if self.has_ended else " The rest follows in the next sync."
        return (
            f"Reconciled {names(one.stream for one in self.comparisons)}: {counters[0].compared:,} records of the list "
            f"compared, {sum(one.emitted_again for one in counters):,} emitted again, "
            f"{sum(one.deleted for one in counters):,} deleted.{end}"
        )

    def _whole(self) -> Iterator[Item]:
        try:
            for entries in self._reader.read_uncompleted(self._reader.whole()):
                yield from self._compare(entries)
        except UnreadableRecords as error:
            logger.warning(error.message)
        yield from self._end_range(None, None)

    def _ranges(self) -> Iterator[Item]:
        ends: list[tuple[Any, Params]] = []  # of the pages of this range
        last = self._after
        for entries, following in self._pages():
            self._has_read = True
            yield from self._compare(self._new(entries))
            if following is None:
                break
            ids = [entry["id"] for entry in entries]
            if any(later <= earlier for earlier, later in pairwise(ids if last is None else [last, *ids])):
                raise _Unsorted
            last = ids[-1] if ids else last
            if ids and "page" not in following:  # the number of a page depends on its size
                ends.append((last, following))
            decided = self._decided(ends) if len(ends) >= PAGES_PER_RANGE else None
            if decided is None:
                continue
            upto, start = ends[decided]
            yield from self._end_range(upto, start)
            ends = ends[decided + 1 :]
            if self._is_over():
                return
        yield from self._end_range(None, None)

    def _pages(self) -> Iterator[tuple[Sequence[Record], Params | None]]:
        reader, piece = self._reader, self._reader.whole()
        start = {**self._listing.pagination.first(), **self._start} if self._start else None
        for entries, following in read_sequentially(reader.pages, piece, reader.has_records_after, start):
            yield reader.filter.filter(entries, piece), following

    def _compare_hidden(self, upto: Any) -> Generator[CdkRecord, None, bool]:
        """Compares the entries that the list hides, if any are missing. Returns False if they cannot all be read."""
        if not any(next(one.comparison.missing(self._after, upto), None) for one in self.comparisons):
            return True
        try:
            for entries in self._reader.hidden_entries(self._after, upto):
                yield from self._compare(self._new(entries))
        except UnreadableRecords as error:
            logger.warning(error.message)
            return False
        return True

    def _new(self, entries: Sequence[Record]) -> Sequence[Record]:
        """Returns the entries that do not belong to a range which has been decided."""
        return [entry for entry in entries if self._after is None or entry["id"] > self._after]

    def _decided(self, ends: Sequence[tuple[Any, Params]]) -> int | None:
        """Returns the number of the last page up to which everything is decided, in all streams."""
        last = ends[-1][0]
        undecided = [one.comparison.undecided_from(self._after, last) for one in self.comparisons]
        limit = min((parent for parent in undecided if parent is not None), default=None)
        return next(
            (number for number in reversed(range(len(ends))) if limit is None or ends[number][0] < limit),
            None,
        )

    def _compare(self, entries: Sequence[Record]) -> Iterator[CdkRecord]:
        if not entries:
            return
        self.comparisons[0].stream.counters.compared += len(entries)
        self._confirmation.is_list_empty, self._confirmation.witness = False, entries[-1].get("id")
        parents = [entry.get("id") for entry in entries]
        if self._listing.embedded:
            self._confirmation.returned.update(parents)
        self._reader.enricher.note_lengths(entries)
        complete = self._reader.enricher.complete(entries)
        for one in self.comparisons:
            yield from one.compare(complete, parents)

    def _end_range(self, upto: Any, start: Params | None) -> Iterator[Item]:
        """Yields the rest of a range: entries that the list hides, deletions, incomplete blocks; then its end."""
        is_certain = yield from self._compare_hidden(upto)
        for one in self.comparisons:
            for parent in self._reader.unread if self._listing.parents else ():
                yield from one.assume(parent)
            one.find_missing(self._after, upto)
            if not is_certain:
                one.keep(one.missing)
        yield from self._confirmation.resolve()
        self._confirmation.returned = {key for key in self._confirmation.returned if upto is not None and key > upto}
        for one in self.comparisons:
            yield from one.close(upto)
        position = None if start is None else (upto, _without_limit(start))
        compared = [one for one in self.comparisons if not one.has_failed]
        yield RangeDone(
            MessageType.TRACE,
            after=self._after,
            upto=upto,
            found={
                **dict.fromkeys(one.stream.name for one in self.comparisons),
                **{one.stream.name: one.comparison.found.take_until(upto) for one in compared},
            },
            suspected={one.stream.name: frozenset(one.suspected) for one in compared},
            position=position,
        )
        self._after, self._start, self.has_ended = upto, start, start is None


def names(streams: Iterable[Stream]) -> str:
    """Returns the names of streams for the log."""
    return ", ".join(stream.name for stream in streams)


def _first_position(comparisons: Sequence[StreamComparison]) -> tuple[Any, Params] | None:
    """Returns where the list is read from: a sync that was killed may have saved the states of its streams at different
    ranges. None for its beginning."""
    positions = [one.ledger.position for one in comparisons]
    known = [position for position in positions if position is not None]
    return min(known, key=lambda position: position[0]) if len(known) == len(positions) else None


def _without_limit(params: Params) -> Params:
    """Returns pagination parameters without the page size, which may be another one in the next sync."""
    return {name: value for name, value in params.items() if name != "limit"}

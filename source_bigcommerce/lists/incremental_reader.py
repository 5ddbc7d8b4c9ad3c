"""Reading of a list with a date filter: later syncs read only new and changed entries."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from source_bigcommerce.api.errors import RECONCILED_LATER, RESUMES, STARTS_OVER_UNLESS_SAVED, BigCommerceError
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.lists.client import FilterRefused
from source_bigcommerce.lists.deduplication import RecordDeduplicator
from source_bigcommerce.lists.reader import ListReader
from source_bigcommerce.lists.slices import EARLIEST, ListSlice, TimeWindow
from source_bigcommerce.lists.state import Segment, Selection, StreamState, segments
from source_bigcommerce.lists.time_slicer import TimeSlicer
from source_bigcommerce.lists.unread_parents import UnreadParents
from source_bigcommerce.lists.unreadable_records import UnreadableRecords
from source_bigcommerce.lists.watermark import Watermark

logger = logging.getLogger("airbyte")


class IncrementalListReader(ListReader):
    """Reads the time windows of one list during one sync, and keeps their watermark."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.watermark = Watermark()
        super().__init__(*args, **kwargs)
        self._slicer = TimeSlicer(self.pages, self.client, self.query, self.filter, self.store)

    @property
    def selection(self) -> Selection:
        """The settings that decide which entries are read."""
        config = self.store.config
        return Selection(
            config.store_hash,
            None if self.listing.ignores_start_date else max(config.start_date, EARLIEST),
            tuple(sorted(set(config.channel_ids))) if self.listing.depends_on_channels else None,
        )

    def effective_selection(self) -> Selection:
        """Returns the settings that decide which entries this sync reads. Raises BigCommerceError."""
        return self.selection

    def whole(self) -> ListSlice:
        """Returns the slice with all entries that the settings select, whenever they were changed."""
        return ListSlice(window=TimeWindow(self._earliest, self.store.sync_started_at()))

    def selects(self, entry: Record) -> bool:
        """Returns True if the settings select an entry that was requested by its id."""
        changed = self.filter.changed_at(entry)
        return self.filter.is_chosen(entry) and (changed is None or changed >= self._earliest)

    def any_id(self) -> Any:
        """Returns the id of some entry of the list, whatever the settings exclude; None if there is none."""
        requested = {**self.listing.pagination.first(), **self.one_row()}
        page = self.listing.pagination.page(self.client.fetch(self.listing.endpoint, requested), requested)
        return page.records[0].get("id") if page.records else None

    def hidden_entries(self, after: Any, upto: Any) -> Iterator[Sequence[Record]]:
        """Yields the entries that the list does not return although the settings select them, those with an id after
        `after`, up to and including `upto` (None is open)."""
        return iter(())

    @property
    def slices_per_state(self) -> int:
        """The number of slices that are completed together with `supplementary_pages`."""
        return 1

    def resumption(self) -> str:
        if self.is_reconciling:
            return RECONCILED_LATER
        return STARTS_OVER_UNLESS_SAVED if self.watermark.state.reached is None else RESUMES

    def slices(self, state: StreamState, is_full_refresh: bool) -> Iterator[ListSlice]:
        """Yields slices that cover the time from the watermark of `state`, less the look-back, to the server's clock
        and beyond; before them, those with older records that earlier syncs left out under narrower settings."""
        self.watermark.resume(state)
        upper = self.store.sync_started_at()
        selection = self.effective_selection()
        parts = segments(state, selection, self._earliest, upper, self.store.config.lookback)
        if parts[-1].start > upper:
            logger.warning(
                f"The saved state of '{self.name}' is later than the store's clock: nothing is read now, and the next "
                "sync starts from the present time. Reset the stream in the connection if that is not intended."
            )
            self.watermark.resume(replace(state, reached=upper))
            return
        known = [TimeWindow(part.start, part.end) for part in parts if part.is_known]
        self.watermark.begin(parts[0].start, upper, selection, known, is_full_refresh)
        self.filter.deduplicator, self.unread = RecordDeduplicator(), UnreadParents()
        self.filter.known_segments = [part for part in parts if part.is_known or part.known_channels]
        if len(parts) > 1:
            logger.info(
                f"The settings include more records of '{self.name}' than its saved state covers: those changed since "
                f"{parts[0].start:%Y-%m-%d %H:%M} UTC that earlier syncs left out are read too."
            )
        estimates: list[int | None] = []
        for part in parts:
            if not part.is_known:
                whole = self._slice_of(part)
                total = self._prefetch(whole)
                estimates.append(self.estimated_total)
                known_estimates = [one for one in estimates if one is not None]
                self.estimated_total = sum(known_estimates) if len(known_estimates) == len(estimates) else None
                yield from self._slicer.cut(whole, total)

    def read(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        """Yields the complete entries of a slice; after the last one of a range, also its supplementary pages.

        The range is marked as emitted when the iterator is exhausted. Raises BigCommerceError.
        """
        failure = None
        try:
            yield from self.enricher.complete_pages(self.read_uncompleted(piece))
        except UnreadableRecords as error:
            failure = error
            if piece.window:
                self.watermark.mark_incomplete(piece.window.start)
        if piece.window:
            window = self.watermark.take_completed_range(piece.window.start, piece.window.end, self.slices_per_state)
            if window:
                for entries in self.supplementary_pages(window):
                    # At once: a parent is no longer remembered as unread when the next page is requested.
                    self.enricher.note_lengths(entries)
                    yield self.enricher.complete(entries)
                self.watermark.mark_emitted(window.start, window.end)
        if failure:
            raise failure

    def read_entries(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        sample = piece.take_sample()
        if piece.window and sample:
            rest = piece.restrict(sample.end, piece.window.end)
            rows = [row for row in self._slicer.rows(sample.page) if self._is_before(sample.end, row)]
            del sample  # it keeps the decoded page
            yield self.filter.filter(rows, piece)
            del rows
            piece = rest
        yield from super().read_entries(piece)

    def supplementary_pages(self, window: TimeWindow) -> Iterator[Sequence[Record]]:
        """Yields the entries of a completed range that the list did not return: with the last range, those of parents
        that earlier syncs could not read."""
        if not self.is_last(window):
            return
        for key in self.watermark.resumed.unread_parents:
            if key in self.unread:
                continue  # tried in this sync
            try:
                yield from self.read_parent(key)
            except FilterRefused:
                raise
            except BigCommerceError as error:
                self.keep_unread(key, error)
            if key not in self.unread:
                self.watermark.remove_unread_parent(key)

    def is_last(self, window: TimeWindow) -> bool:
        """Returns True for the range with which the sync ends."""
        return window.end == self.store.sync_started_at()

    def read_parent(self, key: Any) -> Iterator[Sequence[Record]]:
        """Yields the pages with the records of one parent, unless the settings now exclude it."""
        if self.parents:
            yield from self.parents.read_parent(key)
            return
        parent = None
        if not self.listing.record_endpoint:
            parent = self._find_in_list({**self.query.fixed(), **self.only(key)}, key)
        parent = parent or self.find(key)
        if isinstance(parent, dict) and self.selects(parent):
            yield [parent]

    def is_known_unread(self, parent: Any) -> bool:
        return parent in self.watermark.resumed.unread_parents

    def keep_unread(self, parent: Any, error: BigCommerceError) -> None:
        super().keep_unread(parent, error)
        self.watermark.add_unread_parent(parent)

    @property
    def _earliest(self) -> datetime:
        return self.selection.start_date or EARLIEST

    def _slice_of(self, part: Segment) -> ListSlice:
        known = part.known_channels if self.listing.channel_filter else ()
        return ListSlice(window=TimeWindow(part.start, part.end), known_channels=known)

    def _is_before(self, end: datetime, row: Record) -> bool:
        changed = self.filter.changed_at(row)
        return changed is not None and changed < end

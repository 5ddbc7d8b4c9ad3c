"""A filter for the entries of a slice, in addition to the query parameters, which a store may ignore."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from source_bigcommerce.api.client import Store
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.lists.deduplication import RecordDeduplicator
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.slices import ListSlice, TimeWindow
from source_bigcommerce.lists.state import Segment


class EntryFilter:
    """Filters the entries of one list during one sync.

    `known_segments` are the parts of the window whose records earlier syncs emitted under narrower settings; if
    `known_ids` is not None, only the records with these ids. `selects_all` includes the channels that are not chosen.
    """

    def __init__(self, listing: Listing, store: Store) -> None:
        self._listing = listing
        self._store = store
        self.deduplicator = RecordDeduplicator()
        self.known_segments: Sequence[Segment] = ()
        self.known_ids: frozenset[int] | None = None
        self.selects_all = False

    def filter(self, entries: Sequence[Record], piece: ListSlice) -> Sequence[Record]:
        """Returns the entries without those that certainly belong to another slice or channel, or were emitted."""
        if piece.window is None:
            return [entry for entry in entries if self.is_chosen(entry)]
        dates = self._listing.date_filter
        began = self._store.sync_started_at()
        chosen = []
        for entry in entries:
            changed = self.changed_at(entry) if dates and dates.timestamps_are_utc else None
            if changed is not None and not _contains(piece.window, changed, began):
                continue
            if not self.is_chosen(entry) or (self.known_segments and self._was_emitted(entry, changed)):
                continue
            if self.deduplicator.should_emit(entry.get("id"), changed is not None and changed >= began):
                chosen.append(entry)
        return chosen

    def is_chosen(self, entry: Record) -> bool:
        """Returns True if an entry belongs to the channels that the user chose."""
        channels = self._listing.channel_filter
        return self.selects_all or channels is None or channels.matches(entry, self._store.config.channel_ids)

    def changed_at(self, entry: Record) -> datetime | None:
        """Returns the instant by which the date filter selects an entry; None if it has no readable one."""
        dates = self._listing.date_filter
        return read_instant(entry.get(dates.field)) if dates else None

    def _was_emitted(self, entry: Record, changed: datetime | None) -> bool:
        if changed is None or (self.known_ids is not None and entry.get("id") not in self.known_ids):
            return False
        channels = self._listing.channel_filter
        return any(
            part.start <= changed < part.end
            and (part.is_known or (channels is not None and channels.matches(entry, part.known_channels)))
            for part in self.known_segments
        )


def read_instant(value: Any) -> datetime | None:
    """Returns the instant in a field of an entry; None if there is no readable one."""
    try:
        return parse_timestamp(value) if isinstance(value, (str, int)) else None
    except ValueError:
        return None


def _contains(window: TimeWindow, changed: datetime, sync_started_at: datetime) -> bool:
    """True for an instant in the window; the last window of a sync is open."""
    return window.start <= changed and (window.end == sync_started_at or changed < window.end)

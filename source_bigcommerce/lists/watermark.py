"""The watermark of an incremental stream: the date before which everything has been emitted (promise P2).

The CDK's concurrent cursor parses the date of every record for it; here it follows from the slices alone. They tile the
window from its lower bound to the server's clock, so the watermark is the end of the finished slices that follow the
lower bound without a gap.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from source_bigcommerce.lists.slices import TimeWindow
from source_bigcommerce.lists.state import Backfill, Selection, StreamState


class IntervalCoverage:
    """The part of a window that is covered without a gap by slices that end in any order."""

    def __init__(self, lower: datetime, upper: datetime) -> None:
        self.lower = self.reached = lower
        self.upper = upper
        self._after_gap: dict[datetime, datetime] = {}  # start -> end

    def add(self, start: datetime, end: datetime) -> int:
        """Covers a slice. Returns the number of slices by which the part without a gap grew."""
        if end < self.reached:
            return 0
        self._after_gap[start] = end
        grown = 0
        while self.reached in self._after_gap:
            self.reached = self._after_gap.pop(self.reached)
            grown += 1
        return grown


class Watermark:
    """The emitted part of a list's window, from which states are derived. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resumed = StreamState()  # the state that an earlier sync left
        self._selection: Selection | None = None
        self.is_full_refresh = False
        self._product_ids: frozenset[int] | None = None
        self._unread_parents: tuple[int | str, ...] = ()
        self._archived_listed: datetime | None = None
        self._read: IntervalCoverage | None = None
        self._emitted: IntervalCoverage | None = None
        self._pending_from: datetime | None = None  # start of the slices that were read but not taken for completion
        self._pending_slices = 0
        self._advanced = False
        self._incomplete: list[datetime] = []  # starts of slices with a record that could not be read

    def resume(self, state: StreamState) -> None:
        """Starts from the state that an earlier sync left."""
        with self._lock:
            self._resumed, self._read, self._emitted, self._advanced = state, None, None, False
            self._product_ids, self._unread_parents = None, state.unread_parents
            self._archived_listed = state.archived_listed

    def begin(
        self,
        lower: datetime,
        upper: datetime,
        selection: Selection | None = None,
        known: Iterable[TimeWindow] = (),
        is_full_refresh: bool = False,
    ) -> None:
        """Sets the window that the slices will tile, except for the parts of it that are `known`."""
        with self._lock:
            self._read, self._emitted, self._advanced = (
                IntervalCoverage(lower, upper),
                IntervalCoverage(lower, upper),
                False,
            )
            self._pending_from, self._pending_slices, self._incomplete = lower, 0, []
            self._selection, self.is_full_refresh = selection, is_full_refresh
            for part in known:
                self._read.add(part.start, part.end)
                self._emitted.add(part.start, part.end)

    def keep_product_ids(self, ids: frozenset[int]) -> None:
        """Sets the products of the chosen channels, which have all been emitted when the window ends."""
        with self._lock:
            self._product_ids = ids

    def note_archived_entries(self, now: datetime) -> None:
        """Records that the list itself returns archived entries."""
        with self._lock:
            self._archived_listed = now

    def add_unread_parent(self, key: int | str) -> None:
        """Records a parent whose own list could not be read, before the slice with it is finished."""
        with self._lock:
            self._unread_parents = tuple(dict.fromkeys([*self._unread_parents, key]))

    def remove_unread_parent(self, key: int | str) -> None:
        """Records that the records of this parent have been emitted after all."""
        with self._lock:
            self._unread_parents = tuple(one for one in self._unread_parents if one != key)

    def take_completed_range(self, start: datetime, end: datetime, slices: int) -> TimeWindow | None:
        """Marks a slice as read. Returns the range that the caller must complete and mark as emitted: the slices read
        without a gap since the last range, once they are this many or end the window; None before."""
        with self._lock:
            if self._read is None or self._pending_from is None:
                return TimeWindow(start, end)
            self._pending_slices += self._read.add(start, end)
            ended = self._read.reached == self._read.upper
            if not self._pending_slices or (self._pending_slices < slices and not ended):
                return None
            part = TimeWindow(self._pending_from, self._read.reached)
            self._pending_from, self._pending_slices = self._read.reached, 0
            return part

    def mark_incomplete(self, start: datetime) -> None:
        """Marks the slice that begins at `start` as one with an unreadable record: no state passes its start."""
        with self._lock:
            self._incomplete.append(start)

    def mark_emitted(self, start: datetime, end: datetime) -> None:
        """Marks a range of the window as emitted. Marking it twice changes nothing."""
        with self._lock:
            end = min([end, *(one for one in self._incomplete if start <= one < end)])
            if self._emitted is not None and start < end and self._emitted.add(start, end):
                self._advanced = True

    def safe_state_limit(self, start: datetime) -> datetime:
        """Returns the highest watermark of a stream that failed in the slice that begins at `start`, or while the range
        with that slice was completed: such a range contains earlier slices too."""
        with self._lock:
            if self._read and self._emitted and self._read.reached > start:
                return min(start, self._emitted.reached)
            return start

    @property
    def resumed(self) -> StreamState:
        """The state with which this sync began."""
        return self._resumed

    @property
    def unread_parents(self) -> tuple[int | str, ...]:
        """The parents whose own lists are still unread."""
        return self._unread_parents

    @property
    def state(self) -> StreamState:
        """The current state."""
        return self.state_until(None)

    def state_until(self, limit: datetime | None) -> StreamState:
        """Returns the same for a stream that was read with others and failed somewhere after `limit`."""
        with self._lock:
            if self._emitted is None or not self._advanced or limit == self._emitted.lower:
                return self._resumed
            reached = self._emitted.reached if limit is None else min(limit, self._emitted.reached)
            is_complete = reached == self._emitted.upper
            before = self._resumed.reached
            unread = self._unread_parents
            if limit is not None:  # the stream may have failed with the records of a parent that was read after all
                unread = tuple(dict.fromkeys([*self._resumed.unread_parents, *unread]))
            state = StreamState(
                reached,
                self._selection,
                product_ids=self._product_ids if is_complete else self._resumed.product_ids,
                unread_parents=unread,
                archived_listed=self._archived_listed,
                is_full_refresh=self.is_full_refresh,
                is_complete=is_complete,
            )
            if is_complete or before is None or reached >= before:
                return state
            if self._selection and self._resumed.selection not in (None, self._selection):
                backfill = Backfill(self._selection, reached)
                return replace(self._resumed, backfill=backfill, unread_parents=unread)
            return replace(state, reached=before)  # the look-back repeats time that the state already covers

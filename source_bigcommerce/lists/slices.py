"""The slices of a list: the units that workers read in parallel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.errors import PageTooHeavy
from source_bigcommerce.api.pagination import Page, Params
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.lists.sampling import Sample

EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)  # before any date of BigCommerce
SECOND = timedelta(seconds=1)
_SLICE = "slice"


@dataclass(frozen=True)
class TimeWindow:
    """The time from `start` until before `end`."""

    start: datetime
    end: datetime


@dataclass(eq=False)
class ListSlice:
    """A part of a list: the entries of a time window, the list of one parent, or the whole list.

    `endpoint` and `params` are those of this slice if they differ from the list's. Entries of `known_channels` were
    emitted by earlier syncs. `first_page` and `sample` have been fetched already, and are released when they are read.
    """

    window: TimeWindow | None = None
    parent: Any = None
    endpoint: str = ""
    params: Params = field(default_factory=dict)
    known_channels: tuple[int, ...] = ()
    first_page: Page | PageTooHeavy | None = field(default=None, repr=False)
    sample: Sample | None = field(default=None, repr=False)

    @property
    def list_key(self) -> tuple[Any, ...]:
        """The identity of the list: equal for slices that are time windows of the same one."""
        return self.parent, self.endpoint, self.known_channels, *self.params.items()

    def restrict(self, start: datetime, end: datetime) -> ListSlice:
        """Returns the same slice with another time window."""
        return replace(self, window=TimeWindow(start, end), first_page=None, sample=None)

    def take_first_page(self) -> Page | PageTooHeavy | None:
        """Returns the first page if it has been fetched; the slice does not keep it."""
        found, self.first_page = self.first_page, None
        return found

    def take_sample(self) -> Sample | None:
        """Returns the sample at the beginning of the slice, if any; the slice does not keep it."""
        found, self.sample = self.sample, None
        return found

    def to_stream_slice(self) -> StreamSlice:
        """Returns the slice in the CDK's form."""
        dates = {} if self.window is None else _dates(self.window)
        return StreamSlice(partition={}, cursor_slice=dates, extra_fields={_SLICE: self})

    @staticmethod
    def of(stream_slice: Mapping[str, Any] | None) -> ListSlice:
        """Returns the slice from its form in the CDK; the whole list for a slice that was made elsewhere."""
        fields = stream_slice.extra_fields if isinstance(stream_slice, StreamSlice) else {}
        found: ListSlice = fields.get(_SLICE) or ListSlice()
        return found


def closed_part(piece: ListSlice, sync_started_at: datetime) -> ListSlice | None:
    """Returns the part of a slice from before the sync began, which no later edit can join; None if it is empty."""
    window = piece.window or TimeWindow(EARLIEST, sync_started_at)
    end = min(window.end, sync_started_at - 2 * SECOND)
    return piece.restrict(window.start, end) if window.start < end else None


def _dates(window: TimeWindow) -> dict[str, str]:
    return {"start": format_timestamp(window.start), "end": format_timestamp(window.end)}

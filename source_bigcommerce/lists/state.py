"""The state of an incremental stream: its content and its JSON form.

The simple form is `{cursor_field: date}`. In addition to the date, a state records the selection under which it was
written, so that a later sync detects that the settings include more records than before.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.core import NO_CURSOR_STATE_KEY

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.timestamps import format_timestamp, parse_timestamp

FULL_REFRESH_COMPLETE = "__ab_full_refresh_sync_complete"
# The CDK's marks of a state without a cursor.
_NO_CURSOR = frozenset({NO_CURSOR_STATE_KEY, FULL_REFRESH_COMPLETE, "__ab_full_refresh_state_message"})
_FULL_REFRESH = "full_refresh"
RECONCILIATION = "reconciliation"  # the field with the ledger, which is added and read elsewhere
_ID_SET_VERSION = "1:"


@dataclass(frozen=True)
class Selection:
    """The settings that determine which records belong to a stream.

    `start_date` is None for a stream that ignores the start date. `channel_ids` is None for a stream that is not
    filtered by channel, and empty for all channels.
    """

    store_hash: str
    start_date: datetime | None = None
    channel_ids: tuple[int, ...] | None = None

    @property
    def is_narrowing(self) -> bool:
        """True if there are settings that could exclude records of the stream."""
        return self.start_date is not None or self.channel_ids is not None

    def includes_channels_of(self, other: Selection) -> bool:
        """Returns True if no channel of the other selection is missing from this one."""
        if not self.channel_ids:
            return True
        return bool(other.channel_ids) and set(other.channel_ids or ()) <= set(self.channel_ids)

    def starts_with(self, other: Selection) -> bool:
        """Returns True if the other selection does not begin earlier."""
        return self.start_date is None or (other.start_date is not None and self.start_date <= other.start_date)

    def dump(self) -> dict[str, Any]:
        """Returns the selection as JSON."""
        dumped: dict[str, Any] = {"store_hash": self.store_hash}
        if self.start_date is not None:
            dumped["start_date"] = format_timestamp(self.start_date)
        if self.channel_ids is not None:
            dumped["channel_ids"] = list(self.channel_ids)
        return dumped

    @staticmethod
    def load(content: Any) -> Selection | None:
        """Returns the selection in a state; None if there is no readable one."""
        try:
            start, channels = content.get("start_date"), content.get("channel_ids")
            return Selection(
                str(content["store_hash"]),
                None if start is None else parse_timestamp(start),
                None if channels is None else tuple(sorted(map(int, channels))),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Backfill:
    """The part of a wider selection that was read so far: all records that changed before `reached`."""

    selection: Selection
    reached: datetime


@dataclass(frozen=True)
class StreamState:
    """The state of a stream: every record of `selection` that changed before `reached` has been emitted.

    `reached` is None if nothing has been emitted, `selection` if it is unknown. `product_ids` are the products that
    were assigned to the chosen channels, `unread_parents` the keys of those whose own list could not be read.
    `archived_listed` is the time at which the list has last returned an archived entry; for some time after that, these
    need no request of their own.
    `is_full_refresh` marks the attempt of a full refresh, `is_complete` its end. `remark` is a sentence for the log.
    """

    reached: datetime | None = None
    selection: Selection | None = None
    backfill: Backfill | None = None
    product_ids: frozenset[int] | None = None
    unread_parents: tuple[int | str, ...] = ()
    archived_listed: datetime | None = field(default=None, compare=False)  # a fact about the store
    is_full_refresh: bool = False
    is_complete: bool = False
    remark: str = field(default="", compare=False)

    def dump(self, cursor_field: str) -> dict[str, Any]:
        """Returns the state as JSON; empty before anything was emitted."""
        if self.reached is None:
            return {}
        if self.is_full_refresh and self.is_complete and not self.unread_parents:
            return {FULL_REFRESH_COMPLETE: True}
        dumped: dict[str, Any] = {cursor_field: format_timestamp(self.reached)}
        if self.selection is not None:
            dumped["selection"] = self.selection.dump()
        if self.backfill is not None:
            dumped["backfill"] = {
                "selection": self.backfill.selection.dump(),
                cursor_field: format_timestamp(self.backfill.reached),
            }
        if self.product_ids is not None:
            dumped["product_ids"] = dump_ids(self.product_ids)
        if self.unread_parents:
            dumped["unread_parents"] = list(self.unread_parents)
        if self.archived_listed:
            dumped["archived_listed"] = format_timestamp(self.archived_listed)
        if self.is_full_refresh:
            dumped["sync_mode"] = _FULL_REFRESH
        return dumped


@dataclass(frozen=True)
class Segment:
    """A part of a sync's time window. Earlier syncs emitted those of its records that belong to `known_channels`, or
    all of them if it `is_known`."""

    start: datetime
    end: datetime
    known_channels: tuple[int, ...] = ()
    is_known: bool = False


def segments(
    state: StreamState, selection: Selection, earliest: datetime, upper: datetime, lookback: timedelta
) -> list[Segment]:
    """Returns the time that a sync must read: since the last sync, and before that for a wider selection.

    `earliest` is the first instant of the selection. The first segment and the last one are never known.
    """
    if state.reached is None:
        return [Segment(earliest, upper)]
    recent = max(earliest, state.reached - lookback)
    known = state.selection
    if known is None or (known.starts_with(selection) and known.includes_channels_of(selection)):
        return [Segment(recent, upper)]
    since = earliest if known.start_date is None else min(max(earliest, known.start_date), recent)
    has_all_channels = known.includes_channels_of(selection)
    older = [
        Segment(earliest, since),
        Segment(since, recent, () if has_all_channels else known.channel_ids or (), has_all_channels),
    ]
    resumed = state.backfill.reached if state.backfill and state.backfill.selection == selection else earliest
    left = [replace(one, start=max(one.start, resumed)) for one in older if max(one.start, resumed) < one.end]
    if left and left[0].is_known:
        left = []
    return [*left, Segment(recent, upper)]


def why_unusable(saved: StreamState, selection: Selection, is_full_refresh: bool) -> str | None:
    """Returns the reason, as a clause, why a sync with this selection cannot use a saved state; None if it can."""
    if saved.reached is None:
        return None
    if saved.selection and saved.selection.store_hash.lower() != selection.store_hash.lower():
        return f"its saved state is of another store, {saved.selection.store_hash}"
    if not is_full_refresh:
        return "its saved state is of a full refresh that was interrupted" if saved.is_full_refresh else None
    if not saved.is_full_refresh:
        return "the saved state is not of a full refresh that was interrupted"
    return None if saved.selection == selection else "the settings have changed since the full refresh began"


def parse_state(stream: str, cursor_field: str, state: Mapping[str, Any]) -> StreamState:
    """Returns the incoming state of a stream; an empty one if the stream is read from its start.

    In addition to this connector's own states, it accepts those of other tools: Stitch's bookmarks, and the date ranges
    of the CDK's concurrent cursor. For a state without a cursor the stream is read from its start, and `remark` says
    so. Among these are states of the former BigCommerce connector that do not record how far the stream was read (a
    value under "id", a list per order). Raises BigCommerceError for any other form: reading everything again without a
    reset could cost hours of the store's quota.
    """
    if not set(state) - {RECONCILIATION}:
        return StreamState()
    if not _NO_CURSOR.isdisjoint(state):
        return StreamState(remark=f"The saved state of the stream '{stream}' has no cursor: {_FROM_ITS_START}")
    if cursor_field not in state and ("id" in state or "states" in state):
        return StreamState(
            remark=f"The saved state of the stream '{stream}' is one of the former BigCommerce connector and does not "
            f"record how far the stream was read: {_FROM_ITS_START}"
        )
    if cursor_field in state and state[cursor_field] in (None, ""):
        return StreamState(remark=f"The saved state of the stream '{stream}' has an empty cursor: {_FROM_ITS_START}")
    reached = _instant(_cursor_value(stream, cursor_field, state))
    if reached is None:
        raise BigCommerceError(
            f"The saved state of the stream '{stream}' cannot be read: it must have the form "
            f'{{"{cursor_field}": "2024-01-31T00:00:00Z"}}. Reset the stream in the connection to sync it again.',
            FailureType.config_error,
        )
    return StreamState(
        reached=reached,
        selection=Selection.load(state.get("selection")),
        backfill=_backfill(cursor_field, state.get("backfill")),
        product_ids=load_ids(state.get("product_ids")),
        unread_parents=tuple(_keys(state.get("unread_parents"))),
        archived_listed=_instant(state.get("archived_listed")),
        is_full_refresh=state.get("sync_mode") == _FULL_REFRESH,
    )


_FROM_ITS_START = "it is read from its start again."


def dump_ids(ids: Iterable[int]) -> str:
    """Returns a set of positive ids as text: the differences of successive ids, compressed; small for dense ids."""
    distances = (later - earlier for earlier, later in pairwise([0, *sorted(ids)]))
    return _ID_SET_VERSION + b64encode(zlib.compress(" ".join(map(str, distances)).encode(), 9)).decode()


def load_ids(text: Any) -> frozenset[int] | None:
    """Returns the ids in a result of `dump_ids`; None for any other text."""
    if not isinstance(text, str) or not text.startswith(_ID_SET_VERSION):
        return None
    try:
        distances = map(int, zlib.decompress(b64decode(text.removeprefix(_ID_SET_VERSION), validate=True)).split())
        last, ids = 0, []
        for distance in distances:
            last += distance
            ids.append(last)
        return frozenset(ids)
    except (ValueError, zlib.error):
        return None


def _cursor_value(stream: str, cursor_field: str, state: Mapping[str, Any]) -> Any:
    try:
        if "bookmarks" in state:
            return state["bookmarks"][stream][cursor_field]
        if "slices" in state:  # without gaps up to the end of the first one
            return min(state["slices"], key=lambda one: str(one["start"]))["end"]
    except (KeyError, TypeError, ValueError):
        return None
    return state.get(cursor_field)


def _instant(value: Any) -> datetime | None:
    try:
        return parse_timestamp(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _backfill(cursor_field: str, content: Any) -> Backfill | None:
    if not isinstance(content, dict):
        return None
    selection, reached = Selection.load(content.get("selection")), _instant(content.get(cursor_field))
    return Backfill(selection, reached) if selection and reached else None


def _keys(content: Any) -> Iterator[int | str]:
    if isinstance(content, list):
        yield from (key for key in content if type(key) in (int, str))

"""The part of a stream's state that reconciliation needs: the ledger, and the progress through the list."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from source_bigcommerce.api.pagination import Params, Record
from source_bigcommerce.api.timestamps import format_timestamp, parse_timestamp
from source_bigcommerce.lists.state import RECONCILIATION
from source_bigcommerce.reconciliation.digests import UNKNOWN, record_digest, text_digest
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.ledger import Ledger
from source_bigcommerce.reconciliation.packing import LedgerDamaged
from source_bigcommerce.streams.stream import DELETED_AT, Stream


class StreamLedger:
    """What one stream has emitted, and how far its list has been reconciled.

    `finished` is the beginning of the last reconciliation that ended, `begun` that of the one under way, and `position`
    where it continues: the last parent, and the pagination parameters after it. `suspected` are the keys of records
    that were absent in the last reconciliation, too many at once to be deleted then. `newest` is the latest cursor
    value that was emitted, without its "Z": such text is in the order of time, with and without fractions of a second.
    `is_new` is True if this sync reads the stream from its start, which leaves nothing to reconcile.
    """

    def __init__(self, stream: Stream) -> None:
        self.name = stream.name
        self.ledger = Ledger()
        self.finished: datetime | None = None
        self.begun: datetime | None = None
        self.position: tuple[Any, Params] | None = None
        self.suspected: frozenset[Key] = frozenset()
        self.newest = ""
        self._reached = ""  # the date of the saved state, in the same form
        self.is_new = False
        self._lock = threading.Lock()  # between the thread that prints, and the one that begins a comparison
        self._cursor = str(stream.cursor_field)
        self._cursor_is_returned = not (stream.listing.date_filter and not stream.listing.date_filter.is_returned)
        self._sync_started_at = stream.store.sync_started_at
        self._primary_key = [stream.primary_key] if isinstance(stream.primary_key, str) else list(stream.primary_key)
        parent = [] if stream.parent_field == "id" else [stream.parent_field]
        self._key_fields = list(dict.fromkeys([*parent, *self._primary_key]))

    def key_of(self, record: Mapping[str, Any]) -> Key:
        """Returns the key of a record: the parent's key first, if it has a parent."""
        return tuple([record[field] for field in self._key_fields])

    def note(self, record: Mapping[str, Any], text: bytes) -> None:
        """Adds a record that was emitted; `text` is its JSON."""
        if DELETED_AT in record:
            return
        key = self.key_of(record)
        digest = text_digest(text) if self._cursor_is_returned else self.digest_of(record)
        with self._lock:
            self.ledger.note(key, digest)
        cursor = record[self._cursor].removesuffix("Z")
        if cursor > self.newest:
            self.newest = cursor

    def digest_of(self, record: Mapping[str, Any]) -> int:
        """Returns the digest of a record, without a cursor that is the time of the sync."""
        if self._cursor_is_returned:
            return record_digest(record)
        return record_digest({name: value for name, value in record.items() if name != self._cursor})

    def snapshot(self) -> Ledger:
        """Returns a copy of the ledger."""
        with self._lock:
            return self.ledger.copy()

    def replace(self, after: Any, upto: Any, found: Ledger) -> None:
        """Replaces the content of the ledger for the parents after `after`, up to and including `upto`."""
        with self._lock:
            self.ledger.replace(*self.ledger.keys.between(after, upto), found)

    def deletion(self, key: Key) -> Record:
        """Returns the record that deletes the one with this key: as of the beginning of the sync, but not earlier than
        the saved state or any record of the stream, as it must replace one."""
        began = format_timestamp(self._sync_started_at()).removesuffix("Z")
        instant = f"{max(began, self.newest, self._reached)}Z"
        fields = dict(zip(self._key_fields, key, strict=True))
        return {**{name: fields[name] for name in self._primary_key}, self._cursor: instant, DELETED_AT: instant}

    @property
    def size(self) -> int:
        """The number of records, or somewhat more."""
        return self.ledger.largest_size

    def is_due(self, now: datetime, interval: timedelta) -> bool:
        """Returns True if the list must be reconciled in a sync that began at `now`."""
        if self.is_new:
            return False
        if self.begun is not None or self.finished is None:
            return True
        return not timedelta() <= now - self.finished < interval  # the store's clock may have been ahead

    def finish(self) -> None:
        """Ends the reconciliation under way."""
        self.finished, self.begun, self.position = self.begun, None, None

    def dump(self) -> dict[str, Any]:
        """Returns the content as JSON."""
        with self._lock:
            dumped = self.ledger.dump()
        if self.finished:
            dumped["finished"] = format_timestamp(self.finished)
        if self.begun:
            dumped["begun"] = format_timestamp(self.begun)
        if self.position:
            dumped["position"] = list(self.position)
        if self.suspected:
            suspected = Ledger()
            for key in self.suspected:
                suspected.note(key, UNKNOWN)
            dumped["suspected"] = suspected.dump()
        if self.newest:
            dumped["newest"] = f"{self.newest}Z"
        return dumped

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes over the content of a state. Raises LedgerDamaged if it cannot be read."""
        content = state.get(RECONCILIATION)
        if content is None:
            return
        self._reached = _as_text(state.get(self._cursor))
        self.newest = _as_text(content.get("newest") if isinstance(content, Mapping) else None)
        try:
            self.ledger = Ledger.load(content)
            self.finished, self.begun = (
                parse_timestamp(content[name]) if name in content else None for name in ("finished", "begun")
            )
            if self.begun and "position" in content:
                parent, params = content["position"]
                self.position = parent, dict(params)
            if "suspected" in content:
                suspected = Ledger.load(content["suspected"])
                self.suspected = frozenset(suspected.keys.keys(0, len(suspected)))
        except (AttributeError, TypeError, ValueError) as error:
            self.__dict__.update(ledger=Ledger(), finished=None, begun=None, position=None, suspected=frozenset())
            raise LedgerDamaged(str(error)) from None


def _as_text(date: Any) -> str:
    with suppress(TypeError, ValueError):
        if date and (known := parse_timestamp(date)):
            return format_timestamp(known).removesuffix("Z")
    return ""

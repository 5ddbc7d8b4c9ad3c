"""One stream during the reconciliation of its list: its comparison, and the records that it is missing."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from airbyte_cdk.sources.types import Record as CdkRecord

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.reconciliation.comparison import Comparison
from source_bigcommerce.reconciliation.digests import UNKNOWN
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.stream_ledger import StreamLedger
from source_bigcommerce.streams.schema_mismatches import as_cdk_record
from source_bigcommerce.streams.stream import DELETED_AT, Stream

# The parents that may disappear, or lose records, at once: a fifth of the known ones, or a handful if others are left.
# A record without a parent is its own.
_HANDFUL = 10
_LARGE_PART = 5

logger = logging.getLogger("airbyte")


class StreamComparison:
    """A stream, its ledger and its comparison.

    `emits_deletions` is False if the destination would take a deletion for a record. `missing` are the known keys that
    the current range must have shown and did not.
    """

    def __init__(self, stream: Stream, ledger: StreamLedger, emits_deletions: bool) -> None:
        self.stream = stream
        self.ledger = ledger
        self.comparison = Comparison(ledger.snapshot())
        self.missing: set[Key] = set()
        self.suspected = set(ledger.suspected)
        self._suspected_before = ledger.suspected
        self._suspected_parents = {key[0] for key in ledger.suspected}
        self.has_failed = False
        self._emits_deletions = emits_deletions
        # The lists of a few parents, such as channels, are long: there, records are counted and not parents.
        self._counted_by = _key if stream.listing.parents else _parent
        self._known = self._count_known(0, len(self.comparison.known))
        self._compared_in_range = 0
        self._assumed: dict[Any, int] = {}  # the numbers of known records or parents, by parent
        self._deleted = 0

    def compare(self, entries: Sequence[Record], parents: Iterable[Any]) -> Iterator[CdkRecord]:
        """Yields the records made from complete entries that differ. `parents` are the ids of all entries of the page;
        the records of those that were not completed, or are not read again, are taken as unchanged."""
        if self.has_failed:
            return
        reread = self.stream.worth_rereading(entries, self._suspected_parents)
        try:
            for record in self.stream.to_records(reread):
                key, digest = self.ledger.key_of(record), self.ledger.digest_of(record)
                yield from self._emit(self.comparison.take(key, digest, record))
        except BigCommerceError as error:
            self.has_failed = True
            logger.warning(f"'{self.stream.name}' is not reconciled in this sync: {error.message}")
            return
        reader = self.stream.reader
        read = {entry.get("id") for entry in reread}
        for parent in parents:
            if parent not in read or parent in reader.unread or parent in reader.without_children:
                yield from self.assume(parent)

    def assume(self, parent: Any) -> Iterator[CdkRecord]:
        """Takes the known records of a parent as unchanged. Yields records that cannot be compared then."""
        self._assumed[parent] = self._count_known(*self.comparison.known.keys.of_parent(parent))
        yield from self._emit(self.comparison.assume(parent))

    def find_missing(self, after: Any, upto: Any) -> None:
        """Sets the missing records of a range, except for those that this sync has emitted: the next reconciliation
        decides about them."""
        if self.has_failed:
            return
        assumed = [parent for parent in self._assumed if _is_between((parent,), after, upto)]
        known = self._count_known(*self.comparison.known.keys.between(after, upto))
        self._compared_in_range = known - sum(map(self._assumed.pop, assumed))
        self.missing = set(self.comparison.missing(after, upto))
        self.suspected = {key for key in self.suspected if key in self.missing or not _is_between(key, after, upto)}
        self.keep(key for key in self.missing if self.comparison.was_emitted(key))

    def hold_back(self, is_list_empty: bool) -> None:
        """Keeps the missing records if so many at once are more likely an error of the store than deletions. Those that
        were missing in the previous reconciliation too are not held back."""
        new = self.missing - self._suspected_before
        many = len(set(map(self._counted_by, new)))
        compared = self._compared_in_range - len(set(map(self._counted_by, self.missing - new)))
        is_large_part = many > _HANDFUL and _is_large_part(many + self._deleted, self._known)
        if new and (is_list_empty or is_large_part or _are_too_many(many, compared)):
            self._suspect(new)
        self._deleted += len(set(map(self._counted_by, self.missing)))

    def hold_back_children(self, parents: Collection[Any]) -> None:
        """Keeps the missing records of these parents, which exist, where too many are missing from the list of one:
        they can be requested only through that list."""
        lost: dict[Any, set[Key]] = defaultdict(set)
        for key in self.missing:
            lost[key[0]].add(key)
        held: set[Key] = set()
        for parent in lost.keys() & parents:
            new = lost[parent] - self._suspected_before
            start, end = self.comparison.known.keys.of_parent(parent)
            if new and _are_too_many(len(new), end - start - len(lost[parent] - new)):
                held |= new
        if held:
            self._suspect(held)

    def close(self, upto: Any) -> Iterator[CdkRecord]:
        """Ends a range. Yields the records that cannot be compared, because neighbors of theirs are missing."""
        if not self.has_failed:
            yield from self._emit(self.comparison.close(upto))

    def keep(self, keys: Iterable[Key]) -> None:
        """Keeps missing records in the ledger, without deciding whether they were deleted."""
        for key in list(keys):
            self.comparison.found.note(key, UNKNOWN)
            self.missing.discard(key)

    def found_again(self, record: Record) -> Iterator[CdkRecord]:
        """Yields a record that was returned when it, or its parent, was requested by itself, unless it is known."""
        key = self.ledger.key_of(record)
        if key in self.missing or (key not in self.comparison.found and key not in self.comparison.known):
            self.missing.discard(key)
            self.suspected.discard(key)
            yield from self._emit(self.comparison.take(key, self.ledger.digest_of(record), record))

    def forget(self, parents: Collection[Any]) -> None:
        """Leaves out the missing records of parents that the settings exclude: they are neither deleted nor followed
        any longer."""
        forgotten = self._missing_of(parents)
        self.missing -= forgotten
        self.suspected -= forgotten

    def keep_those_of(self, parents: Collection[Any]) -> None:
        """Keeps the missing records of these parents."""
        self.keep(self._missing_of(parents))

    def delete_missing(self) -> Iterator[CdkRecord]:
        """Yields the deletions of the records that are still missing."""
        if self._emits_deletions:
            for key in sorted(self.missing):
                self.stream.counters.deleted += 1
                yield as_cdk_record(self.ledger.deletion(key), self.stream.name)
            self.suspected -= self.missing
            self.missing.clear()
        elif self.missing:
            logger.warning(
                f"{len(self.missing):,} deleted records of '{self.stream.name}' stay in the destination, as the column "
                f"{DELETED_AT} is missing from the schema of the connection: refresh the source schema."
            )
            self.keep(self.missing)

    def _suspect(self, missing: Collection[Key]) -> None:
        logger.warning(
            f"{len(missing):,} records of '{self.stream.name}' are missing from BigCommerce's responses, too many at "
            "once to be deleted now: the next reconciliation deletes them if they are still missing."
        )
        self.keep(missing)
        self.suspected.update(missing)

    def _count_known(self, start: int, end: int) -> int:
        return end - start if self._counted_by is _key else self.comparison.known.keys.count_parents(start, end)

    def _missing_of(self, parents: Collection[Any]) -> set[Key]:
        return {key for key in self.missing if key[0] in parents} if parents else set()

    def _emit(self, records: Iterable[Record]) -> Iterator[CdkRecord]:
        for record in records:
            self.stream.counters.emitted_again += 1
            yield as_cdk_record(record, self.stream.name)


def _parent(key: Key) -> Any:
    return key[0]


def _key(key: Key) -> Any:
    return key


def _are_too_many(missing: int, known: int) -> bool:
    return missing >= max(2, known) or (missing > _HANDFUL and _is_large_part(missing, known))


def _is_large_part(missing: int, known: int) -> bool:
    return missing * _LARGE_PART > known


def _is_between(key: Key, after: Any, upto: Any) -> bool:
    parent: Any = key[0]
    return (after is None or parent > after) and (upto is None or parent <= upto)

"""Comparison of the records of one stream, as they are read from its whole list, with the stream's ledger."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_bigcommerce.api.pagination import Record
from source_bigcommerce.reconciliation.digests import UNKNOWN, block_digest
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.ledger import Block, Ledger

_MOST_OPEN = 250  # blocks; only a list in no order reaches this


@dataclass
class _OpenBlock:
    """A block of which some records have been read; None for one whose contents are taken as unchanged."""

    block: Block
    records: dict[Key, Record | None] = field(default_factory=dict)

    def read(self) -> Sequence[Record]:
        """Returns the records of the block that have been read."""
        return [record for record in self.records.values() if record is not None]


class Comparison:
    """The comparison of one stream during one reconciliation.

    Records may come in any order, and twice. Those of a block wait until all of it has been read. `known` is the ledger
    at the beginning, which must not be changed; `found` that of the records read since, as far as they were not taken.
    """

    def __init__(self, known: Ledger) -> None:
        self.found = Ledger()
        self.known = known
        self._open: dict[int, _OpenBlock] = {}

    def take(self, key: Key, digest: int, record: Record) -> Iterable[Record]:
        """Returns the records that differ from the ledger, as far as that can be decided after this one.

        Nothing is emitted twice in one sync, as destinations that merge batch by batch would make two rows of it. A
        record that has changed since it was emitted is emitted by the next reconciliation.
        """
        position = self.known.position_of(key)
        block = None if position is None else self.known.block_at(position)
        open_ = self._open.get(block.start) if block else None
        if key in self.found and (open_ is None or key not in open_.records):
            if digest != self.found.digest_of(key):
                self.found.note(key, UNKNOWN)
            return ()
        emitted = UNKNOWN if position is None else self.known.digest_at(position)
        if emitted != UNKNOWN:
            self.found.note(key, digest if digest == emitted else UNKNOWN)
            return ()
        self.found.note(key, digest)
        if block is None or block.digest == UNKNOWN:
            return (record,)
        return self._add(block, key, record)

    def was_emitted(self, key: Key) -> bool:
        """Returns True for a record that this sync emitted before the comparison."""
        return self.known.digest_of(key) != UNKNOWN

    def assume(self, parent: Any) -> Iterable[Record]:
        """Takes the known records of this parent as unchanged, although they were not read. Returns as `take` does."""
        differing: list[Record] = []
        start, end = self.known.keys.of_parent(parent)
        for position, key in enumerate(self.known.keys.keys(start, end), start):
            if key not in self.found:
                self.found.note(key, UNKNOWN)
                block = self.known.block_at(position)
                if block.digest != UNKNOWN:
                    differing.extend(self._add(block, key, None))
        return differing

    def undecided_from(self, after: Any, upto: Any) -> Any:
        """Returns the first parent after `after` with a record whose block continues beyond the parent `upto`; None if
        there is none. A block that began before is not waited for."""
        parents = [self._parents_of(open_.block) for open_ in self._open.values()]
        return min((first for first, last in parents if last > upto and (after is None or first > after)), default=None)

    def missing(self, after: Any, upto: Any) -> Iterator[Key]:
        """Yields the known keys of the parents after `after`, up to and including `upto` (None is open), that were not
        found."""
        keys = self.known.keys
        return (key for key in keys.keys(*keys.between(after, upto)) if key not in self.found)

    def close(self, upto: Any) -> Sequence[Record]:
        """Ends the comparison of all parents up to and including `upto` (None is open). Returns the records of blocks
        of which others are missing."""
        _, end = self.known.keys.between(None, upto)
        incomplete = [number for number in self._open if number < end]
        return [record for number in incomplete for record in self._open.pop(number).read()]

    def _add(self, block: Block, key: Key, record: Record | None) -> Iterable[Record]:
        open_ = self._open.setdefault(block.start, _OpenBlock(block))
        open_.records[key] = record
        if len(open_.records) == block.size:
            del self._open[block.start]
            return self._decide(open_)
        if len(self._open) > _MOST_OPEN:
            return self._open.pop(next(iter(self._open))).read()
        return ()

    def _decide(self, complete: _OpenBlock) -> Sequence[Record]:
        records = complete.read()
        if len(records) < complete.block.size:
            return records  # what was not read cannot be compared
        digests = array("Q", (self.found.digest_of(key) for key in sorted(complete.records)))
        return () if block_digest(digests) == complete.block.digest else records

    def _parents_of(self, block: Block) -> tuple[Any, Any]:
        return self.known.keys[block.start][0], self.known.keys[block.end - 1][0]

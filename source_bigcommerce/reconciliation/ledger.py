"""The ledger of a stream: the keys of all records that it has emitted, and digests of their contents.

Contents are summarized in blocks of neighboring keys. A block is compared as a whole, so a small block means that few
records are emitted without need, and a large one that the state stays small.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any

from source_bigcommerce.reconciliation.digests import UNKNOWN, block_digest
from source_bigcommerce.reconciliation.key_table import Key, KeyTable, inserted
from source_bigcommerce.reconciliation.packing import LedgerDamaged, pack, unpack

VERSION = 1
# The largest number of records with blocks of each size, so that a ledger of a million records fits into a megabyte.
_BLOCK_SIZES = ((150_000, 8), (300_000, 16), (600_000, 32))
_LARGEST_BLOCK = 64
_FEWEST_TO_MERGE, _MOST_TO_MERGE = 20_000, 100_000


@dataclass(frozen=True)
class Block:
    """Neighboring records, from the position `start` until before `end`; the digest is UNKNOWN if one may have been
    emitted with other contents since."""

    start: int
    end: int
    digest: int

    @property
    def size(self) -> int:
        return self.end - self.start


class Ledger:
    """Keys, sorted, with the digests of blocks. Changes are collected by `note` and merged when they are needed.

    Not safe to use from several threads.
    """

    def __init__(self) -> None:
        self._table = KeyTable()
        self._digests = array("Q")  # of single records, as far as they were emitted in this sync
        self._sizes = array("I")  # of blocks
        self._blocks = array("Q")  # digests of blocks
        self._starts: list[int] | None = None
        self._noted: dict[Key, int] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: Key) -> bool:
        if key in self._noted:
            return True
        start, end = self._table.find(key)
        return start < end

    @property
    def keys(self) -> KeyTable:
        """All keys, sorted."""
        self._merge()
        return self._table

    def note(self, key: Key, digest: int) -> None:
        """Adds a record, or replaces its digest. UNKNOWN is a digest that equals no other."""
        self._noted[key] = digest
        if len(self._noted) > min(_MOST_TO_MERGE, max(_FEWEST_TO_MERGE, len(self._digests) // 4)):
            self._merge()

    @property
    def largest_size(self) -> int:
        """The number of records, or somewhat more: it takes no merge."""
        return len(self._digests) + len(self._noted)

    def digest_of(self, key: Key) -> int:
        """Returns the digest of a record that was noted in this sync; UNKNOWN for any other."""
        if key in self._noted:
            return self._noted[key]
        start, end = self._table.find(key)
        return self._digests[start] if start < end else UNKNOWN

    def position_of(self, key: Key) -> int | None:
        """Returns the position of a record; None for an unknown one."""
        start, end = self.keys.find(key)
        return start if start < end else None

    def digest_at(self, position: int) -> int:
        """Returns the digest of the record at a position; UNKNOWN if it was not noted in this sync."""
        return self._digests[position]

    def block_at(self, position: int) -> Block:
        """Returns the block of the record at a position."""
        starts = self._block_starts()
        number = bisect_right(starts, position) - 1
        return Block(starts[number], starts[number + 1], self._blocks[number])

    def replace(self, start: int, end: int, others: Ledger) -> None:
        """Replaces the records from the position `start` until before `end` by those of another ledger."""
        self._merge()
        others._merge()
        before, after = list(self._divided(0, start)), list(self._divided(end, len(self._digests)))
        self._table.replace(start, end, others._table)
        self._digests[start:end] = others._digests
        self._set_blocks([*before, *zip(others._sizes, others._blocks, strict=True), *after])

    def take_until(self, parent: int | str | None) -> Ledger:
        """Removes and returns the records of all parents up to and including `parent`; all records for None."""
        _, end = self.keys.between(None, parent)
        taken = Ledger()
        taken._table = self._table.part(0, end)
        taken._digests = self._digests[:end]
        taken._set_blocks([(end, UNKNOWN)] if end else [])
        self.replace(0, end, Ledger())
        return taken

    def copy(self) -> Ledger:
        """Returns a copy that later changes do not affect."""
        copied = Ledger()
        copied._table = self.keys.part(0, len(self))
        copied._digests, copied._sizes, copied._blocks = self._digests[:], self._sizes[:], self._blocks[:]
        return copied

    def dump(self) -> dict[str, Any]:
        """Returns the ledger as JSON."""
        self._merge()
        self._cut()
        return {"version": VERSION, **pack(self._table.columns, self._sizes, self._blocks)}

    @staticmethod
    def load(content: Mapping[str, Any]) -> Ledger:
        """Returns the ledger in a result of `dump`. Raises LedgerDamaged for anything else."""
        if not isinstance(content, Mapping) or content.get("version") != VERSION:
            raise LedgerDamaged("it has another version")
        ledger = Ledger()
        columns, ledger._sizes, ledger._blocks = unpack(content)
        ledger._table = KeyTable(columns)
        if not ledger._table.is_sorted():
            raise LedgerDamaged("its keys are not sorted")
        ledger._digests = array("Q", bytes(8 * len(ledger._table)))
        return ledger

    def _block_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = list(accumulate(self._sizes, initial=0))
        return self._starts

    def _set_blocks(self, blocks: Sequence[tuple[int, int]]) -> None:
        self._sizes = array("I", (size for size, _ in blocks))
        self._blocks = array("Q", (digest for _, digest in blocks))
        self._starts = None

    def _divided(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yields the size and digest of the blocks between two positions; a part of a block has no known digest."""
        starts = self._block_starts()
        first, last = bisect_right(starts, start) - 1, bisect_left(starts, end)
        for number in range(max(0, first), min(last, len(self._sizes))):
            low, high = max(start, starts[number]), min(end, starts[number + 1])
            if low < high:
                whole = high - low == self._sizes[number]
                yield high - low, self._blocks[number] if whole else UNKNOWN

    def _merge(self) -> None:
        """Merges the noted records with the others."""
        if not self._noted:
            return
        noted, self._noted = sorted(self._noted.items()), {}
        starts = self._block_starts()
        positions, new = [], []
        for key, digest in noted:
            start, end = self._table.find(key)
            if start < end:
                self._digests[start] = digest
                self._blocks[bisect_right(starts, start) - 1] = UNKNOWN
            else:
                positions.append(start)
                new.append((key, digest))
        if new:
            self._table.insert(positions, [key for key, _ in new])
            self._digests = inserted(self._digests, positions, [digest for _, digest in new])
            self._set_blocks(list(self._grown(positions)))

    def _grown(self, positions: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yields the blocks after an insertion at these positions: between two blocks, it makes a new one."""
        done = start = 0
        for size, digest in zip(self._sizes, self._blocks, strict=True):
            between = bisect_right(positions, start, done)
            if between > done:
                yield between - done, UNKNOWN
            within = bisect_left(positions, start + size, between)
            yield size + within - between, digest if within == between else UNKNOWN
            done, start = within, start + size
        if done < len(positions):
            yield len(positions) - done, UNKNOWN

    def _cut(self) -> None:
        """Divides the records whose contents are known into blocks of the usual size."""
        usual = next((size for most, size in _BLOCK_SIZES if len(self._digests) <= most), _LARGEST_BLOCK)
        blocks: list[tuple[int, int]] = []
        run, end = 0, 0  # the beginning of the records to divide, and their end
        for size, digest in zip(self._sizes, self._blocks, strict=True):
            if digest and ((size == usual and run == end) or UNKNOWN in self._digests[end : end + size]):
                blocks.extend(self._cut_run(run, end, usual))
                blocks.append((size, digest))
                run = end + size
            end += size
        blocks.extend(self._cut_run(run, end, usual))
        self._set_blocks(blocks)

    def _cut_run(self, start: int, end: int, usual: int) -> Iterator[tuple[int, int]]:
        """Yields blocks of records whose digests are known, and others of records whose digests are not."""
        for is_known, run in groupby(self._digests[start:end], lambda digest: digest != UNKNOWN):
            length = sum(1 for _ in run)
            for low, high in pairwise([*range(start, start + length, usual), start + length]):
                yield high - low, block_digest(self._digests[low:high]) if is_known else UNKNOWN
            start += length

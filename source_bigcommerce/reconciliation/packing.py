"""The compact JSON form of a ledger: sorted keys as differences, compressed, and the digests of blocks."""

from __future__ import annotations

import bz2
import json
import re
import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, islice, pairwise
from typing import Any

_TEXT = "["  # the beginning of a column of texts, which is JSON
_NUMBER = re.compile(r"\S+")  # an iterator needs no list of a million texts, as `split` does
_PART = 10_000  # numbers


class LedgerDamaged(ValueError):
    """The content of a state is not a ledger that this version can read."""


def pack(columns: Sequence[Any], sizes: array[int], digests: array[int]) -> dict[str, str | int]:
    """Returns the columns of the keys, the sizes of the blocks and their digests as JSON."""
    lines = [" ".join(map(str, sizes)), *map(_line, columns)]
    packed = b64encode(bz2.compress("\n".join(lines).encode())).decode()  # a quarter smaller than with zlib
    summary = b64encode(_big_endian(digests).tobytes()).decode()
    return {"keys": packed, "digests": summary, "checksum": _checksum(packed, summary)}


def unpack(content: Mapping[str, Any]) -> tuple[list[Any], array[int], array[int]]:
    """Returns the columns, sizes and digests in a result of `pack`. Raises LedgerDamaged for anything else."""
    try:
        packed, summary = content["keys"], content["digests"]
        if content["checksum"] != _checksum(packed, summary):
            raise LedgerDamaged("its checksum differs")
        first, *lines = bz2.decompress(b64decode(packed)).decode().split("\n")
        digests = array("Q", b64decode(summary))
        return list(map(_column, lines)), array("I", map(int, first.split())), _big_endian(digests)
    except LedgerDamaged:
        raise
    except (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError) as error:
        raise LedgerDamaged(f"{type(error).__name__}: {error}") from None


def _line(column: Any) -> str:
    if isinstance(column, list):
        return json.dumps(column, separators=(",", ":"))
    differences = (str(later - earlier) for earlier, later in pairwise(chain([0], column)))
    parts = iter(lambda: list(islice(differences, _PART)), [])  # the texts of a whole column would take 60 MB
    return " ".join(map(" ".join, parts))


def _column(line: str) -> Any:
    if line.startswith(_TEXT):
        return json.loads(line)
    differences = (int(found[0]) for found in _NUMBER.finditer(line))
    return array("q", accumulate(differences))


def _big_endian(numbers: array[int]) -> array[int]:
    """Returns numbers with the bytes in the order that all machines write; of those that they have written, the
    numbers themselves."""
    swapped = numbers[:]
    if sys.byteorder == "little":
        swapped.byteswap()
    return swapped


def _checksum(*texts: str) -> int:
    return zlib.crc32("".join(texts).encode())

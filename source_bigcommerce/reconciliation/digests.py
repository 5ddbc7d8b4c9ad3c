"""Digests of the contents of records, equal in all syncs and on all machines."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

UNKNOWN = 0  # the digest of contents that are not known; no record has it
_BYTES = 8


def record_digest(record: Mapping[str, Any]) -> int:
    """Returns a number from 1 to 2**64 - 1 for the contents of a record, whatever the order of its fields."""
    try:
        text = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer of more than 64 bits, or half of a surrogate pair
        text = json.dumps(record, sort_keys=True).encode()
    return _digest(text)


def block_digest(digests: array[int]) -> int:
    """Returns a number from 1 to 2**64 - 1 for the digests of neighboring records, in the order of their keys."""
    return _digest(b"".join(digest.to_bytes(_BYTES, "big") for digest in digests))


def _digest(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=_BYTES).digest(), "big") or 1

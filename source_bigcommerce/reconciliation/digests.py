"""Digests of the contents of records, equal in all syncs and on all machines."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from source_bigcommerce.serialization import record_json

UNKNOWN = 0  # the digest of contents that are not known; no record has it
_BYTES = 8


def record_digest(record: Mapping[str, Any]) -> int:
    """Returns a number from 1 to 2**64 - 1 for the contents of a record and the order of its fields."""
    return text_digest(record_json(record))


def text_digest(text: bytes) -> int:
    """Returns a number from 1 to 2**64 - 1 for the JSON text of a record, or for other bytes."""
    # Most processors compute SHA-256 in hardware.
    return int.from_bytes(sha256(text).digest()[:_BYTES], "big") or 1


def block_digest(digests: array[int]) -> int:
    """Returns a number from 1 to 2**64 - 1 for the digests of neighboring records, in the order of their keys."""
    return text_digest(b"".join(digest.to_bytes(_BYTES, "big") for digest in digests))

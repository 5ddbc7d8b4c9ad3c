"""Objects of which a store has one, and which have no id."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence

from source_bigcommerce.api.paging import OneObject, Record
from source_bigcommerce.streams.base import BigCommerceStream

ONLY = 1


class Singleton(BigCommerceStream, ABC):
    """One record, whose `id` is always 1, so that a later one replaces it."""

    paging = OneObject()

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        return ({**entry, "id": ONLY} for entry in entries)

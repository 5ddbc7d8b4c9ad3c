"""The list of quotes of B2B Edition, of which a single one can be requested only together with its date.

https://developer.bigcommerce.com/b2b-edition/apis/rest-management/quote
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import path_for_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound
from source_bigcommerce.api.pagination import Params, Record, SingleObject
from source_bigcommerce.lists.entry_filter import read_instant
from source_bigcommerce.lists.reader import Enricher
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams.b2b_channels import EveryChannelReader
from source_bigcommerce.streams.stream import REREAD_DAYS

QUOTE = "b2b/rfq/{id}"


class QuoteReader(EveryChannelReader):
    """Reads the list of quotes, whose entries a single quote lacks fields of."""

    def find(self, key: Any) -> Record | None:
        """Returns the quote with this id, from the whole list."""
        whole = EveryChannelReader(self.listing, self.store, self.name)
        return next((one for quotes in whole.read_list(ListSlice()) for one in quotes if one["id"] == key), None)

    def exists(self, key: Any) -> bool:
        """Returns True if the quote is at its own address, requested with today's date: that of the quote is unknown.

        It is not documented whether another date returns the quote, so False proves nothing.
        """
        try:
            self.client.fetch(path_for_parent(QUOTE, key), _on(self.store.sync_started_at()))
        except NotFound:
            return False
        return True

    def select_all_channels(self) -> None:
        """Includes the channels that are not chosen. Raises BigCommerceError if they are not all known."""
        super().select_all_channels()
        if not self.channels().are_all:
            raise BigCommerceError("the API account may not list the channels of the store")


class QuoteDetailsEnricher(Enricher):
    """Adds the details of each quote, in a list of one.

    A reconciliation requests them for recently changed quotes alone, as for all records with a request of their own,
    and keeps those of the others.
    """

    def enrich(self, entries: Sequence[Record], reread_all: bool = False) -> Sequence[Record]:
        if self.reader.is_reconciling and not reread_all:
            since = self.reader.store.sync_started_at() - timedelta(days=REREAD_DAYS)
            dated = [(quote, self.reader.filter.changed_at(quote)) for quote in entries]
            entries = [quote for quote, changed in dated if changed is None or changed >= since]
            self.reader.without_children.update(quote["id"] for quote, changed in dated if changed and changed < since)
        found = self.reader.store.map_concurrently(self._details_or_none, entries)
        pairs = zip(entries, found, strict=True)
        return [{**quote, "details": [details]} for quote, details in pairs if details is not None]

    def _details_or_none(self, quote: Record) -> Record | None:
        """Returns the details of a quote; None if it was deleted, or cannot be read now."""
        try:
            try:
                details = self._details_of(quote)
            except NotFound as missing:
                self.reader.ignore_if_deleted(quote, missing)
                return None
        except BigCommerceError as error:
            self.reader.keep_unread(quote["id"], error)
            return None
        self.reader.unread.note_success()
        return details

    def _details_of(self, quote: Record) -> Record:
        """Requests the details with the day on which the quote was created; its time zone is not documented."""
        endpoint = path_for_parent(QUOTE, quote["id"])
        created = read_instant(quote.get("created_at"))
        days = [created + timedelta(days=days) for days in (0, -1, 1)] if created else []
        requests: list[Params] = [_on(day) for day in days] or [{}]
        for params in requests:
            try:
                body = self.reader.client.fetch(endpoint, params)
                break
            except NotFound:
                if params is requests[-1]:
                    raise
        details = SingleObject().page(body, {}).records
        if not details:
            raise BigCommerceError(f"{endpoint} returned no quote.", FailureType.transient_error)
        return details[0]


def _on(day: datetime) -> Params:
    return {"date": f"{day:%m/%d/%Y}"}

"""Channels: https://developer.bigcommerce.com/docs/rest-management/channels"""

from __future__ import annotations

from source_bigcommerce.api.paging import Record
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.numbered import NumberedList


class Channels(NumberedList, IncrementalStream):
    """Where the store sells: storefronts, marketplaces, points of sale. Deleted ones stay, with that status."""

    endpoint = "v3/channels"
    scope = Scope.CHANNEL_SETTINGS
    params = {"include": "currencies"}
    dates = DateFilter("date_modified:min", "date_modified:max")
    ignores_start_date = True

    def is_chosen(self, record: Record) -> bool:
        chosen = self.store.config.channel_ids
        return not chosen or record.get("id") in chosen

"""The query parameters of a list's requests, without those that the store has refused in this sync."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from source_bigcommerce.api.client import Store, with_query
from source_bigcommerce.api.pagination import Params
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.refused_parameters import RefusedParameters
from source_bigcommerce.lists.slices import EARLIEST, SECOND, ListSlice, TimeWindow


class ListQuery:
    """The requests for the slices of one list during one sync."""

    def __init__(self, listing: Listing, store: Store, refused: RefusedParameters) -> None:
        self._listing = listing
        self._store = store
        self._refused = refused
        self.channels_of_store: Callable[[], Sequence[int]] = tuple  # sent if none is chosen
        self.selects_all = False  # including the channels that are not chosen

    def path(self, piece: ListSlice, position: Params) -> str:
        """Returns the endpoint with its whole query, for the page of a slice at these pagination parameters."""
        endpoint = piece.endpoint or self._listing.endpoint
        return with_query(endpoint, {**self.fixed(), **self.filters(piece), **position})

    def fixed(self) -> Params:
        """Returns the parameters of every request for the list."""
        return self._refused.without(self._listing.endpoint, self._listing.params)

    def filters(self, piece: ListSlice) -> Params:
        """Returns the parameters that select the entries of a slice."""
        params = {**self._dates(piece.window), **self._channels(piece.known_channels), **piece.params}
        return self._refused.without(self._listing.endpoint, params)

    def optional_filters(self) -> Sequence[str]:
        """Returns the names of the filters that can be omitted: the connector filters the entries as well.

        Those without which the API returns fewer entries are not among them.
        """
        dates, channels = self._listing.date_filter, self._listing.channel_filter
        names = [channels.parameter] if channels and not channels.is_required else []
        names += [dates.minimum, dates.maximum] if dates else []
        return [name for name in names if name and name not in self._listing.params]

    @property
    def selects_by_date(self) -> bool:
        """False if a slice contains entries of other windows too: without a date filter, or with a refused one."""
        dates, refused = self._listing.date_filter, self._refused.at(self._listing.endpoint)
        return dates is not None and refused.isdisjoint((dates.minimum, dates.maximum))

    @property
    def lists_unwanted_entries(self) -> bool:
        """True if the list contains entries that only the connector filters, so that its total is too high."""
        dates, channels, chosen = (
            self._listing.date_filter,
            self._listing.channel_filter,
            self._store.config.channel_ids,
        )
        if dates and not self.selects_by_date:
            return True
        if not chosen or not channels:
            return False
        return not self._refused.without(self._listing.endpoint, channels.params(chosen))

    def _channels(self, known: Sequence[int]) -> Params:
        channels = self._listing.channel_filter
        if channels is None:
            return {}
        chosen = (not self.selects_all and self._store.config.channel_ids) or self.channels_of_store()
        return channels.params([one for one in chosen if one not in known])

    def _dates(self, window: TimeWindow | None) -> Params:
        """Returns the date filters, one second wider on both sides, as inclusive bounds are not documented everywhere.

        The last slice has no upper bound: a record that changes constantly, such as a product that sells every minute,
        would be past it in every sync and would never be read.
        """
        dates = self._listing.date_filter
        if dates is None or window is None:
            return {}
        bound = _unix_time if dates.takes_unix_time else _whole_second
        minimum = {} if window.start <= EARLIEST else {dates.minimum: bound(window.start - SECOND)}
        is_open = window.end == self._store.sync_started_at() or not dates.maximum
        maximum = {} if is_open else {dates.maximum: bound(window.end + SECOND)}
        return {**minimum, **maximum}


def _whole_second(instant: datetime) -> str | int:
    return format_timestamp(instant.replace(microsecond=0))


def _unix_time(instant: datetime) -> str | int:
    return int(instant.timestamp())

"""The channels of a store with B2B Edition, and lists that the API returns for one channel unless others are named.

https://developer.bigcommerce.com/b2b-edition/apis/rest-management/channel
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, Forbidden, MissingScope
from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import IncompleteListError, Record, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.listing import Listing
from source_bigcommerce.lists.reader import ListReader
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.lists.state import Selection
from source_bigcommerce.streams.channels import CHANNELS

DEFAULT_CHANNEL = 1  # the first storefront of every store, and the documented default of `channelIds[]`
_SINGLE_STOREFRONT = "multi storefront is not enabled"  # documented with 403 (channel.yaml)

logger = logging.getLogger("airbyte")


class StoreChannels(NamedTuple):
    """The ids of the channels of a store; `are_all` is False if some may be missing."""

    ids: Sequence[int]
    are_all: bool


class StorefrontReader(ListReader):
    """Reads the list of storefronts, which stores with a single storefront do not have."""

    def slices(self, *args: Any) -> Iterator[ListSlice]:
        """Yields one slice, without fetching its first page: that may be refused."""
        self.store.sync_started_at()
        yield ListSlice()

    def read_list(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        try:
            yield from super().read_list(piece)
        except Forbidden as refusal:
            _require_single_storefront(refusal)
            logger.info(f"'{self.name}' is empty, as the store has a single storefront: {refusal.explanation}")


B2B_CHANNELS = Listing(
    "b2b/channels",
    Scope.B2B_EDITION,
    SinglePage(),
    channel_filter=ChannelFilter("channel_id"),
    reader=StorefrontReader,
)


class EveryChannelReader(IncrementalListReader):
    """Reads a list that is documented to contain channel 1 alone unless the request names others: it names all.

    Those of B2B Edition are storefronts, and may lack one that it is no longer enabled for. The store's own list has
    every channel that ever was, and needs a scope of its own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query.channels_of_store = self._ids_to_name

    def channels(self) -> StoreChannels:
        """Returns the channels of the store, read once per sync. Raises BigCommerceError."""
        try:
            return self.store.cached("channels for B2B Edition", self._read_channels)
        except BigCommerceError as error:
            self.store.breaker.check()
            raise BigCommerceError(
                f"The stream '{self.name}' needs the list of channels, which could not be read: {error.message}",
                error.failure_type or FailureType.system_error,
            ) from None

    def effective_selection(self) -> Selection:
        """Returns the settings that determine which entries are read, with the channels that are known where these may
        not be all: the others are read once they are known."""
        selection = super().effective_selection()
        if selection.channel_ids or self.channels().are_all:
            return selection
        return replace(selection, channel_ids=tuple(self.channels().ids))

    def _ids_to_name(self) -> Sequence[int]:
        ids = self.channels().ids
        return () if list(ids) == [DEFAULT_CHANNEL] else ids

    def _read_channels(self) -> StoreChannels:
        storefronts: Sequence[Record] = ()
        try:
            storefronts = B2B_CHANNELS.pagination.page(self.client.fetch(B2B_CHANNELS.endpoint, {}), {}).records
        except Forbidden as refusal:
            _require_single_storefront(refusal)
        ids = {DEFAULT_CHANNEL, *(_id_of(row, "channel_id") for row in storefronts)}
        own = ListReader(CHANNELS, self.store, self.name)
        own.select_all_channels()
        try:
            ids.update(_id_of(row, "id") for rows in own.read_entries(ListSlice()) for row in rows)
        except MissingScope:
            logger.warning(
                "Orders and quotes of B2B Edition are read for its storefronts alone, as the API account lacks the "
                f"OAuth scope {CHANNELS.scope.value}, which lists all channels. Those of other channels may be missing."
            )
            return StoreChannels(sorted(ids), are_all=False)
        return StoreChannels(sorted(ids), are_all=True)


def _require_single_storefront(refusal: Forbidden) -> None:
    """Raises the refusal of the list of storefronts unless it states that the store has a single one."""
    if _SINGLE_STOREFRONT not in refusal.explanation.lower():
        raise refusal


def _id_of(row: Record, field: str) -> int:
    found = to_integer(row.get(field))
    if found is None:
        raise IncompleteListError(f"a channel has no {field}")
    return found

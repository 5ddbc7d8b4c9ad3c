"""Settings, which the store has once and each channel may have another way.

https://developer.bigcommerce.com/docs/rest-management/settings
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.errors import NotFound, Refused
from source_bigcommerce.api.paging import OneObject, Page, Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import PARENT, of
from source_bigcommerce.streams.channels import Channels
from source_bigcommerce.streams.children import BelowAll

GLOBAL = 0  # stands for the store itself where a channel's id would be


class Settings(BelowAll, ABC):
    """One record for the store, with `channel_id` 0, and one for each channel; there, null is what the store has.

    `of_channel` is the address of a channel's settings where they are not asked for by the parameter `channel_id`.
    """

    parent = Channels
    parent_field = "channel_id"
    primary_key = "channel_id"
    scope = Scope.INFORMATION
    paging = OneObject()
    of_channel: ClassVar[str | None] = None

    def parents(self) -> Sequence[Any]:
        return [GLOBAL, *super().parents()]

    def path(self, *, stream_slice: Mapping[str, Any] | None = None, **others: Any) -> str:
        channel = (stream_slice or {}).get(PARENT)
        if channel and self.of_channel:
            return self.of_channel.format(id=channel)
        return super().path(stream_slice=stream_slice, **others)

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        channel = (stream_slice or {}).get(PARENT)
        return {"channel_id": channel} if channel else {}

    def check_access(self) -> None:
        self.fetch_page(of(GLOBAL, {}), None)

    def _first_of(self, piece: StreamSlice) -> Page | None:
        try:
            return self.fetch_page(piece, None)
        except (NotFound, Refused):
            if piece[PARENT] == GLOBAL:
                raise
            self.logger.info(f"Channel {piece[PARENT]} has no '{self.name}' of its own.")
            return None


class CatalogSettings(Settings):
    """How the catalog is shown."""

    name = "settings_catalog"
    endpoint = "v3/settings/catalog"

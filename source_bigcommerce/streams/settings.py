"""Settings, which the store has once and each channel may have another way.

https://developer.bigcommerce.com/docs/rest-management/settings
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy, Refused
from source_bigcommerce.api.paging import OneObject, Page, Params, Record, Unpaged, Whole
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import PARENT, of
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.channels import Channels
from source_bigcommerce.streams.children import BelowAll
from source_bigcommerce.streams.numbered import NumberedList
from source_bigcommerce.streams.singleton import Singleton

GLOBAL = 0  # stands for the store itself where a channel's id would be


class PerChannel(BelowAll, ABC):
    """What the store has, with `channel_id` 0, and what each channel has of its own, asked for by `channel_id`."""

    parent = Channels
    parent_field = "channel_id"
    scope = Scope.INFORMATION

    _is_known = False
    _refusal: BigCommerceError | None = None

    def parents(self) -> Sequence[Any]:
        return [GLOBAL, *super().parents()]

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        channel = (stream_slice or {}).get(PARENT)
        return {"channel_id": channel} if channel else {}

    def check_access(self) -> None:
        self.fetch_page(of(GLOBAL, {}), None)

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        """Raises BigCommerceError where the store refuses whatever it is asked."""
        self._is_known, self._refusal = False, None
        yield from super().batches(stream_slice)
        if self._refusal and not self._is_known:
            raise self._refusal

    def _first_of(self, piece: StreamSlice) -> Page | PageTooHeavy | None:
        page: Page | None
        try:
            page = self.fetch_page(piece, None)
        except (NotFound, Refused):
            page = self._once_more(piece)
        self._is_known |= page is not None
        return page

    def _once_more(self, piece: StreamSlice) -> Page | None:
        """What a channel answers that has nothing of its own is not documented; it is asked twice."""
        try:
            return self.fetch_page(piece, None)
        except (NotFound, Refused) as refusal:
            if piece[PARENT] == GLOBAL:
                raise
            if isinstance(refusal, Refused):
                self._refusal = refusal
            self.logger.info(f"Channel {piece[PARENT]} has no '{self.name}' of its own ({refusal.message})")
            return None


class Settings(PerChannel, ABC):
    """One object for the store and one for each channel; where a channel says null, it goes by the store.

    `of_channel` is the address of a channel's object where that is not asked for by the parameter `channel_id`.
    """

    primary_key = "channel_id"
    paging = OneObject()
    of_channel: ClassVar[str | None] = None

    def path(
        self,
        *,
        stream_state: Mapping[str, Any] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        next_page_token: Mapping[str, Any] | None = None,
    ) -> str:
        channel = (stream_slice or {}).get(PARENT)
        if channel and self.of_channel:
            return of_parent(self.of_channel, channel)
        return super().path(stream_slice=stream_slice, next_page_token=next_page_token)


class CatalogSettings(Settings):
    """How the catalog is shown."""

    endpoint = "v3/settings/catalog"


class EmailStatusSettings(Settings):
    """Which mails the store sends."""

    endpoint = "v3/settings/email-statuses"


class InventorySettings(Settings):
    """What happens when stock runs out."""

    endpoint = "v3/settings/inventory"


class InventoryNotificationSettings(Settings):
    """Who is told when stock runs low."""

    endpoint = "v3/settings/inventory/notifications"


class LogoSettings(Settings):
    """The logo of the storefront."""

    endpoint = "v3/settings/logo"


class LocaleSettings(Singleton):
    """The languages of the storefront; of the store as a whole (documented)."""

    endpoint = "v3/settings/store/locale"
    scope = Scope.INFORMATION


class ProfileSettings(Settings):
    """The name and addresses that the store shows."""

    endpoint = "v3/settings/store/profile"


class UnitSettings(Settings):
    """The units of weights and lengths."""

    endpoint = "v3/settings/store/units-of-measurement"


class StorefrontCategorySettings(Settings):
    """How pages of categories look."""

    endpoint = "v3/settings/storefront/category"


class StorefrontProductSettings(Settings):
    """How pages of products look."""

    endpoint = "v3/settings/storefront/product"


class StorefrontRobotsSettings(Settings):
    """What search engines are told to leave alone."""

    endpoint = "v3/settings/storefront/robotstxt"


class StorefrontSearchSettings(Settings):
    """How the search of the storefront works."""

    endpoint = "v3/settings/storefront/search"


class StorefrontSecuritySettings(Settings):
    """How the storefront is secured."""

    endpoint = "v3/settings/storefront/security"


class StorefrontSeoSettings(Settings):
    """How the storefront presents itself to search engines."""

    endpoint = "v3/settings/storefront/seo"


class StorefrontStatusSettings(Settings):
    """What a closed storefront says."""

    endpoint = "v3/settings/storefront/status"


class CartSettings(Settings):
    """Whether carts may be bought."""

    endpoint = "v3/carts/settings"
    of_channel = "v3/carts/settings/channels/{id}"


class CheckoutSettings(Settings):
    """How the checkout works."""

    endpoint = "v3/checkouts/settings"
    of_channel = "v3/checkouts/settings/channels/{id}"
    scope = Scope.CHECKOUTS


class CustomerSettings(Settings):
    """Privacy of customers, and the groups that new ones join."""

    endpoint = "v3/customers/settings"
    of_channel = "v3/customers/settings/channels/{id}"
    scope = Scope.CUSTOMERS


class OrderSettings(Settings):
    """Who is told of new orders."""

    endpoint = "v3/orders/settings"
    of_channel = "v3/orders/settings/channels/{id}"
    scope = Scope.ORDERS


class ShippingSettings(Settings):
    """How shipping is offered at the checkout."""

    endpoint = "v3/shipping/settings"
    of_channel = "v3/shipping/settings/channels/{id}"
    scope = Scope.PRODUCTS  # documented


class TaxSettings(Singleton):
    """How taxes are computed and shown."""

    endpoint = "v3/tax/settings"
    scope = Scope.INFORMATION


class AnalyticsSettings(PerChannel):
    """The providers of web analytics of the store (`channel_id` 0), and those of each channel."""

    endpoint = "v3/settings/analytics"
    primary_key = ["channel_id", "id"]
    scope = Scope.CONTENT
    paging = Whole()


class SearchFilters(NumberedList):
    """By what the search of the storefront can be narrowed down."""

    endpoint = "v3/settings/search/filters"
    scope = Scope.INFORMATION
    paging = Unpaged()


class SearchFilterContexts(NumberedList):
    """The filters that a channel or a category has of its own."""

    endpoint = "v3/settings/search/filters/contexts"
    primary_key = ["channel_id", "category_id"]
    scope = Scope.INFORMATION
    by_channel = ByChannel("context.channel_id")  # `channel_id` would hide those that name a category alone
    is_a_record_each = False

    def records(self, entries: Sequence[Record]) -> Iterator[Record]:
        for entry in entries:
            context = entry.get("context")
            place = context if isinstance(context, dict) else {}
            yield {**entry, **{name: place.get(name) or GLOBAL for name in ("channel_id", "category_id")}}

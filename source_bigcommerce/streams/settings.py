"""Settings of the store and its channels: https://developer.bigcommerce.com/docs/rest-management/settings"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sequence

from source_bigcommerce.api.pagination import MaybePaginated, Pagination, Record, SingleObject, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import ChannelParents, Listing
from source_bigcommerce.lists.parents import STORE_LEVEL
from source_bigcommerce.streams.channels import CHANNELS
from source_bigcommerce.streams.stream import SingletonStream, Stream, singleton


def per_channel(
    endpoint: str,
    scope: Scope = Scope.INFORMATION,
    pagination: Pagination | None = None,
    channel_endpoint: str = "",
    includes_store: bool = True,
) -> Listing:
    """Returns a list of the store itself and of each channel; one object each unless another pagination is given."""
    parents = ChannelParents(
        "channels", CHANNELS, "channel_id", channel_endpoint=channel_endpoint, includes_store=includes_store
    )
    return Listing(endpoint, scope, pagination or SingleObject(), parents=parents)


class SettingsStream(Stream, ABC):
    """One record for the store (`channel_id` 0) and one for each channel, in which null means the store's value."""

    primary_key = "channel_id"


class CatalogSettings(SettingsStream):
    """The display of the catalog."""

    listing = per_channel("v3/settings/catalog")


class EmailStatusSettings(SettingsStream):
    """The emails that the store sends."""

    listing = per_channel("v3/settings/email-statuses")


class InventorySettings(SettingsStream):
    """The behavior of the store when stock runs out."""

    listing = per_channel("v3/settings/inventory")


class InventoryNotificationSettings(SettingsStream):
    """The notifications about low stock."""

    listing = per_channel("v3/settings/inventory/notifications")


class LogoSettings(SettingsStream):
    """The logo of the storefront."""

    listing = per_channel("v3/settings/logo")


class LocaleSettings(SingletonStream):
    """The languages of the storefront; of the store as a whole (documented)."""

    listing = singleton("v3/settings/store/locale", Scope.INFORMATION)


class ProfileSettings(SettingsStream):
    """The name and addresses that the store shows."""

    listing = per_channel("v3/settings/store/profile")


class UnitSettings(SettingsStream):
    """The units of weights and lengths."""

    listing = per_channel("v3/settings/store/units-of-measurement")


class StorefrontCategorySettings(SettingsStream):
    """The layout of category pages."""

    listing = per_channel("v3/settings/storefront/category")


class StorefrontProductSettings(SettingsStream):
    """The layout of product pages."""

    listing = per_channel("v3/settings/storefront/product")


class StorefrontRobotsSettings(SettingsStream):
    """The robots.txt file, with the parts that search engines leave out."""

    listing = per_channel("v3/settings/storefront/robotstxt")


class StorefrontSearchSettings(SettingsStream):
    """The search of the storefront."""

    listing = per_channel("v3/settings/storefront/search")


class StorefrontSecuritySettings(SettingsStream):
    """The security of the storefront."""

    listing = per_channel("v3/settings/storefront/security")


class StorefrontSeoSettings(SettingsStream):
    """The presentation of the storefront to search engines."""

    listing = per_channel("v3/settings/storefront/seo")


class StorefrontStatusSettings(SettingsStream):
    """The status of the storefront, and the message of a closed one."""

    listing = per_channel("v3/settings/storefront/status")


class CartSettings(SettingsStream):
    """The settings of carts."""

    listing = per_channel("v3/carts/settings", channel_endpoint="v3/carts/settings/channels/{id}")


class CheckoutSettings(SettingsStream):
    """The settings of the checkout."""

    listing = per_channel(
        "v3/checkouts/settings", Scope.CHECKOUTS, channel_endpoint="v3/checkouts/settings/channels/{id}"
    )


class CustomerSettings(SettingsStream):
    """The privacy of customers, and the groups that new ones join."""

    listing = per_channel(
        "v3/customers/settings", Scope.CUSTOMERS, channel_endpoint="v3/customers/settings/channels/{id}"
    )


class OrderSettings(SettingsStream):
    """The notifications about new orders."""

    listing = per_channel("v3/orders/settings", Scope.ORDERS, channel_endpoint="v3/orders/settings/channels/{id}")


class ShippingSettings(SettingsStream):
    """The presentation of shipping at the checkout."""

    # The scope is the documented one.
    listing = per_channel("v3/shipping/settings", Scope.PRODUCTS, channel_endpoint="v3/shipping/settings/channels/{id}")


class TaxSettings(SingletonStream):
    """The calculation and display of taxes."""

    listing = singleton("v3/tax/settings", Scope.INFORMATION)


class AnalyticsSettings(Stream):
    """The providers of web analytics of the store (`channel_id` 0), and those of each channel."""

    listing = per_channel("v3/settings/analytics", Scope.CONTENT, SinglePage())
    primary_key = ["channel_id", "id"]


class SearchFilters(Stream):
    """The filters of the storefront's search."""

    listing = Listing("v3/settings/search/filters", Scope.INFORMATION, MaybePaginated())


class SearchFilterContexts(Stream):
    """The search filters of single channels and categories."""

    listing = Listing(
        "v3/settings/search/filters/contexts",
        Scope.INFORMATION,
        MaybePaginated(),
        channel_filter=ChannelFilter("context.channel_id"),  # `channel_id` would hide those that name only a category
    )
    primary_key = ["channel_id", "category_id"]
    one_record_per_entry = False

    def extract_records(self, entries: Sequence[Record]) -> Iterator[Record]:
        for entry in entries:
            context = entry.get("context")
            fields = context if isinstance(context, dict) else {}
            yield {**entry, **{name: fields.get(name) or STORE_LEVEL for name in ("channel_id", "category_id")}}


STREAMS = (
    CatalogSettings,
    EmailStatusSettings,
    InventorySettings,
    InventoryNotificationSettings,
    LogoSettings,
    LocaleSettings,
    ProfileSettings,
    UnitSettings,
    StorefrontCategorySettings,
    StorefrontProductSettings,
    StorefrontRobotsSettings,
    StorefrontSearchSettings,
    StorefrontSecuritySettings,
    StorefrontSeoSettings,
    StorefrontStatusSettings,
    CartSettings,
    CheckoutSettings,
    CustomerSettings,
    OrderSettings,
    ShippingSettings,
    TaxSettings,
    AnalyticsSettings,
    SearchFilters,
    SearchFilterContexts,
)

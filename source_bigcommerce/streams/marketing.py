"""Marketing: https://developer.bigcommerce.com/docs/rest-management/marketing"""

from __future__ import annotations

from source_bigcommerce.api.pagination import CursorV3, KeysetV2, PageNumber, Record, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import Listing, Parents
from source_bigcommerce.streams.settings import SettingsStream, per_channel
from source_bigcommerce.streams.stream import SingletonStream, Stream, singleton


class Coupons(Stream):
    """Coupons, read in full: the number of uses of a coupon changes without a date."""

    # The endpoint has no sort parameter; by id is its documented default.
    listing = Listing("v2/coupons", Scope.MARKETING, KeysetV2(), count_endpoint="v2/coupons/count")


class GiftCertificates(Stream):
    """Gift certificates, read in full: the balance of one changes without a date."""

    listing = Listing("v2/gift_certificates", Scope.MARKETING, KeysetV2())  # by id is the documented default


class Banners(Stream):
    """Banners, read in full."""

    listing = Listing("v2/banners", Scope.MARKETING, KeysetV2())  # by id is the documented default


class Promotions(Stream):
    """Promotions, read in full: they have no date of change. Those of type COUPON have codes."""

    listing = Listing(
        "v3/promotions",
        Scope.MARKETING,
        PageNumber(),
        channel_filter=ChannelFilter("channels", "channels"),  # which returns those of all channels too (documented)
    )


def _has_codes(promotion: Record) -> bool:
    return promotion.get("redemption_type") != "AUTOMATIC"


class PromotionCodes(Stream):
    """The codes of promotions of type COUPON, read in full: the number of uses of a code changes without a date."""

    listing = Listing(
        "v3/promotions/{id}/codes",
        Scope.MARKETING,
        CursorV3(),
        parents=Parents("promotions", Promotions.listing, "promotion_id", has_children=_has_codes),
    )
    primary_key = ["promotion_id", "id"]


class PromotionSettings(SingletonStream):
    """The rules by which promotions are applied."""

    listing = singleton("v3/promotions/settings", Scope.MARKETING)


class AbandonedCartSettings(SettingsStream):
    """The notifications about abandoned carts."""

    listing = per_channel("v3/abandoned-carts/settings", channel_endpoint="v3/abandoned-carts/settings/channels/{id}")


class AbandonedCartEmails(Stream):
    """The emails sent to customers who abandoned a cart: those of the store (`channel_id` 0) and of each channel."""

    listing = per_channel("v3/marketing/abandoned-cart-emails", pagination=SinglePage())
    primary_key = ["channel_id", "id"]


class AbandonedCartEmailSettings(SettingsStream):
    """The choice of each channel between the store's emails and its own."""

    listing = per_channel("v3/marketing/abandoned-cart-emails/settings", includes_store=False)


class EmailTemplates(Stream):
    """The templates of the store's emails (`channel_id` 0), and those of single channels."""

    listing = per_channel("v3/marketing/email-templates", pagination=SinglePage())
    primary_key = ["channel_id", "type_id"]


STREAMS = (
    Coupons,
    GiftCertificates,
    Banners,
    Promotions,
    PromotionCodes,
    PromotionSettings,
    AbandonedCartSettings,
    AbandonedCartEmails,
    AbandonedCartEmailSettings,
    EmailTemplates,
)

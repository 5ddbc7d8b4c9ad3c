"""Marketing: https://developer.bigcommerce.com/docs/rest-management/marketing"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from source_bigcommerce.api.paging import CursorV3, KeysetV2, Record, Whole
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.children import BelowAll
from source_bigcommerce.streams.numbered import NumberedList
from source_bigcommerce.streams.settings import PerChannel, Settings
from source_bigcommerce.streams.singleton import Singleton


class Coupons(BigCommerceStream):
    """Coupons, whole each time: how often one was used changes without leaving a date."""

    endpoint = "v2/coupons"
    scope = Scope.MARKETING
    paging = KeysetV2()  # the endpoint knows no sort; by id is its documented default
    count = "v2/coupons/count"


class GiftCertificates(BigCommerceStream):
    """Gift certificates, whole each time: the balance of one changes without leaving a date."""

    endpoint = "v2/gift_certificates"
    scope = Scope.MARKETING
    paging = KeysetV2()  # by id is the documented default


class Banners(BigCommerceStream):
    """Banners, whole each time."""

    endpoint = "v2/banners"
    scope = Scope.MARKETING
    paging = KeysetV2()  # by id is the documented default


class Promotions(NumberedList):
    """Promotions, whole each time: they have no date of change. Those of type COUPON have codes."""

    endpoint = "v3/promotions"
    scope = Scope.MARKETING
    by_channel = ByChannel("channels", "channels")  # which brings those of all channels too (documented)


class PromotionCodes(BelowAll):
    """The codes of the promotions of type COUPON, whole each time: how often one was used leaves no date."""

    endpoint = "v3/promotions/{id}/codes"
    primary_key = ["promotion_id", "id"]
    scope = Scope.MARKETING
    paging = CursorV3()
    parent = Promotions
    parent_field = "promotion_id"

    def is_parent(self, record: Record) -> bool:
        return record.get("redemption_type") != "AUTOMATIC"


class PromotionSettings(Singleton):
    """How promotions are applied."""

    endpoint = "v3/promotions/settings"
    scope = Scope.MARKETING


class AbandonedCartSettings(Settings):
    """Who is told of an abandoned cart, and when."""

    endpoint = "v3/abandoned-carts/settings"
    of_channel = "v3/abandoned-carts/settings/channels/{id}"


class AbandonedCartEmails(PerChannel):
    """The mails that are sent to those who left a cart: those of the store (`channel_id` 0) and of each channel."""

    endpoint = "v3/marketing/abandoned-cart-emails"
    primary_key = ["channel_id", "id"]
    paging = Whole()


class AbandonedCartEmailSettings(Settings):
    """Whether a channel sends the store's mails or its own."""

    endpoint = "v3/marketing/abandoned-cart-emails/settings"

    def parents(self) -> Sequence[Any]:
        return BelowAll.parents(self)  # the store itself has none


class EmailTemplates(PerChannel):
    """The templates of the store's mails (`channel_id` 0), and those that a channel has of its own."""

    endpoint = "v3/marketing/email-templates"
    primary_key = ["channel_id", "type_id"]
    paging = Whole()

"""Marketing."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Row, Shape, World
from sandbox.collections.forms import OWNERS, fraction, offset, unix_text, uuid, zulu
from sandbox.options import INFORMATION, MARKETING


def _gift_certificates(n: int, world: World) -> Row:
    return {
        "id": n,
        "customer_id": world.pick("customers", n),
        "order_id": world.pick("orders", n),
        "balance": f"{n}.2500",
        "purchase_date": world.at(n),
        "expiry_date": world.at(n),
        "template": ("birthday.html", "girl.html", "boy.html", "celebration.html", "christmas.html", "general.html")[
            n % 6
        ],
        "message": f"Message {n}",
        "code": f"Code {n}",
        "status": ("active", "pending", "disabled", "expired")[n % 4],
        "currency_code": ("USD", "AUD")[n % 2],
        "to_name": f"To name {n}",
        "to_email": f"person{n}@example.com",
        "from_name": f"From name {n}",
        "from_email": f"person{n}@example.com",
        "amount": f"{n}.2500",
    }


def _banners(n: int, world: World) -> Row:
    return {
        "name": f"Name {n}",
        "content": f"Content {n}",
        "page": ("home_page", "category_page", "brand_page", "search_page")[n % 4],
        "location": ("top", "bottom")[n % 2],
        "date_type": ("always", "custom")[n % 2],
        "date_from": world.at(n),
        "date_to": world.at(n),
        "visible": f"Visible {n}",
        "item_id": f"Item id {n}",
        "id": n,
        "date_created": world.at(n),
    }


def _promotions(n: int, world: World) -> Row:
    return {
        "id": n,
        "created_from": ("react_ui", "legacy_ui", "api")[n % 3],
        "codes": {
            "id": n,
            "code": f"Code {n}",
            "current_uses": n + 12,
            "max_uses": n + 8,
            "max_uses_per_customer": n + 21,
            "created": fraction(world.at(n)),
        },
        "coupon_overrides_other_promotions": n % 2 == 0,
        "coupon_overrides_automatic_when_offering_higher_discounts": n % 2 == 0,
        "redemption_type": ("AUTOMATIC", "COUPON")[n % 2],
        "multiple_codes": {"has_multiple_codes": n % 2 == 0},
        "coupon_type": ("SINGLE", "BULK")[n % 2],
        "name": f"Name {n}",
        "display_name": f"Display name {n}",
        "channels": [{"id": world.pick("channels", n)}] if n % 3 else [],
        "customer": {
            "group_ids": [n + 8],
            "minimum_order_count": n + 19,
            "excluded_group_ids": [n + 17],
            "segments": {
                "or": [
                    {
                        "or": [
                            {
                                "or": [{"id": [uuid(48, n)]}],
                                "and": [{"id": [uuid(49, n)]}],
                                "not": {"id": [uuid(47, n)]},
                                "id": [uuid(43, n)],
                            }
                        ],
                        "and": [
                            {
                                "or": [{"id": [uuid(49, n)]}],
                                "and": [{"id": [uuid(50, n)]}],
                                "not": {"id": [uuid(48, n)]},
                                "id": [uuid(44, n)],
                            }
                        ],
                        "not": {
                            "or": [{"id": [uuid(47, n)]}],
                            "and": [{"id": [uuid(48, n)]}],
                            "not": {"id": [uuid(46, n)]},
                            "id": [uuid(42, n)],
                        },
                        "id": [uuid(38, n)],
                    }
                ],
                "and": [
                    {
                        "or": [
                            {
                                "or": [{"id": [uuid(49, n)]}],
                                "and": [{"id": [uuid(50, n)]}],
                                "not": {"id": [uuid(48, n)]},
                                "id": [uuid(44, n)],
                            }
                        ],
                        "and": [
                            {
                                "or": [{"id": [uuid(50, n)]}],
                                "and": [{"id": [uuid(51, n)]}],
                                "not": {"id": [uuid(49, n)]},
                                "id": [uuid(45, n)],
                            }
                        ],
                        "not": {
                            "or": [{"id": [uuid(48, n)]}],
                            "and": [{"id": [uuid(49, n)]}],
                            "not": {"id": [uuid(47, n)]},
                            "id": [uuid(43, n)],
                        },
                        "id": [uuid(39, n)],
                    }
                ],
                "not": {
                    "or": [
                        {
                            "or": [{"id": [uuid(47, n)]}],
                            "and": [{"id": [uuid(48, n)]}],
                            "not": {"id": [uuid(46, n)]},
                            "id": [uuid(42, n)],
                        }
                    ],
                    "and": [
                        {
                            "or": [{"id": [uuid(48, n)]}],
                            "and": [{"id": [uuid(49, n)]}],
                            "not": {"id": [uuid(47, n)]},
                            "id": [uuid(43, n)],
                        }
                    ],
                    "not": {
                        "or": [{"id": [uuid(46, n)]}],
                        "and": [{"id": [uuid(47, n)]}],
                        "not": {"id": [uuid(45, n)]},
                        "id": [uuid(41, n)],
                    },
                    "id": [uuid(37, n)],
                },
                "id": [uuid(33, n)],
            },
        },
        "rules": [
            {
                "action": {"cart_value": {"discount": {"percentage_amount": "10"}}},
                "apply_once": n % 2 == 0,
                "stop": n % 2 == 0,
                "condition": {"cart": {"minimum_spend": f"{n}.00"}},
            }
        ],
        "current_uses": n + 12,
        "max_uses": n + 8,
        "status": ("ENABLED", "DISABLED", "INVALID")[n % 3],
        "start_date": world.at(n),
        "end_date": world.at(n),
        "stop": n % 2 == 0,
        "can_be_used_with_other_promotions": n % 2 == 0,
        "currency_code": ("USD", "AUD")[n % 2],
        "notifications": [
            {
                "content": f"Content {n}",
                "type": ("UPSELL", "ELIGIBLE", "APPLIED")[n % 3],
                "locations": [f"Location {n}"],
            }
        ],
        "shipping_address": {
            "not": {"countries": [{"iso2_country_code": "AU"}]},
            "countries": [{"iso2_country_code": "AU"}],
        },
        "schedule": {
            "week_frequency": n + 14,
            "week_days": [("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[n % 7]],
            "daily_start_time": f"{n % 24:02d}:00:00",
            "daily_end_time": f"{n % 24:02d}:30:00",
        },
    }


def _promotion_codes(n: int, world: World) -> Row:
    return {
        "_promotion": 1 + 2 * (n % 3),
        "id": n,
        "code": f"Code {n}",
        "current_uses": n + 12,
        "max_uses": n + 8,
        "max_uses_per_customer": n + 21,
        "created": world.at(n),
    }


def _promotion_settings(n: int, world: World) -> Row:
    return {
        "promotions_apply_on_products_with_custom_product_price": n % 2 == 0,
        "promotions_triggered_by_products_with_zero_product_price": n % 2 == 0,
        "number_of_coupons_allowed_at_checkout": n % 5 + 1,
        "promotions_applied_on_original_product_price": n % 2 == 0,
    }


def _abandoned_cart_emails(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n % 3],
        "id": n,
        "notify_at_minutes": (
            60,
            120,
            180,
            240,
            300,
            360,
            420,
            480,
            540,
            600,
            660,
            720,
            780,
            840,
            900,
            960,
            1020,
            1080,
            1140,
            1200,
            1260,
            1320,
            1380,
            1440,
            2880,
            4320,
            5760,
            7200,
            8640,
            10080,
            11520,
            12960,
            14400,
        )[n % 33],
        "coupon_code": f"Coupon code {n}",
        "template": {
            "subject": f"Subject {n}",
            "body": f"Body {n}",
            "translations": [{"locale": f"Locale {n}", "keys": {f"key {n}": f"value {n}"}}],
        },
        "is_active": n % 2 == 0,
        "sent_num": n + 8,
    }


def _email_templates(n: int, world: World) -> Row:
    return {
        "_channel": OWNERS[n % 3],
        "type_id": (
            "abandoned_cart_email",
            "account_details_changed_email",
            "combined_order_status_email",
            "createaccount_email",
            "createguestaccount_email",
            "giftcertificate_email",
            "invoice_email",
            "ordermessage_notification",
            "return_confirmation_email",
            "return_statuschange_email",
            "product_review_email",
            "account_reset_password_email",
        )[n % 12],
        "body": f"Body {n}",
        "translations": [{"locale": f"Locale {n}", "keys": {f"key {n}": f"value {n}"}}],
        "subject": f"Subject {n}",
    }


COLLECTIONS = (
    Collection(
        "gift_certificates",
        "v2/gift_certificates",
        MARKETING,
        _gift_certificates,
        Shape.V2,
        size=30,
        dates={"purchase_date": unix_text, "expiry_date": unix_text},
        filters=frozenset({"min_id", "max_id", "code", "order_id", "to_name", "to_email", "from_name", "from_email"}),
        sorts=frozenset({"id"}),
    ),
    Collection(
        "banners",
        "v2/banners",
        MARKETING,
        _banners,
        Shape.V2,
        dates={"date_from": unix_text, "date_to": unix_text, "date_created": zulu},
        filters=frozenset({"id"}),
    ),
    Collection(
        "promotions",
        "v3/promotions",
        MARKETING,
        _promotions,
        by_channel=ByChannel("channels", "channels", none_is_all=True),
        dates={"start_date": offset, "end_date": offset},
    ),
    Collection(
        "promotion_codes",
        "v3/promotions/{parent}/codes",
        MARKETING,
        _promotion_codes,
        Shape.CURSOR,
        size=40,
        dates={"created": fraction},
        parent="promotions",
        parent_field="_promotion",
    ),
    Collection(
        "promotion_settings",
        "v3/promotions/settings",
        MARKETING,
        _promotion_settings,
        Shape.BARE_OBJECT,
        key=("number_of_coupons_allowed_at_checkout",),
        size=1,
        grows=False,
    ),
    Collection(
        "abandoned_cart_emails",
        "v3/marketing/abandoned-cart-emails",
        INFORMATION,
        _abandoned_cart_emails,
        Shape.DATA,
        parent_field="_channel",
        chosen_by="channel_id",
    ),
    Collection(
        "email_templates",
        "v3/marketing/email-templates",
        INFORMATION,
        _email_templates,
        Shape.DATA,
        key=(
            "_channel",
            "type_id",
        ),
        parent_field="_channel",
        chosen_by="channel_id",
    ),
)

"""Marketing."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Shape
from sandbox.collections.forms import fraction, offset, unix_text, zulu
from sandbox.collections.rows import rows
from sandbox.options import INFORMATION, MARKETING

COLLECTIONS = (
    Collection(
        "gift_certificates",
        "v2/gift_certificates",
        MARKETING,
        rows("gift_certificates"),
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
        rows("banners"),
        Shape.V2,
        dates={"date_from": unix_text, "date_to": unix_text, "date_created": zulu},
        filters=frozenset({"id"}),
    ),
    Collection(
        "promotions",
        "v3/promotions",
        MARKETING,
        rows("promotions"),
        by_channel=ByChannel("channels", "channels", none_is_all=True),
        dates={"start_date": offset, "end_date": offset},
    ),
    Collection(
        "promotion_codes",
        "v3/promotions/{parent}/codes",
        MARKETING,
        rows("promotion_codes"),
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
        rows("promotion_settings"),
        Shape.BARE_OBJECT,
        key=("number_of_coupons_allowed_at_checkout",),
        size=1,
        grows=False,
    ),
    Collection(
        "abandoned_cart_emails",
        "v3/marketing/abandoned-cart-emails",
        INFORMATION,
        rows("abandoned_cart_emails"),
        Shape.DATA,
        parent_field="_channel",
        chosen_by="channel_id",
    ),
    Collection(
        "email_templates",
        "v3/marketing/email-templates",
        INFORMATION,
        rows("email_templates"),
        Shape.DATA,
        key=(
            "_channel",
            "type_id",
        ),
        parent_field="_channel",
        chosen_by="channel_id",
    ),
)

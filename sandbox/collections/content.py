"""Content."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Shape
from sandbox.collections.forms import zulu
from sandbox.collections.rows import rows
from sandbox.options import CHECKOUT_CONTENT, CONTENT, THEMES

COLLECTIONS = (
    Collection(
        "pages",
        "v3/content/pages",
        CONTENT,
        rows("pages"),
        filters=frozenset({"id", "name"}),
        by_channel=ByChannel("channel_id", "channel_id", takes_one=True),
        included=frozenset({"body"}),
        default=20,
    ),
    Collection(
        "blog_posts",
        "v2/blog/posts",
        CONTENT,
        rows("blog_posts"),
        Shape.V2,
        dates={"published_date_iso8601": zulu},
        order="-published_date_iso8601",  # documented: the most recent post first
        counted=True,
    ),
    Collection("blog_tags", "v2/blog/tags", CONTENT, rows("blog_tags"), Shape.V2_TAGS, key=("tag",), size=5),
    Collection(
        "redirects",
        "v3/storefront/redirects",
        CONTENT,
        rows("redirects"),
        size=30,
        filters=frozenset({"id", "site_id"}),
        included=frozenset({"to_url"}),
    ),
    Collection(
        "scripts",
        "v3/content/scripts",
        CONTENT,
        rows("scripts"),
        key=("uuid",),
        also_needs=lambda row: CHECKOUT_CONTENT if row["visibility"] in ("checkout", "all_pages") else "",
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "widgets",
        "v3/content/widgets",
        CONTENT,
        rows("widgets"),
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "widget_templates",
        "v3/content/widget-templates",
        CONTENT,
        rows("widget_templates"),
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "placements",
        "v3/content/placements",
        CONTENT,
        rows("placements"),
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "themes", "v3/themes", THEMES, rows("themes"), Shape.DATA, key=("uuid",), size=3, dates={"updated_at": zulu}
    ),
    Collection(
        "custom_template_associations",
        "v3/storefront/custom-template-associations",
        THEMES,
        rows("custom_template_associations"),
        by_channel=ByChannel("channel_id", "channel_id", takes_one=True),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
)

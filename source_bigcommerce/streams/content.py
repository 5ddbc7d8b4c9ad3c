"""Content: https://developer.bigcommerce.com/docs/rest-content"""

from __future__ import annotations

from source_bigcommerce.api.paging import KeysetV3, OffsetV2, Tags, Unpaged
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.numbered import NumberedList


class Pages(NumberedList):
    """The pages of the storefronts, with their content; without a date."""

    endpoint = "v3/content/pages"
    scope = Scope.CONTENT
    params = {"include": "body"}
    by_channel = ByChannel("channel_id", "channel_id", takes_several=False)


class BlogPosts(NumberedList):
    """The posts of the blog. At most 12,500 of them can be reached (50 pages, documented)."""

    endpoint = "v2/blog/posts"
    scope = Scope.CONTENT
    paging = OffsetV2()
    count = "v2/blog/posts/count"


class BlogTags(BigCommerceStream):
    """The tags of the blog, and the posts that carry them."""

    endpoint = "v2/blog/tags"
    primary_key = "tag"
    scope = Scope.CONTENT
    paging = Tags()


class Redirects(BigCommerceStream):
    """The redirects of the storefronts; without a date."""

    endpoint = "v3/storefront/redirects"
    scope = Scope.CONTENT
    paging = KeysetV3(bound="id:min")
    params = {"include": "to_url"}


class Scripts(NumberedList):
    """The scripts that this API account has put into storefronts; those of other accounts are not shown to it."""

    endpoint = "v3/content/scripts"
    primary_key = "uuid"
    scope = Scope.CONTENT
    by_channel = ByChannel("channel_id", "channel_id:in")


class Widgets(NumberedList):
    """The widgets of the storefronts."""

    endpoint = "v3/content/widgets"
    primary_key = "uuid"
    scope = Scope.CONTENT
    by_channel = ByChannel("channel_id", "channel_id:in")


class WidgetTemplates(NumberedList):
    """What widgets are made from."""

    endpoint = "v3/content/widget-templates"
    primary_key = "uuid"
    scope = Scope.CONTENT
    by_channel = ByChannel("channel_id")  # `channel_id:in` would hide those of all channels, which carry a 0


class Placements(NumberedList):
    """Where widgets are shown."""

    endpoint = "v3/content/placements"
    primary_key = "uuid"
    scope = Scope.CONTENT
    by_channel = ByChannel("channel_id", "channel_id:in")


class Themes(NumberedList):
    """The themes of the store."""

    endpoint = "v3/themes"
    primary_key = "uuid"
    scope = Scope.THEMES
    paging = Unpaged()


class CustomTemplateAssociations(NumberedList):
    """Which pages, products, brands and categories are shown by a template of their own."""

    endpoint = "v3/storefront/custom-template-associations"
    scope = Scope.THEMES
    by_channel = ByChannel("channel_id", "channel_id", takes_several=False)

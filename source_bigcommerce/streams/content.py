"""Content: https://developer.bigcommerce.com/docs/rest-content"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from source_bigcommerce.api.errors import BigCommerceError, Refused
from source_bigcommerce.api.paging import KeysetV3, OffsetV2, Page, Record, Tags, Unpaged
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


_POSTS_IN_REACH = 12_500  # 50 pages of 250 (documented)


class BlogPosts(NumberedList):
    """The posts of the blog. Raises BigCommerceError where it has more than the API lists."""

    endpoint = "v2/blog/posts"
    scope = Scope.CONTENT
    paging = OffsetV2()
    count = "v2/blog/posts/count"

    def batches(self, stream_slice: Mapping[str, Any] | None) -> Iterator[Sequence[Record]]:
        found = 0
        try:
            for posts in super().batches(stream_slice):
                found += len(posts)
                yield posts
        except Refused:
            if found < _POSTS_IN_REACH:
                raise
        if found >= _POSTS_IN_REACH:
            total = self._total(Page([], None), stream_slice or {})
            if total is None or total > found:
                raise BigCommerceError(
                    f"BigCommerce lists the first {found} posts of the blog, and it has {total or 'perhaps more'}: the "
                    "others are out of reach. Deselect 'blog_posts'."
                )


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
    """The scripts that this API account has put into storefronts; those of other accounts are not shown to it.

    Those of the checkout are documented to be shown to accounts with the scope for its content too.
    """

    endpoint = "v3/content/scripts"
    primary_key = "uuid"
    scope = Scope.CONTENT
    by_channel = ByChannel("channel_id", "channel_id:in")

    @classmethod
    def scopes(cls) -> tuple[Scope, ...]:
        return (*super().scopes(), Scope.CHECKOUT_CONTENT)


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

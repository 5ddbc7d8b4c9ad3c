"""Content: https://developer.bigcommerce.com/docs/rest-content"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from source_bigcommerce.api.errors import BadRequest, BigCommerceError
from source_bigcommerce.api.pagination import BlogTagList, KeysetV3, MaybePaginated, PageNumber, PageNumberV2, Record
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.listing import Listing, by_fields
from source_bigcommerce.lists.reader import ListReader
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.streams.stream import Stream

_POSTS_IN_REACH = 12_500  # 50 pages of 250 (documented)


class BlogPostListReader(ListReader):
    """Reads the posts of the blog. Raises BigCommerceError if it has more than the API returns."""

    def read_entries(self, piece: ListSlice) -> Iterator[Sequence[Record]]:
        found = 0
        try:
            for posts in super().read_entries(piece):
                found += len(posts)
                yield posts
        except BadRequest:
            if found < _POSTS_IN_REACH:
                raise
        if found >= _POSTS_IN_REACH:
            total = self.pages.total(None, piece)
            if total is None or total > found:
                raise BigCommerceError(
                    f"BigCommerce returns only the first {found} posts of the blog, which has "
                    f"{total or 'perhaps more'}: the others cannot be read. Deselect 'blog_posts'."
                )


class Pages(Stream):
    """The pages of the storefronts, with their content; without a date."""

    listing = Listing(
        "v3/content/pages",
        Scope.CONTENT,
        PageNumber(),
        params={"include": "body"},
        channel_filter=ChannelFilter("channel_id", "channel_id", accepts_many=False),
    )


class BlogPosts(Stream):
    """The posts of the blog."""

    listing = Listing(
        "v2/blog/posts",
        Scope.CONTENT,
        PageNumberV2(),
        count_endpoint="v2/blog/posts/count",
        reader=BlogPostListReader,
    )


class BlogTags(Stream):
    """The tags of the blog, and the posts that carry them."""

    listing = Listing("v2/blog/tags", Scope.CONTENT, BlogTagList())
    primary_key = "tag"


class Redirects(Stream):
    """The redirects of the storefronts; without a date."""

    listing = Listing("v3/storefront/redirects", Scope.CONTENT, KeysetV3(bound="id:min"), params={"include": "to_url"})


class Scripts(Stream):
    """The scripts that this API account has added to storefronts; those of other accounts are not visible to it.

    Those of the checkout are documented to be visible also to accounts with the scope for its content.
    """

    listing = Listing(
        "v3/content/scripts",
        Scope.CONTENT,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id", "channel_id:in"),
        identity=by_fields("uuid"),
    )
    primary_key = "uuid"

    @classmethod
    def scopes(cls) -> tuple[Scope, ...]:
        return (*super().scopes(), Scope.CHECKOUT_CONTENT)


class Widgets(Stream):
    """The widgets of the storefronts."""

    listing = Listing(
        "v3/content/widgets",
        Scope.CONTENT,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id", "channel_id:in"),
        identity=by_fields("uuid"),
    )
    primary_key = "uuid"


class WidgetTemplates(Stream):
    """The templates that widgets are made from."""

    listing = Listing(
        "v3/content/widget-templates",
        Scope.CONTENT,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id"),  # `channel_id:in` would hide those of all channels, which carry a 0
        identity=by_fields("uuid"),
    )
    primary_key = "uuid"


class Placements(Stream):
    """The places where widgets are shown."""

    listing = Listing(
        "v3/content/placements",
        Scope.CONTENT,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id", "channel_id:in"),
        identity=by_fields("uuid"),
    )
    primary_key = "uuid"


class Themes(Stream):
    """The themes of the store."""

    listing = Listing("v3/themes", Scope.THEMES, MaybePaginated(), identity=by_fields("uuid"))
    primary_key = "uuid"


class CustomTemplateAssociations(Stream):
    """The pages, products, brands and categories that have a template of their own."""

    listing = Listing(
        "v3/storefront/custom-template-associations",
        Scope.THEMES,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id", "channel_id", accepts_many=False),
    )


STREAMS = (
    Pages,
    BlogPosts,
    BlogTags,
    Redirects,
    Scripts,
    Widgets,
    WidgetTemplates,
    Placements,
    Themes,
    CustomTemplateAssociations,
)

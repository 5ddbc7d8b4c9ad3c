"""Content."""

from __future__ import annotations

from sandbox.collection import ByChannel, Collection, Row, Shape, World
from sandbox.collections.forms import uuid, zulu
from sandbox.options import CHECKOUT_CONTENT, CONTENT, THEMES


def _pages(n: int, world: World) -> Row:
    return {
        "link": f"https://shop.example.com/link/{n}",
        "id": n,
        "channel_id": world.pick("channels", n),
        "name": f"Name {n}",
        "is_visible": n % 2 == 0,
        "parent_id": n + 9,
        "sort_order": n + 10,
        "type": ("page", "raw", "contact_form", "link", "blog")[n % 5],
        "is_homepage": n % 2 == 0,
        "is_customers_only": n % 2 == 0,
        "url": f"https://shop.example.com/url/{n}",
        "body": f"Body {n}",
        "content_type": f"Content type {n}",
        "search_keywords": f"Search keywords {n}",
        "email": f"person{n}@example.com",
        "contact_fields": f"Contact fields {n}",
        "meta_title": f"Meta title {n}",
        "meta_keywords": f"Meta keywords {n}",
        "meta_description": f"Meta description {n}",
    }


def _blog_posts(n: int, world: World) -> Row:
    return {
        "title": f"Title {n}",
        "url": f"https://shop.example.com/url/{n}",
        "preview_url": f"https://shop.example.com/preview_url/{n}",
        "body": f"Body {n}",
        "tags": [f"tag-{n}"],
        "summary": f"Summary {n}",
        "is_published": n % 2 == 0,
        "published_date": {"timezone_type": n + 13, "date": zulu(world.at(n)), "timezone": f"Timezone {n}"},
        "published_date_iso8601": world.at(n),
        "meta_description": f"Meta description {n}",
        "meta_keywords": f"Meta keywords {n}",
        "author": f"Author {n}",
        "thumbnail_path": f"Thumbnail path {n}",
        "id": n,
    }


def _blog_tags(n: int, world: World) -> Row:
    return {
        "tag": f"tag-{n}",
        "post_ids": [n + 7],
    }


def _redirects(n: int, world: World) -> Row:
    return {
        "id": n,
        "site_id": world.pick("sites", n),
        "from_path": f"From path {n}",
        "to": {
            "type": ("product", "brand", "category", "page", "post", "url")[n % 6],
            "entity_id": n + 9,
            "url": f"https://shop.example.com/url/{n}",
        },
        "to_url": f"https://shop.example.com/to_url/{n}",
    }


def _scripts(n: int, world: World) -> Row:
    return {
        "description": f"Description {n}",
        "html": f"Html {n}",
        "src": f"https://shop.example.com/src/{n}",
        "auto_uninstall": n % 2 == 0,
        "load_method": ("default", "async", "defer")[n % 3],
        "location": ("head", "footer")[n % 2],
        "visibility": ("storefront", "all_pages", "checkout", "order_confirmation")[n % 4],
        "kind": ("src", "script_tag")[n % 2],
        "api_client_id": f"Api client id {n}",
        "consent_category": ("essential", "functional", "analytics", "targeting")[n % 4],
        "enabled": n % 2 == 0,
        "channel_id": world.pick("channels", n),
        "integrity_hashes": [f"Integrity hashe {n}"],
        "name": f"Name {n}",
        "uuid": uuid(12, n),
        "date_created": world.at(n),
        "date_modified": world.at(n),
    }


def _widgets(n: int, world: World) -> Row:
    return {
        "uuid": uuid(12, n),
        "widget_template": {
            "uuid": uuid(28, n),
            "kind": f"Kind {n}",
            "date_created": zulu(world.at(n)),
            "date_modified": zulu(world.at(n)),
            "current_version_uuid": uuid(44, n),
            "icon_name": f"Icon name {n}",
            "name": f"Name {n}",
            "schema": [{"type": "tab", "label": f"Tab {n}", "sections": [{"label": "Text", "settings": []}]}],
            "template": f"Template {n}",
            "storefront_api_query": f"Storefront api query {n}",
        },
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "version_uuid": uuid(20, n),
        "channel_id": world.pick("channels", n),
        "name": f"Name {n}",
        "description": f"Description {n}",
        "widget_configuration": {f"key {n}": f"value {n}"},
    }


def _widget_templates(n: int, world: World) -> Row:
    return {
        "uuid": uuid(21, n),
        "channel_id": world.pick("channels", n) if n % 3 else 0,  # as the documents show those of all channels
        "kind": f"Kind {n}",
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "current_version_uuid": uuid(37, n),
        "icon_name": f"Icon name {n}",
        "name": f"Name {n}",
        "schema": [{"type": "tab", "label": f"Tab {n}", "sections": [{"label": "Text", "settings": []}]}],
        "template": f"Template {n}",
        "storefront_api_query": f"Storefront api query {n}",
    }


def _placements(n: int, world: World) -> Row:
    return {
        "widget": {
            "uuid": uuid(22, n),
            "widget_template": {
                "uuid": uuid(38, n),
                "kind": f"Kind {n}",
                "date_created": zulu(world.at(n)),
                "date_modified": zulu(world.at(n)),
                "current_version_uuid": uuid(54, n),
                "icon_name": f"Icon name {n}",
                "name": f"Name {n}",
                "schema": [{"type": "tab", "label": f"Tab {n}", "sections": [{"label": "Text", "settings": []}]}],
                "template": f"Template {n}",
                "storefront_api_query": f"Storefront api query {n}",
            },
            "date_created": zulu(world.at(n)),
            "date_modified": zulu(world.at(n)),
            "version_uuid": uuid(30, n),
            "channel_id": world.pick("channels", n),
            "name": f"Name {n}",
            "description": f"Description {n}",
            "widget_configuration": {f"key {n}": f"value {n}"},
        },
        "entity_id": f"Entity id {n}",
        "sort_order": n + 10,
        "region": f"Region {n}",
        "status": ("inactive", "active")[n % 2],
        "uuid": uuid(15, n),
        "template_file": f"Template file {n}",
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "channel_id": world.pick("channels", n),
    }


def _themes(n: int, world: World) -> Row:
    return {
        "variations": [
            {
                "description": f"Description {n}",
                "external_id": f"External id {n}",
                "name": f"Name {n}",
                "uuid": uuid(24, n),
            }
        ],
        "uuid": uuid(11, n),
        "name": f"Name {n}",
        "is_private": n % 2 == 0,
        "is_active": n % 2 == 0,
        "updated_at": world.at(n),
    }


def _custom_template_associations(n: int, world: World) -> Row:
    return {
        "id": n,
        "channel_id": world.pick("channels", n),
        "entity_type": ("product", "category", "brand", "page")[n % 4],
        "entity_id": n + 9,
        "file_name": f"File name {n}",
        "is_valid": n % 2 == 0,
        "date_created": world.at(n),
        "date_modified": world.at(n),
    }


COLLECTIONS = (
    Collection(
        "pages",
        "v3/content/pages",
        CONTENT,
        _pages,
        by_channel=ByChannel("channel_id", "channel_id", takes_one=True),
        included=frozenset({"body"}),
        default=20,
    ),
    Collection(
        "blog_posts",
        "v2/blog/posts",
        CONTENT,
        _blog_posts,
        Shape.V2,
        dates={"published_date_iso8601": zulu},
        order="-published_date_iso8601",  # documented: the most recent post first
        counted=True,
    ),
    Collection("blog_tags", "v2/blog/tags", CONTENT, _blog_tags, Shape.V2_TAGS, key=("tag",), size=5),
    Collection(
        "redirects",
        "v3/storefront/redirects",
        CONTENT,
        _redirects,
        size=30,
        filters=frozenset({"id", "site_id"}),
        included=frozenset({"to_url"}),
    ),
    Collection(
        "scripts",
        "v3/content/scripts",
        CONTENT,
        _scripts,
        key=("uuid",),
        also_needs=lambda row: CHECKOUT_CONTENT if row["visibility"] in ("checkout", "all_pages") else "",
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "widgets",
        "v3/content/widgets",
        CONTENT,
        _widgets,
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "widget_templates",
        "v3/content/widget-templates",
        CONTENT,
        _widget_templates,
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection(
        "placements",
        "v3/content/placements",
        CONTENT,
        _placements,
        key=("uuid",),
        by_channel=ByChannel("channel_id:in", "channel_id"),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
    Collection("themes", "v3/themes", THEMES, _themes, Shape.DATA, key=("uuid",), size=3, dates={"updated_at": zulu}),
    Collection(
        "custom_template_associations",
        "v3/storefront/custom-template-associations",
        THEMES,
        _custom_template_associations,
        by_channel=ByChannel("channel_id", "channel_id", takes_one=True),
        dates={"date_created": zulu, "date_modified": zulu},
    ),
)

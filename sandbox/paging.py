"""Pages and envelopes of both API versions, whatever the endpoint (docs/bigcommerce-oddities.md, "Lists")."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import orjson

from sandbox.query import Query
from sandbox.responses import ApiResponse, BadValue, Problem
from sandbox.variants import ApiVariant

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 250


@dataclass(frozen=True)
class Page:
    """A page number and size."""

    number: int
    limit: int

    @property
    def start(self) -> int:
        """Position of the first row."""
        return (self.number - 1) * self.limit

    @property
    def stop(self) -> int:
        """Position behind the last row."""
        return self.number * self.limit


def requested_page(query: Query, api_variant: ApiVariant, *, version: str, shrunk_to: int | None = None) -> Page:
    """The page of a request: not always of the requested size."""
    number = _positive(query, "page", 1)
    limit = _positive(query, "limit", DEFAULT_LIMIT)
    if limit > MAXIMUM_LIMIT:
        if api_variant.limit_over_max == "413":
            raise Problem(413, f"Too many objects requested: limit must not be more than {MAXIMUM_LIMIT}.")
        limit = MAXIMUM_LIMIT
    if version == "v2" and api_variant.limit_ignored_v2:
        limit = DEFAULT_LIMIT
    return Page(number, min(limit, shrunk_to or limit))


def _positive(query: Query, name: str, default: int) -> int:
    value = query.integer(name)
    if value is None:
        return default
    if value < 1:
        raise BadValue(name, "must be greater than 0")
    return value


def bare_list(rows: list[bytes], api_variant: ApiVariant, listed: list[Any] | None = None) -> ApiResponse:
    """V2: an array without envelope; 204 without body when there is nothing."""
    if not rows and api_variant.empty_v2_page == "204":
        return ApiResponse(status=204, listed=listed)
    return ApiResponse(b"".join([b"[", *rows, b"]"]), listed=listed)


def envelope(rows: list[bytes], meta: dict[str, Any], listed: list[Any] | None = None) -> ApiResponse:
    """V3: `data` and `meta`. `rows` are pieces of JSON that already hold their commas."""
    body = b"".join([b'{"data":[', *rows, b'],"meta":', orjson.dumps(meta), b"}"])
    return ApiResponse(body, listed=listed)


def offset_meta(
    query: Query, page: Page, total: int, count: int, *, counted_limit: int | None = None
) -> dict[str, Any]:
    """`meta.pagination`; `counted_limit` is the page size behind `total_pages`, if another."""
    last = -(-total // page.limit)
    links = {"current": _link(query, page=page.number, limit=page.limit)}
    if page.number > 1:
        links["previous"] = _link(query, page=page.number - 1, limit=page.limit)
    if page.number < last:
        links["next"] = _link(query, page=page.number + 1, limit=page.limit)
    return {
        "total": total,
        "count": count,
        "per_page": page.limit,
        "current_page": page.number,
        "total_pages": -(-total // (counted_limit or page.limit)),
        "links": links,
    }


def cursor_meta(
    query: Query,
    limit: int,
    cursors: list[str],
    *,
    has_next: bool,
    has_previous: bool,
    always_next: bool = False,
) -> dict[str, Any]:
    """`meta.cursor_pagination`; the cursors of the rows come from the endpoint."""
    meta: dict[str, Any] = {"count": len(cursors), "per_page": limit}
    links = {"current": _link(query, limit=limit)}
    if cursors:
        meta["start_cursor"], meta["end_cursor"] = cursors[0], cursors[-1]
        if has_previous:
            links["previous"] = _link(query, limit=limit, before=cursors[0])
        if has_next or always_next:
            links["next"] = _link(query, limit=limit, after=cursors[-1])
    meta["links"] = links
    return meta


_PLACE = ("page", "limit", "after", "before")


def _link(query: Query, **place: Any) -> str:
    kept = [(name, value) for name, value in query.pairs() if name not in _PLACE]
    return "?" + "&".join(f"{quote_plus(name)}={quote_plus(str(value))}" for name, value in [*kept, *place.items()])


def cursor(content: dict[str, Any]) -> str:
    """Base64 of the key, without padding, as in the documented examples."""
    return base64.b64encode(orjson.dumps(content)).decode().rstrip("=")


def opened_cursor(name: str, text: str) -> dict[str, Any]:
    """The key inside a cursor."""
    try:
        content = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        raise BadValue(name, "is not a cursor") from None
    if not isinstance(content, dict):
        raise BadValue(name, "is not a cursor")
    return content

"""The response of an endpoint, and the two shapes of an error.

Documented in BigCommerce's docs/start/about/status-codes.mdx.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

STATUS_PAGE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
JSON = "application/json"


@dataclass(frozen=True)
class ApiResponse:
    """A response before headers that every response shares.

    `listed` holds the ids on a list page, for a store that changes around its reader.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    listed: list[Any] | None = None


class Problem(Exception):
    """A request that cannot be served; the version of its path decides the form of the error."""

    def __init__(self, status: int, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors or {}


class BadValue(Problem):
    """A query parameter with a value that cannot be used: 400 on V2, 422 on V3."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(422, f"{name}: {reason}", {name: reason})
        self.name = name


NOT_FOUND = "The requested resource was not found."
SUSPENDED = (
    "The store is suspended. This may be due to an administrative action, or due to a billing issue. "
    "The store owner can find out more in the control panel."
)


def problem(version: str, error: Problem) -> ApiResponse:
    """An error in the shape of its API version: V2 an array, V3 an object."""
    status = 400 if version == "v2" and isinstance(error, BadValue) else error.status
    if version == "v2":
        message = f"The field '{error.name}' is invalid." if isinstance(error, BadValue) else error.message
        body: Any = [{"status": status, "message": message}]
    else:
        title = "JSON data is missing or invalid" if isinstance(error, BadValue) else error.message
        body = {"status": status, "title": title, "type": STATUS_PAGE, "errors": error.errors}
    return ApiResponse(orjson.dumps(body), status)


def json(value: Any, status: int = 200) -> ApiResponse:
    """A JSON body."""
    return ApiResponse(orjson.dumps(value), status)

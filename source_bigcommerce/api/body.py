"""Response bodies: JSON, decoded once per response."""

from __future__ import annotations

from typing import Any

import orjson
import requests


class UndecodableBody(ValueError):
    """The body is not one whole JSON document."""


def decode(response: requests.Response) -> Any:
    """The decoded body; None only for an empty one with status 204. Raises UndecodableBody.

    The error table has to look into every body and the stream then reads it: the result is kept on the response.
    """
    if "decoded" not in response.__dict__:
        response.__dict__["decoded"] = _decode(response)
    return response.__dict__["decoded"]


def forget(response: requests.Response) -> None:
    """Gives up the decoded body, which takes several times the room of its text."""
    response.__dict__.pop("decoded", None)


def _decode(response: requests.Response) -> Any:
    if response.status_code == 204:
        return None
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        content_type = response.headers.get("Content-Type", "no content type")
        raise UndecodableBody(f"{len(response.content)} bytes of {content_type}") from None
    if body is None:
        raise UndecodableBody("null")
    return body

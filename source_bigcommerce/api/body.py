"""Response bodies: JSON, decoded once per response."""

from __future__ import annotations

import json
import logging
from typing import Any

import orjson
import requests

logger = logging.getLogger("airbyte")

_LARGEST_INTEGER = 2**64  # of what can be written as JSON again


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
        body = _leniently(response)
    if body is None:
        raise UndecodableBody("null")
    return body


def _leniently(response: requests.Response) -> Any:
    """A body whose JSON is whole and whose text is not quite Unicode: half of a pair of surrogates, or odd bytes.

    No destination can hold those. Each becomes U+FFFD, so that one product's description does not stop a sync.
    """
    try:
        text = response.content.decode("utf-8-sig", "replace")
        body = json.loads(text, parse_int=_integer, parse_constant=_refuse)
        whole = json.dumps(body, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        body = json.loads(whole, parse_constant=_refuse)
    except (ValueError, RecursionError):
        content_type = response.headers.get("Content-Type", "no content type")
        raise UndecodableBody(f"{len(response.content)} bytes of {content_type}") from None
    if "\ufffd" in whole:
        logger.warning("An answer of BigCommerce holds text that is not valid Unicode: U+FFFD stands in for it.")
    return body


def _integer(digits: str) -> int | float:
    """As the usual decoder has it: an integer where 64 bits hold it."""
    number = int(digits)
    return number if -_LARGEST_INTEGER // 2 <= number < _LARGEST_INTEGER else float(digits)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")

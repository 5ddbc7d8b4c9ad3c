"""Response bodies: JSON, decoded once per response, and what is nearly JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import orjson
import requests

_LARGEST_INTEGER = 2**64  # of what can be written as JSON again
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_NULL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_START = re.compile(r"(?:^|>)\s*([\[{])", re.MULTILINE)

_NOT_UNICODE = "held text that is not valid Unicode: U+FFFD stands in for it"
_NULLS = "held the character U+0000 in a text, which no destination takes: it was left out"
_CONTROL = "held control characters in a text that JSON does not allow: they were kept"
_NOTICE = "began with text that is not JSON, such as a warning of the server: it was passed over"


class UndecodableBody(ValueError):
    """The body is not one whole JSON document."""


def decode(response: requests.Response) -> Any:
    """The decoded body; None only for an empty one with status 204. Raises UndecodableBody.

    The error table has to look into every body and the stream then reads it: the result is kept on the response.
    """
    if "decoded" not in response.__dict__:
        response.__dict__["decoded"] = _decode(response)
    return response.__dict__["decoded"]


def repairs(response: requests.Response) -> Sequence[str]:
    """What had to be repaired in a decoded body, each as the end of a sentence about the response."""
    found: Sequence[str] = response.__dict__.get("repairs", ())
    return found


def forget(response: requests.Response) -> None:
    """Gives up the decoded body, which takes several times the room of its text."""
    response.__dict__.pop("decoded", None)


def _decode(response: requests.Response) -> Any:
    if response.status_code == 204:
        return None
    content = response.content
    # From the right, because the search then skips what does not begin with a backslash.
    holds_null_characters = b"\\" in content and content.rfind(b"\\u0000") >= 0
    try:
        body = _leniently(response) if holds_null_characters else orjson.loads(content)
    except orjson.JSONDecodeError:
        body = _leniently(response)
    if body is None:
        raise UndecodableBody("null")
    return body


def _leniently(response: requests.Response) -> Any:
    """A body whose JSON is whole, with what can be repaired in it without a guess; noted as `repairs`.

    That is text that is not quite Unicode, or holds characters that no destination can (U+0000), or that JSON wants to
    be escaped; another character set that the response declares; and text in front of the JSON, such as a warning of
    PHP. One product's description does not stop a sync.
    """
    notes: list[str] = []
    try:
        text = _document(_without_nulls(_text(response), notes), notes)
        try:
            body = _loads(text)
        except ValueError:
            body = _loads(text, strict=False)
            notes.append(_CONTROL)
        whole = json.dumps(body, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        body = json.loads(whole, parse_constant=_refuse)
    except (ValueError, RecursionError):
        content_type = response.headers.get("Content-Type", "no content type")
        raise UndecodableBody(f"{len(response.content)} bytes of {content_type}") from None
    if "\ufffd" in whole:
        notes.append(_NOT_UNICODE)
    response.__dict__["repairs"] = notes
    return body


def _text(response: requests.Response) -> str:
    """The text of the body: UTF-8, which JSON has to be, or else the character set that the response declares."""
    try:
        return response.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(response.headers.get("Content-Type", ""))
    try:
        return response.content.decode(declared[1] if declared else "utf-8-sig", "replace")
    except LookupError:  # no character set that anybody knows
        return response.content.decode("utf-8-sig", "replace")


def _without_nulls(text: str, notes: list[str]) -> str:
    cleaned = _NULL.sub(r"\1", text).replace("\0", "")
    if cleaned != text:
        notes.append(_NULLS)
    return cleaned


def _document(text: str, notes: list[str]) -> str:
    """The JSON document that begins a line, or follows a tag, behind text that is none."""
    start = _START.search(text)
    if start is None or not text[: start.start(1)].strip():
        return text
    notes.append(_NOTICE)
    return text[start.start(1) :]


def _loads(text: str, strict: bool = True) -> Any:
    return json.loads(text, parse_int=_integer, parse_constant=_refuse, strict=strict)


def _integer(digits: str) -> int | float:
    """As the usual decoder has it: an integer where 64 bits hold it."""
    number = int(digits)
    return number if -_LARGEST_INTEGER // 2 <= number < _LARGEST_INTEGER else float(digits)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")

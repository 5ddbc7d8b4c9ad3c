"""Response bodies: JSON, decoded once per response and repaired if necessary."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import orjson
import requests

_LARGEST_INTEGER = 2**64  # exclusive; larger ones cannot be serialized again
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_NULL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_START = re.compile(r"(?:^|>)\s*([\[{])", re.MULTILINE)

_NOT_UNICODE = "contained text that is not valid Unicode: it was replaced by U+FFFD"
_NULLS = "contained the character U+0000 in a text, which no destination accepts: it was removed"
_CONTROL = "contained control characters in a text, which JSON does not allow: they were kept"
_NOTICE = "began with text that is not JSON, such as a warning of the server: it was skipped"


class UndecodableBody(ValueError):
    """The body is not one complete JSON document."""


def decode(response: requests.Response) -> Any:
    """Returns the decoded body; None only for status 204. Raises UndecodableBody.

    The result is cached on the response, as both the error handler and the stream need it.
    """
    if "decoded" not in response.__dict__:
        response.__dict__["decoded"] = _decode(response)
    return response.__dict__["decoded"]


def replace_decoded(response: requests.Response, body: Any) -> None:
    """Makes `decode` return this body for the response."""
    response.__dict__["decoded"] = body


def repairs(response: requests.Response) -> Sequence[str]:
    """Returns the repairs in a decoded body, each as the end of a sentence about the response."""
    found: Sequence[str] = response.__dict__.get("repairs", ())
    return found


def release(response: requests.Response) -> None:
    """Releases the decoded body, which needs several times the memory of its text."""
    response.__dict__.pop("decoded", None)


def _decode(response: requests.Response) -> Any:
    if response.status_code == 204:
        return None
    content = response.content
    # rfind is faster here than find: it skips everything that does not begin with a backslash.
    holds_null_characters = b"\\" in content and content.rfind(b"\\u0000") >= 0
    try:
        body = _leniently(response) if holds_null_characters else orjson.loads(content)
    except orjson.JSONDecodeError:
        body = _leniently(response)
    if body is None:
        raise UndecodableBody("null")
    return body


def _leniently(response: requests.Response) -> Any:
    """Returns a body after unambiguous repairs, which are recorded for `repairs`. Raises UndecodableBody.

    Repaired are invalid Unicode, unescaped control characters, U+0000 (which no destination accepts), a character set
    other than UTF-8 that the response declares, and text before the JSON, such as a PHP warning.
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
        orjson.dumps(body)  # raises TypeError for nesting that Python from 3.12 on decodes, and that cannot be printed
    except (ValueError, RecursionError, TypeError):
        content_type = response.headers.get("Content-Type", "no content type")
        raise UndecodableBody(f"{len(response.content)} bytes of {content_type}") from None
    if "\ufffd" in whole:
        notes.append(_NOT_UNICODE)
    response.__dict__["repairs"] = notes
    return body


def _text(response: requests.Response) -> str:
    """Returns the text of the body: UTF-8, as JSON must be, or else the character set that the response declares."""
    try:
        return response.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(response.headers.get("Content-Type", ""))
    try:
        return response.content.decode(declared[1] if declared else "utf-8-sig", "replace")
    except LookupError:  # an unknown character set
        return response.content.decode("utf-8-sig", "replace")


def _without_nulls(text: str, notes: list[str]) -> str:
    cleaned = _NULL.sub(r"\1", text).replace("\0", "")
    if cleaned != text:
        notes.append(_NULLS)
    return cleaned


def _document(text: str, notes: list[str]) -> str:
    """Returns the text from the JSON document on, which begins a line or follows a tag."""
    start = _START.search(text)
    if start is None or not text[: start.start(1)].strip():
        return text
    notes.append(_NOTICE)
    return text[start.start(1) :]


def _loads(text: str, strict: bool = True) -> Any:
    return json.loads(text, parse_int=_integer, parse_constant=_refuse, strict=strict)


def _integer(digits: str) -> int | float:
    """Returns an integer if it fits into 64 bits, or else a float, as orjson does."""
    number = int(digits)
    return number if -_LARGEST_INTEGER // 2 <= number < _LARGEST_INTEGER else float(digits)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")

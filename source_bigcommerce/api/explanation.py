"""The explanation in an error response, in any of its formats, and a description of the failed request.

V2 errors are a list of {message, details}, V3 errors an object with a title, perhaps a detail, and a map `errors` from
a field or parameter to a reason; those of B2B Edition have a message in `meta`, and reasons in `data`. Gateways and
firewalls return HTML or plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_bigcommerce.api.json_body import UndecodableBody, decode

NO_EXPLANATION = "no explanation"

_LONGEST, _LONGEST_SHOWN, _LONGEST_REQUEST = 4000, 300, 200  # characters
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_REQUEST_ID = re.compile(r"[\w.:+/=-]{1,100}")
# V3 says "You don't have a required scope to access the endpoint"; an older response says "... your scope does not
# include this resource" (github.com/bigcommerce/bigcommerce-api-ruby/issues/134).
_MISSING_SCOPE = re.compile(r"\brequired scopes?\b|\bscopes? (?:does|do) not include\b", re.IGNORECASE)
# Parameters that do not identify a page.
_UNIMPORTANT = frozenset({"limit", "sort", "direction", "include", "consignment_structure"})


def explanation_of(response: requests.Response) -> str:
    """Returns the full explanation on one line and without secrets; "" if the response has none."""
    try:
        words = "; ".join(dict.fromkeys(_words(decode(response))))
    except UndecodableBody:
        words = _of_text(response)
    return _on_one_line(words)[:_LONGEST]


def quoted(explanation: str, reason: str | None = None) -> str:
    """Returns the explanation for a message, cut after a whole word, or else the reason phrase of the status."""
    text = explanation or reason or NO_EXPLANATION
    if len(text) <= _LONGEST_SHOWN:
        return text
    return f"{text[:_LONGEST_SHOWN].rpartition(' ')[0] or text[:_LONGEST_SHOWN]} ..."


def is_html(response: requests.Response) -> bool:
    """Returns True if the body is an HTML page, which no endpoint of the API returns."""
    return response.content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def names_missing_scope(explanation: str) -> bool:
    """Returns True if the explanation of a 403 is a missing OAuth scope, in BigCommerce's wording."""
    return bool(_MISSING_SCOPE.search(explanation))


def describe_request(response: requests.Response | Exception | None) -> str:
    """Returns a sentence with the path of the failed request, its position in the list and BigCommerce's request id.

    The sentence begins with a space; it is "" if none of these is known.
    """
    url = getattr(getattr(response, "request", None), "url", None)
    id_ = response.headers.get("X-Request-ID", "") if isinstance(response, requests.Response) else ""
    named = f"X-Request-ID {filter_secrets(id_)}" if _REQUEST_ID.fullmatch(id_) else ""
    if not url:
        return f" The response has the {named}." if named else ""
    return f" The request was {place_of(url)}{f' ({named})' if named else ''}."


def place_of(url: str) -> str:
    """Returns the path of a request below the store, with the parameters that select a part of a list."""
    parts = urlsplit(url)
    path = parts.path.partition("/stores/")[2].partition("/")[2] or parts.path
    selected = "&".join(f"{name}={value}" for name, value in parse_qsl(parts.query) if name not in _UNIMPORTANT)
    place = _on_one_line(f"{path}?{selected}" if selected else path)
    return place if len(place) <= _LONGEST_REQUEST else f"{place[:_LONGEST_REQUEST]}..."


def _words(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for entry in body:
            yield from _words(entry)
    elif isinstance(body, dict):
        yield from _words(body.get("error"))
        yield from (body[key] for key in ("title", "message", "detail") if _is_text(body.get(key)))
        for key in ("errors", "details"):
            yield from _reasons(body.get(key), "")
        if isinstance(meta := body.get("meta"), dict) and _is_text(meta.get("message")):
            yield meta["message"]
            if isinstance(data := body.get("data"), dict):
                yield from _reasons(data.get("errMsg", data), "")


def _reasons(errors: Any, name: str) -> Iterator[str]:
    """Yields the entries of a map from names to reasons, which may be nested."""
    if isinstance(errors, Mapping):
        for key, reason in errors.items():
            yield from _reasons(reason, f"{name}.{key}" if name else str(key))
    elif isinstance(errors, list):
        for reason in errors:
            yield from _reasons(reason, name)
    elif errors not in (None, ""):
        yield f"{name}: {errors}" if name else str(errors)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _of_text(response: requests.Response) -> str:
    beginning = response.content[:_LONGEST]
    if is_html(response):
        title = _TITLE.search(beginning)
        named = html.unescape(title[1].decode("utf-8", "replace")).strip() if title else ""
        return f'an HTML page titled "{_on_one_line(named)}"' if named else "an HTML page without a title"
    if response.headers.get("Content-Type", "").startswith("text/plain"):
        return beginning.decode("utf-8", "replace")
    return ""


def _on_one_line(text: str) -> str:
    words = " ".join(filter_secrets(text).split())
    return "".join(character for character in words if character.isprintable())

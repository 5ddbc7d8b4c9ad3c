"""B2B Edition, an API of its own: its responses in the form of the store's V3 API.

Names are in camel case, a list may be inside an object, its total has other names and places, and an error may be a
`code` inside a 200. `adapt` changes all of this as soon as a response has arrived, so that nothing else distinguishes
the two APIs. Source: docs/b2b-edition of BigCommerce's developer documentation, and the examples of its OpenAPI files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import requests

from source_bigcommerce.api.json_body import UndecodableBody, decode, replace_decoded
from source_bigcommerce.api.normalization import to_integer

PREFIX = "b2b/"  # of its endpoints, in place of the version: `b2b/companies`

# Their content is the merchant's own: its names stay as they are.
_FREE_FORM = frozenset({"custom_fields", "customer_fields", "raw_transaction"})
_CAMEL_CASE = re.compile(r"[a-z][A-Za-z0-9]*", re.ASCII)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_EMPTY: tuple[Any, ...] = (None, {}, "")  # in place of an empty list


def adapt(response: requests.Response, *args: Any, **kwargs: Any) -> None:
    """Gives a response the status of an error that it contains, or else its decoded body the form of V3.

    A hook of `requests`, which must run before anything looks at the response.
    """
    try:
        body = decode(response)
    except UndecodableBody:
        return  # for the error handler
    code = to_integer(body.get("code")) if isinstance(body, dict) else None
    if code is not None and response.ok and 400 <= code < 600:
        response.status_code = code
    if response.ok:
        replace_decoded(response, adapted(body))


def adapted(body: Any) -> Any:
    """Returns the decoded body of a successful response in the form of V3: names in snake case, records or their list
    under `data`, and the total and the page size under `meta.pagination`."""
    if not isinstance(body, dict) or "data" not in body:
        return body
    body = _renamed(body)
    data, meta = body["data"], _mapping(body.get("meta"))
    places = (_mapping(meta.get("pagination")), _mapping(_mapping(data).get("pagination")), meta)
    found = next((place for place in places if "total_count" in place), {})
    numbers = {name: to_integer(found.get(key)) for name, key in (("total", "total_count"), ("per_page", "limit"))}
    return {
        **body,
        "data": [] if data in _EMPTY else data,
        "meta": {**meta, "pagination": {name: number for name, number in numbers.items() if number is not None}},
    }


@lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """Returns a name in camel case in snake case; any other name unchanged."""
    return _WORD.sub("_", name).lower() if _CAMEL_CASE.fullmatch(name) else name


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for name, content in value.items():
        key = snake_case(name)
        if key != name and (key in value or key in result):  # several spellings occur: none may be lost
            key = name
        result[key] = content if key in _FREE_FORM else _renamed(content)
    return result


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

"""The query parameters that a store refuses and that a list can be read without.

BigCommerce adds and retires filters and values of `include`, and not every store has all of them. A refusal that names
one would fail its stream in every sync, though the same records can be read without it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from source_bigcommerce.api.pagination import Params

INCLUDE = "include"
# Parameters that only shape an entry of a list. All others select, sort or page.
_SHAPING = frozenset({INCLUDE, "include_fields", "consignment_structure"})
_IDS = re.compile(r"/\d+(?=/|$)")


class RefusedParameters:
    """The filters and the values of `include` that the store has refused in this sync, by endpoint.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, frozenset[str]] = {}

    def at(self, endpoint: str) -> frozenset[str]:
        """Returns the names that were refused at an endpoint; the ids in its path make no difference."""
        return self._names.get(kind_of(endpoint), frozenset())

    def without(self, endpoint: str, params: Params) -> Params:
        """Returns the parameters without those that the endpoint has refused."""
        refused = self.at(endpoint)
        if not refused:
            return params
        kept = {name: value for name, value in params.items() if name not in refused}
        if INCLUDE in kept:
            kept[INCLUDE] = ",".join(value for value in _values(kept[INCLUDE]) if value not in refused)
        return {name: value for name, value in kept.items() if name != INCLUDE or value}

    def add(self, endpoint: str, names: Collection[str]) -> list[str]:
        """Adds refused names. Returns those that are new."""
        kind = kind_of(endpoint)
        with self._lock:
            new = [name for name in names if name not in self._names.get(kind, ())]
            self._names[kind] = self._names.get(kind, frozenset()).union(new)
        return new


def kind_of(endpoint: str) -> str:
    """Returns the endpoint with a star in place of each id."""
    return _IDS.sub("/*", endpoint)


def named_in(explanation: str, path: str, filters: Collection[str]) -> list[str]:
    """Returns the optional parts of a request that the explanation of its refusal names.

    Optional are these `filters`, values of `include`, and parameters that only shape an entry. An explanation that
    names `include` itself refers to all of its values.
    """
    sent = dict(parse_qsl(urlsplit(path).query))
    includes = _values(sent.get(INCLUDE, ""))
    candidates = [*includes, *(name for name in sent if name in filters or name in _SHAPING - {INCLUDE})]
    named = [name for name in candidates if _is_named(name, explanation)]
    return named or (includes if includes and _is_named(INCLUDE, explanation) else [])


def _is_named(name: str, explanation: str) -> bool:
    """Returns True if the name occurs in the text by itself, not as a part of another one."""
    return bool(re.search(rf"(?<![\w:]){re.escape(name)}(?!\w|[:.]\w)", explanation, re.IGNORECASE))


def _values(include: str | int) -> list[str]:
    return [value for value in str(include).split(",") if value]

"""The parts of a request that a store refuses and a stream can do without.

BigCommerce adds and retires filters and values of `include`, and not every store has all of them. A refusal that names
one would fail its stream in every sync, though the same records can be read without it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from source_bigcommerce.api.paging import Params

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
        """The names that were refused at an endpoint; the ids in its path make no difference."""
        return self._names.get(kind_of(endpoint), frozenset())

    def without(self, endpoint: str, params: Params) -> Params:
        """The parameters without those that the endpoint refuses."""
        refused = self.at(endpoint)
        if not refused:
            return params
        kept = {name: value for name, value in params.items() if name not in refused}
        if INCLUDE in kept:
            kept[INCLUDE] = ",".join(value for value in _values(kept[INCLUDE]) if value not in refused)
        return {name: value for name, value in kept.items() if name != INCLUDE or value}

    def add(self, endpoint: str, names: Collection[str]) -> list[str]:
        """Takes note of a refusal. Returns the names that are new."""
        kind = kind_of(endpoint)
        with self._lock:
            new = [name for name in names if name not in self._names.get(kind, ())]
            self._names[kind] = self._names.get(kind, frozenset()).union(new)
        return new


def kind_of(endpoint: str) -> str:
    """The endpoint with a star in place of each id."""
    return _IDS.sub("/*", endpoint)


def named_in(explanation: str, path: str, filters: Collection[str]) -> list[str]:
    """What a refusal of the request names of the parts that the stream can do without: some of these `filters`, and
    values of `include`. Where it names `include` alone, all of its values."""
    sent = dict(parse_qsl(urlsplit(path).query))
    includes = _values(sent.get(INCLUDE, ""))
    candidates = [*includes, *(name for name in sent if name in filters or name in _SHAPING - {INCLUDE})]
    named = [name for name in candidates if _is_named(name, explanation)]
    return named or (includes if includes and _is_named(INCLUDE, explanation) else [])


def _is_named(name: str, explanation: str) -> bool:
    """Whether the name stands in the text by itself, not as a part of another one."""
    return bool(re.search(rf"(?<![\w:]){re.escape(name)}(?!\w|[:.]\w)", explanation, re.IGNORECASE))


def _values(include: str | int) -> list[str]:
    return [value for value in str(include).split(",") if value]

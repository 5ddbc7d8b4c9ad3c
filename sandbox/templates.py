"""JSON bodies with gaps, filled per record.

Building and serialising 250 orders from dictionaries costs tens of milliseconds. A few hundred bodies are
built once; wherever the record's id or dates belong they carry a stand-in, which is valid JSON by itself (a
nine-digit number, a short string). A body is serialised and cut at the stand-ins once; a record is then one
list copy and one join.

Ids of nested rows extend the record's id with three digits (order 1234 has lines 1234001, 1234002, ...):
unique, always increasing with the parent, and written by the same gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

ID = 918273645
OWNER = 827364519  # the customer of an order
CREATED = "~created~"
MODIFIED = "~modified~"
LATER = "~later~"  # some hours after the creation: shipping, first use

_STAND_INS = (str(ID), str(OWNER), CREATED, MODIFIED, LATER)
_CUT = re.compile("|".join(_STAND_INS).encode())
_KEEP_CUT = re.compile(b"(" + _CUT.pattern + b")")
_SLOT = {text.encode(): number for number, text in enumerate(_STAND_INS)}


class Stamp(NamedTuple):
    """The values that fill the gaps of one record, in the order of the stand-ins."""

    id: bytes
    owner: bytes
    created: bytes
    modified: bytes
    later: bytes


def child_id(number: int) -> int:
    """The id of the n-th nested row of a record (from 1)."""
    return int(f"{ID}{number:03d}")


class Template:
    """A serialised body, cut at its gaps."""

    __slots__ = ("_pick", "_pieces")

    def __init__(self, json: bytes) -> None:
        self._pieces: list[bytes] = _KEEP_CUT.split(json)
        slots = [_SLOT[piece] for piece in self._pieces[1::2]]
        self._pick: Callable[[Stamp], tuple[bytes, ...]] | None = None
        if len(slots) > 1:
            self._pick = itemgetter(*slots)
        elif slots:
            only = slots[0]
            self._pick = lambda stamp: (stamp[only],)

    def fill(self, stamp: Stamp, into: list[bytes]) -> None:
        """Appends the pieces of one record; the caller joins once per page."""
        if self._pick is None:
            into += self._pieces
            return
        pieces = self._pieces.copy()
        pieces[1::2] = self._pick(stamp)
        into += pieces

    def render(self, stamp: Stamp) -> bytes:
        """One record's bytes."""
        pieces: list[bytes] = []
        self.fill(stamp, pieces)
        return b"".join(pieces)


def filled(value: Any, stamp: Stamp) -> Any:
    """A Python value with its stand-ins filled: for filters, and for records shown to a test."""
    if value is None or isinstance(value, (bool, float)):
        return value
    return orjson.loads(Template(orjson.dumps(value)).render(stamp))


class Body:
    """The content of one record, or of many that differ only in ids and dates.

    `fields` are the columns of the record itself, `parts` its nested lists by name (an order's `lines`, a
    product's `variants`); how a response puts them together is the API's business.
    """

    __slots__ = ("_views", "fields", "parts", "shared")

    def __init__(self, fields: dict[str, Any], parts: dict[str, Any] | None = None, *, shared: bool = True) -> None:
        self.fields = fields
        self.parts = parts or {}
        self.shared = shared
        self._views: dict[Hashable, Any] = {}

    def changed(self, changes: dict[str, Any]) -> Body:
        """A private copy with some fields or parts replaced; nested values are shared, never altered."""
        fields = {**self.fields, **{name: value for name, value in changes.items() if name not in self.parts}}
        parts = {name: changes.get(name, rows) for name, rows in self.parts.items()}
        return Body(fields, parts, shared=False)

    def view(self, key: Hashable, build: Callable[[Body], Any]) -> Template:
        """The template of one way of showing this body; kept for shared bodies only, to bound memory."""
        found = self._views.get(key)
        if found is None:
            found = Template(orjson.dumps(build(self)))
            if self.shared:
                self._views[key] = found
        return found

    def row_views(self, key: Hashable, build: Callable[[Body], list[Any]]) -> list[Template]:
        """The templates of nested rows, one each, so that a page of them can be cut anywhere."""
        found = self._views.get(key)
        if found is None:
            found = [Template(orjson.dumps(row)) for row in build(self)]
            if self.shared:
                self._views[key] = found
        return found

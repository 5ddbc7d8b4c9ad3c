"""Rows of the small collections, made from the JSON templates in `sandbox/data/rows/`.

A template is one row of a collection with the documented fields. Everything that is the same in every row stands in
it as it is. An object with one member that begins with `$` varies by the number `n` of the row, from 1:

- `{"$n": 5}`: `n + 5`; `{"$n": 0}` is the number itself, as ids are
- `{"$cycle": [...]}`: the items in turn
- `{"$pick": "channels"}`: the key of an existing record
- `{"$at": "zulu"}`: a date in one of the forms of `sandbox.collections.forms`; `seconds` where the declaration of the
  collection says how it is written
- `{"$uuid": 14}`: a unique id
- `{"$absent": true}`: no such field in this row

In text, `{n}` is the number of the row, and `{first_name}`, `{product}` and so on are taken from
`sandbox/data/words.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from sandbox.collection import Row, World
from sandbox.collections.forms import WRITERS, uuid
from sandbox.data.words import word_list, words

Value = Callable[[int, World], Any]

_FOLDER = Path(__file__).parents[1] / "data" / "rows"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ABSENT = object()


def rows(name: str, overrides: Mapping[str, Value] | None = None) -> Callable[[int, World], Row]:
    """Returns the function that makes the n-th row of a collection.

    `overrides` make fields that a template cannot express, by their path: `currencies.channel_id`. Raises KeyError
    when there is no template of that name. Values that do not vary are shared by all rows and must not be altered.
    """
    template = deepcopy(_templates()[name])
    for path, value in (overrides or {}).items():
        *parents, field = path.split(".")
        inner = template
        for parent in parents:
            inner = inner[parent]
        inner[field] = value
    row: Callable[[int, World], Row] = _compiled(template)
    return row


@cache
def _templates() -> dict[str, Any]:
    return {
        name: row for path in sorted(_FOLDER.glob("*.json")) for name, row in orjson.loads(path.read_bytes()).items()
    }


def _compiled(template: Any) -> Value:
    if callable(template):
        value: Value = template
        return value
    if _is_constant(template):
        return lambda *_: template
    if isinstance(template, str):
        return _text(template)
    if isinstance(template, list):
        items = [_compiled(item) for item in template]
        return lambda n, world: [item(n, world) for item in items]
    name, argument = next(iter(template.items()))
    return _OPERATORS[name](argument) if name.startswith("$") else _object(template)


def _is_constant(template: Any) -> bool:
    if isinstance(template, dict):
        return not any(name.startswith("$") for name in template) and all(map(_is_constant, template.values()))
    if isinstance(template, list):
        return all(map(_is_constant, template))
    return not callable(template) and not (isinstance(template, str) and _PLACEHOLDER.search(template))


def _object(template: dict[str, Any]) -> Value:
    """Fields that do not vary are copied at once: rows of a large store are made by the hundred thousand."""
    varying = [(name, _compiled(value)) for name, value in template.items() if not _is_constant(value)]
    may_lack = any("$absent" in str(value) for value in template.values())

    def make(n: int, world: World) -> Row:
        row = template.copy()
        for name, value in varying:
            row[name] = value(n, world)
        return row

    def make_partly(n: int, world: World) -> Row:
        return {name: value for name, value in make(n, world).items() if value is not _ABSENT}

    return make_partly if may_lack else make


def _text(template: str) -> Value:
    pieces = _PLACEHOLDER.split(template)
    layout = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    names = pieces[1::2]
    if names == ["n"]:
        return lambda n, _: layout % n
    if len(names) == 1 and (found := word_list(names[0])):
        return _cycle([layout % word for word in found])
    parts = [str if name == "n" else words(name) for name in names]
    return lambda n, _: layout % tuple([part(n) for part in parts])


def _number(plus: float) -> Value:
    return lambda n, _: n + plus


def _cycle(choices: list[Any]) -> Value:
    count = len(choices)
    if _is_constant(choices):
        return lambda n, _: choices[n % count]
    values = [_compiled(choice) for choice in choices]
    return lambda n, world: values[n % count](n, world)


def _pick(kind: str) -> Value:
    return lambda n, world: world.pick(kind, n)


def _at(form: str) -> Value:
    if form == "seconds":
        return lambda n, world: world.at(n)
    write = WRITERS[form]
    return lambda n, world: write(world.at(n))


def _uuid(kind: int) -> Value:
    return lambda n, _: uuid(kind, n)


def _absent(_: bool) -> Value:
    return lambda *_: _ABSENT


_OPERATORS: dict[str, Callable[[Any], Value]] = {
    "$n": _number,
    "$cycle": _cycle,
    "$pick": _pick,
    "$at": _at,
    "$uuid": _uuid,
    "$absent": _absent,
}

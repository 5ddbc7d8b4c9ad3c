"""The words of a shop in several languages, from `text.json`."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

from sandbox.data.words import Locale


class Language(NamedTuple):
    """What one language has for each kind of text, and the countries where it is spoken."""

    code: str
    locales: list[Locale]
    product: list[str]
    option: list[tuple[str, list[str]]]
    message: list[str]
    note: list[str]
    wrapping: list[str]
    sentence: list[str]
    field: list[tuple[str, str]]
    fee: list[str]

    def sentences(self, rng: Random, count: int) -> list[str]:
        """Returns different sentences about a product, as many as there are at most."""
        return rng.sample(self.sentence, min(count, len(self.sentence)))

    def fields(self, rng: Random, count: int) -> list[dict[str, str]]:
        """Returns form fields: a name and a value each."""
        return [{"name": name, "value": value} for name, value in rng.sample(self.field, count)]


_SHARES = {"en": 40, "de": 20, "ja": 15, "ar": 15, "fr": 10}
_FOUND: list[dict[str, Any]] = orjson.loads((Path(__file__).parent / "text.json").read_bytes())
LANGUAGES = {language.code: language for language in (Language(**found) for found in _FOUND)}


def language(rng: Random) -> Language:
    """Returns one of the languages, each with its share."""
    (code,) = rng.choices(list(_SHARES), list(_SHARES.values()))
    return LANGUAGES[code]


def sizes(bodies: dict[int, int]) -> list[int]:
    """Returns the size of each body by its number, from how many bodies have each size."""
    return [size for size, count in bodies.items() for _ in range(count)]

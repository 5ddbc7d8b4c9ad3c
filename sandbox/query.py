"""Query strings: values by name, read as the kinds of value that filters take."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from urllib.parse import unquote_plus

from sandbox.responses import BadValue, Problem

Range = tuple[int, int]


class Query:
    """The parameters of one request; of a repeated name the last value counts."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._values: dict[str, str] = {}
        self._encoded: dict[str, str] = {}
        for piece in raw.split("&"):
            if piece:
                name, _, value = piece.partition("=")
                self._values[unquote_plus(name)] = unquote_plus(value)
                self._encoded[unquote_plus(name)] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> Iterable[str]:
        """Parameter names, decoded."""
        return self._values.keys()

    def with_defaults(self, raw: str) -> Query:
        """This query on top of another one, which a cursor may carry."""
        return Query(f"{raw}&{self.raw}")

    def pairs(self) -> list[tuple[str, str]]:
        """Names and decoded values, in order."""
        return list(self._values.items())

    def text(self, name: str) -> str | None:
        """A value as it is."""
        return self._values.get(name)

    def has_encoded_colon(self, name: str) -> bool:
        """True when the value came with `%3A` (bigcommerce/docs#620)."""
        return "%3a" in self._encoded.get(name, "").lower()

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise BadValue(name, "must be an integer") from None

    def number(self, name: str) -> float | None:
        """A number."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            found = float(value)
        except ValueError:
            raise BadValue(name, "must be a number") from None
        if not math.isfinite(found):
            raise BadValue(name, "must be a number")
        return found

    def flag(self, name: str) -> bool | None:
        """A truth value, written `true`, `false`, `1` or `0`."""
        value = self._values.get(name)
        if value is None:
            return None
        if value.lower() not in ("true", "false", "1", "0"):
            raise BadValue(name, "must be a boolean")
        return value.lower() in ("true", "1")

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A comma list."""
        value = self._values.get(name)
        return None if value is None else tuple(part.strip() for part in value.split(",") if part.strip())

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A comma list of whole numbers."""
        parts = self.texts(name)
        if parts is None:
            return None
        try:
            return tuple(int(part) for part in parts)
        except ValueError:
            raise BadValue(name, "must be a list of integers") from None

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        """One of some words."""
        value = self._values.get(name)
        if value is not None and value not in allowed:
            raise BadValue(name, f"must be one of {', '.join(allowed)}")
        return value

    def moment(self, name: str, parse: Callable[[str], float]) -> float | None:
        """A date, in seconds."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError:
            raise BadValue(name, "must be a date") from None

    def at_least(self, name: str, parse: Callable[[str], float], *, inclusive: bool) -> int | None:
        """The first whole second that a lower bound lets through."""
        moment = self.moment(name, parse)
        if moment is None:
            return None
        return max(0, math.ceil(moment) if inclusive else math.floor(moment) + 1)

    def at_most(self, name: str, parse: Callable[[str], float], *, inclusive: bool) -> int | None:
        """The last whole second that an upper bound lets through."""
        moment = self.moment(name, parse)
        if moment is None:
            return None
        return max(0, math.floor(moment) if inclusive else math.ceil(moment) - 1)


def span(least: int | None, most: int | None, endless: int) -> Range:
    """A closed range from two optional bounds, clipped to what the index can hold."""
    return (min(max(least or 0, 0), endless), endless if most is None else min(max(most, 0), endless))


def refuse_unknown(query: Query, known: Iterable[str]) -> None:
    """V2 returns 400 for a parameter that it does not know (bigcommerce/api#121)."""
    for name in query.names:
        if name not in known:
            raise Problem(400, f"The field '{name}' is not supported by this resource.")

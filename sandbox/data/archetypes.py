"""Shared bodies, made when first needed, the same for the same seed whatever the order of use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from sandbox.templates import Body

ARCHETYPES = 256


@dataclass(frozen=True)
class Oddity:
    """A kind of record that real stores have and that clients trip over."""

    name: str
    build: Callable[[Random], Body]


@dataclass(frozen=True)
class Usual:
    """The everyday records of a kind: they share `count` bodies, of which `build` makes each by its number."""

    build: Callable[[int, Random], Body]
    count: int = ARCHETYPES


def alike(build: Callable[[Random], Body], count: int = ARCHETYPES) -> Usual:
    """Returns everyday records that are a matter of chance alone."""
    return Usual(lambda _, rng: build(rng), count)


class Archetypes:
    """Chooses the body of a record by its id.

    The first ids of a kind are the odd records, in the order in which the domain lists them; the rest share
    the `usual` bodies, spread so that neighbours differ. Records made from `fresh_from` on, while the store
    runs, have the `fresh` form of those.
    """

    fresh_from: int | None = None

    def __init__(
        self,
        kind: str,
        seed: int,
        first_id: int,
        usual: Usual,
        oddities: list[Oddity],
        fresh: Callable[[Body], Body] | None = None,
    ) -> None:
        self._label = f"{seed}/{kind}"
        self._usual = usual
        self._fresh = fresh
        self._first_id = first_id
        self._oddities = oddities
        self._made: dict[int | str | tuple[str, int], Body] = {}

    @property
    def odd_ids(self) -> dict[str, int]:
        """The id of each odd record, by name."""
        return {oddity.name: self._first_id + n for n, oddity in enumerate(self._oddities)}

    def __call__(self, id_: int) -> Body:
        n = id_ - self._first_id
        if n < len(self._oddities):
            oddity = self._oddities[n]
            return self._body(oddity.name, oddity.build)
        key = (id_ * 2654435761 >> 8) % self._usual.count
        if self._fresh is not None and self.fresh_from is not None and id_ >= self.fresh_from:
            return self._fresh_body(key, self._fresh)
        return self._usual_body(key)

    def _fresh_body(self, key: int, fresh: Callable[[Body], Body]) -> Body:
        found = self._made.get(("fresh", key))
        if found is None:
            found = self._made["fresh", key] = fresh(self._usual_body(key))
            found.shared = True
        return found

    def _usual_body(self, key: int) -> Body:
        return self._body(key, partial(self._usual.build, key))

    def _body(self, key: int | str, build: Callable[[Random], Body]) -> Body:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = build(Random(f"{self._label}/{key}"))
            found.shared = True
        return found

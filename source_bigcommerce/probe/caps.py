"""Included lists that may be cut short: whether they are, and after how many entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from source_bigcommerce.probe.answer import Answer, Undecided, about

SUSPICIOUS = (10, 20, 25, 50, 100, 200, 250)
"""Lengths at which lists are cut in practice; 250 is the largest page of the API."""

_KNOWN = (10, 50, 250)


@dataclass(frozen=True)
class Compared:
    """The length of an included list, and how many entries more its own endpoint has.

    `missing` is None if the list was changed while the two were compared.
    """

    shown: int
    missing: int | None


def missing_entries(shown: int, own: int, read_again: Callable[[], int | None]) -> int | None:
    """Returns how many of the entries at its own endpoint an included list lacks; None if it was changed meanwhile.

    `read_again` returns the present length of the included list; it is called only if some are missing.
    """
    missing = max(0, own - shown)
    return missing if not missing or read_again() == shown else None


def cap_of(what: str, lists: Iterable[Compared], longest: int) -> Answer:
    """Returns the number of entries after which lists are cut, or `none`.

    `lists` are compared until they show a cap; `longest` is the length of the longest list in the sample. A cap must
    not be shorter than any list, and be a known one or that of two lists that lack different numbers of entries: each
    may lack a certain one for another reason.

    Raises Undecided if there is no cap, and no whole list longer than the largest page.
    """
    cut: dict[int, list[int]] = defaultdict(list)  # the numbers of entries that lists of a length lack
    for one in lists:
        if one.missing and one.shown:
            cut[one.shown].append(one.missing)
            if _is_cap(longest, cut[longest]):
                evidence = f"{what}: an included list is shorter than the one at its own endpoint, and none is longer"
                return Answer(longest, evidence)
        elif one.missing == 0 and one.shown > max(SUSPICIOUS):
            return Answer("none", f"{what}: a list of more than {max(SUSPICIOUS)} is included whole")
    if any(cut.values()):
        raise Undecided(f"{what}: one is shorter than at its own endpoint, which does not show a limit")
    raise Undecided(
        f"{what}: the longest list, of {about(longest)}, is not found to be cut; "
        f"needs one with more than {max(SUSPICIOUS)}"
        if longest
        else f"{what}: needs an included list"
    )


def _is_cap(length: int, missing: list[int]) -> bool:
    """True if one list of a known length lacks entries, or two of the same length lack different numbers."""
    return bool(missing) and (length in _KNOWN or len(set(missing)) > 1)

"""An answer to a question about the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNDECIDED = "undecided"
FAILED = "a request failed, and again when it was repeated"
MIXED = "mixed"

Value = bool | int | str


@dataclass(frozen=True)
class Answer:
    """What the store does, and how that was found out.

    `evidence` is anonymous: it contains nothing that a response contained, except statuses and rounded counts.
    """

    value: Value
    evidence: str


class Undecided(Exception):
    """The store's data do not decide a question. The message says why, and which data would."""


class Refused(Undecided):
    """The store refuses a request for what it asks."""


def about(count: int) -> str:
    """Returns a count in words that do not identify a store: with one significant digit."""
    if count < 10:
        return ("none", "one")[count] if count < 2 else "a few"
    unit: int = 10 ** (len(str(count)) - 1)
    return f"about {count // unit * unit}"


def counted(count: int, noun: str) -> str:
    """Returns a rounded count with its noun, such as `one order` or `a few orders`."""
    return f"{about(count) if count else 'no'} {noun}{'' if count == 1 else 's'}"


def combined(answers: Mapping[str, Answer | Undecided]) -> Answer:
    """Returns one answer for several lists, by their names: that of all lists, or MIXED where they differ.

    Lists without an answer are left out. Raises Undecided if none has one.
    """
    decided = [answer for answer in answers.values() if isinstance(answer, Answer)]
    names: dict[str, list[str]] = {}
    for name, answer in answers.items():
        shown = f"{word(answer.value)} ({answer.evidence})" if isinstance(answer, Answer) else str(answer)
        names.setdefault(shown, []).append(name)
    evidence = "; ".join(f"{', '.join(lists)}: {shown}" for shown, lists in names.items())
    if not decided:
        raise Undecided(evidence)
    values = {word(answer.value): answer.value for answer in decided}
    return Answer(next(iter(values.values())) if len(values) == 1 else MIXED, evidence)


def word(value: Value) -> str:
    """Returns a value as JSON writes it, without quotation marks."""
    return str(value).lower() if isinstance(value, bool) else str(value)

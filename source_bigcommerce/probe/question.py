"""A question about the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from source_bigcommerce.probe.answer import Answer
from source_bigcommerce.probe.session import ProbeSession


@dataclass(frozen=True)
class Question:
    """One question. `ask` returns its answer; it raises Undecided, or BigCommerceError for a failed request."""

    key: str
    text: str
    ask: Callable[[ProbeSession], Answer]

"""Helpers of the fuzzing modules: the number of examples, and unusual JSON."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

FACTOR = int(os.environ.get("FUZZ", "0"))  # 0: the same few examples each time; else so many times more, new each time


def examples(number: int) -> settings:
    """The settings of a test that tries so many examples in a quick run."""
    return settings(max_examples=number * (FACTOR or 1), derandomize=not FACTOR)


def assert_sentence(error: Exception, *parts: str) -> None:
    """The error says what happened, in text that can be printed, with these parts in it."""
    text = str(error)
    assert text.rstrip().endswith("."), text
    assert all(part in text for part in parts), text
    text.encode()


def nested(depth: int) -> Any:
    """Lists in lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "0", "null", "\x00", "\ufeff", "\ud800", "\udfff\ud800", "😀", "1/../../x", "1?x=", "../", "%2e"]
    ),
)
NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, -1, 0]),
    st.floats(allow_nan=False, allow_infinity=False),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)

"""docs/live-store.md lists the questions that are asked."""

from __future__ import annotations

import re

from source_bigcommerce.probe.limits import MOST_REQUESTS
from source_bigcommerce.probe.questions import QUESTIONS
from tools.docs.probe_questions import PAGE, with_questions
from tools.project import ROOT


def test_the_page_lists_every_question() -> None:
    """`make docs` renews it."""
    text = PAGE.read_text(encoding="utf-8")
    assert with_questions(text) == text, "run `make docs`"
    assert all(f"| `{question.key}` | " in text for question in QUESTIONS)


def test_the_page_promises_what_the_probe_keeps() -> None:
    """The number of requests, and keys that exist."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"at most {MOST_REQUESTS}" in text
    assert f"asks a store {len(QUESTIONS)} questions" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    savings = text.partition("## What the answers could save")[2].partition("## Reports")[0]
    named = {key for row in re.findall(r"^\| (`.+?) \| ", savings, re.M) for key in re.findall(r"`(\w+_\w+)`", row)}
    assert len(named) > 8
    assert named <= {question.key for question in QUESTIONS}

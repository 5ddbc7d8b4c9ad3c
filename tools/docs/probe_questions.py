"""The tables of docs/live-store.md: the questions of the probe. `make docs` renews them."""

from __future__ import annotations

import re

from source_bigcommerce.probe.questions import QUESTIONS
from tools.project import DOCS

PAGE = DOCS / "live-store.md"
_TABLE = re.compile(r"(<!-- questions -->\n).*?(<!-- /questions -->)", re.S)


def with_questions(text: str) -> str:
    """Returns the page with the current table of questions."""
    return _TABLE.sub(lambda found: f"{found[1]}{_table()}\n{found[2]}", text)


def _table() -> str:
    rows = [f"| `{question.key}` | {question.text.replace('|', '/')} |" for question in QUESTIONS]
    return "\n".join(("| Key | Question |", "|---|---|", *rows))


if __name__ == "__main__":
    PAGE.write_text(with_questions(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

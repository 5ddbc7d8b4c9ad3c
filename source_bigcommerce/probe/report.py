"""The output of a probe: a table, JSON, and the text of a report for an issue."""

from __future__ import annotations

import json
import platform
import textwrap
from collections.abc import Iterator, Mapping

from source_bigcommerce.probe.answer import UNDECIDED, Answer, word
from source_bigcommerce.probe.question import Question
from source_bigcommerce.version import __version__

Answers = Mapping[Question, Answer]

_WIDTH = 100


def as_json(answers: Answers) -> str:
    """Returns one JSON object with the answer and the evidence of each question, by its key."""
    found = {question.key: {"answer": one.value, "evidence": one.evidence} for question, one in answers.items()}
    return json.dumps({"questions": found}, indent=2)


def as_table(answers: Answers) -> str:
    """Returns each question with its answer, and how it was found out."""
    return "\n".join(_lines(answers))


def as_report(answers: Answers) -> str:
    """Returns the text for an issue. It contains nothing of the store but the answers and their anonymous evidence."""
    rows = [
        f"| `{question.key}` | {word(one.value)} | {one.evidence.replace('|', '/')} |"
        for question, one in answers.items()
    ]
    return "\n".join(
        (
            "### Report of bigcommerce-probe",
            "",
            f"Version {__version__}, Python {platform.python_version_tuple()[0]}.{platform.python_version_tuple()[1]}. "
            f"{_summary(answers)}",
            "",
            "| Question | Answer | How it was found out |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def _lines(answers: Answers) -> Iterator[str]:
    for question, one in answers.items():
        yield f"{question.text}  [{question.key}]"
        yield f"  {word(one.value)}"
        yield from textwrap.wrap(one.evidence, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    yield ""
    yield _summary(answers)


def _summary(answers: Answers) -> str:
    decided = sum(one.value != UNDECIDED for one in answers.values())
    return f"{decided} of {len(answers)} questions are decided."

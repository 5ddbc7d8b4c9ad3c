"""The outcomes as a document: docs/reliability.md between its marks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from integration_tests.faults.catalogue import GROUPS, Group
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import Outcome, ground_of, outcomes

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
RENEW = "read the difference, and `make reliability` where it is meant"
_BETWEEN = re.compile(r"(<!-- faults -->\n).*?(<!-- /faults -->)", re.DOTALL)

Cell = tuple[str, frozenset[str]]  # the words, and the sentences that users read


def cells(kind: Kind, group: Group) -> dict[str, Cell]:
    """The result of a kind of list under each fault of a group. Raises Broken if a promise is broken."""
    found: dict[str, Cell] = {}
    for with_socket in (False, True):
        faults = [fault for fault in group.faults if fault.needs_a_socket is with_socket]
        if faults:
            with ground_of(kind, with_socket) as ground:
                found |= {fault.title: _cell(outcomes(kind, fault, ground)) for fault in faults}
    return found


def render(found: Mapping[tuple[str, str], Cell]) -> str:
    """The tables, from the cells by (kind, fault)."""
    return "\n".join(_table(group, found) for group in GROUPS)


def shown() -> dict[tuple[str, str], str]:
    """The words of each cell in the document."""
    between = _BETWEEN.search(DOCUMENT.read_text(encoding="utf-8"))
    assert between, f"{DOCUMENT.name} has lost its marks"
    result = {}
    for line in between[0].splitlines():
        title, *words = [cell.strip() for cell in line.split("|")[1:-1]] or [""]
        if title and not title.startswith("---") and len(words) == len(KINDS):
            result |= {(kind.title, title): cell for kind, cell in zip(KINDS, words, strict=True)}
    return result


def sentences_shown(fault: str) -> set[str]:
    """The messages for users in the document."""
    return set(re.findall(rf"^- {re.escape(fault)}: (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


def write(found: Mapping[tuple[str, str], Cell]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_BETWEEN.sub(lambda m: f"{m[1]}\n{render(found)}\n{m[2]}", text), encoding="utf-8")


def _table(group: Group, found: Mapping[tuple[str, str], Cell]) -> str:
    titles = [kind.title for kind in KINDS]
    lines = [f"### {group.title}", "", f"| | {' | '.join(titles)} |", f"|---{'|---' * len(titles)}|"]
    sentences: dict[str, list[str]] = defaultdict(list)
    for fault in group.faults:
        row = [found[title, fault.title] for title in titles]
        lines.append(f"| {fault.title} | {' | '.join(words for words, _ in row)} |")
        for sentence in sorted(frozenset().union(*(said for _, said in row))):
            sentences[sentence].append(fault.title)
    if sentences:
        lines += ["", "The messages for the user:", ""]
    for fault in group.faults:
        lines += [f"- {fault.title}: {sentence}" for sentence, by in sentences.items() if fault.title in by]
    return "\n".join([*lines, ""])


def _cell(runs: Mapping[int, Mapping[str, Outcome]]) -> Cell:
    words = [_words(run) for run in runs.values()]
    sentences = frozenset(o.sentence for run in runs.values() for o in run.values() if o.sentence)
    return ", for good: ".join(dict.fromkeys(words)), sentences


def _words(run: Mapping[str, Outcome]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for position, outcome in run.items():
        places[outcome.word].append(position)
    if len(places) == 1:
        return next(iter(places))
    return "; ".join(f"{word} ({', '.join(where)})" for word, where in places.items())

"""Promises P1 to P3 under every fault, at every place of every kind of list, as docs/reliability.md documents it."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.faults.catalogue import GROUPS, Fault, Group
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import Broken, ground_of, outcomes
from integration_tests.faults.shares import quick_share, remainder
from integration_tests.faults.table import RENEW, cells, sentences_shown, shown


def case(kind: Kind, group: Group, *marks: pytest.MarkDecorator) -> Any:
    """A cell of the matrix as the parameters of a test."""
    return pytest.param(kind, group, id=f"{kind.title}: {group.title}", marks=marks)


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        *(case(kind, group) for kind, group in quick_share()),
        *(case(kind, group, pytest.mark.exhaustive) for kind, group in remainder()),
    ],
)
def test_nothing_is_lost_and_what_happens_is_what_is_documented(kind: Kind, group: Group) -> None:
    """Each fault once and for good: the sync ends, claims no more than it read, and the next one brings the rest."""
    found = cells(kind, group)
    documented = shown()
    expected = {fault: documented.get((kind.title, fault)) for fault in found}
    assert {fault: words for fault, (words, _) in found.items()} == expected, RENEW
    for fault, (_, sentences) in found.items():
        assert sentences <= sentences_shown(fault), f"{fault}: {RENEW}"


def test_a_quick_run_plays_every_fault_and_every_kind_of_list() -> None:
    """And with the rest of the matrix, each fault on each kind once."""
    quick = [(kind.title, fault.title) for kind, group in quick_share() for fault in group.faults]
    rest = [(kind.title, fault.title) for kind, group in remainder() for fault in group.faults]
    assert sorted(fault for _, fault in quick) == sorted(fault.title for group in GROUPS for fault in group.faults)
    assert {kind for kind, _ in quick} == {kind.title for kind in KINDS}
    assert sorted(quick + rest) == sorted(
        (kind.title, fault.title) for kind in KINDS for group in GROUPS for fault in group.faults
    )


def test_the_document_has_a_row_for_every_fault_and_no_other() -> None:
    """A fault that is played no more must not be promised any longer."""
    assert shown().keys() == {(kind.title, fault.title) for kind in KINDS for group in GROUPS for fault in group.faults}


def test_a_connector_that_believes_an_empty_page_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test above: it notices a lost record."""
    monkeypatch.setattr("source_bigcommerce.lists.pages.is_empty", lambda _: False)
    monkeypatch.setattr("source_bigcommerce.lists.reader.ListReader.has_records_after", lambda *_: False)
    fault = _named("204 in the middle of a list")
    with ground_of(KINDS[0], with_socket=False) as ground, pytest.raises(Broken, match="lost"):
        outcomes(KINDS[0], fault, ground)


def _named(title: str) -> Fault:
    return next(fault for group in GROUPS for fault in group.faults if fault.title == title)

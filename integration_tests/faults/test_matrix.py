"""Promises P1 to P3 under every fault, at every place of every kind of list, as docs/reliability.md tells it."""

from __future__ import annotations

import pytest

from integration_tests.faults.catalogue import GROUPS, Fault, Group
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import Broken, ground_of, outcomes
from integration_tests.faults.table import RENEW, all_pairs, cells, sentences_shown, shown


@pytest.mark.parametrize(
    ("kind", "group"), [pytest.param(*pair, id=f"{pair[0].title}: {pair[1].title}") for pair in all_pairs()]
)
def test_nothing_is_lost_and_what_happens_is_what_is_documented(kind: Kind, group: Group) -> None:
    """Each fault once and for good: the sync ends, claims no more than it read, and the next one brings the rest."""
    found = cells(kind, group)
    documented = shown()
    expected = {fault: documented.get((kind.title, fault)) for fault in found}
    assert {fault: words for fault, (words, _) in found.items()} == expected, RENEW
    for fault, (_, sentences) in found.items():
        assert sentences <= sentences_shown(fault), f"{fault}: {RENEW}"


def test_the_document_has_a_row_for_every_fault_and_no_other() -> None:
    """A fault that is played no more must not be promised any longer."""
    assert shown().keys() == {(kind.title, fault.title) for kind in KINDS for group in GROUPS for fault in group.faults}


def test_a_connector_that_believes_an_empty_page_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test above: it notices a lost record."""
    monkeypatch.setattr("source_bigcommerce.streams.base.is_empty", lambda _: False)
    monkeypatch.setattr("source_bigcommerce.streams.base.BigCommerceStream.tells_of_more", lambda *_: False)
    fault = _named("204 in the middle of a list")
    with ground_of(KINDS[0], with_socket=False) as ground, pytest.raises(Broken, match="lost"):
        outcomes(KINDS[0], fault, ground)


def _named(title: str) -> Fault:
    return next(fault for group in GROUPS for fault in group.faults if fault.title == title)

"""The comparison of records with a ledger: which are emitted again, and which are missing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.reconciliation import comparison as comparisons
from source_bigcommerce.reconciliation.comparison import Comparison
from source_bigcommerce.reconciliation.digests import record_digest
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.ledger import Ledger

BLOCK = 8

Contents = dict[Key, str]


def record(key: Key, content: str) -> dict[str, Any]:
    return {"key": list(key), "content": content}


def ledger_of(contents: Contents) -> Ledger:
    """A ledger that an earlier sync has left."""
    ledger = Ledger()
    for key, content in contents.items():
        ledger.note(key, record_digest(record(key, content)))
    return Ledger.load(ledger.dump())


def compared(known: Ledger, contents: list[tuple[Key, str]]) -> tuple[Contents, set[Key], Ledger]:
    """The records that are emitted, in the order in which they were read; the missing keys; the new ledger."""
    comparison = Comparison(known)
    emitted: Contents = {}
    for key, content in contents:
        one = record(key, content)
        for changed in comparison.take(key, record_digest(one), one):
            emitted[tuple(changed["key"])] = changed["content"]
    missing = set(comparison.missing(None, None))
    emitted.update({tuple(one["key"]): one["content"] for one in comparison.close(None)})
    return emitted, missing, comparison.found


key_sets = st.dictionaries(st.tuples(st.integers(0, 12), st.integers(0, 12)), st.sampled_from("ab"), max_size=60)


@given(key_sets, key_sets, st.randoms(use_true_random=False), st.booleans())
def test_the_destination_has_the_store_s_contents_afterwards(
    before: Contents, now: Contents, random: Any, with_repetitions: bool
) -> None:
    order = list(now.items())
    random.shuffle(order)
    if with_repetitions:
        order += random.sample(order, len(order) // 3)
    emitted, missing, found = compared(ledger_of(before), order)
    assert missing == before.keys() - now.keys()
    assert {**{key: one for key, one in before.items() if key not in missing}, **emitted} == now
    again, gone, _ = compared(Ledger.load(found.dump()), list(now.items()))
    assert (again, gone) == ({}, set())


def test_a_changed_record_brings_its_block_along_and_no_other() -> None:
    before: Contents = {(number,): "a" for number in range(80)}
    emitted, missing, _ = compared(ledger_of(before), list({**before, (33,): "b"}.items()))
    assert set(emitted) == {(number,) for number in range(32, 40)}
    assert not missing


def test_a_record_that_changes_while_the_list_is_read_is_left_to_the_next_reconciliation() -> None:
    """Two versions in one sync become two rows in a destination that merges batch by batch."""
    before: Contents = {(number,): "a" for number in range(16)}
    emitted, _, found = compared(ledger_of(before), [*before.items(), ((3,), "b")])
    assert emitted == {}
    again, _, _ = compared(Ledger.load(found.dump()), list({**before, (3,): "b"}.items()))
    assert again[(3,)] == "b"


def test_what_this_sync_has_emitted_is_not_emitted_again() -> None:
    """Neither as it was nor in another version, which the next reconciliation emits; its neighbors are."""
    before: Contents = {(number,): "a" for number in range(8)}
    ledger = ledger_of(before)
    for number in (2, 5):
        ledger.note((number,), record_digest(record((number,), "b")))
    now = {**before, (2,): "b", (5,): "c"}
    emitted, missing, found = compared(ledger, list(now.items()))
    assert set(emitted) == {(number,) for number in range(8)} - {(2,), (5,)}
    assert not missing
    again, _, _ = compared(Ledger.load(found.dump()), list(now.items()))
    assert again[(5,)] == "c"


def test_records_taken_as_unchanged_are_not_missing() -> None:
    known = ledger_of({(parent, child): "a" for parent in range(4) for child in range(3)})
    comparison = Comparison(known)
    assert not list(comparison.assume(1))
    assert not list(comparison.assume(7))  # of which nothing is known
    missing = list(comparison.missing(None, None))
    assert {key[0] for key in missing} == {0, 2, 3}


def test_a_block_that_is_read_in_part_only_is_emitted() -> None:
    """Whether its records have changed cannot be decided: its digest is that of all of them."""
    known = ledger_of({(parent,): "a" for parent in range(BLOCK)})
    comparison = Comparison(known)
    comparison.assume(0)
    emitted = []
    for number in range(1, BLOCK):
        one = record((number,), "a")
        emitted += comparison.take((number,), record_digest(one), one)
    assert len(emitted) == BLOCK - 1


def test_the_end_of_a_range_waits_for_a_block_that_continues_beyond_it() -> None:
    known = ledger_of({(number,): "a" for number in range(24)})
    comparison = Comparison(known)
    for number in range(11):
        one = record((number,), "a")
        assert not list(comparison.take((number,), record_digest(one), one))
    assert comparison.undecided_from(None, 10) == BLOCK
    assert comparison.undecided_from(8, 10) is None, "it began before this range, so nothing is gained by waiting"
    assert not list(comparison.missing(None, 7))
    assert not comparison.close(7)
    assert len(comparison.found.take_until(7)) == BLOCK
    for number in range(11, 16):
        one = record((number,), "a")
        assert not list(comparison.take((number,), record_digest(one), one))
    assert not list(comparison.missing(7, 15))
    assert not comparison.close(15)


def test_a_list_in_no_order_does_not_fill_the_memory(monkeypatch: Any) -> None:
    monkeypatch.setattr(comparisons, "_MOST_OPEN", 3)
    contents: Contents = {(number,): "a" for number in range(80)}
    order = sorted(contents.items(), key=lambda item: int(item[0][0]) % BLOCK)
    known = ledger_of(contents)
    comparison = Comparison(known)
    emitted = []
    for key, content in order:
        one = record(key, content)
        emitted += comparison.take(key, record_digest(one), one)
        assert len(comparison._open) <= 3
    assert len(emitted) > 0
    missing = list(comparison.missing(None, None))
    assert not missing

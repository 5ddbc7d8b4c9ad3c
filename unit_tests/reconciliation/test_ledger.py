"""The ledger: what it contains after any sequence of changes, how small its JSON is, and damage to it."""

from __future__ import annotations

import json
from array import array
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.reconciliation import ledger as ledgers
from source_bigcommerce.reconciliation.digests import UNKNOWN, block_digest, record_digest
from source_bigcommerce.reconciliation.key_table import Key
from source_bigcommerce.reconciliation.ledger import Ledger
from source_bigcommerce.reconciliation.packing import LedgerDamaged, pack, unpack

KILOBYTE, MEGABYTE = 1_000, 1_000_000
keys = st.one_of(
    st.lists(st.tuples(st.integers(-5, 60)), max_size=40),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20)), max_size=40),
    st.lists(st.tuples(st.integers(0, 9), st.text("abé\n ", max_size=2)), max_size=40),
)


def ledger_of(records: dict[Any, int]) -> Ledger:
    ledger = Ledger()
    for key, digest in records.items():
        ledger.note(key, digest)
    return ledger


def all_keys(ledger: Ledger) -> list[Key]:
    return list(ledger.keys.keys(0, len(ledger)))


def blocks(ledger: Ledger) -> list[tuple[list[Key], int]]:
    """The keys and the digest of each block."""
    found = {}
    for key in all_keys(ledger):
        position = ledger.position_of(key)
        assert position is not None
        block = ledger.block_at(position)
        found[block.start] = (list(ledger.keys.keys(block.start, block.end)), block.digest)
    return list(found.values())


def reloaded(ledger: Ledger) -> Ledger:
    return Ledger.load(json.loads(json.dumps(ledger.dump())))


@given(keys, st.randoms(use_true_random=False))
def test_a_ledger_contains_what_was_noted_in_order(chosen: list[Key], random: Random) -> None:
    records = {key: random.randrange(1, 2**64) for key in chosen}
    ledger = Ledger()
    for key, digest in records.items():
        ledger.note(key, digest)
        if random.random() < 0.2:
            ledger.dump()  # which merges and divides
    assert all_keys(ledger) == sorted(records)
    assert all(key in ledger and ledger.digest_of(key) == digest for key, digest in records.items())
    again = reloaded(ledger)
    assert all_keys(again) == sorted(records)
    assert blocks(again) == blocks(ledger)
    for block, digest in blocks(again):
        assert digest == block_digest(array("Q", (records[key] for key in block)))


@given(keys, keys, st.randoms(use_true_random=False))
def test_a_block_with_a_changed_record_is_unknown_and_no_other(
    before: list[Key], after: list[Key], random: Random
) -> None:
    """A digest that is kept although a record changed would hide a later change for ever."""
    if before and after and {len(before[0])} | {len(after[0])} != {len(before[0])}:
        return
    if before and after and any(type(one) is not type(two) for one, two in zip(before[0], after[0], strict=True)):
        return
    old = reloaded(ledger_of(dict.fromkeys(before, 7)))
    was = {key: block for block, _ in blocks(old) for key in block}
    for key in after:
        old.note(key, 8)
    assert all_keys(old) == sorted({*before, *after})
    new = reloaded(old)
    assert all_keys(new) == sorted({*before, *after})
    for block, digest in blocks(new):
        untouched = not set(block) & set(after) and block == was[block[0]]
        if untouched:
            assert digest == block_digest(array("Q", [7] * len(block)))
        elif set(block) <= set(after):
            assert digest in (UNKNOWN, block_digest(array("Q", [8] * len(block))))
        else:
            assert digest == UNKNOWN


@given(keys, st.integers(-6, 61), st.integers(-6, 61))
def test_a_range_is_replaced_and_nothing_else(chosen: list[Key], one: int, other: int) -> None:
    if chosen and isinstance(chosen[0][-1], str):
        return
    after, upto = sorted((one, other))
    ledger = reloaded(ledger_of(dict.fromkeys(chosen, 7)))
    found = ledger_of({key: 9 for key in chosen if after < int(key[0]) <= upto and sum(map(int, key)) % 2})
    kept = all_keys(found)
    ledger.replace(*ledger.keys.between(after, upto), found)
    outside = {key for key in chosen if not after < int(key[0]) <= upto}
    assert all_keys(ledger) == sorted([*outside, *kept])
    assert all_keys(reloaded(ledger)) == sorted([*outside, *kept])
    assert all(ledger.digest_of(key) == 9 for key in kept)


@given(keys, st.integers(-6, 61))
def test_taken_records_leave_the_ledger(chosen: list[Key], parent: int) -> None:
    ledger = ledger_of(dict.fromkeys(chosen, 7))
    taken = ledger.take_until(parent)
    assert all_keys(taken) == sorted({key for key in chosen if int(key[0]) <= parent})
    assert all_keys(ledger) == sorted({key for key in chosen if int(key[0]) > parent})
    assert all(taken.digest_of(key) == 7 for key in all_keys(taken))


def test_a_copy_does_not_change_with_the_ledger() -> None:
    ledger = ledger_of({(number,): 7 for number in range(20)})
    ledger.dump()
    copied = ledger.copy()
    ledger.note((3,), 8)
    ledger.note((99,), 8)
    assert len(copied) == 20
    assert copied.block_at(3).digest != UNKNOWN
    assert (99,) not in copied


def test_records_that_come_in_any_order_make_blocks_of_the_usual_size() -> None:
    """The first sync of products reads them by date, and prints a state every few thousand: the blocks of one state
    must not stay as they were when records are added between theirs."""
    numbers = list(range(4_000))
    Random(1).shuffle(numbers)
    ledger = Ledger()
    for at, number in enumerate(numbers):
        ledger.note((number,), number + 1)
        if at % 500 == 0:
            ledger.dump()
    sizes = [len(block) for block, digest in blocks(reloaded(ledger)) if digest]
    assert sizes == [8] * 500


@pytest.mark.parametrize("gap", [1, 2, 10], ids=["dense", "every second id", "every tenth id"])
@pytest.mark.parametrize(
    ("records", "limit"),
    [(100_000, 300 * KILOBYTE), pytest.param(1_000_000, MEGABYTE, marks=pytest.mark.exhaustive)],
)
def test_the_json_of_a_ledger_is_small(records: int, limit: int, gap: int) -> None:
    random = Random(gap)
    ids = [number * gap + random.randrange(gap) for number in range(records)]
    ledger = ledger_of({(number,): random.getrandbits(64) or 1 for number in ids})
    size = len(json.dumps(ledger.dump()))
    assert size <= limit
    assert len(reloaded(ledger)) == records
    if gap > 1:
        return
    children = ledger_of({(number // 3, number * 2): random.getrandbits(64) or 1 for number in range(records)})
    assert len(json.dumps(children.dump())) <= limit


def test_a_silent_change_costs_eight_rows_at_most_in_a_large_ledger() -> None:
    ledger = reloaded(ledger_of({(number,): number + 1 for number in range(100_000)}))
    assert max(len(block) for block, _ in blocks(ledger)) == 8


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: None,
        lambda _: "1:abc",
        lambda _: [],
        lambda _: {},
        lambda content: {**content, "version": ledgers.VERSION + 1},
        lambda content: {**content, "keys": content["keys"][:-8]},
        lambda content: {**content, "keys": "?"},
        lambda content: {**content, "digests": content["digests"][8:]},
        lambda content: {**content, "checksum": 0},
        lambda content: {name: value for name, value in content.items() if name != "digests"},
    ],
)
def test_a_damaged_ledger_is_refused(damage: Any) -> None:
    content = ledger_of({(number,): number + 1 for number in range(100)}).dump()
    with pytest.raises(LedgerDamaged):
        Ledger.load(damage(content))


def test_equal_contents_have_equal_digests() -> None:
    """A missing field and a null are equal: both are printed alike."""
    assert record_digest({"a": 1, "b": {"c": 2, "d": 3}}) == record_digest({"a": 1, "n": None, "b": {"c": 2, "d": 3}})
    assert record_digest({"a": 1}) != record_digest({"a": "1"})
    assert record_digest({"a": {"n": None}}) != record_digest({"a": {}})
    assert record_digest({"a": "\ud800", "b": 2**70}) == record_digest({"a": "\ud800", "b": 2**70})


def test_a_ledger_that_is_not_sorted_is_refused() -> None:
    content = ledger_of({(number,): number + 1 for number in range(100)}).dump()
    columns, sizes, blocks = unpack(content)
    columns[0][50], columns[0][51] = columns[0][51], columns[0][50]
    with pytest.raises(LedgerDamaged, match="sorted"):
        Ledger.load({**content, **pack(columns, sizes, blocks)})


def test_records_with_and_without_a_digest_make_blocks_of_their_own() -> None:
    """A record that was not read makes its neighbors come again once, not every time."""
    ledger = ledger_of({(number,): UNKNOWN if number % 20 == 3 else number + 1 for number in range(100)})
    for block, digest in blocks(reloaded(ledger)):
        assert (digest == UNKNOWN) == any(int(key[0]) % 20 == 3 for key in block)
        assert digest != UNKNOWN or len(block) == 1

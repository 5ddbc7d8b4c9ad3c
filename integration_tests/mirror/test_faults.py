"""Promise P9 under the faults of the matrix (integration_tests/faults), which strike while a list is reconciled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from integration_tests.faults.catalogue import ALWAYS, FAULTS, Fault
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import Ground, ground_of
from integration_tests.harness import INCREMENTAL, Sync
from integration_tests.mirror.destination import ByArrival, ByCursor, Destination, deletions_of, differences
from integration_tests.mirror.existence import ROWS
from sandbox import Store
from sandbox import faults as sandbox_faults

RECONCILED = [kind for kind in KINDS if kind.stream in INCREMENTAL]
PLAYED = [fault for fault in FAULTS if not fault.needs_a_socket]
SILENTLY = {"lines": "name", "taxes": "name", "transactions": "method", "messages": "subject", "addresses": "city"}


def change(store: Store, kind: Kind) -> None:
    """Deletes two records of the list and edits one, without a date."""
    table = {"products": "products", "customers": "customers", "customer_addresses": "customers"}.get(
        kind.stream, "orders"
    )
    ids = store.ids(table)
    if kind.stream == "order_refunds":
        for refund in store.refunds.ids()[3:5]:
            store.remove_child(store.refunds.order_of(refund), "refunds", refund, dated=False)
        return
    for id_ in (ids[6], ids[-2]):
        store.delete(table, id_)
    if kind.stream in ROWS:
        rows = ROWS[kind.stream]
        parents = [id_ for id_ in store.ids(table) if store.child_ids(id_, rows)]
        store.remove_child(parents[-1], rows, store.child_ids(parents[-1], rows)[0], dated=False)
        store.edit_child(parents[0], rows, store.child_ids(parents[0], rows)[0], dated=False, **{SILENTLY[rows]: "New"})
    else:
        mark = {"orders": "staff_notes", "products": "description", "customers": "notes"}[table]
        store.edit_silently(table, ids[8], **{mark: "New"})


@dataclass
class Copy:
    """Two streams of a store, copied into destinations that differ in what they take for the newest record."""

    ground: Ground
    destinations: Sequence[Destination] = field(default_factory=lambda: [ByCursor(), ByArrival()])
    states: list[Any] = field(default_factory=list)

    @property
    def streams(self) -> list[str]:
        return [self.ground.kind.stream, self.ground.kind.bystander]

    def sync(self) -> Sync:
        return self.ground.sync(reconcile="every_sync", state=list(self.states))

    def take(self, found: Sync) -> dict[str, set[Any]]:
        """Loads a sync. Returns the keys that it deleted."""
        for stream, records in found.records.items():
            for destination in self.destinations:
                destination.apply(stream, records)
        self.states = [one for one in self.states if _name(one) not in found.states] + found.state()
        return deletions_of(found.records)

    def next_day(self) -> None:
        assert self.ground.clock
        self.ground.clock.pass_(86_400)

    def truth(self) -> dict[str, dict[Any, Any]]:
        """What a destination should hold."""
        found = self.ground.sync(reconcile="never")
        assert not found.failure, found.errors
        return {stream: found.latest(stream) for stream in self.streams}


def plays(kind: Kind, fault: Fault, times: int, place: Callable[[int], int]) -> None:
    """A fault at one of the requests of a reconciliation deletes nothing that exists; the next syncs make good."""
    settings = fault.make(kind)
    if settings is None:
        return
    with ground_of(kind, with_socket=False) as ground:
        store, copy = ground.app.store, Copy(ground)
        for order in store.ids("orders"):  # what needs a request for each is read again for recent ones alone
            store.edit("orders", order)
        copy.next_day()
        copy.take(copy.sync())
        copy.next_day()
        before = copy.truth()
        change(store, kind)
        truth = copy.truth()
        gone = {stream: before[stream].keys() - truth[stream].keys() for stream in copy.streams}
        assert gone[kind.stream], "nothing was deleted"
        copy.sync()
        nth = place(len(ground.hits()))
        struck = sandbox_faults.Fault(**{"pattern": kind.path, "nth": nth, "times": times, **settings})
        ground.strike_with(struck, fault.refuses)
        deleted = copy.take(copy.sync())
        assert struck.seen >= nth, "the fault never struck"
        if not fault.renames:  # a record whose only address returns it with another key is another record
            for stream, keys in deleted.items():
                assert keys <= gone[stream], f"{fault.title}: {sorted(keys - gone[stream])} of {stream} were deleted"
        ground.clear()
        for _ in range(2):
            copy.next_day()
            found = copy.sync()
            assert not found.failure, found.errors
            copy.take(found)
        for destination in copy.destinations:
            if not (isinstance(destination, ByCursor) and _was_dated_by_the_sync(kind, fault)):
                rows = {stream: destination.rows(stream) for stream in copy.streams if stream in INCREMENTAL}
                assert not differences(rows, {one: truth[one] for one in rows}), f"{fault.title}, {destination.name}"


def _was_dated_by_the_sync(kind: Kind, fault: Fault) -> bool:
    """Returns True if the fault takes the only date of a record, which is the time of the sync then: later than the
    date that the store returns afterwards (see docs/deletions.md)."""
    return kind.stream == "order_refunds" and "date" in fault.title


def _name(state: Any) -> str:
    return str(state.stream.stream_descriptor.name)


def _middle(hits: int) -> int:
    return 1 + hits // 2


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        pytest.param(RECONCILED[number % len(RECONCILED)], fault, id=f"{fault.title}")
        for number, fault in enumerate(PLAYED)
        if number % 6 == 0
    ],
)
def test_a_fault_for_good_deletes_nothing_that_exists(kind: Kind, fault: Fault) -> None:
    """From the middle of the reconciliation on."""
    plays(kind, fault, ALWAYS, _middle)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", RECONCILED, ids=lambda kind: kind.title)
@pytest.mark.parametrize("fault", PLAYED, ids=lambda fault: fault.title)
def test_no_fault_at_any_place_deletes_what_exists(kind: Kind, fault: Fault) -> None:
    """Once in the middle or at the end, and for good from the beginning or the middle on: of two neighboring kinds of
    list one has the first of these, the other the second."""
    places = {1: (_middle, lambda hits: hits), ALWAYS: (lambda _: 1, _middle)}
    turn = (RECONCILED.index(kind) + PLAYED.index(fault)) % 2
    for times in fault.lasts:
        plays(kind, fault, times, places[times][turn] if fault.positions != ("first page",) else lambda _: 1)

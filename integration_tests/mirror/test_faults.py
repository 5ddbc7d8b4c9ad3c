"""Promise P9 under the faults of the matrix (integration_tests/faults), which strike while a list is reconciled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.faults.catalogue import ALWAYS, FAULTS, Fault
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import Ground, ground_of
from integration_tests.harness import INCREMENTAL, Sync
from integration_tests.mirror.destination import ByArrival, ByCursor, deletions_of, differences
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


def plays(kind: Kind, fault: Fault, times: int, place: Callable[[int], int]) -> None:
    """A fault at one of the requests of a reconciliation deletes nothing that exists; the next syncs make good."""
    settings = fault.make(kind)
    if settings is None:
        return
    with ground_of(kind, with_socket=False) as ground:
        assert ground.clock
        store = ground.app.store
        for order in store.ids("orders"):  # what needs a request for each is read again for recent ones alone
            store.edit("orders", order)
        streams, destinations, states = [kind.stream, kind.bystander], [ByCursor(), ByArrival()], []

        def take(found: Sync) -> dict[str, set[Any]]:
            for stream, records in found.records.items():
                for destination in destinations:
                    destination.apply(stream, records)
            states[:] = [one for one in states if _name(one) not in found.states] + found.state()
            return deletions_of(found.records)

        def sync() -> Sync:
            return ground.sync(reconcile="every_sync", state=list(states))

        ground.clock.pass_(86_400)
        take(sync())
        ground.clock.pass_(86_400)
        before = {stream: set(rows) for stream, rows in _truth(ground, streams).items()}
        change(store, kind)
        truth = _truth(ground, streams)
        gone = {stream: before[stream] - set(truth[stream]) for stream in streams}
        assert gone[kind.stream], "nothing was deleted"
        sync()
        nth = place(len(ground.hits()))
        struck = sandbox_faults.Fault(**{"pattern": kind.path, "nth": nth, "times": times, **settings})
        ground.strike_with(struck, fault.refuses)
        deleted = take(sync())
        assert struck.seen >= nth, "the fault never struck"
        for stream, keys in deleted.items():
            assert keys <= gone[stream], f"{fault.title}: {sorted(keys - gone[stream])} of {stream} were deleted"
        ground.clear()
        for _ in range(2):
            ground.clock.pass_(86_400)
            found = sync()
            assert not found.failure, found.errors
            take(found)
        for destination in destinations:
            copy = {stream: destination.rows(stream) for stream in streams if stream in INCREMENTAL}
            expected = {stream: truth[stream] for stream in copy}
            assert not differences(copy, expected), f"{fault.title}, {destination.name}"


def _truth(ground: Ground, streams: list[str]) -> dict[str, dict[Any, Any]]:
    found = ground.sync(reconcile="never")
    assert not found.failure, found.errors
    return {stream: found.latest(stream) for stream in streams}


def _name(state: Any) -> str:
    return str(state.stream.stream_descriptor.name)


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
    plays(kind, fault, ALWAYS, lambda hits: 1 + hits // 2)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", RECONCILED, ids=lambda kind: kind.title)
@pytest.mark.parametrize("fault", PLAYED, ids=lambda fault: fault.title)
def test_no_fault_at_any_place_deletes_what_exists(kind: Kind, fault: Fault) -> None:
    """Once and for good, at the beginning, in the middle and at the end."""
    for times in fault.lasts:
        for place in (lambda _: 1, lambda hits: 1 + hits // 2, lambda hits: hits):
            plays(kind, fault, times, place)

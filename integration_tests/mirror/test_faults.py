"""Promise P9 under the faults of the matrix (integration_tests/faults), which strike while a list is reconciled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration_tests.faults.catalogue import ALWAYS, FAULTS, Fault
from integration_tests.faults.kinds import KINDS, Kind
from integration_tests.faults.runs import ground_of
from integration_tests.harness import INCREMENTAL
from integration_tests.mirror.copy import Copy
from integration_tests.mirror.destination import ByArrival, ByCursor
from integration_tests.mirror.existence import ROWS
from sandbox import Store
from sandbox import faults as sandbox_faults

RECONCILED = [kind for kind in KINDS if kind.stream in INCREMENTAL]
PLAYED = [fault for fault in FAULTS if not fault.needs_a_socket]
DAY = 86_400.0
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
        copy = Copy(ground, [kind.stream, kind.bystander], num_workers=1)  # type: ignore[arg-type]  # it has what a Server has
        copy.destinations = [ByCursor(), ByArrival()]  # the others take no stream without a cursor, as the bystander is
        for order in store.ids("orders"):  # what needs a request for each is read again for recent ones alone
            store.edit("orders", order)
        ground.clock.pass_(DAY)
        copy.sync()
        ground.clock.pass_(DAY)
        before = copy.truth()
        change(store, kind)
        truth = copy.truth()
        gone = {stream: before[stream].keys() - truth[stream].keys() for stream in copy.streams}
        assert gone[kind.stream], "nothing was deleted"
        ground.sync(reconcile="every_sync", state=copy.state())
        nth = place(len(ground.hits()))
        struck = sandbox_faults.Fault(**{"pattern": kind.path, "nth": nth, "times": times, **settings})
        ground.strike_with(struck, fault.refuses)
        copy.sync(fails=True)
        assert struck.seen >= nth, "the fault never struck"
        if not fault.renames:  # a record whose only address returns it with another key is another record
            for stream, keys in copy.deleted.items():
                assert keys <= gone[stream], f"{fault.title}: {sorted(keys - gone[stream])} of {stream} were deleted"
        ground.clear()
        for _ in range(2):
            ground.clock.pass_(DAY)
            copy.sync()
        kinds = ["by arrival"] if _was_dated_by_the_sync(kind, fault) else ["by arrival", "by cursor"]
        assert not copy.differences(*kinds, truth=truth)


def _was_dated_by_the_sync(kind: Kind, fault: Fault) -> bool:
    """Returns True if the fault takes the only date of a record, which is the time of the sync then: later than the
    date that the store returns afterwards (see docs/deletions.md)."""
    return kind.stream == "order_refunds" and "date" in fault.title


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

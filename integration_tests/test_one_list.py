"""Tables that are made of one list: read together where they can be, each right in any case."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from integration_tests.harness import Sync, sync
from sandbox import API_VARIANTS, Options, serve
from source_bigcommerce.concurrency.batch_queue import BatchQueue
from source_bigcommerce.lists import sampling
from unit_tests.representatives import representatives

FAMILY = ("orders", "order_products", "order_consignments", "order_shipping_addresses", "order_fees")
SIZE = Options(orders=500, products=5, customers=5, coupons=5)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of 110 records, so that there are several."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 10)


@pytest.mark.parametrize("workers", representatives([1, 8], {8}))
def test_each_table_holds_the_same_as_when_it_is_read_alone(workers: int) -> None:
    """Each is still a stream of its own: its statuses in their order, its own states, its own estimate."""
    with serve(SIZE) as server:
        together = sync(server, FAMILY, num_workers=workers)
        for name in FAMILY:
            alone = sync(server, [name], num_workers=workers)
            assert together.latest(name) == alone.latest(name)
            assert together.statuses[name] == ["STARTED", "RUNNING", "COMPLETE"]
            assert list(together.states[name][-1]) == list(alone.states[name][-1])
    assert not together.failure
    assert together.estimates.keys() == {"orders"}


@pytest.mark.parametrize("workers", representatives([1, 8], {8}))
def test_each_state_follows_the_records_of_its_own_table(workers: int) -> None:
    """At each STATE of any of them, what changed before it has been printed, though another stream's thread read it."""
    with serve(SIZE) as server:
        result = sync(server, FAMILY, num_workers=workers)
        dates = {record["id"]: record["date_modified"] for record in result.records["orders"]}
    for name in FAMILY:
        assert len(result.states[name]) > (workers == 1)  # of many, the first slice may be the last to end
        for state, printed in result.progress[name]:
            reached = next(iter(state.values()))
            whole = [r for r in result.records[name] if dates[r.get("order_id") or r["id"]] < reached]
            assert all(record in result.records[name][:printed] for record in whole)


@pytest.mark.exhaustive
def test_a_table_that_is_added_later_is_read_from_its_start() -> None:
    """The others go on from their state: two reads of the list, as they want different parts of it."""
    with serve(SIZE) as server:
        first = sync(server, ["orders", "order_fees"])
        server.store.clock.advance(3600)
        second = sync(server, FAMILY, state=first.state())
        assert not second.failure
        lines = sync(server, ["order_products"])
    assert second.ids("orders") == []
    assert sorted(second.ids("order_products")) == sorted(lines.ids("order_products"))


def test_a_list_that_cannot_be_read_fails_each_of_its_tables_by_name() -> None:
    """The platform shows one error for each stream; the tables that only shared the list say whose it was."""
    with serve(SIZE) as server:
        server.fail("v2/orders?*sort=id:asc", nth=2, times=1000, status=422)  # the first page is read before the slices
        result = sync(server, (*FAMILY, "customers"))
    assert result.statuses["customers"][-1] == "COMPLETE"
    for name in FAMILY:
        assert result.statuses[name][-1] == "INCOMPLETE"
        assert f"'{name}'" in result.errors[name]
        assert not result.states[name]
    assert "made from the list of 'orders'" in result.errors["order_fees"]


def without_fee_id(struck: int) -> Callable[[Any, Any], Any]:
    """An edit of responses: the first fee of this order comes without its id."""

    def edit(orders: Any, _: Any) -> Any:
        for order in orders or ():
            if order["id"] == struck:
                del order["fees"][0]["id"]
        return orders

    return edit


@pytest.mark.exhaustive
@pytest.mark.parametrize("workers", representatives([1, 8], {8}))
@pytest.mark.parametrize("family", [FAMILY, FAMILY[:0:-1]], ids=["orders lead", "fees lead"])
def test_one_record_that_cannot_be_read_fails_its_own_table_alone(family: tuple[str, ...], workers: int) -> None:
    """The other tables come whole, and the failing one with what its state claims; the next sync mends it."""
    with serve(SIZE) as server:
        plain = sync(server, family)
        with_fees = sorted({fee["order_id"] for fee in plain.records["order_fees"]})
        broken = with_fees[len(with_fees) // 2]

        server.fail("v2/orders", times=1000, kind="edit", edit=without_fee_id(broken))
        first = sync(server, family, num_workers=workers)
        server.clear_faults()
        second = sync(server, family, num_workers=workers, state=first.state())
    assert list(first.errors) == ["order_fees"]
    assert "has no id" in first.errors["order_fees"]
    assert {first.statuses[name][-1] for name in family if name != "order_fees"} == {"COMPLETE"}
    assert not second.failure
    for name in family:
        found = {**first.latest(name), **second.latest(name)}
        assert found.keys() == plain.latest(name).keys()


@pytest.mark.exhaustive
@pytest.mark.parametrize("workers", representatives([1, 8], {8}))
@pytest.mark.parametrize("which", representatives(["the archived one", "another one"], {"another one"}))
def test_what_is_left_over_of_many_slices_is_not_passed_by_a_table_that_dropped_out(which: str, workers: int) -> None:
    """Archived orders are read with the last of several slices, and are dated in all of them."""
    api_variant = replace(API_VARIANTS["archived orders need the filter"], archiving_bumps_date_modified=False)
    with serve(replace(SIZE, api_variant=api_variant)) as server:
        with_fees = sorted({fee["order_id"] for fee in sync(server, ["order_fees"]).records["order_fees"]})
        archived, broken = with_fees[2], with_fees[-2]
        server.store.archive_order(archived)
        plain = sync(server, FAMILY)

        struck = archived if which == "the archived one" else broken
        server.fail("v2/orders", times=1000, kind="edit", edit=without_fee_id(struck))
        first = sync(server, FAMILY, num_workers=workers)
        server.clear_faults()
        second = sync(server, FAMILY, num_workers=workers, state=first.state())
    assert list(first.errors) == ["order_fees"]
    assert {**first.latest("order_fees"), **second.latest("order_fees")}.keys() == plain.latest("order_fees").keys()


@pytest.mark.exhaustive
@pytest.mark.parametrize("put", representatives(["record", "slice"], {"record"}))
@pytest.mark.parametrize("names", [["orders"], FAMILY[:2]], ids=["one", "two"])
def test_a_slice_that_nobody_takes_any_more_keeps_no_one_waiting(
    names: Sequence[str], put: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If memory runs out between two records, the reader is closed without a reason."""
    kind = Record if put == "record" else Partition
    puts = BatchQueue.put
    spent: list[Any] = []

    def fail_once(queue: BatchQueue, item: Any, *how: Any) -> None:
        if isinstance(item, kind) and not spent:
            spent.append(item)
            raise MemoryError
        puts(queue, item, *how)

    monkeypatch.setattr(BatchQueue, "put", fail_once)
    results: list[Sync] = []
    with serve(SIZE) as server:
        reader = threading.Thread(target=lambda: results.append(sync(server, names)), daemon=True)
        reader.start()
        reader.join(60)
    assert spent and results, "the sync did not end"
    assert "INCOMPLETE" in results[0].statuses["orders"]


def test_one_bad_state_fails_its_own_table_alone() -> None:
    """The others do not share a list with a table that nobody knows where to begin."""
    with serve(SIZE) as server:
        first = sync(server, FAMILY)
        state = first.state()
        state[1].stream.stream_state.__dict__["order_date_modified"] = "yesterday"
        name = state[1].stream.stream_descriptor.name
        second = sync(server, FAMILY, state=state)
    assert list(second.errors) == [name]
    assert f"The saved state of the stream '{name}' cannot be read" in second.errors[name]
    assert {second.statuses[other][-1] for other in FAMILY if other != name} == {"COMPLETE"}

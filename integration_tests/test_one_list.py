"""Tables that are made of one list: read together where they can be, each right in any case."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import sync
from sandbox import Options, serve
from source_bigcommerce.streams import slicing

FAMILY = ("orders", "order_products", "order_consignments", "order_shipping_addresses", "order_fees")
SIZE = Options(orders=900, products=5, customers=5, coupons=5)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of 110 records, so that there are several."""
    monkeypatch.setattr(slicing, "SAMPLE_SIZE", 10)


@pytest.mark.parametrize("workers", [1, 8])
def test_each_table_holds_the_same_as_when_it_is_read_alone(workers: int) -> None:
    """And each is told of as a stream of its own: its statuses in their order, its own states, its own estimate."""
    with serve(SIZE) as server:
        together = sync(server, FAMILY, num_workers=workers)
        for name in FAMILY:
            alone = sync(server, [name], num_workers=workers)
            assert together.latest(name) == alone.latest(name)
            assert together.statuses[name] == ["STARTED", "RUNNING", "COMPLETE"]
            assert list(together.states[name][-1]) == list(alone.states[name][-1])
    assert not together.failure
    assert together.estimates.keys() == {"orders"}


@pytest.mark.parametrize("workers", [1, 8])
def test_each_state_follows_the_records_of_its_own_table(workers: int) -> None:
    """At each STATE of any of them, what changed before it has been printed, though another stream's thread read it."""
    with serve(SIZE) as server:
        result = sync(server, FAMILY, num_workers=workers)
        dates = {record["id"]: record["date_modified"] for record in result.records["orders"]}
    for name in FAMILY:
        assert len(result.states[name]) > (workers == 1)  # of many, the first slice may be the last to end
        for state, printed in result.progress[name]:
            (reached,) = state.values()
            whole = [r for r in result.records[name] if dates[r.get("order_id") or r["id"]] < reached]
            assert all(record in result.records[name][:printed] for record in whole)


def test_a_table_that_is_added_later_is_read_from_its_start() -> None:
    """The others go on from their state: two readings of the list, as they want different parts of it."""
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
        server.fail("v2/orders?*max_date_modified=*", times=1000, status=422)
        result = sync(server, (*FAMILY, "customers"))
    assert result.statuses["customers"][-1] == "COMPLETE"
    for name in FAMILY:
        assert result.statuses[name][-1] == "INCOMPLETE"
        assert f"'{name}'" in result.errors[name]
        assert not result.states[name]
    assert "made of the list of 'orders'" in result.errors["order_fees"]


@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("family", [FAMILY, FAMILY[:0:-1]], ids=["orders lead", "fees lead"])
def test_one_record_that_cannot_be_read_fails_its_own_table_alone(family: tuple[str, ...], workers: int) -> None:
    """The other tables come whole, and the failing one with what its state claims; the next sync mends it."""
    with serve(SIZE) as server:
        plain = sync(server, family)
        with_fees = sorted({fee["order_id"] for fee in plain.records["order_fees"]})
        broken = with_fees[len(with_fees) // 2]

        def take_id(orders: Any, _: Any) -> Any:
            for order in orders or ():
                if order["id"] == broken:
                    del order["fees"][0]["id"]
            return orders

        server.fail("v2/orders", times=1000, kind="edit", edit=take_id)
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


def test_one_bad_state_fails_its_own_table_alone() -> None:
    """The others do not share a list with a table that nobody knows where to begin."""
    with serve(SIZE) as server:
        first = sync(server, FAMILY)
        state = first.state()
        state[1].stream.stream_state.__dict__["order_date_modified"] = "yesterday"
        name = state[1].stream.stream_descriptor.name
        second = sync(server, FAMILY, state=state)
    assert list(second.errors) == [name]
    assert {second.statuses[other][-1] for other in FAMILY if other != name} == {"COMPLETE"}

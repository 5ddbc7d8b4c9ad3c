"""Streams with a request for each order, and refunds: everything arrives, and what cannot be read is not claimed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from itertools import cycle, product
from logging import INFO, getLogger
from typing import Any

import pytest
from airbyte_cdk.models import Status

from integration_tests.harness import Sync, config_for, seconds_of, sync
from sandbox import API_VARIANTS, Options, Server, serve
from sandbox.children import reachable
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.lists import sampling
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.stream import PerParentStream
from unit_tests.representatives import in_turn, representatives
from unit_tests.support import set_page_size

CHILDREN = {
    "transactions": "transactions",
    "order_taxes": "taxes",
    "order_shipments": "shipments",
    "order_coupons": "coupons",
    "order_messages": "messages",
}
"""The streams, and what the sandbox calls the rows."""
ENDPOINTS = {
    name: f"v3/orders/*/{kind}" if name == "transactions" else f"v2/orders/*/{kind}" for name, kind in CHILDREN.items()
}
REFUNDS = "order_refunds"
STREAMS = (*CHILDREN, REFUNDS)

PAGE = 30
SMALL = Options(orders=130, products=40, customers=40, coupons=40, live_every=1)

# What BigCommerce leaves open about orders and what hangs on them.
OPEN_QUESTIONS = {
    "v2_min_id_inclusive", "v2_max_id_inclusive", "v2_dates_inclusive", "v3_dates_inclusive", "encoded_colons",
    "date_filter_ignored", "unknown_v2_parameter", "plain_orders_include_deleted", "is_deleted_filter",
    "archiving_bumps_date_modified", "count_excludes_incomplete", "new_shipment_bumps_date_modified",
    "shipment_edit_bumps_date_modified", "message_bumps_date_modified", "transaction_bumps_date_modified",
    "refund_bumps_date_modified", "line_removal_bumps_date_modified", "items_shipped_reported", "message_filters_mean",
    "transactions_paging", "no_transactions", "transactions_of_archived_orders", "refunds_meta", "empty_v2_page",
    "limit_ignored_v2", "limit_over_max", "v3_date_format",
}  # fmt: skip


def concerns_orders(variant: str) -> bool:
    likeliest, other = API_VARIANTS["likeliest"], API_VARIANTS[variant]
    changed = {f.name for f in fields(other) if getattr(other, f.name) != getattr(likeliest, f.name)}
    return not changed or bool(changed & OPEN_QUESTIONS)


ASKED = [name for name in API_VARIANTS if concerns_orders(name)]
# One and eight workers in turn: both for the variants that differ most.
VARIANTS_AND_WORKERS = sorted({*zip(ASKED, cycle((1, 8))), *product(("likeliest", "everything awkward"), (1, 8))})
QUICK = {
    ("everything awkward", 8),
}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that these stores have several."""
    set_page_size(monkeypatch, PAGE)


def missing(server: Server, result: Sync, until: float) -> dict[str, set[int]]:
    """The records that the sync should have printed but did not."""
    since = min(seconds_of(result.states[name][-1]) for name in STREAMS)
    owed = {name: server.store.must_emit_children(kind, 0, since, until) for name, kind in CHILDREN.items()}
    owed[REFUNDS] = server.store.must_emit("refunds", 0, since, until)
    assert all(owed.values()), "the store has nothing to lose"
    return {name: lost for name in STREAMS if (lost := owed[name] - {record["id"] for record in result.records[name]})}


def outdated(server: Server, first: Sync, second: Sync) -> dict[str, set[int]]:
    """Rows of the store that a destination does not hold which merges two syncs by primary key."""
    store, found = server.store, {}
    orders = set(store.ids("orders")) - store.unreachable("orders")
    for name, kind in CHILDREN.items():
        held = {**first.latest(name), **second.latest(name)}
        changed_unseen = store.touched(f"orders/{kind}")  # the order's date need not show these
        lost = set()
        for id_ in orders:
            modified = store.dates("orders")[id_]
            shown = {row["id"] for row in reachable_rows(server, id_, kind)} - changed_unseen
            current = {
                record["id"] for record in held.values() if record["order_id"] == id_ and seconds_of(record) == modified
            }
            lost |= shown - current
        found[name] = lost
    held_refunds = {**first.latest(REFUNDS), **second.latest(REFUNDS)}
    found[REFUNDS] = set(store.ids("refunds")) - set(held_refunds)
    return {name: lost for name, lost in found.items() if lost}


def reachable_rows(server: Server, order_id: int, kind: str) -> list[dict[str, Any]]:
    rows = server.store.children(order_id, kind)
    return rows if reachable(server.store.api_variant, kind, server.store.orders.body(order_id)) else []


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(("variant", "workers"), representatives(VARIANTS_AND_WORKERS, QUICK))
def test_a_store_edited_at_every_page_loses_nothing_of_an_order(variant: str, workers: int) -> None:
    """Under each response to what BigCommerce leaves open, with orders edited, archived and deleted in the meantime."""
    with serve(replace(SMALL, api_variant=API_VARIANTS[variant])) as server:
        first = sync(server, STREAMS, num_workers=workers)
        assert not first.failure, first.errors
        assert missing(server, first, until=server.store.clock.time()) == {}
        for name in STREAMS:
            twice = [key for key, times in Counter(first.ids(name)).items() if times > 1]
            assert twice == [], f"{name}: PyAirbyte's DuckDB would make two rows of each"

        server.set_live(0)
        second = sync(server, STREAMS, state=first.state(), num_workers=workers)
        assert not second.failure, second.errors
        assert outdated(server, first, second) == {}


@pytest.mark.exhaustive
def test_the_sandbox_s_rows_arrive_as_they_are() -> None:
    """Every field of every row, and what they are converted to is the same value."""
    with serve(replace(SMALL, live_every=0)) as server:
        result = sync(server, STREAMS)
        rows = {
            (name, row["id"]): row
            for name, kind in CHILDREN.items()
            for order in server.store.ids("orders")
            for row in server.store.children(order, kind)
        }
        rows |= {(REFUNDS, id_): server.store.refund(id_) for id_ in server.store.ids("refunds")}
    records = {(name, record["id"]): record for name in STREAMS for record in result.records[name]}
    assert set(records) == set(rows)
    for key, row in rows.items():
        for field, value in row.items():
            assert value in (None, "") or field in records[key], (key, field)  # nulls are not printed
            if isinstance(value, int | float | bool):
                assert records[key][field] == value, (key, field)
    assert all(type(record["order_id"]) is int for record in records.values())
    assert any(record["order_product_id"] for record in result.records["order_taxes"])  # the details


# Requests.


def counted(server: Server) -> Counter[str]:
    return server.log.by_path()


@pytest.mark.parametrize("stream", representatives(CHILDREN, {"transactions"}))
def test_each_order_costs_one_request(stream: str) -> None:
    """And the list of orders what it always costs; only shipments know who has none."""
    with serve(Options(orders=600, products=20, customers=20, oddities=False)) as server:
        shipped = sum(server.store.record("orders", id_)["items_shipped"] > 0 for id_ in server.store.ids("orders"))
        sync(server, [stream])
        requested = counted(server)
    assert 0 < shipped < 600
    # Pages of 10, 20, 25, ... rows may be full ones of a store that ignores the size requested: one more look.
    looks = requested.pop(ENDPOINTS[stream])
    expected = shipped if stream == "order_shipments" else 600
    assert expected <= looks <= expected + (600 // 50 if stream == "order_taxes" else 0)
    # The clock, the number of orders, three pages, and the archived ones, of which "none" is requested twice.
    assert requested == {"v2/time": 1, "v2/orders/count": 1, "v2/orders": 5}


@pytest.mark.exhaustive
@pytest.mark.parametrize("stream", representatives(CHILDREN, {"transactions"}))
def test_a_later_sync_asks_for_changed_orders_only(stream: str) -> None:
    """Hourly syncs cost what changed in the hour; all entries of an order come again with it."""
    with serve(Options(orders=400, products=20, customers=20)) as server:
        first = sync(server, [stream])
        server.store.clock.advance(3600)
        with_rows = sorted({record["order_id"] for record in first.records[stream]})[::7]
        server.store.bulk_edit("orders", with_rows)
        server.log.clear()
        second = sync(server, [stream], state=first.state())
        requested = {entry.path.split("/")[2] for entry in server.requests if entry.path.count("/") > 2}
    assert requested == {str(id_) for id_ in with_rows}
    of_those = {key for key in first.ids(stream) if first.latest(stream)[key]["order_id"] in with_rows}
    assert set(second.ids(stream)) == of_those


def test_shipments_are_requested_for_all_orders_if_these_do_not_count_them() -> None:
    """`items_shipped` is 0 in all of them: nothing may be concluded from that."""
    with serve(
        Options(orders=200, products=20, customers=20, api_variant=API_VARIANTS["items_shipped stays 0"])
    ) as server:
        result = sync(server, ["order_shipments"])
        assert {r["id"] for r in result.records["order_shipments"]} == server.store.must_emit_children(
            "shipments", 0, 0
        )
        assert len({entry.path for entry in server.requests if entry.path.endswith("/shipments")}) == 200


def test_refunds_cost_their_pages_and_one() -> None:
    """They are read from the last page to the first, so that none slides out of sight."""
    with serve(Options(orders=9000, products=20, customers=20, oddities=False)) as server:
        result = sync(server, [REFUNDS])
        refunds, requested = server.store.ids("refunds"), counted(server)
        server.store.clock.advance(3600)
        made = server.store.add_child(server.store.ids("orders")[0], "refunds")
        server.log.clear()
        second = sync(server, [REFUNDS], state=result.state())
        later = counted(server)
    assert len(refunds) > 500
    assert sorted(result.ids(REFUNDS)) == refunds
    assert requested == {"v2/time": 1, "v3/orders/payment_actions/refunds": -(-len(refunds) // 250) + 1}
    assert second.ids(REFUNDS) == [made]
    assert later == {"v2/time": 1, "v3/orders/payment_actions/refunds": 1}


def test_refunds_before_the_start_date_stay_out() -> None:
    """As with orders."""
    with serve(Options(orders=500, products=20, customers=20)) as server:
        result = sync(server, [REFUNDS], start_date="2025-06-01")
        wanted = {id_ for id_, made in server.store.dates("refunds").items() if made >= 1748736000}
        assert 0 < len(wanted) < len(server.store.ids("refunds"))
    assert set(result.ids(REFUNDS)) == wanted


# What cannot be read.


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the waiting between them."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("stream", "fault"),
    in_turn(CHILDREN, [{"status": 503}, {"status": 403}, {"status": 404}, {"status": 200, "body": "[{"}]),
    ids=str,
)
def test_entries_that_cannot_be_read_fail_their_stream_alone(stream: str, fault: dict[str, Any]) -> None:
    """One order out of three hundred: the others' entries are printed, and a state that passes it names it."""
    with serve(Options(orders=300, products=20, customers=20)) as server:
        bad = server.store.ids("orders")[140]
        server.store.edit("orders", bad, items_shipped=1)
        server.fail(ENDPOINTS[stream].replace("*", str(bad)), times=1000, **fault)
        result = sync(server, [stream, "coupons"])
    assert result.statuses[stream][-1] == "INCOMPLETE"
    assert result.errors[stream].endswith(".")
    assert all(state["unread_parents"] == [bad] for state in result.states[stream])
    assert bool(result.states[stream]) == (fault["status"] != 403)
    assert result.statuses["coupons"][-1] == "COMPLETE"


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("stream", representatives(CHILDREN, {"transactions"}))
def test_a_passing_fault_costs_a_request_and_no_row(stream: str) -> None:
    """Transactions return 503 while the payment service is unavailable."""
    with serve(Options(orders=150, products=20, customers=20)) as server:
        server.fail(ENDPOINTS[stream], nth=30, times=3, status=503)
        result = sync(server, [stream])
        expected = server.store.must_emit_children(CHILDREN[stream], 0, 0)
        statuses = Counter(entry.status for entry in server.requests)
    assert not result.failure
    assert {record["id"] for record in result.records[stream]} == expected
    assert statuses[503] == 3


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of about a hundred orders."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 47)
    set_page_size(monkeypatch, PAGE, pages_per_slice=1)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("no_pauses", "small_slices")
@pytest.mark.parametrize(("stream", "workers"), representatives(product(CHILDREN, (8, 1)), {("order_shipments", 1)}))
def test_no_state_passes_an_order_whose_entries_failed_unless_it_names_it(stream: str, workers: int) -> None:
    """A sync that goes on from the last state reads what this one could not, and all that is newer."""
    with serve(Options(orders=600, products=20, customers=20)) as server:
        dates = server.store.dates("orders")
        bad = sorted(dates, key=lambda id_: dates[id_])[400]
        server.store.edit("orders", bad, at=dates[bad], items_shipped=1)
        began = server.store.clock.time()
        fault = server.fail(ENDPOINTS[stream].replace("*", str(bad)), times=1000, status=503)
        first = sync(server, [stream], num_workers=workers)
        assert fault.seen
        assert first.statuses[stream][-1] == "INCOMPLETE"
        assert first.states[stream], "the slices before it are complete"
        assert all(seconds_of(one) <= dates[bad] or one["unread_parents"] == [bad] for one in first.states[stream])
        server.clear_faults()
        second = sync(server, [stream], state=first.state(), num_workers=workers)
        expected = server.store.must_emit_children(CHILDREN[stream], 0, began)
    assert not second.failure
    assert {record["id"] for record in [*first.records[stream], *second.records[stream]]} == expected


@pytest.mark.parametrize("stream", representatives(CHILDREN, {"transactions"}))
def test_an_order_that_is_deleted_before_its_turn_is_left_out(
    stream: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With a line of log, and without failing the others."""
    with serve(Options(orders=120, products=20, customers=20)) as server:
        doomed = server.store.ids("orders")[60]
        server.store.edit("orders", doomed, items_shipped=1)

        def late(self: PerParentStream, entries: Sequence[Record]) -> Iterable[Record]:
            if doomed in {entry["id"] for entry in entries}:
                server.store.delete("orders", doomed)
            return extract_records(self, entries)

        extract_records = PerParentStream.extract_records
        monkeypatch.setattr(PerParentStream, "extract_records", late)
        with caplog.at_level(INFO):
            result = sync(server, [stream])
        expected = server.store.must_emit_children(CHILDREN[stream], 0, 0)
    assert not result.failure
    assert {record["id"] for record in result.records[stream]} == expected
    assert f"Order {doomed} was deleted while '{stream}' was read." in [r.getMessage() for r in caplog.records]


def test_archived_orders_without_transactions_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    """The documents do not say whether they keep them; a store without a response says 404."""
    with serve(
        Options(orders=200, products=20, customers=20, api_variant=API_VARIANTS["archived orders have no transactions"])
    ) as server:
        archived = server.store.ids("orders")[100]
        server.store.archive_order(archived)
        with caplog.at_level(INFO):
            result = sync(server, ["transactions"])
    assert not result.failure
    assert archived not in {record["order_id"] for record in result.records["transactions"]}
    (line,) = [
        line
        for line in caplog.messages
        if line.startswith("The store returns no further details of archived orders, such")
    ]
    assert "for 'transactions' (404)" in line


@pytest.mark.parametrize(
    ("variant", "is_whole"),
    [("likeliest", False), ("transactions have pages", True), ("transactions come whole", True)],
)
def test_more_transactions_than_a_page_arrive_or_fail_the_stream(variant: str, is_whole: bool) -> None:
    """The first page is reported to come again and again: an order that is cut short must not look complete."""
    with serve(Options(orders=60, products=20, customers=20, api_variant=API_VARIANTS[variant])) as server:
        order = server.store.ids("orders")[5]
        for _ in range(260 - len(server.store.children(order, "transactions"))):
            server.store.add_child(order, "transactions")
        result = sync(server, ["transactions"])
    if is_whole:
        assert sum(record["order_id"] == order for record in result.records["transactions"]) == 260
    else:
        assert f"returns 250 of its 260 transactions of order {order}" in result.errors["transactions"]
        assert all(state["unread_parents"] == [order] for state in result.states["transactions"])


# Scopes.


@pytest.mark.exhaustive
def test_a_token_without_the_scope_of_transactions_is_good_for_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    """Connections that were set up with four scopes go on working; a warning names the fifth."""
    options = Options(orders=60, products=20, customers=20)
    with serve(replace(options, scopes=options.scopes - {"store_v2_transactions_read_only"})) as server:
        status = SourceBigcommerce().check(getLogger("airbyte"), config_for(server))
        result = sync(server, STREAMS)
    assert status.status is Status.SUCCEEDED
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "'transactions'" in warning
    assert "lacks the OAuth scope Order Transactions (read-only)" in warning
    assert set(result.errors) == {"transactions"}
    assert not result.states["transactions"]
    assert {result.statuses[name][-1] for name in STREAMS if name != "transactions"} == {"COMPLETE"}


def test_either_scope_is_enough_for_refunds() -> None:
    """As documented; the other streams report the lack."""
    options = Options(orders=60, products=20, customers=20)
    with serve(replace(options, scopes=options.scopes - {"store_v2_orders_read_only"})) as server:
        result = sync(server, STREAMS)
        assert set(result.ids(REFUNDS)) == set(server.store.ids("refunds"))
    assert set(result.errors) == set(CHILDREN)
    assert all("lacks the OAuth scope Orders (read-only)" in error for error in result.errors.values())

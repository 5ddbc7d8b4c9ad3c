"""Promise P3: what cannot be read fails its stream, and what was not read is not claimed."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.harness import DATED, KINDS, STREAMS, CommandLine, config_for, sync
from sandbox import API_VARIANTS, Options, serve
from tools.streams import streams
from unit_tests.representatives import representatives

SIZE = {"orders": 900, "products": 900, "customers": 900, "coupons": 900}
LISTS = {"orders": "v2/orders", "customers": "v3/customers", "products": "v3/catalog/products", "coupons": "v2/coupons"}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the waiting between them."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.parametrize("kind", representatives(KINDS, {"customers"}))
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "kind": "html"},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "empty"},
        {"status": 200, "body": "null"},
        {"status": 200, "body": "<html>"},
    ],
    ids=str,
)
def test_a_passing_fault_in_the_middle_of_a_list_loses_nothing(kind: str, fault: dict[str, Any]) -> None:
    """The page is requested again."""
    with serve(Options(**SIZE)) as server:
        server.fail(LISTS[kind], nth=3, times=2, **fault)
        result = sync(server, [kind])
        assert set(result.ids(kind)) == set(server.store.ids(kind))
    assert result.statuses[kind][-1] == "COMPLETE"


@pytest.mark.parametrize("kind", representatives(KINDS, {"customers"}))
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 400},
        {"status": 403},
        {"status": 404},
        {"status": 422},
        {"kind": "truncate"},
        {"status": 200, "body": "{}"},
        {"status": 200, "body": "null"},
    ],
    ids=str,
)
def test_a_lasting_fault_in_the_middle_of_a_list_fails_the_stream(kind: str, fault: dict[str, Any]) -> None:
    """INCOMPLETE, a sentence, and no state that would pass the loss; the other streams finish."""
    other = "coupons" if kind != "coupons" else "customers"
    with serve(Options(**SIZE)) as server:
        server.fail(LISTS[kind], nth=3, times=100, **fault)
        result = sync(server, [kind, other])
    assert result.statuses[kind][-1] == "INCOMPLETE"
    assert not result.states[kind]
    assert result.errors[kind].endswith(".")
    assert result.statuses[other][-1] == "COMPLETE"


def test_an_empty_page_in_the_middle_of_products_fails_the_stream() -> None:
    """The response itself says that records are left."""
    body = '{"data": [], "meta": {"pagination": {"total": 400, "per_page": 250}}}'
    with serve(Options(**SIZE)) as server:
        server.fail("v3/catalog/products", nth=3, times=100, status=200, body=body)
        result = sync(server, ["products"])
    assert result.statuses["products"][-1] == "INCOMPLETE"
    assert not result.states["products"]


def test_children_that_cannot_be_found_fail_the_stream_while_their_parent_lives() -> None:
    """Only the children of an order that was deleted in the meantime may be missing."""
    with serve(Options(orders=300, api_variant=API_VARIANTS["some orders lack their lines"])) as server:
        server.fail("v2/orders/*/products", times=1000, status=404)
        result = sync(server, ["orders"])
    assert result.statuses["orders"][-1] == "INCOMPLETE"
    assert not result.states["orders"]


def test_a_refusal_in_the_middle_of_the_archived_orders_fails_the_stream() -> None:
    """At their first page it means that the store does not know the filter; later it means that some are missing."""
    with serve(Options(orders=900, api_variant=API_VARIANTS["archived orders need the filter"])) as server:
        for id_ in server.store.ids("orders")[50:750]:
            server.store.archive_order(id_)
        server.fail("v2/orders?*is_deleted=true*min_id=*", times=100, status=422)
        result = sync(server, ["orders"])
        refused = [request for request in server.requests if request.status == 422]
    assert refused
    assert result.statuses["orders"][-1] == "INCOMPLETE"
    assert not result.states["orders"]


@pytest.mark.parametrize("nth", representatives([1, 2, 3], {2}))
def test_a_passing_refusal_of_the_archived_orders_loses_none(nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One refusal is not believed, and none is once archived orders came."""
    monkeypatch.setattr("source_bigcommerce.lists.sampling.SAMPLE_SIZE", 5)
    with serve(Options(orders=1500, api_variant=API_VARIANTS["archived orders need the filter"])) as server:
        for id_ in server.store.ids("orders")[::50]:
            server.store.archive_order(id_)
        server.fail("v2/orders?*is_deleted=true*", nth=nth, times=1, status=422)
        first = sync(server, ["orders"])
        second = sync(server, ["orders"], state=first.state())
    assert len({*first.ids("orders"), *second.ids("orders")}) == 1500


@pytest.mark.parametrize("kind", representatives(DATED, {"orders"}))
def test_a_store_that_does_not_help_with_slicing_is_read_in_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deep page numbers are expensive for the store: where it fails at them, slices are larger, and that is all."""
    monkeypatch.setattr("source_bigcommerce.lists.sampling.SAMPLE_SIZE", 20)
    with serve(Options(**SIZE)) as server:
        server.fail(f"{LISTS[kind]}?*limit=20&page=*", times=1000, status=500)
        server.fail("v2/orders/count", times=1000, status=404)
        result = sync(server, [kind])
        assert set(result.ids(kind)) == set(server.store.ids(kind))
    assert not result.failure


@pytest.mark.exhaustive
def test_a_start_date_in_the_future_fails_every_stream() -> None:
    """One request for the store's time, and one message for all of them."""
    with serve(Options(orders=50, products=50, customers=50)) as server:
        result = sync(server, start_date="2999-01-01")
        assert len(server.requests) == 1
    assert set(result.errors) == set(STREAMS)
    assert all("is in the future" in message for message in result.errors.values())
    assert not any(result.records.values())


def test_a_token_with_white_space_around_it_is_masked_in_debug_logs(tmp_path: Any) -> None:
    """It is sent without the white space, so it must be masked without it, too."""
    token = "s3cr3t-t0ken-of-the-store"
    with serve(Options(orders=10, products=10, customers=10, token=token)) as server:
        cli = CommandLine(tmp_path)
        config = config_for(server, access_token=f" {token} \n")
        code, output = cli.run("check", "--debug", "--config", cli.write("config.json", config))
    assert code == 0
    assert "SUCCEEDED" in output
    assert token not in output


def test_streams_are_what_they_declare() -> None:
    """A guard for this module: its table of lists is that of the streams."""
    assert {name: LISTS[name] for name in KINDS} == {s.name: s.listing.endpoint for s in streams() if s.name in KINDS}

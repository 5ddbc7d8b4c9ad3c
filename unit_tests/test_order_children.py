"""Streams with requests per order: the requested orders, and the responses that count as empty."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.streams.order_children import (
    OrderCoupons,
    OrderMessages,
    OrderShipments,
    OrderTaxes,
    Transactions,
)
from source_bigcommerce.streams.stream import PerParentStream
from unit_tests.support import STORE_URL, make_stream, query, urls, v3

STREAMS = [Transactions, OrderTaxes, OrderShipments, OrderCoupons, OrderMessages]
MODIFIED = "Wed, 15 May 2024 10:00:00 +0000"
each_stream = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)


def order(id_: int, **fields: Any) -> dict[str, Any]:
    """An order as the list shows it."""
    return {"id": id_, "date_modified": MODIFIED, "is_deleted": False, "items_shipped": 1, **fields}


def orders(api: Any, *rows: dict[str, Any]) -> None:
    """The store has these orders; they can be requested one by one, too."""
    api.get(f"{STORE_URL}v2/orders", json=list(rows))
    for row in rows:
        api.get(f"{STORE_URL}v2/orders/{row['id']}", json=row)


def children(api: Any, stream: type[PerParentStream], order_id: int, *rows: dict[str, Any], **response: Any) -> None:
    """The response of the store for one order."""
    body = v3(list(rows)) if stream is Transactions else list(rows)
    api.get(f"{STORE_URL}{stream.children.format(id=order_id)}", **(response or {"json": body}))


def read(stream: Any) -> list[dict[str, Any]]:
    """All records of a first sync."""
    slices = stream.stream_slices(sync_mode=SyncMode.incremental)
    return [record for piece in slices for record in stream.read_records(SyncMode.incremental, stream_slice=piece)]


@each_stream
def test_each_entry_names_its_order_and_the_order_s_date(api: Any, stream: type[PerParentStream]) -> None:
    """Taxes of automatic tax do not name it themselves, and transactions name it as text."""
    orders(api, order(7), order(8))
    children(api, stream, 7, {"id": 1}, {"id": 2, "order_id": "7"})
    children(api, stream, 8, {"id": 1})
    found = [(r["order_id"], r["id"], r["order_date_modified"]) for r in read(make_stream(stream))]
    assert found == [(7, 1, "2024-05-15T10:00:00Z"), (7, 2, "2024-05-15T10:00:00Z"), (8, 1, "2024-05-15T10:00:00Z")]


@each_stream
@pytest.mark.parametrize("nothing", [{"status_code": 204}, {"json": []}], ids=str)
def test_an_order_that_has_none_gives_no_record(
    api: Any, stream: type[PerParentStream], nothing: dict[str, Any]
) -> None:
    """Both responses are known."""
    orders(api, order(7))
    if stream is Transactions and "json" in nothing:
        nothing = {"json": {"data": [], "meta": {}}}
    children(api, stream, 7, **nothing)
    assert read(make_stream(stream)) == []


@each_stream
def test_every_page_of_an_order_is_read(api: Any, stream: type[PerParentStream]) -> None:
    """Shipments of a large order, or a long talk: more than a page holds."""

    def reply(request: Any, context: Any) -> Any:
        requested = query(request.url)
        assert requested["limit"] == "250"
        rows = [{"id": i} for i in range(1, 261)][(int(requested["page"]) - 1) * 250 : int(requested["page"]) * 250]
        return v3(rows, total=260) if stream is Transactions else rows

    orders(api, order(7))
    children(api, stream, 7, json=reply)
    assert [record["id"] for record in read(make_stream(stream))] == list(range(1, 261))


def test_taxes_are_requested_with_their_details(api: Any) -> None:
    """Without them the line item of a tax is unknown."""
    orders(api, order(7))
    children(api, OrderTaxes, 7, {"id": 1})
    read(make_stream(OrderTaxes))
    assert "v2/orders/7/taxes?details=true&limit=250&page=1" in urls(api)


def requested_shipments(api: Any) -> list[str]:
    return [url.split("/")[2] for url in urls(api) if "/shipments" in url]


def test_no_shipments_are_requested_for_orders_that_shipped_nothing(api: Any) -> None:
    """If the store reports the number of shipped items, orders with none are known."""
    orders(api, order(6, items_shipped=0), order(7, items_shipped=2), order(8, items_shipped=None), order(9))
    for id_ in (7, 8, 9):
        children(api, OrderShipments, id_, {"id": id_})
    assert [record["id"] for record in read(make_stream(OrderShipments))] == [7, 8, 9]
    assert sorted(requested_shipments(api)) == ["7", "8", "9"]


def test_a_number_that_no_order_reports_proves_nothing(api: Any) -> None:
    """No document says that `items_shipped` is filled: where it is 0 everywhere, every order is requested."""
    orders(api, order(6, items_shipped=0), order(7, items_shipped=0))
    children(api, OrderShipments, 6)
    children(api, OrderShipments, 7, {"id": 1})
    assert [record["order_id"] for record in read(make_stream(OrderShipments))] == [7]
    assert sorted(requested_shipments(api)) == ["6", "7"]


@pytest.mark.parametrize("stream", [s for s in STREAMS if s is not OrderShipments], ids=lambda s: s.__name__)
def test_no_number_of_an_order_keeps_others_from_being_requested(api: Any, stream: type[PerParentStream]) -> None:
    """A coupon for free shipping discounts nothing, and an order without tax may list taxes of 0."""
    nothing = {"coupon_discount": "0.0000", "total_tax": "0.0000", "items_shipped": 0, "items_total": 0}
    orders(api, order(6, **nothing), order(7))
    children(api, stream, 6, {"id": 1})
    children(api, stream, 7)
    assert [record["order_id"] for record in read(make_stream(stream))] == [6]


# What is not there.

GONE: dict[str, Any] = {"status_code": 404, "json": {"title": "not found"}}


@each_stream
def test_a_list_that_is_not_there_fails_while_its_order_lives(api: Any, stream: type[PerParentStream]) -> None:
    """Taken for none, it would be lost for good: the order may never change again."""
    orders(api, order(7))
    children(api, stream, 7, **GONE)
    subject = make_stream(stream)
    with pytest.raises(BigCommerceError, match=rf"'{subject.name}' is incomplete.*\(order_id 7\).*cannot be read"):
        read(subject)


@each_stream
def test_an_order_that_was_deleted_during_the_sync_has_none(
    api: Any, stream: type[PerParentStream], caplog: pytest.LogCaptureFixture
) -> None:
    """The one thing that may be skipped, and the log says so."""
    orders(api, order(6), order(7))
    children(api, stream, 6, **GONE)
    children(api, stream, 7, {"id": 1})
    api.get(f"{STORE_URL}v2/orders/6", **GONE)
    api.get(f"{STORE_URL}v2/orders?min_id=6&max_id=6", status_code=204)
    subject = make_stream(stream)
    with caplog.at_level(logging.INFO):
        assert [record["order_id"] for record in read(subject)] == [7]
    assert f"Order 6 was deleted while '{subject.name}' was read." in [r.getMessage() for r in caplog.records]


@each_stream
def test_an_order_that_is_still_listed_was_not_deleted(api: Any, stream: type[PerParentStream]) -> None:
    """A store that has trouble may say 404 at every address of the order."""
    orders(api, order(6), order(7))
    children(api, stream, 6, **GONE)
    children(api, stream, 7, {"id": 1})
    api.get(f"{STORE_URL}v2/orders/6", **GONE)
    api.get(f"{STORE_URL}v2/orders?min_id=6&max_id=6", json=[order(6)])
    subject = make_stream(stream)
    with pytest.raises(BigCommerceError, match=r"\(order_id 6\)"):
        read(subject)


@each_stream
def test_an_archived_order_without_a_list_has_none(
    api: Any, stream: type[PerParentStream], caplog: pytest.LogCaptureFixture
) -> None:
    """It is not documented whether an archived order keeps its transactions. One line of log for all such orders."""
    orders(api, order(5, is_deleted=True), order(6, is_deleted=True), order(7))
    children(api, stream, 5, **GONE)
    children(api, stream, 6, **GONE)
    children(api, stream, 7, {"id": 1})
    subject = make_stream(stream)
    with caplog.at_level(logging.INFO):
        assert [record["order_id"] for record in read(subject)] == [7]
    assert not [url for url in urls(api) if url in ("v2/orders/5", "v2/orders/6")]
    assert len([r for r in caplog.records if "no further details of archived orders, such as" in r.getMessage()]) == 1


@each_stream
def test_an_order_that_was_archived_during_the_sync_is_one_that_is_archived(
    api: Any, stream: type[PerParentStream]
) -> None:
    """The page of orders is a moment older than the response."""
    orders(api, order(7))
    api.get(f"{STORE_URL}v2/orders/7", json=order(7, is_deleted=True))
    children(api, stream, 7, **GONE)
    assert read(make_stream(stream)) == []


@each_stream
def test_a_fault_that_stays_is_never_taken_for_none(api: Any, stream: type[PerParentStream]) -> None:
    """Transactions return 503 while the payment service is unavailable."""
    orders(api, order(6), order(7))
    children(api, stream, 6, {"id": 1})
    children(api, stream, 7, status_code=503, json={"title": "Service Unavailable"})
    subject = make_stream(stream)
    with pytest.raises(BigCommerceError, match=r"\(order_id 7\).*returned a temporary error"):
        read(subject)


def test_a_payment_service_that_comes_back_is_requested_again(api: Any) -> None:
    """A moment without it costs a request, not a stream."""
    orders(api, order(7))
    url = f"{STORE_URL}v3/orders/7/transactions"
    api.get(url, [{"status_code": 503, "json": {"title": "Service Unavailable"}}, {"json": v3([{"id": 1}])}])
    assert [record["id"] for record in read(make_stream(Transactions))] == [1]


# More transactions than a page.


def transactions(api: Any, count: int, *, total: int | None, pages: str) -> Any:
    """An order with so many transactions, under one of the ways in which pages may be returned."""

    def reply(request: Any, context: Any) -> Any:
        page = int(query(request.url)["page"])
        rows = [{"id": i} for i in range(1, count + 1)]
        shown = {
            "work": rows[(page - 1) * 250 : page * 250],
            "repeat": rows[:250],
            "come whole": rows,
        }[pages]
        return {"data": shown, "meta": {} if total is None else {"pagination": {"total": total, "per_page": 250}}}

    orders(api, order(7))
    children(api, Transactions, 7, json=reply)
    return make_stream(Transactions)


@pytest.mark.parametrize("count", [3, 50, 249, 250, 251, 500, 600])
@pytest.mark.parametrize("pages", ["work", "come whole"])
def test_many_transactions_arrive_where_pages_work_or_do_not_exist(api: Any, count: int, pages: str) -> None:
    """Nothing is documented, so both must do."""
    found = read(transactions(api, count, total=count, pages=pages))
    assert [record["id"] for record in found] == list(range(1, count + 1))


@pytest.mark.parametrize("count", [3, 249, 250])
def test_a_page_that_holds_all_is_enough_though_pages_repeat(api: Any, count: int) -> None:
    """The response reports the total."""
    assert len(read(transactions(api, count, total=count, pages="repeat"))) == count


@pytest.mark.parametrize(("count", "total"), [(251, 251), (600, 600), (300, None), (250, None)])
def test_transactions_that_cannot_be_reached_fail_the_stream(api: Any, count: int, total: int | None) -> None:
    """Seen in production: past 250 each page is the first one. A full page may be all of them, but nobody knows."""
    subject = transactions(api, count, total=total, pages="repeat")
    with pytest.raises(BigCommerceError, match="transactions of order 7") as failure:
        read(subject)
    assert "deselect the stream" in str(failure.value.message)
    assert subject.state["unread_parents"] == [7]


def test_transactions_that_end_before_their_total_fail_the_stream(api: Any) -> None:
    """The response itself says that some are missing."""
    subject = transactions(api, 260, total=300, pages="work")
    with pytest.raises(BigCommerceError, match="260 of its 300 transactions"):
        read(subject)


EMPTY = [
    {"status_code": 204},
    {"json": {"data": [], "meta": {}}},
    {"json": v3([], total=0)},
]


@pytest.mark.parametrize("nothing", EMPTY, ids=["204", "no total", "a total of 0"])
def test_a_later_page_without_transactions_is_requested_again(api: Any, nothing: dict[str, Any]) -> None:
    """The first page reported the total, which a later response without one does not replace."""
    orders(api, order(7))
    url = f"{STORE_URL}v3/orders/7/transactions?limit=250&page="
    api.get(f"{url}1", json=v3([{"id": i} for i in range(250)], total=251))
    api.get(f"{url}2", [nothing, {"json": v3([{"id": 250}], total=251)}])
    assert [record["id"] for record in read(make_stream(Transactions))] == list(range(251))


@pytest.mark.parametrize("nothing", EMPTY, ids=["204", "no total", "a total of 0"])
def test_later_pages_that_stay_without_transactions_fail_the_stream(api: Any, nothing: dict[str, Any]) -> None:
    """Else ten of the order's transactions would be missing from a stream that says COMPLETE."""
    orders(api, order(7))
    url = f"{STORE_URL}v3/orders/7/transactions?limit=250&page="
    api.get(f"{url}1", json=v3([{"id": i} for i in range(250)], total=260))
    api.get(f"{url}2", **nothing)
    subject = make_stream(Transactions)
    with pytest.raises(BigCommerceError, match="250 of its 260 transactions"):
        read(subject)
    assert subject.state["unread_parents"] == [7]


# Scopes.


def test_a_refusal_names_the_scope_that_is_missing(api: Any) -> None:
    """The list of orders needs one, the transactions of an order another: the user must tick the right box."""
    api.get(f"{STORE_URL}v2/orders", status_code=403, json={})
    with pytest.raises(BigCommerceError, match=r"the OAuth scope Orders \(read-only\)"):
        read(make_stream(Transactions))
    orders(api, order(7))
    children(api, Transactions, 7, status_code=403, json={})
    with pytest.raises(BigCommerceError, match=r"the OAuth scope Order Transactions \(read-only\)"):
        read(make_stream(Transactions))


@pytest.mark.parametrize("response", [{"json": v3([])}, {"status_code": 204}, GONE], ids=["200", "204", "404"])
def test_access_to_transactions_is_proved_by_an_order_that_exists(api: Any, response: dict[str, Any]) -> None:
    """For one that does not, a store may return 404 before it looks at scopes. An archived one may be 404, too."""
    orders(api, order(712))
    children(api, Transactions, 712, **response)
    make_stream(Transactions).check_access()
    assert urls(api)[-1].startswith("v3/orders/712/transactions")


@pytest.mark.parametrize("response", [{"status_code": 204}, {"status_code": 403, "json": {}}], ids=["none", "refused"])
def test_access_to_transactions_is_checked_without_orders_too(api: Any, response: dict[str, Any]) -> None:
    """A new store has none, and an API account may lack both scopes: each is worth a line."""
    api.get(f"{STORE_URL}v2/orders", **response)
    children(api, Transactions, 1, status_code=403, json={})
    with pytest.raises(BigCommerceError, match="scope Order Transactions"):
        make_stream(Transactions).check_access()

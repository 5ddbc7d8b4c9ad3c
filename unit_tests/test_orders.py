"""Orders: their one shape, what is read again where it may be cut short, and those that are archived."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from jsonschema import Draft7Validator

from source_bigcommerce.api.errors import BadRequest, BigCommerceError, NotFound
from source_bigcommerce.streams.orders import Orders
from unit_tests.support import MODIFIED, STORE_URL, listing, make_stream, query, read, row, sync, urls


def order(api: Any, *, is_gone_then: bool = False, **fields: Any) -> dict[str, Any]:
    """The one order of a store, as the stream emits it; perhaps deleted as soon as it was listed."""
    api.get(f"{STORE_URL}v2/orders", json=[{"id": 7, "items_total": 0, "consignments": {}, "fees": [], **fields}])
    if is_gone_then:
        api.get(f"{STORE_URL}v2/orders?min_id=7&max_id=7", status_code=204)
    (record,) = read(make_stream(Orders))
    return record


def line(line_id: int, **fields: Any) -> dict[str, Any]:
    return {"id": line_id, "quantity": 1, **fields}


LINK = {"url": f"{STORE_URL}v2/orders/7/consignments", "resource": "/orders/7/consignments"}
EMPTY = {"pickups": [], "shipping": [], "downloads": [], "email": {"gift_certificates": []}}
WHOLE = {
    "pickups": [{"id": 1, "line_items": [line(11)]}],
    "shipping": [{"id": 2, "city": "Austin", "line_items": [line(12), line(13)]}, {"id": 3, "line_items": []}],
    "downloads": [{"id": 4, "line_items": [line(14)]}],
    "email": {"gift_certificates": [{"id": 5, "line_items": [line(15)]}]},
}
UNFOLDED = {
    "pickups": [{"id": 1, "line_item_ids": [11]}],
    "shipping": [{"id": 2, "city": "Austin", "line_item_ids": [12, 13]}, {"id": 3, "line_item_ids": []}],
    "downloads": [{"id": 4, "line_item_ids": [14]}],
    "email": {"gift_certificates": [{"id": 5, "line_item_ids": [15]}]},
}


def test_line_items_become_one_list_that_consignments_refer_to(api: Any) -> None:
    """They lie in four kinds of consignments, and are wanted in one table."""
    record = order(api, consignments=WHOLE, items_total=5)
    assert record["consignments"] == UNFOLDED
    assert [item["id"] for item in record["line_items"]] == [11, 12, 13, 14, 15]
    assert len(urls(api)) == 1


@pytest.mark.parametrize("missing", [None, "", {}, LINK, [], [WHOLE], 0])
def test_consignments_that_do_not_come_along_are_read_from_their_own_address(api: Any, missing: Any) -> None:
    """A link, a legacy array or nothing at all: in the end it is the one documented shape."""
    api.get(f"{STORE_URL}v2/orders/7/consignments", json=WHOLE)
    products = [line(i, order_address_id=2) for i in (11, 12, 13, 14, 15)]
    api.get(f"{STORE_URL}v2/orders/7/products", json=products)
    record = order(api, consignments=missing, items_total=5)
    assert sorted(item["id"] for item in record["line_items"]) == [11, 12, 13, 14, 15]
    assert set(record["consignments"]) == set(EMPTY)
    if missing != {}:
        assert record["consignments"] == UNFOLDED
        assert urls(api)[1:] == ["v2/orders/7/consignments?include=consignments.line_items"]


@pytest.mark.parametrize(
    "groups",
    [
        {},
        {"shipping": []},
        {"shipping": None, "pickups": "", "downloads": {}, "email": []},
        {"shipping": [""], "email": {"gift_certificates": ""}},
        {"email": ""},
    ],
)
def test_groups_without_entries_may_come_in_any_shape(api: Any, groups: dict[str, Any]) -> None:
    """An order of nothing is still an order, and no reason for another request."""
    record = order(api, consignments=groups)
    assert (record["consignments"], record["line_items"]) == (EMPTY, [])
    assert len(urls(api)) == 1


def test_a_group_of_one_may_come_without_its_list(api: Any) -> None:
    """PHP unwraps a list of one sometimes."""
    record = order(api, consignments={"shipping": {"id": 2, "line_items": line(12)}}, items_total=1)
    assert record["consignments"]["shipping"] == [{"id": 2, "line_item_ids": [12]}]
    assert [item["id"] for item in record["line_items"]] == [12]


def test_unknown_fields_of_consignments_are_kept(api: Any) -> None:
    """BigCommerce adds fields without notice."""
    consignments = {"drones": [{"id": 1}], "email": {"gift_certificates": [], "sent": True}}
    record = order(api, consignments=consignments)
    assert record["consignments"]["drones"] == [{"id": 1}]
    assert record["consignments"]["email"] == {"gift_certificates": [], "sent": True}


@pytest.mark.parametrize(
    ("fees", "ids"),
    [
        ([], []),
        ([{"id": 1}, {"id": 2}], [1, 2]),
        ({"fees": [{"id": 1}]}, [1]),
        ({"fees": []}, []),
        ({"id": 3}, [3]),
        ([{"id": 1}, "", {}], [1]),
    ],
)
def test_fees_are_a_list_whichever_documented_shape_they_come_in(api: Any, fees: Any, ids: list[int]) -> None:
    """Schema and example contradict each other in the documentation."""
    assert [fee["id"] for fee in order(api, fees=fees)["fees"]] == ids
    assert len(urls(api)) == 1


@pytest.mark.parametrize("missing", [None, "", {}, {"url": "https://x", "resource": "/orders/7/fees"}])
@pytest.mark.parametrize("response", [{"json": {"fees": [{"id": 1}]}}, {"json": [{"id": 1}]}, {"json": {"id": 1}}])
def test_fees_that_do_not_come_along_are_read_from_their_own_address(api: Any, missing: Any, response: Any) -> None:
    """A fee that is missing makes the order's total wrong."""
    api.get(f"{STORE_URL}v2/orders/7/fees", **response)
    assert [fee["id"] for fee in order(api, fees=missing)["fees"]] == [1]
    assert urls(api)[1:] == ["v2/orders/7/fees"]


@pytest.mark.parametrize("response", [{"status_code": 204}, {"json": []}, {"json": {"fees": []}}])
def test_an_order_without_fees_has_an_empty_list_of_them(api: Any, response: dict[str, Any]) -> None:
    """One shape for none, however the store says it."""
    api.get(f"{STORE_URL}v2/orders/7/fees", **response)
    assert order(api, fees="")["fees"] == []


def test_a_link_to_fees_is_followed_even_when_other_orders_bring_theirs(api: Any) -> None:
    """A link says that they were left out, not that there are none."""
    api.get(f"{STORE_URL}v2/orders/8/fees", json=[{"id": 1}])
    common = {"items_total": 0, "consignments": {}}
    link = {"url": f"{STORE_URL}v2/orders/8/fees", "resource": "/orders/8/fees"}
    api.get(f"{STORE_URL}v2/orders", json=[{"id": 7, "fees": [{"id": 2}], **common}, {"id": 8, "fees": link, **common}])
    assert [[fee["id"] for fee in record["fees"]] for record in read(make_stream(Orders))] == [[2], [1]]


def test_a_misspelt_field_of_a_fee_gets_its_right_name(api: Any) -> None:
    """`cost_exc_tax` is what one documented example says."""
    fees = order(api, fees=[{"id": 1, "cost_exc_tax": "1.5000"}, {"id": 2, "cost_exc_tax": "1", "cost_ex_tax": "2"}])
    assert fees["fees"] == [{"id": 1, "cost_ex_tax": 1.5}, {"id": 2, "cost_exc_tax": "1", "cost_ex_tax": 2.0}]


@pytest.mark.parametrize("length", [10, 50, 250])
@pytest.mark.parametrize("items_total", ["as many", "unknown", "a text", "a float"])
def test_a_consignment_as_long_as_a_cap_is_read_again(api: Any, length: int, items_total: str) -> None:
    """Fifty lines may be fifty, or the first fifty of eighty."""
    lines = [line(i, order_address_id=2) for i in range(1, length + 1)]
    more = [*lines, line(length + 1, order_address_id=2)]
    pages = [{"json": more[:250]}, {"json": more[250:]}, {"status_code": 204}]
    api.get(f"{STORE_URL}v2/orders/7/products", pages)
    total: Any = {"as many": length, "unknown": None, "a text": str(length), "a float": float(length)}[items_total]
    record = order(api, consignments={"shipping": [{"id": 2, "line_items": lines}]}, items_total=total)
    assert len(record["line_items"]) == length + 1
    assert record["consignments"]["shipping"][0]["line_item_ids"] == list(range(1, length + 2))
    assert [url.split("?")[0] for url in urls(api)[1:]][:1] == ["v2/orders/7/products"]


@pytest.mark.parametrize(
    ("items_total", "quantities", "possibly_truncated"),
    [(5, [2, 3], False), (2, [2, 3], False), (6, [2, 3], True), (1, [], True), (0, [], False), (None, [], True)],
)
def test_lines_that_hold_fewer_pieces_than_the_order_are_read_again(
    api: Any, items_total: int | None, quantities: list[int], possibly_truncated: bool
) -> None:
    """Equal orders have been seen with and without their lines."""
    lines = [line(i, quantity=quantity) for i, quantity in enumerate(quantities, 1)]
    api.get(f"{STORE_URL}v2/orders/7/products", json=[line(99, quantity=9)])
    record = order(api, consignments={"shipping": [{"id": 2, "line_items": lines}]}, items_total=items_total)
    assert len(urls(api)) == (2 if possibly_truncated else 1)
    assert ([item["id"] for item in record["line_items"]] == [99]) is possibly_truncated


def shipped(order_id: int, quantities: list[int], items_total: int | None) -> dict[str, Any]:
    """An order with one consignment."""
    lines = [line(100 * order_id + i, quantity=quantity, order_address_id=2) for i, quantity in enumerate(quantities)]
    consignments = {"shipping": [{"id": 2, "line_items": lines}]}
    return {"id": order_id, "fees": [], "consignments": consignments, "items_total": items_total}


def test_an_order_with_a_longer_list_shows_that_ten_is_no_truncation(api: Any) -> None:
    """Eleven line items in any order prove that the store embeds more than ten."""
    listing(api, Orders, [shipped(1, [1] * 10, 10), shipped(2, [1] * 11, 11)])
    assert sorted(len(record["line_items"]) for record in read(make_stream(Orders))) == [10, 11]
    assert len(urls(api)) == 1


def test_a_later_page_shows_it_as_well(api: Any) -> None:
    """The order with ten line items waits for the next page."""
    orders = [shipped(i, [1] * 10 if i == 1 else [1], 10 if i == 1 else 1) for i in range(1, 251)]
    api.get(f"{STORE_URL}v2/orders", [{"json": orders}, {"json": [shipped(251, [1] * 11, 11)]}])
    records = read(make_stream(Orders))
    assert sorted(record["id"] for record in records) == list(range(1, 252))
    assert [url for url in urls(api) if "products" in url] == []


@pytest.mark.parametrize(
    ("other", "is_read_again"),
    [
        (([2, 1], 3), False),  # three pieces on two lines
        (([2, 1], 2), True),  # counts lines
        (([1, 1], 2), True),  # shows nothing
        (([2, 1], None), True),
        (([2, 1], 4), True),  # incomplete, or counts something else
        (([2, 1], 2, [2], 2), True),  # an order with more pieces than it counts contradicts the other
    ],
)
def test_an_items_total_of_pieces_proves_that_an_order_is_complete(
    api: Any, other: tuple[Any, ...], is_read_again: bool
) -> None:
    """BigCommerce does not document what `items_total` counts, so another order of the sync must show it."""
    others = [shipped(2 + n // 2, *other[n : n + 2]) for n in range(0, len(other), 2)]
    listing(api, Orders, [shipped(1, [2] * 10, 20), *others])
    for order_id in (1, 2, 3):
        api.get(f"{STORE_URL}v2/orders/{order_id}/products", json=[line(order_id, quantity=9)])
    read(make_stream(Orders))
    assert ("v2/orders/1/products" in {url.split("?")[0] for url in urls(api)}) is is_read_again


def test_line_items_with_one_id_prove_nothing(api: Any) -> None:
    """Ten line items of which two have the same id may stand for eleven."""
    doubled = shipped(1, [2] * 10, 20)
    lines = doubled["consignments"]["shipping"][0]["line_items"]
    lines[1]["id"] = lines[0]["id"]
    lines[1]["name"] = "another"
    listing(api, Orders, [doubled, shipped(2, [2, 1], 3)])
    api.get(f"{STORE_URL}v2/orders/1/products", json=[line(1, quantity=20)])
    read(make_stream(Orders))
    assert "v2/orders/1/products" in {url.split("?")[0] for url in urls(api)}


def test_a_longer_group_and_longer_fees_rule_out_ten_as_well(api: Any) -> None:
    """Consignments of one kind, and fees, each by lists of their own kind."""

    def one(order_id: int, number: int) -> dict[str, Any]:
        entries = [{"id": 100 * order_id + n} for n in range(number)]
        return {"id": order_id, "items_total": 0, "consignments": {"shipping": entries}, "fees": entries}

    listing(api, Orders, [one(1, 10), one(2, 11)])
    assert sorted(len(record["fees"]) for record in read(make_stream(Orders))) == [10, 11]
    assert len(urls(api)) == 1


def test_consignments_that_were_read_again_are_judged_by_their_own_length(api: Any) -> None:
    """Eleven embedded line items say nothing of the endpoint of consignments, which may cut at ten."""
    whole = shipped(1, [1] * 11, 11)
    lines = [line(i, order_address_id=2) for i in range(1, 13)]
    api.get(f"{STORE_URL}v2/orders/2/consignments", json={"shipping": [{"id": 2, "line_items": lines[:10]}]})
    api.get(f"{STORE_URL}v2/orders/2/products", json=lines)
    listing(api, Orders, [whole, {"id": 2, "fees": [], "consignments": LINK, "items_total": None}])
    found = sorted(len(record["line_items"]) for record in read(make_stream(Orders)))
    assert found == [11, 12]


def test_possibly_truncated_orders_are_read_again_once_each_and_the_others_not_at_all(api: Any) -> None:
    """The request is spent where there is doubt, and only there."""
    whole = {"consignments": {"shipping": [{"id": 2}]}, "fees": [], "items_total": 0}
    orders = [{"id": i, **whole} for i in range(1, 20)]
    orders[4]["items_total"] = orders[9]["items_total"] = 3
    orders[14]["consignments"] = LINK
    listing(api, Orders, orders)
    for order_id in (5, 10):
        api.get(f"{STORE_URL}v2/orders/{order_id}/products", json=[line(order_id, quantity=3)])
    api.get(f"{STORE_URL}v2/orders/15/consignments", json={})
    assert len(read(make_stream(Orders))) == 19
    assert sorted(url.split("?")[0] for url in urls(api)[1:]) == [
        "v2/orders/10/products",
        "v2/orders/15/consignments",  # which reports none, and is requested once more
        "v2/orders/15/consignments",
        "v2/orders/5/products",
    ]


def test_an_order_deleted_while_it_is_read_comes_as_it_is_with_a_log_line(
    api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The next sync reports the rest; this one must say that it skipped something."""
    for path in ("", "/consignments", "/fees", "/products"):
        api.get(f"{STORE_URL}v2/orders/7{path}", status_code=404, json=[{"status": 404, "message": "no"}])
    with caplog.at_level(logging.INFO):
        record = order(api, is_gone_then=True, consignments=LINK, fees=LINK, items_total=3)
    assert (record["consignments"], record["line_items"]) == (EMPTY, [])
    assert (
        len([entry for entry in caplog.records if "7" in entry.getMessage() and "deleted" in entry.getMessage()]) == 3
    )


@pytest.mark.parametrize("children", ["consignments", "fees", "products"])
def test_children_that_are_not_there_fail_the_slice_when_their_order_is(api: Any, children: str) -> None:
    """An address that the store does not know says nothing of a deleted order while the order is there."""
    for path in ("consignments", "fees", "products"):
        api.get(f"{STORE_URL}v2/orders/7/{path}", json=[] if path == "products" else {})
    api.get(f"{STORE_URL}v2/orders/7/{children}", status_code=404)
    api.get(f"{STORE_URL}v2/orders/7", json={"id": 7})
    with pytest.raises(BigCommerceError, match=r"'orders' is incomplete.*\(id 7\).*'orders' cannot be read"):
        order(api, consignments=LINK, fees=LINK, items_total=3)
    assert urls(api)[-1] == "v2/orders/7"


@pytest.mark.parametrize("children", ["consignments", "fees", "products"])
def test_children_of_an_order_that_cannot_be_read_fail_the_slice(api: Any, children: str) -> None:
    """An order without its lines is not an order without lines."""
    for path in ("consignments", "fees", "products"):
        api.get(f"{STORE_URL}v2/orders/7/{path}", json=[] if path == "products" else {})
    api.get(f"{STORE_URL}v2/orders/7/{children}", status_code=500)
    with pytest.raises(BigCommerceError, match="temporary error"):
        order(api, consignments=LINK, fees=LINK, items_total=3)


def test_lines_for_an_address_that_did_not_come_bring_it(api: Any) -> None:
    """Read again, the lines prove that a consignment is missing."""
    both = {"shipping": [{"id": 2, "line_items": [line(11)]}, {"id": 3, "line_items": [line(12)]}]}
    api.get(f"{STORE_URL}v2/orders/7/products", json=[line(11, order_address_id=2), line(12, order_address_id=3)])
    api.get(f"{STORE_URL}v2/orders/7/consignments", json=both)
    record = order(api, consignments={"shipping": both["shipping"][:1]}, items_total=2)
    assert [(c["id"], c["line_item_ids"]) for c in record["consignments"]["shipping"]] == [(2, [11]), (3, [12])]


def test_as_many_fees_as_a_known_cap_are_read_again(api: Any) -> None:
    """Ten fees may be the first ten of twelve."""
    fees = [{"id": i} for i in range(1, 13)]
    api.get(f"{STORE_URL}v2/orders/7/fees", json={"fees": fees})
    assert [fee["id"] for fee in order(api, fees=fees[:10])["fees"]] == list(range(1, 13))
    assert [fee["id"] for fee in order(api, fees=fees[:9])["fees"]] == list(range(1, 10))


@pytest.mark.parametrize(
    ("children", "came", "response"),
    [
        ("fees", {"fees": [{"id": i} for i in range(10)]}, {"fees": []}),
        ("fees", {"fees": [{"id": i} for i in range(10)]}, []),
        ("consignments", {"consignments": {"shipping": [{"id": i} for i in range(1, 11)]}}, {"shipping": []}),
        ("consignments", {"consignments": {"shipping": [{"id": 2}]}, "shipping_address_count": 2}, []),
    ],
)
@pytest.mark.parametrize("lasts", [False, True])
def test_embedded_parts_are_not_replaced_by_an_empty_response(
    api: Any, children: str, came: dict[str, Any], response: Any, lasts: bool
) -> None:
    """It is requested once more, and the slice fails if that stays: believed, the rest of the parts would be lost."""
    whole = {"fees": [{"id": i} for i in range(12)], "shipping": [{"id": i} for i in range(1, 13)]}
    api.get(f"{STORE_URL}v2/orders/7", json={"id": 7})
    api.get(f"{STORE_URL}v2/orders/7/{children}", [{"json": response}, {"json": response if lasts else whole}])
    fields = {"consignments": {}, "fees": [], "items_total": 0, **came}
    if lasts:
        with pytest.raises(NotFound, match="The list contains children of record 7"):
            order(api, **fields)
    else:
        record = order(api, **fields)
        assert 12 in (len(record["fees"]), len(record["consignments"]["shipping"]))


def test_an_order_that_should_have_lines_and_shows_none_is_reported_once(
    api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Both responses agree that there are none, so the order is passed on; its own count is worth a warning."""
    page = [{"id": i, "items_total": 3, "consignments": {"shipping": [{"id": 1}]}, "fees": []} for i in (7, 8)]
    api.get(f"{STORE_URL}v2/orders", json=page)
    for one in page:
        api.get(f"{STORE_URL}v2/orders/{one['id']}/products", status_code=204)
    with caplog.at_level(logging.WARNING):
        assert [record["line_items"] for record in read(make_stream(Orders))] == [[], []]
    assert [entry.getMessage() for entry in caplog.records] == [
        "BigCommerce returns no line items of order 7, and perhaps of others, although its items_total is 3."
    ]


def test_an_archived_order_without_further_details_is_emitted_as_in_the_list(
    api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Otherwise one archived order would stop five streams for good. One line of log for all such orders."""
    for path in ("consignments", "fees", "products"):
        api.get(f"{STORE_URL}v2/orders/7/{path}", status_code=404)
    with caplog.at_level(logging.INFO):
        record = order(
            api, consignments={"shipping": [{"id": 2, "line_items": [line(1)]}]}, items_total=3, is_deleted=True
        )
    assert [item["id"] for item in record["line_items"]] == [1]
    assert (
        len(
            [
                entry
                for entry in caplog.records
                if "no further details of archived orders, such as 7" in entry.getMessage()
            ]
        )
        == 1
    )


@pytest.mark.parametrize("email", ["", {}, {"gift_certificates": {}}])
@pytest.mark.parametrize("lines", ["", None, [], {}, [""], [{"quantity": 1}], "x"])
def test_no_shape_of_a_consignment_makes_an_order_fail(api: Any, email: Any, lines: Any) -> None:
    """One odd order must not hold up all others."""
    api.get(f"{STORE_URL}v2/orders/7/products", status_code=204)
    consignments = {"shipping": [{"id": 2, "line_items": lines}, {}, None, "x"], "email": email}
    assert order(api, consignments=consignments, items_total=None)["consignments"]["shipping"][0]["line_item_ids"] == []


def test_an_order_comes_out_as_its_schema_promises(api: Any) -> None:
    """Amounts as numbers, dates in UTC, nothing as null, and what nobody knows as it came."""
    record = order(
        api,
        consignments=WHOLE,
        items_total=5,
        total_inc_tax="336.3200",
        date_modified=MODIFIED,
        date_shipped="",
        payment_provider_id=12,
        brand_new={"a": ""},
    )
    Draft7Validator(make_stream(Orders).get_json_schema()).validate(record)
    assert (record["total_inc_tax"], record["date_shipped"], record["payment_provider_id"]) == (336.32, None, "12")
    assert (record["date_modified"], record["brand_new"]) == ("2024-05-15T10:00:00Z", {"a": ""})


def archive(api: Any, **response: Any) -> Any:
    """A store with one plain order, and this response to the request for archived ones; returns the stream."""
    plain = [{**row(Orders, 1, MODIFIED), "is_deleted": False}]
    api.get(f"{STORE_URL}v2/orders", json=plain)
    api.get(f"{STORE_URL}v2/orders?is_deleted=true", **response)
    return make_stream(Orders)


def test_archived_orders_are_requested_separately(api: Any) -> None:
    """It is not documented whether the plain list has them, and a warehouse without them shows too much revenue."""
    subject = archive(api, json=[{**row(Orders, 2, MODIFIED), "is_deleted": True}])
    assert [record["id"] for record in sync(subject)] == [1, 2]
    assert ["is_deleted=true" in url for url in urls(api)] == [False, True]


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_list_that_has_returned_archived_orders_is_remembered(api: Any, is_listed: bool) -> None:
    """The next syncs need not request archived orders again; a reconciliation does, and would find a change."""
    subject = archive(api, status_code=204)
    api.get(f"{STORE_URL}v2/orders", json=[{**row(Orders, 1, MODIFIED), "is_deleted": is_listed}])
    sync(subject)
    assert ("archived_listed" in subject.state) is is_listed
    api.reset_mock()
    later = make_stream(Orders)
    api.get(f"{STORE_URL}v2/orders", status_code=204)
    sync(later, dict(subject.state))
    assert any("is_deleted=true" in url for url in urls(api)) is not is_listed
    assert later.state.get("archived_listed") == subject.state.get("archived_listed")
    api.reset_mock()
    list(make_stream(Orders).reader.hidden_entries(None, None))
    assert any("is_deleted=true" in url for url in urls(api))


@pytest.mark.parametrize(
    ("response", "times"),
    [
        ({"status_code": 400, "json": [{"status": 400, "message": "The field 'is_deleted' is not supported."}]}, 2),
        ({"status_code": 204}, 2),
        ({"json": [{**row(Orders, 1, MODIFIED), "is_deleted": False}]}, 1),
    ],
    ids=["refused", "none", "ignored"],
)
def test_a_store_that_knows_no_archive_costs_little_and_no_failure(
    api: Any, response: dict[str, Any], times: int
) -> None:
    """The filter has not been documented since 2024. "Nothing" is requested twice before it is believed, and so is a
    refusal."""
    assert [record["id"] for record in sync(archive(api, **response))] == [1]
    assert len(urls(api)) == 1 + times


DAYS = [{"start": f"2024-05-1{i}T00:00:00Z", "end": f"2024-05-1{i + 1}T00:00:00Z"} for i in (5, 6, 7)]


@pytest.mark.parametrize(
    ("plain", "response", "times"),
    [
        (False, {"status_code": 204}, 6),
        (False, {"json": [{**row(Orders, 2, MODIFIED), "is_deleted": True}]}, 3),
        (False, {"status_code": 400, "json": [{"message": "no"}]}, 2),
        (False, {"json": [{**row(Orders, 1, MODIFIED), "is_deleted": False}]}, 1),
        (True, {"status_code": 500}, 0),
    ],
    ids=["none", "some", "refused", "ignored", "listed among the others"],
)
def test_archived_orders_are_requested_once_per_slice_until_that_is_not_needed(
    api: Any, plain: bool, response: dict[str, Any], times: int
) -> None:
    """No archived order in one slice says nothing of the next; a store that does not know them says it for good."""
    subject = archive(api, **response)
    if plain:
        listed = [{**row(Orders, 1, MODIFIED), "is_deleted": True}]
        api.get(f"{STORE_URL}v2/orders", json=listed)
    for piece in DAYS:
        read(subject, piece)
    requested = [query(url) for url in urls(api) if "is_deleted=true" in url]
    assert len(requested) == times
    ends = list(dict.fromkeys(params["max_date_modified"][:10] for params in requested))
    assert ends == [piece["end"][:10] for piece in (DAYS if times > 2 else DAYS[: len(ends)])]


@pytest.mark.parametrize("newest", [251, 290])
def test_an_archive_whose_later_page_stays_silent_fails_the_slice(api: Any, newest: int) -> None:
    """A full page is followed by "nothing" (204) where it was the last one, and where the store fails: so the archived
    order with the highest id is requested, which shows that there is more."""
    first = [{**row(Orders, i, MODIFIED), "is_deleted": True} for i in range(2, 252)]
    subject = archive(api, json=first)
    api.get(f"{STORE_URL}v2/orders?is_deleted=true&min_id=251", status_code=204)
    api.get(f"{STORE_URL}v2/orders?is_deleted=true&sort=id:desc", json=[{"id": newest}])
    if newest == 251:
        assert len(sync(subject)) == 251
        return
    with pytest.raises(BigCommerceError, match="list of 'orders' ended after 250 records, although the store has more"):
        sync(subject)
    assert subject.state == {}


def test_a_refusal_of_a_later_page_of_the_archive_fails_the_slice(api: Any) -> None:
    """The store does know the filter then: the orders on that page are there and would be lost."""
    first = [{**row(Orders, i, MODIFIED), "is_deleted": True} for i in range(2, 252)]
    subject = archive(api)
    refusal = {"status_code": 400, "json": [{"status": 400, "message": "no"}]}
    api.get(f"{STORE_URL}v2/orders?is_deleted=true", [{"json": first}, refusal])
    with pytest.raises(BadRequest, match="refused the request for 'orders'"):
        sync(subject)
    assert query(urls(api)[-1])["min_id"] == "251"
    assert subject.state == {}


def test_an_archive_that_cannot_be_read_fails_the_slice(api: Any) -> None:
    """A again and again is not a refusal: the state must not pass the orders behind it."""
    subject = archive(api, status_code=500)
    with pytest.raises(BigCommerceError, match="again and again"):
        sync(subject)
    assert subject.state == {}


@pytest.mark.parametrize(("channels", "sent"), [([], None), ([2], "2"), ([1, 2], None)])
def test_orders_of_other_channels_are_left_out(api: Any, channels: list[int], sent: str | None) -> None:
    """The endpoint takes one channel only; of several, the choice is made here."""
    listing(api, Orders, [{**row(Orders, i, MODIFIED), "channel_id": i} for i in (1, 2, 3)])
    subject = make_stream(Orders, channel_ids=channels)
    assert [record["id"] for record in sync(subject)] == [i for i in (1, 2, 3) if not channels or i in channels]
    assert query(urls(api)[0]).get("channel_id") == sent

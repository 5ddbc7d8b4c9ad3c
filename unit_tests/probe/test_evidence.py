"""What the evidence does not prove is undecided: responses that look like an answer, and are none."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.session import Reply
from unit_tests.probe.fake import FakeProbe, Params, Respond, answer, answer_of, listed, order, v3

CUSTOMERS = [{"id": id_, "date_modified": f"2024-01-{id_:02d}T00:00:30Z"} for id_ in range(1, 20)]
MANY = 2000
NOTHING = Reply(204, None)


def of_customers(encoded: str) -> Respond:
    """A list of customers whose filter by date behaves so for encoded colons."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        rows = [row for row in CUSTOMERS if params.get("id:in", row["id"]) == row["id"]]
        bound = params.get("date_modified:min")
        if bound and is_encoded and encoded == "refused":
            return Reply(422, None)
        if bound and is_encoded:
            bound = {"honoured": bound, "ignored": "", "cut": bound[:10] + "T23:59:59Z", "empty": "9"}[encoded]
        return v3(row for row in rows if not bound or row["date_modified"] >= bound)

    return respond


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [("honoured", True), ("ignored", False), ("cut", False), ("empty", False), ("refused", False)],
)
def test_encoded_colons_must_show_and_hide(encoded: str, expected: Any) -> None:
    """An empty list hides everything, and a date without its time hides the old record too; plain colons do not."""
    assert answer("v3_encoded_colons_filter", of_customers(encoded))[0] == expected


@pytest.mark.parametrize("plain", [{}, {"date_modified": "2024-02-01T00:00:30Z"}], ids=["deleted", "edited"])
def test_a_record_that_changes_before_the_plain_colons_are_tried_decides_nothing(plain: dict[str, Any]) -> None:
    """It was hidden for another reason than the encoded colons."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if is_encoded:
            return v3([])
        rows = [row for row in CUSTOMERS if params.get("id:in", row["id"]) == row["id"]]
        if "id:in" in params:
            rows = [{**row, **plain} for row in rows if plain]
        return v3(row for row in rows if row["date_modified"] >= params.get("date_modified:min", ""))

    assert answer("v3_encoded_colons_filter", respond)[0] == UNDECIDED


def test_a_record_at_midnight_does_not_show_that_the_time_counts() -> None:
    """A date without its time would show and hide it rightly."""
    at_midnight = [{"id": 1, "date_modified": "2024-01-01T00:00:00Z"}]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        bound = params.get("date_modified:min", "")
        return v3(row for row in at_midnight if row["date_modified"] >= bound[:10] + "T23:59:59Z" or not bound)

    assert answer("v3_encoded_colons_filter", respond)[0] == UNDECIDED
    assert answer("v3_date_filter_applied", respond)[0] == UNDECIDED


def test_a_filter_that_hides_everything_is_not_applied() -> None:
    """The record must be shown by a bound before it."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        rows = [row for row in CUSTOMERS if params.get("id:in", row["id"]) == row["id"]]
        return v3([] if "date_modified:min" in params else rows)

    assert answer("v3_date_filter_applied", respond)[0] == UNDECIDED


def test_a_control_is_not_taken_from_an_earlier_question() -> None:
    """The record may be gone since: it would be hidden by its own date, as by an exclusive bound."""
    orders = {1: order(1, date_modified="2024-01-01T00:00:30Z")}

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        bound = params.get("min_date_modified", "")
        return [row for row in orders.values() if row["date_modified"] >= bound]

    probe = FakeProbe(respond)
    assert answer_of("v2_date_filter_applied", probe)[0] is True
    orders.clear()
    assert answer_of("v2_min_date_modified_inclusive", probe)[0] == UNDECIDED


@pytest.mark.parametrize("key", ["v2_min_id_inclusive", "v2_max_id_inclusive"])
def test_the_control_of_a_bound_of_ids_is_requested_at_that_moment(key: str) -> None:
    """Both questions send the same one, and the order may be deleted after the first."""
    orders = [order(id_) for id_ in range(1, 20)]
    probe = FakeProbe(plain(orders))
    assert answer_of("v2_min_id_inclusive", probe)[0] is True
    assert answer_of("v2_max_id_inclusive", probe)[0] is True
    orders.clear()
    assert answer_of(key, probe)[0] == UNDECIDED


def with_cursors(after: str, dates: list[int], edited: dict[int, int] | None = None) -> Respond:
    """Customers changed on these days, in pages whose cursor behaves so. Some are edited after the first page."""
    days = dict(enumerate(dates, 1))

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        cursor = params.get("after")
        if cursor:
            days.update(edited or {})
        bound = params.get("date_modified:min", "")
        if cursor and after in ("carried", "dropped"):
            bound = cursor.partition(" ")[2] if after == "carried" else ""
        start = int(cursor.partition(" ")[0]) if cursor and after != "ignored" else 0
        rows = [
            {"id": id_, "date_modified": f"2024-{1 + day // 28:02d}-{1 + day % 28:02d}T00:00:30Z"}
            for id_, day in days.items()
        ]
        rows = [row for row in rows if row["id"] > start and row["date_modified"] >= bound]
        rows = rows[: 2 if cursor and after == "short" else params["limit"]]
        if "addresses" in params.get("include", "") and not (cursor and after == "bare"):
            rows = [{**row, "addresses": []} for row in rows]
        end = f"{rows[-1]['id']} {bound}" if rows else None
        return (
            Reply(422, None)
            if cursor and after == "refused"
            else {"data": rows, "meta": {"cursor_pagination": {"end_cursor": end}}}
        )

    return respond


MIXED_DATES = [7 * id_ % 41 for id_ in range(1, 41)]
RISING_DATES = list(range(1, 41))


@pytest.mark.parametrize(
    ("after", "with_filters", "carries"),
    [
        ("honoured", True, False),
        ("carried", True, True),
        ("dropped", False, False),
        ("ignored", False, False),
        ("bare", False, False),
        ("short", UNDECIDED, False),
        ("refused", False, False),
    ],
)
def test_a_cursor_keeps_its_filters_or_drops_them(after: str, with_filters: Any, carries: Any) -> None:
    """The second page must leave out customers of its range whom the filter hides, and no other."""
    respond = with_cursors(after, MIXED_DATES)
    assert answer("customers_cursor_with_filters", respond)[0] == with_filters
    assert answer("cursor_carries_filters", respond)[0] == carries


@pytest.mark.parametrize("after", ["honoured", "carried", "dropped"])
def test_dates_that_rise_with_the_ids_do_not_show_a_filter(after: str) -> None:
    """Whatever follows two customers that pass it passes it too."""
    respond = with_cursors(after, RISING_DATES)
    assert answer("customers_cursor_with_filters", respond)[0] == UNDECIDED
    assert answer("cursor_carries_filters", respond)[0] == UNDECIDED


def test_a_customer_that_is_edited_meanwhile_rightly_passes_the_filter() -> None:
    """It is on the second page with its new date."""
    hidden = [id_ for id_, day in enumerate(MIXED_DATES, 1) if day < 20]
    edited = {hidden[-3]: 90}
    assert answer("customers_cursor_with_filters", with_cursors("honoured", MIXED_DATES, edited))[0] is True
    assert answer("cursor_carries_filters", with_cursors("carried", MIXED_DATES, edited))[0] is True


INCOMPLETE = {"count": 3, "statuses": [{"id": 0, "count": 2}, {"id": 10, "count": 1}]}


def with_count(count: Any, respond: Respond) -> Respond:
    """Adds the count of orders."""
    return lambda endpoint, params, is_encoded: (
        count if endpoint == "v2/orders/count" else respond(endpoint, params, is_encoded)
    )


def plain(orders: list[dict[str, Any]], **refused: int) -> Respond:
    """A list of orders that ignores unknown filters, and refuses some with a status; own addresses work."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        for name, status in refused.items():
            if name in params:
                return Reply(status, None)
        if endpoint == "v2/orders":
            return listed(orders, params)
        id_ = int(endpoint.rpartition("/")[2])
        return next((row for row in orders if row["id"] == id_), Reply(404, None))

    return respond


def test_a_filter_by_status_that_is_ignored_does_not_show_that_incomplete_orders_are_missing() -> None:
    """They may be in the middle of a long list."""
    orders = [order(id_, status_id=0 if id_ in (900, 901) else 10) for id_ in range(1, MANY)]
    for respond in (plain(orders), plain(orders, status_id=400)):
        assert answer("orders_list_contains_incomplete", with_count(INCOMPLETE, respond))[0] == UNDECIDED


def test_a_whole_list_without_incomplete_orders_shows_that_they_are_missing() -> None:
    """If the filter by status works, and finds none either."""
    orders = [order(id_, status_id=10 + id_ % 2) for id_ in range(1, 9)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        rows = [row for row in orders if params.get("status_id", row["status_id"]) == row["status_id"]]
        return listed(rows, params)

    assert answer("orders_list_contains_incomplete", with_count(INCOMPLETE, respond))[0] is False
    assert answer("orders_list_contains_incomplete", with_count(INCOMPLETE, plain(orders)))[0] == UNDECIDED


@pytest.mark.parametrize("still", [0, 10])
def test_an_incomplete_order_that_the_list_lacks_must_still_be_incomplete(still: int) -> None:
    """It may have been completed or deleted since."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint == "v2/orders/5":
            return order(5, status_id=still)
        return [order(5, status_id=0)] if "status_id" in params else []

    assert answer("orders_list_contains_incomplete", respond)[0] == (UNDECIDED if still else False)


@pytest.mark.parametrize(
    ("count", "expected"), [(15, True), (10, False), (12, UNDECIDED)], ids=["all", "without", "neither"]
)
def test_the_count_is_compared_with_the_sum_over_statuses(count: int, expected: Any) -> None:
    """A status is listed even where the count leaves it out."""
    body = {"count": count, "statuses": [{"id": 0, "count": 5}, {"id": 10, "count": 10}]}
    assert answer("orders_count_contains_incomplete", with_count(body, lambda *_: []))[0] == expected


@pytest.mark.parametrize(
    ("meaning", "expected"), [("ignored", "ignored"), ("honoured", "honoured"), ("empty", UNDECIDED)]
)
def test_is_deleted_is_tried_on_an_order_that_is_not_archived(meaning: str, expected: str) -> None:
    """The first page may hold archived orders only, whatever the filter does; an empty list shows nothing."""
    orders = [order(id_, is_deleted=id_ <= 60) for id_ in range(1, MANY)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        filtered = "is_deleted" in params and meaning != "ignored"
        rows = [row for row in orders if not filtered or (row["is_deleted"] and meaning == "honoured")]
        return listed(rows, params)

    assert answer("orders_is_deleted_filter", respond)[0] == expected


@pytest.mark.parametrize(
    ("of_archived", "of_others", "expected"),
    [
        (v3([{"id": 1}]), NOTHING, True),
        (NOTHING, NOTHING, UNDECIDED),
        (v3([]), NOTHING, UNDECIDED),
        (Reply(413, None), NOTHING, UNDECIDED),
        (Reply(422, None), NOTHING, UNDECIDED),
        (Reply(404, None), Reply(404, None), UNDECIDED),
        (Reply(404, None), NOTHING, False),
        (Reply(404, None), v3([{"id": 1}]), False),
    ],
)
def test_transactions_of_archived_orders_are_seen_or_refused(of_archived: Any, of_others: Any, expected: Any) -> None:
    """An empty response says nothing, nor a status that other orders have too."""
    orders = [order(id_, is_deleted=id_ <= 6) for id_ in range(1, 20)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/transactions"):
            return of_archived if int(endpoint.split("/")[2]) <= 6 else of_others
        return plain(orders)(endpoint, params, is_encoded)

    assert answer("archived_orders_have_transactions", respond)[0] == expected


def test_an_order_that_is_restored_meanwhile_decides_nothing() -> None:
    """Its transactions are shown because it is no longer archived."""
    orders = [order(id_, is_deleted=id_ == 3) for id_ in range(1, 9)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/transactions"):
            orders[2] = order(3)
            return v3([{"id": 1}])
        return plain(orders)(endpoint, params, is_encoded)

    assert answer("archived_orders_have_transactions", respond)[0] == UNDECIDED


def test_a_gap_in_the_list_is_confirmed() -> None:
    """If sort is ignored, the page has gaps whose orders are elsewhere in the list."""
    orders = [order(id_, is_deleted=id_ == 3) for id_ in (5, 9, 7, 30, 2, 3)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if "is_deleted" in params:
            return Reply(400, None)
        if "sort" in params:
            return orders[:5]  # its page ends before order 3
        return plain(orders)(endpoint, params, is_encoded)

    assert answer("orders_list_contains_archived", respond)[0] is True


def consignments(lines: int, **groups: Any) -> dict[str, Any]:
    """Consignments with a number of lines of one piece each."""
    items = [{"id": id_, "quantity": 1} for id_ in range(lines)]
    return {"shipping": [{"line_items": items}], "pickups": [], "downloads": [], "email": {}, **groups}


def with_lines(orders: list[dict[str, Any]], own: dict[int, int]) -> Respond:
    """Orders that include lines, and the number of lines at their own endpoints."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/products"):
            found = [{"id": 1000 + number} for number in range(own[int(endpoint.split("/")[2])])]
            return found if params["page"] == 1 else NOTHING
        return listed(orders, params)

    return respond


def test_one_shorter_list_is_no_cap_where_another_is_longer() -> None:
    """A line may be missing for another reason."""
    orders = [order(1, items_total=60, consignments=consignments(60))]
    orders.append(order(2, items_total=4, consignments=consignments(3)))
    value, evidence = answer("orders_embedded_cap", with_lines(orders, {1: 60, 2: 4}))
    assert value == UNDECIDED
    assert "60" not in evidence


def test_lines_that_are_gift_certificates_are_not_compared() -> None:
    """The list includes them in another form."""
    email = {"gift_certificates": [{"recipient": "x"}]}
    orders = [order(id_, items_total=2, consignments=consignments(1, email=email)) for id_ in (1, 2, 3)]
    assert answer("orders_embedded_cap", with_lines(orders, {1: 2, 2: 2, 3: 2}))[0] == UNDECIDED
    assert answer("orders_include_line_items", with_lines(orders, {1: 2, 2: 2, 3: 2}))[0] == UNDECIDED


@pytest.mark.parametrize(("own", "expected"), [([12], 10), ([12, 13], 10)])
def test_a_list_is_cut_at_a_known_size_or_in_two_records(own: list[int], expected: Any) -> None:
    """At ten lines, once is enough."""
    counts = dict(enumerate(own, 1))
    orders = [order(id_, items_total=count, consignments=consignments(10)) for id_, count in counts.items()]
    assert answer("orders_embedded_cap", with_lines(orders, counts))[0] == expected


def test_a_size_that_is_not_known_must_be_seen_twice() -> None:
    """One record of 7 may lack a line for another reason, and two may lack the same one."""
    orders = [order(id_, items_total=9, consignments=consignments(7)) for id_ in (1, 2)]
    assert answer("orders_embedded_cap", with_lines(orders, {1: 9, 2: 12}))[0] == 7
    assert answer("orders_embedded_cap", with_lines(orders, {1: 9, 2: 9}))[0] == UNDECIDED
    assert answer("orders_embedded_cap", with_lines(orders, {1: 9, 2: 7}))[0] == UNDECIDED


@pytest.mark.parametrize(
    ("images", "is_added", "expected"), [(3, False, UNDECIDED), (10, True, UNDECIDED), (10, False, 10)]
)
def test_an_image_that_is_added_meanwhile_is_no_cap(images: int, is_added: bool, expected: Any) -> None:
    """One product with one image less than its endpoint counts, also when it is read again."""
    product = {"id": 1, "images": [{}] * images}

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/images"):
            product["images"] = [{}] * (images + is_added)
            return v3([{}], total=images + 1)
        return v3([dict(product)])

    assert answer("products_images_cap", respond)[0] == expected


@pytest.mark.parametrize(("is_added", "expected"), [(True, UNDECIDED), (False, 10)])
def test_an_address_that_is_added_meanwhile_is_no_cap(is_added: bool, expected: Any) -> None:
    """The customer is read again."""
    customer = {"id": 1, "address_count": 11, "addresses": [{}] * 10}

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint == "v3/customers/addresses":
            customer["addresses"] = [{}] * (10 + is_added)
            return v3([{}], total=11)
        return v3([dict(customer)])

    assert answer("customers_embedded_cap", respond)[0] == expected


@pytest.mark.parametrize(
    ("rules", "is_paged", "expected"), [(2, True, True), (2, False, False), (1, True, UNDECIDED), (1, False, UNDECIDED)]
)
def test_a_rule_that_is_deleted_meanwhile_is_no_page(rules: int, is_paged: bool, expected: Any) -> None:
    """A list of one is a page of one, whatever limit does."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/bulk-pricing-rules"):
            return v3([{}] * (min(rules, params["limit"]) if is_paged else rules))
        return v3([{"id": 1, "bulk_pricing_rules": [{}, {}]}])

    assert answer("bulk_pricing_rules_paged", respond)[0] == expected


@pytest.mark.parametrize(
    ("reply", "is_there", "expected"),
    [(v3([]), True, 200), (NOTHING, True, 204), (Reply(404, None), True, 404), (Reply(404, None), False, UNDECIDED)],
)
def test_images_that_are_not_found_have_that_status(reply: Any, is_there: bool, expected: Any) -> None:
    """Unless the product is gone itself."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/images"):
            return reply
        return v3([{"id": 1, "images": []}] if is_there or "id:in" not in params else [])

    assert answer("product_images_empty_status", respond)[0] == expected


@pytest.mark.parametrize(("is_there", "expected"), [(True, 404), (False, UNDECIDED)])
def test_fees_that_are_not_found_have_that_status(is_there: bool, expected: Any) -> None:
    """Unless the order is gone itself."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/fees"):
            return Reply(404, None)
        return [order(1, fees=[])] if is_there or "min_id" not in params else []

    assert answer("order_fees_empty", respond)[0] == expected


def test_an_attribute_that_is_missing_is_no_cap_where_another_customer_has_more() -> None:
    """As for orders."""
    totals, shown = {1: 8, 2: 4}, {1: 8, 2: 3}

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint == "v3/customers/attribute-values":
            return v3([{}], total=totals[params["customer_id:in"]])
        if "id:in" in params:
            ids = map(int, params["id:in"].split(","))
            return v3({"id": id_, "attributes": [{}] * shown[id_]} for id_ in ids)
        return v3({"id": id_, "attribute_count": count} for id_, count in totals.items())

    assert answer("customers_attributes_cap", respond)[0] == UNDECIDED


def test_orders_that_include_half_of_their_lines_are_found() -> None:
    """Each has some, so that none looks empty."""
    orders = [order(id_, items_total=4, consignments=consignments(2)) for id_ in range(1, 9)]
    own = dict.fromkeys(range(1, 9), 4)
    assert answer("orders_include_line_items", with_lines(orders, own))[0] == "some are missing"
    # Not all are compared with their own endpoints, and items_total of the others says that a line may be missing.
    assert answer("orders_include_line_items", with_lines(orders, dict.fromkeys(own, 2)))[0] == UNDECIDED
    assert answer("orders_include_line_items", with_lines(orders[:5], dict.fromkeys(own, 2)))[0] is True
    whole = [{**one, "items_total": 2} for one in orders]
    assert answer("orders_include_line_items", with_lines(whole, dict.fromkeys(own, 2)))[0] is True


def with_quantities(id_: int, *quantities: int, items_total: int, **groups: Any) -> dict[str, Any]:
    """An order that includes lines with these quantities."""
    items = [{"id": number, "quantity": quantity} for number, quantity in enumerate(quantities)]
    return order(
        id_, items_total=items_total, consignments={**consignments(0), "shipping": [{"line_items": items}], **groups}
    )


def test_lines_are_missing_also_where_items_total_counts_lines() -> None:
    """One line of five pieces looks whole if it counts pieces."""
    orders = [with_quantities(id_, 5, 1, items_total=2) for id_ in range(1, 12)]
    orders.append(with_quantities(12, 5, items_total=2))
    own = dict.fromkeys(range(1, 13), 2)
    assert answer("orders_include_line_items", with_lines(orders, own))[0] == "some are missing"
    assert answer("orders_include_line_items", with_lines(orders[:11], own))[0] is True  # "lines" settles all


def test_an_items_total_that_counts_neither_settles_no_order() -> None:
    """Each must be compared with its own endpoint then."""
    orders = [with_quantities(id_, 5, 1, items_total=1) for id_ in range(1, 12)]
    own = dict.fromkeys(range(1, 12), 2)
    assert answer("orders_include_line_items", with_lines(orders, own))[0] == UNDECIDED
    assert answer("orders_include_line_items", with_lines(orders[:5], own))[0] is True


def test_lines_that_the_own_endpoint_refuses_are_not_whole() -> None:
    """Nothing was compared."""
    orders = [order(1, items_total=2, consignments=consignments(2))]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        return Reply(404, None) if endpoint.endswith("/products") else listed(orders, params)

    assert answer("orders_include_line_items", respond)[0] == UNDECIDED


@pytest.mark.parametrize(
    ("totals", "expected"),
    [([6, 6], "pieces"), ([2, 2], "lines"), ([6, 2], "mixed"), ([6, 5], UNDECIDED), ([5, 5], UNDECIDED)],
)
def test_items_total_counts_pieces_or_lines(totals: list[int], expected: str) -> None:
    """Another number may be of lines that the list lacks. Gift certificates, which are no lines, count as items."""
    gift = {"email": {"gift_certificates": [{"recipient": "x"}]}}
    orders = [with_quantities(id_, 5, 1, items_total=total) for id_, total in enumerate(totals, 1)]
    orders.append(with_quantities(9, 5, 1, items_total=7, **gift))
    assert answer("orders_items_total_counts", lambda *_: orders)[0] == expected


def test_a_line_that_is_added_meanwhile_is_not_missing() -> None:
    """The list is read again."""
    orders = [order(1, items_total=2, consignments=consignments(2))]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("/products"):
            orders[0] = order(1, items_total=3, consignments=consignments(3))
            return [{"id": 1}, {"id": 2}, {"id": 3}]
        return listed(orders, params)

    assert answer("orders_include_line_items", respond)[0] == UNDECIDED


def test_links_are_no_consignments() -> None:
    """An include that has no effect leaves the address of the endpoint."""
    link = {"url": "x", "resource": "/orders/1/consignments"}
    orders = [order(id_, consignments=link) for id_ in range(1, 9)]
    assert answer("orders_consignment_groups", lambda *_: orders)[0] == UNDECIDED


@pytest.mark.parametrize("body", [NOTHING, Reply(404, None), Reply(422, None), v3([])])
def test_an_empty_list_of_refunds_does_not_show_its_meta(body: Any) -> None:
    """Nor does a refusal."""
    assert answer("refunds_meta", lambda *_: body)[0] == UNDECIDED


@pytest.mark.parametrize(
    ("second", "expected"),
    [([2], "honoured"), ([1], "limit only"), ([], UNDECIDED), ([3], UNDECIDED), ([1, 2], UNDECIDED)],
)
def test_a_second_page_of_transactions_has_the_other_one(second: list[int], expected: str) -> None:
    """An empty one may be any parameter's effect."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if not endpoint.endswith("transactions"):
            return [order(1, status_id=4)]
        rows = second if params.get("page") == 2 else [1, 2][: params["limit"]]
        return v3({"id": id_} for id_ in rows)

    assert answer("transactions_paging", respond)[0] == expected


@pytest.mark.parametrize("applied", [{"min_id", "max_id"}, {"min_id"}, set()])
def test_the_filter_of_messages_is_its_own_control(applied: set[str]) -> None:
    """Another parameter that works says nothing about this one."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if not endpoint.endswith("messages"):
            return [order(10, customer_id=5)]
        bounds = {name: value for name, value in params.items() if name in applied}
        rows = [{"id": id_} for id_ in (50000, 50001)]
        return [r for r in rows if bounds.get("min_id", 0) <= r["id"] <= bounds.get("max_id", 10**9)] or NOTHING

    assert answer("messages_filters_mean", respond)[0] == ("message" if "max_id" in applied else UNDECIDED)


def short_pages(endpoint: str, params: Params, is_encoded: bool) -> Any:
    """V3 lists that repeat the limit as per_page and show ten of a thousand; a V2 list of thirty, cut at 50."""
    if endpoint.startswith("v2"):
        return listed([order(id_) for id_ in range(1, 31)], {**params, "limit": min(params["limit"], 50)})
    first = 10 * params.get("page", 1)
    return v3([{"id": id_} for id_ in range(first, first + 10)], total=1000, per_page=params["limit"], total_pages=4)


def test_the_size_of_a_page_is_counted() -> None:
    """A server may repeat the limit, and show fewer."""
    assert answer("products_page_size_with_options", short_pages)[0] == 10
    assert answer("page_size_honoured_products", short_pages)[0] is False
    assert answer("products_page_size_with_variants", short_pages)[0] == 10
    value, evidence = answer("limit_above_maximum", short_pages)
    assert value == "lowered"
    assert "brands, order_refunds: lowered (limit=251: a page of 10)" in evidence
    assert answer("products_total_pages_right", short_pages)[0] is False


def test_a_list_that_fits_on_a_page_does_not_show_its_size() -> None:
    """Twelve of twelve, whatever per_page says."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        rows = [{"id": id_} for id_ in range(12)][: params["limit"]]
        return rows if endpoint.startswith("v2") else v3(rows, total=12, per_page=params["limit"])

    for key in (
        "products_page_size_with_options",
        "products_page_size_with_variants",
        "page_size_honoured_products",
        "limit_above_maximum",
    ):
        assert answer(key, respond)[0] == UNDECIDED


def test_a_small_limit_that_is_honoured_does_not_show_a_large_one() -> None:
    """A list of thirty is no page of more than fifty; one that ignores a small limit is enough for a no."""
    assert answer("page_size_honoured_orders", short_pages)[0] == UNDECIDED
    ignoring = [order(id_) for id_ in range(1, 31)]
    assert answer("page_size_honoured_orders", lambda *_: ignoring)[0] is False


def test_a_list_that_becomes_shorter_does_not_ignore_a_small_limit() -> None:
    """Two of three were deleted before it was requested with limit=2."""
    orders = [order(id_) for id_ in (1, 2, 3)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        return orders[:1] if params["limit"] == 2 else orders

    assert answer("page_size_honoured_orders", respond)[0] == UNDECIDED


def test_all_lists_are_honoured_only_if_each_is() -> None:
    """One that is too short leaves the question open."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        total = 3 if "brands" in endpoint and short else 300
        rows = listed([order(id_) for id_ in range(1, total + 1)], {"limit": params["limit"]})
        return rows if endpoint.startswith("v2") else v3(rows, total=total, per_page=params["limit"])

    short = True
    value, evidence = answer("page_size_honoured", respond)
    assert value == UNDECIDED
    assert "brands: needs" in evidence
    short = False
    assert answer("page_size_honoured", respond)[0] is True


def test_a_list_that_fails_costs_its_own_answer_alone() -> None:
    """The others are combined, and the error is reported."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if "brands" in endpoint:
            raise BigCommerceError("it failed")
        rows = listed([order(id_) for id_ in range(1, 400)], {**params, "limit": min(params["limit"], 250)})
        return rows if endpoint.startswith("v2") else v3(rows, total=900, per_page=250)

    probe = FakeProbe(respond)
    value, evidence = answer_of("limit_above_maximum", probe)
    assert value == "lowered"
    assert "brands: a request failed" in evidence
    assert [error.message for error in probe.left_out] == ["it failed"]


def test_an_order_that_was_read_before_its_shipment_does_not_contradict() -> None:
    """It is read again: the shipment may have moved it meanwhile."""
    shipped = "Wed, 01 Apr 2026 10:00:00 +0000"

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("shipments"):
            return [{"id": 1, "date_created": shipped}]
        if "min_id" in params:
            return [order(1, status_id=2, date_modified=shipped)]
        return [order(1, status_id=2)]

    def unmoved(endpoint: str, params: Params, is_encoded: bool) -> Any:
        return respond(endpoint, {}, is_encoded)

    assert answer("shipment_moves_order_date", respond)[0] == UNDECIDED
    assert answer("shipment_moves_order_date", unmoved)[0] is False


def test_children_that_come_with_a_change_of_status_prove_nothing() -> None:
    """A capture, a refund or a shipment changes the status, and an app may; that moves the date by itself."""
    dates = [f"Wed, {day:02d} Apr 2026 10:00:00 +0000" for day in range(1, 7)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("refunds"):
            return v3({"id": n, "order_id": n, "created": f"2026-04-{n:02d}T10:00:00Z"} for n in range(1, 7))
        if endpoint.endswith(("metafields", "attribute-values")):
            parent = "customer_id" if "customers" in endpoint else "resource_id"
            return v3({"id": n, parent: n, "date_created": f"2026-04-{n:02d}T10:00:01Z"} for n in range(1, 7))
        if endpoint in ("v3/customers", "v3/catalog/products"):
            old, new = "2020-01-01T00:00:00Z", "2026-04-{:02d}T10:00:00Z"
            return v3({"id": n, "date_created": old, "date_modified": new.format(n)} for n in range(1, 7))
        if endpoint.startswith("v3/orders/"):
            id_ = int(endpoint.split("/")[2])
            return v3([{"id": id_, "date_created": f"2026-04-{id_:02d}T10:00:00Z"}])
        if endpoint.startswith("v2/orders/"):
            return [{"id": 1, "date_created": dates[int(endpoint.split("/")[2]) - 1]}]
        return [order(id_, status_id=4, customer_id=1, date_modified=dates[id_ - 1]) for id_ in range(1, 7)]

    for child in ("transaction", "refund", "shipment"):
        value, evidence = answer(f"{child}_moves_order_date", respond)
        assert value == UNDECIDED
        assert "coincides with a change of status" in evidence
    for key in ("metafield_moves_order_date", "metafield_moves_product_date", "attribute_moves_customer_date"):
        value, evidence = answer(key, respond)
        assert value == UNDECIDED
        assert "coincides with another change by the same app" in evidence
    assert answer("message_moves_order_date", respond)[0] is True


@pytest.mark.parametrize(("own", "expected"), [(401, 403), (403, UNDECIDED)])
def test_the_status_of_an_unknown_store_differs_from_that_of_the_own_one(own: int, expected: Any) -> None:
    """Else it is about the missing token."""
    statuses = {("v2/time", "0"): 403, ("v2/time", ""): own}
    assert answer("unknown_store_status", lambda *_: None, without_token=statuses)[0] == expected

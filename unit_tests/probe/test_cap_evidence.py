"""Caps of embedded lists, and what items_total counts: what the evidence does not prove is undecided."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.session import Reply
from unit_tests.probe.fake import NOTHING, Params, Respond, answer, listed, order, v3


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

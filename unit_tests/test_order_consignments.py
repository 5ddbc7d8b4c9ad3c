"""Detection of truncated consignments and line items, and links of line items that were read separately."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.streams.order_consignments import (
    are_possibly_truncated,
    lines_are_possibly_truncated,
    link,
    names_unknown_addresses,
    unfold,
)


def rows(number: int) -> list[dict[str, Any]]:
    return [{"id": id_} for id_ in range(1, number + 1)]


def unfolded(consignments: Any, **fields: Any) -> dict[str, Any]:
    groups, lines = unfold(consignments)
    return {"consignments": groups, "line_items": lines, **fields}


@pytest.mark.parametrize(
    ("order", "possibly_truncated"),
    [
        ({"consignments": {"shipping": rows(1)}, "shipping_address_count": 1, "items_total": 3}, False),
        ({"consignments": {"shipping": rows(1)}, "shipping_address_count": 2}, True),
        ({"consignments": {"shipping": rows(1)}, "shipping_address_count": 2.0}, True),
        ({"consignments": {"shipping": rows(3)}, "shipping_address_count": 2}, False),
        ({"consignments": {"shipping": rows(1)}, "shipping_address_count": "many"}, False),
        ({"consignments": {"downloads": rows(1)}, "shipping_address_count": 0, "items_total": 1}, False),
        ({"consignments": {"email": {"gift_certificates": rows(1)}}, "items_total": 1}, False),
        ({"consignments": {}, "items_total": 1}, True),
        ({"consignments": {"shipping": "", "pickups": []}, "items_total": 1}, True),
        ({"consignments": {}, "items_total": 0}, False),
        ({"consignments": {}}, False),
        ({"consignments": {"shipping": rows(10)}}, True),
        ({"consignments": {"pickups": rows(50)}}, True),
        ({"consignments": {"email": {"gift_certificates": rows(10)}}}, True),
        ({"consignments": {"url": "https://", "resource": "/orders/7/consignments"}}, True),
        ({"consignments": [{"shipping": rows(1)}]}, True),
        ({"consignments": ""}, True),
        ({}, True),
    ],
)
def test_consignments_that_may_be_truncated_are_detected(order: dict[str, Any], possibly_truncated: bool) -> None:
    """An address that is left out is missed by nobody until a parcel is looked for."""
    assert are_possibly_truncated(order, {}) is possibly_truncated


def test_different_line_items_with_one_id_count_as_possibly_truncated() -> None:
    """Merged by their id, one of them would be lost."""
    lines = [{"id": 5, "quantity": 1}, {"id": 5, "quantity": 2}]
    order = unfolded({"shipping": [{"id": 1, "line_items": lines[:1]}, {"id": 2, "line_items": lines[1:]}]})
    assert len(order["line_items"]) == 2
    assert lines_are_possibly_truncated({**order, "items_total": 3}, order["line_items"], 0)


def test_a_line_item_that_comes_twice_is_one() -> None:
    """The same line, word for word, in two consignments is no second one."""
    consignment = {"line_items": [{"id": 5, "quantity": 1}]}
    order = unfolded({"shipping": [consignment, consignment]})
    assert order["line_items"] == [{"id": 5, "quantity": 1}]
    assert not lines_are_possibly_truncated({**order, "items_total": 1}, order["line_items"], 0)


def test_ten_line_items_of_which_two_are_the_same_count_as_possibly_truncated() -> None:
    """The consignment is as long as a truncated one, although the order has nine line items."""
    lines = [{"id": max(number, 2), "quantity": 1} for number in range(1, 11)]
    order = unfolded({"shipping": [{"id": 1, "line_items": lines}]})
    assert len(order["line_items"]) == 9
    assert lines_are_possibly_truncated({**order, "items_total": 9}, order["line_items"], 0)


@pytest.mark.parametrize(
    ("address", "unknown"),
    [(2, False), (3, True), (0, False), (None, False), ("3", True), ("2", False), (True, False), ([3], False)],
)
def test_an_address_that_no_consignment_has_is_noticed(address: Any, unknown: bool) -> None:
    """It proves that consignments are missing; 0 and null are what lines say that are not shipped."""
    order = unfolded({"shipping": [{"id": 2}]})
    order["line_items"] = [{"id": 1, "order_address_id": address}]
    assert names_unknown_addresses(order) is unknown


WHERE_LINES_GO: list[tuple[dict[str, Any], list[str]]] = [
    ({"order_address_id": 2, "type": "physical"}, ["shipping 2"]),
    ({"order_address_id": 3, "type": "physical"}, ["shipping 3"]),
    ({"order_address_id": 0, "type": "digital"}, ["downloads 4"]),
    ({"type": "physical"}, ["pickups 1"]),
    ({"type": "giftcertificate"}, ["gift_certificates 5"]),
    ({"type": "unheard of"}, []),
    ({"order_address_id": [2], "type": ["x"]}, []),
    ({}, []),
]


@pytest.mark.parametrize(("line", "expected"), WHERE_LINES_GO)
def test_a_line_item_goes_to_the_consignment_that_it_belongs_to(line: dict[str, Any], expected: list[str]) -> None:
    """By its address, or by its type where the order has one consignment of that kind."""
    order = unfolded(
        {
            "pickups": [{"id": 1}],
            "shipping": [{"id": 2}, {"id": 3}],
            "downloads": [{"id": 4}],
            "email": {"gift_certificates": [{"id": 5}]},
        }
    )
    order["line_items"] = [{"id": 9, **line}]
    link(order)
    groups = {**order["consignments"], **order["consignments"]["email"]}
    found = [
        f"{name} {consignment['id']}"
        for name in ("pickups", "shipping", "downloads", "gift_certificates")
        for consignment in groups[name]
        if 9 in consignment["line_item_ids"]
    ]
    assert found == expected


def test_a_line_item_is_not_given_to_one_of_several() -> None:
    """A guess would be wrong half of the time."""
    order = unfolded({"downloads": [{"id": 4}, {"id": 5}]})
    order["line_items"] = [{"id": 9, "type": "digital"}]
    link(order)
    assert [consignment["line_item_ids"] for consignment in order["consignments"]["downloads"]] == [[], []]


def test_a_line_item_that_came_with_its_consignment_stays_there() -> None:
    """Reading it again must not give it to a second one."""
    order = unfolded({"downloads": [{"id": 4, "line_items": [{"id": 9}]}], "pickups": [{"id": 1}]})
    order["line_items"] = [{"id": 9, "type": "physical"}, {"id": 10, "type": "digital"}]
    link(order)
    assert order["consignments"]["downloads"][0]["line_item_ids"] == [9, 10]
    assert order["consignments"]["pickups"][0]["line_item_ids"] == []

"""Orders of every status: what the evidence does not prove is undecided."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.session import Reply
from unit_tests.probe.fake import NOTHING, Params, Respond, answer, listed, order, plain, v3

MANY = 2000
INCOMPLETE = {"count": 3, "statuses": [{"id": 0, "count": 2}, {"id": 10, "count": 1}]}


def with_count(count: Any, respond: Respond) -> Respond:
    """Adds the count of orders."""
    return lambda endpoint, params, is_encoded: (
        count if endpoint == "v2/orders/count" else respond(endpoint, params, is_encoded)
    )


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

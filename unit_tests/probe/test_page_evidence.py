"""Pages and their sizes: what the evidence does not prove is undecided."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.session import Reply
from unit_tests.probe.fake import NOTHING, FakeProbe, Params, answer, answer_of, listed, order, v3


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


@pytest.mark.parametrize(("own", "expected"), [(401, 403), (403, UNDECIDED)])
def test_the_status_of_an_unknown_store_differs_from_that_of_the_own_one(own: int, expected: Any) -> None:
    """Else it is about the missing token."""
    statuses = {("v2/time", "0"): 403, ("v2/time", ""): own}
    assert answer("unknown_store_status", lambda *_: None, without_token=statuses)[0] == expected

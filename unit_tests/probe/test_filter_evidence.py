"""Filters, bounds and cursors: what the evidence does not prove is undecided."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.session import Reply
from unit_tests.probe.fake import FakeProbe, Params, Respond, answer, answer_of, order, plain, v3

CUSTOMERS = [{"id": id_, "date_modified": f"2024-01-{id_:02d}T00:00:30Z"} for id_ in range(1, 20)]


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

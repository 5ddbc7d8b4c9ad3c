"""B2B Edition: what its documentation leaves open, played each way."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from sandbox import B2B_VARIANTS, B2BVariant
from sandbox.b2b.variants import allowed_values
from unit_tests.sandbox.conftest import B2B


def varied(**changes: Any) -> B2B:
    """A store that differs from the likeliest in the given switches; its orders are those of all years and channels."""
    whole = {"orders_of_last_year": False, "unnamed_channels": "all"}
    return B2B(b2b_variant=B2BVariant(**{**whole, **changes}))


def test_every_switch_is_tried_by_a_named_variant() -> None:
    """A new switch without an entry would never be tested against."""
    likeliest = B2BVariant()
    fields = {field.name for field in dataclasses.fields(B2BVariant)}
    moved = {name for one in B2B_VARIANTS.values() for name in fields if getattr(one, name) != getattr(likeliest, name)}
    assert moved == fields
    assert B2B_VARIANTS["likeliest"] == likeliest
    assert len(set(B2B_VARIANTS.values())) == len(B2B_VARIANTS)


@pytest.mark.parametrize(("switch", "value"), [("order", "newest"), ("bad_hash_status", 400), ("sort_ignored", 1)])
def test_a_value_that_a_switch_does_not_take_is_refused(switch: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{switch} cannot be"):
        B2BVariant(**{switch: value})


def test_the_documented_table_of_switches_is_the_truth() -> None:
    """docs/sandbox.md: every switch in order, with its values, the default first."""
    text = (Path(__file__).parents[2] / "docs/sandbox.md").read_text(encoding="utf-8").partition("## B2B Edition")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    expected = []
    for field in dataclasses.fields(B2BVariant):
        others = [f"`{one}`" for one in allowed_values()[field.name] if one != field.default]
        expected.append((field.name, f"`{field.default}`", ", ".join(others)))
    assert [row[:3] for row in rows] == expected
    assert all(len(row[3]) > 10 for row in rows)


@pytest.mark.parametrize("name", B2B_VARIANTS)
def test_a_store_under_any_variant_serves_its_lists(name: str) -> None:
    """No variant breaks an endpoint."""
    store = B2B(b2b_variant=B2B_VARIANTS[name], orders=20, customers=30, companies=4)
    for path in (
        "companies?isIncludeExtraFields=1", "companies/8001", "companies/8001/hierarchy", "companies/roles",
        "companies/8001/attachments", "users?minModified=1", "addresses", "orders?minModified=1&limit=20",
        "orders/120/products", "rfq?orderBy=asc", "ip/invoices", "ip/receipts", "sales-staffs", "payments",
        "companies/super-admins", "company-payment-methods", "shopping-list?userId=20001",
    ):  # fmt: skip
        response = store.get(path)
        assert response.status == 200, (path, response.body)
        assert "errMsg" not in response.body.decode()


@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ({}, False, False),
        ({"lower_bounds": "inclusive"}, True, False),
        ({"upper_bounds": "inclusive"}, False, True),
        ({"lower_bounds": "exclusive", "upper_bounds": "exclusive"}, False, False),
    ],
)
def test_bounds_of_users(changes: dict[str, str], least: bool, most: bool) -> None:
    """Documented as exclusive there: `later than` and `earlier than`."""
    store = varied(**changes)
    row = store.store.collections["company_users"].rows()[0]
    at = row["updatedAt"]
    assert (row["id"] in [one["id"] for one in store.rows(f"users?minModified={at}&limit=200")]) is least
    assert (row["id"] in [one["id"] for one in store.rows(f"users?maxModified={at}&limit=200")]) is most


def test_bounds_of_companies() -> None:
    """Documented as inclusive there: `the earliest timestamp that can be returned`."""
    for changes, shown in (({}, True), ({"lower_bounds": "exclusive"}, False)):
        store = varied(**changes)
        row = store.store.collections["companies"].rows()[0]
        found = [one["companyId"] for one in store.rows(f"companies?minModified={row['updatedAt']}&limit=200")]
        assert (row["companyId"] in found) is shown


def test_date_filters_are_ignored() -> None:
    store = varied(date_filter_ignored=True)
    assert len(store.rows("users?minModified=4000000000&limit=200")) == 50


@pytest.mark.parametrize(("order", "moves"), [("documented", False), ("modified", True), ("id", False)])
def test_an_edit_moves_a_user_in_a_list_by_modification_alone(order: str, moves: bool) -> None:
    """Users have no documented order."""
    store = varied(order=order)
    before = [row["id"] for row in store.rows("users?limit=200")]
    store.store.collections["company_users"].edit(20025, phoneNumber="1")
    after = [row["id"] for row in store.rows("users?limit=200")]
    assert (after != before) is moves
    assert (after[0] == 20025) is moves
    assert (before == sorted(before)) is (order == "id")


def test_sorting_is_ignored() -> None:
    store = varied(sort_ignored=True)
    assert store.rows("companies?sortBy=companyName&orderBy=ASC") == store.rows("companies")


def test_parts_move_their_company() -> None:
    """A user that is edited, made or removed; an edit without a date moves nothing."""
    for moves in (True, False):
        store = varied(parts_move_companies=moves).store
        user = store.collections["company_users"].row(20001)
        before = store.dates("companies")[user["companyId"]]
        store.collections["company_users"].edit_silently(20001, phoneNumber="1")
        assert store.dates("companies")[user["companyId"]] == before
        store.collections["company_users"].edit(20001, phoneNumber="2")
        assert (store.dates("companies")[user["companyId"]] > before) is moves


@pytest.mark.parametrize(
    ("value", "status", "rows"), [("cap", 200, 50), ("422", 422, 0), ("400", 400, 0), ("default", 200, 10)]
)
def test_a_limit_above_the_maximum(value: str, status: int, rows: int) -> None:
    """Lowered, refused or replaced; here where no maximum is documented."""
    store = varied(limit_over_max=value, undocumented_maximum=50)
    response = store.get("company-payment-methods?limit=51")
    assert response.status == status
    assert status != 200 or len(response.json["data"]) == rows
    assert len(store.get("company-payment-methods?limit=50").json["data"]) == 50


def test_documented_maxima_hold_in_any_case() -> None:
    """200 for orders; below 250 for addresses."""
    store = varied(limit_over_max="422", undocumented_maximum=0)
    assert [store.get(f"orders?limit={limit}").status for limit in (200, 201)] == [200, 422]
    assert [store.get(f"addresses?limit={limit}").status for limit in (249, 250)] == [200, 422]
    assert store.get("ip/invoices?limit=100000").status == 200


def test_the_limit_is_ignored() -> None:
    store = varied(limit_ignored=True)
    assert len(store.rows("users?limit=200")) == 10
    assert store.get("users?limit=200").json["meta"]["pagination"]["limit"] == 10


def test_totals_lag() -> None:
    """By what came and went within the last minute; the rows themselves do not."""
    store = varied(total_lag=60)
    users = store.store.collections["company_users"]

    def total() -> int:
        return int(store.get("users?limit=1").json["meta"]["pagination"]["totalCount"])

    for _ in range(3):
        users.create()
    assert total() == 50
    users.delete(20001)
    assert total() == 50
    assert len(store.rows("users?limit=200")) == 52
    store.store.clock.advance(61)
    assert total() == 52


@pytest.mark.parametrize("value", ["flat", "absent"])
def test_where_totals_are(value: str) -> None:
    meta = varied(pagination=value).get("orders?limit=2").json["meta"]
    assert ("totalCount" in meta) is (value == "flat")
    assert "pagination" not in meta


@pytest.mark.parametrize(("value", "data"), [("[]", []), ("{}", {}), ("null", None)])
def test_empty_data(value: str, data: Any) -> None:
    """Of a list without rows, in each form of list."""
    store = varied(empty_data=value)
    assert store.get("users?companyId=1").json["data"] == data
    quotes = store.get("rfq?quoteNumber=none").json["data"]
    assert (quotes["list"] if value == "[]" else quotes) == data


def test_a_list_of_one_is_an_object() -> None:
    """Where a list is documented as an object; the others stay lists."""
    store = varied(single_rows="object")
    attachments = {
        len(found) if isinstance(found := store.get(f"companies/{key}/attachments").json["data"], list) else "object"
        for key in store.store.ids("companies")
    }
    assert "object" in attachments
    assert 1 not in attachments
    assert isinstance(store.get("companies?q=lakeside&limit=1").json["data"], list)


@pytest.mark.parametrize(
    ("value", "company", "order"), [("documented", str, int), ("text", str, str), ("numbers", int, int)]
)
def test_timestamps(value: str, company: type, order: type) -> None:
    """Companies have text and orders have numbers (documented)."""
    store = varied(timestamps=value)
    assert type(store.rows("companies")[0]["updatedAt"]) is company
    assert type(store.rows("orders")[0]["updatedAt"]) is order
    assert type(store.get("ip/invoices/3").json["data"]["details"]["header"]["orderDate"]) is order


@pytest.mark.parametrize(
    ("value", "order", "invoice"), [("documented", int, str), ("text", str, str), ("numbers", int, int)]
)
def test_ids(value: str, order: type, invoice: type) -> None:
    """Also of what is inside a record; UUIDs stay as they are."""
    store = varied(ids=value)
    assert type(store.rows("orders")[0]["bcOrderId"]) is order
    found = store.get("ip/invoices/3").json["data"]
    assert type(found["customerId"]) is invoice
    assert type(store.get("ip/payments/3").json["data"]["lineItems"][0]["invoiceId"]) is order
    assert all("-" in row["cartId"] for row in store.rows("orders") if row["cartId"])


def test_absent_values_are_missing() -> None:
    store = varied(absent_values="missing")
    assert "parentCompany" not in store.get("companies/8001").json["data"]
    assert varied().get("companies/8001").json["data"]["parentCompany"] is None


def test_the_date_of_a_quote() -> None:
    """Required, ignored, or that of the creation."""
    assert varied(quote_date="ignored").get("rfq/50001").status == 200
    store = varied(quote_date="compared")
    assert store.get("rfq/50001").status == 422
    assert store.get("rfq/50001?date=01/01/1999").status == 404
    made = datetime.fromtimestamp(store.store.collections["quotes"].row(50001)["createdAt"], timezone.utc)
    assert store.get(f"rfq/50001?date={made:%m/%d/%Y}").status == 200


def test_optional_features_are_off() -> None:
    """Each with the documented error."""
    store = varied(features="off")
    assert store.get("companies/8001/credit").json == {
        "code": 400,
        "data": {"errMsg": "Store company credit is not enabled"},
        "meta": {"message": "API logic error"},
    }
    assert store.get("rfq/custom/shipping-methods").status == 422
    assert store.get("channels").json == {"code": 403, "message": "Multi storefront is not enabled"}


def test_channels_without_b2b_edition_may_be_missing_and_keep_their_orders() -> None:
    store = varied(disabled_channels="missing")
    enabled = {row["channelId"] for row in store.rows("channels")}
    disabled = {row["channelId"] for row in varied().rows("channels")} - enabled
    assert enabled
    assert len(disabled) == 1
    assert disabled < {row["channelId"] for row in store.rows("orders?limit=200")}
    assert store.get(f"channels/{disabled.pop()}").status == 404

"""B2B Edition: pages, filters, order and the forms of responses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import B2BVariant
from sandbox.b2b.api.listing import Form, Listing
from sandbox.b2b.collections import COLLECTIONS
from sandbox.b2b.edition import ENDPOINTS
from sandbox.collection import inside
from sandbox.dates import DAY
from unit_tests.sandbox.conftest import B2B

WHOLE_LISTS = B2BVariant(orders_of_last_year=False, unnamed_channels="all")
LISTINGS: dict[str, Listing] = {one.path: one.respond.__self__ for one in ENDPOINTS if one.lists}  # type: ignore[attr-defined]
PAGED = [path for path, one in LISTINGS.items() if one.form in (Form.PAGED, Form.INSIDE)]
FIRST = {  # something to put into a path
    "companyId": "companies", "roleId": "company_roles", "addressId": "company_addresses", "userId": "company_users",
    "superAdminId": "super_admins", "salesStaffId": "sales_staff", "bcOrderId": "b2b_orders", "quoteId": "quotes",
    "shoppingListId": "shopping_lists", "invoiceId": "invoices", "paymentId": "b2b_payments", "receiptId": "receipts",
}  # fmt: skip
PARAMETERS = {
    "countries": "searchType=1&q=DE",
    "states": "searchType=0&q=Bayern",
    "rfq/{quoteId:int}": "date=04/07/2025",
}


@pytest.fixture(scope="module")
def store() -> B2B:
    return B2B(b2b_variant=WHOLE_LISTS)


def keys(store: B2B, parameter: str) -> list[Any]:
    """Everything that can stand for a parameter of a path."""
    if parameter == "customerId":
        return [row["customerId"] for row in store.store.collections["company_users"].rows()]
    if parameter == "channelId":
        return [row["channelId"] for row in store.store.collections["b2b_channels"].rows()]
    return store.store.collections[FIRST[parameter]].keys()


def requests_of(store: B2B, path: str) -> Iterator[str]:
    """Every request that can be made to an endpoint, with all that can be asked for."""
    query = PARAMETERS.get(path, "limit=200&isIncludeExtraFields=1&showExtra=true")
    if path == "shopping-list":
        yield from (f"{path}?limit=200&userId={key}" for key in keys(store, "userId"))
    elif path.endswith("{lineId:int}"):
        for row in store.store.collections["receipt_lines"].rows():
            yield f"ip/receipts/{row['receiptId']}/lines/{row['id']}?{query}"
    elif found := re.search(r"\{(\w+):int\}", path):
        yield from (f"{path.replace(found[0], str(key))}?{query}" for key in keys(store, found[1]))
    else:
        yield f"{path}?{query}"


def pages(store: B2B, path: str, limit: int = 7) -> list[dict[str, Any]]:
    """All rows of a list, by offset."""
    found: list[dict[str, Any]] = []
    join = "&" if "?" in path else "?"
    while page := store.rows(f"{path}{join}limit={limit}&offset={len(found)}"):
        found += page
        assert len(found) < 1000, "the list has no end"
    return found


@pytest.mark.parametrize("path", [one.path for one in ENDPOINTS])
def test_every_field_of_every_response_is_filled_somewhere(store: B2B, path: str) -> None:
    """A field that is always empty would let a client pass that cannot read it."""
    values: dict[str, list[Any]] = defaultdict(list)

    def collect(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                values[f"{place}.{name}"].append(inner)
                collect(inner, f"{place}.{name}")
        elif isinstance(value, list):
            for inner in value:
                collect(inner, place)

    for request in requests_of(store, path):
        response = store.get(request)
        assert response.status == 200, (request, response.body)
        collect(response.json["data"], "data")
    assert values or response.json["data"]
    assert not [name for name in values if "._" in name], "hidden fields are shown"
    assert [name for name, found in values.items() if all(one in (None, "", [], {}) for one in found)] == []


@pytest.mark.parametrize("path", [path for path in PAGED if "{" not in path and path != "shopping-list"])
def test_pages_by_offset_add_up(store: B2B, path: str) -> None:
    """Without a row twice, and with the total that the list has."""
    kind = LISTINGS[path].of
    found = pages(store, path)
    if path == "company-payment-methods":
        assert len(found) == sum(row["isEnabled"] for row in store.store.collections[kind].rows())
    else:
        assert len(found) == len(store.store.ids(kind))
    assert len({str(sorted(row.items(), key=str)) for row in found}) == len(found)
    body = store.get(f"{path}?limit=3").json
    pagination = body["data"]["pagination"] if isinstance(body["data"], dict) else body["meta"]["pagination"]
    assert pagination == {"totalCount": len(found), "limit": 3, "offset": 0}


@pytest.mark.parametrize("path", [path for path in PAGED if "{" not in path and path != "shopping-list"])
def test_ten_rows_come_unless_more_are_asked_for(store: B2B, path: str) -> None:
    """The documented default, and the documented maximum."""
    total = len(pages(store, path, 200))
    assert len(store.rows(path)) == min(10, total)
    most = LISTINGS[path].most or 250
    body = store.get(f"{path}?limit=5000").json
    pagination = body["data"]["pagination"] if isinstance(body["data"], dict) else body["meta"]["pagination"]
    assert pagination["limit"] == most


@pytest.mark.parametrize(
    ("path", "parameter", "field"),
    [(path, name, field) for path, one in LISTINGS.items() if "{" not in path for name, field in one.periods.items()],
)
def test_dates_bound_a_list(store: B2B, path: str, parameter: str, field: str) -> None:
    """Below, above and between, with or without the bound as the documents of the endpoint say."""
    one = LISTINGS[path]
    shelf = store.store.collections[one.of]
    dates = sorted(int(row[field]) for row in shelf.rows())
    low, high = dates[len(dates) // 4], dates[-len(dates) // 4]
    assert low < high

    def count(query: str) -> int:
        return len(pages(store, f"{path}?{query}", 200))

    def expected(test: Any) -> int:
        return sum(test(at) for at in dates)

    above = (lambda at: at >= low) if one.inclusive else (lambda at: at > low)
    below = (lambda at: at <= high) if one.inclusive else (lambda at: at < high)
    assert count(f"min{parameter}={low}") == expected(above) > 0
    if path != "sales-staffs":  # which has the lower bound alone
        assert count(f"max{parameter}={high}") == expected(below) > 0
        between = count(f"min{parameter}={low}&max{parameter}={high}")
        assert between == expected(lambda at: above(at) and below(at)) < len(dates)


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, one in LISTINGS.items() if "{" not in path for name in one.sorts]
)
def test_lists_are_sorted(store: B2B, path: str, name: str) -> None:
    """Both ways, with the same rows."""
    one = LISTINGS[path]
    shelf = store.store.collections[one.of]
    up = pages(store, f"{path}?sortBy={name}&orderBy=ASC", 200)
    assert up == pages(store, f"{path}?sortBy={name}&orderBy=DESC", 200)[::-1]
    assert len(up) == len(pages(store, path, 200))
    values = [inside(shelf.row(shelf.key_of(row)), one.sorts[name]) for row in up]
    held = [value for value in values if value not in (None, "")]  # those without a value come first
    assert held == sorted(held, key=lambda value: value.lower() if isinstance(value, str) else value)
    assert values[len(values) - len(held) :] == held
    assert store.get(f"{path}?sortBy=colour").status == 422


def test_the_newest_come_first_without_a_sort(store: B2B) -> None:
    """By modification where the documents say so, else by id."""
    orders = [row["updatedAt"] for row in store.rows("orders?limit=60")]
    assert orders == sorted(orders, reverse=True)
    users = [row["id"] for row in store.rows("users?limit=60")]
    assert users == sorted(users, reverse=True)
    receipts = [row["createdAt"] for row in store.rows("ip/receipts?limit=60")]
    assert receipts == sorted(receipts, reverse=True)


@pytest.mark.parametrize(
    ("path", "query", "field", "value"),
    [
        ("companies", "companyStatus=1", "companyStatus", "1"),
        ("companies", "q=lakeside", "companyName", "Lakeside Supply Co."),
        ("users", "companyId=8003", "companyId", 8003),
        ("users", "roles=0", "role", 0),
        ("addresses", "isBilling=true", "isBilling", True),
        ("addresses", "country=DE", "countryCode", "DE"),
        ("addresses", "country=germany", "countryName", "Germany"),
        ("company-payment-methods", "companyId=8002", "companyId", 8002),
        ("orders", "bcOrderId=120", "bcOrderId", 120),
        ("orders", "channelIds[]=1", "channelId", 1),
        ("rfq", "status=4", "status", 4),
        ("rfq", "quoteNumber=10003", "quoteNumber", "QN10003"),
        ("ip/invoices", "status=2", "status", 2),
        ("ip/payments", "processingStatus=3", "processingStatus", 3),
        ("ip/receipt-lines", "paymentStatus[]=2", "paymentStatus", 2),
    ],
)
def test_lists_are_filtered(store: B2B, path: str, query: str, field: str, value: Any) -> None:
    """Each form of filter: equal, in part, one of several, by name or code."""
    found = pages(store, f"{path}?{query}", 100)
    assert 0 < len(found) < len(pages(store, path, 200))
    wanted = str(value).lower()
    assert all(str(row[field]).lower().startswith(wanted) for row in found)


def test_companies_are_found_by_their_orders_users_and_extra_fields(store: B2B) -> None:
    order = next(row for row in store.store.collections["b2b_orders"].rows() if row["companyId"])
    assert [row["companyId"] for row in store.rows(f"companies?bcOrderId={order['bcOrderId']}")] == [order["companyId"]]
    user = store.store.collections["company_users"].rows()[0]
    found = store.rows(f"companies?customerId={user['customerId']}")
    assert [row["companyId"] for row in found] == [user["companyId"]]
    exact = "extraFieldFilterType=exact-match"
    assert store.rows(f"companies?extraFields=Industry:Retail&{exact}")
    assert not store.rows(f"companies?extraFields=Industry:Ret&{exact}")
    assert store.rows("companies?extraFields=Industry:Ret")


def test_extra_fields_come_on_request(store: B2B) -> None:
    """In lists; the address of one record has them in any case."""
    for path, asked in (
        ("companies", "isIncludeExtraFields=1"),
        ("users", "isIncludeExtraFields=1"),
        ("orders", "showExtra=true"),
    ):
        assert "extraFields" not in store.rows(path)[0]
        assert "extraFields" in store.rows(f"{path}?{asked}")[0]
    assert "extraFields" in store.get("companies/8001").json["data"]


def test_a_quote_needs_its_date(store: B2B) -> None:
    """`date` is documented as required; the details lack the id, and have the lines."""
    key = store.store.ids("quotes")[1]
    assert store.get(f"rfq/{key}").status == 422
    found = store.get(f"rfq/{key}?date=01/01/2025").json["data"]
    assert "quoteId" not in found
    assert found["productList"]
    assert "productList" not in store.rows("rfq")[0]


def test_shopping_lists_are_seen_by_a_user(store: B2B) -> None:
    """By exactly one of two parameters; juniors see their own alone, others those of the company that are no drafts."""
    assert store.get("shopping-list").status == 422
    assert store.get("shopping-list?userId=1&customerId=1").status == 422
    assert store.get("shopping-list?userId=1").status == 404
    lists = store.store.collections["shopping_lists"].rows()
    seen = set()
    for user in store.store.collections["company_users"].rows():
        found = {row["id"] for row in store.rows(f"shopping-list?userId={user['id']}&limit=200")}
        by_customer = {row["id"] for row in store.rows(f"shopping-list?customerId={user['customerId']}&limit=200")}
        assert found == by_customer
        own = {row["id"] for row in lists if row["userId"] == user["id"]}
        shared = {row["id"] for row in lists if row["companyId"] == user["companyId"] and row["status"] != 30}
        assert found == (own if user["role"] == 2 else own | shared)
        seen |= found
    assert seen == {row["id"] for row in lists}


def test_items_of_a_shopping_list_have_pages(store: B2B) -> None:
    key = next(row["id"] for row in store.store.collections["shopping_lists"].rows() if len(row["items"]) == 4)
    whole = store.get(f"shopping-list/{key}").json
    assert (len(whole["data"]["items"]), whole["meta"]["pagination"]["limit"]) == (4, 250)
    part = store.get(f"shopping-list/{key}?limit=3&offset=3").json
    assert part["data"]["items"] == whole["data"]["items"][3:]
    assert part["meta"]["pagination"]["totalCount"] == 4


def test_a_hierarchy_is_the_whole_tree_and_subsidiaries_what_is_below(store: B2B) -> None:
    """Five layers, from whichever company one asks; these responses have no `code`."""

    def depth(nodes: list[dict[str, Any]]) -> int:
        return 1 + max((depth(node.get("subsidiaries", [])) for node in nodes), default=-1)

    tree = store.get("companies/8006/hierarchy").json
    assert set(tree) == {"data", "meta"}
    assert depth(tree["data"]) == 5
    assert tree["data"] == store.get("companies/8001/hierarchy").json["data"]
    assert store.get("companies/8006/subsidiaries").json["data"] == []
    assert [node["companyId"] for node in store.get("companies/8001/subsidiaries").json["data"]] == [8002, 8003]
    assert store.get("companies/8001/subsidiaries?limit=1&offset=1").json["data"][0]["companyId"] == 8003


def test_a_hierarchy_that_returns_to_itself_ends() -> None:
    """Nobody can make one by the rules; a reader must survive it anyway, and so must the sandbox."""
    store = B2B()
    store.store.collections["companies"].edit(8001, parentCompany={"id": 8002, "name": "Nine Mile Cycles"})
    assert store.get("companies/8002/hierarchy").status == 200


def test_super_admins_and_companies_refer_to_each_other(store: B2B) -> None:
    """From both sides, and by number."""
    for admin in store.rows("companies/super-admins"):
        for company in store.rows(f"super-admins/{admin['id']}/companies?limit=200"):
            of_company = store.rows(f"companies/{company['companyId']}/super-admins")
            assert admin["id"] in [row["id"] for row in of_company]
    counts = {row["companyId"]: row["superAdminCount"] for row in pages(store, "super-admins/companies")}
    assert counts[8001] == len(store.rows("companies/8001/super-admins"))


def test_where_messages_and_pagination_stand(store: B2B) -> None:
    """Three forms of the envelope, each as the files of the specification have it."""
    assert store.get("companies?limit=1").json["meta"]["message"] == "SUCCESS"
    quotes = store.get("rfq?limit=1").json
    assert (quotes["message"], set(quotes["data"])) == ("SUCCESS", {"list", "pagination"})
    products = store.get("orders/120/products").json
    assert (products["message"], "meta" in products) == ("SUCCESS", False)
    assert set(store.get("companies/permissions").json["meta"]) == {"message"}


def test_orders_of_the_last_year_come_without_a_date_filter() -> None:
    """Documented, and a trap: the rest comes only when a date is asked for."""
    store = B2B(b2b_variant=B2BVariant(unnamed_channels="all"))
    store.store.clock.advance(400 * DAY)
    assert store.rows("orders") == []
    store.store.collections["b2b_orders"].edit(120)
    assert [row["bcOrderId"] for row in store.rows("orders?limit=200")] == [120]
    assert len(store.rows("orders?limit=200&minModified=0")) == 60


@pytest.mark.parametrize(("path", "kind"), [("orders?minModified=1", "b2b_orders"), ("rfq?orderBy=asc", "quotes")])
def test_a_list_is_that_of_the_first_channel_unless_others_are_named(path: str, kind: str) -> None:
    """Documented as the default of `channelIds[]`."""
    store = B2B()
    every = {row["channelId"] for row in store.store.collections[kind].rows()}
    assert {row["channelId"] for row in store.rows(f"{path}&limit=200")} == {1} < every
    named = ",".join(map(str, every))
    assert {row["channelId"] for row in store.rows(f"{path}&limit=200&channelIds[]={named}")} == every


def test_invoices_are_found_by_period(store: B2B) -> None:
    dates = sorted(row["createdAt"] for row in store.store.collections["invoices"].rows())
    found = pages(store, f"ip/invoices?beginDateAt={dates[10]}&endDateAt={dates[20]}", 100)
    assert len(found) == sum(dates[10] <= at <= dates[20] for at in dates)
    assert len(pages(store, "ip/invoices?beginDateAt=2000-01-01", 200)) == len(dates)


def test_every_collection_has_an_endpoint() -> None:
    """Rows that no request shows would only look like data."""
    listed = {one.of for one in LISTINGS.values()}
    alone = {"company_credit", "company_payment_terms", "invoice_portal_configuration"}
    assert {one.name for one in COLLECTIONS} == listed | alone
    assert len({one.name for one in COLLECTIONS}) == len(COLLECTIONS)

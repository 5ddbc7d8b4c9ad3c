"""What is odd about single streams of B2B Edition."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from airbyte_cdk.models import SyncMode

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.streams.b2b_companies import (
    CompanyAddresses,
    CompanyCredit,
    CompanyHierarchy,
    CompanySubsidiaries,
)
from source_bigcommerce.streams.b2b_sales import (
    B2bChannels,
    B2bOrderProducts,
    B2bOrders,
    QuoteDetails,
    QuoteLineItems,
    Quotes,
    ShoppingLists,
)
from unit_tests.support import STORE_URL, make_stream, v3

B2B_URL = "https://api-b2b.bigcommerce.com/api/v3/io/"
COMPANY = {"companyId": 7, "updatedAt": "1700000000"}
ORDER = {"id": 5, "bcOrderId": 101, "companyId": 7, "updatedAt": 1_710_000_000, "createdAt": 1_710_000_000}


def listed(api: Any, path: str, rows: list[Any], **more: Any) -> None:
    pagination = {"totalCount": len(rows), "limit": 100, "offset": 0}
    data: Any = {"list": rows, "pagination": pagination} if path == "rfq" else rows
    api.get(f"{B2B_URL}{path}", json={"code": 200, "data": data, "meta": {"pagination": pagination}}, **more)


def has_channels(api: Any, storefronts: list[int] | None, others: list[int] | None = None) -> None:
    """The storefronts of B2B Edition, None for a store with a single one; and all channels of the store, None if the
    API account may not read them."""
    if storefronts is None:
        api.get(f"{B2B_URL}channels", status_code=403, json={"code": 403, "message": "Multi storefront is not enabled"})
    else:
        listed(api, "channels", [{"id": 90 + id_, "channelId": id_} for id_ in storefronts])
    found: Any = {"json": v3([{"id": id_} for id_ in others or ()])}
    refused = {"status_code": 403, "json": {"title": "You don't have a required scope to access the endpoint"}}
    api.get(f"{STORE_URL}v3/channels", **(found if others is not None else refused))


def records(stream: Any) -> list[dict[str, Any]]:
    slices = stream.stream_slices(sync_mode=SyncMode.full_refresh)
    return [one for piece in slices for one in stream.read_records(SyncMode.full_refresh, stream_slice=piece)]


def incremental(stream: Any, state: Any) -> list[dict[str, Any]]:
    slices = stream.stream_slices(sync_mode=SyncMode.incremental, stream_state=state)
    return [one for piece in slices for one in stream.read_records(SyncMode.incremental, stream_slice=piece)]


def sent(api: Any, path: str) -> list[dict[str, list[str]]]:
    """The queries of the requests to a path."""
    found = [urlsplit(request.url) for request in api.request_history]
    return [parse_qs(url.query) for url in found if url.path == urlsplit(B2B_URL + path).path]


def test_orders_are_requested_with_a_date_whatever_the_window() -> None:
    """Without one, the API returns those of the last year."""
    assert make_stream(B2bOrders).reader.query.fixed()["minModified"] == 1


@pytest.mark.parametrize(
    ("storefronts", "others", "named"),
    [
        ([1, 2], [1, 2], "1,2"),
        ([1, 2], [1, 2, 3], "1,2,3"),  # one without B2B Edition
        ([2], [1, 2], "1,2"),
        ([7], None, "1,7"),  # the default would be channel 1
        ([1], [1, 5], "1,5"),
        ([1], [1], None),
        (None, [1, 5], "1,5"),  # a single storefront; channel 5 may once have been another, or sell elsewhere
        (None, [1], None),
    ],
)
def test_all_channels_are_named_unless_the_first_is_the_only_one(
    api: Any, storefronts: list[int] | None, others: list[int] | None, named: str | None
) -> None:
    """The list may default to channel 1. A store with one storefront refuses the list of them (documented)."""
    has_channels(api, storefronts, others)
    listed(api, "orders", [ORDER])
    assert [one["id"] for one in records(make_stream(B2bOrders))] == [101]
    assert {tuple(query.get("channelIds[]", [])) for query in sent(api, "orders")} == {(named,) if named else ()}
    assert len(sent(api, "channels")) == 1


def test_channels_that_became_known_are_read_from_their_start(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The state records which channels were named while the store's own list of them could not be read."""
    caplog.set_level(logging.INFO, "airbyte")
    has_channels(api, [1, 2])
    listed(api, "orders", [{**ORDER, "channelId": 1}])
    stream = make_stream(B2bOrders)
    assert [one["id"] for one in incremental(stream, {})] == [101]
    assert "Those of other channels may be missing" in caplog.text
    assert stream.state["selection"]["channel_ids"] == [1, 2]
    has_channels(api, [1, 2], [1, 2, 3])
    listed(api, "orders", [{**ORDER, "channelId": 1}, {**ORDER, "id": 6, "bcOrderId": 102, "channelId": 3}])
    again = make_stream(B2bOrders)
    assert [one["id"] for one in incremental(again, stream.state)] == [102]
    assert again.state["selection"]["channel_ids"] == []


def test_a_firewall_is_not_taken_for_a_missing_scope(api: Any) -> None:
    """Orders of other channels would be missing, and the state would pass them."""
    has_channels(api, [1, 2])
    blocked = {
        "status_code": 403,
        "text": "<html><title>Access denied</title>",
        "headers": {"Content-Type": "text/html"},
    }
    api.get(f"{STORE_URL}v3/channels", **blocked)
    listed(api, "orders", [ORDER])
    with pytest.raises(BigCommerceError, match="'b2b_orders' needs the list of channels, which could not be read"):
        records(make_stream(B2bOrders))


@pytest.mark.parametrize("refusal", [{"code": 403, "message": "Forbidden"}, None])
def test_an_error_of_the_list_of_channels_is_not_taken_for_a_single_one(api: Any, refusal: Any) -> None:
    """Orders of other channels would be missing without a word."""
    reply = {"status_code": 403, "json": refusal} if refusal else {"status_code": 500}
    api.get(f"{B2B_URL}channels", **reply)
    listed(api, "orders", [ORDER])
    with pytest.raises(BigCommerceError, match="'b2b_orders' needs the list of channels, which could not be read"):
        records(make_stream(B2bOrders))
    assert not sent(api, "orders")


@pytest.mark.parametrize(
    ("stream", "path", "name"),
    [
        (B2bOrders, "orders", "minModified"),
        (B2bOrders, "orders", "channelIds[]"),
        (B2bOrders, "orders", "channelIds"),
        (Quotes, "rfq", "channelIds[]"),
    ],
)
def test_a_filter_without_which_a_list_is_shorter_is_never_omitted(api: Any, stream: Any, path: str, name: str) -> None:
    """Without it, the API returns the orders of the last year, or those of channel 1."""
    has_channels(api, [1, 2], [1, 2])
    refused = {"code": 400, "data": {"errMsg": f"{name} is not supported"}, "meta": {"message": "Bad Request"}}
    api.get(f"{B2B_URL}{path}", status_code=400, json=refused)
    with pytest.raises(BigCommerceError, match=re.escape(f"{name} is not supported")):
        records(make_stream(stream))
    assert all({"channelIds[]", "limit"} <= query.keys() for query in sent(api, path))
    assert all("minModified" in query for query in sent(api, "orders"))


def test_a_filter_that_the_connector_can_replace_is_omitted(api: Any) -> None:
    """Without it, the API returns more quotes."""
    has_channels(api, [1, 2], [1, 2])
    listed(api, "rfq", [QUOTE])
    refused = {"code": 400, "data": {"errMsg": "minModified is not supported"}, "meta": {"message": "Bad Request"}}
    api.get(re.compile(f"{B2B_URL}rfq.*minModified"), status_code=400, json=refused)
    assert [one["id"] for one in records(make_stream(Quotes, start_date="2024-01-01"))] == [12]


def test_a_store_with_a_single_storefront_has_no_list_of_them(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Any other refusal is an error."""
    caplog.set_level(logging.INFO, "airbyte")
    has_channels(api, None)
    stream = make_stream(B2bChannels)
    assert records(stream) == []
    assert "single storefront: Multi storefront is not enabled" in caplog.text
    api.get(f"{B2B_URL}channels", status_code=403, json={"code": 403, "message": "Forbidden"})
    with pytest.raises(BigCommerceError, match="has no B2B Edition"):
        records(make_stream(B2bChannels))


def test_chosen_channels_are_named_instead(api: Any) -> None:
    listed(api, "orders", [{**ORDER, "channelId": 2}])
    records(make_stream(B2bOrders, channel_ids=[2]))
    assert sent(api, "orders")[0]["channelIds[]"] == ["2"]


def test_products_are_those_of_orders_with_a_company_and_each_is_kept(api: Any) -> None:
    """Two line items may have one id: it is documented as that of the product."""
    has_channels(api, [1], [1])
    listed(api, "orders", [ORDER, {**ORDER, "id": 6, "bcOrderId": 102, "companyId": None}])
    listed(api, "orders/101/products", [{"id": 3, "quantity": 1}, {"id": 3, "quantity": 2}])
    found = records(make_stream(B2bOrderProducts))
    assert [(one["order_id"], one["position"], one["quantity"]) for one in found] == [(101, 1, 1), (101, 2, 2)]
    assert not sent(api, "orders/102/products")


QUOTE = {"quoteId": 12, "createdAt": 1_709_337_599, "updatedAt": 1_710_000_000, "quoteNumber": "Q1"}  # 2024-03-01 23:59


@pytest.mark.parametrize("day", ["03/01/2024", "02/29/2024", "03/02/2024"])
def test_the_day_of_a_quote_may_be_that_of_another_zone(api: Any, day: str) -> None:
    """The details require it, and the zone is not documented."""
    has_channels(api, [1], [1])
    listed(api, "rfq", [QUOTE])

    def details(request: Any, context: Any) -> Any:
        context.status_code = 200 if parse_qs(urlsplit(request.url).query)["date"] == [day] else 404
        return {"code": context.status_code, "data": {"grandTotal": 5, "productList": [{"sku": "A"}, {"sku": "A"}]}}

    api.get(f"{B2B_URL}rfq/12", json=details)
    assert [(one["quote_id"], one["grand_total"]) for one in records(make_stream(QuoteDetails))] == [(12, 5)]
    assert [one["position"] for one in records(make_stream(QuoteLineItems))] == [1, 2]


def test_a_quote_in_the_list_that_is_not_found_is_not_taken_for_deleted(api: Any, naps: list[float]) -> None:
    """A wrong day has the same response as no quote."""
    has_channels(api, [1], [1])
    listed(api, "rfq", [QUOTE])
    api.get(f"{B2B_URL}rfq/12", status_code=404, json={"code": 404, "data": {"errMsg": "Quote does not exist."}})
    with pytest.raises(BigCommerceError, match="is incomplete: the records of 1 parent"):
        records(make_stream(QuoteDetails))


def test_a_store_without_credit_has_none(api: Any) -> None:
    """400 is documented for a store in which the feature is disabled; any other 400 is an error."""
    listed(api, "companies", [COMPANY])
    refused = {
        "code": 400,
        "data": {"errMsg": "Store company credit is not enabled"},
        "meta": {"message": "API logic error"},
    }
    api.get(f"{B2B_URL}companies/7/credit", status_code=400, json=refused)
    assert records(make_stream(CompanyCredit)) == []
    api.get(f"{B2B_URL}companies/7/credit", status_code=400, json={"code": 400, "meta": {"message": "Bad Request"}})
    with pytest.raises(BigCommerceError):
        records(make_stream(CompanyCredit))


def test_the_hierarchy_is_requested_for_companies_at_the_top(api: Any) -> None:
    """All others are in the tree of one of these, and 15 requests a minute are few."""
    listed(api, "companies", [COMPANY, {**COMPANY, "companyId": 8, "parentCompany": {"id": 7, "name": "Seven"}}])
    listed(api, "companies/7/hierarchy", [{"companyId": 7, "subsidiaries": [{"companyId": 8}]}])
    found = records(make_stream(CompanyHierarchy))
    assert [(one["root_company_id"], one["company_id"], one["subsidiaries"]) for one in found] == [
        (7, 7, [{"company_id": 8}])
    ]


def test_a_date_that_is_not_returned_is_that_of_the_sync(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Without a remark in the log: it is so for every record."""
    listed(api, "addresses", [{"addressId": 3, "companyId": 7}])
    stream = make_stream(CompanyAddresses)
    assert [(one["id"], one["address_id"], one["updated_at"]) for one in records(stream)] == [
        (3, 3, "2024-06-01T12:00:00Z")
    ]
    assert not list(stream.mismatches.summary())


def test_dates_are_requested_in_unix_seconds_a_second_wider(api: Any) -> None:
    """It is not certain whether the bounds belong to the window."""
    stream = make_stream(Quotes, start_date="2024-01-01")
    stream.reader.query.channels_of_store = tuple
    assert f"minModified={1_704_067_200 - 1}" in stream.path(stream_slice=stream.reader.whole().to_stream_slice())


@pytest.mark.parametrize(
    ("children", "rows", "total"),
    [
        (CompanySubsidiaries, [{"companyId": 8}, {"companyId": 9}], 10),  # the documented example
        (CompanyHierarchy, [{"companyId": 7, "subsidiaries": [{"companyId": 8}, {"companyId": 9}]}], 2),
        (CompanyHierarchy, [{"companyId": 7}], 0),
    ],
)
def test_the_total_of_a_tree_counts_all_that_is_in_it(api: Any, children: Any, rows: list[Any], total: int) -> None:
    listed(api, "companies", [COMPANY])
    pagination = {"totalCount": total, "limit": 100, "offset": 0}
    name = {CompanySubsidiaries: "subsidiaries", CompanyHierarchy: "hierarchy"}[children]
    api.get(f"{B2B_URL}companies/7/{name}", json={"data": rows, "meta": {"pagination": pagination}})
    assert [one["company_id"] for one in records(make_stream(children))] == [one["companyId"] for one in rows]
    assert len(sent(api, f"companies/7/{name}")) == 1


def test_a_refusal_that_is_not_of_the_limit_makes_no_other_list_slower(api: Any) -> None:
    """Smaller limits are tried, as the refusal of a limit is not documented."""
    listed(api, "users", [{"id": 1, "updatedAt": 1}, {"id": 2, "updatedAt": 2}, {"id": 3, "updatedAt": 3}])
    api.get(f"{B2B_URL}shopping-list", json={"code": 200, "data": [], "meta": {"pagination": {"totalCount": 0}}})
    refused = {"code": 422, "data": {"errMsg": "User does not exist."}, "meta": {"message": "Parameter Error"}}
    api.get(f"{B2B_URL}shopping-list?userId=2", status_code=422, json=refused)
    with pytest.raises(BigCommerceError, match="is incomplete: the records of 1 parent"):
        records(make_stream(ShoppingLists, num_workers=1))  # one user's lists after another's
    limits = [query["limit"] for query in sent(api, "shopping-list") if query["userId"] == ["3"]]
    assert limits == [["200"]] * len(limits) != []

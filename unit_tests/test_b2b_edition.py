"""B2B Edition: its responses in the form of V3, its pages, its errors and its credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from source_bigcommerce.api.b2b_edition import adapt, adapted, snake_case
from source_bigcommerce.api.b2b_pagination import ListOrObject, NumberedRecords, Offset
from source_bigcommerce.api.client import with_query
from source_bigcommerce.api.error_handler import B2BErrorHandler
from source_bigcommerce.api.errors import BadRequest, Breaker, Forbidden, NotFound, PageTooHeavy
from source_bigcommerce.api.json_body import decode
from source_bigcommerce.api.pagination import IncompleteListError
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.transport import PageLimits, apply_limits
from unit_tests.support import CLIENT, TOKEN, make_store, response

B2B_URL = "https://api-b2b.bigcommerce.com/api/v3/io/"


def envelope(rows: Any, total: int | None = None, limit: int | None = None) -> dict[str, Any]:
    """A response in the form of V3, with as much of its pagination as is given."""
    numbers = {name: value for name, value in (("total", total), ("per_page", limit)) if value is not None}
    return {"data": rows, "meta": {"pagination": numbers}}


def rows(first: int, number: int) -> list[dict[str, Any]]:
    return [{"id": id_} for id_ in range(first, first + number)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("companyName", "company_name"),
        ("bcOrderId", "bc_order_id"),
        ("b2bId", "b2b_id"),
        ("extraInt1", "extra_int1"),
        ("usdIncTax", "usd_inc_tax"),
        ("isURLValid", "is_url_valid"),
        ("id", "id"),
        ("already_snake", "already_snake"),
        ("PO Number", "PO Number"),
        ("Ümlaut", "Ümlaut"),
    ],
)
def test_names_in_camel_case_become_snake_case_and_others_stay(name: str, expected: str) -> None:
    """What is no name of the API's own may be a merchant's."""
    assert snake_case(name) == expected


def test_what_merchants_name_keeps_its_names() -> None:
    """The keys of custom fields are data."""
    body = {"data": {"billingAddress": {"customFields": {"dockCode": "A", "x": {"yZ": 1}}, "zipCode": "1"}}}
    assert adapted(body)["data"] == {
        "billing_address": {"custom_fields": {"dockCode": "A", "x": {"yZ": 1}}, "zip_code": "1"}
    }


def test_two_spellings_of_a_name_are_both_kept() -> None:
    assert adapted({"data": {"companyId": 1, "company_id": 2}})["data"] == {"companyId": 1, "company_id": 2}
    assert adapted({"data": {"isURL": 1, "isUrl": 2}})["data"] == {"is_url": 1, "isUrl": 2}


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"a": 1}], "meta": {"pagination": {"totalCount": 7, "limit": 10, "offset": 0}}},
        {"data": [{"a": 1}], "meta": {"message": "SUCCESS", "totalCount": "7", "limit": 10}},
        {"data": {"list": [{"a": 1}], "pagination": {"totalCount": 7, "limit": 10}}},
    ],
    ids=["in meta", "beside the message", "in data"],
)
def test_totals_are_found_in_each_of_their_places(body: Any) -> None:
    assert adapted(body)["meta"]["pagination"] == {"total": 7, "per_page": 10}


@pytest.mark.parametrize("empty", [None, {}, [], ""])
def test_every_form_of_no_data_is_an_empty_list(empty: Any) -> None:
    assert adapted({"code": 200, "data": empty})["data"] == []


@pytest.mark.parametrize(("code", "status"), [(403, 403), ("429", 429), (500, 500), (200, 200), (0, 200), (None, 200)])
def test_an_error_inside_a_200_has_its_status(code: Any, status: int) -> None:
    """Also for the rate limiter, which sees the response first."""
    reply = response(200, json.dumps({"code": code, "data": {}}).encode())
    adapt(reply)
    assert reply.status_code == status


def test_an_error_keeps_the_names_of_the_parameters_that_it_refuses() -> None:
    """They are compared with those of the request."""
    reply = response(422, json.dumps({"code": 422, "data": {"errMsg": {"minModified": ["no"]}}}).encode())
    adapt(reply)
    assert decode(reply)["data"] == {"errMsg": {"minModified": ["no"]}}


def test_a_body_that_is_no_json_is_left_to_the_error_handler() -> None:
    reply = response(200, b"<html>")
    adapt(reply)
    assert reply.status_code == 200


# Pages


def test_an_offset_replaces_the_number_of_a_page() -> None:
    assert with_query("b2b/companies", {"limit": 50, "page": 3}) == "b2b/companies?limit=50&offset=100"
    assert with_query("v3/pages", {"limit": 50, "page": 3}) == "v3/pages?limit=50&page=3"


@pytest.mark.parametrize(
    ("body", "position", "following"),
    [
        (envelope(rows(1, 100), 250, 100), {"limit": 100, "page": 1}, {"limit": 100, "page": 2}),
        (envelope(rows(201, 50), 250, 100), {"limit": 100, "page": 3}, None),
        (envelope(rows(1, 50), 250, 50), {"limit": 100, "page": 1}, {"limit": 50, "page": 2}),  # reported
        (envelope(rows(1, 10), 57, 100), {"limit": 100, "page": 1}, {"limit": 10, "page": 2}),  # not reported
        (envelope(rows(1, 249)), {"limit": 250, "page": 1}, {"limit": 249, "page": 2}),  # an exclusive maximum
        (envelope(rows(250, 76)), {"limit": 249, "page": 2}, None),
        (envelope(rows(1, 9)), {"limit": 100, "page": 1}, None),
        (envelope([], 0, 100), {"limit": 100, "page": 1}, None),
        (envelope(rows(101, 50), 250, 50), {"limit": 100, "page": 2}, {"limit": 50, "page": 4}),
    ],
)
def test_positions_follow_what_a_page_contains(body: Any, position: Any, following: Any) -> None:
    """No record may lie between two pages, whatever the API makes of the limit."""
    assert Offset().page(body, position).next == following


def test_a_page_size_that_changes_in_the_middle_is_an_error() -> None:
    with pytest.raises(IncompleteListError, match="page size changed"):
        Offset().page(envelope(rows(101, 30), 250, 30), {"limit": 100, "page": 2})


def test_a_record_gets_its_id_from_the_field_that_identifies_it() -> None:
    """And keeps another one."""
    page = Offset(key="bc_order_id").page(envelope([{"id": 9, "bc_order_id": "101"}]), {"limit": 100, "page": 1})
    assert page.records == [{"id": 101, "b2b_id": 9, "bc_order_id": "101"}]
    with pytest.raises(IncompleteListError):
        Offset().page(envelope([1]), {"limit": 100, "page": 1})


def test_lists_are_found_inside_an_object_and_single_records_too() -> None:
    first = {"limit": 100, "page": 1}
    assert Offset(place="list").page(envelope({"list": rows(1, 2)}), first).records == rows(1, 2)
    assert Offset().page(envelope({"id": 5}), first).records == [{"id": 5}]
    assert ListOrObject().page(envelope({"id": 5}), {}).records == [{"id": 5}]
    assert ListOrObject().page(envelope(rows(1, 2)), {}).records == rows(1, 2)


def test_records_without_a_key_are_numbered() -> None:
    """Two with the same content are two."""
    page = NumberedRecords().page(envelope([{"id": 1}, {"id": 1}]), {})
    assert page.records == [{"id": 1, "position": 1}, {"id": 1, "position": 2}]
    with pytest.raises(IncompleteListError):
        NumberedRecords().page({"data": {}}, {})


# Errors


def handled(
    status: int, body: Any = None, url: str = "companies?limit=100&offset=0", limits: PageLimits | None = None
) -> Any:
    reply = response(status, json.dumps(body or {}).encode())
    reply.request = requests.Request("GET", B2B_URL + url).prepare()
    handler = B2BErrorHandler("companies", Scope.B2B_EDITION, Breaker(), lambda: False)
    if limits is None:
        return handler.interpret_response(reply)
    with apply_limits(limits):
        return handler.interpret_response(reply)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_names_the_edition_and_the_scope(status: int) -> None:
    with pytest.raises(Forbidden) as failure:
        handled(status, {"code": status, "data": {"errMsg": "No."}, "meta": {"message": "Forbidden"}})
    message = str(failure.value.message)
    assert "no B2B Edition or the API account lacks the OAuth scope B2B Edition (modify" in message
    assert f"({status}: Forbidden; No.)" in message


def test_a_404_of_a_list_differs_from_that_of_a_record() -> None:
    with pytest.raises(NotFound, match="has no B2B Edition"):
        handled(404)
    with pytest.raises(NotFound, match="does not return a record"):
        handled(404, url="companies/8001/credit")


def test_a_refused_limit_is_reduced_whatever_the_store_says_of_it() -> None:
    """Unless it names another parameter, or no smaller page is possible."""
    smaller = PageLimits(3, 1000)
    for body in ({}, {"data": {"errMsg": {"limit": ["Too large."]}}, "meta": {"message": "Parameter Error"}}):
        for status in (400, 413, 422):
            with pytest.raises(PageTooHeavy) as refusal:
                handled(status, body, limits=smaller)
            assert refusal.value.is_refused
    refused = {"data": {"errMsg": {"minModified": ["no"]}}, "meta": {"message": "Parameter Error"}}
    with pytest.raises(BadRequest, match="minModified"):
        handled(422, refused, "companies?minModified=1&limit=100", smaller)
    with pytest.raises(BadRequest):
        handled(422, limits=PageLimits(3))


def test_a_page_that_is_never_served_advises_to_check_the_store_hash() -> None:
    with pytest.raises(PageTooHeavy) as failure:
        handled(500, limits=PageLimits(1, 1000))
    assert "Check the store hash" in str(failure.value.at_size("companies", 1, "x").message)


# Credentials


def test_each_api_gets_the_headers_that_it_documents() -> None:
    """`authToken` together with `X-Store-Hash` has unexpected results."""
    store = make_store()
    sent = [
        connection.auth(requests.Request("GET", connection.url_of("v2/time")).prepare()).headers
        for connection in store.connections
    ]
    assert sent[0]["X-Auth-Token"] == sent[1]["X-Auth-Token"] == TOKEN
    assert sent[0]["X-Auth-Client"] == CLIENT and "X-Store-Hash" not in sent[0]
    assert sent[1]["X-Store-Hash"] == "abc123" and "X-Auth-Client" not in sent[1]
    assert not any(name.lower() == "authtoken" for headers in sent for name in headers)


def test_an_endpoint_leads_to_its_own_api() -> None:
    store = make_store(b2b_api_url="https://b2b.example.com/")
    assert (
        store.connection("b2b/ip/invoices").url_of("b2b/ip/invoices") == "https://b2b.example.com/api/v3/io/ip/invoices"
    )
    assert store.connection("v3/hooks") is store.api

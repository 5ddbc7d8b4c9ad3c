"""The names in a refusal, and the optional parts of a request."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.api.errors import BadRequest, BigCommerceError
from source_bigcommerce.lists.refused_parameters import RefusedParameters, kind_of, named_in
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers, Subscribers
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.order_children import OrderTaxes
from source_bigcommerce.streams.settings import CatalogSettings
from unit_tests.support import STORE_URL, make_stream, read, sync, urls, v3

PATH = "v3/x?include=images,primary_image&date_modified:min=2024-01-01T00:00:00Z&limit=250&id:greater=7&channel_id:in=1"
FILTERS = ("date_modified:min", "date_modified:max", "channel_id:in")


@pytest.mark.parametrize(
    ("explanation", "named"),
    [
        ("The filter(s): date_modified:min are not valid filter parameter(s).", ["date_modified:min"]),
        ("Invalid; date_modified:min: is not valid", ["date_modified:min"]),
        ("The filter(s): channel_id:in, date_modified:min are not valid", ["date_modified:min", "channel_id:in"]),
        ("`primary_image` is not a valid include.", ["primary_image"]),
        ("Unknown value: images.", ["images"]),
        ("The field 'include' is not supported by this resource.", ["images", "primary_image"]),
        ("include: must be one of variants, videos", ["images", "primary_image"]),
        ("The following `channel_id`s [1] are not valid", []),
        ("date_modified is not a field", []),
        ("date_modified:max is not valid", []),  # which was not sent
        ("limit: is too large; id:greater: is not valid", []),  # without which the list ends too soon
        ("", []),
    ],
)
def test_only_what_was_sent_and_can_be_done_without_is_named(explanation: str, named: list[str]) -> None:
    """A part of a longer name is another name, and paging does without nothing."""
    assert named_in(explanation, PATH, FILTERS) == named


def test_what_is_refused_is_left_out_at_one_kind_of_endpoint() -> None:
    """The addresses of customers take the form fields that their list may refuse."""
    refused = RefusedParameters()
    params = {"include": "a,b", "min": "1"}
    assert refused.without("v3/x", params) is params
    assert refused.add("v3/x/17/y", ["a", "min"]) == ["a", "min"]
    assert refused.add("v3/x/18/y", ["a"]) == []
    assert refused.without("v3/x/19/y", params) == {"include": "b"}
    assert refused.without("v3/x", params) == params
    refused.add("v3/x/17/y", ["b"])
    assert refused.without("v3/x/17/y", params) == {}
    assert kind_of("v2/orders/17/products/3") == "v2/orders/*/products/*"


def refusing(name: str) -> dict[str, Any]:
    return {"status_code": 422, "json": {"title": "Invalid", "errors": {name: "is not valid"}}}


def test_one_refusal_of_a_filter_is_not_believed(api: Any) -> None:
    """Left out, it would cost a read of the whole list."""
    api.get(f"{STORE_URL}v3/customers", [refusing("date_modified:min"), {"json": v3([])}])
    stream = make_stream(Customers)
    assert sync(stream) == []
    assert len(urls(api)) == 2 and all("date_modified:min" in url for url in urls(api))
    assert stream.reader.query.selects_by_date


def test_a_refusal_that_leaving_out_does_not_help_fails_the_stream(api: Any) -> None:
    """The store named something else than what it does not like."""
    api.get(f"{STORE_URL}v3/customers", **refusing("date_modified:min"))
    with pytest.raises(BadRequest, match="date_modified:min: is not valid"):
        sync(make_stream(Customers))
    assert ["date_modified:min" in url for url in urls(api)] == [True, True, False]


def test_a_refusal_on_the_first_page_is_believed(api: Any) -> None:
    """A scope that is missing, or an address that the store does not have, says so there. Most refusals are right."""
    api.get(f"{STORE_URL}v2/coupons", status_code=403)
    with pytest.raises(BigCommerceError):
        read(make_stream(Coupons))
    assert len(urls(api)) == 1


def test_the_channel_of_settings_cannot_be_done_without(api: Any) -> None:
    """The store's own settings would be taken for those of the channel."""
    api.get(f"{STORE_URL}v3/channels", json=v3([{"id": 5}]))
    api.get(f"{STORE_URL}v3/settings/catalog", json={"data": {"a": 1}})
    api.get(f"{STORE_URL}v3/settings/catalog?channel_id=5", **refusing("channel_id"))
    assert [record["channel_id"] for record in sync(make_stream(CatalogSettings))] == [0]


def test_a_list_without_its_date_filter_is_read_once(api: Any) -> None:
    """Parts of the window would each list everything."""
    rows = [{"id": n, "date_modified": "2024-05-15T10:00:00Z"} for n in range(1, 601)]

    def page(request: Any, context: Any) -> Any:
        if "date_modified:min" in request.url:
            context.status_code = 422
            return {"title": "The filter(s): date_modified:min are not valid filter parameter(s)."}
        number = int(request.qs["page"][0])
        return v3(rows[250 * (number - 1) : 250 * number], total=600)

    api.get(f"{STORE_URL}v3/customers/subscribers", json=page)
    stream = make_stream(Subscribers)
    assert len(sync(stream, {"date_modified": "2024-05-01T00:00:00Z"})) == 600
    assert len(urls(api)) == 2 + 4  # the filter twice, then the pages, of which the first one is read again
    assert stream.state["date_modified"] == "2024-06-01T12:00:00Z"


def test_a_filter_that_is_refused_behind_the_first_page_begins_the_list_again(api: Any) -> None:
    """Its pages have other numbers without it: page 2 of 4 is not page 2 of 3."""
    old = [{"id": n, "date_modified": "2024-01-15T10:00:00Z"} for n in range(1, 301)]
    new = [{"id": n, "date_modified": "2024-05-15T10:00:00Z"} for n in range(301, 1001)]

    def page(request: Any, context: Any) -> Any:
        number, is_filtered = int(request.qs["page"][0]), "date_modified:min" in request.url
        if is_filtered and number == 2:
            context.status_code = 422
            return {"title": "The filter(s): date_modified:min are not valid filter parameter(s)."}
        rows = new if is_filtered else old + new
        return v3(rows[250 * (number - 1) : 250 * number], total=len(rows))

    api.get(f"{STORE_URL}v3/customers/subscribers", json=page)
    found = sync(make_stream(Subscribers), {"date_modified": "2024-05-01T00:00:00Z"})
    assert {record["id"] for record in found} == set(range(301, 1001))


def test_a_refusal_for_one_parent_in_the_middle_is_not_believed(api: Any) -> None:
    """The same address returned records for another order."""
    orders = [{"id": n, "date_modified": "Wed, 15 May 2024 10:00:00 +0000", "is_deleted": False} for n in (1, 2)]
    api.get(f"{STORE_URL}v2/orders", json=orders)
    stream = make_stream(OrderTaxes)
    for status in (400, 403, 422):
        api.get(f"{STORE_URL}v2/orders/1/taxes", json=[{"id": 1}])
        api.get(f"{STORE_URL}v2/orders/2/taxes", [{"status_code": status}, {"json": [{"id": 2}]}])
        list(stream._children_of(orders[0]))
        assert [row["id"] for row in stream._children_of(orders[1])] == [2]


def test_a_product_whose_parts_are_refused_has_none_that_cannot_be_read_apart(
    api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The table goes on without them, and a warning names them."""

    def page(request: Any, context: Any) -> Any:
        if "parent_relations" in request.url:
            context.status_code = 422
            return {"title": "Invalid", "errors": {"include": "parent_relations is not valid"}}
        parts: dict[str, Any] = {name: [] for name in ("images", "custom_fields", "bulk_pricing_rules", "videos")}
        return v3([{"id": 1, "variants": [{"id": 1}], "reviews": [], **parts}])

    api.get(f"{STORE_URL}v3/catalog/products", json=page)
    assert [record["id"] for record in sync(make_stream(Products))] == [1]
    reported = [line for line in caplog.messages if line.startswith("BigCommerce refuses")]
    assert reported == [
        "BigCommerce refuses parent_relations in requests to v3/catalog/products for 'products' (Invalid; include: "
        "parent_relations is not valid): in this sync, these fields stay empty."
    ]

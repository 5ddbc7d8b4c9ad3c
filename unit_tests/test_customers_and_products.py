"""Customers and products: the channels of products, and embedded lists that may be cut short."""

from __future__ import annotations

import logging
from operator import itemgetter
from typing import Any

import pytest

from source_bigcommerce.api.errors import BigCommerceError, NotFound
from source_bigcommerce.streams.catalog import Products
from source_bigcommerce.streams.customers import Customers
from unit_tests.support import (
    MODIFIED,
    STORE_URL,
    listing,
    make_stream,
    read,
    row,
    sync,
    urls,
    v3,
)


def test_products_of_other_channels_are_left_out(api: Any) -> None:
    """Products can be requested by several channels, and are checked again here."""
    rows = [
        {**row(Products, i, MODIFIED), "channels": channels} for i, channels in enumerate([[1], [2, 9], [], None], 1)
    ]
    listing(api, Products, rows)
    assert [record["id"] for record in sync(make_stream(Products, channel_ids=[2, 3]))] == [2, 4]
    assert "channel_id:in=2,3" in urls(api)[0]


def test_a_customer_s_lists_are_read_again_when_its_counts_say_so(api: Any) -> None:
    """Ten addresses at most are embedded, and a wholesaler has hundreds."""
    ten = [{"id": i, "customer_id": 1} for i in range(10)]
    customers = [
        {"id": 1, "address_count": 12, "attribute_count": 0, "addresses": ten},
        {"id": 2, "address_count": 10, "attribute_count": 1, "addresses": ten, "attributes": []},
        {"id": 3, "address_count": 0, "attribute_count": 0},
    ]
    listing(api, Customers, customers)
    api.get(f"{STORE_URL}v3/customers/addresses", json=v3([{"id": i, "customer_id": 1} for i in range(12)]))
    api.get(f"{STORE_URL}v3/customers/attribute-values", json=v3([{"id": 5, "customer_id": 2, "attribute_value": 7}]))
    found = sorted(read(make_stream(Customers)), key=itemgetter("id"))
    assert [len(customer.get("addresses") or []) for customer in found] == [12, 10, 0]
    assert found[1]["attributes"] == [{"id": 5, "customer_id": 2, "attribute_value": "7"}]
    assert urls(api)[1:] == [
        "v3/customers/addresses?include=formfields&customer_id:in=1&limit=250&page=1",
        "v3/customers/attribute-values?customer_id:in=2&limit=250&page=1",
    ]


def test_customers_of_several_pages_are_read_again_together(api: Any) -> None:
    """A request for each page with a wholesaler would double the number of requests."""

    def page(first: int) -> list[dict[str, Any]]:
        ids = range(first, first + 250)
        return [{**row(Customers, i, MODIFIED), "address_count": 12 if i == first else 0} for i in ids]

    def body(first: int, cursor: str | None) -> dict[str, Any]:
        links = {"pagination": {"per_page": 250}, "cursor_pagination": {"end_cursor": cursor, "per_page": 250}}
        return {"data": page(first), "meta": links}

    api.get(f"{STORE_URL}v3/customers", [{"json": body(1, "a")}, {"json": body(251, "b")}, {"json": v3([])}])
    addresses = [{"id": 100 * owner + i, "customer_id": owner} for owner in (1, 251) for i in range(12)]
    api.get(f"{STORE_URL}v3/customers/addresses", json=v3(addresses))
    found = {customer["id"]: customer for customer in read(make_stream(Customers))}
    assert len(found) == 500
    assert [len(found[owner]["addresses"]) for owner in (1, 251)] == [12, 12]
    assert len([url for url in urls(api) if "addresses?" in url]) == 1


def test_a_product_with_more_images_shows_that_ten_is_no_truncation(api: Any) -> None:
    """Eleven images of one product prove that the store embeds more than ten."""
    images = {1: 10, 2: 11, 3: 10}
    products = [{**row(Products, i, MODIFIED), "images": [{"id": n} for n in range(m)]} for i, m in images.items()]
    listing(api, Products, products)
    assert {product["id"]: len(product["images"]) for product in read(make_stream(Products))} == images
    assert len(urls(api)) == 1


def test_variants_are_read_again_for_many_products_at_a_time(api: Any) -> None:
    """Every product has a variant: none, or a known truncation size, is a reason for a request."""
    variants = {1: [], 2: [{"id": 1}], 3: [{"id": i} for i in range(10)], 4: None}
    listing(api, Products, [{**row(Products, i, MODIFIED), "variants": v} for i, v in variants.items()])
    api.get(f"{STORE_URL}v3/catalog/variants", json=v3([{"id": 40 + i, "product_id": i} for i in (1, 3, 4)]))
    found = sorted(read(make_stream(Products)), key=itemgetter("id"))
    assert [[v["id"] for v in product["variants"]] for product in found] == [[41], [1], [43], [44]]
    assert urls(api)[1:] == ["v3/catalog/variants?product_id:in=1,3,4&limit=250&page=1"]


PRODUCT_LISTS = [
    ("images", "images"),
    ("custom_fields", "custom-fields"),
    ("bulk_pricing_rules", "bulk-pricing-rules"),
    ("videos", "videos"),
]


@pytest.mark.parametrize(("name", "path"), PRODUCT_LISTS)
def test_a_product_s_list_as_long_as_a_cap_is_read_again(api: Any, name: str, path: str) -> None:
    """It may have been cut short."""
    listing(api, Products, [{**row(Products, 7, MODIFIED), name: [{"id": i} for i in range(10)]}])
    api.get(f"{STORE_URL}v3/catalog/products/7/{path}", json=v3([{"id": i} for i in range(11)]))
    (product,) = read(make_stream(Products))
    assert len(product[name]) == 11
    assert len(urls(api)) == 2


@pytest.mark.parametrize(("name", "path"), PRODUCT_LISTS)
@pytest.mark.parametrize("response", [{"json": {"data": [], "meta": {}}}, {"status_code": 204}], ids=["200", "204"])
def test_a_product_that_came_with_ten_is_not_believed_to_have_none(
    api: Any, name: str, path: str, response: dict[str, Any]
) -> None:
    """204 is documented for images and reviews; the others may well do the same. It is also what a fault says."""
    listing(api, Products, [{**row(Products, 7, MODIFIED), name: [{"id": i} for i in range(10)]}])
    api.get(f"{STORE_URL}v3/catalog/products/7/{path}", **response)
    api.get(f"{STORE_URL}v3/catalog/products/7", json={"data": {"id": 7}, "meta": {}})
    with pytest.raises(NotFound, match="The list contains children of record 7"):
        read(make_stream(Products))
    assert len([url for url in urls(api) if url.partition("?")[0].endswith(path)]) == 2


@pytest.mark.parametrize(("name", "path"), PRODUCT_LISTS)
def test_a_product_deleted_while_it_is_read_comes_as_it_is_with_a_log_line(
    api: Any, caplog: pytest.LogCaptureFixture, name: str, path: str
) -> None:
    """The next sync reports the rest; this one must say that it skipped something."""
    listing(api, Products, [{**row(Products, 7, MODIFIED), name: [{"id": i} for i in range(10)]}])
    api.get(f"{STORE_URL}v3/catalog/products/7/{path}", status_code=404, json={"title": "no"})
    api.get(f"{STORE_URL}v3/catalog/products/7", status_code=404, json={"title": "no"})
    api.get(f"{STORE_URL}v3/catalog/products?id:in=7", json=v3([]))
    with caplog.at_level(logging.INFO):
        (product,) = read(make_stream(Products))
    assert len(product[name]) == 10
    assert urls(api)[-2] == "v3/catalog/products/7"
    assert "Record 7 of 'products' was deleted while it was read." in [r.getMessage() for r in caplog.records]


@pytest.mark.parametrize(("name", "path"), PRODUCT_LISTS)
def test_a_product_that_is_listed_was_not_deleted(api: Any, name: str, path: str) -> None:
    """A store that has trouble may say 404 at every address of the product."""
    listing(api, Products, [{**row(Products, 7, MODIFIED), name: [{"id": i} for i in range(10)]}])
    api.get(f"{STORE_URL}v3/catalog/products/7/{path}", status_code=404, json={"title": "no"})
    api.get(f"{STORE_URL}v3/catalog/products/7", status_code=404, json={"title": "no"})
    with pytest.raises(BigCommerceError, match=r"'products' is incomplete.*\(id 7\).*'products' cannot be read"):
        read(make_stream(Products))


@pytest.mark.parametrize(("name", "path"), PRODUCT_LISTS)
def test_a_list_that_is_not_there_fails_the_slice_when_its_product_is(api: Any, name: str, path: str) -> None:
    """The embedded list may be truncated, and the complete one cannot be found."""
    listing(api, Products, [{**row(Products, 7, MODIFIED), name: [{"id": i} for i in range(10)]}])
    api.get(f"{STORE_URL}v3/catalog/products/7/{path}", status_code=404, json={"title": "no"})
    api.get(f"{STORE_URL}v3/catalog/products/7", json={"data": {"id": 7}, "meta": {}})
    with pytest.raises(BigCommerceError, match=r"'products' is incomplete.*\(id 7\).*'products' cannot be read"):
        read(make_stream(Products))

"""V3 products and variants as the sandbox serves them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.dates import iso_z
from unit_tests.sandbox.conftest import Client, Open

PARTS = ("variants", "images", "custom_fields", "bulk_pricing_rules", "videos")


def test_products_come_fifty_at_a_time_with_offset_pagination_only(client: Client) -> None:
    """There is no cursor on products."""
    body = client.get("v3/catalog/products").json()
    assert len(body["data"]) == 50
    pagination = body["meta"]["pagination"]
    assert set(body["meta"]) == {"pagination"}
    assert (pagination["total"], pagination["total_pages"], pagination["per_page"]) == (320, 7, 50)
    assert pagination["links"]["next"] == "?page=2&limit=50"


def test_links_lead_to_the_end_and_keep_the_filter(client: Client) -> None:
    """`links.next` is a query string without a path, absent on the last page."""
    seen: list[int] = []
    query = "?limit=100&is_visible=true"
    while query:
        body = client.get(f"v3/catalog/products{query}").json()
        seen += [row["id"] for row in body["data"]]
        query = body["meta"]["pagination"]["links"].get("next")
    expected = [row["id"] for row in client.records("products") if row["is_visible"]]
    assert seen == expected


def test_a_page_past_the_end_is_an_empty_list(client: Client) -> None:
    """Not 204: that is V2."""
    body = client.get("v3/catalog/products?page=40").json()
    assert body["data"] == []
    assert body["meta"]["pagination"]["count"] == 0


@pytest.mark.parametrize("query", ["include=options", "include=modifiers", "include=images,options"])
def test_options_and_modifiers_lower_the_page_to_ten(client: Client, query: str) -> None:
    """Documented; `per_page` says so."""
    body = client.get(f"v3/catalog/products?limit=250&{query}").json()
    assert len(body["data"]) == body["meta"]["pagination"]["per_page"] == 10
    assert body["meta"]["pagination"]["total_pages"] == 32


def test_keyset_paging_visits_every_product_once(client: Client) -> None:
    """`id:greater` with a sort by id."""
    seen: list[int] = [0]
    while page := client.ids(f"v3/catalog/products?limit=60&sort=id&direction=asc&id:greater={seen[-1]}"):
        seen += page
    assert seen[1:] == client.store.ids("products")


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("id:min=200", lambda row: row["id"] >= 200),
        ("id:max=200", lambda row: row["id"] <= 200),
        ("id:less=200&id:greater=150", lambda row: 150 < row["id"] < 200),
        ("id:in=80,99,5", lambda row: row["id"] in (80, 99)),
        ("id=80", lambda row: row["id"] == 80),
        ("id:not_in=80,81&id:max=90", lambda row: row["id"] <= 90 and row["id"] not in (80, 81)),
        ("sku=SKU-90", lambda row: row["id"] == 90),
        ("sku:in=SKU-90,SKU-91", lambda row: row["id"] in (90, 91)),
        ("brand_id=35", lambda row: row["brand_id"] == 35),
        ("categories:in=18,23", lambda row: {18, 23} <= set(row["categories"])),
        ("categories=18", lambda row: row["categories"] == [18]),
        ("inventory_level:greater=100", lambda row: row["inventory_level"] > 100),
        ("inventory_level:in=3,4,5", lambda row: row["inventory_level"] in (3, 4, 5)),
        ("availability=preorder", lambda row: row["availability"] == "preorder"),
        ("is_featured=1", lambda row: row["is_featured"]),
        ("keyword=kettle", lambda row: "kettle" in row["name"].lower()),
        ("type=digital", lambda row: row["type"] == "digital"),
        ("condition=new", lambda row: row["condition"] == "New"),
    ],
)
def test_filters_keep_the_products_that_match(client: Client, query: str, passes: Any) -> None:
    """Against the records themselves."""
    expected = [row["id"] for row in client.records("products") if passes(row)]
    body = client.get(f"v3/catalog/products?limit=250&{query}").json()
    assert [row["id"] for row in body["data"]] == expected[:250]
    assert body["meta"]["pagination"]["total"] == len(expected)
    assert expected


@pytest.mark.parametrize("field", ["id", "name", "sku", "price", "date_modified", "inventory_level", "total_sold"])
def test_sorts_run_through_the_whole_list(client: Client, field: str) -> None:
    """Both directions are each other's reverse, ties aside."""
    values = []
    for way in ("asc", "desc"):
        rows = [
            row
            for page in (1, 2)
            for row in client.get(f"v3/catalog/products?limit=250&page={page}&sort={field}&direction={way}").json()[
                "data"
            ]
        ]
        assert len({row["id"] for row in rows}) == 320
        values.append([row[field] for row in rows])
    assert values[0] == values[1][::-1]


@pytest.mark.parametrize("query", ["sort=colour", "direction=up", "id:greater=x", "price=cheap", "include=everything"])
def test_a_bad_value_is_422(client: Client, query: str) -> None:
    """With the field in `errors`."""
    response = client.get(f"v3/catalog/products?{query}")
    assert response.status_code == 422
    assert query.split("=")[0] in response.json()["errors"]


def test_a_date_without_time_is_completed_with_the_time_of_the_request(open_store: Open) -> None:
    """Documented, and it loses the changes of that day's morning."""
    client = open_store()
    now = client.store.clock.now()
    midnight = now - now % 86400
    client.store.clock.advance(midnight + 17 * 3600 - now)
    edited = client.store.ids("products")[60]
    client.store.edit("products", edited, at=midnight + 9 * 3600)
    day = iso_z(midnight).decode()[:10]
    assert client.ids(f"v3/catalog/products?date_modified:min={day}") == []
    assert client.ids(f"v3/catalog/products?date_modified:min={day}T00:00:00Z") == [edited]


def test_parts_come_only_when_requested_and_whole(client: Client) -> None:
    """Uncapped under the likeliest variant; each as its own endpoint shows it."""
    odd = client.store.oddities["products"]
    assert not set(PARTS) & set(client.get("v3/catalog/products?limit=1").json()["data"][0])
    for name in ("variants_600", "images_251", "custom_fields_200", "bulk_pricing_rules_251", "videos_251"):
        id_, (part, _, count) = odd[name], name.rpartition("_")
        row = client.get(f"v3/catalog/products?id={id_}&include={','.join(PARTS)}").json()["data"][0]
        assert len(row[part]) == int(count)
        pages = range(1, -(-int(count) // 250) + 1)
        path = f"v3/catalog/products/{id_}/{part.replace('_', '-')}"
        listed = [one for n in pages for one in client.get(f"{path}?limit=250&page={n}").json()["data"]]
        assert listed == row[part]


def test_all_variants_are_one_list(client: Client) -> None:
    """In pages, without gaps, and by product."""
    rows: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        body = client.get(f"v3/catalog/variants?limit=250&page={page}").json()
        rows += body["data"]
        page, pages = page + 1, body["meta"]["pagination"]["total_pages"]
    variants = [variant["id"] for record in client.records("products") for variant in record["variants"]]
    assert [row["id"] for row in rows] == variants
    some = client.get("v3/catalog/variants?limit=250&product_id:in=78,79,9999").json()
    assert some["meta"]["pagination"]["total"] == 21
    assert client.ids("v3/catalog/variants?id=79003") == [79003]
    assert client.ids("v3/catalog/variants?sku=SKU-79-3") == [79003]


def test_fields_can_be_chosen_and_the_id_always_stays(client: Client) -> None:
    """`include_fields` and `exclude_fields`."""
    assert set(client.get("v3/catalog/products?limit=1&include_fields=name,sku").json()["data"][0]) == {
        "id",
        "name",
        "sku",
    }
    row = client.get("v3/catalog/products?limit=1&exclude_fields=id,name&include=images").json()["data"][0]
    assert "name" not in row
    assert {"id", "images"} <= set(row)
    assert set(client.get("v3/catalog/variants?limit=1&include_fields=sku").json()["data"][0]) == {"id", "sku"}


def test_one_product_and_its_lists_are_404_when_it_does_not_exist(client: Client) -> None:
    """With a V3 body."""
    assert client.get("v3/catalog/products/80").json()["data"]["id"] == 80
    for path in ("", "/variants", "/images", "/options", "/modifiers"):
        response = client.get(f"v3/catalog/products/999999{path}")
        assert response.status_code == 404
        assert response.json()["status"] == 404

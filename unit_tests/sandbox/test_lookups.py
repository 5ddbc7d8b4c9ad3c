"""Lookups by id and in ranges of ids, as a client needs them that compares a copy with the store."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.collections import COLLECTIONS
from sandbox.dates import iso_z
from unit_tests.sandbox.conftest import Direct

BY_ID = {
    "v3/catalog/products": ("id", "products"),
    "v3/customers": ("id", "customers"),
    "v3/orders/payment_actions/refunds": ("id", "refunds"),
    "v3/customers/subscribers": ("id", "subscribers"),
    "v3/catalog/brands": ("id", "brands"),
    "v3/catalog/categories": ("id", "categories"),
    "v3/catalog/trees/categories": ("category_id", "tree_categories"),
    "v3/catalog/trees": ("id", "category_trees"),
    "v3/pricelists": ("id", "price_lists"),
    "v3/pricelists/assignments": ("id", "price_list_assignments"),
    "v3/content/pages": ("id", "pages"),
    "v3/storefront/redirects": ("id", "redirects"),
    "v3/pickup/methods": ("id", "pickup_methods"),
    "v3/segments": ("id", "segments"),
    "v3/tax/zones": ("id", "tax_zones"),
    "v3/tax/rates": ("id", "tax_rates"),
    "v3/tax/properties": ("id", "tax_properties"),
    "v3/store/systemlogs": ("id", "store_logs"),
}
"""By path of a list: the key that `:in` selects (documented) and the kind of record."""
RENAMED = {"v3/inventory/locations": "location_id", "v3/orders/pickups": "pickup_id"}


@pytest.fixture(scope="module")
def direct() -> Direct:
    return Direct(oddities=False)


def keys(direct: Direct, path: str, key: str = "id") -> list[Any]:
    response = direct.get(path)
    body = response.json if response.body else []
    return [row[key] for row in (body if isinstance(body, list) else body["data"])]


@pytest.mark.parametrize("path", BY_ID)
def test_records_are_looked_up_by_their_ids(direct: Direct, path: str) -> None:
    """Those that are not there are left out."""
    key, kind = BY_ID[path]
    wanted = direct.store.ids(kind)[1:3]
    assert len(wanted) == 2
    assert keys(direct, f"{path}?{key}:in={wanted[1]},999999999,{wanted[0]}", key) == wanted


@pytest.mark.parametrize("path", RENAMED)
def test_some_lookups_have_a_name_of_their_own(direct: Direct, path: str) -> None:
    assert keys(direct, f"{path}?{RENAMED[path]}:in=2,999") == [2]


@pytest.mark.parametrize("path", ["v3/channels", "v3/orders/metafields", "v3/catalog/products/metafields"])
def test_a_lookup_that_is_not_documented_is_ignored(direct: Direct, path: str) -> None:
    """As every parameter that V3 does not know: the whole list is returned."""
    assert keys(direct, f"{path}?id:in=1") == keys(direct, path) != []


def test_metafields_are_found_by_key_and_namespace(direct: Direct) -> None:
    assert keys(direct, "v3/orders/metafields?key=key_3") == [3]
    assert keys(direct, "v3/orders/metafields?key:in=key_3,key_4&namespace=reviews") == [3]


def test_inventory_is_found_by_location(direct: Direct) -> None:
    rows = direct.get("v3/inventory/items?limit=250").json["data"]
    expected = [row["identity"]["sku"] for row in rows if row["locations"][0]["location_id"] == 2]
    found = direct.get("v3/inventory/items?limit=250&location_id:in=2").json["data"]
    assert [row["identity"]["sku"] for row in found] == expected
    assert 0 < len(expected) < len(rows)


def test_orders_in_a_range_of_ids_and_dates(direct: Direct) -> None:
    """Both bounds, the dates and the sort at once."""
    dates = direct.store.dates("orders")
    ids = list(dates)
    low, high, since = ids[40], ids[200], sorted(dates.values())[100]
    path = f"v2/orders?min_id={low}&max_id={high}&sort=id:asc&min_date_modified={iso_z(since).decode()}&limit=250"
    expected = [id_ for id_, at in dates.items() if low <= id_ <= high and at >= since]
    assert keys(direct, path) == expected
    assert 20 < len(expected) < 160


@pytest.mark.parametrize(("operator", "added"), [("less", 0), ("max", 1)])
def test_products_in_a_range_of_ids(direct: Direct, operator: str, added: int) -> None:
    ids = direct.store.ids("products")
    path = f"v3/catalog/products?sort=id&direction=asc&id:greater={ids[9]}&id:{operator}={ids[30]}&limit=250"
    assert keys(direct, path) == ids[10 : 30 + added]


def test_rows_are_found_by_their_parents(direct: Direct) -> None:
    """Variants by products, addresses and values by customers, records of a price list by variants."""
    store = direct.store
    products, customers = store.ids("products")[5:8], store.ids("customers")[5:8]
    of_products, of_customers = (",".join(map(str, ids)) for ids in (products, customers))
    assert keys(direct, f"v3/catalog/variants?product_id:in={of_products}&limit=250") == [
        row for id_ in products for row in store.child_ids(id_, "variants")
    ]
    for kind, path in (("addresses", "addresses"), ("attributes", "attribute-values")):
        assert keys(direct, f"v3/customers/{path}?customer_id:in={of_customers}&limit=250") == [
            row for id_ in customers for row in store.child_ids(id_, kind)
        ]
    price_list, variant, _ = store.ids("price_list_records")[0]
    records = direct.get(f"v3/pricelists/{price_list}/records?variant_id:in={variant}").json["data"]
    assert {row["variant_id"] for row in records} == {variant}


def test_an_added_address_is_looked_up_by_its_id() -> None:
    direct = Direct(oddities=False)
    customer = direct.store.ids("customers")[3]
    address = direct.store.add_child(customer, "addresses")
    assert keys(direct, f"v3/customers/addresses?id:in={address}") == [address]
    direct.store.remove_child(customer, "addresses", address)
    assert keys(direct, f"v3/customers/addresses?id:in={address}") == []


@pytest.mark.parametrize("path", ["v2/orders/{}", "v3/catalog/products/{}", "v2/coupons/{}", "v3/catalog/brands/{}"])
def test_the_own_address_of_what_was_deleted_for_good_is_404(path: str) -> None:
    """An archived order has one."""
    direct = Direct(oddities=False)
    kind = {"v2/orders/{}": "orders", "v2/coupons/{}": "coupons"}.get(path, path.split("/")[2])
    kept, gone = direct.store.ids(kind)[:2]
    if kind == "orders":
        direct.store.archive_order(kept)
    direct.store.delete(kind, gone)
    assert [direct.get(path.format(id_)).status for id_ in (kept, gone)] == [200, 404]


@pytest.mark.parametrize("name", ["brands", "gift_certificates", "channel_listings", "scripts", "price_lists"])
def test_a_row_of_a_collection_has_an_own_address(direct: Direct, name: str) -> None:
    """Where one is documented; it shows what the list shows."""
    one = next(one for one in COLLECTIONS if one.name == name)
    path = direct.store.collections[name].example_path()
    body = direct.get(path).json
    row = (body if one.is_v2 else body["data"])[0]
    own = direct.get(f"{path}/{row[one.key[-1]]}").json
    assert (own if one.is_v2 else own["data"]) == row
    assert direct.get(f"{path}/999999").status == 404


def test_other_rows_have_none(direct: Direct) -> None:
    assert direct.get("v3/pricelists/assignments/1").status == 404
    assert direct.get("v3/orders/metafields/1").status == 404

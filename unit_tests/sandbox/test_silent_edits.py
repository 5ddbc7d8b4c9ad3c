"""Changes that no date reports: edits of records and nested rows, deletions for good, restored ids, channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox import ApiVariant, Store
from sandbox.dates import parse_iso, parse_v2
from unit_tests.sandbox.conftest import Direct

FIELDS = {"orders": "staff_notes", "products": "description", "customers": "notes", "coupons": "name"}
PATHS = {"orders": "v2/orders", "products": "v3/catalog/products", "customers": "v3/customers", "coupons": "v2/coupons"}
PRODUCT_PARTS: dict[str, dict[str, Any]] = {
    "variants": {"price": 99.5},
    "images": {"description": "Back view"},
    "custom_fields": {"value": "Elm"},
    "bulk_pricing_rules": {"quantity_min": 77},
    "videos": {"title": "Clip of the day"},
    "modifiers": {"display_name": "Engraving in gold"},
    "reviews": {"status": "approved", "rating": 4},
}
DATES = ("date_created", "date_modified")
ADDED = [*sorted(PRODUCT_PARTS), "addresses", "attributes"]
CHANGES: dict[str, dict[str, Any]] = {
    **PRODUCT_PARTS,
    "options": {"display_name": "Hue"},
    "addresses": {"address1": "1 New Street"},
    "attributes": {"attribute_value": "eu 45"},
}
CUSTOMER_PARTS = ("addresses", "attributes")


@pytest.fixture
def direct() -> Direct:
    return Direct(oddities=False)


def listed(direct: Direct, path: str) -> dict[int, dict[str, Any]]:
    """The rows of all pages of a V3 list, by id."""
    found: dict[int, dict[str, Any]] = {}
    for page in range(1, 20):
        rows = direct.get(f"{path}{'&' if '?' in path else '?'}limit=250&page={page}").json["data"]
        found.update((row["id"], row) for row in rows)
        if len(rows) < 250:
            break
    return found


def parent_of(kind: str) -> str:
    return "customers" if kind in CUSTOMER_PARTS else "products"


def embedded(direct: Direct, kind: str, parent: int) -> dict[int, dict[str, Any]]:
    """The rows of a kind as their parent shows them."""
    if kind in CUSTOMER_PARTS:
        body = direct.get(f"v3/customers?id:in={parent}&include=addresses,attributes").json["data"][0]
    else:
        body = direct.get(f"v3/catalog/products/{parent}?include={kind}").json["data"]
    return {row["id"]: row for row in body[kind]}


def on_their_own(direct: Direct, kind: str, parent: int) -> list[dict[int, dict[str, Any]]]:
    """The rows of a kind of one parent, from every list that has them."""
    if kind == "addresses":
        return [listed(direct, f"v3/customers/addresses?customer_id:in={parent}")]
    if kind == "attributes":
        return [listed(direct, f"v3/customers/attribute-values?customer_id:in={parent}")]
    found = [listed(direct, f"v3/catalog/products/{parent}/{kind.replace('_', '-')}")]
    if kind == "variants":
        everything = listed(direct, "v3/catalog/variants")
        found.append({id_: row for id_, row in everything.items() if row["product_id"] == parent})
        found.append(listed(direct, f"v3/catalog/variants?product_id:in={parent}"))
    return found


def content(store: Store, kind: str, key: Any) -> dict[str, Any]:
    """The fields of a record, without the dates of one of the large kinds, or of a row of a collection."""
    return store.collections[kind].row(key) if kind in store.collections else store.table(kind).body(key).fields


def holding(store: Store, kind: str) -> tuple[int, int]:
    """A parent that has a row of a kind, and the id of that row."""
    for parent in store.ids(parent_of(kind)):
        if rows := store.child_ids(parent, kind):
            return parent, rows[-1]
    raise AssertionError(f"no {kind}")


@pytest.mark.parametrize("kind", FIELDS)
def test_a_silent_edit_shows_everywhere_and_moves_no_date(direct: Direct, kind: str) -> None:
    store = direct.store
    id_, dates = store.ids(kind)[10], store.dates(kind)
    since = store.clock.time()
    store.edit_silently(kind, id_, **{FIELDS[kind]: "not announced"})
    assert store.dates(kind) == dates
    assert store.touched(kind, since) == {id_}
    rows = direct.get(f"{PATHS[kind]}?limit=250").json
    row = next(row for row in (rows if isinstance(rows, list) else rows["data"]) if row["id"] == id_)
    assert row[FIELDS[kind]] == "not announced"


def test_a_row_of_a_collection_is_edited_silently(direct: Direct) -> None:
    store = direct.store
    key = store.ids("price_lists")[1]
    dates = store.dates("price_lists")
    store.edit_silently("price_lists", key, name="Friends")
    assert store.dates("price_lists") == dates
    row = direct.get(f"v3/pricelists?id:in={key}").json["data"][0]
    assert (row["name"], int(parse_iso(row["date_modified"]))) == ("Friends", dates[key])
    assert store.changes[-1][1:] == ("price_lists", key, "edit", dates[key], dates[key])
    with pytest.raises(ValueError, match="cannot change"):
        store.edit_silently("price_lists", key, id=99)


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("kind", CHANGES)
def test_a_nested_row_is_changed_on_its_own(direct: Direct, kind: str, dated: bool) -> None:
    """With the date of its parent or without; every list of such rows shows the same."""
    store = direct.store
    parent, child = holding(store, kind)
    before = store.dates(parent_of(kind))[parent]
    store.edit_child(parent, kind, child, dated=dated, **CHANGES[kind])
    shown = [embedded(direct, kind, parent), *on_their_own(direct, kind, parent)]
    assert [{name: rows[child][name] for name in CHANGES[kind]} for rows in shown] == [CHANGES[kind]] * len(shown)
    assert (store.dates(parent_of(kind))[parent] != before) == dated


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("kind", ADDED)
def test_nested_rows_come_and_go(direct: Direct, kind: str, dated: bool) -> None:
    """An id is not used twice, and a customer counts what it has."""
    store, table = direct.store, parent_of(kind)
    parent, last = holding(store, kind)
    kept, before = store.child_ids(parent, kind), store.dates(table)[parent]
    added = store.add_child(parent, kind, dated=dated, **CHANGES[kind])
    for rows in (embedded(direct, kind, parent), *on_their_own(direct, kind, parent)):
        assert list(rows) == [*kept, added]
        assert rows[added].items() >= CHANGES[kind].items()
    store.remove_child(parent, kind, added, dated=dated)
    store.remove_child(parent, kind, last, dated=dated)
    for rows in (embedded(direct, kind, parent), *on_their_own(direct, kind, parent)):
        assert list(rows) == kept[:-1]
    if kind in CUSTOMER_PARTS:
        count = {"addresses": "address_count", "attributes": "attribute_count"}[kind]
        assert store.record("customers", parent)[count] == len(kept) - 1
    assert store.add_child(parent, kind, dated=dated) > added
    assert (store.dates(table)[parent] != before) == dated


def test_a_new_row_has_values_of_its_own(direct: Direct) -> None:
    """No two variants have one SKU, no two values one attribute."""
    store = direct.store
    plain = next(id_ for id_ in store.ids("products") if not store.child_ids(id_, "options"))
    store.add_child(plain, "variants")
    skus = [row["sku"] for row in store.record("products", plain)["variants"]]
    assert len(set(skus)) == len(skus) == 2
    customer = next(id_ for id_ in store.ids("customers") if not store.child_ids(id_, "attributes"))
    first = store.add_child(customer, "attributes")
    store.add_child(customer, "attributes")
    store.remove_child(customer, "attributes", first)
    store.add_child(customer, "attributes")
    assert [row["attribute_id"] for row in store.record("customers", customer)["attributes"]] == [2, 1]


def test_what_cannot_be_done_to_a_nested_row_is_refused(direct: Direct) -> None:
    store = direct.store
    product, customer = store.ids("products")[3], store.ids("customers")[3]
    with pytest.raises(ValueError, match="can be added"):
        store.add_child(product, "options")
    for field in ("id", "product_id", "date_modified"):
        with pytest.raises(ValueError, match="cannot be set"):
            store.add_child(product, "images", dated=False, **{field: 1})
        with pytest.raises(ValueError, match="cannot be set"):
            store.edit_child(product, "variants", product * 1000 + 1, dated=False, **{field: 1})
    for change in (store.edit_child, store.remove_child):
        with pytest.raises(KeyError, match="among its addresses"):
            change(customer, "addresses", 5)
    with pytest.raises(KeyError, match="no record"):
        store.add_child(10**6, "images")
    while len(store.child_ids(customer, "attributes")) < 50:
        store.add_child(customer, "attributes")
    with pytest.raises(ValueError, match="every attribute"):
        store.add_child(customer, "attributes")


def test_a_parent_numbers_no_more_than_its_ids_can_hold() -> None:
    direct = Direct(products=20, variants=998, oddities=False)
    product = direct.store.ids("products")[0]
    assert direct.store.add_child(product, "variants") == product * 1000 + 999
    with pytest.raises(ValueError, match="no more than 999"):
        direct.store.add_child(product, "variants")


@pytest.mark.parametrize(
    ("kind", "action", "switch"),
    [
        ("variants", "edit", "product_parts_bump_date_modified"),
        ("images", "delete", "product_parts_bump_date_modified"),
        ("variants", "delete", "variant_removal_bumps_date_modified"),
        ("addresses", "edit", "customer_parts_bump_date_modified"),
    ],
)
@pytest.mark.parametrize("moves", [False, True])
def test_the_variant_says_whether_a_nested_row_moves_the_date(kind: str, action: str, switch: str, moves: bool) -> None:
    changes: dict[str, Any] = {switch: moves}
    store = Direct(oddities=False, api_variant=ApiVariant(**changes)).store
    parent, child = holding(store, kind)
    before = store.dates(parent_of(kind))[parent]
    if action == "edit":
        store.edit_child(parent, kind, child, **CHANGES[kind])
    else:
        store.remove_child(parent, kind, child)
    assert (store.dates(parent_of(kind))[parent] != before) == moves


@pytest.mark.parametrize("dated", [False, True])
def test_rows_of_an_order_move_its_date_when_told_to(direct: Direct, dated: bool) -> None:
    """Whatever the API variant says."""
    store = direct.store
    id_ = store.ids("orders")[60]
    line = store.child_ids(id_, "lines")[0]
    changes: tuple[Callable[[], int], ...] = (
        lambda: store.add_child(id_, "messages", dated=dated),
        lambda: store.edit_child(id_, "lines", line, dated=dated, name="Renamed"),
        lambda: store.remove_child(id_, "lines", line, dated=dated),
    )
    for change in changes:
        store.clock.advance(5)
        before = store.dates("orders")[id_]
        change()
        assert (store.dates("orders")[id_] != before) == dated


@pytest.mark.parametrize("kind", ["shipments", "messages", "transactions", "refunds"])
def test_rows_of_an_order_are_deleted_for_good(direct: Direct, kind: str) -> None:
    store = direct.store
    id_ = next(one for one in store.ids("orders") if store.child_ids(one, kind))
    row = store.child_ids(id_, kind)[0]
    store.remove_child(id_, kind, row, dated=False)
    assert row not in store.child_ids(id_, kind)
    path = {
        "shipments": f"v2/orders/{id_}/shipments",
        "messages": f"v2/orders/{id_}/messages",
        "transactions": f"v3/orders/{id_}/transactions",
        "refunds": f"v3/orders/payment_actions/refunds?order_id:in={id_}",
    }[kind]
    assert row not in direct.get(path).ids


@pytest.mark.parametrize("kind", [*FIELDS, "brands", "price_lists", "price_list_records", "order_metafields"])
def test_a_deleted_id_comes_back_with_another_content(direct: Direct, kind: str) -> None:
    """As from a restored backup: at its old place, with new dates."""
    store = direct.store
    ids = store.ids(kind)
    id_ = ids[2]
    old = content(store, kind, id_)
    with pytest.raises(ValueError, match="has a"):
        store.recreate(kind, id_)
    assert store.delete(kind, id_) == id_
    assert store.ids(kind) == [one for one in ids if one != id_]
    at = store.clock.now()
    store.recreate(kind, id_)
    new = content(store, kind, id_)
    assert store.ids(kind) == ids
    assert {name for name in old if old[name] != new[name]} - set(DATES)
    if kind in FIELDS or store.collections[kind].collection.modified:
        assert store.dates(kind)[id_] >= at
    with pytest.raises(KeyError):
        store.recreate(kind, 10**9)
    assert [change.action for change in store.changes] == ["delete", "create"]


def test_a_restored_order_is_listed_like_any_other(direct: Direct) -> None:
    """By key, by date and at its own address; the refunds of the deleted one make way."""
    store = direct.store
    id_ = next(one for one in store.ids("orders") if store.child_ids(one, "refunds"))
    refunds = store.child_ids(id_, "refunds")
    store.delete("orders", id_)
    assert direct.get(f"v2/orders/{id_}").status == 404
    assert set(refunds) <= set(store.ids("refunds"))
    at = store.clock.now()
    store.recreate("orders", id_, staff_notes="restored", customer_id=0)
    row = direct.get(f"v2/orders/{id_}").json
    assert (row["staff_notes"], row["customer_id"], row["id"]) == ("restored", 0, id_)
    assert int(parse_v2(row["date_created"])) == int(parse_v2(row["date_modified"])) >= at
    assert direct.get(f"v2/orders?min_id={id_}&max_id={id_}").ids == [id_]
    since = row["date_modified"].replace(" ", "%20").replace("+", "%2B")
    assert direct.get(f"v2/orders?min_date_modified={since}").ids == [id_]
    assert [one for one in store.ids("refunds") if store.refunds.order_of(one) == id_] == store.child_ids(
        id_, "refunds"
    )


def test_a_product_moves_between_channels_without_a_date(direct: Direct) -> None:
    store = direct.store
    product = store.ids("products")[7]
    dates = store.dates("products")

    def is_in(channel: int) -> list[bool]:
        at = f"product_id:in={product}&channel_id:in={channel}"
        return [
            direct.get(f"v3/catalog/products?channel_id:in={channel}&id:in={product}").ids == [product],
            channel in direct.get(f"v3/catalog/products/{product}?include=channels").json["data"]["channels"],
            bool(direct.get(f"v3/catalog/products/channel-assignments?{at}").json["data"]),
        ]

    store.assign_channel(product, 667160)
    assert is_in(667160) == [True] * 3
    with pytest.raises(ValueError, match="is in channel"):
        store.assign_channel(product, 667160)
    store.unassign_channel(product, 667160)
    store.unassign_channel(product, 1)
    assert is_in(667160) == is_in(1) == [False] * 3
    with pytest.raises(ValueError, match="not in channel"):
        store.unassign_channel(product, 1)
    assert store.dates("products") == dates

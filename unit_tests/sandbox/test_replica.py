"""Lists and own addresses behind a replica that lags."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import ApiVariant, Store
from sandbox.variants import LAGGING_VARIANTS
from unit_tests.sandbox.conftest import Direct

LISTS = {"orders": "v2/orders", "products": "v3/catalog/products", "customers": "v3/customers", "coupons": "v2/coupons"}
TEXT = {"orders": "staff_notes", "products": "description", "customers": "notes", "coupons": "name"}
OWN = ("orders", "products", "coupons")  # customers have no address of their own


def lagging(**changes: object) -> Direct:
    return Direct(oddities=False, api_variant=ApiVariant(replica_lag=60, **changes))  # type: ignore[arg-type]  # any switch


def change(store: Store, kind: str, id_: int, text: str) -> None:
    """Edits the text of a record."""
    fields: dict[str, Any] = {TEXT[kind]: text}
    store.edit(kind, id_, **fields)


def in_list(direct: Direct, kind: str, id_: int) -> str | None:
    """The text of a record in its list; None if it is not there."""
    for page in range(1, 5):
        body = direct.get(f"{LISTS[kind]}?limit=250&page={page}")
        rows = (body.json if isinstance(body.json, list) else body.json["data"]) if body.body else []
        for row in rows:
            if row["id"] == id_:
                return str(row[TEXT[kind]])
    return None


def at_own_address(direct: Direct, kind: str, id_: int) -> str | None:
    response = direct.get(f"{LISTS[kind]}/{id_}")
    if response.status == 404:
        return None
    return str(response.json.get("data", response.json)[TEXT[kind]])


@pytest.mark.parametrize("kind", LISTS)
def test_lists_may_be_old(kind: str) -> None:
    """For a minute: an edit is not there, nor a new record, and a deleted one still is."""
    direct = lagging()
    store = direct.store
    edited, deleted = store.ids(kind)[3:5]
    before = in_list(direct, kind, edited)
    change(store, kind, edited, "first")
    store.delete(kind, deleted)
    made = store.create(kind)
    store.clock.advance(40)
    change(store, kind, edited, "second")

    def shown() -> tuple[str | None, bool, bool]:
        return (
            in_list(direct, kind, edited),
            in_list(direct, kind, deleted) is not None,
            in_list(direct, kind, made) is not None,
        )

    assert shown() == (before, True, False)
    if kind in OWN:
        assert at_own_address(direct, kind, edited) == "second"
        assert at_own_address(direct, kind, deleted) is None
        assert at_own_address(direct, kind, made) is not None
    store.clock.advance(30)
    assert shown() == ("first", False, True)
    store.clock.advance(31)
    assert shown() == ("second", False, True)


@pytest.mark.parametrize("kind", LISTS)
def test_lists_may_lack_what_changed(kind: str) -> None:
    """Until a minute without a change has passed; what was deleted is gone at once."""
    direct = lagging(replica_shows="missing")
    store = direct.store
    edited, deleted = store.ids(kind)[3:5]
    change(store, kind, edited, "first")
    store.delete(kind, deleted)
    assert in_list(direct, kind, edited) is in_list(direct, kind, deleted) is None
    store.clock.advance(40)
    change(store, kind, edited, "second")
    store.clock.advance(30)
    assert in_list(direct, kind, edited) is None
    store.clock.advance(31)
    assert (in_list(direct, kind, edited), in_list(direct, kind, deleted)) == ("second", None)


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("serves", ["own addresses", "everything"])
def test_own_addresses_may_be_old(kind: str, serves: str) -> None:
    """While lists are true, or with them."""
    direct = lagging(replica_serves=serves)
    store = direct.store
    deleted, made = store.ids(kind)[4], store.create(kind)
    store.delete(kind, deleted)
    assert at_own_address(direct, kind, deleted) is not None
    assert at_own_address(direct, kind, made) is None
    lists_lag = serves == "everything"
    assert (in_list(direct, kind, deleted) is not None, in_list(direct, kind, made) is None) == (lists_lag, lists_lag)
    store.clock.advance(61)
    assert at_own_address(direct, kind, deleted) is None
    assert at_own_address(direct, kind, made) is not None


def test_rows_of_products_and_customers_lag_with_their_lists() -> None:
    """The lists of all variants and addresses, not those of one product, which are at its own address."""
    direct = lagging()
    store = direct.store
    product, customer = store.ids("products")[3], store.ids("customers")[3]
    variant, address = store.add_child(product, "variants"), store.add_child(customer, "addresses")
    paths = (f"v3/catalog/variants?product_id:in={product}", f"v3/customers/addresses?customer_id:in={customer}")
    assert [row in direct.get(path).ids for path, row in zip(paths, (variant, address), strict=True)] == [False] * 2
    assert variant in direct.get(f"v3/catalog/products/{product}/variants").ids
    store.clock.advance(61)
    assert [row in direct.get(path).ids for path, row in zip(paths, (variant, address), strict=True)] == [True] * 2


@pytest.mark.parametrize("name", LAGGING_VARIANTS)
def test_a_quiet_store_shows_everything_in_the_end(name: str) -> None:
    """After random changes, lists agree with a store without a replica."""
    direct = Direct(oddities=False, live_every=1, live_silent=True, api_variant=LAGGING_VARIANTS[name])
    for page in range(1, 4):
        for path in LISTS.values():
            direct.get(f"{path}?limit=50&page={page}")
    direct.store.clock.advance(61)
    for kind in LISTS:
        table = direct.store.table(kind)
        direct.store.catch_up()
        for served in (direct.store.listed(kind), direct.store.addressed(kind)):
            assert [(id_, served.entry(id_)) for id_ in served.present] == [
                (id_, table.entry(id_)) for id_ in table.present
            ]

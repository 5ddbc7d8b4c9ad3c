"""Live mode and control of a store that also changes without a date."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from unit_tests.sandbox.conftest import Direct, Open

PATHS = {
    "orders": "v2/orders?limit=50&sort=id:asc",
    "products": "v3/catalog/products?limit=50",
    "customers": "v3/customers?limit=50",
    "coupons": "v2/coupons?limit=20",
    "refunds": "v3/orders/payment_actions/refunds?limit=20",
    "brands": "v3/catalog/brands?limit=4",
    "price_list_records": "v3/pricelists/1/records?limit=10",
    "product_metafields": "v3/catalog/products/metafields?limit=5",
}


def played(**options: object) -> Direct:
    """A store after some pages of every list were read."""
    direct = Direct(live_every=1, seed=9, **options)
    for page in range(1, 5):
        for path in PATHS.values():
            direct.get(f"{path}&page={page}")
    return direct


def test_without_the_option_the_changes_are_those_of_before() -> None:
    """The seeds of simulations keep their meaning: the digest was taken before there was the option."""
    changes = [[one.kind, one.id, one.action] for one in played().store.changes]
    assert len(changes) == 301
    digest = hashlib.sha256(json.dumps(changes).encode()).hexdigest()
    assert digest == "76bd120f60d29beeabb51f2c11fa1321b0a395b2060a24a73ee8fb7a6c451d3e"


@pytest.fixture(scope="module")
def silent() -> Direct:
    return played(live_silent=True)


@pytest.mark.parametrize("kind", ["orders", "products", "customers", "coupons", "brands", "product_metafields"])
def test_a_round_also_edits_without_a_date(silent: Direct, kind: str) -> None:
    own = [one for one in silent.store.changes if one.kind == kind and one.action == "edit"]
    assert any(one.before == one.after for one in own)
    assert silent.store.changed_silently(kind, silent.store.options.now) != set()


def test_a_round_also_changes_nested_rows(silent: Direct) -> None:
    """They come, change and go, and their parents keep their dates; odd records are left alone."""
    by_kind = Counter((one.kind, one.action) for one in silent.store.changes if "/" in one.kind)
    for table in ("products", "customers", "orders"):
        assert {action for kind, action in by_kind if kind.startswith(table)} == {"create", "edit", "delete"}
    store = silent.store
    assert store.changed_silently("products/variants", store.options.now) | store.changed_silently(
        "products/images", store.options.now
    )
    for kind in ("orders", "products", "customers"):
        odd = set(store.oddities[kind].values())
        assert not odd & {one.parent for one in store.journal.nested if one.kind.startswith(kind)}
        assert not odd & store.touched(kind)


def test_a_round_also_deletes_orders_for_good_and_moves_products(silent: Direct) -> None:
    quiet = played()
    gone = [len(direct.store.deleted("orders", direct.store.options.now)) for direct in (quiet, silent)]
    assert gone[1] > gone[0]
    moves = [
        sum(one.kind == "product_channel_assignments" for one in direct.store.changes) for direct in (quiet, silent)
    ]
    assert moves[0] == 0 < moves[1]
    assert len(silent.store.ids("orders")) >= 290


def test_a_small_store_keeps_its_orders() -> None:
    direct = Direct(orders=20, oddities=False, live_every=1, live_silent=True)
    for _ in range(10):
        direct.get(PATHS["orders"])
    assert direct.store.deleted("orders", direct.store.options.now) == set()


def test_silent_changes_can_be_switched_while_the_store_runs(open_store: Open) -> None:
    client = open_store(products=100, oddities=False)

    def moves() -> int:
        client.get("v3/catalog/products")
        return sum(one.kind == "product_channel_assignments" for one in client.store.changes)

    client.server.set_live(1)
    assert moves() == 0
    client.server.set_live(1, silent=True)
    assert (made := moves()) > 0
    client.server.set_live(1, silent=False)
    assert moves() == made


def test_silent_changes_can_be_ordered_from_another_process(open_store: Open) -> None:
    client = open_store()
    url = f"{client.server.api_url}/_sandbox/edit"
    body = {"kind": "products", "silent_edit": 3, "silent_rows": 2, "silent_move": 1}
    dates = client.store.dates("products")
    changed = client._session.post(url, json=body).json()
    assert {name: len(ids) for name, ids in changed.items() if name != "store_time"} == {
        "edited": 0, "deleted": 0, "created": 0, "edited_silently": 3, "rows_changed": 2, "moved": 1,
    }  # fmt: skip
    assert client.store.dates("products") == dates
    ids = {*changed["edited_silently"], *changed["rows_changed"], *changed["moved"]}
    assert client.store.changed_silently("products", client.store.options.now) <= ids
    assert 667159 in client.store.record("products", changed["moved"][0])["channels"]
    everything = client._session.post(url, json={"kind": "products", "silent_edit": 500}).json()["edited_silently"]
    assert set(everything) == set(client.store.ids("products")) - set(client.store.oddities["products"].values())
    refused = client._session.post(url, json={"kind": "brands", "silent_rows": 1})
    assert (refused.status_code, "no such change" in refused.text) == (400, True)

"""Every table there is: read in full, while its rows are edited, added and taken away; and after that what is new."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

import pytest

from integration_tests.harness import CORE, INCREMENTAL, STREAMS, Sync, sync
from sandbox import API_VARIANTS, Options, Server, serve
from sandbox.collection import Shape
from sandbox.collections import COLLECTIONS
from sandbox.options import CHECKOUT_CONTENT, READ_SCOPES
from source_bigcommerce.api.pagination import PageNumber
from source_bigcommerce.lists import sampling
from source_bigcommerce.streams.inventory import InventoryItems
from tools.contract.records import undeclared
from tools.streams import streams
from unit_tests.representatives import representatives
from unit_tests.support import set_listing, set_page_size

# Those of which the store has rows of its own, not parts of products, customers and orders.
TABLES = {one.name: one for one in COLLECTIONS if one.name in STREAMS}
SMALL = Options(orders=60, products=60, customers=60, coupons=10)
PAGE = 20
AWKWARD = (
    "likeliest",
    "V3 dates are exclusive",
    "date filters are ignored",
    "min_id is exclusive",
    "everything awkward",
)
# One worker and eight in turn, and both where all variants come together.
VARIANTS_AND_WORKERS = [*zip(AWKWARD, cycle((8, 1))), ("everything awkward", 1)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that these small collections have several, and a change falls between two."""
    set_page_size(monkeypatch, PAGE, pages_per_slice=2)
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", PAGE - 1)


def shown(name: str, record: dict[str, Any]) -> Any:
    """The key by which the sandbox knows a record."""
    inner = {
        "_channel": "channel_id",
        "_location": "location_id",
        "_category": "category_id",
        "_parent": OWNERS.get(name, ""),
    }
    values = []
    for part in TABLES[name].key:
        value: Any = record
        for step in inner.get(part, part).split("."):
            value = value.get(step) if isinstance(value, dict) else None
        values.append(value)
    return values[0] if len(values) == 1 else tuple(values)


OWNERS = {
    "customer_consents": "customer_id",
    "order_shipping_quotes": "order_id",
    "product_complex_rules": "product_id",
}


def missing(server: Server, result: Sync, since: float) -> dict[str, set[Any]]:
    """Rows that the sync had to bring and did not."""
    found = {}
    for name in TABLES:
        if TABLES[name].shape in (Shape.OBJECT, Shape.BARE_OBJECT) or name == "inventory_items":
            continue
        owed = server.store.must_emit(name, 0, since)
        if name == "product_tax_properties":  # which are requested by product, and some products are deleted
            owed &= set(server.store.ids("products"))
        parent = TABLES[name].parent
        if parent in ("customers", "orders", "products"):  # by whose date rows go: one that is changed comes next time
            owners = set(server.store.ids(parent)) - server.store.touched(parent, since)
            shelf = server.store.collections[name]
            owed = {key for key in owed if shelf.row(key)[TABLES[name].parent_field] in owners}
        if lost := owed - {shown(name, record) for record in result.records[name]}:
            found[name] = lost
    return found


@pytest.mark.exhaustive
def test_every_stream_brings_records_and_every_row_of_a_table() -> None:
    """From a store at rest: nothing is empty, nothing is missing, nothing fails."""
    with serve(replace(SMALL, rows=260)) as server:
        since = server.store.clock.time()
        result = sync(server)
        assert not result.failure, result.errors
        assert [name for name in STREAMS if not result.records[name]] == []
        assert missing(server, result, since) == {}
    assert len(STREAMS) >= 95
    for stream in streams():
        schema = stream.get_json_schema()
        names = {name for record in result.records[stream.name] for name in undeclared(schema, record)}
        assert not names, f"{stream.name} has fields that its schema does not declare"


@pytest.mark.exhaustive
@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(("variant", "workers"), representatives(VARIANTS_AND_WORKERS, {("everything awkward", 8)}))
def test_tables_that_change_at_every_page_lose_no_row(variant: str, workers: int) -> None:
    """Lists by key, by cursor and by page number alike."""
    options = replace(SMALL, rows=70, live_every=1, api_variant=API_VARIANTS[variant])
    names = [name for name in STREAMS if name in TABLES]
    with serve(options) as server:
        since = server.store.clock.time()
        first = sync(server, names, num_workers=workers)
        assert not first.failure, first.errors
        assert missing(server, first, since) == {}

        server.set_live(0)
        server.store.clock.advance(3600)
        changed = {
            name: edited(server, name)
            for name in names
            if name in INCREMENTAL and "date_modified" in TABLES[name].dates
        }
        second = sync(server, names, state=first.state(), num_workers=workers)
        assert not second.failure, second.errors
        for name, key in changed.items():
            assert key in {shown(name, record) for record in second.records[name]}, name
    assert all(len(second.records[name]) < len(first.records[name]) for name in changed)


REFUSAL = '{"status": 422, "title": "channel_id is not known"}'


def test_settings_that_no_channel_has_are_those_of_the_store() -> None:
    """A channel without settings of its own uses the store's."""
    with serve(SMALL) as server:
        server.fail("v3/settings/catalog?*channel_id=*", times=100, status=422, body=REFUSAL)
        result = sync(server, ["catalog_settings"])
    assert not result.failure
    assert [record["channel_id"] for record in result.records["catalog_settings"]] == [0]


def test_one_refusal_is_not_believed() -> None:
    """The channel is requested once more before it is taken to have nothing of its own."""
    with serve(SMALL) as server:
        plain = sync(server, ["catalog_settings"])
        server.fail("v3/settings/catalog?*channel_id=1", times=1, status=422, body=REFUSAL)
        result = sync(server, ["catalog_settings"])
    assert result.ids("catalog_settings") == plain.ids("catalog_settings")


@pytest.mark.parametrize(("status", "ends"), [(404, "COMPLETE"), (422, "INCOMPLETE")])
def test_settings_that_no_address_reports(status: int, ends: str) -> None:
    """If there are none for the store itself, no channel may have any; but refusals alone say that the question is
    wrong."""
    with serve(SMALL) as server:
        server.fail("v3/marketing/abandoned-cart-emails/settings*", times=100, status=status, body=REFUSAL)
        result = sync(server, ["abandoned_cart_email_settings"])
    assert result.statuses["abandoned_cart_email_settings"][-1] == ends
    assert not result.ids("abandoned_cart_email_settings")


def test_a_list_that_fails_is_requested_once_for_all_that_is_below_it() -> None:
    """Each of some thirty streams would spend its own seven attempts and pauses on the list of channels."""
    names = ["catalog_settings", "channel_listings", "channel_menus", "order_settings"]
    with serve(SMALL) as server:
        server.fail("v3/channels", times=1000, status=402, body="{}")
        result = sync(server, names)
        requested = server.log.by_path()["v3/channels"]
    assert requested == 1
    for name in names:
        assert result.errors[name].startswith(
            f"The stream '{name}' needs the list of 'channels', which could not be read"
        )


@pytest.mark.parametrize("meta", [{"total": 260, "per_page": 260}, {"total": 260}, {"total": 260, "per_page": 50}, {}])
def test_a_list_without_pages_is_whole_by_its_own_total(meta: dict[str, int]) -> None:
    """No document says whether it has pages: here every page number returns the whole list."""
    with serve(replace(SMALL, rows=260)) as server:
        rows = [{"id": n, "name": str(n)} for n in range(1, 261)]
        response = json.dumps({"data": rows, "meta": {"pagination": meta}})
        server.fail("v3/tax/rates", times=100, status=200, body=response)
        result = sync(server, ["tax_rates"])
    assert sorted(result.ids("tax_rates")) == list(range(1, 261))
    assert not result.failure


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "response", [{"status": 200, "body": "[]"}, {"status": 422, "body": REFUSAL}], ids=["none", "refused"]
)
def test_posts_that_are_out_of_reach_fail_the_stream(response: dict[str, Any]) -> None:
    """BigCommerce documents 50 pages of posts at most: those behind them cannot be had, in whatever way it says so."""
    with serve(replace(SMALL, rows=12_600)) as server:
        server.fail("v2/blog/posts?*page=51*", times=100, **response)
        result = sync(server, ["blog_posts"])
    assert result.errors["blog_posts"] == (
        "BigCommerce returns only the first 12500 posts of the blog, which has 12600: the others cannot be read. "
        "Deselect 'blog_posts'."
    )


def test_a_group_is_not_dropped_for_the_zone_of_its_date() -> None:
    """No document says in which zone groups are dated; here it is one that lies behind the store's clock."""

    def in_another_zone(groups: Any, _: Any) -> Any:
        for group in groups or ():
            moment = datetime.fromisoformat(group["date_modified"]) - timedelta(hours=6)
            group["date_modified"] = moment.strftime("%Y-%m-%d %H:%M:%S")
        return groups

    with serve(SMALL) as server:
        server.fail("v2/customer_groups", times=100, kind="edit", edit=in_another_zone)
        first = sync(server, ["customer_groups"])
        server.store.clock.advance(3600)
        key = edited(server, "customer_groups")
        second = sync(server, ["customer_groups"], state=first.state())
    assert second.ids("customer_groups") == [key]


def test_certificates_of_one_host_are_distinguished() -> None:
    """An old one and its successor."""

    def renew(response: Any, _: Any) -> Any:
        old = response["data"][0]
        return {**response, "data": [*response["data"], {**old, "certificate": "its successor"}]}

    with serve(SMALL) as server:
        server.fail("v3/sites/certificates", times=100, kind="edit", edit=renew)
        result = sync(server, ["site_certificates"])
    hosts = [record["common_name"] for record in result.records["site_certificates"]]
    assert len(hosts) == len(set(hosts)) + 1
    assert len(result.latest("site_certificates")) == len(hosts)


def test_stock_that_moves_during_the_sync_makes_no_row_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """An item is known by its product and variant, whatever is in stock of it."""
    set_listing(monkeypatch, InventoryItems.listing, pagination=PageNumber(PAGE))
    with serve(replace(SMALL, rows=70)) as server:
        shelf = server.store.collections["inventory_items"]

        def sell(response: Any, _: Any) -> Any:
            for key in shelf.keys()[:30]:
                place = shelf.row(key)["locations"][0]
                shelf.edit(key, locations=[{**place, "available_to_sell": place["available_to_sell"] + 1}])
            return response

        server.fail("v3/inventory/items", times=100, kind="edit", edit=sell)
        result = sync(server, ["inventory_items"])
    assert len(result.ids("inventory_items")) == len(set(result.ids("inventory_items"))) == len(shelf.keys())


def test_scripts_of_the_checkout_are_shown_to_accounts_with_its_scope() -> None:
    """As documented; without it the others come all the same."""
    with serve(replace(SMALL, rows=40)) as server:
        everything = sync(server, ["scripts"]).ids("scripts")
    with serve(replace(SMALL, rows=40, scopes=READ_SCOPES - {CHECKOUT_CONTENT})) as server:
        result = sync(server, ["scripts"])
    assert not result.failure
    assert 0 < len(result.ids("scripts")) < len(everything) == 40


def edited(server: Server, name: str) -> Any:
    """Edits a row of a table; returns its key."""
    shelf = server.store.collections[name]
    key = shelf.keys()[3]
    shelf.edit(key)
    return key


def test_the_core_and_the_tables_are_all_there_is() -> None:
    """All other tables are parts of customers or products, which are read with their lists."""
    parts = {name for name in STREAMS if name not in CORE and name not in TABLES}
    assert parts <= {name for name in STREAMS if name.startswith(("product_", "customer_", "wishlist_", "store"))}

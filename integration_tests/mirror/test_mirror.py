"""Promise P8 case by case: deletions, changes without a date, and records that came without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.harness import INCREMENTAL, sync
from integration_tests.mirror.copy import Copy
from sandbox import API_VARIANTS, Options, Server
from sandbox.nested import table_of

OPTIONS = Options(orders=14, products=12, customers=12, coupons=3, rows=8, oddities=False)
DAY = 86_400.0
OF_PRODUCTS = (*(name for name in INCREMENTAL if name.startswith("product")), "variant_metafields")
OF_CUSTOMERS = tuple(name for name in INCREMENTAL if name.startswith("customer"))
OF_ORDERS = (*(name for name in INCREMENTAL if name.startswith("order")), "transactions")
OF_PRICES = ("price_lists", "price_list_records")
OF_CHANNELS = ("channels", "channel_listings", "channel_metafields")
FAMILIES = (OF_PRODUCTS, OF_CUSTOMERS, OF_ORDERS, OF_PRICES, OF_CHANNELS)
COLLECTIONS = (
    "subscribers", "customer_groups", "price_lists", "price_list_records", "pickup_methods", "channels",
    "channel_listings", "order_metafields", "customer_metafields", "cart_metafields", "product_metafields",
    "variant_metafields", "brand_metafields", "category_metafields", "channel_metafields", "location_metafields",
    "store_metafields",
)  # fmt: skip
BELOW = {  # rows nested in records: their stream, and a field to edit
    "variants": ("product_variants", {"price": 3.5}),
    "images": ("product_images", {"description": "Another one"}),
    "custom_fields": ("product_custom_fields", {"value": "Another one"}),
    "bulk_pricing_rules": ("product_bulk_pricing_rules", {"amount": 7}),
    "videos": ("product_videos", {"title": "Another one"}),
    "reviews": ("product_reviews", {"title": "Another one"}),
    "options": ("product_options", {"display_name": "Another one"}),
    "modifiers": ("product_modifiers", {"display_name": "Another one"}),
    "addresses": ("customer_addresses", {"city": "Another one"}),
    "attributes": ("customer_attribute_values", {"attribute_value": "Another one"}),
    "lines": ("order_products", {"name": "Another one"}),
    "shipping_addresses": ("order_shipping_addresses", {"city": "Another one"}),
    "fees": ("order_fees", {"name": "Another one"}),
    "shipments": ("order_shipments", {"tracking_number": "Another one"}),
    "taxes": ("order_taxes", {"name": "Another one"}),
    "messages": ("order_messages", {"subject": "Another one"}),
    "transactions": ("transactions", {"method": "another"}),
    "coupons": ("order_coupons", {"code": "ANOTHER"}),
    "refunds": ("order_refunds", {"reason": "Another one"}),
}
NAMES = ("name", "value", "first_name", "price", "display_name")
TABLES = {"orders": {"staff_notes": "Edited"}, "products": {"price": 17.35}, "customers": {"notes": "Edited"}}


def family(stream: str) -> tuple[str, ...]:
    """The streams of one domain: those that a change of this one may concern."""
    return next((streams for streams in FAMILIES if stream in streams), (stream,))


def cases(kinds: Iterable[str], *quick: str) -> list[Any]:
    """The kinds as parameters, of which only the named ones are tried in a quick run."""
    return [pytest.param(kind, marks=() if kind in quick else pytest.mark.exhaustive) for kind in kinds]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(OPTIONS) as running:
        yield running


def parent_with(server: Server, kind: str) -> tuple[int, int]:
    """The ids of a record with a row of a kind, and of the row. The record was changed yesterday: of what needs a
    request for each parent, only recently changed parents are read again."""
    table = table_of(kind)
    for id_ in server.store.ids(table):
        if rows := server.store.child_ids(id_, kind):
            server.store.edit(table, id_)
            server.store.clock.advance(DAY)
            return id_, rows[0]
    raise AssertionError(f"no {table} have {kind}")


def gone(before: Any, after: Any) -> dict[str, set[Any]]:
    """The keys that the store had before and has no longer, by stream."""
    found = {stream: set(rows) - set(after[stream]) for stream, rows in before.items()}
    return {stream: keys for stream, keys in found.items() if keys}


def deletes(copy: Copy, edit: Callable[[], Any]) -> dict[str, set[Any]]:
    """After an edit, the next sync deletes exactly what is gone, which is returned, and the copies equal the store."""
    before = copy.truth()
    edit()
    copy.sync()
    truth = copy.truth()
    assert copy.deleted == gone(before, truth)
    assert not copy.differences(truth=truth)
    return copy.deleted


@pytest.mark.parametrize("kind", cases([*TABLES, *COLLECTIONS], "products", "orders", "channels"))
def test_a_deleted_record_is_deleted_with_all_that_belongs_to_it(server: Server, kind: str) -> None:
    """Its children too, and nothing else."""
    copy = Copy(server, family(kind))
    copy.sync()
    key = server.store.collections[kind].keys()[2] if kind in COLLECTIONS else server.store.ids(kind)[3]
    found = deletes(copy, lambda: server.store.delete(kind, key))
    assert len(found[kind]) == 1
    assert len(found) >= {"products": 5, "customers": 3, "orders": 5, "price_lists": 2, "channels": 2}.get(kind, 1)


@pytest.mark.parametrize("kind", cases(BELOW, "variants", "addresses", "transactions"))
def test_a_removed_child_is_deleted_alone(server: Server, kind: str) -> None:
    """Although the date of its parent does not move."""
    stream, _ = BELOW[kind]
    parent, child = parent_with(server, kind)
    copy = Copy(server, family(stream))
    copy.sync()
    found = deletes(copy, lambda: server.store.remove_child(parent, kind, child, dated=False))
    assert len(found[stream]) == 1


@pytest.mark.parametrize("kind", cases(BELOW, "images", "shipments", "options"))
def test_a_child_that_is_edited_without_a_date_is_repaired(server: Server, kind: str) -> None:
    """In its own stream, and in that of its parent where it is embedded there. An incremental sync does not see it."""
    stream, change = BELOW[kind]
    parent, child = parent_with(server, kind)
    copy = Copy(server, family(stream))
    copy.sync()
    server.store.edit_child(parent, kind, child, dated=False, **change)
    repairs(copy)


@pytest.mark.parametrize("kind", cases([*TABLES, *COLLECTIONS], "customers", "price_lists", "store_metafields"))
def test_a_record_that_is_edited_without_a_date_is_repaired(server: Server, kind: str) -> None:
    """With at most the records of a block."""
    copy = Copy(server, family(kind))
    copy.sync()
    if kind in TABLES:
        server.store.edit_silently(kind, server.store.ids(kind)[4], **TABLES[kind])
    else:
        shelf = server.store.collections[kind]
        field = next(name for name in NAMES if name in shelf.row(shelf.keys()[2]))
        server.store.edit_silently(kind, shelf.keys()[2], **{field: "Another one"})
    repairs(copy)
    assert len(copy.emitted(kind)) <= 8


def repairs(copy: Copy) -> None:
    """The next sync makes the copies equal, without a deletion, although no date shows the difference."""
    truth = copy.truth()
    assert copy.differences("by cursor", truth=truth), "the edit has no effect"
    assert not any(sync(copy.server, copy.streams, state=copy.state(), **copy.config).records.values()), "it has a date"
    copy.sync()
    assert not copy.differences(truth=truth)
    assert not copy.deleted


@pytest.mark.parametrize("kind", cases([*TABLES, "subscribers", "price_list_records"], "orders"))
def test_a_record_that_becomes_visible_late_arrives(server: Server, kind: str) -> None:
    """A replica may show a record long after the date of its last change."""
    server.store.clock.advance(DAY)
    copy = Copy(server, family(kind))
    copy.sync()
    late = server.store.clock.now() - 3600
    if kind in COLLECTIONS:
        server.store.collections[kind].create(at=late)
    else:
        server.store.create(kind, at=late)
    repairs(copy)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "variant",
    cases(
        ["likeliest", "archived orders need the filter", "archiving leaves the date"], "archived orders need the filter"
    ),
)
def test_an_archived_order_is_no_deleted_one_until_it_is_deleted_for_good(variant: str) -> None:
    """Archiving is a change of the record; only then the order and its rows are deleted."""
    with Server(replace(OPTIONS, api_variant=API_VARIANTS[variant])) as server:
        copy = Copy(server, OF_ORDERS)
        copy.sync()
        order = server.store.ids("orders")[5]
        server.store.archive_order(order)
        copy.sync()
        assert not copy.deleted
        assert not copy.differences()
        assert copy.destinations[0].rows("orders")[order]["is_deleted"] is True
        assert order in deletes(copy, lambda: server.store.delete("orders", order))["orders"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", cases([*TABLES, "subscribers", "price_list_records"], "products"))
def test_a_recreated_id_is_a_record_again(server: Server, kind: str) -> None:
    """Whether a sync saw that it was gone or not. Its deletion does not come back."""
    copy = Copy(server, family(kind))
    copy.sync()
    shelf = server.store.collections.get(kind)
    first, second = (shelf.keys() if shelf else server.store.ids(kind))[2:4]
    deletes(copy, lambda: server.store.delete(kind, first))
    server.store.clock.advance(DAY)
    server.store.recreate(kind, first)
    server.store.delete(kind, second)
    server.store.recreate(kind, second)
    truth = copy.truth()
    copy.sync()
    assert not copy.deleted.get(kind)
    assert not copy.differences(truth=truth)
    copy.sync()
    assert not copy.deleted
    assert not copy.differences(truth=truth)


@pytest.mark.exhaustive
def test_a_child_that_is_removed_and_added_again_is_a_record_again(server: Server) -> None:
    """With the date of its parent, which is older than the deletion: where deleted rows stay, it remains marked."""
    copy = Copy(server, OF_PRODUCTS)
    copy.sync()
    product, image = parent_with(server, "images")
    images = server.store.products.body(product).parts["images"]
    copy.sync()
    server.store.clock.advance(DAY)
    deletes(copy, lambda: server.store.remove_child(product, "images", image, dated=False))
    server.store.edit_silently("products", product, images=images)
    copy.sync()
    assert not copy.deleted
    assert not copy.differences("by cursor", "by arrival")


def test_a_product_that_joins_a_chosen_channel_arrives_with_its_children(server: Server) -> None:
    """Though no date shows it. One that leaves it is not deleted: it exists."""
    first, *_ = products = server.store.ids("products")
    chosen = server.store.products.body(first).parts["channels"][0]
    outside = products[:2]
    for product in outside:
        server.store.unassign_channel(product, chosen)
    inside = [one for one in products if chosen in server.store.products.body(one).parts["channels"]]
    copy = Copy(server, OF_PRODUCTS, channel_ids=[chosen])
    copy.sync()
    server.store.assign_channel(outside[0], chosen)
    copy.sync()
    assert not copy.deleted
    assert not copy.differences()
    server.store.unassign_channel(inside[0], chosen)
    server.store.delete("products", inside[1])
    copy.sync()
    assert copy.deleted["products"] == {inside[1]}
    assert (inside[0],) not in copy.emitted("products")
    assert set(copy.destinations[0].rows("products")) == {*inside, outside[0]} - {inside[1]}


def test_the_whole_life_of_a_copy(server: Server) -> None:
    """Many changes of every kind at once, in all streams; after them a sync emits nothing."""
    copy = Copy(server)
    parents = {kind: parent_with(server, kind) for kind in BELOW}
    copy.sync()
    for number, (kind, (parent, child)) in enumerate(parents.items()):
        if number % 2:
            server.store.edit_child(parent, kind, child, dated=False, **BELOW[kind][1])
        elif child in server.store.child_ids(parent, kind):
            server.store.remove_child(parent, kind, child, dated=False)
    for kind in COLLECTIONS:
        server.store.delete(kind, server.store.collections[kind].keys()[0])
    for kind in TABLES:
        server.store.delete(kind, server.store.ids(kind)[-1])
    copy.sync()
    truth = copy.truth()
    assert not copy.differences(truth=truth)
    assert sum(map(len, copy.deleted.values())) > 30
    copy.sync()
    assert not copy.deleted
    assert not any(copy.last.records.values())
    assert not copy.differences(truth=truth)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", cases(["customers", "orders"], "customers"))
def test_a_list_that_became_empty_is_believed_the_second_time(server: Server, kind: str) -> None:
    """Whichever list is compared first."""
    copy = Copy(server, (kind, *(name for name in INCREMENTAL if name != kind)))
    copy.sync()
    for key in server.store.ids(kind):
        server.store.delete(kind, key)
    copy.sync(num_workers=8)
    assert kind not in copy.deleted
    copy.sync(num_workers=8)
    assert not copy.differences()


def test_nothing_of_this_is_found_without_reconciliation(server: Server) -> None:
    """The test of the tests above."""
    copy = Copy(server, OF_PRODUCTS)
    copy.sync("never")
    server.store.delete("products", server.store.ids("products")[3])
    server.store.edit_silently("products", server.store.ids("products")[4], price=1.5)
    copy.sync("never")
    found = copy.differences("by cursor")
    assert any("no longer in the store" in line for line in found)
    assert any("price is" in line for line in found)

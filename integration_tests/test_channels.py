"""With channels chosen, every stream brings what belongs to them and what belongs to no channel in particular."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.harness import STREAMS, Sync, key_of, sync
from integration_tests.test_every_table import shown
from sandbox import Options, Server, serve
from sandbox.collection import inside
from sandbox.collections.forms import CHANNELS
from source_bigcommerce.lists.listing import ChannelParents
from tools.streams import streams

OPTIONS = Options(orders=80, products=40, customers=30, coupons=5, rows=40)
FIELDS = {  # by which the store's own rows name their channels
    "category_trees": "channels",
    "channel_active_themes": "_channel",
    "channel_currency_assignments": "channel_id",
    "channel_listings": "channel_id",
    "channel_menus": "_channel",
    "channel_metafields": "resource_id",
    "channels": "id",
    "custom_template_associations": "channel_id",
    "pages": "channel_id",
    "placements": "channel_id",
    "price_list_assignments": "channel_id",
    "product_channel_assignments": "channel_id",
    "promotions": "channels",
    "scripts": "channel_id",
    "search_filter_contexts": "context.channel_id",
    "shipping_methods": "channel_ids",
    "sites": "channel_id",
    "widget_templates": "channel_id",
    "widgets": "channel_id",
}
SETTINGS = {stream.name for stream in streams() if isinstance(stream.listing.parents, ChannelParents)}
BELOW = {"site_routes": ("sites", "site_id"), "promotion_codes": ("promotions", "promotion_id")}
# The field by which a record names the order or the product that it belongs to.
OF_ORDERS = {one.name: one.parent_field for one in streams() if one.listing.endpoint == "v2/orders"}
STORE_ALONE = "product_tax_properties"  # no response contains the channels of their products
OF_PRODUCTS = {one.name: one.parent_field for one in streams() if one.listing.endpoint == "v3/catalog/products"}
OF_PRODUCTS[STORE_ALONE] = "product_id"
NOWHERE = -1  # the channel of what is in none
FILTERS = ("channel_id", "channel_id:in", "channels")


class Truth:
    """The channels of a record according to the store itself."""

    def __init__(self, server: Server) -> None:
        self._store = store = server.store
        self._orders = {id_: store.record("orders", id_)["channel_id"] for id_ in store.ids("orders")}
        self._products = {id_: store.record("products", id_)["channels"] for id_ in store.ids("products")}

    def channels(self, name: str, record: dict[str, Any]) -> Any:
        """The content of the field that names them."""
        if name in OF_ORDERS:
            return self._orders[int(record[OF_ORDERS[name]])]
        if name in OF_PRODUCTS:
            return self._products[record[OF_PRODUCTS[name]]] or NOWHERE
        if name in SETTINGS:
            return record["channel_id"]
        if name in BELOW:
            parents, field = BELOW[name]
            return inside(self._store.collections[parents].row(record[field]), FIELDS[parents])
        return inside(self._store.collections[name].row(shown(name, record)), FIELDS[name]) if name in FIELDS else None


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A store whose products are in several channels, or in none, and whose coupons are of more than one."""
    with serve(OPTIONS) as server:
        for n, product in enumerate(server.store.ids("products")):
            server.store.edit("products", product, channels=[list(CHANNELS[:2]), [CHANNELS[n % 4]], []][n % 3])
        server.store.collections["promotions"].edit(5, channels=[{"id": CHANNELS[3]}])
        yield server


@pytest.fixture(scope="module")
def everything(server: Server) -> Sync:
    """A sync of all channels."""
    return sync(server)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("chosen", "is_deaf"),
    [
        pytest.param([CHANNELS[1]], False, id="one", marks=pytest.mark.exhaustive),
        pytest.param([CHANNELS[1]], True, id="one, filters ignored", marks=pytest.mark.exhaustive),
        pytest.param([CHANNELS[0], CHANNELS[2]], False, id="two", marks=pytest.mark.exhaustive),
        pytest.param([CHANNELS[0], CHANNELS[2]], True, id="two, filters ignored"),
    ],
)
def test_every_stream_brings_what_belongs_to_the_chosen_channels(
    server: Server, everything: Sync, chosen: list[int], is_deaf: bool
) -> None:
    """Nothing else of those that have channels, and everything of those that have none."""
    names = [name for name in STREAMS if not is_deaf or name not in (*SETTINGS, STORE_ALONE)]
    if is_deaf:
        server.fail("*", times=10**6, kind="deaf", ignored=FILTERS)
    result = sync(server, names, channel_ids=chosen)
    server.clear_faults()
    assert not result.failure, result.errors
    truth, narrowed = Truth(server), set()
    for name in names:
        of_all = everything.records[name]
        expected = {key_of(name, one) for one in of_all if belongs(truth.channels(name, one), chosen)}
        assert set(result.ids(name)) == expected, name
        if len(expected) < len({key_of(name, one) for one in of_all}):
            narrowed.add(name)
    assert narrowed == {*FIELDS, *SETTINGS, *BELOW, *OF_ORDERS, *OF_PRODUCTS} & set(names)


def belongs(channels: Any, chosen: list[int]) -> bool:
    """Returns True if a row with such a field belongs to a chosen channel or to all of them."""
    of = [
        one["id"] if isinstance(one, dict) else one for one in (channels if isinstance(channels, list) else [channels])
    ]
    return not any(of) or not set(chosen).isdisjoint(of)

"""The store with `heavy=True`: records as heavy as real ones, and otherwise as right as slim ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from benchmarks.bare import PAGES
from sandbox import Options, Store, serve
from source_bigcommerce.lists.page_size import HEAVIEST_PAGE
from source_bigcommerce.streams import catalog, customers, orders
from tools.contract import records
from unit_tests.sandbox.conftest import Direct

SIZES = {"orders": 20_000, "products": 3_000, "customers": 10_000, "oddities": False}
KINDS = ("orders", "products", "customers")
_EMPTY: tuple[Any, ...] = ("", None, [], {})


@pytest.fixture(scope="module")
def heavy() -> Direct:
    """A store that tests only read."""
    return Direct(**SIZES, heavy=True)


def _pages(store: Direct, kind: str, count: int) -> Iterator[bytes]:
    return (store.get(f"{PAGES[kind]}&page={page}").body for page in range(1, count + 1))


def _rows(page: bytes) -> list[dict[str, Any]]:
    body = orjson.loads(page)
    rows: list[dict[str, Any]] = body if isinstance(body, list) else body["data"]
    return rows


def _lengths(store: Direct, kind: str, part: str) -> Counter[int]:
    """How many records have how many rows of a part."""
    table = store.store.table(kind)
    return Counter(len(table.body(id_).parts[part]) for id_ in table.present)


@pytest.mark.parametrize(
    ("kind", "lightest", "heaviest"),
    [("orders", 7_000, 8_500), ("products", 13_000, 14_500), ("customers", 1_800, 2_600)],
)
def test_records_have_the_weight_of_real_ones(heavy: Direct, kind: str, lightest: int, heaviest: int) -> None:
    """In bytes of JSON, on average over pages as the connector reads them, none of which it would have to split."""
    weights = [len(page) for page in _pages(heavy, kind, 8)]
    assert lightest < sum(weights) / 2000 < heaviest
    assert max(weights) < HEAVIEST_PAGE


def test_half_of_the_orders_have_about_seven_kilobytes(heavy: Direct) -> None:
    """A few long ones pull the average up."""
    weights = sorted(len(orjson.dumps(row)) for page in _pages(heavy, "orders", 8) for row in _rows(page))
    assert 6_500 < weights[1000] < 7_500


def test_orders_have_the_lengths_that_matter(heavy: Direct) -> None:
    """Lengths at which a list may be cut in 0.3 % of the orders, and longer ones, which show that it is not."""
    lengths = _lengths(heavy, "orders", "lines")
    assert 0.002 < (lengths[10] + lengths[50]) / 20_000 < 0.004
    assert lengths[10] > 0 < lengths[50]
    assert 2.3 < sum(length * count for length, count in lengths.items()) / 20_000 < 2.7
    assert sum(count for length, count in lengths.items() if 10 < length <= 12) > 20
    assert 10 < sum(count for length, count in lengths.items() if 50 < length < 250) < 60
    assert 5 <= sum(count for length, count in lengths.items() if length > 250) <= 20


def test_no_consignment_of_a_long_order_has_a_suspicious_length_by_chance(heavy: Direct) -> None:
    """An order of eleven lines, one of them digital, would look like one that was cut at ten."""
    bodies = {id(body): body for id_ in heavy.store.ids("orders") for body in [heavy.store.orders.body(id_)]}
    for body in bodies.values():
        lines = body.parts["lines"]
        shipped = Counter(line["order_address_id"] for line in lines)
        assert len(lines) < 10 or list(shipped.values()) == [len(lines)]


def test_products_and_customers_have_the_lengths_that_matter(heavy: Direct) -> None:
    """Thirty variants, ten images, ten addresses, and more than ten of each."""
    variants, images = _lengths(heavy, "products", "variants"), _lengths(heavy, "products", "images")
    assert max(variants) == 30
    assert 0.2 < variants[30] / 3_000 < 0.4
    assert 0.2 < variants[1] / 3_000 < 0.5
    assert 0.002 < images[10] / 3_000 < 0.008
    assert 0.002 < sum(count for length, count in images.items() if length > 10) / 3_000 < 0.01
    addresses = _lengths(heavy, "customers", "addresses")
    assert 0.001 < addresses[10] / 10_000 < 0.005
    assert 0.001 < sum(count for length, count in addresses.items() if length > 10) / 10_000 < 0.005


def test_the_number_of_variants_can_be_given() -> None:
    """Where every product must have the same."""
    store = Direct(**{**SIZES, "products": 20}, heavy=True, variants=30)
    assert _lengths(store, "products", "variants") == {30: 20}


def test_relations_and_counts_hold(heavy: Direct) -> None:
    """As in the slim store; `items_total` counts the pieces of all lines."""
    store = heavy.store
    products, coupons, buyers = (set(store.ids(kind)) for kind in ("products", "coupons", "customers"))
    for id_ in store.ids("orders")[:3000]:
        order = store.record("orders", id_)
        assert order["customer_id"] in buyers | {0}
        assert order["items_total"] == sum(line["quantity"] for line in order["lines"]) > 0
        assert len({line["id"] for line in order["lines"]}) == len(order["lines"])
        assert {line["product_id"] for line in order["lines"]} <= products | {0}
        assert {row["coupon_id"] for row in order["coupon_rows"]} <= coupons
        own = {row["id"] for row in (*order["shipping"], *order["pickups"])} | {0}
        for line in order["lines"]:
            assert {line["order_address_id"], line["order_pickup_method_id"]} <= own
            assert all(option["order_product_id"] == line["id"] for option in line["product_options"])
    for id_ in store.ids("customers")[:1000]:
        customer = store.record("customers", id_)
        assert customer["address_count"] == len(customer["addresses"])
        assert customer["attribute_count"] == len(customer["attributes"])


def test_text_comes_in_several_languages_and_fields_are_filled(heavy: Direct) -> None:
    """Latin, Japanese and Arabic letters, and no text that is empty in every order."""
    rows = [row for page in _pages(heavy, "orders", 8) for row in _rows(page)]
    names = "".join(row["billing_address"]["last_name"] for row in rows)
    assert all(any(first <= letter <= last for letter in names) for first, last in ("az", "ßü", "一龥", "ءي"))
    assert {row["customer_locale"] for row in rows} == {"en", "de", "ja", "ar", "fr"}
    lines = [line for row in rows for one in row["consignments"]["shipping"] for line in one["line_items"]]
    for found in (rows, lines):
        assert {name for name in found[0] if all(row[name] in _EMPTY for row in found)} <= {"gift_certificate_id"}


@pytest.mark.parametrize("kind", KINDS)
def test_heavy_records_have_the_fields_of_slim_ones(heavy: Direct, kind: str) -> None:
    """No more and no fewer than the slim and odd ones together."""
    slim = Direct(orders=100, products=100, customers=100)
    expected, found = ({name for row in _rows(next(_pages(one, kind, 1))) for name in row} for one in (slim, heavy))
    assert found == expected


def test_every_heavy_record_keeps_its_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check of `make contract`, which reads the streams and validates what they emit."""
    chosen = (
        *(orders.Orders, orders.OrderProducts, orders.OrderConsignments, orders.OrderShippingAddresses),
        *(orders.OrderFees, catalog.Products, catalog.ProductVariants, catalog.ProductImages),
        *(customers.Customers, customers.CustomerAddresses),
    )
    monkeypatch.setattr(records, "ALL_STREAMS", chosen)
    with serve(Options(orders=300, products=100, customers=200, heavy=True, oddities=False)) as server:
        number, found, unplayed = records.read_records(server, server.endpoints)
    assert number > 3000
    assert (found, unplayed) == ([], [])


def test_the_same_seed_gives_the_same_heavy_bytes() -> None:
    """Whatever was requested before; another seed gives others."""
    sizes = {"orders": 500, "products": 100, "customers": 300, "heavy": True, "oddities": False}
    first, second, other = Direct(seed=4, **sizes), Direct(seed=4, **sizes), Direct(seed=6, **sizes)
    second.get("v2/orders?page=2")
    for kind in KINDS:
        page = next(_pages(first, kind, 1))
        assert page == next(_pages(second, kind, 1))
        assert page != next(_pages(other, kind, 1))


def test_heavy_records_have_the_ids_and_dates_of_slim_ones() -> None:
    """The weight is the only difference, and odd records are what they were."""
    slim, heavy = (Store(Options(orders=300, products=100, customers=100, heavy=heavy)) for heavy in (False, True))
    for kind in KINDS:
        assert heavy.dates(kind) == slim.dates(kind)
        assert heavy.oddities[kind] == slim.oddities[kind]
    assert len(heavy.record("orders", heavy.oddities["orders"]["lines_400"])["lines"]) == 400


def test_heavy_bodies_are_made_when_they_are_first_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with twenty thousand heavy orders starts as quickly as a slim one."""
    store = Store(Options(**SIZES, heavy=True))
    assert all(not choice._made for kind, choice in store._choices.items() if kind in ("orders", "customers"))

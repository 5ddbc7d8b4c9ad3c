"""Promise P6: what is printed is exact, complete and of one shape."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from integration_tests.harness import B2B_STREAMS, LISTED, STREAMS, Sync, catalog_of, sync
from sandbox import API_VARIANTS, Options, Server, serve
from unit_tests.representatives import representatives

OPTIONS = Options(orders=260, products=120, customers=120, coupons=60)  # two pages of orders
CAPPED = ["likeliest", "includes are capped at 10", "includes are capped at 50", "includes are capped at 250"]
SHAPES = [
    *CAPPED,
    "some orders lack their lines",
    "fees are wrapped",
    "fees are absent when none",
    "fees are a link when none",
    "empty consignment groups are missing",
    "empty consignment groups are strings",
    "products without images are 204",
    "V3 dates end in Z",
    "everything awkward",
]


FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time")
def is_utc_timestamp(value: Any) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value))


@pytest.fixture(scope="module", params=representatives(SHAPES, {"everything awkward"}))
def synced(request: pytest.FixtureRequest) -> Iterator[tuple[Server, Sync]]:
    with serve(Options(**{**vars(OPTIONS), "api_variant": API_VARIANTS[request.param]})) as server:
        # The shapes are those of orders, products, customers and their parts.
        result = sync(server, STREAMS if request.param == "likeliest" else LISTED)
        assert not result.failure, result.errors
        yield server, result


def test_every_record_keeps_its_schema(synced: tuple[Server, Sync]) -> None:
    """Whatever shape the API chose, a destination gets the types that it was promised."""
    _, result = synced
    for configured in catalog_of().streams:
        validator = jsonschema.Draft7Validator(configured.stream.json_schema, format_checker=FORMATS)
        for record in result.records[configured.stream.name]:
            error = next(validator.iter_errors(record), None)
            assert error is None, (configured.stream.name, record, list(error.path), error.message)


def test_every_order_has_all_its_line_items(synced: tuple[Server, Sync]) -> None:
    """Four hundred lines, none, downloads, pick-ups, gift certificates, several addresses: whatever the list cut."""
    server, result = synced
    orders = result.latest("orders")
    for id_ in set(server.store.ids("orders")) - server.store.unreachable("orders"):
        lines = {line["id"] for line in server.store.record("orders", id_)["lines"]}
        assert {line["id"] for line in orders[id_]["line_items"]} == lines, id_
        assert len(orders[id_]["line_items"]) == len(lines)
    sizes = {len(order["line_items"]) for order in orders.values()}
    assert {0, 10, 50, 250, 400} <= sizes


def test_every_line_item_belongs_to_one_consignment(synced: tuple[Server, Sync]) -> None:
    """No line item is lost between the flat list and the consignments that name it, for what is shipped."""
    _, result = synced
    for order in result.records["orders"]:
        shipped = {line["id"] for line in order["line_items"] if line.get("order_address_id")}
        named = [id_ for consignment in order["consignments"]["shipping"] for id_ in consignment["line_item_ids"]]
        assert sorted(named) == sorted(shipped)


def test_every_order_has_its_fees(synced: tuple[Server, Sync]) -> None:
    """A list, whichever of its shapes the API chose."""
    server, result = synced
    orders = result.latest("orders")
    assert any(order["fees"] for order in orders.values())
    for id_, order in orders.items():
        fees = server.store.record("orders", id_)["fee_rows"]
        assert [fee["id"] for fee in order["fees"]] == [fee["id"] for fee in fees]
        assert all(isinstance(fee.get("cost_ex_tax"), float | int) for fee in order["fees"])


@pytest.mark.parametrize(
    ("kind", "children"),
    [
        ("customers", "addresses"),
        ("customers", "attributes"),
        ("products", "variants"),
        ("products", "images"),
        ("products", "custom_fields"),
        ("products", "bulk_pricing_rules"),
        ("products", "videos"),
    ],
)
def test_every_embedded_list_is_whole(synced: tuple[Server, Sync], kind: str, children: str) -> None:
    """Caps of 10, 50 and 250 entries included."""
    server, result = synced
    for id_, record in result.latest(kind).items():
        expected = sorted(child["id"] for child in server.store.record(kind, id_)[children])
        assert sorted(child["id"] for child in record[children]) == expected, (kind, id_)


def test_every_customer_has_form_fields_and_store_credit(synced: tuple[Server, Sync]) -> None:
    """They are embedded with every customer; values of any kind become text."""
    _, result = synced
    values = [f.get("value") for c in result.records["customers"] for f in c["form_fields"]]
    assert values
    assert all(value is None or isinstance(value, str) for value in values)
    assert all(isinstance(c["store_credit_amounts"], list) for c in result.records["customers"])


PARTS: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "order_products": lambda order: order["line_items"],
    "order_consignments": lambda order: [order["consignments"]],
    "order_shipping_addresses": lambda order: order["consignments"]["shipping"],
    "order_fees": lambda order: order["fees"],
}


@pytest.mark.parametrize("stream", PARTS)
def test_the_parts_of_orders_are_rows_of_their_own(synced: tuple[Server, Sync], stream: str) -> None:
    """Each is what the order has inside, whatever the list cut, and names its order and the order's date."""
    _, result = synced
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for record in result.records[stream]:
        rows[record["order_id"]].append(record)
    assert set(rows) <= set(result.ids("orders"))
    for order in result.records["orders"]:
        whose = {"order_id": order["id"], "order_date_modified": order["date_modified"]}
        expected = [
            {name: value for name, value in {**part, **whose}.items() if value is not None}  # as records are printed
            for part in PARTS[stream](order)
        ]
        assert sorted(rows[order["id"]], key=_sortable) == sorted(expected, key=_sortable), order["id"]


def test_amounts_keep_their_digits(synced: tuple[Server, Sync]) -> None:
    """V2's decimal text and the number that is printed are the same decimal."""
    server, result = synced
    printed = {order["id"]: json.dumps(order["total_inc_tax"]) for order in result.records["orders"]}
    for id_ in list(printed)[:200]:
        text = server.store.record("orders", id_)["total_inc_tax"]
        assert float(text) == json.loads(printed[id_])
        assert f"{float(printed[id_]):.4f}" == f"{float(text):.4f}"


def test_no_field_holds_an_empty_text(synced: tuple[Server, Sync]) -> None:
    """BigCommerce's way of saying "none" becomes null, in every known field at every depth."""
    _, result = synced
    for kind in STREAMS:
        for record in result.records[kind]:
            assert "" not in _leaves(record), (kind, record)


@pytest.mark.exhaustive
def test_the_sandbox_has_something_to_cut() -> None:
    """The test of the tests above: under the caps, lists that come with their parents are cut short."""
    with serve(Options(**{**vars(OPTIONS), "api_variant": API_VARIANTS["includes are capped at 10"]})) as server:
        sync(server, LISTED)
        paths = set(server.log.by_path())
    assert {"v2/orders/*/products", "v3/catalog/variants", "v3/customers/addresses"} <= paths


def _sortable(record: dict[str, Any]) -> str:
    return json.dumps(record, sort_keys=True)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def test_schemas_ship_with_the_package() -> None:
    """A wheel without them would only work in a checkout."""
    root = Path(__file__).parents[1]
    assert {path.stem for path in (root / "source_bigcommerce/schemas").glob("*.json")} == {*STREAMS, *B2B_STREAMS}
    assert "schemas/*.json" in (root / "pyproject.toml").read_text()

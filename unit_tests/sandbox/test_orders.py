"""V2 orders as the sandbox serves them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Options, Store
from sandbox.api.orders import _where
from sandbox.dates import iso_z
from sandbox.query import Query
from sandbox.variants import ApiVariant
from unit_tests.sandbox.conftest import Client, joined

LINES = "include=consignments.line_items,fees&consignment_structure=object"


def test_a_list_is_a_bare_array_of_fifty_by_default(client: Client) -> None:
    """V2 has no envelope and no totals."""
    body = client.get("v2/orders").json()
    assert isinstance(body, list)
    assert len(body) == 50


@pytest.mark.parametrize(("limit", "length"), [(1, 1), (250, 250), (251, 250), (1000, 250)])
def test_a_page_holds_at_most_two_hundred_and_fifty(client: Client, limit: int, length: int) -> None:
    """A limit above the maximum is lowered, not refused, under the likeliest variant."""
    assert len(client.ids(f"v2/orders?limit={limit}")) == length


def test_a_page_past_the_end_is_204_without_a_body(client: Client) -> None:
    """Calling `.json()` on it fails: the trap that every integration met."""
    response = client.get("v2/orders?page=99")
    assert (response.status_code, response.content) == (204, b"")


def test_page_numbers_visit_every_order_once(client: Client) -> None:
    """As long as nobody edits the store."""
    pages = [client.ids(f"v2/orders?limit=250&page={n}") for n in range(1, 5)]
    assert joined(pages) == client.store.ids("orders")


def test_keyset_paging_visits_every_order_once(client: Client) -> None:
    """`min_id` is inclusive under the likeliest variant: one row repeats per page."""
    seen: list[int] = []
    for _ in range(5):
        page = client.ids(f"v2/orders?limit=250&sort=id:asc&min_id={seen[-1] if seen else 0}")
        seen += [id_ for id_ in page if not seen or id_ > seen[-1]]
    assert seen == client.store.ids("orders")


def test_dates_are_rfc_2822_and_money_has_four_decimals(client: Client) -> None:
    """And an order that was not shipped has "" for a date."""
    row = client.get(f"v2/orders/{client.store.oddities['orders']['not_shipped']}").json()
    assert row["date_modified"].endswith(" +0000")
    assert row["date_shipped"] == ""
    assert len(row["subtotal_ex_tax"].partition(".")[2]) == 4


@pytest.mark.parametrize("path", ["v2/orders?id=3", "v2/orders/count?page=1", "v2/orders?updated=1", "v2/time?x=1"])
def test_an_unknown_parameter_is_400_with_an_array(client: Client, path: str) -> None:
    """V2 refuses what it does not know."""
    response = client.get(path)
    assert response.status_code == 400
    assert response.json()[0]["message"].endswith("is not supported by this resource.")


@pytest.mark.parametrize(
    "query", ["limit=x", "limit=0", "page=0", "min_id=a", "min_date_modified=soon", "sort=total:asc", "include=taxes"]
)
def test_a_bad_value_is_400(client: Client, query: str) -> None:
    """422 belongs to V3."""
    assert client.get(f"v2/orders?{query}").status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01T00:00:00Z",
        "2025-03-01T00:00:00%2B00:00",
        "2025-02-28T19:00:00.000-05:00",
        "2025-03-01",
        "2025-03-01T00:00:00",
        "Sat,%2001%20Mar%202025%2000:00:00%20%2B0000",
    ],
)
def test_date_filters_take_both_documented_forms(client: Client, text: str) -> None:
    """RFC-2822 and ISO-8601, with or without zone and time."""
    since = 1740787200
    expected = [id_ for id_, at in client.store.dates("orders").items() if at >= since]
    assert client.ids(f"v2/orders?limit=250&min_date_modified={text}") == expected[:250]


def test_an_unencoded_plus_makes_a_date_invalid(client: Client) -> None:
    """It arrives as a space."""
    assert client.get("v2/orders?min_date_modified=2025-03-01T00:00:00+00:00").status_code == 400


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("status_id=11", "status_id", 11),
        ("channel_id=667159", "channel_id", 667159),
        ("customer_id=7", "customer_id", 7),
    ],
)
def test_filters_by_field_keep_the_rows_that_match(client: Client, query: str, field: str, value: int) -> None:
    """Against the records themselves."""
    expected = [row["id"] for row in client.records("orders") if row[field] == value]
    assert client.ids(f"v2/orders?limit=250&{query}") == expected[:250]


def test_totals_and_emails_can_be_filtered(client: Client) -> None:
    """`min_total`, `max_total` and `email`."""
    rows = client.get("v2/orders?limit=250&min_total=100&max_total=150").json()
    assert rows
    assert all(100 <= float(row["total_inc_tax"]) <= 150 for row in rows)
    id_ = client.store.ids("orders")[40]
    email = client.store.record("orders", id_)["billing_address"]["email"]
    assert email.endswith(f".{id_}@example.com")
    assert client.ids(f"v2/orders?email={email}") == [id_]


@pytest.mark.parametrize("field", ["date_modified", "date_created", "customer_id", "status_id", "channel_id", "id"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_sorts_run_through_the_whole_list(client: Client, field: str, way: str) -> None:
    """Every documented field, both directions; ties in a stable order."""
    pages = [client.ids(f"v2/orders?limit=250&page={n}&sort={field}:{way}") for n in range(1, 5)]
    table = client.store.orders
    values = [table.value(id_, field) for id_ in joined(pages)]
    assert values == sorted(values, reverse=way == "desc")
    assert len(set(joined(pages))) == len(table)


def test_the_record_at_a_quantile_costs_one_request(client: Client) -> None:
    """`sort=date_modified:asc&limit=1&page=k` is how a client can cut slices of equal size."""
    row = client.get("v2/orders?sort=date_modified:asc&limit=1&page=301").json()[0]
    in_order = sorted((at, id_) for id_, at in client.store.dates("orders").items())
    assert row["id"] == in_order[300][1]


def test_the_include_holds_every_line_of_the_order(client: Client) -> None:
    """Uncapped under the likeliest variant, whatever consignment a line belongs to."""
    for name in ("lines_400", "digital_only", "pickup", "gift_certificate", "several_addresses", "mixed_consignments"):
        id_ = client.store.oddities["orders"][name]
        order = client.get(f"v2/orders?min_id={id_}&max_id={id_}&{LINES}").json()[0]
        groups = order["consignments"]
        rows = [row for kind in ("shipping", "pickups", "downloads") for row in groups[kind]]
        rows += groups["email"]["gift_certificates"]
        embedded = sorted(line["id"] for row in rows for line in row["line_items"])
        assert embedded == [line["id"] for line in client.store.record("orders", id_)["lines"]]


def test_consignments_of_one_order_bring_their_lines_when_included(client: Client) -> None:
    """Documented for their own address too; without it, lines are links."""
    id_ = client.store.oddities["orders"]["several_addresses"]
    path = f"v2/orders/{id_}/consignments"
    whole = client.get(f"{path}?include=consignments.line_items").json()
    assert whole["shipping"] == client.get(f"v2/orders/{id_}?{LINES}").json()["consignments"]["shipping"]
    links = client.get(path).json()["shipping"][0]["line_items"]
    assert set(links[0]) == {"url", "resource"}


def test_without_consignment_structure_the_legacy_array_comes(client: Client) -> None:
    """Another type for the same field."""
    assert isinstance(client.get("v2/orders?limit=1&include=consignments").json()[0]["consignments"], list)


def test_sub_resources_are_links_when_not_included(client: Client) -> None:
    """The address link has the spelling without an underscore."""
    row = client.get("v2/orders?limit=1").json()[0]
    assert row["shipping_addresses"]["resource"] == f"/orders/{row['id']}/shippingaddresses"
    assert set(row["fees"]) == set(row["consignments"]) == {"url", "resource"}


def test_amounts_are_numbers_in_a_consignment_and_strings_at_the_endpoint(client: Client) -> None:
    """The same cost, two types."""
    id_ = client.store.oddities["orders"]["several_addresses"]
    embedded = client.get(f"v2/orders/{id_}?{LINES}").json()["consignments"]["shipping"]
    listed = client.get(f"v2/orders/{id_}/shipping_addresses").json()
    assert [row["id"] for row in embedded] == [row["id"] for row in listed]
    assert isinstance(embedded[0]["cost_ex_tax"], (int, float))
    assert float(listed[0]["cost_ex_tax"]) == embedded[0]["cost_ex_tax"]
    assert client.get(f"v2/orders/{id_}/shippingaddresses").json() == listed


def test_lines_of_an_order_are_paged(client: Client) -> None:
    """400 lines need two pages of 250."""
    id_ = client.store.oddities["orders"]["lines_400"]
    first, second = (client.ids(f"v2/orders/{id_}/products?limit=250&page={n}") for n in (1, 2))
    assert (len(first), len(second)) == (250, 150)
    assert first + second == [id_ * 1000 + n for n in range(1, 401)]


def test_fees_are_wrapped_at_their_endpoint_and_a_list_in_the_order(client: Client) -> None:
    """The documents contradict themselves; the example wraps."""
    id_ = client.store.oddities["orders"]["two_fees"]
    wrapped = client.get(f"v2/orders/{id_}/fees").json()["fees"]
    assert client.get(f"v2/orders/{id_}?include=fees").json()["fees"] == wrapped
    assert len(wrapped) == 2


def test_an_order_that_does_not_exist_is_404_with_an_array(client: Client) -> None:
    """Also below it."""
    for path in ("v2/orders/99999999", "v2/orders/99999999/products", "v2/orders/5/coupons"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.json()[0]["status"] == 404


def test_counts_add_up_and_follow_the_filter(client: Client) -> None:
    """One entry for each of the fifteen statuses."""
    body = client.get("v2/orders/count").json()
    assert body["count"] == len(client.store.orders) == sum(row["count"] for row in body["statuses"])
    assert len(body["statuses"]) == 15
    assert client.get("v2/orders/count?status_id=0").json()["count"] == 2


def test_a_json_extension_is_accepted(client: Client) -> None:
    """V2 paths may end in `.json`."""
    assert client.ids("v2/orders.json?limit=3") == client.ids("v2/orders?limit=3")


_STORE = Store(Options(orders=300, products=20, customers=20, coupons=0, seed=3))
_DATES = _STORE.dates("orders")


@given(
    lower=st.sampled_from(sorted(set(_DATES.values()))),
    width=st.integers(0, 10**7),
    first=st.integers(90, 420),
    descending=st.booleans(),
)
def test_any_window_holds_exactly_the_orders_that_match(lower: int, width: int, first: int, descending: bool) -> None:
    """The index agrees with a plain loop over the records, in either order."""
    query = Query(f"min_date_modified={_iso(lower)}&max_date_modified={_iso(lower + width)}&min_id={first}")
    found = _STORE.orders.select(_where(query, ApiVariant()), ("id", descending))
    expected = [id_ for id_, at in _DATES.items() if lower <= at <= lower + width and id_ >= first]
    assert found.ids(0, len(found)) == sorted(expected, reverse=descending)


def _iso(seconds: int) -> str:
    return iso_z(seconds).decode()

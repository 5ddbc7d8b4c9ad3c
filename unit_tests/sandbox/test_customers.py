"""V3 customers as the sandbox serves them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from unit_tests.sandbox.conftest import Client, Open


def test_the_first_page_has_both_kinds_of_pagination(client: Client) -> None:
    """A client can choose between page numbers and the cursor."""
    meta = client.get("v3/customers?limit=100").json()["meta"]
    assert meta["pagination"]["total"] == 400
    assert meta["pagination"]["total_pages"] == 4
    assert meta["cursor_pagination"]["count"] == 100


def test_a_later_page_has_no_cursor_and_a_cursor_page_no_numbers(client: Client) -> None:
    """The two do not mix."""
    assert set(client.get("v3/customers?page=2").json()["meta"]) == {"pagination"}
    end = client.get("v3/customers").json()["meta"]["cursor_pagination"]["end_cursor"]
    assert set(client.get(f"v3/customers?after={end}&page=7").json()["meta"]) == {"cursor_pagination"}


def test_a_cursor_is_base64_of_the_id(client: Client) -> None:
    """So it is a key set, not a position."""
    body = client.get("v3/customers?limit=7").json()
    end = body["meta"]["cursor_pagination"]["end_cursor"]
    assert json.loads(base64.b64decode(end + "==")) == {"id": body["data"][-1]["id"]}


def test_the_cursor_visits_every_customer_once(client: Client) -> None:
    """Forward, and back again from behind the last."""
    forward: list[int] = []
    cursor = ""
    for _ in range(5):
        body = client.get(f"v3/customers?limit=90{cursor}").json()
        forward += [row["id"] for row in body["data"]]
        cursor = f"&after={body['meta']['cursor_pagination']['end_cursor']}"
    assert forward == client.store.ids("customers")
    assert client.ids(f"v3/customers?limit=90{cursor}") == []
    back: list[int] = []
    cursor = base64.b64encode(b'{"id":4000000}').decode()
    for _ in range(5):
        body = client.get(f"v3/customers?limit=90&before={cursor}").json()
        back = [row["id"] for row in body["data"]] + back
        cursor = body["meta"]["cursor_pagination"]["start_cursor"]
    assert back == forward


def test_the_cursor_survives_edits_and_deletions(open_store: Open) -> None:
    """Rows do not slide: nobody who was there and stayed there is missed."""
    client = open_store(customers=200)
    first = client.get("v3/customers?limit=100").json()
    stayed = set(client.store.ids("customers"))
    for id_ in (20, 21, 22):
        client.store.delete("customers", id_)
        stayed.discard(id_)
    end = first["meta"]["cursor_pagination"]["end_cursor"]
    second = client.ids(f"v3/customers?limit=250&after={end}")
    assert stayed <= {row["id"] for row in first["data"]} | set(second)


def test_an_empty_page_has_no_cursors(client: Client) -> None:
    """They are omitted."""
    meta = client.get("v3/customers?id:in=999999").json()["meta"]["cursor_pagination"]
    assert "start_cursor" not in meta
    assert "end_cursor" not in meta


@pytest.mark.parametrize(
    "query",
    [
        "date_modified:min=soon",
        "id:in=a",
        "limit=-1",
        "sort=id",
        "include=everything",
        "after=%25%25",
        "after=bm9wZQ",
        "customer_group_id:in=x",
    ],
)
def test_a_bad_filter_value_is_422_with_an_object(client: Client, query: str) -> None:
    """400 belongs to V2."""
    response = client.get(f"v3/customers?{query}")
    assert response.status_code == 422
    assert response.json()["errors"]


def test_unknown_parameters_are_not_looked_at(client: Client) -> None:
    """Unlike on V2."""
    assert client.get("v3/customers?colour=red").status_code == 200


@pytest.mark.parametrize("field", ["date_modified", "date_created"])
def test_date_bounds_are_inclusive_and_a_bare_date_is_equality(client: Client, field: str) -> None:
    """Down to the second."""
    table = client.store.customers
    some = client.store.ids("customers")[200]
    moment = client.get(f"v3/customers?id:in={some}").json()["data"][0][field]
    value = table.value(some, field)
    for form, passes in (
        (f"{field}:min", lambda at: at >= value),
        (f"{field}:max", lambda at: at <= value),
        (field, lambda at: at == value),
    ):
        expected = [id_ for id_ in client.store.ids("customers") if passes(table.value(id_, field))]
        found = client.get(f"v3/customers?limit=250&{form}={moment}").json()
        assert [row["id"] for row in found["data"]] == expected[:250]
        assert found["meta"]["pagination"]["total"] == len(expected)


def test_filters_by_name_mail_and_group_work(client: Client) -> None:
    """Names are first and last name together."""
    row = client.get("v3/customers?id:in=40").json()["data"][0]
    name = f"{row['first_name']} {row['last_name']}"
    assert client.ids(f"v3/customers?email:in={row['email']}") == [40]
    assert 40 in client.ids(f"v3/customers?limit=250&name:in={name}")
    assert 40 in client.ids(f"v3/customers?limit=250&name:like={row['last_name'].lower()}")
    groups = client.get("v3/customers?limit=250&customer_group_id:in=2,5").json()["data"]
    assert {one["customer_group_id"] for one in groups} == {2, 5}


@pytest.mark.parametrize("sort", ["date_modified:asc", "date_created:desc", "last_name:asc"])
def test_sorts_without_a_cursor_are_honoured(client: Client, sort: str) -> None:
    """Through the pages."""
    rows = [row for n in (1, 2) for row in client.get(f"v3/customers?limit=250&page={n}&sort={sort}").json()["data"]]
    field, _, way = sort.partition(":")
    assert len({row["id"] for row in rows}) == 400
    values = [row[field].lower() for row in rows]
    assert values == sorted(values, reverse=way == "desc")


def test_nested_lists_come_only_when_requested_and_hold_ten(client: Client) -> None:
    """The counts report how many there are."""
    odd = client.store.oddities["customers"]
    plain = client.get(f"v3/customers?id:in={odd['addresses_11']}").json()["data"][0]
    assert not {"addresses", "attributes", "form_fields", "store_credit_amounts"} & set(plain)
    wanted = ",".join(str(odd[name]) for name in ("addresses_10", "addresses_11", "addresses_260", "attributes_12"))
    rows = client.get(f"v3/customers?id:in={wanted}&include=addresses,attributes,formfields,storecredit").json()["data"]
    assert [len(row["addresses"]) for row in rows] == [10, 10, 10, 1]
    assert [row["address_count"] for row in rows] == [10, 11, 260, 1]
    assert [len(row["attributes"]) for row in rows] == [1, 1, 1, 10]
    assert rows[3]["attribute_count"] == 12
    assert "amount" in rows[0]["store_credit_amounts"][0]


def _all(client: Client, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        body = client.get(f"{path}{'&' if '?' in path else '?'}limit=250&page={page}").json()
        rows += body["data"]
        if page >= body["meta"]["pagination"]["total_pages"]:
            assert len(rows) == body["meta"]["pagination"]["total"]
            return rows
        page += 1


def test_the_address_list_holds_every_address(client: Client) -> None:
    """Also the ones that the include leaves out."""
    rows = _all(client, "v3/customers/addresses")
    assert len({row["id"] for row in rows}) == len(rows)
    counted = sum(row["address_count"] for row in client.records("customers"))
    assert len(rows) == counted
    many = client.store.oddities["customers"]["addresses_260"]
    of_one = _all(client, f"v3/customers/addresses?customer_id:in={many}")
    assert of_one == [row for row in rows if row["customer_id"] == many]
    assert client.ids(f"v3/customers/addresses?id:in={many}007") == [many * 1000 + 7]


def test_attribute_values_can_be_filtered_by_customer_and_attribute(client: Client) -> None:
    """50 values for one customer."""
    many = client.store.oddities["customers"]["attributes_50"]
    rows = _all(client, f"v3/customers/attribute-values?customer_id:in={many}")
    assert len(rows) == 50
    assert {row["attribute_id"] for row in _all(client, "v3/customers/attribute-values?attribute_id:in=1,2")} == {1, 2}
    assert {row["attribute_id"] for row in _all(client, "v3/customers/attribute-values?name=Joined+on")} == {2}
    definitions = _all(client, "v3/customers/attributes")
    assert {row["attribute_id"] for row in rows} <= {row["id"] for row in definitions}


def test_form_field_values_are_paged_by_cursor(client: Client) -> None:
    """Of customers and of addresses, values of each kind."""
    rows, cursor = [], ""
    while True:
        body = client.get(f"v3/customers/form-field-values?limit=37{cursor}").json()
        if not body["data"]:
            break
        rows += body["data"]
        cursor = f"&after={body['meta']['cursor_pagination']['end_cursor']}"
    assert rows == _all(client, "v3/customers/form-field-values")
    assert {type(row["value"]) for row in rows} == {str, int, list}
    assert all(("customer_id" in row) != ("address_id" in row) for row in rows)
    odd = client.store.oddities["customers"]["form_fields_each_kind"]
    assert len(client.get(f"v3/customers/form-field-values?customer_id={odd}").json()["data"]) == 3

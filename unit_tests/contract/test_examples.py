"""Documented examples are read by a stream's own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from source_bigcommerce.api.pagination import Record
from source_bigcommerce.streams.channels import ChannelListings
from source_bigcommerce.streams.marketing import Coupons
from source_bigcommerce.streams.orders import OrderConsignments, OrderProducts, Orders
from tools.contract import examples
from tools.contract.corrections import Example
from tools.contract.documents import Documents
from tools.contract.examples import read_examples
from unit_tests.support import make_stream

DOCUMENT = """
paths:
  /PATH:
    get:
      responses:
        '200':
          content:
            application/json:
              schema:
                type: array
                items: {type: object, example: {id: 2, name: Second}}
              examples:
                one: {$ref: '#/components/examples/One'}
components:
  examples:
    One:
      value: VALUE
"""


def documents(folder: Path, path: str, value: str, file: str = "some.v2.yml") -> Documents:
    (folder / file).write_text(DOCUMENT.replace("PATH", path).replace("VALUE", value))
    return Documents(folder)


def test_examples_of_bodies_and_of_entries_are_read(tmp_path: Path) -> None:
    """Amounts as text and dates of any form mean the same in a record; dates that YAML knows stay text."""
    value = "[{id: 1, amount: '5.0000', expires: '', date_created: 2024-01-01 10:00:00}]"
    assert read_examples(make_stream(Coupons), documents(tmp_path, "coupons", value)) == (2, [])


def test_a_value_that_does_not_fit_is_reported(tmp_path: Path) -> None:
    """By the stream, the field and what is wrong with it."""
    _, found = read_examples(make_stream(Coupons), documents(tmp_path, "coupons", "[{id: 1, amount: much}]"))
    assert found[0] == "coupons: amount contains a value that is not of type number"


def test_a_field_that_a_stream_loses_is_reported_unless_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream's own making of records counts."""

    def extract_records(self: Any, entries: Sequence[Record]) -> Iterator[Record]:
        for entry in entries:
            yield {name: value for name, value in entry.items() if name != "name"}

    monkeypatch.setattr(Coupons, "extract_records", extract_records)
    found = documents(tmp_path, "coupons", "[{id: 1}]")
    assert read_examples(make_stream(Coupons), found) == (2, ["coupons: name is lost"])
    monkeypatch.setattr(examples, "EXAMPLES", (Example("coupons", "name is", "-"),))
    assert read_examples(make_stream(Coupons), found) == (2, [])


def test_an_example_that_a_stream_cannot_read_is_reported(tmp_path: Path) -> None:
    """Instead of ending the comparison."""
    _, found = read_examples(make_stream(Coupons), documents(tmp_path, "coupons", "{id: 1}"))
    assert len(found) == 1
    assert found[0].startswith("coupons: cannot be read: ") and "is not a list of records" in found[0]


def test_line_items_are_looked_for_where_a_stream_puts_them(tmp_path: Path) -> None:
    """And the parent's own id is no loss."""
    value = "{pickups: [], shipping: [{id: 7, line_items: [{id: 3}]}], downloads: [], email: {gift_certificates: []}}"
    found = read_examples(make_stream(OrderConsignments), documents(tmp_path, "orders/{x}/consignments", value))
    assert found == (2, [])


def test_a_line_item_that_an_order_loses_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It moves within the record, so where it was it is not looked for."""
    value = "[{id: 1, consignments: {pickups: [], shipping: [{id: 7, line_items: [{id: 3, name: Mug}]}]}}]"
    found = documents(tmp_path, "orders", value)
    assert read_examples(make_stream(Orders), found) == (2, [])
    monkeypatch.setattr(examples, "unfold", lambda groups: ({**groups, "shipping": []}, []))
    assert read_examples(make_stream(Orders), found)[1] == [
        "orders: consignments.shipping has 0 entries of 1",
        "orders: line_items has 0 entries of 1",
    ]


def test_a_row_names_the_parent_that_its_example_names(tmp_path: Path) -> None:
    """Otherwise every example would be reported as one of another parent."""
    value = "{data: [{listing_id: 1, channel_id: 667159}]}"
    found = documents(tmp_path, "channels/{x}/listings", value, "channels.v3.yml")
    _, differences = read_examples(make_stream(ChannelListings), found)
    assert not any("channel_id" in one for one in differences)
    found = documents(tmp_path, "orders/{x}/products", "[{id: 1, order_id: 149}]")
    assert read_examples(make_stream(OrderProducts), found) == (2, [])

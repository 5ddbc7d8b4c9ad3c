"""Values, dates, ids and bodies that are not what they should be, from the store to the connector's output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import CommandLine, catalog_of, config_for, messages, sync
from sandbox import Options, Server, serve
from unit_tests.representatives import representatives

SMALL = Options(orders=30, products=12, customers=12, coupons=6)
NULLED = {"change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(SMALL) as running:
        yield running


def changing(number: int, **values: Any) -> Callable[[Any, Any], Any]:
    """An edit of one entry of a list, counted from its first page's first."""

    def edit(body: Any, _: Any) -> Any:
        rows = body.get("data") if isinstance(body, dict) else body
        if rows:
            rows[number].update(values)
        return body

    return edit


def test_a_value_that_does_not_fit_is_null_and_marked_in_its_record(server: Server, tmp_path: Path) -> None:
    """Airbyte's convention, which destinations show in the row's own metadata; one warning for each field."""
    line = CommandLine(tmp_path)
    server.fail("v2/coupons", times=9, kind="edit", edit=changing(2, amount="12,50", num_uses="9" * 30, name=["a"]))
    catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["coupons"]))
    code, output = line.run(
        *("read", "--config", line.write("config.json", config_for(server))),
        *("--catalog", line.write("catalog.json", catalog)),
    )
    printed = list(messages(output.splitlines(keepends=True)))
    records = [message["record"] for message in printed if message["type"] == "RECORD"]
    (changed,) = [record for record in records if "meta" in record]
    too_large = {"change": "NULLED", "reason": "SOURCE_FIELD_SIZE_LIMITATION"}
    assert (code, len(records)) == (0, len(server.store.ids("coupons")))
    assert sorted(changed["meta"]["changes"], key=lambda one: str(one["field"])) == [
        {"field": "amount", **NULLED},
        {"field": "num_uses", **too_large},
    ]
    assert {name: changed["data"].get(name) for name in ("amount", "num_uses", "name")} == {
        "amount": None,
        "num_uses": None,
        "name": '["a"]',
    }
    assert not [record for record in records if record.get("file_reference")]
    warnings = [message["log"]["message"] for message in printed if message.get("log", {}).get("level") == "WARN"]
    said = [warning for warning in warnings if "did not fit" in warning]
    assert len(said) == 3
    of_amount = f"'12,50' in the record with id {changed['data']['id']}"
    assert any("amount of 'coupons'" in one and of_amount in one for one in said)


def test_a_nested_value_is_null_in_its_place(server: Server) -> None:
    """The rest of its object stays."""
    expected = sync(server, ["customers"]).records["customers"]
    server.fail("v3/customers", times=99, kind="edit", edit=changing(0, store_credit_amounts=[{"amount": "12,50"}]))
    found = sync(server, ["customers"]).latest("customers")
    assert len(found) == len(expected)
    assert {"amount": None} in [one for record in found.values() for one in record["store_credit_amounts"] or ()]


@pytest.mark.parametrize("key", ["seven", 7.5, [7], True, "9" * 30])
def test_a_key_that_does_not_fit_fails_its_stream_with_a_sentence(server: Server, key: Any) -> None:
    """If it were emitted, destinations could not distinguish its record from others."""
    server.fail("v3/wishlists", times=99, kind="edit", edit=changing(0, id=key))
    result = sync(server, ["wishlists", "coupons"])
    shown = "a list" if key == [7] else f"'{key}'"
    assert f"has {shown} for its id, which is not of type integer" in result.errors["wishlists"]
    assert result.failure and len(result.records["coupons"]) == len(server.store.ids("coupons"))


@pytest.mark.parametrize("spelled", [str, float])
@pytest.mark.parametrize(
    "stream",
    representatives(
        ["orders", "order_products", "transactions", "customers", "products", "coupons"], {"order_products"}
    ),
)
def test_ids_that_are_spelled_another_way_are_the_same(server: Server, stream: str, spelled: Any) -> None:
    """No record is missing, or there under another key."""

    def respell(body: Any, _: Any) -> Any:
        rows = body.get("data") if isinstance(body, dict) else body
        for row in rows or ():
            row["id"] = spelled(row["id"])
        return body

    expected = sync(server, [stream])
    for path in ("v2/orders", "v3/orders/*/transactions", "v3/customers", "v3/catalog/products", "v2/coupons"):
        server.fail(path, times=999, kind="edit", edit=respell)
    found = sync(server, [stream])
    assert (found.failure, found.latest(stream)) == (None, expected.latest(stream))


@pytest.mark.parametrize("stream", representatives(["orders", "order_products"], {"orders"}))
@pytest.mark.parametrize("date", ["", None, "+20240-02-08T10:10:10", "Mon, 19 Jan 2026 07:21:46 IST"])
def test_a_record_without_a_readable_date_has_a_cursor(
    server: Server, stream: str, date: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Some destinations refuse a null cursor, and elsewhere an older row could win."""
    expected = sync(server, [stream])
    first = min(server.store.ids("orders"))
    server.fail("v2/orders", times=999, kind="edit", edit=changing(0, date_modified=date))
    found = sync(server, [stream])
    cursor, order = ("date_modified", "id") if stream == "orders" else ("order_date_modified", "order_id")
    (said,) = [line for line in caplog.messages if "no readable date" in line]
    created = sync(server, ["orders"]).latest("orders")[first]["date_created"]
    assert (found.failure, sorted(found.ids(stream))) == (None, sorted(expected.ids(stream)))
    assert {record[cursor] for record in found.records[stream] if record[order] == first} == {created}
    assert all(record[cursor] for record in found.records[stream])
    assert f"for {cursor}, which contains the date of creation instead" in said and f"id {first}" in said


def test_a_record_without_any_date_has_the_time_of_the_sync(server: Server) -> None:
    """The newest copy of it wins."""
    server.fail("v2/orders", times=999, kind="edit", edit=changing(0, date_modified="soon", date_created=""))
    found = sync(server, ["orders"])
    assert (
        found.latest("orders")[min(server.store.ids("orders"))]["date_modified"]
        == found.states["orders"][-1]["date_modified"]
    )


def test_the_zone_of_a_date_is_heeded(server: Server) -> None:
    """Taken for UTC, it would be ten hours off."""
    date = "Mon, 19 Jan 2015 07:21:46 AEST"
    server.fail("v2/orders", times=999, kind="edit", edit=changing(0, date_created=date))
    found = sync(server, ["orders"]).latest("orders")
    assert found[min(server.store.ids("orders"))]["date_created"] == "2015-01-18T21:21:46Z"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: b"Warning: Undefined index: sku in list.php on line 12\n" + body, "began with text that is not"),
        (lambda body: b"<br />\n<b>Notice</b>: <b>a.php</b><br />\n" + body, "began with text that is not"),
        (lambda body: body.replace(b'"name":"', b'"name":"\n\x01', 1), "contained control characters"),
        (lambda body: body.replace(b'"name":"', b'"name":"\\u0000', 1), "contained the character U+0000"),
        (lambda body: body.replace(b'"name":"', b'"name":"\xff', 1), "contained text that is not valid Unicode"),
    ],
)
def test_a_body_that_is_nearly_json_is_read(
    server: Server, spoil: Callable[[bytes], bytes], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With one warning, however many responses are so."""
    expected = sync(server, ["coupons"]).ids("coupons")
    edit = lambda body, _: spoil(json.dumps(body, separators=(",", ":")).encode()) if body else b"[]"  # noqa: E731
    server.fail("v2/coupons", times=999, kind="edit", edit=edit)
    found = sync(server, ["coupons"])
    assert (found.failure, found.ids("coupons")) == (None, expected)
    (line,) = [line for line in caplog.messages if said in line]
    assert "'coupons'" in line and "v2/coupons" in line


def test_countries_of_a_coupon_are_a_list(server: Server) -> None:
    """They came as the JSON text of one."""
    countries = {"countries": ["AU", "NZ"]}
    server.fail("v2/coupons", times=9, kind="edit", edit=changing(0, restricted_to=countries))
    assert countries in [record.get("restricted_to") for record in sync(server, ["coupons"]).records["coupons"]]

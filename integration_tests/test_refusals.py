"""Refusals of a store: a single one is not accepted, and optional parameters are omitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessage, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.test.state_builder import StateBuilder

from integration_tests.harness import LISTED, CommandLine, catalog_of, config_for, messages, sync
from sandbox import Options, Server, serve
from sandbox.requests_log import Entry
from unit_tests.representatives import in_turn, representatives
from unit_tests.support import all_listings, set_listing

SIZE = {"orders": 900, "products": 900, "customers": 900, "coupons": 900}
LISTS = {"orders": "v2/orders", "customers": "v3/customers", "products": "v3/catalog/products", "coupons": "v2/coupons"}
ALWAYS = 10_000
FILTERS = {
    "orders": ("v2/orders", "min_date_modified", "max_date_modified"),
    "products": ("v3/catalog/products", "date_modified:min", "date_modified:max"),
    "customers": ("v3/customers", "date_modified:min", "date_modified:max"),
    "subscribers": ("v3/customers/subscribers", "date_modified:min", "date_modified:max"),
    "order_refunds": ("v3/orders/payment_actions/refunds", "created:min", "created:max"),
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the waiting between them."""
    monkeypatch.setattr("time.sleep", lambda _: None)


def refuse(server: Server, endpoint: str, sent: str, named: str) -> None:
    """Has the store refuse all requests to an endpoint with something in their query, by its name."""
    if endpoint.startswith("v2/"):
        status, body = 400, json.dumps([{"status": 400, "message": f"The field '{named}' is not supported."}])
    else:
        title = f"The filter(s): {named} are not valid filter parameter(s)."
        status, body = 422, json.dumps({"status": 422, "title": title, "errors": {}})
    server.fail(f"{endpoint}?*{sent}*", times=ALWAYS, status=status, body=body)


def listed(server: Server, endpoint: str) -> list[Entry]:
    """The requests for pages of a list that had a response."""
    return [entry for entry in server.requests if entry.path == endpoint and entry.status < 300]


def warnings(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [line for line in caplog.messages if line.startswith("BigCommerce refuses") and name in line]


def state_of(stream: str, cursor: str) -> list[AirbyteStateMessage]:
    return StateBuilder().with_stream_state(stream, {"date_modified": cursor}).build()


# One refusal is not believed.


@pytest.mark.parametrize(("status", "kind"), in_turn((400, 401, 403, 404, 422), list(LISTS)))
def test_one_refusal_in_the_middle_of_a_list_loses_nothing(kind: str, status: int) -> None:
    """Stores have returned it at random during incidents, and a list that was read cannot have become unknown."""
    with serve(Options(**SIZE)) as server:
        server.fail(LISTS[kind], nth=3, times=1, status=status)
        result = sync(server, [kind])
        assert set(result.ids(kind)) == set(server.store.ids(kind))
        assert [entry.status for entry in server.requests].count(status) == 1
    assert not result.failure


def test_one_refusal_of_the_clock_fails_nothing() -> None:
    """It is the first request of a sync, and its refusal would be that of every stream."""
    with serve(Options(orders=10, products=10, customers=10)) as server:
        server.fail("v2/time", times=1, status=401)
        result = sync(server, ["coupons"])
    assert not result.failure


def test_a_token_that_is_refused_at_one_address_fails_that_stream_alone() -> None:
    """The token is good, as /v2/time shows: nobody must make a new API account."""
    with serve(Options(orders=50, products=50, customers=50)) as server:
        server.fail("v3/customers", times=ALWAYS, status=401)
        result = sync(server, ["customers", "orders", "coupons"])
    assert result.statuses["customers"][-1] == "INCOMPLETE"
    assert result.statuses["orders"][-1] == result.statuses["coupons"][-1] == "COMPLETE"
    assert "/v2/time accepts it" in result.errors["customers"]
    assert "Create an API account" not in result.errors["customers"]


def test_a_token_that_is_revoked_during_a_sync_stops_it() -> None:
    """One request to /v2/time proves the refusal, for all workers."""
    with serve(Options(**SIZE)) as server:
        for pattern in ("v3/*", "v2/orders*", "v2/coupons"):
            server.fail(pattern, nth=2, times=ALWAYS, status=401)
        server.fail("v2/time", nth=2, times=ALWAYS, status=401)
        result = sync(server, LISTED)
        clocks = [entry for entry in server.requests if entry.path == "v2/time"]
        refused = [entry for entry in server.requests if entry.status == 401]
    assert all("The access token was refused" in message for message in result.errors.values())
    assert len(clocks) <= 3  # a worker may meet its refusal when the first response has just come
    assert len(refused) <= 8 + len(clocks)


def test_check_does_not_believe_one_refusal_of_the_token(tmp_path: Path) -> None:
    """It is run when a connection is set up, and its sentence would send the user to make a new API account."""
    with serve(Options(orders=10, products=10, customers=10)) as server:
        server.fail("v3/customers", times=1, status=401)
        cli = CommandLine(tmp_path)
        code, output = cli.run("check", "--config", cli.write("config.json", config_for(server)))
    assert code == 0
    assert '"SUCCEEDED"' in output


# A filter that is refused.


@pytest.mark.exhaustive
@pytest.mark.parametrize(("stream", "bounds"), in_turn(FILTERS, [(1,), (2,), (1, 2)]), ids=str)
def test_a_list_whose_date_filter_is_refused_is_read_whole_and_filtered_here(
    stream: str, bounds: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The stream would fail in every sync but the first. Slices that each read the whole list would cost the quota."""
    monkeypatch.setattr("source_bigcommerce.lists.sampling.SAMPLE_SIZE", 20)
    for one in all_listings():
        set_listing(monkeypatch, one, pages_per_slice=1)
    endpoint, names = FILTERS[stream][0], [FILTERS[stream][bound] for bound in bounds]
    with serve(Options(**SIZE)) as server:
        first = sync(server, [stream])
        server.store.clock.advance(3600)
        for kind in ("orders", "products", "customers"):
            server._app.live.random_changes(kind, edit=5)
        plain = sync(server, [stream], state=first.state())
        for name in names:
            refuse(server, endpoint, f"{name}=", name)
        server.log.clear()
        later = sync(server, [stream], state=first.state())
        pages = len(listed(server, endpoint))
        warned = warnings(caplog, ""), caplog.clear()
        server.log.clear()
        again = sync(server, [stream])
        pages_again = len(listed(server, endpoint))
    assert not later.failure and not again.failure, {**later.errors, **again.errors}
    assert later.latest(stream).keys() == plain.latest(stream).keys()
    assert again.latest(stream).keys() == {**first.latest(stream), **plain.latest(stream)}.keys()
    assert later.states[stream] and again.states[stream]
    assert pages <= 25 and pages_again <= 35
    assert len(warned[0]) <= len(names)
    assert all(
        "the connector reads the whole list and filters it" in line for line in [*warned[0], *warnings(caplog, "")]
    )
    if 1 in bounds:
        assert len(warned[0]) == 1 and f"{names[0]} in requests to {endpoint} for '{stream}' (The " in warned[0][0]


@pytest.mark.parametrize("stream", representatives(["customers", "products", "orders"], {"orders"}))
def test_a_date_filter_that_is_refused_behind_the_first_page_loses_nothing(
    stream: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The list is begun again without it."""
    endpoint, minimum, _ = FILTERS[stream]
    position = {"customers": "after=", "products": "id:greater=", "orders": "min_id="}[stream]
    state = state_of(stream, "2021-01-01T00:00:00Z")
    with serve(Options(**SIZE)) as server:
        expected = sync(server, [stream], state=state)
        refuse(server, endpoint, f"{minimum}=*{position}", minimum)
        result = sync(server, [stream], state=state)
    assert not result.failure
    assert len(warnings(caplog, minimum)) == 1
    assert len(expected.latest(stream)) > 250
    assert result.latest(stream).keys() == expected.latest(stream).keys()


@pytest.mark.parametrize(("stream", "parameter"), [("orders", "channel_id"), ("products", "channel_id:in")])
def test_a_refused_filter_of_channels_is_made_up_for_here(
    stream: str, parameter: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The records name their channels themselves."""
    with serve(Options(**SIZE)) as server:
        for product in server.store.ids("products")[::2]:
            server.store.edit("products", product, channels=[2])
        plain = sync(server, [stream], channel_ids=[1])
        refuse(server, FILTERS[stream][0], f"{parameter}=", parameter)
        result = sync(server, [stream], channel_ids=[1])
    assert not result.failure
    assert result.latest(stream).keys() == plain.latest(stream).keys()
    assert 0 < len(plain.latest(stream)) < 900
    assert len(warnings(caplog, parameter)) == 1


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [("orders", "limit"), ("products", "id:greater"), ("customers", "after"), ("order_refunds", "page")],
)
def test_a_refused_parameter_of_paging_fails_the_stream(kind: str, parameter: str) -> None:
    """Without it the list cannot be read to its end."""
    with serve(Options(**SIZE)) as server:
        for number in server.store.ids("orders")[:600]:
            server.store.add_child(number, "refunds")
        refuse(server, FILTERS[kind][0], f"{parameter}=", parameter)
        result = sync(server, [kind])
    assert result.statuses[kind][-1] == "INCOMPLETE"
    assert parameter in result.errors[kind] and "defect" not in result.errors[kind]


# A part that is refused.

PARTS = {
    "products": ("primary_image", "parent_relations", "channels"),
    "customers": ("storecredit", "formfields"),
}


def in_any_order(value: Any) -> Any:
    """Records whose lists are sorted. The address of a form field is returned by one of its endpoints only."""
    if isinstance(value, dict):
        return {key: in_any_order(one) for key, one in value.items() if key != "address_id"}
    return sorted(map(in_any_order, value), key=repr) if isinstance(value, list) else value


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("stream", "value"),
    [
        ("products", "variants"),
        ("products", "images"),
        ("customers", "addresses"),
        ("customers", "attributes"),
        ("orders", "fees"),
        ("orders", "consignments.line_items"),
    ],
)
def test_a_refused_part_is_read_from_its_own_address(stream: str, value: str, caplog: pytest.LogCaptureFixture) -> None:
    """It would empty the stream, and all tables that are made of its list, in every sync."""
    with serve(Options(orders=40, products=40, customers=40)) as server:
        plain = sync(server, [stream])
        refuse(server, FILTERS[stream][0], f"include=*{value}", value)
        result = sync(server, [stream])
    assert not result.failure, result.errors
    assert in_any_order(result.latest(stream)) == in_any_order(plain.latest(stream))
    assert all(value in line and "read from its own endpoint" in line for line in warnings(caplog, "refuses"))
    assert warnings(caplog, value)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("stream", "value"), [(stream, value) for stream, values in PARTS.items() for value in values])
def test_a_refused_part_without_an_address_stays_empty(
    stream: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest of the record is worth having; a warning names what is not there."""
    with serve(Options(orders=40, products=40, customers=40)) as server:
        plain = sync(server, [stream])
        refuse(server, FILTERS[stream][0], f"include=*{value}", value)
        result = sync(server, [stream])
    assert not result.failure, result.errors
    lost = {"storecredit": "store_credit_amounts", "formfields": "form_fields"}.get(value, value)
    assert any(record.get(lost) for record in plain.records[stream])
    for key, record in plain.latest(stream).items():
        found = result.latest(stream)[key]
        assert {**found, lost: None} == {**record, lost: None} | {n: found[n] for n in ("addresses",) if n in found}
        assert not found.get(lost)
    assert all(value in line and "these fields stay empty" in line for line in warnings(caplog, ""))


def test_a_store_that_refuses_to_include_anything_is_read_in_parts(caplog: pytest.LogCaptureFixture) -> None:
    """V2 names the parameter and not the value."""
    with serve(Options(orders=40, products=40, customers=40)) as server:
        plain = sync(server, ["orders"])
        refuse(server, "v2/orders", "include=", "include")
        result = sync(server, ["orders"])
    assert not result.failure, result.errors
    assert in_any_order(result.latest("orders")) == in_any_order(plain.latest("orders"))
    assert len(warnings(caplog, "consignments.line_items, fees")) == 1


# What the user reads.


@pytest.mark.parametrize(
    ("fault", "said", "unsaid"),
    [
        (
            {"status": 403, "body": "<html><head><title>Access denied</title></head></html>"},
            'an HTML page titled "Access denied"',
            "OAuth",
        ),
        (
            {"status": 403, "body": '{"status":403,"title":"Not included in your plan"}'},
            "(403: Not included in your plan)",
            "OAuth",
        ),
        (
            {"status": 403, "body": '{"status":403,"title":"You don\'t have a required scope to access the endpoint"}'},
            "lacks the OAuth scope Customers (read-only)",
            "plan",
        ),
        (
            {"status": 422, "body": '{"title":"Invalid","errors":{"date_modified:after":"is not valid"}}'},
            "(422: Invalid; date_modified:after: is not valid)",
            "defect",
        ),
        ({"status": 413, "body": '{"title":"Too many objects"}'}, "(413: Too many objects)", "defect"),
    ],
    ids=["firewall", "plan", "scope", "errors", "limit"],
)
def test_the_user_reads_what_the_store_says(tmp_path: Path, fault: dict[str, Any], said: str, unsaid: str) -> None:
    """In the error of the stream, with the request and the id that BigCommerce's support needs."""
    with serve(Options(orders=10, products=10, customers=10)) as server:
        server.fail("v3/customers", times=ALWAYS, headers={"X-Request-ID": "8f3c-77"}, **fault)
        cli = CommandLine(tmp_path)
        catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["customers"]))
        code, output = cli.run(
            "read", "--config", cli.write("config.json", config_for(server)), "--catalog", cli.write("c.json", catalog)
        )
    errors = [
        message["trace"]["error"]["message"]
        for message in messages(output.splitlines(keepends=True))
        if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR"
    ]
    assert code == 1
    assert said in errors[0] and unsaid not in errors[0]
    request = "v3/customers?date_modified:min=2019-12-31T23:59:59Z"
    assert errors[0].endswith(f"The request was {request} (X-Request-ID 8f3c-77).")
    assert "Traceback" not in output and server.token not in output

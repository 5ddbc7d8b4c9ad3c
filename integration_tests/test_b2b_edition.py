"""B2B Edition: every stream under each answer to what its documentation leaves open, beside the rest of the store."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import requests
from airbyte_cdk.utils import AirbyteTracedException
from requests.adapters import HTTPAdapter

from integration_tests.harness import (
    B2B_INCREMENTAL,
    B2B_STREAMS,
    STREAMS,
    CommandLine,
    Sync,
    as_dict,
    catalog_of,
    config_for,
    kept_catalog_of,
    key_of,
    seconds_of,
    sync,
)
from integration_tests.simulated import Machine, StoreClock, Time
from integration_tests.test_records import FORMATS
from sandbox import B2B_VARIANTS, Options, Server, Store, serve
from sandbox.app import Application
from sandbox.b2b.quota import B2BQuota
from sandbox.quota import Quota
from source_bigcommerce.api import client
from source_bigcommerce.api.rate_limit.pace import B2B_QUOTA
from source_bigcommerce.source import SourceBigcommerce
from tools.contract.records import undeclared
from tools.streams import streams
from unit_tests.representatives import representatives
from unit_tests.support import set_page_size

SMALL = Options(orders=40, products=20, customers=30, coupons=2, companies=14, b2b=True)
PAGE = 7
# Streams whose records are the rows of a collection of the sandbox, by its key.
ROWS = (
    "companies", "company_users", "company_addresses", "company_roles", "company_permissions", "company_attachments",
    "company_payment_methods", "b2b_payment_methods", "b2b_orders", "quotes", "invoices", "b2b_payments", "receipts",
    "receipt_lines", "shopping_lists", "sales_staff", "super_admins",
)  # fmt: skip
DATED = ("companies", "company_users", "company_addresses", "b2b_orders", "quotes", "super_admins", "sales_staff")
CASES = [*((name, 8) for name in B2B_VARIANTS), ("everything awkward", 1)]
QUICK = {
    ("likeliest", 8), ("everything awkward", 8), ("everything awkward", 1), ("there are no totals", 8),
    ("the limit is ignored", 8), ("date filters are ignored", 8), ("lists come by modification", 8),
}  # fmt: skip


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that these small lists have several, and a change falls between two."""
    set_page_size(monkeypatch, PAGE, pages_per_slice=1)


def row_key(stream: str, record: dict[str, Any]) -> Any:
    """The key by which the sandbox knows a record."""
    return record["id"] if stream == "company_attachments" else key_of(stream, record)


def missing(server: Server, result: Sync, names: Sequence[str], since: float, until: float) -> dict[str, set[Any]]:
    """Rows of these streams that a sync from nothing, between the two instants, had to bring and did not."""
    store, found = server.store, {}
    companies, users = (store.must_emit(kind, 0, since, until) for kind in ("companies", "company_users"))
    for name in (one for one in ROWS if one in names):
        owed = store.must_emit(name, 0, since, until)
        shelf = store.collections[name]
        if name == "company_attachments":
            owed = {key for key in owed if shelf.row(key)["_companyId"] in companies}
        elif name == "shopping_lists":
            owed = {key for key in owed if shelf.row(key)["userId"] in users}
        elif name == "company_payment_methods":  # those that are active
            owed = {key for key in owed if shelf.row(key)["isEnabled"]}
        got = {row_key(name, record) for record in result.records[name]}
        if lost := {str(key) for key in owed} - {str(key) for key in got}:
            found[name] = lost
    return found


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(("variant", "workers"), representatives(CASES, QUICK))
def test_lists_that_change_at_every_request_lose_no_row(variant: str, workers: int) -> None:
    """By offset, whatever the order, the page size and the totals; and the next sync brings what was edited since.

    If totals lag, a list that becomes shorter ends before its own total: such a stream fails, and its state stays. So
    does one that becomes empty, if its last total was another: the response without records has none.
    """
    shape = B2B_VARIANTS[variant]
    # If dates are ignored, a list that changes each time that it is read fails, as its end cannot be known.
    options = replace(SMALL, live_every=40 if shape.date_filter_ignored else 1, b2b_variant=shape)
    names = [name for name in B2B_STREAMS if name != "b2b_channels" or shape.features == "on"]
    with serve(options) as server:
        since = server.store.clock.time()
        first = sync(server, names, num_workers=workers)
        until = server.store.clock.time()
        assert not first.failure or shape.total_lag or shape.empty_data != "[]", first.errors
        known = ("is empty though there are", "records were returned", "changed each of the")
        assert all(any(one in error for one in known) for error in first.errors.values()), first.errors
        complete = [name for name in names if first.statuses[name][-1] == "COMPLETE"]
        assert missing(server, first, complete, since, until) == {}

        server.set_live(0)
        server.store.clock.advance(3600)
        changed = {}
        for name in DATED:
            shelf = server.store.collections[name]
            changed[name] = shelf.keys()[3 if len(shelf.keys()) > 3 else 0]
            shelf.edit(changed[name])
        second = sync(server, names, state=first.state(), num_workers=workers)
        assert not second.failure, second.errors
        for name in B2B_INCREMENTAL:
            second.records[name] += first.records[name]
        assert missing(server, second, names, since, until) == {}
        for name, key in changed.items():
            assert str(key) in {str(row_key(name, record)) for record in second.records[name]}, name


def test_every_documented_field_is_seen_and_every_record_keeps_its_schema() -> None:
    """Not one stream is empty, and each field of its schema is filled in some record."""
    with serve(replace(SMALL, companies=20)) as server:
        result = sync(server, B2B_STREAMS)
    assert not result.failure, result.errors
    schemas = {stream.name: stream.get_json_schema() for stream in streams() if stream.name in B2B_STREAMS}
    for name, schema in schemas.items():
        records = result.records[name]
        assert records, f"{name} is empty"
        validator = jsonschema.Draft7Validator(schema, format_checker=FORMATS)
        for record in records:
            error = next(validator.iter_errors(record), None)
            assert error is None, (name, record, error.message)
            assert not list(undeclared(schema, record)), name
        assert not _unseen(schema, records), name


def _unseen(schema: dict[str, Any], values: list[Any], path: str = "") -> list[str]:
    """The declared fields that no record has filled."""
    found = []
    for name, field in schema.get("properties", {}).items():
        if name == "_ab_cdc_deleted_at":
            continue
        filled = [value[name] for value in values if isinstance(value, dict) and value.get(name) is not None]
        if not filled:
            found.append(f"{path}{name}")
            continue
        inner = [one for value in filled for one in value] if field["type"][-1] == "array" else filled
        found += _unseen(field.get("items", field), [one for one in inner if isinstance(one, dict)], f"{path}{name}.")
    return found


def test_the_catalog_and_the_requests_are_as_before_without_the_setting() -> None:
    """Not one request to the second host, and no stream of it."""
    with serve(SMALL) as server:
        config = config_for(server, b2b_edition=False)
        offered = {stream.name for stream in SourceBigcommerce().discover(logging.getLogger("test"), config).streams}
        result = sync(server, STREAMS, b2b_edition=False)
        requested = {entry.path for entry in server.requests if entry.path.startswith("api/")}
    assert offered == set(STREAMS)
    assert not result.failure, result.errors
    assert not requested


def test_a_stream_of_b2b_edition_without_the_setting_is_explained() -> None:
    """The catalog may be older than a change of the settings."""
    with serve(SMALL) as server:
        result = sync(server, ["coupons", "companies"], b2b_edition=False)
    assert "turn on the setting B2B Edition" in result.errors["companies"]
    assert result.statuses["coupons"][-1] == "COMPLETE"


LACKING: dict[str, dict[str, Any]] = {
    "no edition, 403": {"b2b_edition": False},
    "no edition, 404": {"b2b_edition": False, "b2b_variant": B2B_VARIANTS["no B2B Edition is 404"]},
    "no edition, inside a 200": {"b2b_edition": False, "b2b_variant": B2B_VARIANTS["errors come with status 200"]},
    "no scope": {"b2b_scope": False},
}


@pytest.mark.parametrize("lacking", LACKING)
def test_a_store_without_b2b_edition_is_named_and_the_other_streams_go_on(lacking: str, tmp_path: Any) -> None:
    """In the connection test as a warning; in a sync each of its streams fails, with the same sentence."""
    with serve(replace(SMALL, **LACKING[lacking])) as server:
        cli = CommandLine(tmp_path)
        code, output = cli.run("check", "--config", cli.write("config.json", config_for(server)), has_pauses=False)
        result = sync(server, ["coupons", "companies", "quotes", "company_credit", "b2b_channels"])
    assert code == 0
    assert '"status":"SUCCEEDED"' in output
    assert "the store has no B2B Edition or the API account lacks the OAuth scope B2B Edition" in output
    assert result.statuses["coupons"][-1] == "COMPLETE"
    assert set(result.errors) == {"companies", "quotes", "company_credit", "b2b_channels"}
    assert all("has no B2B Edition or the API account lacks the OAuth scope" in one for one in result.errors.values())


def test_server_errors_mention_the_store_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """B2B Edition returns them for a missing or wrong one."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    with serve(SMALL) as server:
        server.fail("api/v3/io/companies", times=1000, status=500)
        result = sync(server, ["companies", "company_permissions"])
    assert "Check the store hash" in result.errors["companies"]
    assert result.statuses["company_permissions"][-1] == "COMPLETE"


def test_the_token_goes_to_these_two_hosts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the headers that each API documents, and with GET alone."""
    sent: list[requests.PreparedRequest] = []
    send = HTTPAdapter.send

    def spy(adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        sent.append(request)
        return send(adapter, request, **settings)

    monkeypatch.setattr(HTTPAdapter, "send", spy)
    with serve(SMALL) as server:
        result = sync(server, [*B2B_STREAMS, "orders"])
        hosts = {urlsplit(url).netloc for url in (server.api_url, server.b2b_api_url)}
        b2b_host = urlsplit(server.b2b_api_url).netloc
    assert not result.failure, result.errors
    assert {urlsplit(request.url).netloc for request in sent} == hosts
    assert {request.method for request in sent} == {"GET"}
    for request in sent:
        names = {name.lower() for name in request.headers}
        assert "authtoken" not in names
        assert ("x-store-hash" in names) is (urlsplit(request.url).netloc == b2b_host)
        assert ("x-auth-client" in names) is (urlsplit(request.url).netloc != b2b_host)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_b2b_edition_is_not_followed(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token would be sent to an address that nobody has configured."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    with serve(SMALL) as server, serve(SMALL) as elsewhere:
        location = f"{elsewhere.b2b_api_url}/api/v3/io/companies"
        server.fail("api/v3/io/companies", kind="redirect", status=status, headers={"Location": location})
        result = sync(server, ["companies", "orders", "coupons", "company_permissions"])
        assert not elsewhere.requests
    assert set(result.errors) == {"companies"}
    assert "from api-b2b.bigcommerce.com, the host of B2B Edition: it returned a redirect" in result.errors["companies"]
    assert all(result.records[name] for name in ("orders", "coupons", "company_permissions"))


UNUSABLE = {
    "certificate": (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), "its TLS certificate"),
    "proxy": (requests.exceptions.ProxyError("Tunnel connection failed: 407 Required"), "the proxy that"),
    "address": (requests.exceptions.InvalidURL("no"), "the request could not be sent"),
}


@pytest.mark.parametrize("failure", UNUSABLE)
def test_a_host_of_b2b_edition_that_cannot_be_used_stops_its_own_streams_alone(
    failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another host, with its own certificate and its own rule in a firewall."""
    error, sentence = UNUSABLE[failure]
    send = HTTPAdapter.send

    def refusing(adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        if str(request.url).startswith(b2b_url):
            raise error
        return send(adapter, request, **settings)

    monkeypatch.setattr(HTTPAdapter, "send", refusing)
    names = ["companies", "quotes", "company_credit", "b2b_channels", "shopping_lists"]
    with serve(SMALL) as server:
        b2b_url = server.b2b_api_url
        result = sync(server, [*names, "orders", "coupons", "products", "channels"])
    assert set(result.errors) == set(names)
    assert all("api-b2b.bigcommerce.com" in one and sentence in one for one in result.errors.values()), result.errors
    assert all(result.records[name] for name in ("orders", "coupons", "products", "channels"))


@contextmanager
def simulated(options: Options) -> Iterator[tuple[Application, Callable[..., Sync], Time]]:
    """A store on a machine on which no time passes, a sync with it, and the clock."""
    clock = Time(options.now)
    store = Store(options)
    store.clock = StoreClock(clock)
    app = Application(options, store)
    app.quota = Quota(options.quota, options.window_ms, clock=clock.true)
    assert app.b2b
    form, window = options.b2b_variant.rate_headers, options.b2b_window_ms
    app.b2b.quota = B2BQuota(options.b2b_quota, window, form, clock.true)
    app.b2b.hierarchy_quota = B2BQuota(options.hierarchy_quota, window, form, clock.true)
    machine = Machine(clock)

    def read(names: tuple[str, ...], **config: Any) -> Sync:
        found = Sync()
        settings = {
            "start_date": "2020-01-01", "client_id": "c", "access_token": options.token, "reconcile": "never",
            "store_hash": options.store_hash, "api_url": "http://127.0.0.1:1", "b2b_edition": True,
            "b2b_api_url": "http://127.0.0.1:2", **config,
        }  # fmt: skip
        try:
            for message in SourceBigcommerce().read(logging.getLogger("airbyte"), settings, kept_catalog_of(names), []):
                found.take(as_dict(message))
        except AirbyteTracedException as error:
            found.failure = error.message
        return found

    machine.start(app, lambda _: clock.pass_(0.1), 50, 10)
    try:
        yield app, read, clock
    finally:
        machine.stop()


@pytest.mark.parametrize("headers", ["rate limits are plain numbers", "rate limits are not reported", "likeliest"])
def test_a_full_sync_of_both_apis_meets_no_429(headers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the quota of the store and the one of B2B Edition, and 15 requests a minute for the hierarchy."""
    monkeypatch.setattr(client, "B2B_QUOTA", B2B_QUOTA)
    options = replace(
        SMALL, companies=60, quota=150, window_ms=30_000, b2b_quota=150, hierarchy_quota=15,
        b2b_variant=B2B_VARIANTS[headers],
    )  # fmt: skip
    with simulated(options) as (app, read, clock):
        began = clock.true()
        result = read((*STREAMS, *B2B_STREAMS), num_workers=8)
        minutes = (clock.true() - began) / 60
        requested = [entry for entry in app.log.all() if entry.path.startswith("api/")]
        refused = [entry.path for entry in app.log.all() if entry.status == 429]
    assert not result.failure, result.errors
    assert refused == []
    assert len(requested) > 400 and minutes > 2, "the sync fits in a window or two: make the store larger"


def test_a_governor_without_the_documented_rates_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test above: without headers nothing else holds the connector back."""
    options = replace(
        SMALL, companies=60, b2b_quota=150, hierarchy_quota=15, b2b_variant=B2B_VARIANTS["rate limits are not reported"]
    )
    with simulated(options) as (app, read, _):
        read(B2B_STREAMS, num_workers=8)
        assert [entry for entry in app.log.all() if entry.status == 429]


def test_incremental_streams_read_little_when_nothing_has_changed() -> None:
    """No quote is requested again, and no company's credit."""
    with serve(SMALL) as server:
        first = sync(server, B2B_INCREMENTAL)
        server.store.clock.advance(3600)
        server.log.clear()
        second = sync(server, B2B_INCREMENTAL, state=first.state())
        requested = server.log.by_path()
    assert not second.failure, second.errors
    assert not any(second.records.values()), {name: len(rows) for name, rows in second.records.items() if rows}
    assert not [path for path in requested if "*" in path]


SLICED = ("company_credit", "company_subsidiaries", "b2b_order_products", "quote_details", "quote_line_items")


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("variant", ["likeliest", "empty data is null"])
def test_streams_with_a_request_for_each_entry_save_states_on_their_way(variant: str) -> None:
    """A sync that is interrupted continues from the last one. Slices that were read side by side would skip some."""
    with serve(replace(SMALL, companies=60, b2b_variant=B2B_VARIANTS[variant])) as server:
        alone, result = (sync(server, SLICED, num_workers=workers, reconcile="never") for workers in (1, 8))
        assert not result.failure, result.errors
        reached = {name: sorted({seconds_of(state) for state in result.states[name]}) for name in SLICED}
        assert all(len(found) > 3 for found in reached.values()), reached
        assert {name: len(alone.states[name]) for name in SLICED} == {
            name: len(found) for name, found in reached.items()
        }
        whole = len(result.records["company_credit"])
        result.states["company_credit"] = [
            state for state in result.states["company_credit"] if seconds_of(state) == reached["company_credit"][1]
        ]
        again = sync(server, ["company_credit"], state=result.state(), reconcile="never")
    assert not again.failure
    assert 0 < len(again.records["company_credit"]) < whole


def test_state_and_catalog_survive_the_setting() -> None:
    """Turned off and on again, the streams continue from their states."""
    with serve(SMALL) as server:
        first = sync(server, ["coupons", "companies"])
        states = first.state()
        sync(server, ["coupons"], state=states, b2b_edition=False)
        again = sync(server, ["coupons", "companies"], state=states)
    assert not again.failure
    assert not again.records["companies"]
    assert json.dumps([one.stream.name for one in catalog_of(["companies"]).streams]) == '["companies"]'

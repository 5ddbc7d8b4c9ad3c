"""Bad input gets one clear sentence: cause and remedy, the exit code that Airbyte expects, no traceback, no secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import STREAMS, CommandLine, catalog_of, config_for, messages, sync
from sandbox import Options, Server, serve
from source_bigcommerce.api.scopes import Scope
from tools.streams import scopes, streams
from unit_tests.representatives import representatives

TOKEN = "s3cr3t-t0ken-of-the-store"
CLIENT = "cl13nt-1d-of-the-account"
TINY = Options(orders=30, products=30, customers=30, coupons=10, token=TOKEN)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(TINY) as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def assert_clean(output: str) -> None:
    assert "Traceback" not in output
    assert TOKEN not in output
    assert CLIENT not in output


def check(cli: CommandLine, config: Any) -> tuple[int, str, str]:
    """Exit code, status and message of a check."""
    code, output = cli.run("check", "--config", cli.write("config.json", config))
    assert_clean(output)
    statuses = [m["connectionStatus"] for m in messages(output.splitlines(keepends=True)) if "connectionStatus" in m]
    assert len(statuses) == 1, output
    return code, statuses[0]["status"], statuses[0].get("message", "")


def read(cli: CommandLine, config: Any, catalog: Any = None, state: Any = None) -> tuple[int, dict[str | None, str]]:
    """Exit code and, by stream, the messages of the ERROR traces of a read."""
    arguments = ["read", "--config", cli.write("config.json", config)]
    catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of()) if catalog is None else catalog
    arguments += ["--catalog", cli.write("catalog.json", catalog)]
    if state is not None:
        arguments += ["--state", cli.write("state.json", state)]
    code, output = cli.run(*arguments)
    assert_clean(output)
    errors = {}
    for message in messages(output.splitlines(keepends=True)):
        error = message.get("trace", {}).get("error")
        if error:
            errors[(error.get("stream_descriptor") or {}).get("name")] = error["message"]
    return code, errors


BAD_SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("start date that is none", {"start_date": "13/45/2020"}, "write it as 2024-01-31, 01/31/2024 (month first) or"),
    ("start date in the future", {"start_date": "2999-01-01"}, "is in the future"),
    ("start date of another type", {"start_date": 20240131}, "start_date must be text"),
    ("empty token", {"access_token": ""}, "access_token is empty: fill it in"),
    ("missing token", {"access_token": ...}, "access_token is missing: fill it in"),
    ("missing client id", {"client_id": ...}, "client_id is missing: fill it in"),
    ("missing store hash", {"store_hash": ...}, "store_hash is missing: fill it in"),
    ("missing start date", {"start_date": ...}, "start_date is missing: fill it in"),
    ("token with a line break", {"access_token": f"{TOKEN}\nmore"}, "copy it again"),
    ("store hash with spaces", {"store_hash": "my store"}, "only letters and digits"),
    ("store hash of another domain", {"store_hash": "https://evil.example/stores/abc/v3"}, "enter only the hash"),
    ("number of workers as text", {"num_workers": "many"}, "num_workers must be a"),
    ("too many workers", {"num_workers": 1000}, "num_workers must be a"),
    ("plain http to a foreign host", {"api_url": "http://store.example"}, "unencrypted: use https"),
    ("wrong token", {"access_token": "another-token"}, "The access token was refused"),
    ("unknown store", {"store_hash": "nosuchstore"}, "Check the store hash"),
]


@pytest.mark.parametrize(
    ("changes", "sentence"), [row[1:] for row in BAD_SETTINGS], ids=[row[0] for row in BAD_SETTINGS]
)
def test_a_bad_setting_fails_the_check_with_its_sentence(
    server: Server, cli: CommandLine, changes: dict[str, Any], sentence: str
) -> None:
    """A failed check is an ordinary response: exit code 0, status FAILED, the sentence as its message."""
    config = {**config_for(server, client_id=CLIENT), **changes}
    config = {name: value for name, value in config.items() if value is not ...}
    code, status, message = check(cli, config)
    assert (code, status) == (0, "FAILED")
    assert sentence in message
    assert message.endswith(".")


@pytest.mark.parametrize(
    "changes", [{"start_date": "13/45/2020"}, {"access_token": ...}, {"access_token": "another-token"}]
)
def test_the_same_setting_fails_a_read_with_exit_code_1(
    server: Server, cli: CommandLine, changes: dict[str, Any]
) -> None:
    """A sync that cannot begin fails as a process, with the sentence in a TRACE."""
    config = {**config_for(server, client_id=CLIENT), **changes}
    code, errors = read(cli, {name: value for name, value in config.items() if value is not ...})
    assert code == 1
    assert errors


@pytest.mark.parametrize(
    "value",
    [
        "abc123",
        "/stores/sandbox/v3/",
        "https://api.bigcommerce.com/stores/sandbox/v3/catalog/products",
        "https://store-sandbox-1.mybigcommerce.com/manage/orders",
    ],
)
def test_the_store_hash_may_come_as_the_control_panel_shows_it(server: Server, cli: CommandLine, value: str) -> None:
    """The bare hash, the API path or the whole API URL: all but the first name this store."""
    _, status, _ = check(cli, config_for(server, client_id=CLIENT, store_hash=value))
    assert status == ("FAILED" if value == "abc123" else "SUCCEEDED")


@pytest.mark.exhaustive
def test_a_wrong_token_costs_two_requests(server: Server) -> None:
    """A single refusal is not believed; hammering a store with a refused token helps nobody."""
    server.log.clear()
    result = sync(server, access_token="another-token")
    assert result.failure
    assert set(result.errors) == set(STREAMS)
    assert all("The access token was refused" in message for message in result.errors.values())
    assert len(server.requests) == 2


def test_a_missing_file_is_named(cli: CommandLine) -> None:
    """Config, catalog and state are files, and files go missing."""
    code, output = cli.run("check", "--config", str(cli.folder / "nowhere.json"))
    assert_clean(output)
    assert code == 1
    assert "nowhere.json does not exist: check the path." in output


def test_a_config_that_is_not_json_is_explained(cli: CommandLine) -> None:
    """A stray comma is reported with its line, and nothing of the file is quoted."""
    path = cli.write("config.json", f'{{"access_token": "{TOKEN}",,}}')
    code, output = cli.run("check", "--config", path)
    assert_clean(output)
    assert code == 1
    assert "is not JSON" in output


def test_an_unknown_stream_is_named_and_the_others_finish(server: Server, cli: CommandLine) -> None:
    """A catalog from another version of the connector names a stream that is not there."""
    catalog: Any = ConfiguredAirbyteCatalogSerializer.dump(catalog_of())
    catalog["streams"][1]["stream"]["name"] = "gift_wraps"
    code, errors = read(cli, config_for(server, client_id=CLIENT), catalog)
    assert code == 1
    assert set(errors) == {"gift_wraps", None}
    assert "'gift_wraps', which this source does not have" in errors["gift_wraps"]
    assert f"1 of {len(STREAMS)} streams did not sync: gift_wraps" in errors[None]


@pytest.mark.parametrize("catalog", ["[]", "{}", '{"streams": 1}', "nonsense"])
def test_a_catalog_that_is_none_is_explained(server: Server, cli: CommandLine, catalog: str) -> None:
    """One sentence, whatever stands in the file."""
    code, errors = read(cli, config_for(server, client_id=CLIENT), catalog)
    assert code == 1
    assert "catalog" in errors[None]


@pytest.mark.parametrize("state", ['{"date_modified": "2024-01-01"}', "[1]", '[{"type": "STREAM"}]', "x"])
def test_a_state_file_of_an_unknown_shape_is_explained(server: Server, cli: CommandLine, state: str) -> None:
    """Reading everything again without a reset could cost hours of the store's quota."""
    code, errors = read(cli, config_for(server, client_id=CLIENT), state=state)
    assert code == 1
    assert "state" in errors[None]


# Without the scope for the checkout's content, some scripts stay out of sight and nothing fails. That of B2B Edition
# has no documented parameter: see test_b2b_edition.py.
SCOPES = {s.parameter: s.value for s in Scope if s.parameter and s is not Scope.CHECKOUT_CONTENT}


@pytest.mark.parametrize("parameter", representatives(SCOPES, {"store_v2_orders_read_only"}))
def test_a_missing_scope_fails_its_streams_alone_and_says_where_to_grant_it(parameter: str, cli: CommandLine) -> None:
    """The others finish; check succeeds with a warning."""
    name = SCOPES[parameter]
    # Refunds can be read with the scope of transactions, too.
    lacking = {s.name for s in streams() if name in scopes(s).split(", ") and s.name != "order_refunds"}
    with serve(Options(**{**vars(TINY), "scopes": TINY.scopes - {parameter}})) as server:
        result = sync(server)
        code, output = cli.run("check", "--config", cli.write("config.json", config_for(server, client_id=CLIENT)))
    assert set(result.errors) == lacking
    for stream in lacking:
        assert f"lacks the OAuth scope {name} (read-only)" in result.errors[stream]
        assert "Settings > Store-level API accounts" in result.errors[stream]
        assert not result.states[stream]
    assert {s for s in STREAMS if result.statuses[s][-1] == "COMPLETE"} == set(STREAMS) - lacking
    assert_clean(output)
    assert (code, '"status":"SUCCEEDED"' in output) == (0, True)
    assert f"lacks the OAuth scope {name}" in output


def test_check_fails_when_no_scope_is_there(cli: CommandLine) -> None:
    """A connection that can read nothing is not a connection."""
    with serve(Options(**{**vars(TINY), "scopes": frozenset()})) as server:
        _, status, message = check(cli, config_for(server, client_id=CLIENT))
    assert status == "FAILED"
    for name in SCOPES.values():
        assert name in message


def test_a_suspended_store_is_reported_at_once(cli: CommandLine) -> None:
    """503 usually passes; this one does not until the merchant acts, so it is not retried."""
    with serve(Options(**{**vars(TINY), "suspended": True})) as server:
        _, status, message = check(cli, config_for(server, client_id=CLIENT))
        requests = len(server.requests)
        result = sync(server)
    assert status == "FAILED"
    assert "The store is suspended" in message
    assert requests == 1
    assert all("The store is suspended" in error for error in result.errors.values())


def test_a_redirect_to_another_host_is_refused_and_the_token_not_sent(cli: CommandLine) -> None:
    """Anyone who can make the store redirect must not get the token."""
    with serve(TINY) as server, serve(TINY) as elsewhere:
        server.fail("v2/time", kind="redirect", headers={"Location": f"{elsewhere.api_url}/stores/sandbox/v2/time"})
        _, status, message = check(cli, config_for(server, client_id=CLIENT))
        received = list(elsewhere.requests)
    assert status == "FAILED"
    assert "redirect" in message
    assert received == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("command", ["check", "read"])
def test_debug_logs_hold_no_secret(server: Server, cli: CommandLine, command: str) -> None:
    """The CDK's debug lines print request headers."""
    arguments = [command, "--debug", "--config", cli.write("config.json", config_for(server, client_id=CLIENT))]
    if command == "read":
        arguments += ["--catalog", cli.write("catalog.json", ConfiguredAirbyteCatalogSerializer.dump(catalog_of()))]
    code, output = cli.run(*arguments)
    assert code == 0
    assert "Making outbound API request" in output
    assert_clean(output)

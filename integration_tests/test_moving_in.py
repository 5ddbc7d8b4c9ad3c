"""Connections that come from the archived BigCommerce connector or from Stitch go on here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import DATED, KINDS, CommandLine, Sync, catalog_of, config_for, messages, sync
from sandbox import Options, Server, serve

DAY, INSTANT = "2025-06-01", 1748736000
ORDERS = Options(orders=300, products=200, customers=200, coupons=20)


def as_state(value: dict[str, Any], *streams: str) -> list[Any]:
    result = Sync()
    for stream in streams:
        result.states[stream].append(value)
    return result.state()


def test_the_missing_settings_of_the_archived_connector_s_config_are_named(tmp_path: Path) -> None:
    """It had no client ID: one sentence says where to find it, and the rest of the config is right as it is."""
    with serve(ORDERS) as server:
        config = config_for(server)
        client_id = config.pop("client_id")
        cli = CommandLine(tmp_path)
        code, output = cli.run("check", "--config", cli.write("config.json", config))
        (status,) = [
            m["connectionStatus"] for m in messages(output.splitlines(True)) if m["type"] == "CONNECTION_STATUS"
        ]
        assert (code, status["status"]) == (0, "FAILED")
        assert "client_id is missing" in status["message"]
        assert "former BigCommerce connector" in status["message"]
        code, output = cli.run("check", "--config", cli.write("config.json", {**config, "client_id": client_id}))
        assert '"SUCCEEDED"' in output


@pytest.mark.parametrize("kind", DATED)
def test_the_archived_connector_s_day_is_gone_on_from(kind: str) -> None:
    """Its states have no time of day: everything of that day is read again, nothing before."""
    with serve(ORDERS) as server:
        result = sync(server, [kind], state=as_state({"date_modified": DAY}, kind))
        assert set(result.ids(kind)) == {
            id_ for id_, modified in server.store.dates(kind).items() if modified >= INSTANT - 300
        }
        assert 0 < len(result.ids(kind)) < len(server.store.ids(kind))


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "state",
    [
        {"id": DAY},
        {"id": 456},
        {"states": [{"partition": {"order_id": 7, "parent_slice": {}}, "cursor": {"date_modified": DAY}}]},
        {"date_modified": ""},
        {"date_modified": None},
        {"__ab_full_refresh_sync_complete": True},
        {"__ab_full_refresh_state_message": True},
    ],
    ids=str,
)
def test_states_without_a_cursor_start_the_streams_again(
    state: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The archived connector's cursor was broken for some streams, and other runners hand over blank ones. Nothing is
    lost, and the log says why everything comes again."""
    with serve(ORDERS) as server:
        result = sync(server, KINDS, state=as_state(state, *KINDS))
        for kind in KINDS:
            assert set(result.ids(kind)) == set(server.store.ids(kind))
    assert not result.failure
    for kind in DATED:
        assert any(f"'{kind}'" in line and "start again" in line for line in caplog.messages)


def test_stitch_s_state_file_is_gone_on_from(tmp_path: Path) -> None:
    """The file that the tap wrote is the state, as it is; streams that it does not name start at the beginning."""
    with serve(ORDERS) as server:
        result = _read(tmp_path, server, {"bookmarks": {"orders": {"date_modified": f"{DAY}T00:00:00.000000Z"}}})
        owed = {id_ for id_, modified in server.store.dates("orders").items() if modified >= INSTANT - 300}
        assert set(result.ids("orders")) == owed
        assert 0 < len(owed) < 300
        assert set(result.ids("customers")) == set(server.store.ids("customers"))


def test_what_a_read_printed_is_a_state_file(tmp_path: Path) -> None:
    """As it is, among logs and records; and with the shared part that other sources' states have."""
    with serve(replace(ORDERS, orders=40, products=30, customers=30)) as server:
        printed = _output(tmp_path, server, {})
        server.store.clock.advance(3600)
        changed = server.store.create("orders")
        assert set(_sorted_out(_output(tmp_path, server, printed)).ids("orders")) == {changed}
        states = [m["state"]["stream"] for m in messages(printed.splitlines(keepends=True)) if m["type"] == "STATE"]
        shared = {"type": "GLOBAL", "global": {"shared_state": {"lsn": 7}, "stream_states": states}}
        assert set(_sorted_out(_output(tmp_path, server, [shared])).ids("orders")) == {changed}
        assert set(_sorted_out(_output(tmp_path, server, "")).ids("orders")) == set(server.store.ids("orders"))


def test_a_state_that_no_stream_of_the_sync_has_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Passed over without a word, a mistyped name is a full sync that nobody expected."""
    with serve(ORDERS) as server:
        sync(server, ["coupons"], state=as_state({"date_modified": DAY}, "orders"))
    assert any(line.endswith("so these states are not used: orders.") for line in caplog.messages)


def _read(tmp_path: Path, server: Server, state: Any) -> Sync:
    return _sorted_out(_output(tmp_path, server, state))


def _output(tmp_path: Path, server: Server, state: Any) -> str:
    """The output of a sync that begins with a file of this content."""
    cli = CommandLine(tmp_path)
    catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(KINDS))
    code, output = cli.run(
        "read",
        "--config",
        cli.write("config.json", config_for(server)),
        "--catalog",
        cli.write("catalog.json", catalog),
        "--state",
        cli.write("state.json", state),
    )
    assert code == 0, output[-2000:]
    return output


def _sorted_out(output: str) -> Sync:
    result = Sync()
    for message in messages(output.splitlines(keepends=True)):
        result.take(message)
    return result

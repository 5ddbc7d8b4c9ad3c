"""The connector's commands in a container: what Airbyte calls, kept as short as a platform may keep it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.harness import STREAMS, Sync, catalog_of, config_for, messages, sync
from integration_tests.image.containers import Containers, sync_of
from sandbox import Options, Server, serve
from source_bigcommerce.config import Config

TOKEN = "s3cr3t-t0ken-of-the-store"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(Options(orders=120, products=60, customers=60, token=TOKEN)) as server:
        yield server


def only(kind: str, output: str) -> Any:
    """The one message of a kind."""
    found = [m for m in messages(output.splitlines(keepends=True)) if m["type"] == kind]
    assert len(found) == 1, output
    return found[0]


def test_spec_reports_the_settings_without_any_file(containers: Containers) -> None:
    """The platform runs it before it knows a store."""
    code, output = containers.run("spec")
    assert code == 0, output
    assert only("SPEC", output)["spec"]["connectionSpecification"] == Config.spec()


def test_check_and_discover_print_the_same_as_outside(containers: Containers, server: Server) -> None:
    """No capability, no writable file, 512 MB of memory."""
    config = containers.write("config.json", config_for(server))
    code, output = containers.run("check", "--config", config)
    assert (code, only("CONNECTION_STATUS", output)["connectionStatus"]["status"]) == (0, "SUCCEEDED"), output
    code, output = containers.run("discover", "--config", config)
    assert code == 0, output
    assert {stream["name"] for stream in only("CATALOG", output)["catalog"]["streams"]} == set(STREAMS)


def test_a_read_brings_every_coupon(containers: Containers, server: Server) -> None:
    """A whole sync of a small list; the test below reads all streams."""
    code, output = containers.run(*containers.read_arguments(config_for(server), catalog_of(["coupons"])))
    read = sync_of(output)
    assert code == 0, output[-3000:]
    assert sorted(read.ids("coupons")) == sorted(server.store.ids("coupons"))
    assert read.statuses["coupons"][-1] == "COMPLETE"


@pytest.mark.exhaustive
def test_two_syncs_bring_what_they_bring_outside(containers: Containers, server: Server) -> None:
    """Record by record; between them the store is edited."""

    def in_a_container(before: Sync | None) -> Sync:
        state = before.state() if before else []
        code, output = containers.run(*containers.read_arguments(config_for(server), catalog_of(), state))
        assert code == 0, output[-3000:]
        return sync_of(output)

    first = in_a_container(None)
    assert_the_same(first, sync(server))

    server.store.clock.advance(3600)
    changed = server.store.ids("orders")[5]
    server.store.edit("orders", changed, staff_notes="Called the customer.")
    created = server.store.create("customers")
    second = in_a_container(first)
    assert_the_same(second, sync(server, state=first.state()))
    assert (second.ids("orders"), second.ids("customers"), second.ids("products")) == ([changed], [created], [])


def assert_the_same(inside: Sync, outside: Sync) -> None:
    assert set(inside.records) == set(outside.records)
    for stream in STREAMS:
        assert inside.latest(stream) == outside.latest(stream)
        assert len(inside.records[stream]) == len(outside.records[stream])
        assert inside.statuses[stream][-1] == "COMPLETE"
    assert set(inside.states) == set(outside.states)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"access_token": "another-t0ken"}, "The access token was refused"),
        ({"start_date": "soon"}, "The start date 'soon' is not a date"),
    ],
    ids=["wrong token", "no date"],
)
def test_a_bad_config_gives_one_clean_error(
    containers: Containers, server: Server, changes: dict[str, str], sentence: str
) -> None:
    """A check fails as a response, a read as a process; neither shows a traceback or a token."""
    config = {**config_for(server), **changes}
    code, checked = containers.run("check", "--config", containers.write("config.json", config))
    status = only("CONNECTION_STATUS", checked)["connectionStatus"]
    assert (code, status["status"]) == (0, "FAILED"), checked
    assert sentence in status["message"]

    code, read = containers.run(*containers.read_arguments(config, catalog_of(["coupons"])))
    traces = [m["trace"] for m in messages(read.splitlines(keepends=True)) if m["type"] == "TRACE"]
    errors = [trace["error"]["message"] for trace in traces if trace["type"] == "ERROR"]
    assert code == 1
    assert len([message for message in errors if sentence in message]) == 1, read
    for output in (checked, read):
        assert "Traceback" not in output
        assert TOKEN not in output
        assert config["access_token"] not in output

"""Syncs one after the other, through the real process and its files, over every stream of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, SyncMode

from integration_tests.acceptance.catalog import CATALOG, EVERY_INCREMENTAL, EVERY_STREAM
from integration_tests.acceptance.staging import ROOT
from integration_tests.harness import CORE, KINDS, CommandLine, Sync, config_for, messages
from sandbox import Options, Server, serve

(PLAN,) = yaml.safe_load((ROOT / "acceptance-test-config.yml").read_text(encoding="utf-8"))["acceptance_tests"][
    "incremental"
]["tests"]
CONFIGURED = json.loads((ROOT / PLAN["configured_catalog_path"]).read_text(encoding="utf-8"))
ABNORMAL = json.loads((ROOT / PLAN["future_state"]["future_state_path"]).read_text(encoding="utf-8"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Options(orders=120, products=120, customers=120, coupons=30)) as server:
        yield server


def test_the_configured_catalog_asks_for_every_stream_in_its_best_mode() -> None:
    """It is the one to start from by hand, and the one that Airbyte's tests are given."""
    catalog = ConfiguredAirbyteCatalogSerializer.load(CONFIGURED)
    assert [configured.stream.name for configured in catalog.streams] == list(EVERY_STREAM)
    for configured in catalog.streams:
        known = CATALOG[configured.stream.name]
        wanted = SyncMode.incremental if configured.stream.name in EVERY_INCREMENTAL else SyncMode.full_refresh
        assert configured.sync_mode is wanted
        assert configured.stream.supported_sync_modes == known.supported_sync_modes
        assert configured.primary_key == known.source_defined_primary_key
        assert configured.cursor_field == known.default_cursor_field


@pytest.mark.exhaustive
def test_the_second_sync_reads_what_changed_and_nothing_else(server: Server, tmp_path: Path) -> None:
    """The states that the first one printed go into a file, as the platform does it."""
    first, states = _read(tmp_path, server)
    server.store.clock.advance(3600)
    changed: dict[str, set[int]] = {}
    for name in KINDS:
        edited = server.store.ids(name)[5:8]
        server.store.bulk_edit(name, edited)
        changed[name] = {*edited, server.store.create(name)}
    second, _ = _read(tmp_path, server, states)
    for name in set(CORE) - set(KINDS):
        assert {record["order_id"] for record in second.records[name]} <= changed["orders"]
    for name in KINDS:
        assert set(first.ids(name)) == set(server.store.ids(name)) - {max(changed[name])}
        whole = set(server.store.ids(name))
        assert set(second.ids(name)) == (changed[name] if name in EVERY_INCREMENTAL else whole)


@pytest.mark.exhaustive
def test_an_abnormally_large_state_reads_nothing_and_prints_one_state(server: Server, tmp_path: Path) -> None:
    """A state beyond the store's clock: neither everything again nor a crash."""
    assert [one["stream"]["stream_descriptor"]["name"] for one in ABNORMAL] == list(EVERY_INCREMENTAL)
    result, _ = _read(tmp_path, server, ABNORMAL)
    for name in EVERY_INCREMENTAL:
        assert (result.ids(name), len(result.states[name])) == ([], 1)
        assert result.statuses[name][-1] == "COMPLETE"


def _read(
    folder: Path, server: Server, states: list[dict[str, Any]] | None = None
) -> tuple[Sync, list[dict[str, Any]]]:
    """The sorted output of a sync, and its last states in the form for the next one."""
    cli = CommandLine(folder)
    given = ["--state", cli.write("state.json", states)] if states else []
    code, output = cli.run(
        "read",
        "--config",
        cli.write("config.json", config_for(server)),
        "--catalog",
        str(ROOT / PLAN["configured_catalog_path"]),
        *given,
    )
    assert code == 0, output[-2000:]
    result, last = Sync(), {}
    for message in messages(output.splitlines(keepends=True)):
        result.take(message)
        if message["type"] == "STATE":
            last[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
    return result, list(last.values())

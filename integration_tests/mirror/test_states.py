"""Reconciliation with the states and settings of other versions: nothing is lost, and nothing unknown is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.harness import Sync, catalog_of, sync
from integration_tests.mirror.copy import Copy
from integration_tests.mirror.destination import DELETED_AT
from sandbox import Options, Server
from source_bigcommerce.lists.state import RECONCILIATION

STREAMS = ("products", "product_variants")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Options(orders=3, products=30, customers=3, coupons=3, oddities=False)) as running:
        yield running


@pytest.fixture
def copy(server: Server) -> Copy:
    """A copy of the products, made by a first sync, and an old product that is deleted afterwards."""
    made = Copy(server, STREAMS)
    made.sync()
    server.store.delete("products", server.store.ids("products")[3])
    return made


def without_ledger(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name != RECONCILIATION}


def damaged(state: dict[str, Any]) -> dict[str, Any]:
    return {**state, RECONCILIATION: {**state[RECONCILIATION], "keys": state[RECONCILIATION]["keys"][4:]}}


@pytest.mark.parametrize("change", [without_ledger, damaged])
def test_a_state_without_a_readable_ledger_emits_everything_once(
    copy: Copy, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """What it deleted before is not known. From then on, deletions arrive again."""
    copy.states = {stream: change(state) for stream, state in copy.states.items()}
    copy.sync()
    present = [(key,) for key in copy.server.store.ids("products")]
    assert copy.emitted("products") == present
    assert not copy.deleted
    later = copy.server.store.delete("products", copy.server.store.ids("products")[5])
    copy.sync()
    assert copy.deleted["products"] == {later}
    copy.sync()
    assert not copy.last.records["products"]


def test_choosing_never_for_a_time_forgets_the_ledger(copy: Copy) -> None:
    """A ledger that is not kept up would take an old version for the present one."""
    copy.sync("never")
    assert not any(RECONCILIATION in state for state in copy.states.values())
    assert not copy.last.records["products"]
    copy.sync()
    assert not copy.deleted
    assert len(copy.emitted("products")) == len(copy.server.store.ids("products"))
    copy.sync("never")
    assert not any(RECONCILIATION in state for state in copy.states.values())


def test_a_catalog_without_the_column_gets_no_deletions_until_it_has_it(copy: Copy) -> None:
    """Its destination would store them as records. None of them is forgotten."""
    catalog = catalog_of(STREAMS)
    for one in catalog.streams:
        properties = {**one.stream.json_schema["properties"]}
        del properties[DELETED_AT]
        one.stream = replace(one.stream, json_schema={**one.stream.json_schema, "properties": properties})
    found: Sync = sync(copy.server, STREAMS, state=copy.state(), reconcile="every_sync", catalog=catalog)
    copy.take(found)
    assert not found.failure
    assert not copy.deleted
    copy.sync()
    assert len(copy.deleted["products"]) == 1
    assert not copy.differences()

"""The cost of a reconciliation in requests, records and bytes of state, and when its records come."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Any

import pytest
from airbyte_cdk.models import Type

from integration_tests.harness import Sync, catalog_of, config_for, sync
from sandbox import Server
from sandbox.options import Options
from source_bigcommerce.source import SourceBigcommerce

MADE_OF_PRODUCTS = (
    "products",
    "product_variants",
    "product_images",
    "product_custom_fields",
    "product_bulk_pricing_rules",
    "product_videos",
    "product_reviews",
)
EVERY = 1_000  # of so many products one is changed without a date
PRODUCTS = int(os.environ.get("RECONCILED_PRODUCTS", "5000"))  # 100,000 take about ten minutes


@dataclass
class Store:
    server: Server
    products: int
    first: Sync  # the first sync, with reconciliation

    def next(self, after: Sync, reconcile: str) -> tuple[Sync, int]:
        """The next sync, and its requests without those of the others before."""
        before = len(self.server.requests)
        result = sync(self.server, MADE_OF_PRODUCTS, state=after.state(), reconcile=reconcile)
        assert result.failure is None
        return result, len(self.server.requests) - before


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store of products alone, and its first sync."""
    options = Options(orders=5, customers=5, coupons=5, products=PRODUCTS, oddities=False)
    with Server(options) as server:
        yield Store(server, PRODUCTS, sync(server, MADE_OF_PRODUCTS, reconcile="every_sync"))


@pytest.fixture(scope="module")
def reconciled(store: Store) -> tuple[Sync, int]:
    """A sync in which nothing has changed."""
    return store.next(store.first, "every_sync")


def records_of(result: Sync) -> int:
    return sum(map(len, result.records.values()))


def test_a_reconciliation_takes_five_percent_more_requests_than_the_list_has_pages(
    store: Store, reconciled: tuple[Sync, int]
) -> None:
    """With all tables that are made of the list."""
    _, without = store.next(store.first, "never")
    assert reconciled[1] - without <= ceil(store.products / 250) * 1.05 + 10


def test_what_has_not_changed_is_not_emitted_again(store: Store, reconciled: tuple[Sync, int]) -> None:
    assert records_of(reconciled[0]) <= records_of(store.first) / 1_000


def test_a_change_without_a_date_brings_eight_rows_at_most(store: Store, reconciled: tuple[Sync, int]) -> None:
    products = store.server.store.products.present[::EVERY]
    for product in products:
        store.server.store.edit_silently("products", product, description="changed without a date")
    result, _ = store.next(reconciled[0], "every_sync")
    assert set(products) <= set(result.ids("products"))
    assert records_of(result) <= 8 * len(products)


@pytest.mark.parametrize("stream", MADE_OF_PRODUCTS)
def test_states_are_small_and_few(store: Store, reconciled: tuple[Sync, int], stream: str) -> None:
    """A large ledger is not printed with every state of a slice."""
    for result in (store.first, reconciled[0]):
        sizes = [len(json.dumps(state)) for state in result.states[stream]]
        assert sum(sizes) <= 20 * sizes[-1]
        assert sizes[-1] <= 300_000 * max(1, len(store.first.records[stream]) / 100_000)


def test_new_records_come_before_the_reconciliation(store: Store, reconciled: tuple[Sync, int]) -> None:
    """By the number of requests until then: no more than a sync without reconciliation makes altogether."""
    changed = store.server.store.products.present[:1_000]
    store.server.store.bulk_edit("products", changed, description="changed")
    requests, records = {}, 0
    for reconcile, most in (("never", None), ("every_sync", len(changed))):
        before = len(store.server.requests)
        messages: Any = SourceBigcommerce().read(
            logging.getLogger("airbyte"),
            config_for(store.server, reconcile=reconcile),
            catalog_of(["products"]),
            reconciled[0].state(),
        )
        read = (message for message in messages if message.type is Type.RECORD)
        records = sum(1 for _ in islice(read, most))
        requests[reconcile] = len(store.server.requests) - before
        messages.close()
    assert records == 1_000
    assert requests["every_sync"] <= requests["never"]


@pytest.mark.exhaustive
def test_a_reconciliation_of_many_orders_takes_little_memory() -> None:
    """A tenth of what `python -m integration_tests.million_orders` measures."""
    command = [sys.executable, "-m", "integration_tests.million_orders", "100000"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    measured = json.loads(output.splitlines()[-1])
    assert measured["records"] == 0
    assert measured["megabytes"] <= 200

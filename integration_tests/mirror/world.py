"""A store on a machine without network and time, copies of it, and what may happen to them.

A life is a `Setup` and a list of steps `(operation, arguments)`; `replay` plays it again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateMessageSerializer
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.harness import B2B_INCREMENTAL, INCREMENTAL, Sync, as_dict, kept_catalog_of, key_of
from integration_tests.mirror.copy import check_deletion
from integration_tests.mirror.destination import DESTINATIONS, Row, differences, is_deletion
from integration_tests.mirror.existence import ROWS, exists
from integration_tests.simulated import Machine, StoreClock, Time
from sandbox import API_VARIANTS, B2B_VARIANTS, Options, Store, nested
from sandbox.app import Application
from sandbox.faults import Fault
from sandbox.quota import Quota
from source_bigcommerce.reconciliation import list_reconciliation
from source_bigcommerce.source import SourceBigcommerce

logger = logging.getLogger("airbyte")

Step = tuple[str, dict[str, Any]]
TABLES = ("orders", "products", "customers")
COLLECTIONS = (
    *(name for name in INCREMENTAL if name.endswith("_metafields")),
    "subscribers", "customer_groups", "price_lists", "price_list_records", "pickup_methods", "channel_listings",
)  # fmt: skip
B2B_COLLECTIONS = (
    "companies", "company_users", "company_addresses", "company_attachments", "company_credit", "b2b_orders", "quotes",
    "sales_staff", "super_admins",
)  # fmt: skip
CHILDREN = tuple(ROWS.values())
PER_PARENT = ("taxes", "shipments", "coupons", "messages", "transactions")
RECENT = 10 * 86_400  # seconds: what needs a request for each parent is read again for recently changed ones alone
MOST_REQUESTS = 20_000
MARKS = {"orders": "staff_notes", "products": "description", "customers": "notes"}
FIELDS = ("name", "value", "first_name", "price", "display_name", "description")
ROW_FIELDS = {
    "variants": "sku", "images": "description", "custom_fields": "value", "videos": "title", "reviews": "title",
    "options": "display_name", "modifiers": "display_name", "addresses": "city", "attributes": "attribute_value",
    "lines": "name", "shipping_addresses": "city", "fees": "name", "shipments": "tracking_number", "taxes": "name",
    "messages": "subject", "transactions": "method", "coupons": "code",
}  # fmt: skip


@dataclass(frozen=True)
class Setup:
    """A store and a connection to it, before anything happens."""

    seed: int = 1
    records: int = 12
    variant: str = "likeliest"
    page: int = 5
    pages_per_range: int = 2
    channels: int = 0  # the number of chosen channels, 0 for all
    pace: float = 0.02  # seconds that a request takes
    b2b: bool = False  # with B2B Edition, whose lists are then the ones that are read
    b2b_variant: str = "likeliest"


class Broken(AssertionError):
    """A promise was broken."""


class Killed(Exception):
    """The process of the connector has ended: what its threads still do is of no effect."""


class World:
    """The simulation. Every public method but `close` and `play` is an operation."""

    def __init__(self, setup: Setup = Setup(), reconcile: str = "every_sync", streams: Sequence[str] = ()) -> None:
        self.streams = tuple(streams) or (B2B_INCREMENTAL if setup.b2b else INCREMENTAL)
        self.setup = setup
        self.reconcile = reconcile
        self.steps: list[Step] = []
        self.counts: Counter[str] = Counter()
        options = Options(
            orders=setup.records, products=setup.records, customers=setup.records, coupons=2, rows=6,
            seed=setup.seed, oddities=False, api_variant=API_VARIANTS[setup.variant],
            b2b=setup.b2b, companies=setup.records, b2b_variant=B2B_VARIANTS[setup.b2b_variant],
        )  # fmt: skip
        self.time = Time(options.now)
        self.store = Store(options)
        self.store.clock = StoreClock(self.time)
        self.app = Application(options, self.store)
        self.app.quota = Quota(None, 30_000, clock=self.time.true)
        first = self.store.products.body(self.store.ids("products")[0]).parts["channels"]
        self.chosen = list(first[: setup.channels])
        self.destinations = [kind() for kind in DESTINATIONS]
        self.states: dict[str, dict[str, Any]] = {}
        self._edits = 0
        self._requests = 0
        self._is_over = False
        self._during: list[Sequence[Any]] = []
        self.machine = Machine(self.time)
        self.machine.start(self.app, self._before_request, setup.page, 2)
        self.machine.patches.setattr(list_reconciliation, "PAGES_PER_RANGE", setup.pages_per_range)

    def close(self) -> None:
        """Puts everything back that the simulation replaced."""
        self.machine.stop()

    def play(self, operation: str, **arguments: Any) -> None:
        """Does one operation, and writes it down."""
        self.steps.append((operation, arguments))
        with suppress(*(() if operation == "sync" else (KeyError, ValueError))):  # what is not possible now
            getattr(self, operation)(**arguments)

    # What happens to the store. `which` chooses a record: any number will do.

    def edit(self, kind: str, which: int, silent: bool) -> None:
        self._edits += 1
        if kind in TABLES:
            change = {MARKS[kind]: f"Edited {self._edits}"}
            edit = self.store.edit_silently if silent else self.store.edit
            edit(kind, self._chosen(kind, which), **change)
            return
        shelf = self.store.collections[kind]
        key = self._chosen(kind, which)
        field = shelf.collection.text or next(name for name in FIELDS if name in shelf.row(key))
        value = self._edits if isinstance(shelf.row(key)[field], (int, float)) else f"Edited {self._edits}"
        (shelf.edit_silently if silent else shelf.edit)(key, **{field: value})

    def create(self, kind: str, late: int) -> None:
        at = self.store.clock.now() - late
        if kind in TABLES:
            self.store.create(kind, at=at)
        else:
            self.store.collections[kind].create(at=at)

    def delete(self, kind: str, which: int, number: int = 1) -> None:
        for _ in range(number):
            self.store.delete(kind, self._chosen(kind, which))

    def delete_and_recreate(self, kind: str, which: int, wait: float = 0) -> None:
        """With a sync in between, if `wait` is not 0."""
        key = self._chosen(kind, which)
        self.store.delete(kind, key)
        if wait:
            self.sync()
            self.time.pass_(wait)
        self.store.recreate(kind, key)

    def archive(self, which: int) -> None:
        self.store.archive_order(self._chosen("orders", which))

    def add_child(self, kind: str, which: int, silent: bool) -> None:
        parent = self._chosen(nested.table_of(kind), which)
        self.store.add_child(parent, kind, dated=self._is_dated(kind, parent, silent))

    def edit_child(self, kind: str, which: int, silent: bool) -> None:
        parent, child = self._child(kind, which)
        self._edits += 1
        fields = {ROW_FIELDS[kind]: f"Edited {self._edits}"} if kind in ROW_FIELDS else {"amount": self._edits}
        self.store.edit_child(parent, kind, child, dated=self._is_dated(kind, parent, silent), **fields)

    def remove_child(self, kind: str, which: int, silent: bool) -> None:
        parent, child = self._child(kind, which)
        if kind == "variants" and len(self.store.child_ids(parent, kind)) == 1:
            return  # every product has one
        self.store.remove_child(parent, kind, child, dated=self._is_dated(kind, parent, silent))

    def move(self, which: int, channel: int) -> None:
        """Assigns a product to a channel, or takes it out of it."""
        product = self._chosen("products", which)
        keys = sorted(self.store.collections["channels"].keys())
        chosen = keys[channel % len(keys)]
        inside = self.store.products.body(product).parts["channels"]
        (self.store.unassign_channel if chosen in inside else self.store.assign_channel)(product, chosen)

    def wait(self, seconds: float) -> None:
        self.time.pass_(seconds)

    def fault(self, path: str, nth: int, times: int, kind: str = "status", status: int = 500) -> None:
        """Requests of the next sync that fail."""
        self.app.faults.add(Fault(path, nth=nth, times=times, kind=kind, status=status))

    # The sync.

    def sync(
        self,
        workers: int = 4,
        kill_at: int | None = None,
        during: Iterable[Sequence[Any]] = (),
        reconcile: str | None = None,
    ) -> Sync:
        """One sync, ended at its `kill_at`-th message. `during` are steps at its n-th request."""
        self._during = sorted(during, key=lambda one: one[0], reverse=True)
        self._is_over, self._requests = False, 0
        found = Sync()
        config = self._config(num_workers=workers, reconcile=reconcile or self.reconcile)
        messages = SourceBigcommerce().read(logger, config, kept_catalog_of(self.streams), self._states())
        try:
            for number, message in enumerate(messages, 1):
                if number == kill_at:
                    self.counts["killed"] += 1
                    break
                taken = as_dict(message)
                found.take(taken)
                if taken["type"] == "RECORD":
                    self._check(taken["record"]["stream"], taken["record"]["data"])
        except AirbyteTracedException as error:
            found.failure = error.message
        finally:
            self._is_over = True
            with suppress(AirbyteTracedException, Killed):
                messages.close()  # type: ignore[attr-defined]  # a generator
            self.app.faults.clear()
        if self._requests >= MOST_REQUESTS:
            raise Broken(f"no end after {MOST_REQUESTS} requests")
        self.counts["syncs"] += 1
        self._keep(found)
        return found

    def count_messages(self) -> int:
        """The number of messages of the next sync, which is not kept."""
        self._is_over, self._requests, self._during = False, 0, []
        config = self._config(reconcile=self.reconcile)
        number = sum(1 for _ in SourceBigcommerce().read(logger, config, kept_catalog_of(self.streams), self._states()))
        self._is_over = True
        return number

    def settle(self) -> None:
        """Quiet syncs, after which the copies must equal the store."""
        self.time.pass_(60)
        for _ in range(3):  # one that may be held back, one that believes it, and what was emitted in the same sync
            found = self.sync(workers=8)
            if found.failure:
                raise Broken(f"a quiet sync fails: {found.errors}")
            if not any(found.records.values()):
                break
        truth = self.truth()
        for destination in self.destinations:
            copy = {stream: _comparable(stream, destination.rows(stream)) for stream in self.streams}
            if self.chosen:  # what left the chosen channels exists, and is not followed
                copy = {
                    stream: {k: row for k, row in rows.items() if k in truth[stream] or not self._exists(stream, k)}
                    for stream, rows in copy.items()
                }
            expected = {
                stream: {k: row for k, row in rows.items() if not destination.has_later_mark(stream, k, row)}
                for stream, rows in truth.items()
            }
            if different := differences(copy, expected):
                raise Broken(f"{destination.name}: {len(different)} rows differ: " + " | ".join(different[:5]))

    def truth(self) -> dict[str, dict[Any, Row]]:
        """The content of the store, as a new sync from nothing reads it."""
        found = Sync()
        self._is_over, self._requests, self._during = False, 0, []
        for message in SourceBigcommerce().read(
            logger, self._config(reconcile="never"), kept_catalog_of(self.streams), []
        ):
            found.take(as_dict(message))
        self._is_over = True
        return {stream: _comparable(stream, found.latest(stream)) for stream in self.streams}

    def _config(self, **settings: Any) -> dict[str, Any]:
        return {
            "start_date": "2020-01-01",
            "client_id": "client",
            "access_token": self.store.options.token,
            "store_hash": self.store.options.store_hash,
            "api_url": "http://127.0.0.1:1",
            "b2b_edition": self.setup.b2b,
            "b2b_api_url": "http://127.0.0.1:2",
            "channel_ids": self.chosen,
            "num_workers": 4,
            **settings,
        }

    def _states(self) -> list[AirbyteStateMessage]:
        return [
            AirbyteStateMessageSerializer.load(
                {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}
            )
            for name, state in self.states.items()
        ]

    def _keep(self, found: Sync) -> None:
        """What the platform keeps: the last state of each stream, and the records before it."""
        for stream, progress in found.progress.items():
            state, count = progress[-1]
            self.states[stream] = state
            for destination in self.destinations:
                destination.apply(stream, found.records[stream][:count])

    def _check(self, stream: str, record: Row) -> None:
        self.counts["records"] += 1
        if not is_deletion(record):
            return
        self.counts["deletions"] += 1
        check_deletion(stream, record, self.states.get(stream))
        if self._exists(stream, key_of(stream, record)):
            raise Broken(f"the deletion {record} of {stream} is of a record that exists")

    def _exists(self, stream: str, key: Any) -> bool:
        return exists(self.store, stream, key)

    def _before_request(self, request: requests.PreparedRequest) -> None:
        if self._is_over or self._requests >= MOST_REQUESTS:
            raise Killed
        self.time.pass_(self.setup.pace)
        with self.store.lock:
            self._requests += 1
            while self._during and self._during[-1][0] <= self._requests:
                _, operation, arguments = self._during.pop()
                with suppress(KeyError, ValueError):
                    getattr(self, operation)(**arguments)

    def _chosen(self, kind: str, which: int) -> Any:
        keys = self.store.ids(kind) if kind in TABLES else self.store.collections[kind].keys()
        if not keys:
            raise KeyError(f"there are no {kind}")
        return keys[which % len(keys)]

    def _child(self, kind: str, which: int) -> tuple[int, int]:
        parents = self.store.ids(nested.table_of(kind))
        for number in range(len(parents)):
            parent = parents[(which + number) % len(parents)]
            if rows := self.store.child_ids(parent, kind):
                return parent, rows[which % len(rows)]
        raise KeyError(f"there are no {kind}")

    def _is_dated(self, kind: str, parent: int, silent: bool) -> bool:
        age = self.store.clock.now() - self.store.dates(nested.table_of(kind))[parent]
        return not silent or (kind in PER_PARENT and age > RECENT)


def _comparable(stream: str, rows: dict[Any, Row]) -> dict[Any, Row]:
    """The rows without a cursor that is the time of the sync which read them."""
    if stream not in ("company_addresses", "sales_staff"):
        return rows
    return {key: {name: value for name, value in row.items() if name != "updated_at"} for key, row in rows.items()}


def replay(setup: Setup, steps: Iterable[Step], reconcile: str = "every_sync") -> World:
    """Plays a life of a store again, and settles it. Raises Broken where a promise is broken."""
    world = World(setup, reconcile)
    try:
        for operation, arguments in steps:
            world.play(operation, **arguments)
        world.settle()
    finally:
        world.close()
    return world

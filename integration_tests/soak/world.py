"""A store, a connector and a destination, and what may happen to them: each operation is one plain line.

A life of the store is a `Setup` and a list of steps `(operation, arguments)`; `replay` plays it again.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import ceil
from threading import get_ident
from typing import Any

import requests
from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, AirbyteStreamStatus
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.harness import CORE, INCREMENTAL, KEYS, build_only, kept_catalog_of, seconds_of
from integration_tests.simulated import Machine, StoreClock, Time
from integration_tests.soak.truth import EDITED, MARKS, Audit, Claim, Held, WatchedStore
from sandbox import API_VARIANTS, Options
from sandbox.app import Application
from sandbox.children import id_of
from sandbox.dates import parse_iso
from sandbox.faults import Fault
from sandbox.options import READ_SCOPES
from sandbox.quota import Quota
from source_bigcommerce.source import SourceBigcommerce

logger = logging.getLogger("airbyte")

Step = tuple[str, dict[str, Any]]
ADDED = ("shipments", "messages", "transactions", "refunds")
# Responses by which a store says that it does not know the filter for archived orders.
REFUSALS = frozenset({400, 422})


NO_REASON = "Something went wrong"  # the CDK's word for an error that nobody foresaw
MOST_RECORDS = 60  # of a kind: a life that goes on is no slower than one that begins
_READERS = 7  # of the list of orders at a time: for its own tables, and for those that are requested per order
MOST_REQUESTS = 5000  # of one sync of so small a store


@dataclass(frozen=True)
class Setup:
    """A store and a connection to it, before anything happens."""

    seed: int = 1
    records: int = 30
    refunds: int = 0  # next to those of the generated orders
    api_variant: str = "likeliest"
    page: int = 7
    pages_per_slice: int = 2
    start_date: str = "2020-01-01"
    lookback_minutes: int = 5
    pace: float = 0.05  # seconds that a request takes


class Lost(AssertionError):
    """A promise was broken."""


class Killed(Exception):
    """The process of the connector is no more: what its threads still do is of no effect."""


@dataclass
class Run:
    """One sync under way."""

    streams: Sequence[str]
    kill_at: int | None
    began_at: int = 0  # changes of the store before its clock was read
    began: float | None = None
    clocks: dict[int, tuple[int, float]] = field(default_factory=dict)  # by thread: the last request for the time
    requests: int = 0
    messages: int = 0
    is_killed: bool = False
    is_over: bool = False
    states: dict[str, AirbyteStateMessage] = field(default_factory=dict)
    statuses: dict[str, list[AirbyteStreamStatus]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failure: str | None = None


class World:
    """The simulation. Every public method but `close` and `play` is an operation."""

    def __init__(self, setup: Setup = Setup()) -> None:
        self.setup = setup
        self.steps: list[Step] = []
        self.counts: Counter[str] = Counter()
        options = Options(
            orders=setup.records,
            products=setup.records,
            customers=setup.records,
            coupons=setup.records // 2,
            seed=setup.seed,
            oddities=False,
            api_variant=API_VARIANTS[setup.api_variant],
        )
        self.time = Time(options.now)
        self.store = WatchedStore(options)
        self.store.clock = StoreClock(self.time)
        for number in range(setup.refunds):
            self.store.add_child(self.store.orders.present[number % setup.records], "refunds")
        self.app = Application(options, self.store)
        self.audit = Audit(self.store)
        self.held: Held = {name: {} for name in CORE}
        self.states: dict[str, AirbyteStateMessage] = {}
        self.start = float(parse_iso(f"{setup.start_date}T00:00:00Z"))
        self._edits = 0
        self._troubled = False  # whether a sync may fail
        self._vanished = False
        self._run: Run | None = None
        self._during: list[Sequence[Any]] = []
        self.quota(limit=None)
        self._machine = Machine(self.time)
        self._machine.start(self.app, self._before_request, setup.page, setup.pages_per_slice)
        build_only(self._machine.patches, CORE)
        self._machine.watch_clock(self._clock_was_read)

    def close(self) -> None:
        """Puts everything back that the simulation replaced."""
        self._machine.stop()

    def play(self, operation: str, **arguments: Any) -> None:
        """Does one operation, and writes it down."""
        self.steps.append((operation, arguments))
        self.counts["steps"] += 1
        getattr(self, operation)(**arguments)

    # What happens to the store. `which` chooses a record: any number will do.

    def edit(self, kind: str, which: int, late: int = 0) -> None:
        """`late`: the store shows the change so many seconds after its date."""
        if id_ := self._chosen(kind, which):
            with suppress(KeyError):
                self.store.edit(kind, id_, at=self._late(late), **self._mark(kind))

    def create(self, kind: str, number: int = 1, late: int = 0) -> None:
        for _ in range(0 if self._is_full(kind) else number):
            self.store.create(kind, at=self._late(late), **self._mark(kind))

    def delete(self, kind: str, which: int) -> None:
        if id_ := self._chosen(kind, which):
            with suppress(KeyError):
                self.store.delete(kind, id_)

    def archive(self, which: int) -> None:
        if id_ := self._chosen("orders", which):
            with suppress(KeyError):
                self.store.archive_order(id_)

    def bulk(self, kind: str, start: int, number: int) -> None:
        """Many records in one second."""
        with self.store.lock:
            ids = list(self.store.table(kind).present)
            first = start % max(1, len(ids))
            self.store.bulk_edit(kind, ids[first : first + number], **self._mark(kind))

    def add_row(self, kind: str, which: int, late: int = 0) -> None:
        """A shipment, message, transaction or refund."""
        if id_ := self._chosen("orders", which):
            with suppress(KeyError, ValueError):  # just deleted, or nothing left to ship
                self.store.add_child(id_, kind, at=self._late(late))

    def edit_row(self, kind: str, which: int) -> None:
        self._change_row(
            kind, which, lambda order, row: self.store.edit_child(order, kind, row, **_row_mark(kind, row))
        )

    def remove_line(self, which: int) -> None:
        """One that was not shipped: whether an order that loses such a line still reports its shipment is unknown."""
        with self.store.lock:
            orders = self.store.orders.present
            for n in range(len(orders)):
                order = orders[(which + n) % len(orders)]
                lines = self.store.orders.body(order).parts["lines"]
                free = [id_of(line, order) for line in lines if not line["quantity_shipped"]]
                if free:
                    self.store.remove_child(order, "lines", free[which % len(free)])
                    return

    def remove_refund(self, which: int) -> None:
        """The list slides. Where it reports no total it is known to be read as one that only grows."""
        with self.store.lock:
            refunds = self.store.refunds.ids()
            if refunds and self.store.api_variant.refunds_meta == "pagination":
                id_ = refunds[which % len(refunds)]
                with suppress(KeyError):  # of an order that is gone
                    self.store.remove_child(self.store.refunds.order_of(id_), "refunds", id_)
                    passed = self.app.live._passed  # live mode knows no refund that goes
                    passed["refunds"] = [one for one in passed.get("refunds", []) if one != id_]

    def edit_lines(self, which: int) -> None:
        """A line more: staff edits an order."""
        if id_ := self._chosen("orders", which):
            with self.store.lock, suppress(KeyError):
                lines = self.store.orders.body(id_).parts["lines"]
                if lines:
                    self._edits += 1
                    line = {**lines[0], "id": 20_000_000_000 + self._edits}
                    fields = self.store.orders.body(id_).fields
                    total = fields["items_total"] + line["quantity"]
                    self.store.edit("orders", id_, lines=[*lines, line], items_total=total, **self._mark("orders"))

    # What happens around it.

    def wait(self, seconds: float) -> None:
        self.time.pass_(seconds)

    def skew(self, hours: float) -> None:
        """The clock of the connector's machine is wrong."""
        self.time.skew = hours * 3600

    def scopes(self, without: Sequence[str]) -> None:
        """The merchant changes what the token may do."""
        self.app.options = replace(self.app.options, scopes=READ_SCOPES - set(without))
        self._troubled |= bool(without)

    def token(self, valid: bool) -> None:
        """The merchant revokes the token, or grants it again."""
        self.app.options = replace(self.app.options, token=self.store.options.token if valid else "another")
        self._troubled |= not valid

    def quota(self, limit: int | None, window: int = 30, others: float = 0.0, unannounced: float = 0.0) -> None:
        """The plan changes, and what other apps take."""
        self.app.quota = Quota(limit, window * 1000, other_apps=others, unannounced=unannounced, clock=self.time.true)
        self._troubled |= unannounced > 0

    def fault(
        self, path: str, kind: str = "status", status: int = 500, body: str | None = None, nth: int = 1, times: int = 1
    ) -> None:
        """Requests of the next sync that fail."""
        self._troubled = True
        self.app.faults.add(_fault(path, nth, times, kind, status, body))

    def vanish(self, path: str, body: str | None, nth: int) -> None:
        """One page of a list is empty, as if the list ended there. Two in a row would be the same as its end."""
        if not self._vanished:
            self._troubled = self._vanished = True
            self.app.faults.add(_fault(path, nth, 1, "status", 204 if body is None else 200, body or ""))

    def forget(self, stream: str) -> None:
        """The user resets a stream of the connection."""
        self.states.pop(stream, None)
        self.held[stream].clear()

    # The sync.

    def sync(
        self,
        streams: Sequence[str] = CORE,
        workers: int = 8,
        kill_at: int | None = None,
        during: Iterable[Sequence[Any]] = (),
        live: int = 0,
    ) -> None:
        """One sync, ended at its `kill_at`-th message.

        `during` are steps at its n-th request: (n, operation, arguments). `live`: the store also edits itself around
        every so many pages; 0: it does not.
        """
        self.app.live.set_every(self._liveliness(live))
        run = self._run = Run([name for name in CORE if name in streams], kill_at)
        self._during = sorted(during, key=lambda one: one[0], reverse=True)
        self.app.log.clear()
        config = {
            "start_date": self.setup.start_date,
            "client_id": "client",
            "access_token": self.store.options.token,
            "store_hash": self.store.options.store_hash,
            "api_url": "http://127.0.0.1:1",
            "lookback_minutes": self.setup.lookback_minutes,
            "num_workers": workers,
        }
        catalog = kept_catalog_of(tuple(run.streams))
        messages = SourceBigcommerce().read(logger, config, catalog, list(self.states.values()))
        try:
            for message in messages:
                self._take(run, message)
        except AirbyteTracedException as error:
            run.failure = error.message
        finally:
            run.is_over = True
            with suppress(AirbyteTracedException):
                deque(messages, maxlen=0)  # its threads come to their end
        self._require(run.requests < MOST_REQUESTS, f"no end after {MOST_REQUESTS} requests")
        self.states |= run.states
        self.counts["syncs"] += 1
        self.counts["killed"] += run.is_killed
        self.counts["requests"] += run.requests
        if not run.is_killed:
            self._check_end(run)
        self.counts["compared"], self._run = self.audit.compared, None
        self._end_trouble()

    def _end_trouble(self) -> None:
        self.app.faults.clear()
        self._vanished = False
        options = self.app.options
        self._troubled = options.scopes != READ_SCOPES or options.token != self.store.options.token

    def _before_request(self, request: requests.PreparedRequest) -> None:
        run = self._run
        if run is None or run.is_killed or run.is_over or run.requests >= MOST_REQUESTS:
            raise Killed
        self.time.pass_(self.setup.pace)
        with self.store.lock:
            run.requests += 1
            while self._during and self._during[-1][0] <= run.requests:
                _, operation, arguments = self._during.pop()
                getattr(self, operation)(**arguments)
            if (request.url or "").endswith("/v2/time"):
                run.clocks[get_ident()] = self.store.changed, float(self.store.clock.now())

    def _clock_was_read(self) -> None:
        """The last request for the time is the one that counts: earlier ones failed, or checked the token."""
        if self._run:
            self._run.began_at, self._run.began = self._run.clocks[get_ident()]

    # What comes out of it.

    def _take(self, run: Run, message: AirbyteMessage) -> None:
        run.messages += 1
        if run.is_killed or run.messages == run.kill_at:
            run.is_killed = True
            return
        if message.type is MessageType.RECORD and message.record:
            name, data = message.record.stream, message.record.data
            keys = KEYS[name]
            self.held[name][data[keys[0]] if len(keys) == 1 else tuple([data[key] for key in keys])] = data
            self.counts["records"] += 1
        elif message.type is MessageType.STATE and message.state and message.state.stream:
            self._take_state(run, message.state)
        elif message.type is MessageType.TRACE and message.trace:
            status, error = message.trace.stream_status, message.trace.error
            if status:
                run.statuses[status.stream_descriptor.name].append(status.status)
            elif error and error.stream_descriptor:
                run.errors[error.stream_descriptor.name].append(error.message or "")

    def _take_state(self, run: Run, state: AirbyteStateMessage) -> None:
        assert state.stream
        name = state.stream.stream_descriptor.name
        self.counts["states"] += 1
        if name not in INCREMENTAL:
            run.states[name] = state
            self._claim(run, name, None, "its final STATE")
            return
        reached = _reached(state)
        before = run.states.get(name) or self.states.get(name)
        if run.began is None:  # the sync fails before it begins, and says once more what is held
            repeated = before is not None and _value(state) == _value(before)
            self._require(repeated, f"{name}: the STATE {_value(state)} came before the store's clock was read")
            return
        self._require(before is None or reached >= _reached(before), f"{name}: the state went back to {_value(state)}")
        self._require(reached <= run.began, f"{name}: the state {_value(state)} lies behind the store's clock")
        run.states[name] = state
        unread = frozenset(_value(state).get("unread_parents", ()))
        self._claim(run, name, reached, f"STATE {_value(state)}", unread)

    def _claim(
        self,
        run: Run,
        stream: str,
        until: float | None,
        what: str,
        unread: frozenset[int] = frozenset(),
    ) -> None:
        if self._troubled:
            self._excuse()
        claim = Claim(run.began_at, until, self.start, self.setup.lookback_minutes * 60, unread)
        with self.store.lock:
            lost = self.audit.missing(stream, self.held[stream], claim)
        self._require(lost is None, f"{what} of {stream}: {lost}")

    def _excuse(self) -> None:
        """Responses that archived orders cannot be read, or have no rows, are accepted: no reader can detect
        such a fault from a store that means it."""
        if any(
            ("is_deleted=true" in entry.query and entry.status in REFUSALS)
            or (entry.status == 404 and entry.path.count("/") == 3)
            for entry in self.app.log.all()
        ):
            self.store.mark_archived_uncertain()

    def _check_end(self, run: Run) -> None:
        incomplete = []
        for name in run.streams:
            statuses, errors = run.statuses[name], run.errors[name]
            ends = [one for one in statuses if one not in (AirbyteStreamStatus.STARTED, AirbyteStreamStatus.RUNNING)]
            self._require(len(ends) == 1 and statuses[-1] is ends[0], f"{name}: its statuses are {statuses}")
            if ends == [AirbyteStreamStatus.COMPLETE]:
                self._require(not errors, f"{name}: COMPLETE, with the error {errors}")
                self._claim(run, name, None, "COMPLETE")
                if name in INCREMENTAL:
                    state = run.states.get(name)
                    self._require(
                        state is not None and _reached(state) == run.began,
                        f"{name}: COMPLETE, with the state {state and _value(state)}",
                    )
                continue
            incomplete.append(name)
            self._require(bool(errors), f"{name}: INCOMPLETE, without a word")
            for sentence in errors:
                self._require(
                    sentence.endswith(".") and not sentence.startswith(NO_REASON), f"{name}: {sentence!r} says nothing"
                )
        self.counts["failed"] += bool(incomplete)
        self._require(bool(incomplete) == bool(run.failure), f"{incomplete} failed, and it said {run.failure}")
        self._require(not incomplete or self._troubled, f"without a reason: {dict(run.errors)}")

    def _require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise Lost(otherwise)

    # Small things.

    def _liveliness(self, every: int) -> int:
        """A list that gains as many rows as a page has while that page is read would have no end, and one that gains
        a share of them in each sync would soon be too long for this."""
        if every and self._is_full("orders"):
            return 0
        return max(every, ceil(_READERS * 2 / self.setup.page)) if every else 0  # each round makes up to two orders

    def _is_full(self, kind: str) -> bool:
        return len(self.store.table(kind)) > MOST_RECORDS or len(self.store.refunds.ids()) > MOST_RECORDS

    def _late(self, seconds: int) -> int | None:
        return self.store.clock.now() - min(seconds, self.setup.lookback_minutes * 60) if seconds else None

    def _mark(self, kind: str) -> dict[str, Any]:
        self._edits += 1
        return {MARKS[kind]: f"{EDITED} {self._edits}"}

    def _chosen(self, kind: str, which: int) -> int | None:
        with self.store.lock:
            present = self.store.table(kind).present
            return present[which % len(present)] if present else None

    def _change_row(self, kind: str, which: int, change: Callable[[int, int], Any]) -> None:
        with self.store.lock:
            orders = self.store.orders.present
            for n in range(len(orders)):
                order = orders[(which + n) % len(orders)]
                if rows := self.store.row_ids(order, kind):
                    change(order, rows[which % len(rows)])
                    return


def replay(setup: Setup, steps: Iterable[Step]) -> World:
    """Plays a life of a store again. Raises Lost where a promise is broken."""
    world = World(setup)
    try:
        for operation, arguments in steps:
            world.play(operation, **arguments)
    finally:
        world.close()
    return world


def _reached(state: AirbyteStateMessage) -> float:
    return seconds_of(_value(state))


def _value(state: AirbyteStateMessage) -> dict[str, Any]:
    assert state.stream
    assert state.stream.stream_state
    return dict(state.stream.stream_state.__dict__)


def _row_mark(kind: str, row: int) -> dict[str, Any]:
    return {"tracking_number": f"{EDITED} {row}"} if kind == "shipments" else {}


def _fault(path: str, nth: int, times: int, kind: str, status: int, body: str | None) -> Fault:
    return Fault(path, nth=nth, times=times, kind=kind, status=status, body=None if body is None else body.encode())

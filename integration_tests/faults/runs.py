"""One sync under one fault, what became of it, and whether a sync after it makes good what was missing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from integration_tests.faults.catalogue import ALWAYS, Fault
from integration_tests.faults.kinds import PAGE, RECORDS, Kind
from integration_tests.harness import Sync, build_only, sync
from integration_tests.secrecy import forms_of
from integration_tests.simulated import Machine, StoreClock, Time
from sandbox import API_VARIANTS, Options, Store
from sandbox import faults as sandbox_faults
from sandbox.app import Application
from sandbox.requests_log import Entry
from sandbox.responses import STATUS_PAGE
from sandbox.server import Server
from source_bigcommerce.api import client
from source_bigcommerce.api.errors import BigCommerceError, Breaker
from source_bigcommerce.lists import client as list_client
from source_bigcommerce.lists import reader
from source_bigcommerce.streams import stream as streams
from source_bigcommerce.streams.order_children import OrderMessages
from unit_tests.support import set_page_size

TOKEN = "t0k\"en+&/=%25\\'~s3cr3t"
MOST_MORE = 66  # requests than without the fault: three lists that fail one after the other take 22 each
LONGEST = 3600.0  # seconds on the store's clock
READ_TIMEOUT = 0.2  # seconds, where there is a socket


class Broken(AssertionError):
    """A promise was broken."""


@dataclass(frozen=True)
class Outcome:
    """The result of one sync, in a word, and the message for the user."""

    word: str
    sentence: str | None = None


class Ear(logging.Handler):
    """Everything that the connector logs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.has_warned = False
        self.heard_of_the_end = False  # the breaker was opened; the bystander may have ended before

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        self.has_warned |= record.levelno == logging.WARNING


class Door:
    """An address at which connections are refused, if the fault requires it."""

    def __init__(self) -> None:
        self.refusal: sandbox_faults.Fault | None = None

    def before(self, request: requests.PreparedRequest) -> None:
        """Raises what `requests` would where nobody listens."""
        url = urlsplit(request.url or "")
        path = url.path.partition("/sandbox/")[2] or url.path.lstrip("/")
        if self.refusal and self.refusal.strikes(path, url.query):
            raise requests.exceptions.ConnectionError("connection refused")


@dataclass
class Ground:
    """A store, and the way to it: with or without a socket."""

    kind: Kind
    app: Application
    token: str = TOKEN
    store_hash: str = "sandbox"
    api_url: str = "http://127.0.0.1:1"
    b2b_api_url: str = "http://127.0.0.1:2"
    clock: Time | None = None
    ear: Ear = field(default_factory=Ear)
    door: Door = field(default_factory=Door)
    _plain: Sync | None = None
    plain_requests: int = 0
    plain_hits: Sequence[Entry] = ()

    @property
    def options(self) -> Options:
        return self.app.options

    def hits(self) -> list[Entry]:
        """The requests of the kind that the fault strikes."""
        probe = sandbox_faults.Fault(self.kind.path, times=ALWAYS)
        return [entry for entry in self.app.log.all() if probe.strikes(entry.path, entry.query)]

    def strike_with(self, fault: sandbox_faults.Fault, refuses: bool) -> None:
        """Has the store fail so, or nobody listen there."""
        if refuses:
            self.door.refusal = fault
        else:
            self.app.faults.add(fault)

    def clear(self) -> None:
        """Ends all faults."""
        self.app.faults.clear()
        self.door.refusal = None

    def sync(self, **how: Any) -> Sync:
        """Reads the stream and the bystander with one worker, so that requests come in one order."""
        self.app.log.clear()
        found = sync(self, [self.kind.stream, self.kind.bystander], num_workers=1, **how)  # type: ignore[arg-type]  # it has what a Server has
        self.ear.lines += [*found.logs, *found.errors.values(), found.failure or ""]
        return found

    @property
    def plain(self) -> Sync:
        """The sync without a fault, to compare with."""
        if self._plain is None:
            self.clear()
            self._plain = self.sync()
            self.plain_requests, self.plain_hits = len(self.app.log.all()), self.hits()
            assert not self._plain.failure, self._plain.errors
            assert self._plain.records[self.kind.stream]
        return self._plain


def outcomes(kind: Kind, fault: Fault, ground: Ground) -> dict[int, dict[str, Outcome]]:
    """For each number of times: what happens at each position. Empty where the fault has no meaning.

    Raises Broken when a record was lost, a sync did not end, or a secret slipped out.
    """
    if fault.make(kind) is None:
        return {}
    found: dict[int, dict[str, Outcome]] = {}
    positions = [p for p in kind.positions if fault.positions is None or p in fault.positions]
    if not positions:
        return {}
    for times in fault.lasts:
        found[times] = {position: _outcome(kind, fault, ground, position, times) for position in positions}
    return found


def _outcome(kind: Kind, fault: Fault, ground: Ground, position: str, times: int) -> Outcome:
    what = f"{fault.title}, {kind.title} ({kind.stream}), {position}, {'once' if times == 1 else 'for good'}"
    expected = set(ground.plain.ids(kind.stream))
    settings = fault.make(kind)
    assert settings is not None
    ground.clear()
    nth = _nth(kind, position, ground.plain_hits)
    struck = sandbox_faults.Fault(**{"pattern": kind.path, "nth": nth, "times": times, **settings})
    ground.strike_with(struck, fault.refuses)
    began = ground.clock.true() if ground.clock else 0.0
    ground.ear.lines.clear()
    ground.ear.has_warned = ground.ear.heard_of_the_end = False
    result = ground.sync()
    hits, requested = max(len(ground.hits()), struck.seen), len(ground.app.log.all())
    _require(struck.seen >= struck.nth, f"{what}: the fault never struck")
    most = ground.plain_requests + (2 * len(expected) if kind.is_newest_first else MOST_MORE)
    _require(requested <= most, f"{what}: {requested} requests, of which {most} are expected at the most")
    if ground.clock:
        _require(ground.clock.true() - began <= LONGEST, f"{what}: no end after {LONGEST:.0f} s")
    is_whole = result.statuses[kind.stream][-1:] == ["COMPLETE"]
    got = set(result.ids(kind.stream))
    missing = expected - got
    if is_whole:
        renamed = struck.seen - struck.nth + 1 if fault.renames else 0
        _require(len(missing) <= renamed and len(got) >= len(expected), f"{what}: lost {sorted(missing)[:5]}")
    ground.clear()
    if not is_whole:
        again = ground.sync(state=result.state())
        lost = expected - got - set(again.ids(kind.stream))
        _require(not again.failure, f"{what}: the next sync failed: {again.errors}")
        _require(not lost, f"{what}: the state passed {sorted(lost)[:5]}")
    _require(not _secrets_in(ground.ear.lines), f"{what}: a secret slipped out")
    sentence = result.errors.get(kind.stream)
    if is_whole:
        return Outcome("again" if hits > len(ground.plain_hits) else "warned" if ground.ear.has_warned else "whole")
    _require(bool(sentence), f"{what}: failed without a word")
    stops = ground.ear.heard_of_the_end or result.statuses[kind.bystander][-1:] != ["COMPLETE"]
    return Outcome("stops" if stops else "fails", _general(str(sentence)))


def _nth(kind: Kind, position: str, hits: Sequence[Entry]) -> int:
    """The position of the request; parents without children do not count as first or last."""
    full = [number for number, entry in enumerate(hits, 1) if entry.status == 200]
    assert len(full) >= len(kind.positions), f"{kind.title} has only {len(full)} requests"
    return full[{"first": 0, "middle": 1, "last": -1, "only": 0}[position.split()[0]]]


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Broken(what)


_SECRETS = forms_of(TOKEN)


def _secrets_in(lines: list[str]) -> list[str]:
    return [line for line in lines if any(form in line for form in _SECRETS)]


def _general(sentence: str) -> str:
    """The sentence without what differs from stream to stream."""
    sentence = sentence.replace(f"A fault set in the sandbox; see {STATUS_PAGE}", "{what the store says}")
    sentence = re.sub(r"'(?:[a-z]+_)*[a-z]+'", "'{stream}'", sentence, count=2)
    sentence = re.sub(r"the OAuth scope .+? \(read-only\)", "the OAuth scope {scope} (read-only)", sentence)
    sentence = re.sub(r"(?:v[23]|b2b)/(?!time\b)[a-z/_]*(?:\d+/[a-z_]+)?", "{endpoint}", sentence)
    sentence = re.sub(
        r"the records of \d+ parents? \(\w+ [\d, .]+\)", "the records of {number} parents ({ids})", sentence
    )
    sentence = re.sub(r" The request was .+?\.(?=$| )", "", sentence)
    return re.sub(r"\b\d{2,}(?= bytes)|(?<=order )\d+|(?<=same id )\d+", "N", sentence)


@contextmanager
def ground_of(kind: Kind, with_socket: bool) -> Iterator[Ground]:
    """A small store for a kind of list; faults are added to it, and cleared, run by run."""
    options = Options(
        orders=RECORDS,
        products=RECORDS,
        customers=RECORDS,
        coupons=RECORDS,
        b2b=kind.is_of_b2b_edition,
        companies=RECORDS,
        oddities=False,
        token=TOKEN,
        api_variant=API_VARIANTS[kind.api_variant],
    )
    airbyte, ear = logging.getLogger("airbyte"), Ear()
    handlers, propagate = airbyte.handlers[:], airbyte.propagate
    airbyte.handlers[:], airbyte.propagate = [ear], False
    open_breaker = Breaker.open

    def opened(breaker: Breaker, error: BigCommerceError) -> None:
        ear.heard_of_the_end = True
        open_breaker(breaker, error)

    patches = pytest.MonkeyPatch()
    patches.setattr(Breaker, "open", opened)
    patches.setattr(reader, "PARENTS_PER_REQUEST", kind.parents_per_request)
    build_only(patches, [kind.stream, kind.bystander])
    try:
        with _by_socket(kind, options) if with_socket else _in_process(kind, options) as ground:
            ground.ear = ear
            yield ground
    finally:
        patches.undo()
        airbyte.handlers[:], airbyte.propagate = handlers, propagate


@contextmanager
def _in_process(kind: Kind, options: Options) -> Iterator[Ground]:
    simulated = Time(options.now)
    store = Store(options)
    store.clock = StoreClock(simulated)
    kind.furnish(store)
    simulated.pass_(3600)  # no fault is the first to meet records that have just been changed
    app = Application(options, store)
    machine = Machine(simulated)
    build_normalizer = streams.build_normalizer
    door = Door()
    machine.start(app, door.before, PAGE, 10)
    patches = pytest.MonkeyPatch()
    patches.setattr(
        streams, "build_normalizer", build_normalizer
    )  # the simulation's own does not report what does not fit
    logging.disable(logging.NOTSET)
    try:
        yield Ground(kind, app, clock=simulated, door=door)
    finally:
        patches.undo()
        machine.stop()


@contextmanager
def _by_socket(kind: Kind, options: Options) -> Iterator[Ground]:
    patches = pytest.MonkeyPatch()
    patches.setattr("time.sleep", lambda _: None)
    for module in (list_client, client):
        patches.setattr(module, "REQUEST_KWARGS", {**module.REQUEST_KWARGS, "timeout": (10, READ_TIMEOUT)})
    set_page_size(patches, PAGE)
    patches.setattr(OrderMessages, "child_pagination", replace(OrderMessages.child_pagination, limit=PAGE))
    try:
        with Server(options) as server:
            kind.furnish(server.store)
            b2b_api_url = server.b2b_api_url if options.b2b else ""
            yield Ground(kind, server._app, api_url=server.api_url, b2b_api_url=b2b_api_url)
    finally:
        patches.undo()

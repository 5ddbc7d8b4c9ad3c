"""The messages for the platform while a sync waits for the store's quota, or emits no records for a long time.

All of it in a simulated time: a sync of hours takes seconds, and is the same on every machine.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from math import inf
from typing import Any

import pytest

from integration_tests.harness import Sync, as_dict, catalog_of
from integration_tests.simulated import Machine, StoreClock, Time
from sandbox import Options
from sandbox.app import Application
from sandbox.faults import Fault
from sandbox.quota import Quota
from sandbox.store import Store
from source_bigcommerce import liveness
from source_bigcommerce.api.error_handler import BigCommerceErrorHandler
from source_bigcommerce.api.rate_limit import headers
from source_bigcommerce.api.transport import LONGEST_RESPONSE, REQUEST_KWARGS
from source_bigcommerce.concurrency import read
from source_bigcommerce.liveness import Liveness
from source_bigcommerce.source import SourceBigcommerce
from tools.project import metadata

LOGGER = logging.getLogger("airbyte")
# Three tables of one list, two other lists, and one that is requested order by order.
STREAMS = ("orders", "order_products", "order_fees", "customers", "coupons", "order_messages")
ENDS = ("COMPLETE", "INCOMPLETE")


class Ground:
    """A store, and syncs of it in which no real time passes."""

    def __init__(self, quota: int | None, **options: int) -> None:
        self.options = Options(**{"products": 5, "coupons": 5, **options}, oddities=False)  # type: ignore[arg-type]
        self.time = Time(self.options.now)
        store = Store(self.options)
        store.clock = StoreClock(self.time)
        self.app = Application(self.options, store)
        self.app.quota = Quota(quota, 30_000, clock=self.time.true)
        self.refused = 0

    def output(
        self,
        streams: Iterable[str] = STREAMS,
        interval: float = liveness.SECONDS_BETWEEN_STATES,
        workers: int = 8,
        state: Mapping[str, Any] = {},
    ) -> Iterator[dict[str, Any]]:
        """The messages of a sync; `interval` stands in for `SECONDS_BETWEEN_STATES`."""
        config = {
            "start_date": "2020-01-01",
            "client_id": "client",
            "access_token": self.options.token,
            "store_hash": self.options.store_hash,
            "num_workers": workers,
            "reconcile": "never",
        }
        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(liveness, "SECONDS_BETWEEN_STATES", interval)
            clocks = {"clock": self.time.true, "unix_time": self.time.true}
            patches.setattr(read, "Liveness", partial(Liveness, **clocks))
            begun = Sync(states={name: [value] for name, value in state.items()}).state()
            yield from map(as_dict, SourceBigcommerce().read(LOGGER, config, catalog_of(streams), begun))

    def longest_silence(self, streams: Iterable[str], interval: float) -> float:
        """The longest time without RECORD or STATE in a sync of one worker, in seconds."""
        moments = [self.time.true()]
        for message in self.output(streams, interval, workers=1):
            if message["type"] in ("RECORD", "STATE"):
                moments.append(self.time.true())
        return max(later - earlier for earlier, later in pairwise([*moments, self.time.true()]))


@contextmanager
def ground(quota: int | None = None, faults: Iterable[Fault] = (), page: int = 8, **options: int) -> Iterator[Ground]:
    """A store that grants so many requests in 30 seconds."""
    found = Ground(quota, **options)
    for fault in faults:
        found.app.faults.add(fault)
    machine = Machine(found.time)
    machine.start(found.app, _nothing, page, 10)
    try:
        yield found
    finally:
        machine.stop()


def _nothing(request: Any) -> None:
    """A hook before each request."""


def no_messages() -> Fault:
    """No order has any."""
    return Fault("v2/orders/*/messages", times=1_000_000, kind="edit", edit=lambda *_: [])


def statuses(messages: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str, int | None]]:
    """Streams, their statuses, and the reset where a status says that the stream waits: for one reason, not more."""
    for message in messages:
        if message["type"] == "TRACE" and (status := message["trace"].get("stream_status")):
            reasons = status.get("reasons") or []
            assert [one["type"] for one in reasons] in ([], ["RATE_LIMITED"])
            reset = reasons[0]["rate_limited"]["quota_reset"] if reasons else None
            yield status["stream_descriptor"]["name"], status["status"], reset


def waits(messages: Iterable[dict[str, Any]]) -> dict[int, set[str]]:
    """The waits of a sync, by their reset: the streams that report each, once. Those are all that are under way."""
    found: dict[int, set[str]] = {}
    expected: dict[int, set[str]] = {}
    under_way: set[str] = set()
    for name, status, reset in statuses(messages):
        if status == "STARTED":
            under_way.add(name)
        assert name in under_way, f"{name} {status}"
        if reset is not None:
            assert status == "RUNNING"
            expected.setdefault(reset, set(under_way))
            assert name not in found.setdefault(reset, set())
            found[reset].add(name)
        if status in ENDS:
            under_way.remove(name)
    assert not under_way
    assert all(streams >= expected[reset] for reset, streams in found.items())
    return found


def states(messages: Iterable[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Streams, and the states that were printed of them."""
    found = [message["state"]["stream"] for message in messages if message["type"] == "STATE"]
    return [(one["stream_descriptor"]["name"], one["stream_state"]) for one in found]


@pytest.mark.parametrize("workers", [1, 8])
def test_every_stream_under_way_reports_each_wait_for_the_quota_once(workers: int) -> None:
    """Also a stream that is made of another's list, and without any 429, as none comes here."""
    with ground(quota=10, orders=60, customers=30) as store:
        found = waits(store.output(workers=workers))
        assert store.app.quota.refused == 0
    assert len(found) > 4
    assert {"orders", "order_products", "order_fees", "order_messages"} <= set.union(*found.values())


def test_a_stream_without_records_is_shown_to_go_on_after_a_wait() -> None:
    """A record would show it, and there is none."""
    with ground(quota=10, faults=[no_messages()], orders=60, customers=5) as store:
        reported = [(status, reset is not None) for _, status, reset in statuses(store.output(["order_messages"]))]
    assert reported[0] == ("STARTED", False) and reported[-1] == ("COMPLETE", False)
    pairs = reported[1:-1]
    assert len(pairs) > 6
    assert pairs == [("RUNNING", True), ("RUNNING", False)] * (len(pairs) // 2)


def test_a_429_is_reported_once_by_every_stream_that_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """The CDK would print a status of its own, past the other output and for the stream alone that met it."""
    reset = {"x-rate-limit-time-reset-ms": "15000", "x-retry-after": "15"}
    with ground(faults=[Fault("v2/orders", status=429, headers=reset)], orders=30, customers=30) as store:
        began = store.time.true()
        found = waits(store.output())
    assert len(found) == 1
    assert {"orders", "order_products", "order_fees"} <= set.union(*found.values())
    assert next(iter(found)) == pytest.approx(1000 * (began + 15), abs=5000)
    assert "RATE_LIMITED" not in capsys.readouterr().out


@pytest.mark.parametrize("given", [{}, {"orders": {"date_modified": "2025-06-30T00:00:00Z"}}])
def test_a_state_that_is_repeated_is_true(given: dict[str, Any]) -> None:
    """Here after every response: it is the last one that its stream has printed, or that with which the sync began."""
    with ground(orders=60, customers=20) as store:
        expected = list(store.output(state=given))
        repeated = list(store.output(state=given, interval=0))
    assert len(states(repeated)) > len(states(expected)) + 60
    own = {name: [state for stream, state in states(expected) if stream == name] for name in STREAMS}
    last: dict[str, Any] = {}
    ended: set[str] = set()
    for message in repeated:
        for name, state in states([message]):
            assert name not in ended
            assert state in [last.get(name, given.get(name, {})), *own[name]], name
            last[name] = state
        ended |= {name for name, status, _ in statuses([message]) if status in ENDS}
    assert last == {name: found[-1] for name, found in own.items()}


def test_the_longest_silence_is_bounded() -> None:
    """A slice of orders that have nothing takes half an hour here, and the platform would hear nothing until then."""
    with ground(quota=10, faults=[no_messages()], page=250, orders=500, customers=5) as store:
        alone = store.longest_silence(["order_messages"], inf)
        repeating = store.longest_silence(["order_messages"], liveness.SECONDS_BETWEEN_STATES)
    print(f"without repeated states {alone:.0f} s, with them {repeating:.0f} s")
    assert alone > 1000
    assert repeating <= liveness.SECONDS_BETWEEN_STATES + 31


def test_the_metadata_declare_the_longest_silence_that_there_can_be() -> None:
    """The interval, then a wait for the quota, then a request without a response until it is given up: at the first
    part of its body after the deadline."""
    request = BigCommerceErrorHandler.max_time + LONGEST_RESPONSE + REQUEST_KWARGS["timeout"][1]
    longest = liveness.SECONDS_BETWEEN_STATES + headers.LONGEST_WAIT + request
    assert longest <= metadata()["maxSecondsBetweenMessages"] < longest + 600

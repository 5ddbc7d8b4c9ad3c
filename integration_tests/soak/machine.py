"""Lives of a store, drawn at random: what may happen in one, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integration_tests.harness import CORE
from integration_tests.soak.world import ADDED, Setup, Step, World
from sandbox import API_VARIANTS
from sandbox.options import READ_SCOPES
from sandbox.records import KINDS

UNREADABLE = {"V3 sort is ignored", "customers have no cursor"}  # not without loss, and the streams say so

WHICH = st.integers(0, 1000)
LATE = st.sampled_from([0, 0, 0, 1, 59, 60, 299, 300, 3600])
SECONDS = st.one_of(
    st.sampled_from([0.3, 1, 1, 2, 59, 60, 61, 299, 300, 301]), st.sampled_from([3600, 86_400]), st.floats(0.1, 1e6)
)


def _steps(operation: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(operation), st.fixed_dictionaries(arguments))


KIND = st.sampled_from(KINDS)
CHANGES = st.one_of(
    _steps("edit", kind=KIND, which=WHICH, late=LATE),
    _steps("edit", kind=st.just("orders"), which=WHICH, late=LATE),
    _steps("create", kind=KIND, number=st.sampled_from([1, 1, 2, 9]), late=LATE),
    _steps("delete", kind=KIND, which=WHICH),
    _steps("archive", which=WHICH),
    _steps("bulk", kind=KIND, start=WHICH, number=st.sampled_from([3, 8, 25, 300])),
    _steps("add_row", kind=st.sampled_from([*ADDED, "refunds"]), which=WHICH, late=LATE),
    _steps("edit_row", kind=st.sampled_from(["shipments", "messages"]), which=WHICH),
    _steps("remove_refund", which=WHICH),
    _steps("edit_lines", which=WHICH),
    _steps("remove_line", which=WHICH),
)
PASSING = _steps("wait", seconds=SECONDS)
SCOPES = _steps("scopes", without=st.lists(st.sampled_from(sorted(READ_SCOPES)), max_size=2, unique=True))
TOKEN = _steps("token", valid=st.sampled_from([True, True, True, False]))
QUOTA = _steps(
    "quota",
    limit=st.sampled_from([None, None, 8, 40, 150]),
    window=st.sampled_from([5, 30]),
    others=st.sampled_from([0.0, 0.0, 0.5]),
    unannounced=st.sampled_from([0.0, 0.0, 0.0, 0.3]),
)
PATHS = st.sampled_from(
    [
        "v2/time", "v2/orders", "v2/orders?*min_id*", "v2/orders?*is_deleted=true*", "v2/orders?*sort=date_modified*",
        "v2/orders/count", "v2/orders/*/products", "v2/orders/*/coupons", "v2/orders/*/shipments", "v2/orders/*/taxes",
        "v2/orders/*/messages", "v3/orders/*/transactions", "v3/orders/payment_actions/refunds", "v2/coupons",
        "v2/coupons?*min_id*", "v3/customers", "v3/customers?*after*", "v3/customers/*", "v3/catalog/products",
        "v3/catalog/products?*id:greater*", "v3/catalog/*", "v?/*",
    ]
)  # fmt: skip
NTH, TIMES = st.integers(1, 8), st.sampled_from([1, 1, 1, 2, 5, 100])
STATUSES = st.sampled_from([400, 401, 402, 403, 404, 408, 409, 413, 422, 423, 429, 499, 500, 502, 503, 504, 507, 509])
LISTS = st.sampled_from(
    ["v2/orders?*min_id=*", "v2/orders?*include=*limit=*sort=id:asc", "v2/coupons", "v3/customers?*include=*limit=*",
     "v3/catalog/products?*sort=id*", "v3/orders/payment_actions/refunds"]
)  # fmt: skip
EMPTY = st.sampled_from([None, "[]", '{"data": [], "meta": {}}'])
BELOW_ORDERS = st.sampled_from(
    ["v2/orders/*/coupons", "v2/orders/*/shipments", "v2/orders/*/taxes", "v2/orders/*/messages",
     "v3/orders/*/transactions", "v2/orders/*/products"]
)  # fmt: skip
FAULTS = st.one_of(
    _steps("vanish", path=LISTS, body=EMPTY, nth=NTH),
    _steps(
        "fault",
        path=BELOW_ORDERS,
        status=st.sampled_from([404, 404, 403, 409, 503]),
        nth=st.integers(1, 20),
        times=TIMES,
    ),
    _steps("fault", path=PATHS, status=STATUSES, nth=NTH, times=TIMES),
    _steps(
        "fault",
        path=PATHS,
        kind=st.sampled_from(["reset", "truncate", "html", "empty", "redirect"]),
        nth=NTH,
        times=TIMES,
    ),
    _steps(
        "fault",
        path=PATHS,
        status=st.just(200),
        body=st.sampled_from(["null", "{}", "[{", '{"data": null}', '"text"', "<html>"]),
        nth=NTH,
        times=TIMES,
    ),
)
SURROUNDINGS = st.one_of(
    _steps("skew", hours=st.sampled_from([0, -12, 12, -0.5, 0.5, 24 * 365])),
    _steps("forget", stream=st.sampled_from(CORE)),
    SCOPES,
    TOKEN,
    QUOTA,
)

WORKERS = st.sampled_from([1, 2, 3, 8])
SOME = st.one_of(
    st.lists(st.sampled_from(CORE), min_size=1, max_size=5, unique=True),
    st.sampled_from(CORE).map(lambda name: [name]),
)
DURING = st.lists(
    st.tuples(
        st.one_of(st.integers(2, 9), st.integers(1, 60)),
        st.one_of(CHANGES, CHANGES, CHANGES, PASSING, SCOPES, TOKEN, QUOTA),
    ).map(lambda drawn: (drawn[0], *drawn[1])),
    max_size=4,
)
LIVE = st.sampled_from([0, 0, 0, 1, 2, 5])
KILL_AT = st.one_of(st.none(), st.integers(1, 60), st.integers(1, 500))
QUIET_SYNCS = _steps("sync", workers=WORKERS)
SYNCS = st.one_of(
    QUIET_SYNCS,
    _steps("sync", streams=SOME, workers=WORKERS, kill_at=KILL_AT, during=DURING, live=LIVE),
    _steps("sync", workers=WORKERS, kill_at=KILL_AT, during=DURING, live=LIVE),
)

SETUPS = st.builds(
    Setup,
    seed=st.integers(1, 5),
    refunds=st.sampled_from([0, 12, 20]),
    records=st.sampled_from([8, 12, 20]),
    api_variant=st.one_of(
        st.sampled_from(["likeliest", "everything awkward"]), st.sampled_from(sorted(set(API_VARIANTS) - UNREADABLE))
    ),
    page=st.sampled_from([3, 5, 7]),
    pages_per_slice=st.integers(1, 3),
    start_date=st.sampled_from(["2020-01-01", "2020-01-01", "2025-06-01"]),
    lookback_minutes=st.sampled_from([0, 1, 5, 5, 60]),
    pace=st.sampled_from([0.0, 0.02, 0.3, 2.0]),
)


@dataclass
class Failure:
    """A life in which a promise was broken."""

    setup: Setup
    steps: list[Step]
    error: BaseException

    def __str__(self) -> str:
        steps = "".join(f"    {step!r},\n" for step in self.steps)
        return f"{type(self.error).__name__}: {self.error}\n\nreplay({self.setup!r}, [\n{steps}])"


FAILURES: list[Failure] = []
"""As they happened: what runs several threads may not fail again when it is tried again."""
WORLDS: list[World] = []
"""Whose counts nobody has taken yet."""


class StoreLife(RuleBasedStateMachine):
    """One life of a store."""

    world: World | None = None

    @initialize(setup=SETUPS)
    def begin(self, setup: Setup) -> None:
        self.world = World(setup)
        WORLDS.append(self.world)

    @rule(step=CHANGES)
    def change(self, step: Step) -> None:
        self._play(step)

    @rule(step=CHANGES, seconds=SECONDS)
    def change_later(self, step: Step, seconds: float) -> None:
        self._play(("wait", {"seconds": seconds}))
        self._play(step)

    @rule(step=SURROUNDINGS)
    def surround(self, step: Step) -> None:
        self._play(step)

    @rule(step=SYNCS)
    def sync(self, step: Step) -> None:
        self._play(step)

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=3), step=SYNCS)
    def sync_in_trouble(self, faults: list[Step], step: Step) -> None:
        for fault in faults:
            self._play(fault)
        self._play(step)

    @rule(step=QUIET_SYNCS)
    def sync_at_last(self, step: Step) -> None:
        """Everything is well again."""
        for operation, arguments in (
            ("scopes", {"without": []}), ("token", {"valid": True}), ("quota", {"limit": None}), step,
        ):  # fmt: skip
            self._play((operation, arguments))

    def _play(self, step: Step) -> None:
        assert self.world
        try:
            self.world.play(step[0], **step[1])
        except Exception as error:
            FAILURES.append(Failure(self.world.setup, list(self.world.steps), error))
            raise

    def teardown(self) -> None:
        if self.world:
            self.world.close()

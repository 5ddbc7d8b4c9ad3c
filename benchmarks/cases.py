"""The measurements as data: scenarios of cases, with the target of each scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from benchmarks import startup
from benchmarks.row import Row
from benchmarks.runners import ARCHIVED, BARE, CONNECTOR, TAP

ORDERS, LINES, PRODUCTS, CUSTOMERS = ("orders",), ("order_products",), ("products",), ("customers",)
NESTED = {"order_products": "orders", "product_variants": "products", "product_images": "products"}
"""Streams that are made of another one's list."""
ALL = (*ORDERS, *LINES, *PRODUCTS, *CUSTOMERS)
SINGLE = (ORDERS, LINES, PRODUCTS, CUSTOMERS)
LATENCY = 300
_HEAVY_WORKERS = 8  # the connector's default
_FIXED_REQUESTS = 8  # that a list of any length may take
_COUPONS = 300  # which are listed whole in every sync
_OF_BARE = "records per CPU second ÷ bare loop, net of start-up"
_LENIENT = "--api-variant=unknown V2 parameters are ignored"


@dataclass(frozen=True)
class Pace:
    """A quota: requests per window of so many seconds, and what the reserve of a tenth leaves of them.

    `budgets` are those of the windows in turn, repeated from the beginning. The unannounced requests of another app
    (`taken` of each window, at its start or evenly over it) are subtracted when they are known.
    """

    quota: int
    seconds: float
    budgets: tuple[int, ...]
    taken: int = 0
    bursts: bool = False


@dataclass(frozen=True)
class Case:
    """One reader, reading streams of a store whose lists hold `size` records each."""

    runner: str
    streams: tuple[str, ...]
    size: int
    workers: int = 10
    latency_ms: int = 0
    pace: Pace | None = None
    changed: int | None = None  # since a first sync, which is not measured; None: this is the first
    manners: tuple[str, ...] = ()  # how else the store behaves
    label: str = ""
    runs: int = 1  # of which the one with the median of CPU seconds counts


def list_of(stream: str) -> str:
    """The list that a stream reads: the kind of record that its pages show."""
    return NESTED.get(stream, stream)


@dataclass(frozen=True)
class Target:
    """The value that the rows of this connector must reach: at most, or at least, `bound`."""

    what: str
    value: Callable[[Row], float | None]
    bound: float
    at_least: bool = False

    def worst(self, rows: list[Row]) -> float | None:
        """The value that decides; None where no row has one."""
        values = [value for row in rows if row.runner == CONNECTOR and (value := self.value(row)) is not None]
        return (min if self.at_least else max)(values) if values else None

    def is_met(self, worst: float) -> bool:
        """Returns True if a value is within the bound."""
        return worst >= self.bound if self.at_least else worst <= self.bound


@dataclass(frozen=True)
class Scenario:
    """Cases that belong together."""

    name: str
    title: str
    cases: tuple[Case, ...]
    targets: tuple[Target, ...] = field(default_factory=tuple)
    rows: Callable[[], list[Row]] | None = None  # of what is no case


@dataclass(frozen=True)
class Sizes:
    """Amounts to read. The quotas' windows are seconds; `reserve` of a quota is a tenth, as configured by default."""

    lists: int = 50_000
    large: int = 200_000
    others: int = 500  # what the others read: they take a request or more for each order
    memory: tuple[int, ...] = (10_000, 100_000, 500_000)
    memory_orders: tuple[int, ...] = (10_000, 100_000)
    window: float = 30.0
    quotas: tuple[tuple[int, int], ...] = ((150, 40_000), (450, 120_000))
    shared: tuple[int, int] = (150, 30_000)
    workers: tuple[int, ...] = (1, 2, 4, 8, 10, 16, 20)
    workers_list: int = 50_000
    latency_ms: int = LATENCY
    incremental: tuple[tuple[str, ...], ...] = SINGLE
    starts: int = startup.RUNS
    heavy_orders: int = 20_000
    heavy_others: int = 10_000
    unchanged: int = 2_500


FULL = Sizes()
QUICK = Sizes(
    lists=2_500,
    large=5_000,
    others=50,
    memory=(1_000, 5_000),
    memory_orders=(1_000, 2_500),
    window=3.0,
    quotas=((20, 3_000),),
    shared=(20, 3_000),
    workers=(2, 8),
    workers_list=5_000,
    latency_ms=50,
    starts=3,
    heavy_orders=2_500,
    heavy_others=1_000,
    unchanged=1_000,
)
TINY = Sizes(
    lists=600,
    large=600,
    others=10,
    memory=(250, 500),
    memory_orders=(250,),
    window=1.0,
    quotas=((10, 600),),
    shared=(10, 600),
    workers=(2,),
    workers_list=600,
    latency_ms=10,
    incremental=(LINES, CUSTOMERS),
    starts=1,
    heavy_orders=600,
    heavy_others=300,
    unchanged=300,
)


def scenarios(sizes: Sizes) -> list[Scenario]:
    """All scenarios, in the order in which they are run: the start-up first, which others subtract."""
    return [
        _start_up(sizes),
        _commands(sizes),
        _requests(sizes),
        _heavy(sizes),
        *(_quota(sizes, quota, size) for quota, size in sizes.quotas),
        _shared(sizes),
        _latency(sizes),
        _memory(sizes),
        _incremental(sizes),
        _unchanged(sizes),
        _workers(sizes),
    ]


def _start_up(sizes: Sizes) -> Scenario:
    return Scenario(
        "start-up",
        f"Start-up: an empty store, the median of {sizes.starts} runs",
        tuple(replace(case, runs=sizes.starts) for case in _both(CUSTOMERS, 0)),
    )


def _both(streams: tuple[str, ...], size: int, latency_ms: int = 0) -> tuple[Case, ...]:
    return tuple(Case(runner, streams, size, latency_ms=latency_ms) for runner in (CONNECTOR, BARE))


def _commands(sizes: Sizes) -> Scenario:
    return Scenario(
        "commands",
        f"Start-up: commands next to an import of the CDK, medians of {sizes.starts} runs",
        (),
        (Target("`spec` ÷ import", lambda row: row.of_import if row.reads == startup.SPEC else None, 1.05),),
        rows=partial(startup.rows, sizes.starts),
    )


def _requests(sizes: Sizes) -> Scenario:
    together = (*ORDERS, *LINES)
    ours = [case for streams in (*SINGLE, together) for case in _both(streams, sizes.lists)]
    cases = [
        *ours,
        # It sorts lists that cannot be sorted.
        *(Case(ARCHIVED, streams, sizes.others, manners=(_LENIENT,)) for streams in SINGLE),
        *(Case(TAP, streams, sizes.others) for streams in (together, PRODUCTS, CUSTOMERS)),
    ]
    return Scenario(
        "requests",
        "Requests and CPU: no quota, no latency",
        tuple(cases),
        (
            Target("requests ÷ ceil(N/250)", lambda row: row.per_page, 1.05),
            Target(_OF_BARE, lambda row: row.of_bare, 0.40, at_least=True),
        ),
    )


def _heavy(sizes: Sizes) -> Scenario:
    lists = [
        (ORDERS, sizes.heavy_orders),
        ((*ORDERS, *LINES), sizes.heavy_orders),
        (PRODUCTS, sizes.heavy_others),
        ((*PRODUCTS, "product_variants", "product_images"), sizes.heavy_others),
        (CUSTOMERS, sizes.heavy_others),
    ]
    return Scenario(
        "heavy",
        f"Records of real weight: no quota, no latency, {_HEAVY_WORKERS} workers",
        tuple(
            Case(runner, streams, size, _HEAVY_WORKERS, manners=("--heavy",))
            for streams, size in lists
            for runner in (CONNECTOR, BARE)
        ),
        (
            Target(_OF_BARE, lambda row: row.of_bare, 0.50, at_least=True),
            Target(
                f"(requests - {_FIXED_REQUESTS}) ÷ ceil(N/250)",
                lambda row: (row.requests - _FIXED_REQUESTS) / row.pages,
                1.05,
            ),
            Target("peak memory, MB", lambda row: row.peak_mb, 250),
        ),
    )


def _quota(sizes: Sizes, quota: int, size: int) -> Scenario:
    pace = Pace(quota, sizes.window, (quota * 9 // 10,))
    return Scenario(
        f"quota-{quota}",
        f"Quota: {quota} requests / {sizes.window:g} s, {sizes.latency_ms} ms latency",
        (Case(CONNECTOR, ALL, size, latency_ms=sizes.latency_ms, pace=pace, label="all"),),
        (
            Target("seconds ÷ ideal", lambda row: row.of_ideal, 1.10),
            Target("responses 429", lambda row: row.refused, 0),
        ),
    )


def _shared(sizes: Sizes) -> Scenario:
    quota, size = sizes.shared
    less, budget = quota * 7 // 10, quota * 9 // 10
    cases = [
        # While the other app is there, one and a half windows of three, the store reports a smaller quota.
        (Pace(quota, sizes.window, (budget, budget, less * 9 // 10)), ("--other-apps=0.3",), "the quota changes"),
        (Pace(quota, sizes.window, (budget,), quota - less), (), "the other trickles"),
        (Pace(quota, sizes.window, (budget,), quota - less, bursts=True), (), "the other bursts"),
    ]
    return Scenario(
        "shared",
        f"Another app takes 30 %: {quota} requests / {sizes.window:g} s, {sizes.latency_ms} ms latency",
        tuple(
            Case(CONNECTOR, ALL, size, latency_ms=sizes.latency_ms, pace=pace, manners=manners, label=f"all; {how}")
            for pace, manners, how in cases
        ),
        (
            Target("seconds ÷ ideal", lambda row: row.of_ideal, 1.15),
            Target("responses 429 after the first window", lambda row: row.refused_later, 0),
        ),
    )


def _latency(sizes: Sizes) -> Scenario:
    lists = [(ORDERS, sizes.lists), (PRODUCTS, sizes.lists), (CUSTOMERS, sizes.lists), (CUSTOMERS, sizes.large)]
    return Scenario(
        "latency",
        f"No quota, {sizes.latency_ms} ms latency, 10 workers",
        tuple(case for streams, size in lists for case in _both(streams, size, sizes.latency_ms)),
        (Target("seconds less start-up ÷ ideal", lambda row: row.of_ideal, 1.3),),
    )


def _memory(sizes: Sizes) -> Scenario:
    cases = [Case(CONNECTOR, CUSTOMERS, size) for size in sizes.memory]
    cases += [Case(CONNECTOR, ORDERS, size) for size in sizes.memory_orders]
    return Scenario(
        "memory",
        "Peak memory: no quota, no latency",
        tuple(cases),
        (Target("peak memory, MB", lambda row: row.peak_mb, 250),),
    )


def _incremental(sizes: Sizes) -> Scenario:
    changed = sizes.lists // 100
    return Scenario(
        "incremental",
        f"Incremental: {changed} of {sizes.lists} changed",
        tuple(Case(CONNECTOR, streams, sizes.lists, changed=changed) for streams in sizes.incremental),
        (Target("requests beyond ceil(changed/250)", lambda row: row.requests - row.pages, 3),),
    )


def _unchanged(sizes: Sizes) -> Scenario:
    streams = (*ORDERS, *CUSTOMERS, *PRODUCTS, "coupons")
    return Scenario(
        "unchanged",
        f"Incremental: the four main tables, nothing changed ({_COUPONS} coupons)",
        (Case(CONNECTOR, streams, sizes.unchanged, changed=0, manners=("--heavy", f"--coupons={_COUPONS}")),),
        (Target("requests", lambda row: row.requests, 7),),
    )


def _workers(sizes: Sizes) -> Scenario:
    return Scenario(
        "workers",
        f"Workers: no quota, {sizes.latency_ms} ms latency",
        tuple(
            Case(CONNECTOR, CUSTOMERS, sizes.workers_list, workers, sizes.latency_ms, label=f"customers, {workers}")
            for workers in sizes.workers
        ),
    )

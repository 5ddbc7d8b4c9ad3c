"""Promises P8 and P9 for B2B Edition, whose lists are read by offset and judged as a whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from integration_tests.harness import B2B_INCREMENTAL
from integration_tests.mirror.test_machine import LATE, SILENT, WHICH, MirrorLife, live
from integration_tests.mirror.world import Broken, Setup, World
from sandbox import B2B_VARIANTS
from sandbox.faults import Fault
from source_bigcommerce.reconciliation import confirmation

# Streams made from lists alone. The others cost a request for each record, and follow recent changes.
LISTED = (
    "companies", "company_users", "company_addresses", "b2b_orders", "quotes", "sales_staff", "super_admins",
)  # fmt: skip
PER_PARENT = tuple(name for name in B2B_INCREMENTAL if name not in LISTED)
# A list that becomes shorter ends before its own total if totals lag, and fails in every sync of a minute.
UNREADABLE = {name for name, shape in B2B_VARIANTS.items() if shape.total_lag}
PATHS = [f"api/v3/io/{path}" for path in ("companies", "companies/*", "users*", "addresses", "orders*", "rfq", "*")]


@pytest.fixture(autouse=True)
def quietly() -> Iterator[None]:
    """Without the log of some dozens of syncs."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(Setup(b2b=True, records=16), streams=LISTED)
    made.sync()
    made.time.pass_(60)
    yield made
    made.close()


def steps(operation: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(operation), st.fixed_dictionaries(arguments))


KIND = st.sampled_from(LISTED)
CHANGES = st.one_of(
    steps("edit", kind=KIND, which=WHICH, silent=SILENT),
    steps("create", kind=KIND, late=LATE),
    steps("delete", kind=KIND, which=WHICH, number=st.sampled_from([1, 1, 2, 6])),
)
FAULTS = st.one_of(
    steps(
        "fault", path=st.sampled_from(PATHS), nth=st.integers(1, 20), times=st.sampled_from([1, 2, 5, 100]),
        status=st.sampled_from([400, 403, 404, 422, 429, 500, 503]),
    ),
    steps(
        "fault", path=st.sampled_from(PATHS), nth=st.integers(1, 20), times=st.sampled_from([1, 3, 100]),
        kind=st.sampled_from(["reset", "truncate", "html", "empty"]),
    ),
)  # fmt: skip
SYNCS = steps(
    "sync",
    workers=st.sampled_from([1, 8]),
    kill_at=st.one_of(st.none(), st.integers(1, 200)),
    during=st.lists(st.tuples(st.integers(2, 100), CHANGES).map(lambda d: (d[0], *d[1])), max_size=3),
    reconcile=st.sampled_from(["every_sync", "every_sync", "daily"]),
)


def b2b_life(reconcile: str = "every_sync") -> type[MirrorLife]:
    """A machine whose steps are those of B2B Edition."""
    setups = st.builds(
        Setup,
        seed=st.integers(1, 3),
        records=st.sampled_from([8, 16]),
        page=st.sampled_from([3, 5, 100]),
        b2b=st.just(True),
        b2b_variant=st.one_of(st.just("likeliest"), st.sampled_from(sorted(set(B2B_VARIANTS) - UNREADABLE))),
    )

    class Life(MirrorLife):
        @initialize(setup=setups)
        def begin(self, setup: Setup) -> None:
            self.world = World(setup, self.reconcile, LISTED)
            self._play(("sync", {}))

        @rule(steps=st.lists(CHANGES, min_size=1, max_size=4))
        def change(self, steps: list[Any]) -> None:
            for step in steps:
                self._play(step)

        @rule(faults=st.lists(FAULTS, max_size=2), step=SYNCS)
        def sync(self, faults: list[Any], step: Any) -> None:
            for one in [*faults, step]:
                self._play(one)

    Life.reconcile = reconcile
    return Life


def test_a_copy_equals_its_store_after_a_short_life() -> None:
    """A few lives of a few steps, with every fault and under every variant that can be read."""
    failures = live(b2b_life(), lives=6, steps=4)
    assert not failures, failures[0]


@pytest.mark.exhaustive
def test_a_copy_equals_its_store_after_many_lives() -> None:
    failures = live(b2b_life(), lives=40, steps=12)
    assert not failures, failures[0]


def test_without_reconciliation_a_copy_differs() -> None:
    """The test of the tests above."""
    failures = live(b2b_life("never"), lives=6, steps=4)
    assert failures
    assert "rows differ" in failures[0]


def test_dateless_records_are_emitted_again_only_when_they_differ(world: World) -> None:
    """Their date is that of the sync, which is no change."""
    assert not any(world.sync().records.values())
    world.edit("company_addresses", 3, silent=True)
    found = world.sync()
    assert 0 < len(found.records["company_addresses"]) <= 8  # those that share a digest
    assert not found.records["sales_staff"]


def omit(world: World, kind: str, key: Any, path: str) -> None:
    """Takes a record out of every list, as if it did not exist; its own address still returns it."""
    field = world.store.collections[kind].collection.key[0]

    def without(body: Any, _: Any) -> Any:
        data = body["data"]
        rows, totals = (data["list"], data) if isinstance(data, dict) and "list" in data else (data, body["meta"])
        if isinstance(rows, list) and len(rows) != 1:
            kept = [row for row in rows if row.get(field) != key]
            totals["pagination"]["totalCount"] -= len(rows) - len(kept)
            rows[:] = kept
        return body

    world.setup = world.setup.__class__(**{**vars(world.setup), "page": 100})
    world.app.faults.add(Fault(path, times=1000, kind="edit", edit=without))


@pytest.mark.parametrize(
    "kind", ["companies", "company_users", "company_addresses", "b2b_orders", "quotes", "super_admins"]
)
def test_a_record_that_its_own_address_returns_is_not_deleted(kind: str, world: World) -> None:
    """Although the list lacks it, twice."""
    shelf = world.store.collections[kind]
    omit(world, kind, shelf.keys()[2], f"{shelf.collection.path}?*")
    found = world.sync()
    assert not found.failure, found.errors
    assert not world.counts["deletions"]


def test_many_deletions_are_confirmed_over_several_reconciliations(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a request, of which B2B Edition allows 150 a minute."""
    monkeypatch.setattr(confirmation, "_ADDRESSES", 2)
    users = world.store.collections["company_users"]
    for key in users.keys()[:5]:
        users.delete(key)
    deletions = []
    for _ in range(3):
        world.sync()
        deletions.append(world.counts["deletions"])
        world.time.pass_(60)
    assert deletions == [2, 4, 5]


def test_an_address_that_answers_with_an_error_keeps_no_other_record(world: World) -> None:
    users = world.store.collections["company_users"]
    odd, gone = users.keys()[:2]
    for key in (odd, gone):
        users.delete(key)
    world.app.faults.add(Fault(f"api/v3/io/users/{odd}", times=1000, status=422))
    world.sync()
    assert world.counts["deletions"] == 1
    world.sync()
    assert world.counts["deletions"] == 2


def test_a_deletion_takes_no_request_for_other_parents() -> None:
    """Although the whole list is read again to confirm it."""
    made = World(Setup(b2b=True, records=16, page=100), streams=("companies", "company_credit", *QUOTES))
    try:
        made.sync()
        made.time.pass_(60 * 86_400)
        made.sync()
        companies, quotes = (made.store.collections[kind] for kind in ("companies", "quotes"))
        gone = quotes.keys()[-1]
        companies.delete(companies.keys()[-1])
        quotes.delete(gone)
        before = len(made.app.log.all())
        made.time.pass_(3600)
        assert not made.sync().failure
        requested = [entry.path for entry in made.app.log.all()[before:]]
        assert [path for path in requested if path.endswith("/credit")] == []
        assert {path for path in requested if "/rfq/" in path} == {f"api/v3/io/rfq/{gone}"}
        assert made.counts["deletions"] >= 4
    finally:
        made.close()


QUOTES = ("quotes", "quote_details", "quote_line_items")
NO_SCOPE = b'{"status": 403, "title": "You don\'t have a required scope to access the endpoint"}'


@pytest.fixture
def quotes() -> Iterator[World]:
    """A world with quotes alone, and the records made from their details."""
    made = World(Setup(b2b=True, records=16, page=100), streams=QUOTES)
    made.sync()
    yield made
    made.close()


@pytest.fixture
def dated_quotes() -> Iterator[World]:
    """The same where only the right date, which nobody knows, returns a quote: its list is the only evidence."""
    made = World(Setup(b2b=True, records=16, page=100, b2b_variant="the date of a quote is compared"), streams=QUOTES)
    made.sync()
    yield made
    made.close()


@pytest.mark.parametrize("days", [1, 60])
@pytest.mark.parametrize("path", ["api/v3/io/rfq?*minModified*", "api/v3/io/rfq?*"], ids=["one read", "both reads"])
def test_the_children_of_a_quote_that_exists_are_not_deleted(days: int, path: str, quotes: World) -> None:
    """Of an old one the details are not requested again, neither after one reading of the list nor after two."""
    quotes.time.pass_(days * 86_400)
    shelf = quotes.store.collections["quotes"]
    key = next(key for key in list(shelf.keys()) if shelf.row(key)["productList"])
    lines = len(shelf.row(key)["productList"])
    for _ in range(2):
        omit(quotes, "quotes", key, path)
        assert not quotes.sync().failure
    assert not quotes.counts["deletions"]
    shelf.delete(key)
    quotes.settle()
    assert quotes.counts["deletions"] == 2 + lines


def channel_of(world: World, key: Any) -> int:
    found: int = world.store.collections["quotes"].row(key)["channelId"]
    return found


def test_quotes_of_channels_that_are_deselected_stay(dated_quotes: World) -> None:
    """They exist, and are no longer followed. One of a chosen channel that was deleted is found."""
    keys = dated_quotes.store.collections["quotes"].keys()
    dated_quotes.chosen = [channel_of(dated_quotes, keys[0])]
    assert {channel_of(dated_quotes, key) for key in keys} > set(dated_quotes.chosen)
    for _ in range(2):
        dated_quotes.time.pass_(3600)
        assert not dated_quotes.sync().failure
    assert not dated_quotes.counts["deletions"]
    dated_quotes.store.collections["quotes"].delete(keys[0])
    dated_quotes.settle()
    assert dated_quotes.counts["deletions"] >= 2


def disable(world: World, channel: int) -> None:
    """Takes a channel out of the list of storefronts."""

    def without(body: Any, _: Any) -> Any:
        body["data"] = [row for row in body["data"] if row["channelId"] != channel]
        return body

    world.app.faults.add(Fault("api/v3/io/channels", times=1000, kind="edit", edit=without))


def test_quotes_of_a_channel_that_loses_b2b_edition_stay_and_are_followed(dated_quotes: World) -> None:
    shelf = dated_quotes.store.collections["quotes"]
    key = next(key for key in list(shelf.keys()) if channel_of(dated_quotes, key) != 1)
    dated_quotes.time.pass_(3600)
    shelf.edit(key)
    disable(dated_quotes, channel_of(dated_quotes, key))
    found = dated_quotes.sync()
    assert key in {record["id"] for record in found.records["quotes"]}
    dated_quotes.time.pass_(3600)
    disable(dated_quotes, channel_of(dated_quotes, key))
    assert not dated_quotes.sync().failure
    assert not dated_quotes.counts["deletions"]


def test_quotes_stay_when_a_store_returns_to_a_single_storefront(dated_quotes: World) -> None:
    """The store's own list still has the other channels, whose quotes are requested by name."""

    def single(body: Any, _: Any) -> Any:
        return {"code": 403, "message": "Multi storefront is not enabled"}

    for _ in range(2):
        dated_quotes.time.pass_(3600)
        dated_quotes.app.faults.add(Fault("api/v3/io/channels", times=1000, kind="edit", edit=single))
        assert not dated_quotes.sync().failure
    assert not dated_quotes.counts["deletions"]


def test_no_quote_is_deleted_while_the_channels_of_the_store_are_unknown(dated_quotes: World) -> None:
    """Without the scope for them, a channel that loses B2B Edition looks like one without quotes."""
    keys = dated_quotes.store.collections["quotes"].keys()
    channel = next(found for found in (channel_of(dated_quotes, key) for key in keys) if found != 1)
    for _ in range(2):
        dated_quotes.time.pass_(3600)
        dated_quotes.app.faults.add(Fault("v3/channels", times=1000, status=403, body=NO_SCOPE))
        disable(dated_quotes, channel)
        assert not dated_quotes.sync().failure
    assert not dated_quotes.counts["deletions"]


def test_an_api_that_returns_empty_lists_deletes_nothing(world: World) -> None:
    """Not even in the second reconciliation, if each record is still at its own address."""

    def empty(body: Any, _: Any) -> Any:
        return {"code": 200, "data": [], "meta": {"message": "SUCCESS", "pagination": {"totalCount": 0}}}

    for _ in range(2):
        world.app.faults.add(Fault("api/v3/io/*?*offset=*", times=10_000, kind="edit", edit=empty))
        world.sync()
    assert not world.counts["deletions"]


def test_children_are_deleted_with_their_parents() -> None:
    """And none of a company, order or quote that exists; their contents follow when the parent is changed."""
    made = World(Setup(b2b=True, records=16))
    try:
        first = made.sync()
        assert all(first.records[name] for name in PER_PARENT)
        made.time.pass_(60)
        companies = made.store.collections["companies"]
        keys = list(companies.keys())
        companies.delete(keys[-1])
        for key in keys[:-1]:
            companies.edit(key)  # the trees that contained it are those of other companies
        for kind in ("b2b_orders", "quotes"):
            made.delete(kind, 3)
        made.settle()
        assert made.counts["deletions"] >= 5
    finally:
        made.close()


def test_the_world_notices_a_false_deletion(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the tests above."""
    monkeypatch.setattr(
        "source_bigcommerce.reconciliation.confirmation.DeletionConfirmation._keep_existing", lambda *_: None
    )
    monkeypatch.setattr(
        "source_bigcommerce.reconciliation.confirmation.DeletionConfirmation._entries", lambda *_: iter(())
    )
    shelf = world.store.collections["companies"]
    key = shelf.keys()[2]

    def without(body: Any, _: Any) -> Any:
        if isinstance(body["data"], list):
            body["data"][:] = [row for row in body["data"] if row["companyId"] != key]
            body["meta"]["pagination"]["totalCount"] -= 1
        return body

    world.app.faults.add(Fault("api/v3/io/companies?*", times=1000, kind="edit", edit=without))
    with pytest.raises(Broken, match="exists"):
        world.sync()

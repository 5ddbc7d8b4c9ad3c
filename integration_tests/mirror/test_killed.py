"""A reconciliation that is killed: the next sync continues it with the range that was under way.

The moments are pseudo-random, from a fixed seed.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest

from integration_tests.harness import START_DATE, Sync
from integration_tests.killing import Connector, Moment, Process, states
from integration_tests.mirror.copy import Copy
from sandbox import Options, serve
from source_bigcommerce.lists.state import RECONCILIATION
from unit_tests.representatives import representatives

STORE = Options(orders=120, products=100, customers=120, coupons=3, rows=5, oddities=False)
PAGE = 2  # so that a range, of ten pages, is small
REQUESTS = 170  # of a whole sync, at the least
LISTS = {  # read in ranges: the streams made from them
    "v2/orders": ("orders", "order_products"),
    "v3/customers": ("customers", "customer_addresses"),
    "v3/catalog/products": ("products", "product_variants"),
}
STREAMS = tuple(stream for streams in LISTS.values() for stream in streams)
DAY = 86_400.0
RANDOM = Random("reconciliation")
MOMENTS = [Moment("request", RANDOM.randint(1, REQUESTS)) for _ in range(20)]


def kill(process: Process) -> None:
    process.process.kill()


@pytest.mark.parametrize("moment", representatives(MOMENTS, MOMENTS[1:3]), ids=str)
def test_a_reconciliation_that_is_killed_continues_where_it_was(moment: Moment, tmp_path: Path) -> None:
    """No range is read twice but the one that was under way, and the copies equal the store in the end."""
    with serve(STORE) as server:
        server.store.clock.advance(3 * DAY)
        copy = Copy(server, STREAMS)
        copy.sync()
        server.store.clock.advance(3 * DAY)
        for table, change in (("orders", "staff_notes"), ("products", "description"), ("customers", "notes")):
            ids = server.store.ids(table)
            for id_ in ids[7::25]:
                server.store.edit_silently(table, id_, **{change: "Another one"})
            for id_ in ids[12::40]:
                server.store.delete(table, id_)
            server.store.edit(table, ids[30])
        connector = Connector(server, tmp_path, STREAMS, {"reconcile": "daily"})

        before = len(server.requests)
        killed = until_last_states(connector.struck(moment, kill, saved(copy), page=PAGE).sync())
        read = positions(server.requests[before:])
        copy.take(killed)
        before = len(server.requests)
        run = connector.read(saved(copy), page=PAGE)
        assert run.code == 0, run.lines[-3:]
        read_again = positions(server.requests[before:])
        copy.take(run.sync())

        for endpoint, streams in LISTS.items():
            ledgers = [killed.states[stream][-1][RECONCILIATION] for stream in streams if killed.states[stream]]
            # Their states are printed one after the other: the kill may come in between.
            if ledgers and all("position" in ledger for ledger in ledgers):
                first = min(ledger["position"][0] for ledger in ledgers)
                assert read_again[endpoint][0] == first, "it does not continue where it was"
                assert min(read_again[endpoint]) == first, "a range is read twice"
                assert max(read[endpoint]) >= first
        finished = [endpoint for endpoint, streams in LISTS.items() if have_finished(killed, streams)]
        assert not [endpoint for endpoint in finished if read_again[endpoint]], "a list is read twice"
        assert not copy.differences()


def test_the_moments_are_in_the_course_of_a_reconciliation(tmp_path: Path) -> None:
    """Most of them, so that this file shows something."""
    with serve(STORE) as server:
        server.store.clock.advance(3 * DAY)
        copy = Copy(server, STREAMS)
        copy.sync()
        server.store.clock.advance(3 * DAY)
        before = len(server.requests)
        run = Connector(server, tmp_path, STREAMS, {"reconcile": "daily"}).read(saved(copy), page=PAGE)
        assert run.code == 0
        requests = server.requests[before:]
        found = run.sync()
    assert len(requests) >= REQUESTS
    pages = [one for one in requests[20 : REQUESTS - 20] if one.path in LISTS]  # and some requests for hidden entries
    assert pages
    assert sum(bool(positions([one])) for one in pages) >= 0.8 * len(pages)
    for streams in LISTS.values():
        ends = [[state[RECONCILIATION].get("position") for state in found.states[stream]] for stream in streams]
        assert len(list(filter(None, ends[0]))) >= 4
        assert all(one == ends[0] for one in ends), "the streams of a list continue at different places"


def saved(copy: Copy) -> list[dict[str, Any]]:
    """The states, as the platform's file has them."""
    found = Sync()
    for stream, state in copy.states.items():
        found.states[stream].append(state)
    return states(found)


def until_last_states(found: Sync) -> Sync:
    """The part of an interrupted sync that a platform keeps: the records before the last STATE of their stream."""
    kept = Sync(states=found.states)
    for stream, progress in found.progress.items():
        kept.records[stream] = found.records[stream][: progress[-1][1]]
    return kept


def have_finished(found: Sync, streams: Iterable[str]) -> bool:
    """True if the reconciliation of these streams ended in this sync: their last states have no beginning then."""
    states_of = [[state[RECONCILIATION] for state in found.states[stream]] for stream in streams]
    return all(any("begun" in one for one in each) and "begun" not in each[-1] for each in states_of)


def positions(requests: Iterable[Any]) -> dict[str, list[int]]:
    """The ids after which, or with which, pages of a reconciliation begin, by the endpoint of the list."""
    found: dict[str, list[int]] = defaultdict(list)
    for request in requests:
        query = dict(parse_qsl(request.query))
        dated = {name: value for name, value in query.items() if "date_modified" in name}
        # It reads from the start date on, where that matters, and to the end.
        is_whole = len(dated) == (request.path != "v3/catalog/products") and all(
            value < START_DATE for value in dated.values()
        )
        if request.path in LISTS and is_whole and not query.keys() & {"is_deleted", "max_id", "id:in", "page"}:
            cursor = query.get("after")
            after = json.loads(urlsafe_b64decode(cursor + "=="))["id"] if cursor else 0
            found[request.path].append(int(query.get("min_id", query.get("id:greater", after))))
    return found

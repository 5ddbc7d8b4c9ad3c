"""The story that the tests look at: a sync, a day of work in the store, and a second sync into the same file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from integration_tests.harness import B2B_STREAMS, STREAMS, config_for, sync
from integration_tests.pyairbyte import process
from sandbox import Options, Server, serve
from sandbox.records import KINDS

OPTIONS = Options(orders=150, products=80, customers=80, coupons=40, b2b=True, companies=3)
ALL_STREAMS = (*STREAMS, *B2B_STREAMS)
EDITS: dict[str, dict[str, Any]] = {
    "orders": {"staff_notes": "Ring twice", "total_inc_tax": "1234.5600"},
    "products": {"name": "Renamed", "price": 17.35},
    "customers": {"notes": "Prefers e-mail"},
    "coupons": {"name": "Renamed", "amount": "7.2500"},
}


@dataclass(frozen=True)
class Moment:
    """A moment of the store behind a sync: what was printed of it, what it held, and what the sync did.

    `printed` are the records of the connector in the tests' own process, which other tests compare with the store.
    """

    database: str
    printed: dict[str, list[dict[str, Any]]]
    held: dict[str, list[dict[str, Any]]]
    client_streams: list[str]
    client_records: int
    requests: dict[str, int]
    gone: dict[str, list[int]]  # in the file and no longer in the store


@dataclass(frozen=True)
class Story:
    """Both moments, and the ids that were edited or made between them, by kind."""

    first: Moment
    second: Moment
    changed: dict[str, list[int]]


def play(folder: Path, connector: Mapping[str, Any]) -> Story:
    """Two syncs by PyAirbyte, each in a process of its own, with edits of every kind of record between them."""
    with serve(OPTIONS) as server:
        first = _sync(server, folder, "first", connector, gone={kind: [] for kind in KINDS})
        gone = {kind: _delete(server, kind) for kind in KINDS}
        changed = {kind: [*_edit(server, kind), *_create(server, kind)] for kind in KINDS}
        second = _sync(server, folder, "second", connector, gone=gone)
    return Story(first, second, changed)


def save(story: Story, path: Path) -> None:
    """Writes a story down, for tests in other processes."""
    path.write_text(json.dumps(asdict(story)), encoding="utf-8")


@cache
def load(path: Path) -> Story:
    """Reads what `save` wrote."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Story(**{**found, "first": Moment(**found["first"]), "second": Moment(**found["second"])})


def _sync(
    server: Server, folder: Path, name: str, connector: Mapping[str, Any], *, gone: dict[str, list[int]]
) -> Moment:
    server.log.clear()
    report = process.run(folder, config_for(server), connector)
    requests = dict(server.log.by_path())
    printed = sync(server, ALL_STREAMS)
    assert not printed.failure, printed.errors
    return Moment(
        database=str(shutil.copy(report.database, folder / f"{name}.duckdb")),
        printed={stream: list(printed.latest(stream).values()) for stream in ALL_STREAMS},
        held={kind: [server.store.record(kind, id_) for id_ in _reachable(server, kind)] for kind in KINDS},
        client_streams=report.streams,
        client_records=sum(report.records),
        requests=requests,
        gone=gone,
    )


def _delete(server: Server, kind: str) -> list[int]:
    return [server.store.delete(kind, id_) for id_ in _quiet_ids(server, kind)[:2]]


def _create(server: Server, kind: str) -> list[int]:
    return [server.store.create(kind) for _ in range(3)]


def _edit(server: Server, kind: str) -> list[int]:
    ids = _quiet_ids(server, kind)[:5]
    server.store.bulk_edit(kind, ids, **EDITS[kind])
    return ids


def _quiet_ids(server: Server, kind: str) -> list[int]:
    """Records without oddities, whose lists come whole with their page, so that an edit costs no further request."""
    odd = set(server.store.oddities[kind].values())
    return [id_ for id_ in server.store.ids(kind) if id_ not in odd]


def _reachable(server: Server, kind: str) -> list[int]:
    unreachable = server.store.unreachable(kind)
    return [id_ for id_ in server.store.ids(kind) if id_ not in unreachable]

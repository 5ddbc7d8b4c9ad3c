"""The processor time of each step of reading, for one record: in one thread, without requests and without output.

`python -m benchmarks.phases orders` decodes the same pages of a store with heavy records seven times, and prints the
least of each step in microseconds. The bare loop decodes the pages, serializes their entries and frees them.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import orjson
import requests

from benchmarks.bare import LIMIT, PAGES
from benchmarks.store import KINDS, Store
from source_bigcommerce.concurrency.batch_queue import BATCH_SIZE
from source_bigcommerce.lists.reader import Enricher
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.schema_mismatches import as_cdk_record
from source_bigcommerce.streams.stream import Stream

RUNS = 7
RECORDS = 5_000
Seconds = dict[str, float]
Entries = Sequence[dict[str, Any]]


def measure(kind: str, size: int = RECORDS, runs: int = RUNS) -> tuple[Seconds, Seconds]:
    """Returns the CPU seconds for one record: of the bare loop, and of each step of the connector, in their order."""
    with Store({kind: size}, "--heavy") as store:
        pages = _pages(store, kind, size)
        stream = _stream(store, kind)
        found = [(_bare(pages), _connector(pages, stream)) for _ in range(runs)]
    bare, connector = ({step: min(run[n][step] for run in found) / size for step in found[0][n]} for n in (0, 1))
    return bare, connector


def _pages(store: Store, kind: str, size: int) -> list[bytes]:
    url, headers = f"{store.api_url}/stores/{store.store_hash}/{PAGES[kind]}", {"X-Auth-Token": store.token}
    responses = [requests.get(f"{url}&page={n}", headers=headers, timeout=60) for n in range(1, -(-size // LIMIT) + 1)]
    return [response.content for response in responses]


def _stream(store: Store, kind: str) -> Stream:
    config = {"start_date": "2020-01-01", "client_id": "benchmark", "access_token": store.token}
    config |= {"store_hash": store.store_hash, "api_url": store.api_url}
    return next(s for s in SourceBigcommerce().streams(config) if isinstance(s, Stream) and s.name == kind)


class _Clock:
    """Adds up the CPU seconds of steps that follow one another."""

    def __init__(self) -> None:
        self.seconds: Seconds = defaultdict(float)
        self._last = time.process_time()

    def took(self, step: str) -> None:
        now = time.process_time()
        self.seconds[step] += now - self._last
        self._last = now


def _bare(pages: Sequence[bytes]) -> Seconds:
    clock = _Clock()
    for content in pages:
        entries = _entries(content)
        clock.took("decode")
        lines = [orjson.dumps({"type": "RECORD", "record": {"data": entry}}) for entry in entries]
        clock.took("serialize")
        del entries, lines
        clock.took("free")
    return clock.seconds


def _connector(pages: Sequence[bytes], stream: Stream) -> Seconds:
    clock = _Clock()
    kind: Callable[..., Enricher] = stream.listing.enricher or Enricher
    enricher = kind(stream.reader)
    for content in pages:
        entries = _entries(content)
        clock.took("decode")
        unsure = enricher.ids_of_possibly_truncated(entries)
        entries = enricher.complete([entry for entry in entries if id(entry) not in unsure])
        clock.took("look for truncated lists")
        records = stream.to_records(entries)
        while batch := list(islice(records, BATCH_SIZE)):
            clock.took("normalize")
            lines = [as_cdk_record(record, stream.name) for record in batch]
            clock.took("serialize")
            del batch, lines
            clock.took("free")
        del entries, records
        clock.took("free")
    return clock.seconds


def _entries(content: bytes) -> Entries:
    body = orjson.loads(content)
    return list(body["data"] if isinstance(body, dict) else body)


def main() -> None:
    """Prints a line for each step."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phases", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    bare, connector = measure(parser.parse_args().kind)
    for step, seconds in connector.items():
        print(f"{step:<25} {seconds * 1e6:6.1f} µs  bare: {bare.get(step, 0) * 1e6:5.1f} µs")
    print(f"{'all':<25} {sum(connector.values()) * 1e6:6.1f} µs  bare: {sum(bare.values()) * 1e6:5.1f} µs")


if __name__ == "__main__":
    main()

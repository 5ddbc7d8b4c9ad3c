"""`python -m demo`: the story from an empty folder to a second, incremental sync."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from demo import connector
from demo.client import Client, running_client
from demo.failure import DemoFailed
from demo.paths import DATABASE, DEMO_LOG, OUTPUT, TEMPORARY, shown
from demo.queries import NEXT, SHOWN, TABLES, command
from demo.store import RECORDS, Edits, Store, running_store
from demo.text import say, step, table
from demo.warehouse import Comparison, compare, query

EDITS = {
    "orders": Edits(edit=40, create=25, delete=10),
    "customers": Edits(edit=20, create=10, delete=5),
    "products": Edits(edit=30, create=10, delete=5),
}


@dataclass(frozen=True)
class Sync:
    """The cost of one sync of one stream."""

    records: int
    requests: int
    seconds: float


def main() -> int:
    """Runs the demo; returns the exit code."""
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with _fresh_output():
            _run()
        say(f"\nDone in {time.monotonic() - started:.0f} seconds. Everything it made is in {shown(OUTPUT)}/.")
        return 0
    except Stopped as stopped:
        _complain("Stopped. No process of the demo is left running.")
        return 128 + stopped.number
    except DemoFailed as failure:
        _complain(f"The demo failed. {failure}")
    except BrokenPipeError:  # nobody reads any more, as in `make demo | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        _complain(f"The demo failed. {_unexpected(error)}")
    return 1


def _run() -> None:
    say("A BigCommerce store on this machine, synced into DuckDB by source-bigcommerce and PyAirbyte.\n")
    with _started_store() as store, running_client(store.config) as client:
        modes = _try_the_commands(store)
        with step("PyAirbyte gets ready") as ready:
            client.wait_until_ready()
            ready.result = f"will write {shown(DATABASE)}"
        first = _sync("First sync", client, store, list(modes))
        _edit(store)
        second = _sync("Second sync", client, store, list(modes))
        with step("And the tables that belong to them") as others:
            others.result = f"{client.sync(*TABLES):,} records of {', '.join(TABLES)}"
        with step("Compare DuckDB with the store") as comparing:
            present = {stream: store.modified(stream) for stream in modes}
            if {stream: len(records) for stream, records in present.items()} != store.counts():
                raise DemoFailed("The local store lists other records than it counts.")
            comparing.result = f"{sum(map(len, present.values())):,} records read from the store once more"
    compared = {stream: compare(stream, present[stream]) for stream in modes}  # PyAirbyte has closed the file now
    say(f"\n{_summary(modes, first, second, compared)}\n")
    _tell_what_was_checked(compared)
    _show_queries()


@contextmanager
def _started_store() -> Iterator[Store]:
    with ExitStack() as stack:
        with step("Start a local store") as starting:
            store = stack.enter_context(running_store())
            starting.result = ", ".join(f"{count:,} {kind}" for kind, count in RECORDS.items())
        yield store


def _try_the_commands(store: Store) -> dict[str, str]:
    """Runs spec, check and discover; returns the sync mode of each stream that the demo syncs."""
    with step("source-bigcommerce spec") as spec:
        names = connector.setting_names()
        spec.result = f"{len(names)} settings: {', '.join(names[:4])}, ..."
    with step("source-bigcommerce check") as check:
        check.result = connector.check(store.config)
    with step("source-bigcommerce discover") as discover:
        modes = connector.discover(store.config)
        by_mode = Counter(modes.values())
        discover.result = f"{len(modes)} streams: {', '.join(f'{n} {mode}' for mode, n in by_mode.items())}"
    # The others are read without being compared with the store: some of them below, all of them in the tests.
    return {stream: mode for stream, mode in modes.items() if stream in RECORDS}


def _sync(label: str, client: Client, store: Store, streams: list[str]) -> dict[str, Sync]:
    """Syncs stream by stream, so that the numbers of each are its own."""
    syncs: dict[str, Sync] = {}
    for stream in streams:
        with step(f"{label}: {stream}") as syncing:
            requests, started = store.requests(), time.monotonic()
            records = client.sync(stream)
            seconds = time.monotonic() - started
            syncs[stream] = Sync(records, store.requests() - requests, seconds)
            syncing.result = f"{records:,} records in {syncs[stream].requests} requests"
    return syncs


def _edit(store: Store) -> None:
    with step("Edit the store") as editing:
        for kind, edits in EDITS.items():
            store.edit(kind, edits)
        totals = (sum(getattr(edits, name) for edits in EDITS.values()) for name in ("edit", "create", "delete"))
        editing.result = "{} edited, {} created, {} deleted".format(*totals)


def _summary(
    modes: dict[str, str], first: dict[str, Sync], second: dict[str, Sync], compared: dict[str, Comparison]
) -> str:
    header = ("stream", "sync mode", "first sync", "second sync", "rows in DuckDB", "requests", "seconds")
    return table(
        header,
        [
            (
                stream,
                mode,
                f"{first[stream].records:,}",
                f"{second[stream].records:,}",
                f"{compared[stream].rows:,}",
                f"{first[stream].requests} + {second[stream].requests}",
                f"{first[stream].seconds:.1f} + {second[stream].seconds:.1f}",
            )
            for stream, mode in modes.items()
        ],
    )


def _tell_what_was_checked(compared: dict[str, Comparison]) -> None:
    total = sum(one.in_store for one in compared.values())
    deleted = sum(one.deleted_in_store for one in compared.values())
    dated = [stream for stream, one in compared.items() if one.has_dates]
    say(f"Checked: each of the {total:,} records that the store holds now is one row, found by its id, and the")
    say(f"date_modified of {' and '.join((', '.join(dated[:-1]), dated[-1]))} is the store's.")
    if deleted:
        say(f"{deleted} more rows are of records deleted in between: an incremental sync cannot see that.")


def _show_queries() -> None:
    say(f"\n{SHOWN.title}:\n")
    columns, rows = query(SHOWN.sql)
    say(table(columns, rows))
    say("\nTry next, in this folder:")
    for one in NEXT:
        say(f"\n# {one.title}\n{command(one)}")


# Beginning and end


class Stopped(BaseException):
    """The demo was stopped by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # it is ending already, which takes moments
    raise Stopped(number)


@contextmanager
def _fresh_output() -> Iterator[None]:
    shutil.rmtree(OUTPUT, ignore_errors=True)
    TEMPORARY.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(TEMPORARY, ignore_errors=True)


def _unexpected(error: Exception) -> DemoFailed:
    log: Path | None = None
    with suppress(OSError), DEMO_LOG.open("w", encoding="utf-8") as file:
        traceback.print_exc(file=file)
        log = DEMO_LOG
    return DemoFailed(f"{type(error).__name__}: {error}".rstrip(".") + ".", log)


def _complain(sentence: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"\n{sentence}\n")


if __name__ == "__main__":
    raise SystemExit(main())

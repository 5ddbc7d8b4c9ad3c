"""`python -m demo`: the story from an empty folder to a second, incremental sync."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType

from demo import connector
from demo.client import Client, running_client
from demo.failure import DemoFailed
from demo.marts import SCHEMA, build_marts
from demo.paths import DATABASE, DEMO_LOG, OUTPUT, PYAIRBYTE_LOG, REPORT, TEMPORARY, shown
from demo.queries import NEXT, SHOWN, command
from demo.report import page
from demo.report.page import Copied
from demo.store import RECORDS, Edits, Record, Store, running_store
from demo.text import say, step, table
from demo.warehouse import Comparison, compare, query

EDITS = {
    "orders": Edits(edit=40, create=25, delete=10, silent_edit=15, silent_rows=15),
    "customers": Edits(edit=20, create=10, delete=5, silent_edit=8, silent_rows=12),
    "products": Edits(edit=30, create=10, delete=5, silent_edit=8, silent_rows=18),
    "coupons": Edits(edit=3, create=2, delete=1),
}


@dataclass(frozen=True)
class Table:
    """A stream that the demo syncs, and where the store holds its records: a kind of record, or a list nested in it."""

    stream: str
    kind: str
    nested: str | None = None
    key: tuple[str, ...] = ("id",)

    def records(self, kinds: dict[str, list[Record]]) -> list[Record]:
        """Returns the store's records, from those of each kind."""
        found = kinds[self.kind]
        return found if self.nested is None else [row for record in found for row in record[self.nested]]


CHANGES = (  # synced incrementally
    Table("orders", "orders"),
    Table("order_products", "orders", "lines"),
    Table("order_refunds", "refunds"),
    Table("customers", "customers"),
    Table("customer_addresses", "customers", "addresses"),
    Table("products", "products"),
    Table("product_variants", "products", "variants"),
    Table("product_images", "products", "images"),
    Table("channels", "channels"),
)
WHOLE = (Table("coupons", "coupons"),)  # read in full in every sync
PER_ORDER = (Table("order_coupons", "orders", "coupon_rows", ("order_id", "id")),)  # a request for each order
TABLES = CHANGES + WHOLE + PER_ORDER


def main() -> int:
    """Runs the demo; returns the exit code."""
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with _fresh_output():
            _run()
        say(f"\nDone in {time.monotonic() - started:.0f} seconds. Everything it made is in {shown(OUTPUT)}/.")
        say(f"Open the report in a browser: {shown(REPORT)}")
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
        _sync("First sync", client, store)
        _edit(store)
        edited_at = datetime.now(timezone.utc)
        _sync("Second sync", client, store)
        with _counted_step(f"Third sync: {', '.join(_names(PER_ORDER))}", store) as syncing:
            syncing.records = client.sync(_names(PER_ORDER))
        with step("Read the store once more") as comparing:
            kinds = {kind: store.records(kind) for kind in {table.kind: None for table in TABLES}}
            comparing.result = ", ".join(f"{len(records):,} {kind}" for kind, records in kinds.items())
    # PyAirbyte has closed the file now.
    compared = {one.stream: compare(one.stream, one.key, one.records(kinds), edited_at) for one in TABLES}
    say(f"\n{_summary(modes, compared)}\n")
    _tell_what_was_checked(compared)
    _build_marts()
    with step("Draw the report") as drawing:
        copied = [Copied(name, one.records, one.rows, one.values) for name, one in compared.items()]
        page.write(REPORT, DATABASE, SCHEMA, copied)
        drawing.result = shown(REPORT)
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
    return modes


class _Counted:
    """A sync under way; `records` is how many came."""

    records = 0


@contextmanager
def _counted_step(label: str, store: Store) -> Iterator[_Counted]:
    with step(label) as syncing:
        requests, counted = store.requests(), _Counted()
        yield counted
        syncing.result = f"{counted.records:,} records in {store.requests() - requests:,} requests"


def _sync(label: str, client: Client, store: Store) -> None:
    with _counted_step(f"{label}: incremental tables", store) as syncing:
        syncing.records = client.sync(_names(CHANGES))
    with _counted_step(f"{label}: {', '.join(_names(WHOLE))} in full", store) as syncing:
        syncing.records = client.replace(_names(WHOLE))


def _names(tables: Iterable[Table]) -> list[str]:
    return [table.stream for table in tables]


def _edit(store: Store) -> None:
    with step("Edit the store") as editing:
        for kind, edits in EDITS.items():
            store.edit(kind, edits)
        edited, created, deleted, *silent = (sum(column) for column in zip(*map(astuple, EDITS.values()), strict=True))
        editing.result = f"{edited} edited, {created} created, {deleted} deleted, {sum(silent)} changed without a date"


def _summary(modes: dict[str, str], compared: dict[str, Comparison]) -> str:
    header = ("table", "sync mode", "rows", "from the second sync", "marked as deleted")
    return table(
        header,
        [
            (name, modes[name], f"{one.rows:,}", f"{one.recent:,}", f"{one.deleted:,}" if one.deleted else "")
            for name, one in compared.items()
        ],
    )


def _tell_what_was_checked(compared: dict[str, Comparison]) -> None:
    rows = sum(one.rows for one in compared.values())
    values = sum(one.values for one in compared.values())
    deleted = sum(one.deleted for one in compared.values())
    if not deleted:
        raise DemoFailed("Records were deleted in the store, and no row is marked as deleted.", PYAIRBYTE_LOG)
    say("Checked: the copy is the store, with 0 rows too many and 0 too old.")
    say(f"Its {rows:,} rows are the records that the store holds now, and {values:,} values were compared.")
    say(
        f"{deleted:,} more rows are of deleted records: PyAirbyte marks them by the column _ab_cdc_deleted_at, and most"
    )
    say("warehouses remove them. The second sync also read neighbors of changed records again: docs/deletions.md.")


def _build_marts() -> None:
    say()
    with step("dbt builds the marts") as building:
        building.result = f"{build_marts()} models in the schema {SCHEMA}"


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

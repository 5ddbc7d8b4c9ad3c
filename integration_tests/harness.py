"""One sync of the connector against a sandbox store, and what came out of it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.forks import run_command
from sandbox import Server, records
from source_bigcommerce import source
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists import sampling
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.order_children import (
    OrderCoupons,
    OrderMessages,
    OrderShipments,
    OrderTaxes,
    Transactions,
)
from source_bigcommerce.streams.orders import ORDERS
from source_bigcommerce.streams.refunds import OrderRefunds
from tools.streams import streams

# The streams of the store's own API, and those of B2B Edition, which the settings add.
STREAMS = tuple(stream.name for stream in streams() if stream.scope is not Scope.B2B_EDITION)
B2B_STREAMS = tuple(stream.name for stream in streams() if stream.scope is Scope.B2B_EDITION)
INCREMENTAL = tuple(stream.name for stream in streams() if stream.supports_incremental and stream.name in STREAMS)
B2B_INCREMENTAL = tuple(
    stream.name for stream in streams() if stream.supports_incremental and stream.name in B2B_STREAMS
)
# Of these, the ones whose entries have no date: their cursor field is the time of the sync.
UNDATED = ("company_addresses", "sales_staff")
KEYS: dict[str, list[str]] = {
    stream.name: [path[0] for path in stream.as_airbyte_stream().source_defined_primary_key or []]
    for stream in streams()
}
# Streams whose records are the store's own.
KINDS = tuple(name for name in STREAMS if name in records.KINDS)
DATED = tuple(name for name in INCREMENTAL if name in KINDS)
# Streams with a request for each order.
PER_ORDER = (Transactions, OrderTaxes, OrderShipments, OrderCoupons, OrderMessages)
# Those, and what is made of orders: the streams that are read under every API variant, killed and played for days. The
# others are read by the same classes (test_every_table.py).
CORE = tuple(
    stream.name
    for stream in streams()
    if stream.name in KINDS or stream.listing is ORDERS or isinstance(stream, (*PER_ORDER, OrderRefunds))
)
# Of these, what is read from lists alone; the others cost a request for each order (test_order_children.py).
LISTED = tuple(stream.name for stream in streams() if stream.name in CORE and not isinstance(stream, PER_ORDER))
CURSORS = tuple(
    dict.fromkeys(
        ["order_date_modified", "customer_date_modified", "product_date_modified", "date_modified", "created"]
        + [
            str(stream.cursor_field)
            for stream in streams()
            if stream.name in B2B_INCREMENTAL and stream.parent_key != "id"
        ]
        + ["updated_at"]
    )
)
START_DATE = "2020-01-01"  # before everything that the sandbox generates


def config_for(server: Server, **changes: Any) -> dict[str, Any]:
    return {
        "start_date": START_DATE,
        "client_id": "sandbox-client",
        "access_token": server.token,
        "store_hash": server.store_hash,
        "api_url": server.api_url,
        "reconcile": "never",  # reconciliation has tests of its own, in integration_tests/mirror
        **({"b2b_edition": True, "b2b_api_url": server.b2b_api_url} if server.options.b2b else {}),
        **changes,
    }


def build_only(patches: pytest.MonkeyPatch, names: Iterable[str]) -> None:
    """Has the source build these streams alone. It builds all of them for each sync, which takes longer than to read
    a few records."""
    _discovered()  # which is cached, and must hold all streams
    classes = dict(zip((*STREAMS, *B2B_STREAMS), ALL_STREAMS, strict=True))
    patches.setattr(source, "ALL_STREAMS", tuple(classes[name] for name in names))


@cache
def _discovered() -> dict[str, AirbyteStream]:
    config: dict[str, Any] = {
        "start_date": START_DATE, "client_id": "id", "access_token": "token", "store_hash": "hash", "b2b_edition": True
    }  # fmt: skip
    return {s.name: s for s in SourceBigcommerce().discover(logging.getLogger("test"), config).streams}


def catalog_of(names: Iterable[str] = STREAMS, mode: SyncMode | None = None) -> ConfiguredAirbyteCatalog:
    """A configured catalog: incremental where the stream can be, unless a mode is given."""
    streams = {name: replace(stream) for name, stream in _discovered().items()}
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=streams[name],
                sync_mode=mode or max(streams[name].supported_sync_modes, key=lambda m: m is SyncMode.incremental),
                destination_sync_mode=DestinationSyncMode.append_dedup,
            )
            for name in names
        ]
    )


@cache
def kept_catalog_of(names: tuple[str, ...]) -> ConfiguredAirbyteCatalog:
    """The same, made once for many syncs."""
    return catalog_of(names)


@dataclass
class Sync:
    """The output of one `read`, sorted out."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    estimates: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, str] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    failure: str | None = None
    # At each STATE of a stream: the state, and how many records of the stream had been printed.
    progress: dict[str, list[tuple[dict[str, Any], int]]] = field(default_factory=lambda: defaultdict(list))

    def ids(self, stream: str) -> list[Any]:
        """The primary keys of the records: ids, or tuples where a key has several parts."""
        return [key_of(stream, record) for record in self.records[stream]]

    def latest(self, stream: str) -> dict[Any, dict[str, Any]]:
        """The content of a destination that merges by primary key."""
        return {key_of(stream, record): record for record in self.records[stream]}

    def state(self) -> list[AirbyteStateMessage]:
        """The last state of each stream, as the platform hands it to the next sync."""
        return [
            AirbyteStateMessageSerializer.load(
                {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": values[-1]}}
            )
            for name, values in self.states.items()
        ]

    def take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "RECORD":
            self.records[message["record"]["stream"]].append(message["record"]["data"])
        elif kind == "STATE":
            stream = message["state"]["stream"]
            name = stream["stream_descriptor"]["name"]
            self.states[name].append(stream["stream_state"])
            self.progress[name].append((stream["stream_state"], len(self.records[name])))
        elif kind == "LOG":
            self.logs.append(message["log"]["message"])
        elif kind == "TRACE":
            self._take_trace(message["trace"])

    def _take_trace(self, trace: dict[str, Any]) -> None:
        if trace["type"] == "STREAM_STATUS":
            status = trace["stream_status"]
            self.statuses[status["stream_descriptor"]["name"]].append(status["status"])
        elif trace["type"] == "ESTIMATE":
            self.estimates[trace["estimate"]["name"]].append(trace["estimate"]["row_estimate"])
        elif trace["type"] == "ERROR":
            name = (trace["error"].get("stream_descriptor") or {}).get("name")
            if name:
                self.errors[name] = trace["error"]["message"]


def sync(
    server: Server,
    streams: Iterable[str] = STREAMS,
    *,
    state: list[AirbyteStateMessage] | None = None,
    mode: SyncMode | None = None,
    catalog: ConfiguredAirbyteCatalog | None = None,
    **config: Any,
) -> Sync:
    """Reads the streams to the end, in this process; those of a catalog, if one is given."""
    result = Sync()
    try:
        for message in SourceBigcommerce().read(
            logging.getLogger("airbyte"),
            config_for(server, **config),
            catalog or catalog_of(streams, mode),
            state or [],
        ):
            result.take(as_dict(message))
    except AirbyteTracedException as error:
        result.failure = error.message
    return result


def key_of(stream: str, record: dict[str, Any]) -> Any:
    """The primary key of a record: one value, or a tuple where it has several parts."""
    key = tuple(record[name] for name in KEYS[stream])
    return key[0] if len(key) == 1 else key


def seconds_of(value: dict[str, Any]) -> float:
    """The cursor of a record or a state, in Unix seconds."""
    cursor = next(value[name] for name in CURSORS if value.get(name))
    return datetime.fromisoformat(cursor.replace("Z", "+00:00")).timestamp()


def as_dict(message: AirbyteMessage) -> dict[str, Any]:
    serialized = AirbyteMessageSerializer.dump(message)
    assert isinstance(serialized, dict)
    return serialized


class CommandLine:
    """The connector's commands, as Airbyte runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._commands = 0

    def write(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def start(self, *arguments: str, sample_size: int = sampling.SAMPLE_SIZE) -> subprocess.Popen[str]:
        """A process of its own, from the first import on."""
        program = (
            "from source_bigcommerce.run import run; from source_bigcommerce.lists import sampling; "
            f"sampling.SAMPLE_SIZE = {sample_size}; run()"
        )
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",  # a process that is killed may leave half a character
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )

    def run(self, *arguments: str, has_pauses: bool = True, **environment: str) -> tuple[int, str]:
        """The exit code and all output of a command, with these variables added to the environment."""
        self._commands += 1
        output = self.folder / f"output-{self._commands}.txt"
        code = run_command(arguments, output, {**os.environ, **environment}, has_pauses=has_pauses)
        return code, output.read_text(encoding="utf-8")


def messages(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The protocol messages among lines of output; a last line that was cut short is left out."""
    for line in lines:
        if line.endswith("\n"):
            yield json.loads(line)

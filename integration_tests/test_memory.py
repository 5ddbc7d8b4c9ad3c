"""Memory: what was passed on is let go, however long the list is."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
import requests
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, SyncMode
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository

from integration_tests.harness import CommandLine, catalog_of, config_for
from sandbox import Options, serve
from source_bigcommerce.concurrency.batch_queue import BatchQueue
from source_bigcommerce.concurrency.shared_read import Limits, SharedRead, SlicePartition
from source_bigcommerce.lists import client, pages, sampling, time_slicer
from source_bigcommerce.lists.client import ListClient
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.source import SourceBigcommerce
from source_bigcommerce.streams.stream import Stream
from unit_tests.support import set_page_size


class Entry(dict[str, Any]):
    """An entry of a decoded page; unlike a plain dict it can be watched."""


@pytest.mark.parametrize("name", ["orders", "order_products", "products", "customers"])
def test_a_page_is_let_go_before_the_next_is_fetched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker holds one decoded page at a time: two of them took the connector beyond its 250 MB."""
    monkeypatch.setattr(sampling, "SAMPLE_SIZE", 20)
    entries: list[weakref.ref[Entry]] = []
    kept: list[int] = []
    decode, send = pages.decode, ListClient._send

    def watched(response: requests.Response) -> Any:
        body = decode(response)
        rows = body["data"] if isinstance(body, dict) and isinstance(body.get("data"), list) else body
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, Entry):
                rows[number] = Entry(row)
                entries.append(weakref.ref(rows[number]))
        return body

    def counting(stream: ListClient, path: str) -> requests.Response:
        kept.append(sum(entry() is not None for entry in entries))
        return send(stream, path)

    with serve(Options(orders=200, products=200, customers=200, oddities=False)) as server:
        stream = next(one for one in SourceBigcommerce().streams(config_for(server)) if one.name == name)
        assert isinstance(stream, Stream)
        assert stream.supports_incremental
        set_page_size(monkeypatch, 20, pages_per_slice=3)
        slices = list(stream.stream_slices(sync_mode=SyncMode.incremental))
        for module in (client, pages, time_slicer):
            monkeypatch.setattr(module, "decode", watched)
        monkeypatch.setattr(ListClient, "_send", counting)
        shared = _shared_read(stream)
        for one in slices:
            for _ in SlicePartition(shared, ListSlice.of(one)).read():
                pass
    assert len(slices) > 1
    assert len(entries) >= 190
    assert len(kept) >= 8
    assert max(kept) <= 1, "the entry that was yielded last may be alive still, but not its page"


def _shared_read(stream: Stream) -> SharedRead:
    """The read of a stream's list in a sync of this stream alone."""
    limits = Limits(threading.BoundedSemaphore(1), threading.BoundedSemaphore(1))
    states, repository = ConnectorStateManager(), InMemoryMessageRepository()
    return SharedRead([stream], SyncMode.incremental, states, repository, BatchQueue(1), limits)


# What the kernel counted for this program alone, unlike `resource`, which begins with what its parent had.
_PEAK = """
import atexit, re, sys
from source_bigcommerce.run import run
from source_bigcommerce.lists import sampling

sampling.SAMPLE_SIZE = {sample_size}
atexit.register(lambda: sys.stderr.write(re.findall("VmHWM:.*", open("/proc/self/status").read())[0]))
run()
"""


@pytest.mark.exhaustive
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize(
    "sample_size",
    [pytest.param(sampling.SAMPLE_SIZE, id="one slice"), pytest.param(3, id="a slice for each worker")],
)
def test_pages_of_fifty_megabytes_are_not_held(sample_size: int, tmp_path: Path) -> None:
    """Of products with 500 variants, a page of 150 is 54 MB of JSON, and several times that when it is decoded."""
    command_line = CommandLine(tmp_path)
    with serve(Options(products=150, variants=500, oddities=False)) as server:
        config = command_line.write("config.json", config_for(server, num_workers=8))
        catalog = command_line.write(
            "catalog.json", ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["products", "product_variants"]))
        )
        program = _PEAK.format(sample_size=sample_size)
        with (tmp_path / "output").open("wb") as output:
            process = subprocess.run(
                [sys.executable, "-c", program, "read", "--config", config, "--catalog", catalog],
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                env={
                    "PYTHONPATH": str(Path(__file__).parents[1]),
                    "MALLOC_ARENA_MAX": "2",  # as in the image
                    "MALLOC_MMAP_THRESHOLD_": "1048576",
                },
            )
        responses = [entry.query for entry in server.requests if entry.path == "v3/catalog/products"]
    assert process.returncode == 0
    with (tmp_path / "output").open("rb") as output:
        assert sum(b'"stream":"products"' in line and b'"type":"RECORD"' in line for line in output) == 150
    assert len(responses) <= 60
    megabytes = int(process.stderr.split()[-2]) / 1024
    assert megabytes < 320

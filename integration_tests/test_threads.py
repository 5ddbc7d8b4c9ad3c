"""Everything that a command starts ends with it: programs that embed the source run many in one process."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.harness import catalog_of, config_for, sync
from sandbox import Options, Server, serve
from source_bigcommerce.concurrency import read
from source_bigcommerce.source import SourceBigcommerce
from unit_tests.representatives import representatives

LOGGER = logging.getLogger("airbyte")
LOOKS = 60  # of a second each, at threads that have nothing to wait for, on a busy machine
# Shared lists, lists of each parent, and lists with page numbers.
NAMES = ("orders", "order_products", "transactions", "products", "product_reviews", "customers", "coupons", "brands")
SMALL = Options(orders=60, products=40, customers=40, coupons=10)


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Fails when a thread that began within does not end."""
    before = set(threading.enumerate())
    yield
    began = set(threading.enumerate()) - before
    for _ in range(LOOKS):
        gc.collect()  # a thread that is done with its request may be the last that holds the store
        for thread in began:
            thread.join(timeout=1 / len(began))
        if not any(thread.is_alive() for thread in began):
            return
    assert [thread.name for thread in began if thread.is_alive()] == []


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(SMALL) as server:
        yield server


def stop_after(server: Server, messages: int, **config: Any) -> None:
    """Takes so many messages of a sync and leaves the rest."""
    read = SourceBigcommerce().read(LOGGER, config_for(server, **config), catalog_of(NAMES), [])
    assert len(list(islice(read, messages))) == messages
    read.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.exhaustive
def test_a_dozen_syncs_leave_no_thread(server: Server) -> None:
    """A pytest worker had 1,365 of them."""
    with no_thread_left():
        for _ in range(12):
            assert not sync(server, NAMES).failure


@pytest.mark.parametrize("messages", representatives([0, 1, 9, 100, 300], {1, 300}))
def test_a_sync_that_nobody_takes_to_its_end_leaves_no_thread(server: Server, messages: int) -> None:
    """The destination failed, or a preview has seen enough."""
    with no_thread_left():
        stop_after(server, messages)


def test_no_thread_waits_for_room_in_a_queue_that_nobody_empties(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers wait for the thread that prints."""
    monkeypatch.setattr(read, "QUEUE_SIZE", 1)
    with no_thread_left():
        stop_after(server, 40)


def test_no_thread_waits_for_the_quota_of_a_sync_that_is_over() -> None:
    """The next window may be an hour away."""
    with serve(Options(**{**vars(SMALL), "quota": 12, "window_ms": 3_600_000})) as server, no_thread_left():
        stop_after(server, len(NAMES) + 1)


@pytest.mark.parametrize(
    "fails",
    [
        lambda server: server.fail("v2/orders", times=100, status=400),
        lambda server: server.fail("v2/time", times=100, status=401),
    ],
)
def test_a_sync_that_fails_leaves_no_thread(fails: Callable[[Server], None]) -> None:
    """The CDK ends in an exception then."""
    with serve(SMALL) as server, no_thread_left():
        fails(server)
        assert sync(server, NAMES).failure


@pytest.mark.parametrize("changes", [{}, {"access_token": "another-token"}])
def test_a_check_leaves_no_thread(server: Server, changes: dict[str, Any]) -> None:
    """The result of the command makes no difference."""
    with no_thread_left(), suppress(AirbyteTracedException):
        SourceBigcommerce().check(LOGGER, config_for(server, **changes))


def test_streams_on_their_own_start_a_thread_when_they_need_one_and_leave_none(server: Server) -> None:
    """Tools read a stream like any other, and do not close it."""
    with no_thread_left():
        assert read_one_record(server, "transactions") > 0


def read_one_record(server: Server, name: str) -> int:
    """Reads one record of a stream, and returns how many threads that started."""
    before = threading.active_count()
    stream = next(one for one in SourceBigcommerce().streams(config_for(server)) if one.name == name)
    assert threading.active_count() == before
    for piece in stream.stream_slices(sync_mode=SyncMode.full_refresh):
        for _ in stream.read_records(SyncMode.full_refresh, stream_slice=piece):
            return threading.active_count() - before
    return 0

"""A machine on which no time passes: what a simulation replaces around the connector and never inside it.

The network is the sandbox's application, called in the caller's thread. Clocks are one number. Pauses move it. What
the connector computes again for each process (schemas and what follows from them) is kept.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import cache, partial
from threading import Lock
from typing import Any

import pytest
import requests
from airbyte_cdk.sources.streams.http import http_client
from airbyte_cdk.utils import traced_exception
from requests.adapters import HTTPAdapter

from integration_tests.harness import PER_ORDER
from sandbox import live
from sandbox.app import Application
from sandbox.clock import Clock
from sandbox.inprocess import InProcess
from source_bigcommerce.api import client
from source_bigcommerce.api.normalization import build_normalizer
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from source_bigcommerce.lists import sampling
from source_bigcommerce.streams import stream as streams
from source_bigcommerce.streams.order_children import Transactions
from source_bigcommerce.streams.stream import Stream, is_reconcilable
from unit_tests.support import set_page_size


class Time:
    """The one clock of a simulation, in Unix seconds; `skew` is how far the connector's machine is off."""

    def __init__(self, now: float) -> None:
        self._now = float(now)
        self._lock = Lock()
        self.skew = 0.0

    def true(self) -> float:
        return self._now

    def wrong(self) -> float:
        """The time according to the connector's machine."""
        return self._now + self.skew

    def pass_(self, seconds: float) -> None:
        with self._lock:
            self._now += max(0.0, seconds)


class StoreClock(Clock):
    """The store's clock, which is right."""

    def __init__(self, simulated: Time) -> None:
        super().__init__()
        self._simulated = simulated

    def time(self) -> float:
        return self._simulated.true()

    def advance(self, seconds: float) -> None:
        self._simulated.pass_(seconds)


class Machine:
    """The connector's surroundings, replaced from `start` to `stop`."""

    def __init__(self, simulated: Time) -> None:
        self.time = simulated
        self.patches = pytest.MonkeyPatch()

    def start(
        self, app: Application, before: Callable[[requests.PreparedRequest], None], page: int, pages_per_slice: int
    ) -> None:
        """Puts the store behind every address; pages and slices are so small that a small store has many."""
        put = self.patches.setattr
        network = InProcess(app, before)

        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
            return network.send(request)

        put(HTTPAdapter, "send", send)
        put(HTTPAdapter, "init_poolmanager", _nothing)
        put(HTTPAdapter, "close", _nothing)
        put(requests.Session, "merge_environment_settings", _no_environment)
        put(time, "sleep", self.time.pass_)
        put(client, "monotonic", self.time.true)
        put(time, "time", self.time.wrong)
        for module in _modules_with_dates():
            put(module, "datetime", _wrong_datetime(self.time))
        put(client, "RateLimitGovernor", partial(RateLimitGovernor, clock=self.time.true, sleep=self.time.pass_))
        set_page_size(self.patches, page, pages_per_slice)
        for stream in PER_ORDER:
            if stream is not Transactions:  # whose pages may not be numbered
                put(stream, "child_pagination", replace(stream.child_pagination, limit=page))
        put(sampling, "SAMPLE_SIZE", max(2, page - 1))
        put(Stream, "get_json_schema", _schema)
        put(streams, "build_normalizer", _kept_normalizer)
        put(live, "_FEWEST", 5)  # of records, for some of them to be deleted
        put(traced_exception, "traceback", _NoTraceback)  # made for each error, and not printed
        # Whether the credentials keep a count of their own, which these do not, is looked up in slow ways.
        put(http_client.HttpClient, "_update_authenticator_from_response", _nothing)
        self._disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)

    def watch_clock(self, was_read: Callable[[], None]) -> None:
        """Calls `was_read` once the connector has the store's time, in the thread that requested it."""
        get = client.Store._get

        def got(store: client.Store, endpoint: str, purpose: str) -> requests.Response:
            response = get(store, endpoint, purpose)
            if endpoint == "v2/time":
                was_read()
            return response

        self.patches.setattr(client.Store, "_get", got)

    def stop(self) -> None:
        logging.disable(self._disabled)
        self.patches.undo()


class _NoTraceback:
    """The part of the module `traceback` that the CDK uses."""

    class TracebackException:
        @staticmethod
        def from_exception(error: BaseException) -> _Frames:
            return _Frames()


class _Frames(list[str]):
    def format(self) -> list[str]:
        return self


def _no_environment(session: requests.Session, url: Any, *settings: Any, **named: Any) -> dict[str, Any]:
    return {"proxies": {}, "stream": False, "verify": True, "cert": None}


_schema_of = Stream.get_json_schema
_schemas: dict[int, Any] = {}
_schemas_of_kinds: dict[tuple[type[Stream], bool], Any] = {}


def _schema(stream: Stream) -> Any:
    kind = type(stream), is_reconcilable(stream)
    if kind not in _schemas_of_kinds:
        found = _schemas_of_kinds[kind] = _schema_of(stream)
        _schemas[id(found)] = found
    return _schemas_of_kinds[kind]


@cache
def _normaliser(schema: int) -> Any:
    return build_normalizer(_schemas[schema], _nothing)


def _kept_normalizer(schema: Any, report: Any) -> Any:
    return _normaliser(id(schema))


def _nothing(*args: Any, **kwargs: Any) -> None:
    """In place of what a simulation does not need."""


def _modules_with_dates() -> list[Any]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("source_bigcommerce.") and getattr(module, "datetime", None) is datetime
    ]


@cache
def _wrong_datetime(simulated: Time) -> type[datetime]:
    class WrongDatetime(datetime):
        """As the connector's machine has it."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromtimestamp(simulated.wrong(), tz)

        @classmethod
        def utcnow(cls) -> datetime:
            return datetime(1970, 1, 1) + timedelta(seconds=simulated.wrong())

    return WrongDatetime

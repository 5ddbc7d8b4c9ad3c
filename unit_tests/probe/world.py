"""A sandbox store behind every address, and the probe of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from sandbox import ApiVariant, Options
from sandbox import Store as SandboxStore
from sandbox.app import Application
from sandbox.inprocess import InProcess
from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.config import Config
from source_bigcommerce.probe import session
from source_bigcommerce.probe.answer import Answer
from source_bigcommerce.probe.limits import ProbeGovernor
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.questions import ask_all
from source_bigcommerce.probe.session import ProbeSession
from unit_tests.support import Clock

CLIENT = "client-of-the-account"
SIZES = {"orders": 320, "products": 70, "customers": 70, "coupons": 40}
"""Large enough for every question, and quickly made."""


class World:
    """One sandbox store without a network. `answers` holds the answers of the last probe by key."""

    def __init__(self, patches: pytest.MonkeyPatch, **options: Any) -> None:
        self.options = Options(**{**SIZES, **options})
        self.store = SandboxStore(self.options)
        self.app = Application(self.options, self.store)
        self.before: Callable[[requests.PreparedRequest], None] | None = None
        self.clock = Clock()
        self.sent: list[requests.PreparedRequest] = []
        self.received: list[requests.Response] = []
        self.found: dict[Question, Answer] = {}
        self.errors: list[BigCommerceError] = []
        network = InProcess(self.app)

        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
            self.sent.append(request)
            if self.before:
                self.before(request)
            response = network.send(request)
            self.received.append(response)
            return response

        patches.setattr(HTTPAdapter, "send", send)
        governor = partial(ProbeGovernor, clock=self.clock, sleep=self.clock.sleep)
        patches.setattr(session, "ProbeGovernor", governor)

    @property
    def config(self) -> dict[str, Any]:
        """A config for this store."""
        return {
            "start_date": "2020-01-01",
            "client_id": CLIENT,
            "access_token": self.options.token,
            "store_hash": self.options.store_hash,
            "api_url": "http://127.0.0.1:1",
        }

    def probe(self) -> dict[str, Any]:
        """Returns the answer to each question, by its key."""
        with Store(Config.parse(self.config)) as store:
            self.found = ask_all(ProbeSession(store), lambda _, error: self.errors.append(error))
        return {question.key: answer.value for question, answer in self.found.items()}

    def evidence(self, key: str) -> str:
        """The evidence of an answer of the last probe."""
        return next(answer.evidence for question, answer in self.found.items() if question.key == key)


@contextmanager
def world(**options: Any) -> Iterator[World]:
    """A store with these options, for one test."""
    with pytest.MonkeyPatch.context() as patches:
        yield World(patches, **options)


def probe_of(variant: ApiVariant, **options: Any) -> dict[str, Any]:
    """The answers of a store under an API variant."""
    with world(api_variant=variant, **options) as found:
        return found.probe()

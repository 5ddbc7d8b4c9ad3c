"""Settings of all tests: the profiles of property tests, a mocked network, and pauses that pass at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from airbyte_cdk.utils import airbyte_secrets_utils
from hypothesis import HealthCheck, settings

from unit_tests.support import NOW, STORE_URL, close_stores

for profile, examples in (("quick", 30), ("thorough", 100)):  # `--hypothesis-profile=thorough` in `make test-all`
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each test its own list of secrets to mask: the CDK keeps one per process."""
    monkeypatch.setattr(airbyte_secrets_utils, "__SECRETS_FROM_CONFIG", [])


@pytest.fixture(autouse=True)
def stores_closed() -> Iterator[None]:
    """Closes what the test opened with `make_store`."""
    yield
    close_stores()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the pauses between attempts instead of waiting for them."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


@pytest.fixture
def api(requests_mock: Any, naps: list[float]) -> Any:
    """A mocked network on which only the store's clock responds."""
    requests_mock.get(f"{STORE_URL}v2/time", json={"time": NOW})
    return requests_mock

"""What all tests share: one profile for property tests, a mocked network, and pauses that pass at once."""

from __future__ import annotations

import time
from typing import Any

import pytest
from airbyte_cdk.utils import airbyte_secrets_utils
from hypothesis import HealthCheck, settings

from unit_tests.support import NOW, STORE_URL

settings.register_profile(
    "quick", max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each test its own list of secrets to mask: the CDK keeps one per process."""
    monkeypatch.setattr(airbyte_secrets_utils, "__SECRETS_FROM_CONFIG", [])


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the pauses between attempts instead of waiting for them."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


@pytest.fixture
def api(requests_mock: Any, naps: list[float]) -> Any:
    """A mocked network on which the store's clock answers and nothing else does."""
    requests_mock.get(f"{STORE_URL}v2/time", json={"time": NOW})
    return requests_mock

"""`check` through the real process, by the rules of Airbyte's acceptance tests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.acceptance.staging import ROOT
from integration_tests.harness import CommandLine, config_for, messages
from sandbox import Options, Server, serve


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(Options(orders=30, products=30, customers=30)) as server:
        yield server


def test_a_good_config_succeeds(server: Server, tmp_path: Path) -> None:
    """One status and no error: the platform fails a check that prints both."""
    printed = _check(tmp_path, config_for(server))
    assert _kinds(printed) == {"CONNECTION_STATUS": 1}
    assert _status(printed)["status"] == "SUCCEEDED"


def test_a_refused_config_fails_with_one_status_and_one_error(server: Server, tmp_path: Path) -> None:
    """The status is what the user reads, the error what the platform sorts by; they say the same."""
    printed = _check(tmp_path, config_for(server, access_token="no-token-of-this-store"))
    assert _kinds(printed) == {"CONNECTION_STATUS": 1, "TRACE": 1}
    (error,) = [m["trace"]["error"] for m in printed if m["type"] == "TRACE"]
    assert (_status(printed)["status"], _status(printed)["message"]) == ("FAILED", error["message"])
    assert error["failure_type"] == "config_error"
    assert "stack_trace" not in error


def test_a_config_that_the_spec_refuses_fails_before_any_request(server: Server, tmp_path: Path) -> None:
    """Every fault of the file is reported at once, in one status."""
    config = json.loads((ROOT / "integration_tests/acceptance/invalid_config.json").read_text(encoding="utf-8"))
    server.log.clear()
    printed = _check(tmp_path, {**config, "api_url": server.api_url})
    assert _kinds(printed) == {"CONNECTION_STATUS": 1, "TRACE": 1}
    assert _status(printed)["status"] == "FAILED"
    for fault in ("The start date 'yesterday'", "The store hash 'https://example.com/my-store'"):
        assert fault in _status(printed)["message"]
    assert len(server.requests) == 0


def _check(folder: Path, config: dict[str, Any]) -> list[dict[str, Any]]:
    cli = CommandLine(folder)
    code, output = cli.run("check", "--config", cli.write("config.json", config))
    assert code == 0
    return list(messages(output.splitlines(keepends=True)))


def _kinds(printed: list[dict[str, Any]]) -> Counter[str]:
    return Counter(message["type"] for message in printed if message["type"] != "LOG")


def _status(printed: list[dict[str, Any]]) -> dict[str, Any]:
    (status,) = [m["connectionStatus"] for m in printed if m["type"] == "CONNECTION_STATUS"]
    assert isinstance(status, dict)
    return status

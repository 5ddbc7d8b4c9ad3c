"""The store as a process, and the check against OpenAPI files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from sandbox import Options, Store, contract
from sandbox.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_process_says_when_it_is_ready_and_leaves_quietly(tmp_path: Path, how: signal.Signals) -> None:
    """One line for people, a file for programs, and exit code 0."""
    ready = tmp_path / "ready.json"
    options = ["--orders", "60", "--quota", "2", "--store-hash", "abc", "--ready-file", str(ready), "--live-every", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            facts = json.loads(ready.read_text())
            assert facts["pid"] == process.pid
            assert facts["api_url"] in line
            url = f"{facts['api_url']}/stores/{facts['store_hash']}/v2/time"
            answers = [
                requests.get(url, headers={"X-Auth-Token": facts["access_token"]}, timeout=5).status_code
                for _ in range(3)
            ]
            assert answers == [200, 200, 429]
            process.send_signal(how)
            rest, complaints = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, rest, complaints) == (0, "", "")


def test_a_port_that_is_taken_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", lambda *_: None)
        assert main(["--orders", "10", "--host", "192.0.2.1"]) == 1
    assert "cannot start" in capsys.readouterr().err


def test_an_impossible_option_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback here either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", lambda *_: None)
        assert main(["--orders", "10", "--window-ms", "0"]) == 1
    assert "cannot start" in capsys.readouterr().err


def test_starting_with_a_hundred_thousand_orders_is_quick() -> None:
    """Bodies are made when they are first asked for."""
    started = time.perf_counter()
    store = Store(Options(orders=100_000))
    assert time.perf_counter() - started < 5
    assert len(store.orders) == 100_000


DOCUMENT = """
paths:
  /coupons:
    get:
      responses:
        '200':
          $ref: '#/components/responses/coupons'
components:
  responses:
    coupons:
      content:
        application/json:
          schema:
            type: array
            items:
              allOf:
                - type: object
                  required: [id]
                  properties:
                    id: {type: integer}
                    name: {type: string, nullable: true}
                    enabled: {type: TYPE}
"""


def test_the_contract_check_finds_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References are followed, `nullable` is understood, and a wrong type does not pass."""
    variant = contract.Variant("marketing.v2.yml", "/coupons", "v2/coupons")
    monkeypatch.setattr(contract, "_variants", lambda _: [variant])
    monkeypatch.setattr(contract, "_of_collections", lambda *_: [])
    file = tmp_path / "marketing.v2.yml"
    file.write_text(DOCUMENT.replace("TYPE", "boolean"))
    assert contract.main([str(tmp_path)]) == 0
    file.write_text(DOCUMENT.replace("TYPE", "string"))
    differences = contract.compare(tmp_path)
    assert len(differences) == 1
    assert "*/enabled" in differences[0]
    assert contract.main([str(tmp_path)]) == 1


def test_the_contract_check_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """And says how it is used."""
    assert contract.main([]) == 2
    assert "usage" in capsys.readouterr().err

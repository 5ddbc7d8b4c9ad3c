"""The store as a process, and the check against OpenAPI files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sandbox import Options, Store
from sandbox.__main__ import main
from sandbox.table import Table
from tools.contract import sandbox as contract

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
            responses = [
                requests.get(url, headers={"X-Auth-Token": facts["access_token"]}, timeout=5).status_code
                for _ in range(3)
            ]
            assert responses == [200, 200, 429]
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


@pytest.mark.parametrize("impossible", [["--window-ms", "0"], ["--heavy", "--seasonal"]])
def test_an_impossible_option_is_said_in_a_sentence(impossible: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback here either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", lambda *_: None)
        assert main(["--orders", "10", *impossible]) == 1
    assert "cannot start" in capsys.readouterr().err


def test_the_bodies_of_orders_are_made_when_they_are_first_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with a hundred thousand orders starts in a moment."""
    made: list[int] = []
    body = Table.body
    monkeypatch.setattr(Table, "body", lambda table, id_: made.append(id_) or body(table, id_))
    store = Store(Options(orders=3000, oddities=False))
    assert len(store.orders) == 3000
    assert len(made) < 30
    store.record("orders", store.ids("orders")[0])
    assert made


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
    monkeypatch.setattr(contract, "requests_to", lambda *_: [])
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

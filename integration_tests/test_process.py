"""The connector as a process that others start, stop and stop listening to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import CommandLine, catalog_of, config_for, messages, sync
from sandbox import Options, serve
from unit_tests.representatives import representatives


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A large sync under way: its first records have been printed."""
    with serve(Options(orders=30_000, products=10, customers=10)) as server:
        cli = CommandLine(tmp_path)
        catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["orders"]))
        process = cli.start(
            "read",
            "--config",
            cli.write("config.json", config_for(server)),
            "--catalog",
            cli.write("catalog.json", catalog),
            sample_size=10,
        )
        assert process.stdout
        while '"RECORD"' not in process.stdout.readline():
            pass
        yield process
        process.kill()
        process.wait()
        process.stdout.close()


def test_sigterm_ends_it_without_claiming_to_be_complete(process: subprocess.Popen[str]) -> None:
    """Orchestrators stop containers like this, and wait ten seconds at the most."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout
    output = process.stdout.read()
    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    printed = list(messages(output.splitlines(keepends=True)))
    assert not any("COMPLETE" in str(message.get("trace")) for message in printed if message["type"] == "TRACE")


@pytest.mark.exhaustive
def test_a_reader_that_goes_away_does_not_leave_it_hanging(process: subprocess.Popen[str]) -> None:
    """When the destination dies, nobody empties the queue any more, and its workers must not wait for that."""
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=20) == 1


LOCALES = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "no locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("locale", representatives(LOCALES, {"ascii"}))
def test_what_is_printed_is_utf_8_in_every_locale(locale: str, tmp_path: Path) -> None:
    """The protocol is UTF-8, and destinations cannot decode anything else."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    with serve(Options(orders=1, products=1, customers=60)) as server:
        cli = CommandLine(tmp_path)
        catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["customers"]))
        arguments = ["read", "--config", cli.write("config.json", config_for(server))]
        arguments += ["--catalog", cli.write("catalog-é.json", catalog)]
        start = ["main.py"] if locale == "latin-1" else ["-c", "from source_bigcommerce.run import run; run()"]
        done = subprocess.run(
            [sys.executable, *start, *arguments],
            cwd=Path(__file__).parents[1],
            env={**environment, **LOCALES[locale]},
            capture_output=True,
            timeout=120,
        )
        expected = sync(server, ["customers"]).records["customers"]
    found = [json.loads(line.decode("utf-8")) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert not json.dumps(expected, ensure_ascii=False).isascii(), "the store has names that distinguish encodings"
    assert [message["record"]["data"] for message in found if message["type"] == "RECORD"] == expected

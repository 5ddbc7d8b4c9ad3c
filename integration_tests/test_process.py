"""The connector as a process that others start, stop and stop listening to."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import CommandLine, catalog_of, config_for, messages
from sandbox import Options, serve


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
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


def test_sigterm_ends_it_without_claiming_to_be_complete(reading: subprocess.Popen[str]) -> None:
    """Orchestrators stop containers like this, and wait ten seconds at the most."""
    reading.send_signal(signal.SIGTERM)
    assert reading.stdout
    output = reading.stdout.read()
    assert reading.wait(timeout=10) == 128 + signal.SIGTERM
    printed = list(messages(output.splitlines(keepends=True)))
    assert not any("COMPLETE" in str(message.get("trace")) for message in printed if message["type"] == "TRACE")


def test_a_reader_that_goes_away_does_not_leave_it_hanging(reading: subprocess.Popen[str]) -> None:
    """When the destination dies, nobody empties the queue any more, and its workers must not wait for that."""
    assert reading.stdout
    reading.stdout.close()
    assert reading.wait(timeout=20) == 1

"""A container that is stopped: orchestrators do it at any time, and wait ten seconds at the most."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integration_tests.harness import catalog_of, config_for
from integration_tests.image.containers import Containers, sync_of
from integration_tests.image.contents import SITE
from sandbox import Options, serve

pytestmark = pytest.mark.exhaustive

ORDERS = 16_000  # two slices of a sync, so that a state comes in the middle
BY_SIGTERM = 143  # 137 would be SIGKILL, after ten seconds


def test_sigterm_in_the_middle_of_a_read_loses_nothing(containers: Containers, figure: Callable[[str], None]) -> None:
    """The last state printed is true: a second container goes on from it, and together they bring every order."""
    with serve(Options(orders=ORDERS, products=10, customers=10)) as server:
        config, catalog = config_for(server, num_workers=1), catalog_of(["orders"])
        container = containers.start(*containers.read_arguments(config, catalog))
        lines = []
        for line in container.output:
            lines.append(line)
            if '"type":"STATE"' in line:
                break
        at = time.monotonic()
        code, rest = container.stop()
        figure(f"Stop: {time.monotonic() - at:.1f} s from SIGTERM to the end of a container in the middle of a read")
        stopped = sync_of("".join([*lines, rest]))
        assert code == BY_SIGTERM
        assert "COMPLETE" not in stopped.statuses["orders"]
        assert 0 < len(stopped.latest("orders")) < ORDERS

        code, output = containers.run(*containers.read_arguments(config, catalog, stopped.state()))
        resumed = sync_of(output)
        assert code == 0, output[-3000:]
        lost = set(server.store.ids("orders")) - stopped.latest("orders").keys() - resumed.latest("orders").keys()
        assert not lost, f"{len(lost)} orders are in neither output, {min(lost)} the first."
        assert len(resumed.latest("orders")) < ORDERS


def test_sigterm_is_heard_before_the_connector_is_loaded(
    containers: Containers, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Loading takes seconds on a busy machine, and a first process without a handler cannot be stopped.

    The connector is replaced by one that is never loaded to its end.
    """
    package = tmp_path / "source_bigcommerce"
    package.mkdir(mode=0o755)
    for name, text in (("__init__.py", ""), ("run.py", "import time\nprint('loading', flush=True)\ntime.sleep(60)\n")):
        (package / name).write_text(text, encoding="utf-8")
    container = containers.start("spec", options=[f"--volume={package}:/{SITE}/source_bigcommerce:ro"])
    assert container.output.readline() == "loading\n"
    at = time.monotonic()
    assert container.stop() == (BY_SIGTERM, ""), "main.py must listen for SIGTERM before it imports anything else."
    figure(f"Stop: {time.monotonic() - at:.1f} s from SIGTERM to the end of a container that is still loading")

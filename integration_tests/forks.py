"""The connector's commands in forks of a process that has loaded the connector, which takes seconds.

From `run()` on, a fork is what Airbyte starts. Each process of tests has one fork server.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from source_bigcommerce.run import run

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["integration_tests.killing"])
ENDS_WITHIN = 120.0  # seconds; a command that takes longer hangs


def run_command(
    arguments: Sequence[str], output: Path, environment: Mapping[str, str], *, has_pauses: bool = True
) -> int:
    """The exit code of a command that writes to `output` all that it prints. Raises AssertionError if it hangs."""
    output.write_bytes(b"")
    process = FORKS.Process(target=_command, args=(list(arguments), str(output), dict(environment), has_pauses))
    process.start()
    process.join(ENDS_WITHIN)
    if hangs := process.is_alive():
        process.kill()
        process.join()
    code = process.exitcode
    process.close()
    assert not hangs, f"the command had not ended after {ENDS_WITHIN} seconds: {output.read_text(encoding='utf-8')}"
    assert code is not None
    return code


def redirect_output(output: int, errors: int) -> None:
    """Has this process print to these file descriptors."""
    os.dup2(output, 1)
    os.dup2(errors, 2)
    # Those of this process were opened for another file, and its position.
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # noqa: SIM115  # they are open to the end
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115  # so is this


def _command(arguments: list[str], output: str, environment: dict[str, str], has_pauses: bool) -> None:
    file = os.open(output, os.O_WRONLY | os.O_APPEND)
    redirect_output(file, file)
    os.environ.clear()
    os.environ.update(environment)
    if not has_pauses:
        time.sleep = lambda _: None
    sys.argv = ["source-bigcommerce", *arguments]
    run()

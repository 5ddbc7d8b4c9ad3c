"""The end of the process after an error."""

from __future__ import annotations

import errno
import os
import sys
import threading
from io import StringIO

import pytest
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.fatal_errors import exit_with_error, with_guidance


class Ended(BaseException):
    """In place of the end of the process."""


@pytest.fixture(autouse=True)
def _no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)


def test_what_was_in_a_buffer_that_could_not_grow_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python fills such a buffer with memory that was never written, and the destination would read it."""
    monkeypatch.setattr(PRINT_BUFFER, "buffer", StringIO("never written"))
    with pytest.raises(Ended, match="1"):
        exit_with_error(MemoryError())
    assert "never written" not in capfd.readouterr().out


def test_a_thread_that_cannot_be_started_is_reported_with_both_causes(capfd: pytest.CaptureFixture[str]) -> None:
    """A limit of threads and want of memory for a stack: Python has the same words for both."""
    before = threading.stack_size(1 << 46)  # no machine has room for such a stack
    try:
        with pytest.raises(RuntimeError) as refused:
            threading.Thread(target=print).start()
    finally:
        threading.stack_size(before)
    with pytest.raises(Ended, match="1"):
        exit_with_error(refused.value)
    reported = "".join(capfd.readouterr())
    assert "could not start another thread: memory ran out, or the limit of threads is reached." in reported
    assert "raise the limit (`ulimit -u`, or pids in a container)" in reported


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_with_its_remedy(number: int, capfd: pytest.CaptureFixture[str]) -> None:
    """It is no defect of the connector, so nothing is to be reported."""
    with pytest.raises(Ended, match="1"):
        exit_with_error(OSError(number, os.strerror(number)))
    printed = "".join(capfd.readouterr())
    assert f"The disk is full: {os.strerror(number)}. Free some space" in printed
    assert "Please report" not in printed


@pytest.mark.parametrize(
    "error", [MemoryError(), OSError(errno.ENOSPC, "full"), RuntimeError("can't start new thread")]
)
def test_an_exhausted_machine_is_a_system_error(error: Exception) -> None:
    """It is neither passing nor a matter of the settings."""
    explained = with_guidance(error)
    assert isinstance(explained, BigCommerceError)
    assert explained.failure_type is FailureType.system_error


def test_memory_that_ran_out_is_reported_with_its_remedy(capfd: pytest.CaptureFixture[str]) -> None:
    """The user can raise the limit or choose fewer workers."""
    with pytest.raises(Ended, match="1"):
        exit_with_error(MemoryError())
    printed = "".join(capfd.readouterr())
    assert "The connector ran out of memory. Give it 512 MB, or choose fewer parallel workers." in printed


def test_an_output_that_nobody_reads_ends_without_an_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """There is no one to report it to."""

    def hook(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(sys, "excepthook", hook)
    with pytest.raises(Ended, match="1"):
        exit_with_error(MemoryError())
    assert "".join(capfd.readouterr()) == ""

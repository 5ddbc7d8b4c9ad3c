"""How the process ends with an error."""

from __future__ import annotations

import os
import threading
from io import StringIO

import pytest
from airbyte_cdk.logger import PRINT_BUFFER

from source_bigcommerce.last_words import explain_and_exit


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
        explain_and_exit(MemoryError())
    assert "never written" not in capfd.readouterr().out


def test_a_thread_that_cannot_be_started_is_told_with_both_causes(capfd: pytest.CaptureFixture[str]) -> None:
    """A limit of threads and want of memory for a stack: Python has the same words for both."""
    before = threading.stack_size(1 << 46)  # no machine has room for such a stack
    try:
        with pytest.raises(RuntimeError) as refused:
            threading.Thread(target=print).start()
    finally:
        threading.stack_size(before)
    with pytest.raises(Ended, match="1"):
        explain_and_exit(refused.value)
    told = "".join(capfd.readouterr())
    assert "could not start another thread: memory ran out, or it has as many threads as it may." in told
    assert "raise the limit of threads" in told

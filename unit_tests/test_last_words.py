"""How the process ends with an error."""

from __future__ import annotations

import os
from io import StringIO

import pytest
from airbyte_cdk.logger import PRINT_BUFFER

from source_bigcommerce.last_words import explain_and_exit


class Ended(BaseException):
    """In place of the end of the process."""


def test_what_was_in_a_buffer_that_could_not_grow_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python fills such a buffer with memory that was never written, and the destination would read it."""

    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(PRINT_BUFFER, "buffer", StringIO("never written"))
    with pytest.raises(Ended, match="1"):
        explain_and_exit(MemoryError())
    assert "never written" not in capfd.readouterr().out

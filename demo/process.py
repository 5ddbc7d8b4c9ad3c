"""A Python module that runs as a process of its own and never stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from demo.paths import ROOT, TEMPORARY

_GRACE = 5.0


class Process:
    """A module in its own process group, whose errors go to a log. Use as a context manager."""

    def __init__(self, module: str, *arguments: str, log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        read_end, self._leash = os.pipe()
        try:
            with log.open("ab") as errors:
                self._popen = subprocess.Popen(  # noqa: S603 - this Python, and modules of this repository
                    [sys.executable, "-m", "demo.leash", str(read_end), module, *arguments],
                    cwd=ROOT,
                    env={**os.environ, "TMPDIR": str(TEMPORARY), "NO_PROXY": "127.0.0.1", **(environment or {})},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    pass_fds=(read_end,),
                    start_new_session=True,  # Ctrl-C reaches the demo alone, which ends its processes in order
                    encoding="utf-8",
                )
        finally:
            os.close(read_end)

    @property
    def stdin(self) -> IO[str]:
        """The input of the process."""
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def stdout(self) -> IO[str]:
        """The output of the process."""
        assert self._popen.stdout is not None
        return self._popen.stdout

    @property
    def is_running(self) -> bool:
        """True until the process has ended."""
        return self._popen.poll() is None

    def stop(self) -> None:
        """Terminates the process group, and kills the processes that remain."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(_GRACE)
        self._signal(signal.SIGKILL)
        self._popen.wait()
        os.close(self._leash)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # all gone; macOS says it the second way
            os.killpg(self._popen.pid, number)

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

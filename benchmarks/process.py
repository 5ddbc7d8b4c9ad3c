"""One process, what it printed, and what it cost."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from benchmarks.store import ROOT

_CHUNK = 1 << 20
_RECORD = (b'{"type":"RECORD"', b'{"type": "RECORD"')  # Airbyte's, and Singer's; at the beginning of a line
_STATE = (b'{"type":"STATE"', b'{"type": "STATE"')
_LAST_WORDS = 2000
_REASON = 150


@dataclass
class Output:
    """Protocol messages, counted as they are printed: records are too many to keep, unless `keep` says so."""

    records: int = 0
    states: list[dict[str, Any]] = field(default_factory=list)
    keep: bool = False
    text: bytes = b""
    _rest: bytes = b""

    def take(self, chunk: bytes) -> None:
        """Counts the whole lines so far; the last, unfinished one waits for the next chunk."""
        if self.keep:
            self.text += chunk
        lines, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        if not newline:
            return
        lines = b"\n" + lines
        self.records += sum(lines.count(b"\n" + record) for record in _RECORD)
        for state in _STATE:
            at = lines.find(b"\n" + state)
            while at >= 0:
                end = lines.find(b"\n", at + 1)
                self.states.append(json.loads(lines[at + 1 : end if end >= 0 else None]))
                at = lines.find(b"\n" + state, at + 1)


@dataclass(frozen=True)
class Cost:
    """The cost of a process: wall and CPU seconds of itself and its children, and the peak of its memory in MiB.

    `began` is the machine's time at its start.
    """

    began: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: Output
    failure: str = ""


def run(
    command: Sequence[str], env: Mapping[str, str] | None = None, *, limit: float = 900, keep: bool = False
) -> Cost:
    """Runs a command to its end, or for `limit` seconds; what went wrong is in `failure`.

    `keep` keeps everything that is printed.
    """
    output = Output(keep=keep)
    with tempfile.TemporaryFile() as errors:
        began, timed = time.time(), time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **(env or {})}, cwd=ROOT
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.send_signal(signal.SIGKILL)

        timer = threading.Timer(limit, stop)
        timer.start()
        try:
            assert process.stdout is not None
            tail = _read(process.stdout, output)
            # wait4 instead of wait: the kernel's own account of this process and the children it waited for.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()  # nobody would read what it prints
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - timed
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        failure = ""
        if late.is_set():
            failure = f"stopped after {limit:.0f} s"
        elif process.returncode:
            errors.seek(0)
            failure = f"exit code {process.returncode}: {_reason(errors.read(), tail)}"
    return Cost(began, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output, failure)


def _read(stream: IO[bytes], output: Output) -> bytes:
    """Counts everything that is printed; returns the end of it."""
    fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _CHUNK)  # fewer changes between the two processes
    tail = b""
    while chunk := os.read(stream.fileno(), _CHUNK):
        output.take(chunk)
        tail = (tail + chunk)[-_LAST_WORDS:]
    return tail


def _reason(errors: bytes, printed: bytes) -> str:
    """The last line on stderr, or else the end of what was printed."""
    lines = (errors.strip() or printed.strip()).decode("utf-8", "replace").splitlines()
    return lines[-1][-_REASON:] if lines else "no message"

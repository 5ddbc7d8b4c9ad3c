"""The local store as a process of its own, so that its CPU is not counted with a reader's."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[1]
_STARTUP = 60.0
_FEW = 50
"""The number of records of each kind that is not measured."""
KINDS = ("orders", "products", "customers")


@dataclass(frozen=True)
class ServedRequest:
    """One request as the store saw it: its path, its status, and the machine's time of its response."""

    path: str
    status: int
    at: float


@dataclass(frozen=True)
class Window:
    """When the quota's present window began, in the machine's time, and its length, in seconds."""

    began: float
    length: float

    def number(self, at: float) -> int:
        """Returns the number of windows between this one and a moment."""
        return max(0, int((at - self.began) // self.length))


class Store:
    """A running store. Use as a context manager."""

    def __init__(self, sizes: dict[str, int], *options: str) -> None:
        counts = [f"--{kind}={sizes.get(kind, _FEW)}" for kind in KINDS]
        self._command = [sys.executable, "-m", "sandbox", "--no-oddities", *counts, *options]
        self._facts: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def api_url(self) -> str:
        """The base URL of the API."""
        return str(self._facts["api_url"])

    @property
    def store_hash(self) -> str:
        """The hash in the store's URL."""
        return str(self._facts["store_hash"])

    @property
    def token(self) -> str:
        """The access token."""
        return str(self._facts["access_token"])

    def requests(self) -> list[ServedRequest]:
        """All requests since the start or the last `forget`, oldest first."""
        return [ServedRequest(path, status, at + took) for at, path, status, took in self._request("GET", "requests")]

    def window(self, length: float) -> Window:
        """Returns the quota's current window; `length` is the one that the store was started with."""
        left: int = self._request("GET", "stats")["quota"]["reset_ms"]
        return Window(time.time() - length + left / 1000, length)

    def forget(self) -> None:
        """Empties the list of requests."""
        self._request("POST", "reset")

    def change(self, kind: str, count: int) -> None:
        """Edits so many records of a kind, an hour later by the store's clock."""
        self._request("POST", "advance", {"seconds": 3600})
        self._request("POST", "edit", {"kind": kind, "edit": count})

    def _request(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection(self.api_url.removeprefix("http://"), timeout=60)
        try:
            connection.request(method, f"/_sandbox/{path}", json.dumps(body or {}))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def __enter__(self) -> Store:
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "ready.json"
            self._process = subprocess.Popen(
                [*self._command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL, cwd=ROOT
            )
            deadline = time.monotonic() + _STARTUP
            while not ready.exists():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__(None, None, None)
                    raise RuntimeError(f"the store did not start: {' '.join(self._command)}")
                time.sleep(0.01)
            self._facts = json.loads(ready.read_text(encoding="utf-8"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

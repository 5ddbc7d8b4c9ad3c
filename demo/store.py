"""The local store: started as a process, edited, and queried for its content."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import requests

from demo.failure import DemoFailed
from demo.paths import OUTPUT, STORE_LOG
from demo.process import Process

RECORDS = {"orders": 3000, "customers": 1000, "products": 800, "coupons": 120}

_STARTUP = 60.0
_TIMEOUT = 30.0

_CHANGED = ("edited", "created", "deleted", "edited_silently", "rows_changed")  # in the order of `Edits`

Record = dict[str, Any]


@dataclass(frozen=True)
class Edits:
    """The number of records of a kind to change. `silent` changes move no date: another text (`silent_edit`), or a
    nested record that is added, edited or removed (`silent_rows`)."""

    edit: int
    create: int
    delete: int
    silent_edit: int = 0
    silent_rows: int = 0


class Store:
    """A running store, from the outside."""

    def __init__(self, api_url: str, store_hash: str, access_token: str) -> None:
        self.api_url = api_url
        self.config = {
            "start_date": "2000-01-01",
            "client_id": "demo",
            "access_token": access_token,
            "store_hash": store_hash,
            "api_url": api_url,
            "reconcile": "every_sync",
        }
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no part in talking to this machine
        self._session.headers["X-Auth-Token"] = access_token

    def edit(self, kind: str, edits: Edits) -> None:
        """Changes, creates and deletes records chosen at random."""
        changed = self._request("POST", "/_sandbox/edit", json={"kind": kind, **asdict(edits)})
        done = Edits(*(len(changed.get(name, ())) for name in _CHANGED))
        if done != edits:
            raise DemoFailed(f"The store was to make {edits} of its {kind} and made {done}.", STORE_LOG)

    def requests(self) -> int:
        """Returns the number of API requests so far."""
        return int(self._request("GET", "/_sandbox/stats")["requests"])

    def records(self, kind: str) -> list[Record]:
        """Returns the current records of a kind with all that is nested in them."""
        return list(self._request("GET", "/_sandbox/records", params={"kind": kind}))

    def _request(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._session.request(method, f"{self.api_url}{path}", timeout=_TIMEOUT, **options)
            response.raise_for_status()
            return response.json()
        except requests.RequestException as error:
            raise DemoFailed(f"The local store did not respond to {method} {path}: {error}", STORE_LOG) from error


@contextmanager
def running_store() -> Iterator[Store]:
    """A store on a free port, for the length of a `with` block."""
    ready = OUTPUT / "store.json"
    size = [part for kind, count in RECORDS.items() for part in (f"--{kind}", str(count))]
    today = datetime.now(timezone.utc).date().isoformat()  # the data ends on the day before
    data = ("--seasonal", "--now", f"{today}T00:00:00Z", *size)
    with Process("sandbox", "--port", "0", "--ready-file", str(ready), *data, log=STORE_LOG) as process:
        facts = _facts(process, ready)
        yield Store(facts["api_url"], facts["store_hash"], facts["access_token"])


def _facts(process: Process, ready: Path) -> dict[str, str]:
    """Returns the facts that the store writes when it is ready."""
    deadline = time.monotonic() + _STARTUP
    while not ready.exists():
        if not process.is_running:
            raise DemoFailed("The local store ended while it was starting.", process.log)
        if time.monotonic() > deadline:
            raise DemoFailed(f"The local store was not ready within {_STARTUP:.0f} seconds.", process.log)
        time.sleep(0.05)
    facts = json.loads(ready.read_text(encoding="utf-8"))
    ready.unlink()
    return dict(facts)

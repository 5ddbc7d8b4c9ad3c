"""The local store: started as a process, edited, and queried for its content."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests

from demo.failure import DemoFailed
from demo.paths import OUTPUT, STORE_LOG
from demo.process import Process

RECORDS = {"orders": 3000, "customers": 1000, "products": 800, "coupons": 120}

_STARTUP = 60.0
_TIMEOUT = 30.0
_PAGE = 250
_LISTS = {
    "orders": "v2/orders",
    "customers": "v3/customers",
    "products": "v3/catalog/products",
    "coupons": "v2/coupons",
}

Modified = dict[int, datetime | None]
"""The time of the last change of each record, by id; None if the store does not report it."""


@dataclass(frozen=True)
class Edits:
    """The number of records of a kind to change."""

    edit: int
    create: int
    delete: int


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
        }
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no part in talking to this machine
        self._session.headers["X-Auth-Token"] = access_token

    def edit(self, kind: str, edits: Edits) -> None:
        """Changes, creates and deletes records chosen at random."""
        requested = {"kind": kind, "edit": edits.edit, "create": edits.create, "delete": edits.delete}
        changed = self._request("POST", "/_sandbox/edit", json=requested)
        done = Edits(*(len(changed[name]) for name in ("edited", "created", "deleted")))
        if done != edits:
            raise DemoFailed(f"The store was to make {edits} of its {kind} and made {done}.", STORE_LOG)

    def requests(self) -> int:
        """Returns the number of API requests so far."""
        return int(self._request("GET", "/_sandbox/stats")["requests"])

    def counts(self) -> dict[str, int]:
        """Returns the current number of records of each kind."""
        return dict(self._request("GET", "/_sandbox/stats")["records"])

    def modified(self, kind: str) -> Modified:
        """Returns the current records, read page by page without the connector."""
        found: Modified = {}
        page = 1
        while records := self._page(kind, page):
            found.update({int(record["id"]): _instant(record.get("date_modified")) for record in records})
            page += 1
        return found

    def _page(self, kind: str, page: int) -> list[dict[str, Any]]:
        path = f"/stores/{self.config['store_hash']}/{_LISTS[kind]}"
        body = self._request("GET", path, params={"limit": _PAGE, "page": page})
        return list(body["data"] if isinstance(body, dict) else body)

    def _request(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._session.request(method, f"{self.api_url}{path}", timeout=_TIMEOUT, **options)
            response.raise_for_status()
            return response.json() if response.content else []  # V2 returns 204 for an empty page
        except requests.RequestException as error:
            raise DemoFailed(f"The local store did not respond to {method} {path}: {error}", STORE_LOG) from error


def _instant(text: str | None) -> datetime | None:
    """V2 dates are RFC 2822, V3 dates ISO 8601."""
    if not text:
        return None
    if "," in text:
        return parsedate_to_datetime(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


@contextmanager
def running_store() -> Iterator[Store]:
    """A store on a free port, for the length of a `with` block."""
    ready = OUTPUT / "store.json"
    size = [part for kind, count in RECORDS.items() for part in (f"--{kind}", str(count))]
    with Process("sandbox", "--port", "0", "--ready-file", str(ready), *size, log=STORE_LOG) as process:
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

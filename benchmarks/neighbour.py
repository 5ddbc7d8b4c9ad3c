"""Another app of the same store, which uses its part of the quota unannounced."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from benchmarks.store import Store, Window

PATH = "v2/coupons"  # no reader that shares the store reads it, so the requests of this app can be distinguished
_AT_ONCE = 16


class Neighbour:
    """Makes so many requests in each window while the `with` block runs: at its start, or evenly over it."""

    def __init__(self, store: Store, window: Window, each_window: int, *, bursts: bool) -> None:
        self._store = store
        self._window = window
        self._pause = window.length if bursts else window.length / each_window
        self._together = each_window if bursts else 1
        self._done = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        number = self._number(time.time())  # of the turn under way: a whole number, so that no turn comes twice
        while not self._done.wait(self._window.began + number * self._pause - time.time()):
            for _ in range(self._together):
                self._pool.submit(self._request)
            number = max(number + 1, self._number(time.time()))  # what was missed is not made up for

    def _number(self, at: float) -> int:
        return int((at - self._window.began) // self._pause)

    def _request(self) -> None:
        connection = http.client.HTTPConnection(self._store.api_url.removeprefix("http://"), timeout=30)
        try:
            path = f"/stores/{self._store.store_hash}/{PATH}?limit=1"
            connection.request("GET", path, headers={"X-Auth-Token": self._store.token})
            connection.getresponse().read()
        finally:
            connection.close()

    def __enter__(self) -> Neighbour:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        self._pool.shutdown(cancel_futures=True)

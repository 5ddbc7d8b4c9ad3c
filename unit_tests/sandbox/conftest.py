"""Stores for requests: one that all tests without edits share, and fresh ones for tests that change something."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
import requests

from sandbox import Options, Server, Store, serve
from sandbox.app import Application

gc.set_threshold(100_000, 50, 100)  # stores are many small objects that all stay: looking for garbage is in vain


def joined(pages: list[list[int]]) -> list[int]:
    """The ids of several pages, in order."""
    return [id_ for page in pages for id_ in page]


class Client:
    """Asks a store, without any of the connector's code."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.store = server.store
        self._records: dict[str, list[dict[str, Any]]] = {}
        self._session = requests.Session()
        self._session.headers["X-Auth-Token"] = server.token

    def get(self, path: str, **options: Any) -> requests.Response:
        """One request to a path below the store."""
        return self._session.get(f"{self.server.url}/{path}", timeout=10, **options)

    def ids(self, path: str) -> list[int]:
        """The ids on one page, of either version."""
        response = self.get(path)
        if response.status_code == 204:
            return []
        assert response.status_code == 200, response.text
        body = response.json()
        return [row["id"] for row in (body if isinstance(body, list) else body["data"])]

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a kind, by id; made once, for stores that nobody changes."""
        if kind not in self._records:
            self._records[kind] = [self.store.record(kind, id_) for id_ in self.store.ids(kind)]
        return self._records[kind]

    def close(self) -> None:
        """Lets go of the connections."""
        self._session.close()


Open = Callable[..., Client]


class DirectResponse(NamedTuple):
    """The response of a store that listens on no port."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def ids(self) -> list[int]:
        """The ids on a page of either version."""
        if not self.body:
            return []
        rows = self.json if isinstance(self.json, list) else self.json["data"]
        return [row["id"] for row in rows]


class Direct:
    """A store called without a network: fast enough to open one for every API variant."""

    def __init__(self, **options: Any) -> None:
        sizes = {"orders": 300, "products": 120, "customers": 120, "coupons": 40, "seed": 5}
        self.options = Options(**{**sizes, **options})
        self.store = Store(self.options)
        self.app = Application(self.options, self.store)

    @property
    def root(self) -> str:
        """Where the paths begin."""
        return f"/stores/{self.options.store_hash}"

    def get(self, path: str, **headers: str) -> DirectResponse:
        """One request to a path below the store, its query as it is."""
        return asyncio.run(self.request(path, **headers))

    async def request(self, path: str, **headers: str) -> DirectResponse:
        """The same, for requests that overlap."""
        where, _, query = path.partition("?")
        sent: list[Any] = []
        given = {"x_auth_token": self.options.token, **headers}
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"{self.root}/{where}",
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        headers_back = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return DirectResponse(sent[0]["status"], headers_back, b"".join(one.get("body", b"") for one in sent[1:]))


class B2B(Direct):
    """B2B Edition of such a store; its paths are those below `/api/v3/io`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"orders": 60, "products": 40, "customers": 80, "coupons": 4, "b2b": True, **options})

    @property
    def root(self) -> str:
        """Where the paths begin."""
        return "/api/v3/io"

    async def request(self, path: str, **headers: str) -> DirectResponse:
        """One request, with the hash of the store unless another one is given."""
        return await super().request(path, **{"x_store_hash": self.options.store_hash, **headers})

    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        """The rows of one page of a list, in either form of the envelope."""
        response = self.get(path, **headers)
        assert response.status == 200, response.body
        data = response.json["data"]
        found: list[dict[str, Any]] = data["list"] if isinstance(data, dict) else data
        return found


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """A small store that tests only read."""
    with serve(Options(orders=900, products=320, customers=400, coupons=60, seed=11)) as server:
        found = Client(server)
        yield found
        found.close()


@pytest.fixture
def open_store() -> Iterator[Open]:
    """Opens stores that a test needs for itself: `open_store(orders=100, quota=5)`."""
    with ExitStack() as stack:

        def opened(**options: Any) -> Client:
            sizes = {"orders": 400, "products": 150, "customers": 150, "coupons": 40, "seed": 5}
            found = Client(stack.enter_context(serve(Options(**{**sizes, **options}))))
            stack.callback(found.close)
            return found

        yield opened

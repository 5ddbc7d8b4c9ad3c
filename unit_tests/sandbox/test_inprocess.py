"""The store without a socket responds as the one behind a port does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox import Options, serve
from sandbox.app import Application
from sandbox.faults import Fault
from sandbox.inprocess import InProcess
from sandbox.store import Store

OPTIONS = Options(orders=60, products=20, customers=20, coupons=5)
PATHS = (
    "v2/time",
    "v2/orders?limit=7",
    "v2/orders/101/products",
    "v3/customers?limit=3",
    "v2/orders/1",
    "v2/orders?x=1",
)


@pytest.fixture
def app() -> Application:
    return Application(OPTIONS, Store(OPTIONS))


@pytest.fixture
def session(app: Application) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://", InProcess(app))
        session.headers["X-Auth-Token"] = OPTIONS.token
        yield session


def url(path: str) -> str:
    return f"http://127.0.0.1:1/stores/{OPTIONS.store_hash}/{path}"


def test_responses_are_those_of_a_server(session: requests.Session) -> None:
    """Status, body and what the headers say."""
    with serve(OPTIONS) as server:
        for path in PATHS[1:]:
            expected = requests.get(f"{server.url}/{path}", headers={"X-Auth-Token": server.token}, timeout=5)
            response = session.get(url(path))
            assert (response.status_code, response.content) == (expected.status_code, expected.content), path
            assert response.headers["Content-Type"] == expected.headers["Content-Type"]
            assert set(response.headers) >= {"date", "x-rate-limit-requests-left"}


def test_any_number_of_threads_may_ask(session: requests.Session, app: Application) -> None:
    """The connector reads with several."""
    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(lambda path: session.get(url(path)).status_code, PATHS * 20))
    assert responses == [200, 200, 200, 200, 404, 400] * 20
    assert len(app.log.all()) == len(responses)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", requests.exceptions.ConnectionError), ("truncate", requests.exceptions.ChunkedEncodingError)],
)
def test_a_connection_can_be_broken_off(
    kind: str, error: type[Exception], session: requests.Session, app: Application
) -> None:
    """As a client sees it that has a real one."""
    app.faults.add(Fault("v2/orders", kind=kind))
    with pytest.raises(error):
        session.get(url("v2/orders"))
    assert session.get(url("v2/orders")).status_code == 200


def test_what_takes_time_needs_a_server(session: requests.Session, app: Application) -> None:
    """It is an error, not a response that came at once."""
    app.latency_ms = 10
    with pytest.raises(RuntimeError):
        session.get(url("v2/time"))

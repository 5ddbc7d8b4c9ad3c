"""The way to the store and back: no redirects, no proxy that reads along, and no response without end."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.sources.streams.call_rate import APIBudget

from sandbox import Options, Server, serve
from source_bigcommerce.api import transport
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.lists import page_size
from source_bigcommerce.streams.marketing import Coupons
from unit_tests.support import make_stream

COUPONS = 30
MB = 1024**2


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Options(coupons=COUPONS)) as server:
        yield server


@pytest.fixture
def coupons(server: Server, naps: list[float]) -> Any:
    """The stream of coupons of the server's store."""
    return make_stream(Coupons, api_url=server.api_url, store_hash=server.store_hash, access_token=server.token)


def read(stream: Any) -> list[dict[str, Any]]:
    (whole,) = stream.stream_slices(sync_mode=SyncMode.full_refresh)
    return list(stream.read_records(SyncMode.full_refresh, stream_slice=whole))


def failure_of(stream: Any) -> BigCommerceError:
    with pytest.raises(BigCommerceError) as failure:
        read(stream)
    return failure.value


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_body_without_end_is_given_up_and_requested_in_smaller_pages_only(
    server: Server, coupons: Any, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fill the memory of the machine; packed, a few kilobytes are enough for that."""
    monkeypatch.setattr(transport, "LARGEST_BODY", 2 * MB)
    monkeypatch.setattr(page_size, "LARGEST_BODY", MB)
    body = b"[" + b" " * (8 * MB) + b"]"
    headers = {"Content-Type": "application/json"}
    if packed:
        body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
        assert len(body) < MB
    server.fail("v2/coupons", times=100, status=200, body=body, headers=headers)
    error = failure_of(coupons)
    assert error.message == (
        "The response to the request for 'coupons' has more than 2 MB, which is not read. Please report this line."
    )
    assert error.failure_type is FailureType.system_error
    requested = [request.query for request in server.requests if request.path == "v2/coupons"]
    assert requested == ["limit=250", "limit=50", "limit=10", "limit=2"]


def test_a_body_as_large_as_is_allowed_is_read(server: Server, coupons: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound counts what is unpacked, and no list of a store reaches it."""
    body = json.dumps([{"id": 1, "name": "x" * MB}]).encode()
    monkeypatch.setattr(transport, "LARGEST_BODY", len(body))
    server.fail("v2/coupons", times=100, status=200, body=body)
    assert [record["id"] for record in read(coupons)] == [1]


def test_a_body_that_never_comes_to_its_end_is_requested_again_a_few_times(
    server: Server, coupons: Any, naps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte a minute would keep a worker for ever: a read timeout bounds each pause, and none is that long."""
    monkeypatch.setattr(transport, "LONGEST_RESPONSE", -1.0)
    coupons.store._started = coupons.store.config.start_date  # the clock is requested first, and would fail as well
    error = failure_of(coupons)
    assert error.failure_type is FailureType.transient_error
    assert error.message is not None
    assert "even the request for a page of 2 records fails again and again (ReadTimeout)" in error.message
    assert 2 <= len(server.requests) <= 25
    assert naps, "the requests do not follow each other at once"


WAYS = {
    "a body of a length": b"Content-Length: 1000\r\n\r\n",
    "a body in a large chunk": b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_body_that_trickles_is_given_up_in_time(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes well within the read timeout, and 10 KB of them would take days at one in a minute."""
    monkeypatch.setattr(transport, "LONGEST_RESPONSE", 0.2)
    sent = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(10_000)
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + WAYS[way])
                for number in range(1000):
                    connection.sendall(b" ")
                    sent.append(number)
                    time.sleep(0.01)

        threading.Thread(target=trickle, daemon=True).start()
        with pytest.raises(requests.exceptions.ReadTimeout, match="the response took longer"):
            session_without_quota().get(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=1)
        assert len(sent) < 1000, "the whole response was awaited"


def session_without_quota() -> transport.StoreSession:
    return transport.StoreSession(APIBudget(policies=[]))


def test_a_body_in_time_is_read(server: Server, coupons: Any) -> None:
    """The counterpart of the tests above: with the bounds as they are, the store is read."""
    assert len(read(coupons)) == COUPONS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_ends_the_sync_and_is_not_followed(server: Server, coupons: Any, status: int) -> None:
    """Requests would carry the token along to wherever it leads, here back to the same store."""
    server.fail("v2/coupons", kind="redirect", status=status, headers={"Location": f"{server.url}v2/orders"})
    assert "redirect" in str(failure_of(coupons).message)
    assert [request.path for request in server.requests] == ["v2/time", "v2/coupons"]


PROXY_VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
OF_TLS = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable that names a proxy or certificates."""
    for name in (*PROXY_VARIABLES, "NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def settings_for(url: str) -> dict[str, Any]:
    """The settings of a request that follow from the environment."""
    session = transport.StoreSession(None)
    merged = session.merge_environment_settings(url, {}, None, None, None)
    assert isinstance(session, requests.Session)
    return dict(merged)


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize("variable", PROXY_VARIABLES)
def test_only_a_store_behind_tls_is_reached_through_a_proxy(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS the proxy would read the token; with TLS it only passes on what it cannot read."""
    monkeypatch.setenv(variable, "http://proxy.example:3128")
    assert settings_for("http://127.0.0.1:8080/stores/abc123/v2/time")["proxies"] == {}
    proxies = settings_for("https://api.bigcommerce.com/stores/abc123/v2/time")["proxies"]
    found = requests.utils.select_proxy("https://api.bigcommerce.com/", proxies)
    assert found == ("http://proxy.example:3128" if variable in OF_TLS else None)


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize(
    ("environment", "verified"),
    [
        ({}, True),
        ({"CURL_CA_BUNDLE": ""}, True),
        ({"REQUESTS_CA_BUNDLE": ""}, True),
        ({"PYTHONHTTPSVERIFY": "0"}, True),
        ({"REQUESTS_CA_BUNDLE": "/roots.pem"}, "/roots.pem"),
        ({"CURL_CA_BUNDLE": "/roots.pem"}, "/roots.pem"),
    ],
    ids=str,
)
def test_the_environment_may_name_other_roots_but_not_turn_verification_off(
    environment: dict[str, str], verified: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Companies have certificates of their own; nobody has a reason to trust every host."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert settings_for("https://api.bigcommerce.com/stores/abc123/v2/time")["verify"] == verified

"""Access, quota and the headers of every response."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from threading import Thread

import pytest
import requests

from sandbox.quota import Quota
from unit_tests.sandbox.conftest import Client, Direct, DirectResponse, Open


@pytest.mark.parametrize("headers", [{}, {"X-Auth-Token": "wrong"}, {"X-Auth-Client": "sandbox-token"}])
def test_a_wrong_token_is_401(client: Client, headers: dict[str, str]) -> None:
    """In the shape of each version."""
    v2 = requests.get(f"{client.server.url}/v2/orders", headers=headers, timeout=5)
    v3 = requests.get(f"{client.server.url}/v3/customers", headers=headers, timeout=5)
    assert v2.status_code == v3.status_code == 401
    assert v2.json()[0]["status"] == 401
    assert v3.json()["status"] == 401


def test_an_unknown_store_is_refused(client: Client) -> None:
    """403 is what the documents say of a wrong store hash."""
    url = f"{client.server.api_url}/stores/another/v2/time"
    assert requests.get(url, headers={"X-Auth-Token": client.server.token}, timeout=5).status_code == 403


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("v2/orders", "store_v2_orders_read_only"),
        ("v2/orders/101/products", "store_v2_orders_read_only"),
        ("v2/orders/112/shipments", "store_v2_orders_read_only"),
        ("v2/orders/131/messages", "store_v2_orders_read_only"),
        ("v3/orders/135/transactions", "store_v2_transactions_read_only"),
        ("v3/orders/payment_actions/refunds", "store_v2_orders_read_only"),
        ("v3/orders/payment_actions/refunds", "store_v2_transactions_read_only"),
        ("v3/orders/134/payment_actions/refunds", "store_v2_transactions_read_only"),
        ("v3/customers", "store_v2_customers_read_only"),
        ("v3/customers/attribute-values", "store_v2_customers_read_only"),
        ("v3/catalog/products", "store_v2_products_read_only"),
        ("v3/catalog/variants", "store_v2_products_read_only"),
        ("v2/coupons", "store_v2_marketing_read_only"),
        ("v2/store", "store_v2_information_read_only"),
    ],
)
def test_every_endpoint_but_time_needs_its_scope(path: str, scope: str) -> None:
    """403 without it, a response with it alone; `v2/time` needs none."""
    without = Direct(scopes=frozenset())
    response = without.get(path)
    assert response.status == 403
    assert isinstance(response.json, list if path.startswith("v2") else dict)
    assert without.get("v2/time").status == 200
    assert Direct(scopes=frozenset({scope})).get(path).status == 200


def test_a_suspended_store_is_503() -> None:
    """With the sentence that a client can recognise."""
    store = Direct(suspended=True)
    for path in ("v2/time", "v3/customers"):
        response = store.get(path)
        assert response.status == 503
        assert b"The store is suspended" in response.body


def test_only_reading_is_implemented(client: Client) -> None:
    """405 for the rest; HEAD is GET without a body."""
    headers = {"X-Auth-Token": client.server.token}
    for method in ("POST", "PUT", "DELETE"):
        assert requests.request(method, f"{client.server.url}/v2/orders", headers=headers, timeout=5).status_code == 405
    head = requests.head(f"{client.server.url}/v2/orders", headers=headers, timeout=5)
    assert (head.status_code, head.content) == (200, b"")


def test_unknown_routes_are_404_in_the_shape_of_their_version(client: Client) -> None:
    """An array or an object."""
    assert client.get("v2/nothing").json()[0]["status"] == 404
    assert client.get("v3/nothing").json()["status"] == 404


def test_bodies_are_gzipped_when_the_client_asks(client: Client) -> None:
    """And only then."""
    zipped = client.get("v2/orders", headers={"Accept-Encoding": "gzip"})
    plain = client.get("v2/orders", headers={"Accept-Encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.json() == plain.json()


def test_time_and_date_header_are_the_stores_clock() -> None:
    """A client that trusts its own clock is found out by moving the store's."""
    store = Direct()
    store.store.clock.advance(90 * 86400)
    before = int(time.time())
    response = store.get("v2/time")
    assert before <= response.json["time"] - 90 * 86400 <= time.time() + 1
    assert abs(parsedate_to_datetime(response.headers["date"]).timestamp() - response.json["time"]) <= 1


def test_every_response_says_what_is_left_of_the_quota(client: Client) -> None:
    """Errors too; header names may be lower-case on the wire."""
    for path in ("v2/time", "v2/orders?x=1", "v3/customers?limit=0", "v2/orders?page=999"):
        headers = client.get(path).headers
        assert int(headers["X-Rate-Limit-Requests-Left"]) <= int(headers["X-Rate-Limit-Requests-Quota"])
        assert headers["X-Rate-Limit-Time-Window-Ms"] == "30000"
        assert 0 < int(headers["X-Rate-Limit-Time-Reset-Ms"]) <= 30000


def test_a_spent_quota_is_429_until_the_window_ends(open_store: Open) -> None:
    """And then the whole quota is there again."""
    client = open_store(quota=3, window_ms=300, orders=30)
    time.sleep(client.server.quota.reset_ms / 1000 + 0.01)
    assert [client.get("v2/time").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.get("v3/customers")
    assert refused.headers["X-Retry-After"] == "1"
    assert refused.headers["X-Rate-Limit-Requests-Left"] == "0"
    time.sleep(int(refused.headers["X-Rate-Limit-Time-Reset-Ms"]) / 1000 + 0.01)
    assert client.get("v2/time").status_code == 200
    assert client.server.quota.refused == 3


def test_a_429_may_come_without_headers() -> None:
    """As a platform under load does."""
    response = Direct(quota=0, headerless_429=True).get("v2/time")
    assert response.status == 429
    assert not [name for name in response.headers if "rate" in name.lower() or "retry" in name.lower()]


def test_other_apps_make_the_quota_shrink_and_grow() -> None:
    """Also in the middle of a window."""
    moments = iter((0.0, 0.0, 1.4, 1.6, 2.9, 3.1))
    quota = Quota(100, 1000, other_apps=0.4, clock=lambda: next(moments))
    assert [quota.limit for _ in range(5)] == [100, 100, 60, 60, 100]


def test_the_quota_counts_per_window() -> None:
    """On a clock of its own."""
    now = 10.0
    quota = Quota(2, 1000, clock=lambda: now)
    assert [quota.take() for _ in range(3)] == [True, True, False]
    assert (quota.left, quota.reset_ms) == (0, 1000)
    now = 10.75
    assert (quota.reset_ms, quota.retry_after()) == (250, {"x-retry-after": "1"})
    now = 11.0
    assert quota.take()
    assert quota.left == 1


@pytest.mark.parametrize(
    ("bounded", "path"),
    [("v3/customers", "v3/customers?limit=1"), ("v3/orders/*/transactions", "v3/orders/101/transactions")],
)
def test_an_endpoint_can_bound_concurrent_requests(bounded: str, path: str) -> None:
    """429 with quota to spare: not a reason to stop everything. A pattern bounds all orders together."""
    store = Direct(concurrency={bounded: 2}, orders=30)

    async def send() -> list[DirectResponse]:
        return await asyncio.gather(*(store.request(path) for _ in range(5)))

    responses = asyncio.run(send())
    assert [response.status for response in responses] == [200, 200, 429, 429, 429]
    assert all(int(response.headers["x-rate-limit-requests-left"]) > 0 for response in responses)
    assert store.get(path).status == 200


def test_concurrency_is_bounded_without_latency_too() -> None:
    """Requests take a moment there, or they would hardly ever meet."""
    store = Direct(concurrency={"v2/coupons": 1}, orders=30)

    async def send() -> tuple[int, int]:
        first = asyncio.create_task(store.request("v2/coupons"))
        await asyncio.sleep(0.002)
        second = await store.request("v2/coupons")
        return (await first).status, second.status

    assert asyncio.run(send()) == (200, 429)


def test_a_bound_for_an_endpoint_that_does_not_exist_is_refused() -> None:
    """It would bound nothing."""
    with pytest.raises(ValueError, match="no endpoint matches 'v3/customer'"):
        Direct(concurrency={"v3/customer": 1})
    assert Direct(concurrency={"v2/orders/*/products": 1}).get("v2/orders/101/products").status == 200


def test_responses_do_not_wait_for_the_network(client: Client) -> None:
    """Headers and body are two packets; the second one would wait 40 ms for the acknowledgement of the first."""
    assert client.server._socket is not None
    assert client.server._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_quota_counts_right_while_another_thread_looks_at_it() -> None:
    """A look that began before the end of a window must not empty the next one."""
    now = 0.0
    taking = Thread(target=lambda: quota.take())

    def clock() -> float:
        nonlocal now
        then = now
        if then == 0.5:
            now = 1.5
            taking.start()
            taking.join(0.1)  # this long, a request could be counted if nothing kept it from that
        return then

    quota = Quota(5, 1000, clock=clock)
    now = 0.5
    assert quota.left == 5
    taking.join()
    assert quota.left == 4


def test_latency_delays_every_response_but_not_one_another(open_store: Open) -> None:
    """Waiting is not work: requests overlap."""
    client = open_store(latency_ms=300)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: requests.get(f"{client.server.api_url}/stores/x/v2/time", timeout=30), range(6)))
    responses = client.server.requests
    assert len(responses) == 6
    assert all(response.took >= 0.3 for response in responses)
    assert any(one.at < other.at < one.at + one.took for one in responses for other in responses)


def test_the_log_holds_every_request(open_store: Open) -> None:
    """With counters by path and status."""
    client = open_store()
    client.get("v2/orders?limit=1")
    client.get("v2/orders/101/products")
    client.get("v2/orders/102/products")
    client.get("v2/nothing")
    entry = client.server.requests[0]
    assert (entry.method, entry.path, entry.query, entry.status) == ("GET", "v2/orders", "limit=1", 200)
    assert client.server.log.by_path()["v2/orders/*/products"] == 2
    assert client.server.log.by_status() == {200: 3, 404: 1}
    client.server.log.clear()
    assert client.server.requests == []
    requests.get(f"{client.server.api_url}/v2/time", timeout=5)
    assert [(entry.path, entry.status) for entry in client.server.requests] == [("/v2/time", 404)]


def test_a_request_is_in_the_log_when_its_response_arrives(client: Client) -> None:
    """A test looks at the log right after."""
    client.server.log.clear()
    for n in range(1, 101):
        client.get("v2/time")
        assert len(client.server.requests) == n

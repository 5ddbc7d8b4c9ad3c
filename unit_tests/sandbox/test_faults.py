"""Failures on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox import Options, serve
from sandbox.faults import holding, longer_than
from unit_tests.sandbox.conftest import Client, Open


@pytest.fixture(scope="module")
def spoilt() -> Iterator[Client]:
    """A store that may be spoilt."""
    with serve(Options(orders=120, products=40, customers=60, coupons=10, seed=5)) as server:
        found = Client(server)
        yield found
        found.close()


@pytest.fixture
def client(spoilt: Client) -> Iterator[Client]:
    """That store, without the failures and the log of the test before."""
    spoilt.server.log.clear()
    yield spoilt
    spoilt.server.clear_faults()


def test_the_nth_request_to_a_path_fails(client: Client) -> None:
    """Others do not, and do not count."""
    client.server.fail("v2/orders", nth=2, times=2, status=500)
    statuses = []
    for path in ("v2/orders", "v2/time", "v2/orders", "v2/orders/101/fees", "v2/orders", "v2/orders"):
        statuses.append(client.get(path).status_code)
    assert statuses == [200, 200, 500, 200, 500, 200]


def test_a_pattern_can_name_children_and_queries(client: Client) -> None:
    """`*` stands for an id; with a `?` the query is looked at."""
    client.server.fail("v2/orders/*/products", times=99, status=404)
    client.server.fail("v3/customers?*after=*", status=502)
    assert client.get("v2/orders/101/products").status_code == 404
    assert client.get("v2/orders/101/fees").status_code == 200
    assert client.get("v3/customers").status_code == 200
    end = client.get("v3/customers").json()["meta"]["cursor_pagination"]["end_cursor"]
    assert client.get(f"v3/customers?after={end}").status_code == 502


def test_a_status_carries_the_body_and_requested_headers(client: Client) -> None:
    """Or an error in the shape of the version, with the quota's headers or without."""
    client.server.fail("v2/orders", status=429, body=b'{"x":1}', headers={"X-Retry-After": "7"})
    client.server.fail("v3/customers", status=429, rate_headers=False)
    failed = client.get("v2/orders")
    assert (failed.status_code, failed.json(), failed.headers["X-Retry-After"]) == (429, {"x": 1}, "7")
    assert "X-Rate-Limit-Requests-Left" in failed.headers
    assert "Date" in failed.headers
    client.server.fail("v2/orders", headers={"X-Rate-Limit-Requests-Left": "0"})
    assert client.get("v2/orders").headers["X-Rate-Limit-Requests-Left"] == "0"
    unreported = client.get("v3/customers")
    assert unreported.json()["status"] == 429
    assert "X-Rate-Limit-Requests-Left" not in unreported.headers


def test_html_redirect_and_empty_bodies(client: Client) -> None:
    """As gateways and proxies do."""
    client.server.fail("v2/orders", kind="html")
    client.server.fail("v2/coupons", kind="redirect")
    client.server.fail("v2/time", kind="empty")
    client.server.fail("v3/customers", kind="redirect", headers={"Location": "https://a.example.com/"})
    page = client.get("v2/orders")
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (502, "text/html")
    away = client.get("v2/coupons", allow_redirects=False)
    assert (away.status_code, away.headers["location"].split("/")[2]) == (302, "elsewhere.example.com")
    assert client.get("v3/customers", allow_redirects=False).headers["location"] == "https://a.example.com/"
    empty = client.get("v2/time")
    assert (empty.status_code, empty.content) == (200, b"")


def test_a_reset_and_a_truncated_body_break_the_connection(client: Client) -> None:
    """And the next request is served."""
    client.server.fail("v2/orders", kind="reset")
    client.server.fail("v2/orders", nth=2, kind="truncate")
    with pytest.raises(requests.ConnectionError, match=r"reset|104"):
        client.get("v2/orders")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get("v2/orders")
    assert client.get("v2/orders").status_code == 200
    assert [entry.status for entry in client.server.requests] == [0, 200, 200]


def test_a_body_can_be_broken_off_by_a_reset(client: Client) -> None:
    """The headers have come, and half of the rest."""
    client.server.fail("v2/orders", kind="break")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get("v2/orders")
    assert client.server.requests[-1].status == 200


def test_a_compressed_body_can_be_cut(client: Client) -> None:
    """Its length is announced as if it were all, so only the compression shows it."""
    client.server.fail("v2/orders", kind="cut gzip")
    cut = client.get("v2/orders?limit=20")
    assert cut.headers["content-encoding"] == "gzip"
    with pytest.raises(ValueError, match=r"."):
        cut.json()
    assert len(client.get("v2/orders?limit=20").json()) == 20


def test_a_response_can_be_changed(client: Client) -> None:
    """By a function of the true body and the parameters; quota headers stay."""
    client.server.fail("v2/orders", kind="edit", edit=lambda body, parameters: [parameters["limit"], len(body)])
    client.server.fail("v2/coupons", kind="edit", edit=lambda *_: b"{half")
    changed = client.get("v2/orders?limit=3")
    assert changed.json() == ["3", 3]
    assert "X-Rate-Limit-Requests-Left" in changed.headers
    assert client.get("v2/coupons").text == "{half"
    assert len(client.get("v2/orders?limit=3").json()) == 3


def test_a_parameter_can_be_ignored(client: Client) -> None:
    """As if it had not been there."""
    client.server.fail("v2/orders", kind="deaf", ignored={"min_id"})
    ids = client.store.ids("orders")
    deaf = client.get(f"v2/orders?limit=2&min_id={ids[5]}").json()
    assert [row["id"] for row in deaf] == ids[:2]
    assert client.get(f"v2/orders?limit=2&min_id={ids[5]}").json()[0]["id"] >= ids[5]


def test_a_stall_outlasts_the_clients_patience(open_store: Open) -> None:
    """And does not hold up others, nor the end of the store; it is in the log at once."""
    client = open_store(orders=30)
    client.server.fail("v2/orders", kind="stall", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{client.server.url}/v2/orders", timeout=0.2)
    assert client.get("v2/time").status_code == 200
    assert [(entry.path, entry.status) for entry in client.server.requests] == [("v2/orders", 0), ("v2/time", 200)]
    thread = client.server._thread
    assert thread is not None
    client.server.stop()
    assert not thread.is_alive()


def test_failures_can_be_forgotten(client: Client) -> None:
    """All at once."""
    client.server.fail("*", times=1000)
    assert client.get("v2/time").status_code == 500
    client.server.clear_faults()
    assert client.get("v2/time").status_code == 200


def test_an_unknown_kind_of_failure_is_refused(client: Client) -> None:
    """A typo in a test must not pass for a store that never failed."""
    with pytest.raises(ValueError, match="kind must be one of"):
        client.server.fail("v2/orders", kind="explode")
    with pytest.raises(ValueError, match="needs the function edit"):
        client.server.fail("v2/orders", kind="edit")


def _control(client: Client, method: str, name: str, body: Any = None) -> Any:
    response = requests.request(method, f"{client.server.api_url}/_sandbox/{name}", data=json.dumps(body), timeout=5)
    return response.json() if response.ok else response.status_code


def test_another_process_can_control_the_store(client: Client) -> None:
    """Figures, records, edits and the clock, under `/_sandbox/`."""
    client.get("v2/time")
    before = _control(client, "GET", "stats")
    assert before["by_path"] == {"v2/time": 1}
    changed = _control(client, "POST", "edit", {"kind": "orders", "edit": 4, "create": 3, "delete": 2})
    assert [len(changed[name]) for name in ("edited", "created", "deleted")] == [4, 3, 2]
    assert client.store.touched("orders") == {id_ for name in ("edited", "created", "deleted") for id_ in changed[name]}
    for kind, known in (("orders", client.store.ids("orders")), ("refunds", client.store.ids("refunds"))):
        assert [record["id"] for record in _control(client, "GET", f"records?kind={kind}")] == known
    assert len(_control(client, "GET", "records?kind=channels")) == len(client.store.ids("channels"))
    assert _control(client, "GET", "records?kind=pets") == _control(client, "GET", "records") == 400
    assert _control(client, "POST", "edit", ["orders"]) == 400
    assert _control(client, "POST", "edit", {"kind": "pets"}) == 400
    later = _control(client, "POST", "advance", {"seconds": 3600})
    assert later["store_time"] - before["store_time"] >= 3600
    after = _control(client, "GET", "stats")
    assert after["records"]["orders"] == before["records"]["orders"] + 1
    assert after["requests"] == 1


def test_a_list_fails_whenever_it_would_hold_a_record_or_too_many(client: Client) -> None:
    """The function sees the true response, which comes where it has nothing against it."""
    client.server.fail("v2/orders", times=99, kind="when", when=holding(105))
    client.server.fail("v3/customers", times=99, kind="when", when=longer_than(20), status=504)
    paths = ("v2/orders?limit=4", "v2/orders?limit=5", "v2/orders?min_id=106", "v3/customers?limit=20", "v3/customers")
    assert [client.get(path).status_code for path in paths] == [200, 500, 200, 200, 504]
    assert [order["id"] for order in client.get("v2/orders?limit=4").json()] == [101, 102, 103, 104]

"""B2B Edition: who may ask, how often, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox import B2B_VARIANTS, Options, Server, serve
from sandbox.b2b.edition import ENDPOINTS
from sandbox.b2b.quota import B2BQuota
from sandbox.faults import holding, longer_than
from sandbox.inprocess import InProcess
from unit_tests.sandbox.conftest import B2B, Direct, DirectResponse

SMALL: dict[str, Any] = {"orders": 20, "products": 10, "customers": 20, "coupons": 2, "companies": 4}


def message(response: DirectResponse) -> str:
    return str(response.json["meta"]["message"])


@pytest.mark.parametrize("given", ["", "another"])
def test_a_missing_or_wrong_store_hash_is_a_server_error(given: str) -> None:
    """As is documented; the connector must consider it when it meets a 500."""
    assert B2B(**SMALL).get("companies", x_store_hash=given).status == 500
    other = B2B(**SMALL, b2b_variant=B2B_VARIANTS["a bad store hash is 401"])
    assert other.get("companies", x_store_hash=given).status == 401


def test_the_former_token_beside_the_hash_is_refused() -> None:
    """Documented as unexpected results: a test must see that a client sends both."""
    response = B2B(**SMALL).get("companies", authtoken="sandbox-token")
    assert response.status == 400
    assert "never both" in response.json["data"]["errMsg"]


def test_a_wrong_token_is_401() -> None:
    assert B2B(**SMALL).get("companies", x_auth_token="wrong").status == 401


def test_a_store_without_b2b_edition_is_refused() -> None:
    """403, or 404 under the variant; the core API goes on."""
    assert B2B(**SMALL, b2b_edition=False).get("companies").status == 403
    assert B2B(**SMALL, b2b_edition=False, b2b_variant=B2B_VARIANTS["no B2B Edition is 404"]).get("users").status == 404
    assert Direct(**SMALL, b2b=True, b2b_edition=False).get("v2/time").status == 200


def test_a_token_without_the_scope_is_403() -> None:
    response = B2B(**SMALL, b2b_scope=False).get("companies")
    assert response.status == 403
    assert "scope" in message(response)


def test_a_suspended_store_is_503() -> None:
    assert B2B(**SMALL, suspended=True).get("companies").status == 503


def test_errors_come_under_200_in_a_variant() -> None:
    """The code is in the body; server errors and 429 keep their status."""
    store = B2B(**SMALL, b2b_variant=B2B_VARIANTS["errors come with status 200"], b2b_quota=2)
    response = store.get("companies/1")
    assert (response.status, response.json["code"]) == (200, 404)
    assert store.get("companies", x_store_hash="another").status == 500
    assert [store.get("companies").status for _ in range(2)] == [200, 429]


def test_the_quota_is_its_own() -> None:
    """Requests to the store's API do not count, and the headers say what is left."""
    store = B2B(**SMALL, b2b_quota=3, b2b_window_ms=60_000)
    first = store.get("companies")
    assert first.headers["x-requests-allocated"] == "3 times/60 s"
    assert first.headers["x-requests-remaining"] == "2 times"
    assert first.headers["x-request-window-resets-after"] == "60 s"
    assert not [name for name in first.headers if name.startswith("x-rate-limit")]
    assert [store.get("users").status for _ in range(3)] == [200, 200, 429]
    assert store.app.b2b
    assert store.app.b2b.quota.refused == 1
    assert store.app.quota.refused == 0


@pytest.mark.parametrize(
    ("variant", "remaining"), [("rate limits are plain numbers", "2"), ("rate limits are not reported", None)]
)
def test_the_headers_of_the_quota_differ(variant: str, remaining: str | None) -> None:
    store = B2B(**SMALL, b2b_quota=3, b2b_variant=B2B_VARIANTS[variant])
    assert store.get("companies").headers.get("x-requests-remaining") == remaining


def test_the_window_ends() -> None:
    """On the clock that a simulation gives."""
    now = [0.0]
    quota = B2BQuota(1, 60_000, "units", clock=lambda: now[0])
    assert [quota.take(), quota.take()] == [True, False]
    now[0] = 45.0
    assert quota.headers()["x-request-window-resets-after"] == "15 s"
    now[0] = 60.0
    assert quota.take()


def test_hierarchies_have_a_smaller_quota() -> None:
    """15 a minute, documented; other lists go on."""
    store = B2B(**SMALL, hierarchy_quota=1)
    assert [store.get("companies/8001/hierarchy").status for _ in range(2)] == [200, 429]
    assert store.get("companies/8001/subsidiaries").status == 200


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(Options(**SMALL, b2b=True)) as found:
        yield found


def headers(server: Server) -> dict[str, str]:
    return {"X-Auth-Token": server.token, "X-Store-Hash": server.store_hash}


def test_each_port_serves_one_api(server: Server) -> None:
    """A client that takes one host for the other must fail."""
    sent = headers(server)
    own, other = server.b2b_api_url, server.api_url
    assert own != other
    assert requests.get(f"{own}/api/v3/io/companies", headers=sent, timeout=5).status_code == 200
    assert requests.get(f"{other}/api/v3/io/companies", headers=sent, timeout=5).status_code == 404
    assert requests.get(f"{own}/stores/{server.store_hash}/v2/time", headers=sent, timeout=5).status_code == 404
    assert requests.get(f"{server.url}/v2/time", headers=sent, timeout=5).status_code == 200


def test_only_reading_is_served(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE"):
        response = requests.request(
            method, f"{server.b2b_api_url}/api/v3/io/companies", headers=headers(server), timeout=5
        )
        assert response.status_code == 405
    assert requests.get(f"{server.b2b_api_url}/api/v3/io/nothing", headers=headers(server), timeout=5).json() == {
        "code": 404,
        "data": {},
        "meta": {"message": "This resource is not found."},
    }


def test_faults_meet_the_second_port(server: Server) -> None:
    """By the path as it is in the URL, and with an error in the form of B2B Edition."""
    url, sent = f"{server.b2b_api_url}/api/v3/io/ip/invoices", headers(server)
    server.fail("api/v3/io/ip/*", status=503)
    failed = requests.get(url, headers=sent, timeout=5)
    assert (failed.status_code, failed.json()["code"]) == (503, 503)
    assert "x-requests-remaining" in failed.headers
    server.fail("api/v3/io/ip/invoices", kind="reset")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, headers=sent, timeout=5)
    server.fail("api/v3/io/ip/invoices", kind="edit", edit=lambda body, _: {**body, "data": []})
    assert requests.get(url, headers=sent, timeout=5).json()["data"] == []
    server.fail("api/v3/io/ip/invoices?*limit=*", kind="deaf", ignored={"limit"})
    assert len(requests.get(f"{url}?limit=2", headers=sent, timeout=5).json()["data"]) > 2
    assert [entry.status for entry in server.requests if entry.path == "api/v3/io/ip/invoices"] == [503, 0, 200, 200]


def test_a_fault_can_depend_on_the_rows_of_a_page(server: Server) -> None:
    """Of either envelope, by the key that the rows have."""
    base, sent = f"{server.b2b_api_url}/api/v3/io", headers(server)
    server.fail("api/v3/io/rfq", times=9, kind="when", when=longer_than(1))
    server.fail("api/v3/io/companies", times=9, kind="when", when=holding(8001, field="companyId"))

    def status(path: str) -> int:
        return requests.get(f"{base}/{path}", headers=sent, timeout=5).status_code

    assert [status("rfq?limit=1"), status("rfq?limit=2")] == [200, 500]
    assert [status("companies?q=lakeside"), status("companies")] == [200, 500]
    server.clear_faults()


def test_a_process_of_its_own_is_controlled_as_ever(server: Server) -> None:
    """The control paths are on the first port, and know the kinds of B2B Edition."""
    control = f"{server.api_url}/_sandbox"
    stats = requests.get(f"{control}/stats", timeout=5).json()
    assert stats["b2b_quota"]["left"] > 0
    changed = requests.post(
        f"{control}/edit", json={"kind": "companies", "edit": 1, "silent_edit": 1}, timeout=5
    ).json()
    assert len(changed["edited"]) == len(changed["edited_silently"]) == 1
    held = requests.get(f"{control}/records?kind=companies", timeout=5).json()
    assert {row["companyId"] for row in held} == set(server.store.ids("companies"))
    assert requests.get(f"{server.b2b_api_url}/_sandbox/stats", timeout=5).status_code == 404


def test_without_the_option_there_is_no_b2b_edition() -> None:
    """Neither a port, nor a path, nor a collection, nor anything else in the store."""
    with serve(Options(**SMALL)) as server:
        with pytest.raises(RuntimeError):
            _ = server.b2b_api_url
        with pytest.raises(RuntimeError):
            _ = server.b2b_quota
        url = f"{server.api_url}/api/v3/io/companies"
        assert requests.get(url, headers=headers(server), timeout=5).status_code == 404
        assert "b2b_quota" not in requests.get(f"{server.api_url}/_sandbox/stats", timeout=5).json()
        assert "companies" not in server.store.collections


def test_the_core_api_is_the_same_with_the_option() -> None:
    """No record of the store is another one because B2B Edition is served."""
    small = {**SMALL, "orders": 40}
    without, with_it = Direct(**small), Direct(**small, b2b=True)
    for path in ("v2/orders?limit=250&min_id=105", "v3/customers?limit=250", "v3/channels", "v2/customer_groups"):
        assert without.get(path).body == with_it.get(path).body, path
    assert without.app.endpoints == with_it.app.endpoints


def test_the_adapter_without_a_network_reaches_both() -> None:
    """By the path: any host will do."""
    store = B2B(**SMALL)
    session = requests.Session()
    session.mount("https://", InProcess(store.app))
    sent = {"X-Auth-Token": store.options.token, "X-Store-Hash": store.options.store_hash}
    found = session.get("https://api-b2b.bigcommerce.com/api/v3/io/companies?limit=2", headers=sent)
    assert len(found.json()["data"]) == 2
    core = session.get(f"https://api.bigcommerce.com/stores/{store.options.store_hash}/v2/time", headers=sent)
    assert core.status_code == 200


def test_every_get_of_the_specification_is_served() -> None:
    """As many paths as docs/b2b-edition/specs/api-v3 has with GET."""
    assert len({one.path for one in ENDPOINTS}) == len(ENDPOINTS) == 57


def test_an_error_is_json_with_its_code() -> None:
    """In three forms, as the files of the specification have them."""
    store = B2B(**SMALL)
    assert json.loads(store.get("users/1").body) == {
        "code": 404,
        "data": {"errMsg": "User matching query does not exist."},
        "meta": {"message": "Not Found Error"},
    }
    assert store.get("channels/99").json == {"code": 404, "message": "Channel does not exist"}
    assert store.get("companies/1/hierarchy").json["errors"] == {"1": "Company does not exist."}
    assert store.get("companies?limit=ten").json["data"]["errMsg"] == {"limit": ["A valid integer is required."]}

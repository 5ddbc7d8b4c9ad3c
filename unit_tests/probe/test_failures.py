"""Faults, missing scopes, a full quota and an edited store end in a sentence, never in a wrong answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from sandbox import API_VARIANTS, READ_SCOPES, ApiVariant
from sandbox.faults import Fault
from sandbox.options import CUSTOMERS, INFORMATION, MARKETING, ORDERS, PRODUCTS, TRANSACTIONS
from sandbox.quota import Quota
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.probe import limits
from source_bigcommerce.probe.answer import FAILED, UNDECIDED
from source_bigcommerce.probe.limits import LONGEST_WAIT, MOST_REQUESTS
from unit_tests.probe.expected import right_answers
from unit_tests.probe.world import World, world

AWKWARD = API_VARIANTS["everything awkward"]
PATHS = (
    "v2/orders",
    "v2/orders/count",
    "v2/orders/*",
    "v2/coupons",
    "v3/customers",
    "v3/customers/addresses",
    "v3/catalog/products",
    "v3/catalog/products/*/variants",
    "v3/orders/*/transactions",
    "v3/orders/payment_actions/refunds",
)


@pytest.fixture(autouse=True)
def no_pauses(naps: list[float]) -> None:
    """Pauses between attempts pass at once."""


def assert_nothing_wrong(answers: dict[str, Any], variant: ApiVariant) -> None:
    expected = right_answers(variant)
    wrong = {key: (answers[key], expected[key]) for key in expected if answers[key] not in (UNDECIDED, expected[key])}
    assert wrong == {}


@cache
def undisturbed() -> dict[str, Any]:
    with world() as store:
        return store.probe()


@pytest.mark.parametrize("kind", ["status", "html", "empty", "truncate", "break", "reset"])
def test_passing_faults_change_no_answer(kind: str) -> None:
    """The request is repeated."""
    with world() as store:
        for path in PATHS:
            store.app.faults.add(Fault(path, kind=kind, nth=2, times=1))
        assert store.probe() == undisturbed()


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_passing_refusals_change_no_answer(status: int) -> None:
    """A refusal is an answer only if it is repeated."""
    with world() as store:
        for path in PATHS:
            store.app.faults.add(Fault(path, status=status, nth=2, times=1))
        assert store.probe() == undisturbed()


def faults_on_paths(faults: list[dict[str, Any]]) -> Iterator[Any]:
    """Each fault on each path, most of them in the exhaustive run only."""
    for fault in faults:
        for path in PATHS:
            is_quick = path in ("v2/orders", "v3/customers") and fault == faults[0]
            yield pytest.param(path, fault, marks=[] if is_quick else pytest.mark.exhaustive)


@pytest.mark.parametrize(
    ("path", "fault"), list(faults_on_paths([{"status": 500}, {"kind": "reset"}, {"kind": "html"}, {"kind": "empty"}]))
)
def test_a_lasting_fault_leaves_its_questions_undecided(path: str, fault: dict[str, Any]) -> None:
    """Others are still answered, within the same number of requests."""
    with world(api_variant=AWKWARD) as store:
        store.app.faults.add(Fault(path, times=10_000, **fault))
        answers = store.probe()
        assert_nothing_wrong(answers, AWKWARD)
        assert UNDECIDED in answers.values()
        assert list(answers.values()).count(UNDECIDED) < len(answers) - 10
        assert len(store.sent) <= MOST_REQUESTS
        assert store.errors
        assert all("BigCommerce" in str(error.message) for error in store.errors)


def test_an_odd_body_costs_its_questions_alone() -> None:
    """Numbers, text and lists where objects belong."""
    for body in (5, [1, 2], {"data": [{"id": "x"}], "meta": 7}, [{"id": None}]):
        with world() as store:
            store.app.faults.add(Fault("v3/customers", kind="edit", times=10_000, edit=lambda *_, body=body: body))
            store.app.faults.add(Fault("v2/orders", kind="edit", times=10_000, edit=lambda *_, body=body: body))
            answers = store.probe()
        assert answers["products_sorted_by_id"] is True
        assert answers["customers_cursor_with_filters"] == answers["orders_embedded_cap"] == UNDECIDED


@pytest.mark.parametrize("scope", [CUSTOMERS, INFORMATION, MARKETING, ORDERS, PRODUCTS, TRANSACTIONS])
def test_a_missing_scope_is_named(scope: str) -> None:
    """In the evidence of each question that needs it."""
    names = {
        CUSTOMERS: "Customers",
        INFORMATION: "Information & Settings",
        MARKETING: "Marketing",
        ORDERS: "Orders",
        PRODUCTS: "Products",
        TRANSACTIONS: "Order Transactions",
    }
    with world(api_variant=AWKWARD, scopes=READ_SCOPES - {scope}) as store:
        answers = store.probe()
        assert_nothing_wrong(answers, AWKWARD)
        named = f"needs the OAuth scope {names[scope]}"
        assert [answer for answer in store.found.values() if named in answer.evidence]


def test_a_firewall_is_not_taken_for_a_missing_scope() -> None:
    """The scope is named only if BigCommerce names it, or gives no other reason."""
    with world() as store:
        store.app.faults.add(Fault("v2/coupons", kind="html", status=403, times=10_000))
        assert store.probe()["coupons_min_id_inclusive"] == UNDECIDED
        evidence = store.evidence("coupons_min_id_inclusive")
        assert evidence == "access is refused, by the plan, a setting or a firewall"


def test_without_any_scope_nothing_is_wrong() -> None:
    """What needs no scope is answered."""
    with world(scopes=frozenset()) as store:
        answers = store.probe()
        assert_nothing_wrong(answers, ApiVariant())
        assert answers["catalog_refusal_format"] == "json"
        assert answers["orders_sort_id"] == answers["products_sorted_by_id"] == UNDECIDED


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"token": "another"}, "The access token was refused"),
        ({"store_hash": "another"}, "No store was found"),
        ({"suspended": True}, "The store is suspended"),
    ],
)
def test_a_store_that_cannot_be_asked_is_an_error(options: dict[str, Any], message: str) -> None:
    """There is no report about nothing."""
    with world(**options) as store:
        config = {**store.config, "access_token": "sandbox-token", "store_hash": "sandbox"}
        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(World, "config", config)
            with pytest.raises(BigCommerceError, match=message):
                store.probe()


def test_a_token_that_is_revoked_meanwhile_ends_the_probe() -> None:
    """No further request is sent, and what was found out stays."""
    with world() as store:
        store.app.faults.add(Fault("v3/*", status=401, times=10_000))
        store.app.faults.add(Fault("v2/time", status=401, nth=2, times=10_000))
        answers = store.probe()
        assert answers["orders_list_contains_incomplete"] == UNDECIDED  # asked after the first question about V3
        assert answers["v2_min_id_inclusive"] is True
        assert store.evidence("limit_above_maximum") == FAILED  # the lists were not asked one after the other
        assert_nothing_wrong(answers, ApiVariant())
        assert len(store.sent) < 60


def test_the_reserve_of_the_quota_is_kept() -> None:
    """With a small quota the probe waits for the next window, and takes nothing of the reserve."""
    with world() as store:
        quota = store.app.quota = Quota(60, 30_000, clock=store.clock)
        lowest: list[int] = []

        def look(request: requests.PreparedRequest) -> None:
            lowest.append(quota.left)

        store.before = look
        answers = store.probe()
        assert quota.refused == 0
        assert min(lowest) > 6  # before a request; the reserve is a tenth
        assert answers["orders_sort_id"] is True
        assert_nothing_wrong(answers, ApiVariant())
        assert 30 < store.clock.now < LONGEST_WAIT


def test_a_quota_that_stays_full_ends_the_probe() -> None:
    """With the reason, after a bounded wait."""
    with world() as store:
        store.app.faults.add(
            Fault(
                "v[23]/[oc]*",
                status=429,
                times=10_000,
                headers={"x-rate-limit-time-reset-ms": "60000", "x-retry-after": "60"},
            )
        )
        answers = store.probe()
        assert_nothing_wrong(answers, ApiVariant())
        assert answers["v2_min_id_inclusive"] == answers["customers_cursor"] == UNDECIDED
        assert any("rate limit is used up" in str(error.message) for error in store.errors)
        assert store.clock.now <= LONGEST_WAIT + 60


def test_the_number_of_requests_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, and however often it is repeated: what was not asked says why."""
    monkeypatch.setattr(limits, "MOST_REQUESTS", 60)
    with world() as store:
        store.app.faults.add(Fault("v3/catalog/*", status=503, times=10_000))
        answers = store.probe()
        assert len(store.sent) == 60
        assert answers["v2_min_id_inclusive"] is True
        assert answers["messages_filters_mean"] == UNDECIDED
        for key in ("messages_filters_mean", "v2_page_beyond_end"):
            assert store.evidence(key) == "the probe's 60 requests were used up before"
        assert_nothing_wrong(answers, ApiVariant())


def test_a_filter_without_effect_is_not_taken_for_an_inclusive_one() -> None:
    """Both show the record on the bound; only one hides those beyond it."""
    variant = ApiVariant(date_filter_ignored=True, v2_dates_inclusive=False, v3_dates_inclusive=False)
    with world(api_variant=variant) as store:
        answers = store.probe()
        assert answers["v2_date_filter_applied"] is answers["v3_date_filter_applied"] is False
        assert answers["v2_min_date_modified_inclusive"] == answers["v3_date_max_inclusive"] == UNDECIDED
        assert "not applied" in store.evidence("v2_min_date_modified_inclusive")


def test_a_record_that_changes_between_two_requests_decides_nothing() -> None:
    """Its new date would pass the filter that hid it, and an exclusive bound would look like an inclusive one."""
    with world(api_variant=ApiVariant(v2_dates_inclusive=False)) as store:
        edited: list[int] = []

        def edit_at_the_bound(request: requests.PreparedRequest) -> None:
            query = dict(parse_qsl(urlsplit(request.url or "").query))
            if "min_date_modified" in query and "min_id" in query and not edited:
                id_ = int(query["min_id"]) + 1
                if parse_timestamp(query["min_date_modified"]).timestamp() == store.store.dates("orders")[id_]:
                    store.store.edit("orders", id_, staff_notes="seen")
                    edited.append(id_)

        store.before = edit_at_the_bound
        answers = store.probe()
        assert edited
        assert answers["v2_min_date_modified_inclusive"] is False  # decided by another record


@pytest.mark.parametrize("variant", [ApiVariant(), AWKWARD], ids=["likeliest", "awkward"])
def test_a_store_that_is_edited_at_every_request_gets_no_wrong_answer(variant: ApiVariant) -> None:
    """Records change, appear and vanish between the requests that are compared."""
    with world(api_variant=variant, live_every=1) as store:
        answers = store.probe()
        assert_nothing_wrong(answers, variant)
        assert answers["products_id_greater"] is True

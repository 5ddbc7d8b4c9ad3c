"""The probe names every API variant of the sandbox that a GET can settle."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sandbox import API_VARIANTS, ApiVariant
from sandbox.variants import allowed_values
from source_bigcommerce.probe.answer import UNDECIDED
from source_bigcommerce.probe.limits import MOST_REQUESTS
from source_bigcommerce.probe.questions import QUESTIONS
from unit_tests.probe.expected import BY_DATES, BY_SWITCH, ONLY_BY_EDITS, right_answers
from unit_tests.probe.test_docs import documented
from unit_tests.probe.world import probe_of, world

SWITCHES = [field.name for field in dataclasses.fields(ApiVariant)]
LIKELIEST = ApiVariant()
# The sandbox has no product with more custom fields than this, so it cannot be seen whether more would be shown.
LONGEST_CUSTOM_FIELDS = 200
SINGLE = [
    (switch, value)
    for switch, values in allowed_values().items()
    for value in (values or (None, 10, 50, 250))
    if switch not in ONLY_BY_EDITS
]


def test_every_switch_is_a_question_or_beyond_a_get() -> None:
    """A new switch of the sandbox is a question for the probe too."""
    assert sorted([*BY_SWITCH, *BY_DATES, *ONLY_BY_EDITS]) == sorted(SWITCHES)
    keys = [question.key for question in QUESTIONS]
    assert len(set(keys)) == len(keys)
    assert set(right_answers(LIKELIEST)) == set(keys)


def test_the_keys_that_reports_promise_are_asked() -> None:
    """Reports are compared by these."""
    promised = """
        v2_min_date_modified_inclusive v2_max_date_modified_inclusive v2_min_id_inclusive orders_list_contains_archived
        orders_list_contains_incomplete orders_is_deleted_filter orders_sort_id orders_include_line_items
        orders_embedded_cap orders_fees_shape orders_items_total_counts v3_date_min_inclusive v3_encoded_colons_filter
        customers_cursor_with_filters customers_embedded_cap products_sorted_by_id products_id_greater
        products_embedded_cap page_size_honoured v2_page_beyond_end transactions_paging variant_edit_moves_product_date
        rate_limit_headers
    """
    assert set(promised.split()) <= {question.key for question in QUESTIONS}


@pytest.mark.parametrize("name", API_VARIANTS)
def test_every_variant_is_named_rightly(name: str) -> None:
    """Alone, and all the awkward ones at once: what differs from the likeliest is found, and nothing is wrong."""
    variant = API_VARIANTS[name]
    moved = {switch for switch in SWITCHES if getattr(variant, switch) != getattr(LIKELIEST, switch)}
    _assert_right(variant, moved or set(SWITCHES))


@pytest.mark.parametrize(("switch", "value"), SINGLE, ids=[f"{switch}={value}" for switch, value in SINGLE])
@pytest.mark.exhaustive
def test_every_value_of_a_switch_is_named_rightly(switch: str, value: Any) -> None:
    """Those that no named variant has, too."""
    _assert_right(dataclasses.replace(LIKELIEST, **{switch: value}), {switch})


def test_the_probe_sends_gets_and_no_more_than_it_promises() -> None:
    """Also where the most requests are needed."""
    for name in ("likeliest", "everything awkward"):
        with world(api_variant=API_VARIANTS[name]) as store:
            store.probe()
        assert {request.method for request in store.sent} == {"GET"}
        assert not any(request.body for request in store.sent)
        assert 50 < len(store.sent) < MOST_REQUESTS


EMPTY = {"orders": 0, "products": 0, "customers": 0, "coupons": 0}


@pytest.mark.parametrize("options", [EMPTY, {"oddities": False}], ids=["empty", "everyday"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name, marks=[] if name in ("everything awkward", "V2 ignores the limit") else pytest.mark.exhaustive
        )
        for name in API_VARIANTS
    ],
)
def test_data_that_do_not_decide_lead_to_no_wrong_answer(name: str, options: dict[str, Any]) -> None:
    """An empty store, and one with everyday records only: the requests suffice for all questions."""
    with world(api_variant=API_VARIANTS[name], **options) as store:
        answers = store.probe()
    assert _wrong(answers, right_answers(API_VARIANTS[name])) == {}
    assert len(store.sent) < MOST_REQUESTS
    assert not [answer for answer in store.found.values() if "used up" in answer.evidence]


def test_an_empty_store_decides_hardly_anything() -> None:
    """Each undecided answer says what is needed."""
    with world(**EMPTY) as store:
        answers = store.probe()
    assert answers["orders_sort_id"] == answers["products_embedded_cap"] == answers["v2_min_id_inclusive"] == UNDECIDED
    assert store.evidence("orders_sort_id") == "needs three orders"
    undecided = [answer.evidence for answer in store.found.values() if answer.value == UNDECIDED]
    assert len(undecided) > 50
    assert all(undecided)


@pytest.mark.parametrize("seed", [2, 3])
def test_another_store_is_named_rightly(seed: int) -> None:
    """Nothing depends on the data of one store."""
    for name in ("likeliest", "everything awkward"):
        answers = probe_of(API_VARIANTS[name], orders=700, products=120, customers=120, seed=seed)
        assert _wrong(answers, right_answers(API_VARIANTS[name])) == {}
        assert list(answers.values()).count(UNDECIDED) < 25


def _assert_right(variant: ApiVariant, moved: set[str]) -> None:
    with world(api_variant=variant) as store:
        answers = store.probe()
    assert _wrong(answers, right_answers(variant)) == {}
    # A defect of a question must not pass for a store that cannot decide it.
    assert not [answer for answer in store.found.values() if "unexpected form" in answer.evidence]
    fewest, most = documented(r"the sandbox store receives (\d+) to (\d+)")
    assert fewest <= len(store.sent) <= most
    owed = {key for switch in moved for key in BY_SWITCH.get(switch, {})}
    undecided = {key for key in owed if answers[key] == UNDECIDED} - _undecidable(variant)
    assert undecided == set()
    if not (variant.customers_cursor_absent or variant.date_filter_ignored):
        assert answers["customers_cursor_with_filters"] is True


def _wrong(answers: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        key: (answers[key], value)
        for key, value in expected.items()
        if answers[key] != UNDECIDED and (type(answers[key]), answers[key]) != (type(value), value)
    }


def _undecidable(variant: ApiVariant) -> set[str]:
    """The questions that this store cannot decide, with the reason."""
    found = set()
    if (variant.include_cap_custom_fields or 251) > LONGEST_CUSTOM_FIELDS:
        found.add("products_custom_fields_cap")
    if (variant.include_cap_attributes or 51) >= 50:  # a customer has at most 50
        found.add("customers_attributes_cap")
    if (variant.include_cap_addresses or 251) > 260:
        found.add("customers_embedded_cap")
    if (variant.product_page_shrinks or 250) >= 250:  # all products fit on a page
        found |= {"products_page_size_with_include", "products_page_size_with_variants"}
    if not variant.limit_ignored_v2:  # some lists are shorter than a page
        found |= {"page_size_honoured", "page_size_honoured_coupons"}
    if variant.unknown_store_status == 401:  # the status of a request without a token
        found.add("unknown_store_status")
    return found

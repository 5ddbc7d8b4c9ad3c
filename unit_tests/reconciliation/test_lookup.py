"""Requests for entries by their ids: what is found, and responses that prove nothing."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.pagination import Params
from source_bigcommerce.lists.lookup import find_by_ids
from unit_tests.support import v3

ENDPOINT = "v3/customers"
WITNESS = 5


class List:
    """A list of entries, in place of a client. It serves `largest` entries at most, in pages of `shrinks_to`."""

    def __init__(self, present: set[int], largest: int = 1_000, shrinks_to: int = 1_000) -> None:
        self.present = present
        self.requests: list[Params] = []
        self.ignores_filter = False
        self._largest = largest
        self._shrinks_to = shrinks_to

    def fetch_list(self, endpoint: str, params: Params) -> Any:
        assert endpoint == ENDPOINT
        self.requests.append(params)
        wanted = {int(id_) for id_ in str(params["id:in"]).split(",")}
        if len(wanted) > self._largest:
            raise PageTooHeavy("Too heavy.", FailureType.transient_error, "413")
        found = sorted(self.present if self.ignores_filter else self.present & wanted)
        size = min(int(params["limit"]), self._shrinks_to)
        start = (int(params["page"]) - 1) * size
        rows = [{"id": id_} for id_ in found[start : start + size]]
        return v3(rows, total=len(found), per_page=size, current_page=params["page"])


def find(one: Any, *keys: int) -> list[int]:
    return [entry["id"] for entry in find_by_ids(one, ENDPOINT, {"include": "addresses"}, keys, WITNESS)]


@given(
    st.sets(st.integers(1, 200)),
    st.lists(st.integers(1, 200), unique=True),
    st.integers(2, 60),
    st.sampled_from([1, 10, 50, 1_000]),
)
def test_exactly_the_existing_entries_are_found(present: set[int], keys: list[int], largest: int, size: int) -> None:
    """However many a response may contain."""
    one = List(present | {WITNESS}, largest, size)
    found = find(one, *keys)
    assert sorted(found) == sorted((present | {WITNESS}) & set(keys))
    assert all(params["include"] == "addresses" for params in one.requests)


def test_the_length_of_a_request_is_bounded() -> None:
    one = List(set(range(1, 301)))
    assert len(find(one, *range(1, 301))) == 300
    assert max(str(params["id:in"]).count(",") + 1 for params in one.requests) <= 50
    assert len(one.requests) <= 14


def test_a_response_without_the_witness_proves_nothing() -> None:
    """It may be the empty response of a failing store."""
    with pytest.raises(BigCommerceError, match="does not return the record 5") as raised:
        find(List({1, 2}), 1, 3)
    assert raised.value.failure_type is FailureType.transient_error


def test_a_response_with_other_entries_proves_nothing() -> None:
    """The filter was ignored: the entries may be on another page."""
    one = List(set(range(1, 300)))
    one.ignores_filter = True
    with pytest.raises(BigCommerceError, match="ignores the filter id:in"):
        find(one, 280)


def test_a_witness_that_is_requested_itself_is_found() -> None:
    assert find(List({WITNESS}), WITNESS, 7) == [WITNESS]


def test_a_single_entry_that_is_too_heavy_is_an_error() -> None:
    with pytest.raises(PageTooHeavy):
        find(List({1, 2, WITNESS}, largest=1), 1, 2)

"""The cases that a quick run leaves out, and those that it must not."""

from __future__ import annotations

import pytest

from source_bigcommerce.api.scopes import Scope
from tools.streams import streams
from unit_tests.representatives import ONE_OF_EACH_KIND, in_turn, representatives


def test_a_quick_run_reads_a_list_of_every_kind_of_pagination() -> None:
    """A new kind needs a representative, except of B2B Edition, whose streams a quick run reads all."""
    found = [stream for stream in streams() if stream.scope is not Scope.B2B_EDITION]
    chosen = [stream for stream in found if stream.name in ONE_OF_EACH_KIND.values()]
    assert len(chosen) == len(ONE_OF_EACH_KIND)
    kinds = {type(stream.listing.pagination) for stream in found}
    assert {type(stream.listing.pagination) for stream in chosen} == kinds


def test_cases_that_are_not_chosen_are_exhaustive() -> None:
    """They run in `make test-all`."""
    one, two = representatives(["a", "b"], {"b"})
    assert [mark.name for mark in one.marks] == ["exhaustive"]
    assert (one.values, two) == (("a",), "b")
    assert representatives([(1, 2)], {(3)}, key=sum) == [(1, 2)]


def test_every_value_of_a_pair_is_in_a_quick_run() -> None:
    """Such as each variant of the API, with one worker or with eight."""
    assert [case for case in in_turn("abc", (8, 1)) if type(case) is tuple] == [("a", 8), ("b", 1), ("c", 8)]
    assert len(in_turn("abc", (8, 1))) == 6


def test_a_choice_that_is_no_case_is_refused() -> None:
    """A renamed stream would silently leave the quick run."""
    with pytest.raises(ValueError, match="order"):
        representatives(["orders"], {"order"})

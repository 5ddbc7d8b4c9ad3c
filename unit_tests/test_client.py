"""Paths that are built of what the store says."""

from __future__ import annotations

from typing import Any

import pytest

from source_bigcommerce.api.client import path_for_parent
from source_bigcommerce.api.errors import BigCommerceError

ENDPOINT = "v2/orders/{id}/products"


@pytest.mark.parametrize("key", [1, 0, 2**63, "12", "a-b_C3", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_a_number_or_a_plain_word_is_the_key_of_a_path(key: Any) -> None:
    """Numbers are what most records are named by, and some are named by words."""
    assert path_for_parent(ENDPOINT, key) == f"v2/orders/{key}/products"


@pytest.mark.parametrize(
    "key",
    [
        "../x",
        "..",
        ".",
        "1/2",
        "1?x",
        "1#x",
        "1%2f2",
        "%2e%2e",
        "\\..\\",
        "1 ",
        "1\n",
        "1\r\nHost: x",
        "",
        "\ud800",
        "\u0661",
        "{id}",
        True,
        1.5,
        None,
        [1],
        {"id": 1},
        b"1",
    ],
    ids=ascii,
)
def test_no_other_key_gets_into_a_path(key: Any) -> None:
    """It could lead to another address, and what is there would be taken for this record's."""
    with pytest.raises(BigCommerceError, match=r"an invalid key .* requested at v2/orders/\{id\}/products"):
        path_for_parent(ENDPOINT, key)


def test_a_long_key_is_reported_in_few_words() -> None:
    """A sentence is to be read."""
    with pytest.raises(BigCommerceError) as failure:
        path_for_parent(ENDPOINT, "../" * 100_000)
    assert len(str(failure.value.message)) < 300

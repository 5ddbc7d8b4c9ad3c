"""Secrets are masked in all output."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_bigcommerce.config import Config
from source_bigcommerce.run import Entrypoint
from unit_tests.support import CLIENT, TOKEN, config


@pytest.mark.parametrize("space", ["", " ", "\n", "\t \r\n"])
def test_secrets_are_masked_as_they_were_entered_and_as_they_are_sent(space: str) -> None:
    """The value that is sent, and that a store may echo, has no white space around it."""
    settings = config(access_token=f"{TOKEN}{space}", client_id=f"{space}{CLIENT}")
    Entrypoint.set_up_secret_filter(settings, Config.spec())
    assert filter_secrets(f"<{TOKEN}> <{CLIENT}>") == "<****> <****>"
    assert TOKEN not in filter_secrets(f"<{TOKEN}{space}>")


ODD = "t0k\"en+&/=%25<>\\'{}$~9f8e7d"


@pytest.mark.parametrize(
    "spelling",
    [
        repr,
        json.dumps,
        lambda text: json.dumps({"headers": str({"X-Auth-Token": text})}),
        lambda text: json.dumps(json.dumps({"X-Auth-Token": text})),
        lambda text: repr(text.encode()),
        lambda text: quote(text, safe=""),
        quote,
        quote_plus,
    ],
    ids=range(8),
)
@pytest.mark.parametrize("token", [TOKEN, ODD])
def test_secrets_are_masked_however_they_are_spelt(spelling: Callable[[str], str], token: str) -> None:
    """A log line is JSON that holds Python's way of writing the headers; a gateway may repeat them in its own."""
    Entrypoint.set_up_secret_filter(config(access_token=token), Config.spec())
    text = spelling(token)
    masked = filter_secrets(text)
    assert "****" in masked
    assert len(masked) <= len(text) - len(token) + 16
    assert "9f8e7d" not in masked


def test_a_short_secret_is_masked_and_little_else() -> None:
    """Other text that is as short remains readable."""
    Entrypoint.set_up_secret_filter(config(access_token='a"b'), Config.spec())
    assert filter_secrets(json.dumps('<a"b>')) == '"<****>"'
    assert filter_secrets("YSJ 612262") == "YSJ 612262"


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_secret_that_is_left_blank_masks_nothing_else(blank: str) -> None:
    """The message about the empty setting must stay legible."""
    Entrypoint.set_up_secret_filter(config(access_token=blank), Config.spec())
    assert filter_secrets("The-setting-access_token-is-empty.") == "The-setting-access_token-is-empty."


@pytest.mark.parametrize("value", [" ", "", None, 5])
def test_what_is_no_secret_masks_nothing(value: object) -> None:
    """A token that is one space would otherwise black out every space of every sentence."""
    Entrypoint.set_up_secret_filter({"access_token": value}, Config.spec())
    assert filter_secrets("The setting None is 5") == "The setting None is 5"

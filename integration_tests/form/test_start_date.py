"""The start date is accepted by the form exactly where `check` accepts it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from airbyte_cdk.models import Status
from jsonschema import Draft7Validator, FormatChecker

from integration_tests.form import start_dates
from integration_tests.form.connection_form import ConnectionForm
from integration_tests.harness import config_for
from sandbox import Server
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.source import SourceBigcommerce
from unit_tests.representatives import representatives

SAMPLES = [
    *((text, True) for text in start_dates.ACCEPTED),
    *((text, False) for text in start_dates.REFUSED),
]


@pytest.mark.parametrize(("text", "accepted"), representatives(SAMPLES, SAMPLES[::16]))
def test_the_form_and_check_agree_on_every_start_date(
    form: ConnectionForm, store: Server, text: str, accepted: bool
) -> None:
    """Input that the form accepts is not rejected by `check`, and nothing that works is refused by the form."""
    config = config_for(store, start_date=text)
    submitted = submit(form, config)
    validator = Draft7Validator(form.specification, format_checker=FormatChecker())
    assert (bool(submitted), validator.is_valid(config), refusal(config) is None) == (accepted,) * 3
    assert list(form.errors()) == ([] if accepted else ["start_date"])
    if submitted:
        assert submitted["start_date"] == text


@pytest.mark.parametrize("text", ["2024-01-31\n", "\r\n01/31/2024\r\n"])
def test_a_line_break_pasted_with_the_date_does_no_harm(form: ConnectionForm, store: Server, text: str) -> None:
    """A spreadsheet cell brings one along; the browser drops it or makes a space of it, a config file keeps it."""
    config = config_for(store, start_date=text)
    submitted = submit(form, config)
    assert submitted is not None
    assert submitted["start_date"].strip() == text.strip()
    assert refusal(submitted) is None
    assert refusal(config) is None


def test_only_check_knows_that_a_date_lies_in_the_future(form: ConnectionForm, store: Server) -> None:
    """The one rule beyond the form: it is the store's clock that counts, and `check` says so."""
    config = config_for(store, start_date="2999-12-31")
    assert submit(form, config)
    assert "is in the future" in (refusal(config) or "")


def submit(form: ConnectionForm, config: dict[str, Any]) -> dict[str, Any] | None:
    """The result of the form if the start date is the last field to be filled in."""
    form.show({name: value for name, value in config.items() if name != "start_date"})
    form.fill(start_date=config["start_date"])
    return form.submit()


def refusal(config: dict[str, Any]) -> str | None:
    """The message of `check` about the start date; None if it succeeds."""
    try:
        status = SourceBigcommerce().check(logging.getLogger("airbyte"), config)
    except BigCommerceError as error:
        message = str(error.message)
        assert "start date" in message or "start_date" in message, message
        return message
    assert status.status is Status.SUCCEEDED
    return None

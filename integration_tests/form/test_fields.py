"""The fields of the form, and the mistakes that it rejects."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from integration_tests.form.connection_form import ConnectionForm
from integration_tests.form.settings import (
    FILLED,
    HIDDEN,
    NUMBERS,
    PATTERNED,
    REQUIRED,
    SECRET,
    SETTINGS,
    VISIBLE,
    accepts,
)
from source_bigcommerce.config import Config


def test_the_specification_printed_is_the_one_tested(specification: dict[str, Any]) -> None:
    """The tables of the tests come from the class, the form from the `spec` command: they are one and the same."""
    assert specification == Config.spec()


def test_fields_stand_in_their_order_and_required_ones_first(form: ConnectionForm) -> None:
    """The required fields come first, from the start date to the store hash."""
    orders = [SETTINGS[name]["order"] for name in VISIBLE]
    assert len(set(orders)) == len(orders)
    wanted = sorted(VISIBLE, key=lambda name: (name not in REQUIRED, SETTINGS[name]["order"]))
    assert form.titles() == [SETTINGS[name]["title"] for name in wanted]


def test_optional_fields_are_out_of_the_way_until_opened(form: ConnectionForm) -> None:
    """A new user sees only what is needed."""
    for name in VISIBLE:
        expect(form.field(name)).to_be_visible(visible=name in REQUIRED)
    form.open_optional_fields()
    for name in VISIBLE:
        expect(form.field(name)).to_be_visible()


@pytest.mark.parametrize("name", VISIBLE)
def test_every_setting_has_a_label_and_a_help_text(form: ConnectionForm, name: str) -> None:
    """Both are visible, and a screen reader reads them with the input."""
    form.open_optional_fields()
    setting = SETTINGS[name]
    expect(form.field(name).get_by_text(setting["title"], exact=True)).to_be_visible()
    expect(form.field(name).get_by_text(setting["description"], exact=True)).to_be_visible()
    expect(form.input(name)).to_be_visible()
    if setting["type"] != "array":
        expect(form.input(name)).to_have_accessible_description(re.compile(re.escape(setting["description"])))


def test_hidden_settings_are_absent(form: ConnectionForm) -> None:
    """The address for tests would only puzzle a merchant."""
    form.open_optional_fields()
    shown = form.page.locator("main").inner_text()
    assert HIDDEN == ["api_url", "b2b_api_url"]
    for name in HIDDEN:
        expect(form.input(name)).to_have_count(0)
        assert SETTINGS[name]["title"] not in shown
        assert SETTINGS[name]["description"] not in shown


def test_only_secrets_are_masked(form: ConnectionForm) -> None:
    """Nobody reads the token over a shoulder or off a shared screen."""
    form.fill(**FILLED)
    assert SECRET == ["client_id", "access_token"]
    for name in FILLED:
        expect(form.input(name)).to_have_attribute("type", "password" if name in SECRET else "text")


def test_defaults_are_filled_in_and_submitted(form: ConnectionForm) -> None:
    """Four values are enough; the rest of the config is what the documentation calls the defaults."""
    form.open_optional_fields()
    for name in NUMBERS:
        expect(form.input(name)).to_have_value(str(SETTINGS[name]["default"]))
    form.fill(**FILLED)
    defaults = {name: setting["default"] for name, setting in SETTINGS.items() if "default" in setting}
    submitted = form.submit()
    assert submitted == {**defaults, **FILLED}
    assert Config.parse(submitted) == Config.parse(FILLED)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_setting_left_empty_is_refused_next_to_its_field(form: ConnectionForm, name: str) -> None:
    """The user sees which of the values is missing; a screen reader reads the error with the input."""
    form.fill(**{**FILLED, name: ""})
    assert form.submit() is None
    assert form.errors() == {name: "This field is required"}
    expect(form.field(name).get_by_role("alert")).to_be_visible()
    expect(form.input(name)).to_have_accessible_description(re.compile(re.escape("This field is required")))
    form.fill(**{name: FILLED[name]})
    assert form.submit()


@pytest.mark.parametrize("name", PATTERNED)
def test_a_value_of_the_wrong_form_is_refused_in_words(form: ConnectionForm, name: str) -> None:
    """A regular expression is of no help to a merchant."""
    assert "pattern_descriptor" in SETTINGS[name], f"Give {name} a pattern_descriptor: else users see its pattern."
    form.show(FILLED)
    form.fill(**{name: "\u00e4 ?"})
    assert form.submit() is None
    assert form.errors() == {name: f"The value must match the pattern {SETTINGS[name]['pattern_descriptor']}"}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_held_to_their_bounds(form: ConnectionForm, name: str) -> None:
    """The form takes the smallest and the largest number that the connector takes, and none beyond."""
    least, most = SETTINGS[name]["minimum"], SETTINGS[name]["maximum"]
    form.show(FILLED)
    form.open_optional_fields()
    for number, accepted in ((least - 1, False), (least, True), (least + 0.5, False), (most, True), (most + 1, False)):
        form.fill(**{name: str(number)})
        submitted = form.submit()
        assert bool(submitted) == accepts({**FILLED, name: number}) == accepted, number
        assert list(form.errors()) == ([] if accepted else [name])


def test_a_number_that_is_cleared_means_its_default(form: ConnectionForm) -> None:
    """An emptied field is left out of the config instead of being submitted as null."""
    form.show(FILLED)
    form.open_optional_fields()
    form.fill(num_workers="")
    submitted = form.submit()
    assert submitted is not None
    assert Config.parse(submitted) == Config.parse(FILLED)


def test_channels_are_entered_one_by_one(form: ConnectionForm) -> None:
    """A list of whole numbers, as the connector wants it; an entry left empty is refused."""
    form.show(FILLED)
    form.open_optional_fields()
    field = form.field("channel_ids").first
    for number in (1, 664179):
        field.get_by_role("button", name="Add").click()
        field.get_by_role("spinbutton").last.fill(str(number))
    submitted = form.submit()
    assert submitted is not None
    assert submitted["channel_ids"] == [1, 664179]
    assert Config.parse(submitted).channel_ids == (1, 664179)
    field.get_by_role("button", name="Add").click()
    assert form.submit() is None
    assert list(form.errors()) == ["channel_ids_2"]
    field.get_by_role("button", name="Remove").last.click()
    assert form.submit() == submitted


def test_an_error_in_a_closed_section_opens_it(form: ConnectionForm) -> None:
    """A form that refuses without showing why cannot be submitted at all."""
    form.show(FILLED)
    form.open_optional_fields()
    form.fill(num_workers="41")
    form.open_optional_fields()
    expect(form.input("num_workers")).to_be_hidden()
    assert form.submit() is None
    expect(form.field("num_workers").get_by_role("alert")).to_be_visible()


def test_how_often_to_reconcile_is_a_drop_down(form: ConnectionForm) -> None:
    """A user chooses one of four values and cannot misspell it."""
    form.show(FILLED)
    form.open_optional_fields()
    menu = form.input("reconcile")
    expect(menu).to_have_js_property("tagName", "SELECT")
    assert [option for option in menu.locator("option").all_inner_texts() if option] == SETTINGS["reconcile"]["enum"]
    menu.select_option(label="weekly")
    submitted = form.submit()
    assert submitted
    assert submitted["reconcile"] == "weekly"

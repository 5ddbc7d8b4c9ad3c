"""The connector's form in a real browser, as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page

from integration_tests.browser import open_browser
from integration_tests.form.bundle import bundle


@contextmanager
def open_page(**appearance: Any) -> Iterator[Page]:
    """The form's page in the system's Chromium, with an empty profile and without a network."""
    address = bundle().as_uri()
    with open_browser() as browser:
        page = browser.new_page(offline=True, **appearance)
        page.goto(address)
        yield page


class ConnectionForm:
    """The view and the actions of a user on the form."""

    def __init__(self, page: Page, specification: dict[str, Any]) -> None:
        self.page = page
        self.specification = specification
        self.show({})

    def show(self, values: dict[str, Any]) -> None:
        """An untouched form that has these values already, as when a connection is edited."""
        draw = "([specification, values]) => showForm(specification, values)"
        problems = self.page.evaluate(draw, [self.specification, values])
        assert not problems, f"The page could not show the form: {problems}"

    def titles(self) -> list[str]:
        """The labels of all settings, from top to bottom."""
        return self.page.locator("[data-field] > label").all_text_contents()

    def field(self, name: str) -> Locator:
        """Everything that is shown of one setting."""
        return self.page.locator(f"[data-field='{name}']")

    def input(self, name: str) -> Locator:
        """The input that the setting's label names."""
        return self.page.get_by_label(self.specification["properties"][name]["title"], exact=True)

    def open_optional_fields(self) -> None:
        self.page.get_by_text("Optional fields").click()

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.input(name).fill(value)

    def submit(self) -> dict[str, Any] | None:
        """The config that the form gives; None when it shows errors instead."""
        self.page.evaluate("submitted = null")
        self.page.get_by_role("button", name="Set up source").click()
        submitted = self.page.evaluate("submitted")
        return json.loads(submitted) if submitted else None

    def errors(self) -> dict[str, str]:
        """The messages shown, each by the setting that it stands next to."""
        shown = self.page.get_by_role("alert").all()
        return {str(error.locator("xpath=..").get_attribute("data-field")): error.inner_text() for error in shown}

"""The specification's patterns mean the same in a browser, in a JSON Schema validator and in the connector."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator
from playwright.sync_api import Page

from integration_tests.form import near_misses
from integration_tests.form.connection_form import ConnectionForm
from integration_tests.form.settings import FILLED, PATTERNED, SETTINGS, accepts
from unit_tests.representatives import representatives

COUNT = 5000
TEXTS = {
    "start_date": near_misses.start_dates(COUNT),
    "client_id": near_misses.credentials(COUNT),
    "access_token": near_misses.credentials(COUNT),
    "store_hash": near_misses.store_hashes(COUNT),
}
# ajv, and so Airbyte's form, compiles patterns with the flag `u`; other forms do without.
IN_THE_BROWSER = """([pattern, texts]) => {
    const [plain, unicode] = [new RegExp(pattern), new RegExp(pattern, "u")];
    return texts.map((text) => [plain.test(text), unicode.test(text)]);
}"""
STORE_HASHES = {
    "abc123": True,
    "ABC123": True,
    " abc123 ": True,
    "abc123/": True,
    "stores/abc123": True,
    "/stores/abc123/v2": True,
    "api.bigcommerce.com/stores/abc123": True,
    "https://api.bigcommerce.com/stores/abc123/v3/": True,
    "abc 123": False,
    "abc-123": False,
    "\uff41\uff42\uff43": False,  # full-width letters
    "/stores/": False,
    "/stores/abc123/v3/orders": True,
    "https://api.bigcommerce.com/stores/abc123/v3/catalog/products?limit=1": True,
    "store-abc123": True,
    "store-abc123-1.mybigcommerce.com": True,
    "https://store-abc123.mybigcommerce.com/manage/orders": True,
    "https://api.bigcommerce.com/": False,
    "https://api.example.com/stores/abc123/v3/": False,
    "https://mystore.mybigcommerce.com/": False,
    "https://www.mystore.com/": False,
}
QUICK_HASHES = list(STORE_HASHES.items())[::5]


@pytest.mark.parametrize("name", representatives(PATTERNED, {"start_date"}))
def test_a_pattern_accepts_the_same_texts_everywhere(page: Page, specification: dict[str, Any], name: str) -> None:
    """Else a form refuses what would work, or lets through what the sync then refuses."""
    pattern = SETTINGS[name]["pattern"]
    validator = Draft7Validator(specification)
    verdicts = {}
    for text, (plain, unicode) in zip(TEXTS[name], page.evaluate(IN_THE_BROWSER, [pattern, TEXTS[name]]), strict=True):
        config = {**FILLED, name: text}
        verdicts[text] = (plain, unicode, validator.is_valid(config), accepts(config))
    parted = {text: verdict for text, verdict in verdicts.items() if len(set(verdict)) > 1}
    assert not parted, f"(RegExp, RegExp with u, JSON Schema, connector) disagree on {parted}"
    share = sum(verdict[0] for verdict in verdicts.values()) / len(verdicts)
    assert 0.1 < share < 0.9, f"The generated texts for {name} no longer test both sides: {share:.0%} are accepted."


@pytest.mark.parametrize(("text", "accepted"), representatives(STORE_HASHES.items(), QUICK_HASHES))
def test_the_form_takes_a_store_hash_in_every_form_that_users_copy(
    form: ConnectionForm, text: str, accepted: bool
) -> None:
    """The control panel shows it only inside an address, so the address is taken too; another store's is not."""
    config = {**FILLED, "store_hash": text}
    form.show({key: value for key, value in FILLED.items() if key != "store_hash"})
    form.fill(store_hash=text)
    submitted = form.submit()
    assert accepts(config) == bool(submitted) == accepted
    assert list(form.errors()) == ([] if accepted else ["store_hash"])
    if submitted:
        assert submitted["store_hash"] == text

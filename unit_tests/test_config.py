"""The values that a user may enter, and the messages about all others."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from datetime import datetime, timezone
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from source_bigcommerce.config import START_DATE_PATTERN, Config, parse_api_url, parse_start_date, parse_store_hash
from unit_tests.support import CLIENT, TOKEN, config

START_DATES = {
    "2024-01-31": datetime(2024, 1, 31),
    "01/31/2024": datetime(2024, 1, 31),
    "02/01/2024": datetime(2024, 2, 1),
    "  2024-01-31\t\n": datetime(2024, 1, 31),
    "2024-02-29": datetime(2024, 2, 29),
    "02/29/2024": datetime(2024, 2, 29),
    "1970-01-01": datetime(1970, 1, 1),
    "2024-01-31T00:00:00Z": datetime(2024, 1, 31),
    "2024-01-31T10:20:30": datetime(2024, 1, 31, 10, 20, 30),
    "2024-01-31T10:20:30Z": datetime(2024, 1, 31, 10, 20, 30),
    "2024-01-31T10:20:30.123456789Z": datetime(2024, 1, 31, 10, 20, 30),
    "2024-01-31T01:00:00+02:00": datetime(2024, 1, 30, 23),
    "2024-12-31T23:00:00-02:00": datetime(2025, 1, 1, 1),
}
REFUSED_START_DATES = [
    "yesterday",
    "2024",
    "2024-1-31",
    "1/31/2024",
    "01/31/24",
    "31.01.2024",
    "2024/01/31",
    "20240131",
    "2024-01-31 10:20:30",
    "2024-01-31t10:20:30z",
    "2024-01-31T10:20",
    "2024-01-31T10:20:30.Z",
    "2024-01-31T10:20:30+0200",
    "2024-01-31Z",
    "2024-01-31 01/31/2024",
    "2024-01-31\n2024-01-31",
    "\u0662\u0660\u0662\u0664-01-31",
    "1706659200",
    "-2024-01-31",
    # Days and times that do not exist.
    "13/45/2020",
    "31/01/2024",
    "2024-02-30",
    "2023-02-29",
    "02/29/2023",
    "2024-13-01",
    "2024-00-10",
    "0000-01-01",
    "00/00/2024",
    "2024-01-31T24:00:00Z",
    "2024-01-31T10:61:00Z",
    "2024-01-31T10:20:30+99:00",
    "0001-01-01T00:00:00+10:00",
]
STORE_HASHES = [
    "abc123",
    "ABC123",
    " abc123 ",
    "abc123/",
    "stores/abc123",
    "/stores/abc123",
    "/stores/abc123/",
    "stores/abc123/v2",
    "/stores/abc123/v3/",
    "https://api.bigcommerce.com/stores/abc123",
    "https://api.bigcommerce.com/stores/abc123/v2/",
    "https://api.bigcommerce.com/stores/abc123/v3/",
    "\thttps://api.bigcommerce.com/stores/abc123/v3/\n",
    "/stores/abc123/v3/orders",
    "https://api.bigcommerce.com/stores/abc123/v3/catalog/products?limit=1&id:in=2,3",
    "api.bigcommerce.com/stores/abc123/v2/orders/1.json",
    "store-abc123",
    "store-abc123-1",
    "store-abc123.mybigcommerce.com",
    "store-abc123-12.mybigcommerce.com/",
    " https://store-abc123.mybigcommerce.com/ ",
    "http://store-abc123.mybigcommerce.com",
    "https://store-abc123.mybigcommerce.com/manage/orders?viewId=2#top",
    "https://store-abc123-1.mybigcommerce.com/manage/settings/auth/api/2",
]
REFUSED_STORE_HASHES = [
    "abc 123",
    "abc-123",
    "abc_123",
    "abc123/v4/",
    "/stores/",
    "stores//abc123",
    "https://api.bigcommerce.com/",
    "https://api.example.com/stores/abc123/v3/",
    "https://api.bigcommerce.com.example.com/stores/abc123/v3/",
    "https://example.com/https://api.bigcommerce.com/stores/abc123",
    "https://user@api.bigcommerce.com/stores/abc123/v3/",
    "https://api.bigcommerce.com/stores/abc123/v3/catalog products",
    "https://mystore.mybigcommerce.com/",
    "https://store-abc123.mybigcommerce.com.example.com/",
    "https://evil.example/store-abc123.mybigcommerce.com",
    "https://user@store-abc123.mybigcommerce.com/",
    "store-abc123.example.com",
    "store-",
    "store--1",
    "store-abc123-x.mybigcommerce.com",
    "mystore.com",
    "abc123\nabc123",
    "\u0430bc123",
    "{abc123}",
]
CREDENTIALS = ["abc", " abc ", "a!b~c", "9ab1cd2ef3gh4ij5kl6mn7op8qr9st0", "abc\n"]
REFUSED_CREDENTIALS = [
    "a b",
    "a\nb",
    "a\r\nX-Evil: 1",
    "t\u00f6ken",
    "tok\u20acn",
    "a\u00a0b",
    "a\x00b",
    "a\x7fb",
    "\u200babc",
]


def fault(**changes: Any) -> str:
    """The message for the user about a configuration that is refused."""
    with pytest.raises(ValueError, match=r".") as refusal:
        Config.parse(config(**changes))
    return str(refusal.value)


@pytest.mark.parametrize(("text", "expected"), START_DATES.items())
def test_a_start_date_in_every_accepted_form_is_the_right_instant(text: str, expected: datetime) -> None:
    """A start date misread by a day or a month loses records from the first sync on."""
    assert parse_start_date(text) == expected.replace(tzinfo=timezone.utc)


def test_the_form_knows_the_calendar() -> None:
    """Every day of two centuries in both spellings: the browser accepts it if and only if it exists."""
    for year, month, day in product([*range(1896, 2105), 1000, 4000], range(14), range(33)):
        exists = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
        for text in (f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}"):
            assert bool(re.search(START_DATE_PATTERN, text)) == exists, text


@pytest.mark.parametrize("text", REFUSED_START_DATES)
def test_what_is_no_start_date_is_refused_with_examples(text: str) -> None:
    """Guessing at a date would replicate the wrong years silently."""
    sentence = fault(start_date=text)
    assert "is not a date" in sentence and "2024-01-31" in sentence and "01/31/2024" in sentence


@pytest.mark.parametrize("name", ["start_date", "client_id", "access_token", "store_hash", "api_url"])
@pytest.mark.parametrize("value", [None, 20240131, 1.5, True, ["2024-01-31"], {}])
def test_a_setting_that_is_not_text_is_named(name: str, value: object) -> None:
    """A script that passes a number or null must learn which setting it got wrong."""
    assert fault(**{name: value}) == f"The setting {name} must be text."


@pytest.mark.parametrize("name", ["start_date", "client_id", "access_token", "store_hash", "api_url"])
@pytest.mark.parametrize("value", ["", "  ", "\n\t"])
def test_an_empty_setting_is_named(name: str, value: str) -> None:
    """An empty form field is the commonest mistake of all."""
    assert fault(**{name: value}) == f"The setting {name} is empty: fill it in."


@pytest.mark.parametrize("name", ["start_date", "client_id", "access_token", "store_hash"])
def test_a_missing_setting_is_named(name: str) -> None:
    """All four required settings are named if they are missing."""
    settings = config()
    del settings[name]
    with pytest.raises(ValueError, match=f"^The setting {name} is missing: fill it in."):
        Config.parse(settings)


def test_every_fault_is_reported_at_once() -> None:
    """Correcting one setting at a time costs the user a round trip for each."""
    sentence = fault(start_date="soon", store_hash="a b", num_workers=0)
    assert all(word in sentence for word in ("start date", "store hash", "num_workers"))


@pytest.mark.parametrize("text", STORE_HASHES)
def test_a_store_hash_in_every_accepted_form_is_reduced_to_the_hash(text: str) -> None:
    """The control panel shows the whole path, so that is what people copy."""
    assert parse_store_hash(text).lower() == "abc123"


@pytest.mark.parametrize("text", REFUSED_STORE_HASHES)
def test_what_is_no_store_hash_is_refused_with_an_example(text: str) -> None:
    """A wrong hash would send the token to an address that nobody meant."""
    assert "/stores/abc123/v3/" in fault(store_hash=text)


@pytest.mark.parametrize("name", ["start_date", "store_hash"])
@pytest.mark.parametrize("text", ["\ud800", "\ud83d" * 100, "\udc00\ud800"], ids=ascii)
def test_half_of_a_surrogate_pair_in_a_setting_is_explained_in_text_that_can_be_printed(name: str, text: str) -> None:
    """A form field that cuts a pasted emoji in two leaves such a half."""
    sentence = fault(**{name: text})
    assert sentence.encode() and " '?" in sentence and len(sentence) < 250


@pytest.mark.parametrize("text", ["https://www.mystore.com/", "mystore.com", "https://mystore.mybigcommerce.com/"])
def test_the_shop_s_own_domain_is_recognised_as_a_mistake(text: str) -> None:
    """A merchant knows it by heart, and it does not contain the hash, as the permanent address does."""
    assert "is an address without a store hash: enter only the hash" in fault(store_hash=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://api.bigcommerce.com", "https://api.bigcommerce.com"),
        (" https://api.bigcommerce.com/ ", "https://api.bigcommerce.com"),
        ("https://proxy.example.com:8443/bc//", "https://proxy.example.com:8443/bc"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:9000/", "http://localhost:9000"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://[::1]", "https://[::1]"),
    ],
)
def test_an_api_address_is_accepted_when_the_token_is_safe_there(text: str, expected: str) -> None:
    """A local store needs plain http; nothing else does."""
    assert parse_api_url(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://api.bigcommerce.com",
        "http://192.168.0.10:8080",
        "http://0.0.0.0:8080",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://[::2]:8080",
        "http://2130706433",
        "http://127.1",
        "HTTP://example.com",
    ],
)
def test_plain_http_is_refused_outside_this_machine(text: str) -> None:
    """The access token would cross the network for everyone to read."""
    assert "unencrypted" in fault(api_url=text)


@pytest.mark.parametrize(
    "text",
    [
        "api.bigcommerce.com",
        "//api.bigcommerce.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "https:///stores",
        "https://user:pass@api.bigcommerce.com",
        "http://127.0.0.1@example.com",
        "http://example.com@127.0.0.1",
        "https://api.bigcommerce.com?x=1",
        "https://api.bigcommerce.com#x",
        "https://[::1",
        "https://host:port",
        "https://host:99999",
        "https://api.big commerce.com",
        "https://api.bigcommerce.com/a b",
        "https://api.bigcömmerce.com",
        "https://\u0430pi.bigcommerce.com",
        "https://api.bigcommerce.com/\u00e9",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_api_address_is_refused(text: str) -> None:
    """User info in an address is a way to make a foreign host look like this one."""
    assert "is not a valid URL" in fault(api_url=text)


def test_the_password_in_an_api_address_is_not_repeated() -> None:
    """An address with a password in it is refused, and the refusal ends up in the log."""
    assert "hunter2" not in fault(api_url="https://me:hunter2@api.bigcommerce.com")


@pytest.mark.parametrize("name", ["client_id", "access_token"])
@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_credential_is_taken_without_the_space_around_it(name: str, text: str) -> None:
    """A newline copied along with the token would make every request invalid."""
    assert getattr(Config.parse(config(**{name: text})), name) == text.strip()


@pytest.mark.parametrize("name", ["client_id", "access_token"])
@pytest.mark.parametrize("text", REFUSED_CREDENTIALS)
def test_a_credential_that_cannot_travel_in_a_header_is_refused(name: str, text: str) -> None:
    """Such a value would inject a header or fail deep inside the HTTP library, with the token in the traceback."""
    sentence = fault(**{name: text})
    assert name in sentence and "copy it again" in sentence and text not in sentence


_SETTINGS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30), st.lists(st.text(max_size=5)))
_SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF), min_size=8, max_size=40)


@given(
    token=_SECRETS,
    client=_SECRETS,
    rest=st.dictionaries(
        st.sampled_from(
            [
                "start_date",
                "store_hash",
                "api_url",
                "num_workers",
                "lookback_minutes",
                "quota_reserve_percent",
                "channel_ids",
            ]
        ),
        _SETTINGS,
    ),
)
def test_no_sentence_quotes_the_token_or_the_client_id(token: str, client: str, rest: dict[str, Any]) -> None:
    """Sentences about the configuration are printed, logged and shown on a screen."""
    with pytest.raises(ValueError, match=r"^The ") as refusal:
        Config.parse({**config(**rest), "access_token": f"S3CR3T {token}", "client_id": f"S3CR3T {client}"})
    assert "S3CR3T" not in str(refusal.value)
    assert refusal.value.__cause__ is None and refusal.value.__suppress_context__


@given(settings=st.dictionaries(st.sampled_from(sorted(Config.model_fields)), _SETTINGS))
def test_any_configuration_is_parsed_or_explained_in_sentences(settings: dict[str, Any]) -> None:
    """A configuration comes from outside: no shape of it may end in a Python error."""
    said = "The.\n"
    try:
        Config.parse({**config(), **settings})
    except ValueError as refusal:
        said = str(refusal)
    assert said.startswith("The") and said.rstrip().endswith(".")


def test_the_optional_settings_have_the_documented_defaults() -> None:
    """Most users never open the optional part of the form."""
    settings = Config.parse(config())
    assert (settings.lookback_minutes, settings.num_workers, settings.quota_reserve_percent) == (5, 8, 10)
    assert settings.channel_ids == ()
    assert settings.store_url == "https://api.bigcommerce.com/stores/abc123/"


@pytest.mark.parametrize(
    ("name", "value", "reported"),
    [
        ("lookback_minutes", -1, "at least 0"),
        ("lookback_minutes", 10_081, "at most 10080"),
        ("lookback_minutes", "soon", "a whole number"),
        ("lookback_minutes", None, "a whole number"),
        ("num_workers", 0, "at least 1"),
        ("num_workers", 41, "at most 40"),
        ("num_workers", 1.5, "a whole number"),
        ("quota_reserve_percent", -1, "at least 0"),
        ("quota_reserve_percent", 91, "at most 90"),
        ("quota_reserve_percent", [10], "a whole number"),
        ("channel_ids", ["main"], "a list of whole numbers, such as [1, 2]"),
        ("channel_ids", [1, 1.5], "a list of whole numbers, such as [1, 2]"),
        ("channel_ids", 1, "a list of whole numbers, such as [1, 2]"),
        ("channel_ids", "1,2", "a list of whole numbers, such as [1, 2]"),
    ],
)
def test_an_optional_setting_that_cannot_be_used_is_named_with_what_it_must_be(
    name: str, value: object, reported: str
) -> None:
    """No workers, or all of the quota in reserve, would be a sync that never ends."""
    assert fault(**{name: value}) == f"The setting {name} must be {reported}."


def test_unknown_settings_are_ignored() -> None:
    """Airbyte adds keys of its own, and an old connection keeps those of the connector it used before."""
    assert Config.parse(config(__injected="x", page_size=3)) == Config.parse(config())


def test_a_config_is_a_value() -> None:
    """All workers share one configuration: none may change it under the others."""
    settings = Config.parse(config())
    with pytest.raises(ValueError, match="frozen"):
        settings.store_hash = "other"  # type: ignore[misc]  # the model is frozen: that is the test


def test_the_spec_is_a_draft_7_schema_that_asks_for_the_four_settings() -> None:
    """Airbyte refuses to load a connector whose specification is not valid."""
    spec = Config.spec()
    Draft7Validator.check_schema(spec)
    assert spec["required"] == ["start_date", "client_id", "access_token", "store_hash"]
    assert spec["additionalProperties"] is True
    assert set(spec["properties"]) == set(Config.model_fields)
    assert json.loads(json.dumps(spec)) == spec


def test_the_spec_gives_every_setting_its_own_place_a_title_and_a_description() -> None:
    """Two settings with one order number make the form's order a matter of chance."""
    properties = Config.spec()["properties"].values()
    assert sorted(setting["order"] for setting in properties) == list(range(len(properties)))
    assert all(setting["title"] and setting["description"].endswith(".") for setting in properties)


def test_the_spec_marks_the_secrets_and_only_them() -> None:
    """Marked settings are masked in the form, stored encrypted and filtered out of the log."""
    marked = {name for name, setting in Config.spec()["properties"].items() if setting.get("airbyte_secret")}
    assert marked == {"client_id", "access_token"}


def test_the_spec_uses_only_types_that_airbyte_s_form_can_show() -> None:
    """Unions and references are shown as free text, or not at all."""
    for setting in Config.spec()["properties"].values():
        assert setting["type"] in ("string", "integer", "array", "boolean")
        assert not {"anyOf", "allOf", "oneOf", "$ref"} & set(setting)


def test_the_spec_s_examples_and_defaults_are_accepted() -> None:
    """An example that is refused is worse than none."""
    for name, setting in Config.spec()["properties"].items():
        for example in setting.get("examples", []):
            assert re.search(setting.get("pattern", ""), str(example))
            Config.parse(config(**{name: example}))
        if "default" in setting:
            default = setting["default"]
            Draft7Validator(setting).validate(list(default) if isinstance(default, tuple) else default)


def test_the_spec_refuses_and_accepts_whole_configurations_like_the_model() -> None:
    """The form and the connector must agree, or a connection saved in the form fails in its first sync."""
    validator = Draft7Validator(Config.spec())
    assert validator.is_valid(config())
    for name in ("start_date", "client_id", "access_token", "store_hash"):
        assert not validator.is_valid({k: v for k, v in config().items() if k != name})
        assert not validator.is_valid(config(**{name: ""}))
    assert not validator.is_valid(config(num_workers=0))


def accepted(name: str, value: str) -> bool:
    """Returns True if the model accepts the value."""
    try:
        Config.parse(config(**{name: value}))
    except ValueError:
        return False
    return True


CASES = [
    *(("start_date", text) for text in [*START_DATES, *REFUSED_START_DATES]),
    *(("store_hash", text) for text in [*STORE_HASHES, *REFUSED_STORE_HASHES]),
    *((name, text) for name in ("client_id", "access_token") for text in [*CREDENTIALS, *REFUSED_CREDENTIALS]),
    *((name, "") for name in ("start_date", "store_hash", "client_id", "access_token")),
]


def pattern(name: str) -> str:
    return str(Config.spec()["properties"][name]["pattern"])


@pytest.mark.parametrize(("name", "text"), CASES)
def test_the_spec_s_patterns_agree_with_the_model(name: str, text: str) -> None:
    """A value that the form lets pass and the connector refuses wastes a sync; the reverse locks users out."""
    assert bool(re.search(pattern(name), text)) is accepted(name, text)


def test_the_model_s_text_does_not_show_up_in_its_own_errors() -> None:
    """A traceback of a frozen or misused config may reach the log: it must not carry the token."""
    with pytest.raises(ValueError, match=r".") as refusal:
        Config.model_validate(config(num_workers="many", access_token=f"{TOKEN} {TOKEN}"))
    assert TOKEN not in str(refusal.value) and CLIENT not in str(refusal.value)

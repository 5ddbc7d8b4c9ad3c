"""Names, places and other words of a shop, from `words.json`, and how amounts are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson

Locale = dict[str, Any]
"""The names, streets and places of one country."""

_WORDS: dict[str, Any] = orjson.loads((Path(__file__).parent / "words.json").read_bytes())
LOCALES: list[Locale] = _WORDS["locales"]
_PLAIN = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"})
_PLACE = ("city", "state", "zip")

COMPANIES: list[str] = _WORDS["company"]
THINGS: list[str] = _WORDS["thing"]
QUALITIES: list[str] = _WORDS["quality"]
COLOURS: list[str] = _WORDS["colour"]
FEE_NAMES: list[str] = _WORDS["fee"]
PAYMENTS: list[str] = _WORDS["payment"]

ADDRESS_FIELDS = (
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country", "country_iso2",
    "phone", "email",
)  # fmt: skip


def word_list(name: str) -> list[str]:
    """Returns the list of that name; an empty one for a part of a person or address."""
    found: list[str] = _WORDS.get(name, [])
    return found


def words(name: str) -> Callable[[int], str]:
    """Returns the function that gives the n-th word of a list, or a part of the n-th person and address.

    Raises KeyError for an unknown name.
    """
    if name in _WORDS:
        return partial(_in_turn, _WORDS[name])
    if name == "email":
        return lambda n: f"{login(_of_locale('first_name', n), _of_locale('last_name', n))}.{n}@example.com"
    if name == "person":
        return lambda n: f"{_of_locale('first_name', n)} {_of_locale('last_name', n)}"
    _of_locale(name, 0)
    return partial(_of_locale, name)


def _in_turn(found: list[Any], n: int) -> Any:
    return found[n % len(found)]


def _of_locale(name: str, n: int) -> str:
    locale, turn = _in_turn(LOCALES, n), n // len(LOCALES)
    if name in _PLACE:
        return str(_in_turn(locale["places"], turn)[_PLACE.index(name)])
    if name == "phone":
        return str(locale["phone"].format(n % 100))
    value = locale[name]
    return str(value if isinstance(value, str) else _in_turn(value, turn))


def login(first_name: str, last_name: str) -> str:
    """Returns the name of a mailbox: `zoe.muller`; `customer` for a name without Latin letters."""
    letters = unicodedata.normalize("NFKD", f"{first_name}.{last_name}".lower().translate(_PLAIN))
    return "".join(one for one in letters if one.isascii() and (one.isalnum() or one == ".")).strip(".") or "customer"


def money(cents: int, decimals: int = 4) -> str:
    """An amount as V2 writes it: a string with four decimals (the examples of reference/orders.v2.oas2.yml)."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}" + "0" * (decimals - 2)


def number(cents: int) -> int | float:
    """An amount as V3 writes it: an integer when whole, else a float."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def address(rng: Random, locales: Sequence[Locale] = LOCALES) -> dict[str, str]:
    """Returns a person with a postal address in one country and a telephone number."""
    locale = rng.choice(locales)
    city, state, postcode = rng.choice(locale["places"])
    return {
        "first_name": rng.choice(locale["first_name"]),
        "last_name": rng.choice(locale["last_name"]),
        "company": rng.choice(COMPANIES),
        "street": rng.choice(locale["street"]),
        "city": city,
        "state": state,
        "zip": postcode,
        "country": locale["country"],
        "country_iso2": locale["country_iso2"],
        "phone": locale["phone"].format(rng.randrange(100)),
    }


def order_address(rng: Random, mailbox: str, locales: Sequence[Locale] = LOCALES) -> dict[str, Any]:
    """Returns an address with the field names of V2 orders; its e-mail address ends in `mailbox`."""
    found = address(rng, locales)
    street = found.pop("street")
    email = f"{login(found['first_name'], found['last_name'])}.{mailbox}"
    fields = {"street_1": street, "street_2": rng.choice(("", "", "Unit 4")), **found, "email": email}
    return {name: fields[name] for name in ADDRESS_FIELDS}


def form_fields() -> list[dict[str, Any]]:
    """One form field of each kind of value: text, number, list."""
    return [
        {"name": "Delivery note", "value": "Leave at the side door"},
        {"name": "Loyalty points", "value": 120},
        {"name": "Interests", "value": ["hiking", "cycling"]},
    ]

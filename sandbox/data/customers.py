"""Customers (BigCommerce's reference/customers.v3.yml): fields, addresses, attribute values, form fields.

Odd customers are the first of the store, from `FIRST_ID`, in the order of `oddities`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.archetypes import Oddity
from sandbox.data.words import Locale
from sandbox.templates import CREATED, ID, MODIFIED, Body, child_id

FIRST_ID = 1
ATTRIBUTE_COUNT = 50
"""The number of attributes that the store defines; a customer may have a value for each (up to 50 are documented)."""


def attribute_definitions() -> list[dict[str, Any]]:
    """The rows of `/v3/customers/attributes`, which never change."""
    kinds = ("string", "number", "date")
    names = ("Shoe size", "Joined on", "Favourite shop")
    return [
        {
            "id": n,
            "name": names[n - 1] if n <= len(names) else f"Attribute {n}",
            "type": kinds[n % 3],
            "date_modified": "2023-01-10T08:00:00Z",
            "date_created": "2023-01-09T08:00:00Z",
        }
        for n in range(1, ATTRIBUTE_COUNT + 1)
    ]


def usual(rng: Random) -> Body:
    """An everyday customer: an address or two, few attributes."""
    return customer(rng, addresses=rng.choice((0, 1, 1, 1, 2, 3)), attributes=rng.choice((0, 1, 2)))


def oddities() -> list[Oddity]:
    """The odd customers, by name."""
    many_addresses = [
        Oddity(f"addresses_{n}", partial(customer, addresses=n, attributes=1)) for n in (0, 1, 10, 11, 50, 51, 260)
    ]
    many_attributes = [Oddity(f"attributes_{n}", partial(customer, addresses=1, attributes=n)) for n in (10, 12, 50)]
    return [
        *many_addresses,
        *many_attributes,
        Oddity("form_fields_each_kind", lambda rng: customer(rng, addresses=1, fields=words.form_fields())),
        Oddity("unset_text", _unset),
        Oddity("store_credit", lambda rng: customer(rng, addresses=1, credit=[{"amount": 12.5}])),
        Oddity("every_field", _every_field),
    ]


def _unset(rng: Random) -> Body:
    blank = dict.fromkeys(("company", "phone", "notes", "tax_exempt_category", "registration_ip_address"), "")
    return customer(rng, addresses=1).changed({**blank, "customer_group_id": 0})


def _every_field(rng: Random) -> Body:
    """Nothing is left empty that the others leave empty."""
    body = customer(rng, addresses=1, attributes=1, fields=words.form_fields())
    addresses = [{**row, "address2": "Floor 3"} for row in body.parts["addresses"]]
    text = {"notes": "Writes in French", "tax_exempt_category": "G"}
    return body.changed({**text, "channel_ids": [1], "addresses": addresses})


def address(rng: Random, n: int, locales: Sequence[Locale] = words.LOCALES) -> dict[str, Any]:
    """The n-th address."""
    place = words.address(rng, locales)
    return {
        "id": child_id(n),
        "customer_id": ID,
        "first_name": place["first_name"],
        "last_name": place["last_name"],
        "company": place["company"],
        "address1": place["street"],
        "address2": "",
        "city": place["city"],
        "state_or_province": place["state"],
        "postal_code": place["zip"],
        "country": place["country"],
        "country_code": place["country_iso2"],
        "phone": place["phone"],
        "address_type": "residential" if n % 3 else "commercial",
        "form_fields": [{"name": "Gate code", "value": "none"}] if n == 1 else [],
    }


def attribute(n: int) -> dict[str, Any]:
    """A value; its dates follow the customer's, so that editing the customer moves them."""
    return {
        "id": child_id(n),
        "attribute_id": n,
        "attribute_value": ("eu 42", "7", "2024-02-29")[n % 3],
        "customer_id": ID,
        "date_created": CREATED,
        "date_modified": MODIFIED,
    }


def customer(
    rng: Random,
    *,
    addresses: int = 0,
    attributes: int = 0,
    fields: list[dict[str, Any]] | None = None,
    credit: list[dict[str, Any]] | None = None,
    locales: Sequence[Locale] = words.LOCALES,
) -> Body:
    """A customer with so many addresses and attribute values."""
    person = words.address(rng, locales)
    if fields is None:
        fields = [{"name": "Delivery note", "value": "Ring twice"}] if rng.random() < 0.3 else []
    return Body(
        {
            "id": ID,
            "email": f"{words.login(person['first_name'], person['last_name'])}.{ID}@example.com",
            "first_name": person["first_name"],
            "last_name": person["last_name"],
            "company": person["company"],
            "phone": person["phone"],
            "registration_ip_address": rng.choice(("", f"198.51.100.{rng.randrange(1, 255)}")),
            "notes": "",
            "tax_exempt_category": "",
            "customer_group_id": rng.choice((0, 0, 0, 2, 5)),
            "date_modified": MODIFIED,
            "date_created": CREATED,
            "address_count": addresses,
            "attribute_count": attributes,
            "authentication": {"force_password_reset": False},
            "accepts_product_review_abandoned_cart_emails": rng.random() < 0.5,
            "origin_channel_id": 1,
            "channel_ids": None,
        },
        {
            "addresses": [address(rng, n, locales) for n in range(1, addresses + 1)],
            "attributes": [attribute(n) for n in range(1, attributes + 1)],
            "form_fields": fields,
            "store_credit_amounts": credit or [{"amount": 0}],
        },
    )

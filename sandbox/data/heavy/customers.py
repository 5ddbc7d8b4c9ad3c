"""Heavy customers: addresses, attribute values and form fields."""

from __future__ import annotations

from random import Random

from sandbox.data.archetypes import Usual
from sandbox.data.customers import customer
from sandbox.data.heavy.text import language, sizes
from sandbox.templates import Body

ADDRESSES = sizes({0: 40, 1: 420, 2: 280, 3: 150, 4: 70, 5: 35, 6: 16, 8: 7, 10: 3, 11: 2, 25: 1})
"""The number of addresses of each body. 0.3 % of the customers have exactly ten, which is the documented maximum of an
embedded list, and as many have more."""


def usual() -> Usual:
    """Returns the customers."""
    return Usual(_customer, len(ADDRESSES))


def _customer(n: int, rng: Random) -> Body:
    spoken = language(rng)
    body = customer(
        rng,
        addresses=ADDRESSES[n],
        attributes=rng.randrange(1, 6),
        fields=spoken.fields(rng, rng.randrange(1, 4)),
        credit=[{"amount": rng.randrange(5000) / 100}] if rng.random() < 0.2 else None,
        locales=spoken.locales,
    )
    addresses = [
        {**row, "address2": place["street"][0], "form_fields": spoken.fields(rng, 1)}
        for row in body.parts["addresses"]
        for place in [rng.choice(spoken.locales)]
    ]
    values = [{**row, "attribute_value": rng.choice(spoken.field)[1]} for row in body.parts["attributes"]]
    return body.changed(
        {
            "notes": rng.choice(spoken.note),
            "tax_exempt_category": "G",
            "registration_ip_address": f"198.51.100.{rng.randrange(1, 255)}",
            "channel_ids": [1],
            "addresses": addresses,
            "attributes": values,
        }
    )

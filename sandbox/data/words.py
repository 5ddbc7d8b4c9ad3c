"""Names and small values that make generated records readable."""

from __future__ import annotations

from random import Random
from typing import Any

FIRST_NAMES = (
    "Ada",
    "Bruno",
    "Chiara",
    "Dario",
    "Elin",
    "Farah",
    "Goran",
    "Hana",
    "Ines",
    "Jonas",
    "Kaja",
    "Zoë",
)
LAST_NAMES = (
    "Abbott",
    "Berger",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Grant",
    "Hoang",
    "Núñez",
    "O'Hara",
)
COMPANIES = ("", "", "", "Lakeside Supply", "Orchard & Sons", "Nine Mile Cycles", "Tern Studio")
STREETS = ("12 Harbour Row", "84 Old Mill Lane", "301 Cedar Avenue", "7 Quarry Hill", "55 Station Parade")
THINGS = (
    "Lantern",
    "Kettle",
    "Backpack",
    "Field Jacket",
    "Desk Lamp",
    "Wool Blanket",
    "Bicycle Bell",
    "Notebook",
)
QUALITIES = ("Plain", "Copper", "Folding", "Everyday", "Nordic", "Small", "Large", "Weatherproof")
COLOURS = ("Moss", "Slate", "Rust", "Cream", "Indigo", "Sand")
FEE_NAMES = ("Gift handling", "Hazardous goods", "Small order fee")
PAYMENTS = ("Credit Card", "Manual", "Cash on Delivery", "Test Payment Gateway", "Bank Deposit")

PLACES = (
    ("Portland", "Oregon", "97205", "United States", "US"),
    ("Austin", "Texas", "78704", "United States", "US"),
    ("Leeds", "West Yorkshire", "LS1 4DY", "United Kingdom", "GB"),
    ("Hobart", "Tasmania", "7000", "Australia", "AU"),
    ("Lyon", "Auvergne-Rhône-Alpes", "69002", "France", "FR"),
)


def money(cents: int, decimals: int = 4) -> str:
    """An amount as V2 writes it: a string with four decimals (the examples of reference/orders.v2.oas2.yml)."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}" + "0" * (decimals - 2)


def number(cents: int) -> int | float:
    """An amount as V3 writes it: an integer when whole, else a float."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def street_address(rng: Random, email: str) -> dict[str, Any]:
    """An address with the field names of V2 orders."""
    city, state, postcode, country, iso2 = rng.choice(PLACES)
    return {
        "first_name": rng.choice(FIRST_NAMES),
        "last_name": rng.choice(LAST_NAMES),
        "company": rng.choice(COMPANIES),
        "street_1": rng.choice(STREETS),
        "street_2": rng.choice(("", "", "Unit 4")),
        "city": city,
        "state": state,
        "zip": postcode,
        "country": country,
        "country_iso2": iso2,
        "phone": f"555-01{rng.randrange(100):02d}",
        "email": email,
    }


def form_fields() -> list[dict[str, Any]]:
    """One form field of each kind of value: text, number, list."""
    return [
        {"name": "Delivery note", "value": "Leave at the side door"},
        {"name": "Loyalty points", "value": 120},
        {"name": "Interests", "value": ["hiking", "cycling"]},
    ]

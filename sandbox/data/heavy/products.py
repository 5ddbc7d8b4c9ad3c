"""Heavy products: up to 30 variants, images and custom fields, and a page of 250 of them of less than 4 MB."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from sandbox.data import catalog
from sandbox.data.archetypes import Usual
from sandbox.data.heavy.text import Language, language, sizes
from sandbox.templates import ID, Body

MOST_VARIANTS = 30
IMAGES = sizes({0: 60, 1: 200, 2: 280, 3: 240, 4: 120, 5: 70, 6: 30, 8: 14, 10: 5, 11: 3, 14: 1, 24: 1})
"""The number of images of each body. 0.5 % of the products have exactly 10, at which an embedded list may be cut."""
_CODES = ("upc", "mpn", "gtin")


def usual(variants: int | None) -> Usual:
    """Returns the products; each has so many `variants`, or a number from 1 to 30."""
    return Usual(partial(_product, variants), len(IMAGES))


def _product(variants: int | None, n: int, rng: Random) -> Body:
    spoken = language(rng)
    body = catalog.product(
        rng,
        variants=variants or _some_variants(rng),
        images=IMAGES[n],
        custom_fields=rng.randrange(2, 7),
        rules=rng.choice((0, 0, 2, 3)),
        videos=rng.choice((0, 0, 0, 1)),
        modifiers=rng.choice((0, 0, 1)),
    )
    return body.changed({**_fields(spoken, rng), **_rows(body, spoken, rng)})


def _some_variants(rng: Random) -> int:
    """Of ten products, about three have 30 variants, four have no options, and three have any number of variants.

    With 30 each, a product would be 22 KB, and a page of 250 heavier than what the connector requests at once.
    """
    chance = rng.random()
    if chance < 0.28:
        return MOST_VARIANTS
    return 1 if chance < 0.7 else rng.randrange(2, MOST_VARIANTS)


def _code(name: str, rng: Random) -> str:
    return f"MW-{rng.randrange(10**5)}" if name == "mpn" else f"{rng.randrange(10**12):012d}"


def _fields(spoken: Language, rng: Random) -> dict[str, Any]:
    name = rng.choice(spoken.product)
    paragraphs = spoken.sentences(rng, rng.randrange(3, 6))
    return {
        **{code: _code(code, rng) for code in _CODES},
        "name": f"{name} {ID}",
        "description": "".join(f'<p style="margin: 0 0 1em">{one}</p>' for one in (f"<b>{name}</b>", *paragraphs)),
        "retail_price": rng.randrange(2000, 30000) / 100,
        "product_tax_code": f"PC0{rng.randrange(10**5):05d}",
        "bin_picking_number": f"A-{rng.randrange(40)}-{rng.randrange(9)}",
        "warranty": rng.choice(spoken.sentence),
        "availability_description": rng.choice(spoken.note),
        "page_title": name,
        "meta_description": rng.choice(spoken.sentence),
        "meta_keywords": name.split(),
        "search_keywords": name.lower(),
        "open_graph_title": name,
        "open_graph_description": rng.choice(spoken.sentence),
    }


def _rows(body: Body, spoken: Language, rng: Random) -> dict[str, Any]:
    option, values = spoken.option[0]

    def labelled(row: dict[str, Any], n: int) -> dict[str, Any]:
        return {**row, "label": f"{values[n % len(values)]} {n + 1}"}

    def variant(row: dict[str, Any], n: int) -> dict[str, Any]:
        chosen = [{**labelled(value, n), "option_display_name": option} for value in row["option_values"]]
        return {**row, "upc": _code("upc", rng), "mpn": _code("mpn", rng), "option_values": chosen}

    return {
        "variants": [variant(row, n) for n, row in enumerate(body.parts["variants"])],
        "options": [
            {
                **row,
                "display_name": option,
                "option_values": [labelled(value, n) for n, value in enumerate(row["option_values"])],
            }
            for row in body.parts["options"]
        ],
        "images": [{**row, "description": rng.choice(spoken.product)} for row in body.parts["images"]],
        "custom_fields": [
            {**row, "name": name, "value": value}
            for row, (name, value) in zip(body.parts["custom_fields"], _named(spoken, rng), strict=False)
        ],
        "videos": [{**row, "description": rng.choice(spoken.sentence)} for row in body.parts["videos"]],
        "reviews": [{**row, "text": rng.choice(spoken.sentence)} for row in body.parts["reviews"]],
    }


def _named(spoken: Language, rng: Random) -> list[tuple[str, str]]:
    return rng.sample(spoken.field, len(spoken.field))

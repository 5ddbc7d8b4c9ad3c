"""The records below a product, from variants to modifiers (BigCommerce's reference/catalog/)."""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.bodies import body
from sandbox.data.words import number
from sandbox.templates import CREATED, ID, LATER, MODIFIED, child_id

_PICTURES = "https://cdn.example.com/products"


def variant(rng: Random, n: int, price: int, *, has_options: bool) -> dict[str, Any]:
    """The n-th variant; most inherit their price, which is then null."""
    own_price = number(price + 100 * n) if has_options and n % 3 == 0 else None
    label = f"{words.COLOURS[n % len(words.COLOURS)]} {n}"
    values = [{"id": child_id(n), "label": label, "option_id": child_id(1), "option_display_name": "Colour"}]
    return body(
        "product_variant",
        id=child_id(n),
        product_id=ID,
        sku=f"SKU-{ID}-{n}" if has_options else f"SKU-{ID}",
        sku_id=child_id(n) if has_options else None,
        price=own_price,
        calculated_price=own_price or number(price),
        weight=rng.choice((None, 0.5, 2)),
        upc=None if n % 4 == 0 else "",
        inventory_level=rng.randrange(80),
        option_values=values if has_options else [],
    )


def image(n: int) -> dict[str, Any]:
    """The n-th image; its date follows the product's."""
    name = f"{_PICTURES}/{ID}/{n}"
    return body(
        "product_image",
        id=child_id(n),
        product_id=ID,
        is_thumbnail=n == 1,
        sort_order=n,
        image_file=f"p/{ID}/{n}.jpg",
        image_url=f"{name}.jpg",
        url_zoom=f"{name}.1280.jpg",
        url_standard=f"{name}.386.jpg",
        url_thumbnail=f"{name}.220.jpg",
        url_tiny=f"{name}.44.jpg",
        date_modified=MODIFIED,
    )


def video(n: int) -> dict[str, Any]:
    """The n-th video."""
    return body(
        "product_video",
        id=child_id(n),
        product_id=ID,
        title=f"Clip {n}",
        sort_order=n,
        video_id=f"vid{n:08d}",
    )


def review(rng: Random, n: int) -> dict[str, Any]:
    """The n-th review."""
    return body(
        "product_review",
        id=child_id(n),
        product_id=ID,
        status=("approved", "pending", "disapproved")[n % 3],
        rating=rng.randrange(1, 6),
        email=f"reviewer{n}@example.com",
        date_reviewed=LATER,
        date_created=CREATED,
        date_modified=MODIFIED,
    )


def custom_field(n: int) -> dict[str, Any]:
    """The n-th custom field."""
    return {"id": child_id(n), "name": f"Material {n}", "value": "Oak"}


def bulk_rule(n: int) -> dict[str, Any]:
    """The n-th bulk price: a number, or text for a percentage."""
    percent = n % 2 == 0
    return {
        "id": child_id(n),
        "quantity_min": n * 10,
        "quantity_max": n * 10 + 9,
        "type": "percent" if percent else "price",
        "amount": "5.0000" if percent else 2,
    }


CONFIG: dict[str, Any] = body("product_option_config")
"""Every setting of an option or modifier at once; which of them count, its type decides."""


def option(values: int) -> dict[str, Any]:
    """The option whose values make a product's variants."""
    return {
        "id": child_id(1),
        "product_id": ID,
        "name": f"Colour{ID}",
        "display_name": "Colour",
        "type": "swatch",
        "config": CONFIG if values > 2 else {},
        "sort_order": 0,
        "option_values": [
            {
                "id": child_id(n),
                "label": f"{words.COLOURS[n % len(words.COLOURS)]} {n}",
                "sort_order": n,
                "is_default": n == 1,
                "value_data": {"colors": ["#8a9a5b"]} if n % 2 else None,
            }
            for n in range(1, values + 1)
        ],
    }


def modifier(n: int) -> dict[str, Any]:
    """The n-th modifier: a tick box that changes the price."""
    adjusters = {
        "price": {"adjuster": "relative", "adjuster_value": 2.5},
        "weight": {"adjuster": "relative" if n % 2 else None, "adjuster_value": 0.5 if n % 2 else 0},
        "image_url": "https://cdn.example.com/choice.jpg" if n % 2 else "",
        "purchasing_disabled": {"status": False, "message": "Not today" if n % 2 else ""},
    }
    values = [
        {
            "id": child_id(n * 2 + choice),
            "option_id": child_id(n),
            "label": label,
            "sort_order": choice,
            "is_default": False,
            "value_data": {"checked_value": not choice},
            "adjusters": adjusters,
        }
        for choice, label in enumerate(("Yes", "No"))
    ]
    return {
        "id": child_id(n),
        "product_id": ID,
        "name": f"Engraving{ID}-{n}",
        "display_name": f"Engraving {n}",
        "type": "checkbox",
        "required": False,
        "sort_order": n,
        "config": {**CONFIG, "checkbox_label": "Engrave it"} if n == 1 else {"checkbox_label": "Engrave it"},
        "option_values": values,
    }

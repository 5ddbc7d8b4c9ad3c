"""What hangs on a product, from variants to modifiers (BigCommerce's reference/catalog/)."""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.words import number
from sandbox.templates import CREATED, ID, LATER, MODIFIED, child_id

_PICTURES = "https://cdn.example.com/products"


def variant(rng: Random, n: int, price: int, *, has_options: bool) -> dict[str, Any]:
    """The n-th variant; most inherit their price, which is then null."""
    own_price = number(price + 100 * n) if has_options and n % 3 == 0 else None
    label = f"{words.COLOURS[n % len(words.COLOURS)]} {n}"
    values = [{"id": child_id(n), "label": label, "option_id": child_id(1), "option_display_name": "Colour"}]
    return {
        "id": child_id(n),
        "product_id": ID,
        "sku": f"SKU-{ID}-{n}" if has_options else f"SKU-{ID}",
        "sku_id": child_id(n) if has_options else None,
        "price": own_price,
        "calculated_price": own_price or number(price),
        "sale_price": None,
        "retail_price": None,
        "map_price": None,
        "weight": rng.choice((None, 0.5, 2)),
        "calculated_weight": 1,
        "width": None,
        "height": None,
        "depth": None,
        "is_free_shipping": False,
        "fixed_cost_shipping_price": None,
        "purchasing_disabled": False,
        "purchasing_disabled_message": "",
        "image_url": "",
        "cost_price": None,
        "upc": None if n % 4 == 0 else "",
        "mpn": "",
        "gtin": "",
        "inventory_level": rng.randrange(80),
        "inventory_warning_level": 0,
        "bin_picking_number": "",
        "option_values": values if has_options else [],
    }


def image(n: int) -> dict[str, Any]:
    """The n-th image; its date follows the product's."""
    name = f"{_PICTURES}/{ID}/{n}"
    return {
        "id": child_id(n),
        "product_id": ID,
        "is_thumbnail": n == 1,
        "sort_order": n,
        "description": "",
        "image_file": f"p/{ID}/{n}.jpg",
        "image_url": f"{name}.jpg",
        "url_zoom": f"{name}.1280.jpg",
        "url_standard": f"{name}.386.jpg",
        "url_thumbnail": f"{name}.220.jpg",
        "url_tiny": f"{name}.44.jpg",
        "date_modified": MODIFIED,
    }


def video(n: int) -> dict[str, Any]:
    """The n-th video."""
    return {
        "id": child_id(n),
        "product_id": ID,
        "title": f"Clip {n}",
        "description": "",
        "sort_order": n,
        "type": "youtube",
        "video_id": f"vid{n:08d}",
        "length": "01:30",
    }


def review(rng: Random, n: int) -> dict[str, Any]:
    """The n-th review."""
    return {
        "id": child_id(n),
        "product_id": ID,
        "title": "Does what it says",
        "text": "It came quickly and works.",
        "status": ("approved", "pending", "disapproved")[n % 3],
        "rating": rng.randrange(1, 6),
        "name": "A customer",
        "email": f"reviewer{n}@example.com",
        "date_reviewed": LATER,
        "date_created": CREATED,
        "date_modified": MODIFIED,
    }


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


CONFIG: dict[str, Any] = {
    "default_value": "None",
    "checked_by_default": False,
    "checkbox_label": "As a gift",
    "date_limited": True,
    "date_limit_mode": "range",
    "date_earliest_value": "2026-02-01T00:00:00+00:00",
    "date_latest_value": "2026-12-24T00:00:00+00:00",
    "file_types_mode": "specific",
    "file_types_supported": ["images"],
    "file_types_other": ["pdf"],
    "file_max_size": 5,
    "text_characters_limited": True,
    "text_min_length": 1,
    "text_max_length": 40,
    "text_lines_limited": True,
    "text_max_lines": 2,
    "number_limited": True,
    "number_limit_mode": "range",
    "number_lowest_value": 1,
    "number_highest_value": 9,
    "number_integers_only": True,
    "product_list_adjusts_inventory": True,
    "product_list_adjusts_pricing": False,
    "product_list_shipping_calc": "weight",
}
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
